"""The catalogue: compiled from files that people write, loaded from one file that machines read.

Design.md section 6 has the format, docs/knowledge.md explains it. `scripts/build-catalogue` runs `compile_catalogue` and
`write_compiled`; the program only ever calls `load_catalogue`, which parses no YAML.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from herkomst.config.knowledge.compiled import DATA_FOLDER, catalogue_version, load_catalogue, write_compiled

if TYPE_CHECKING:
    from herkomst.scanner.model.knowledge import Catalogue

__all__ = ["DATA_FOLDER", "catalogue_version", "compile_catalogue", "load_catalogue", "write_compiled"]


def compile_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue that the files in a folder describe; raise KnowledgeError that names every mistake at once."""
    from herkomst.config.knowledge.compiler import compile_folder  # the YAML parser is slow to import, and loading needs none

    return compile_folder(folder)
