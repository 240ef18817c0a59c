"""Declarations: YAML files in which an organisation states what it runs, and who said what about it.

`check_declaration` reads one file and returns every mistake with its place; `load_declarations` reads files and folders and raises
where one cannot be used; `parse_claim_flag` reads a claim from the command line. The format's JSON Schema is
`config/schemas/declaration.schema.json`.
"""

from herkomst.config.declarations.flag import parse_claim_flag
from herkomst.config.declarations.loading import Checked, Loaded, check_declaration, load_declarations
from herkomst.config.declarations.problem import InvalidDeclarations, Problem, Severity

__all__ = [
    "Checked",
    "InvalidDeclarations",
    "Loaded",
    "Problem",
    "Severity",
    "check_declaration",
    "load_declarations",
    "parse_claim_flag",
]
