"""The examples that are shipped: they validate, and the suppliers' public claims stand under the right keys."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from herkomst.config.declarations import check_declaration, load_declarations
from herkomst.config.knowledge import load_catalogue
from herkomst.config.vocabulary import best_possible_status
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Claim, Declaration, SaidBy
from herkomst.scanner.model.verdict import Status

EXAMPLES = Path(str(files("herkomst.config").joinpath("examples")))
ARTICLE = "Digitale autonomie: volop kansen voor Nederland"
SUPPLIERS = {
    "argaleo": {
        "development.country": (("NL",), Status.ATTESTED, Status.ATTESTED),
        "hosting.country": (("NL",), Status.CONSISTENT, Status.CONFIRMED),
        "software.source_control": (("self",), Status.ATTESTED, Status.ATTESTED),
        "data.control": (("self",), Status.ATTESTED, Status.ATTESTED),
    },
    "ict-group-triopsys": {
        "hosting.country": (("NL",), Status.CONSISTENT, Status.CONFIRMED),
        "hosting.provider": (("self",), Status.CONSISTENT, Status.CONFIRMED),
    },
    "wecity": {
        "standards.api": (("open en gestandaardiseerd",), Status.CONSISTENT, Status.CONSISTENT),
        "data.transparency": (("yes",), Status.ATTESTED, Status.ATTESTED),
    },
    "spotinfo": {
        "hosting.country": (("NL",), Status.CONSISTENT, Status.CONFIRMED),
        "storage.country": (("NL",), Status.ATTESTED, Status.CONFIRMED),
        "data.control": (("NL",), Status.ATTESTED, Status.ATTESTED),
    },
}
"""Per supplier and claim key: the values, and the best status from outside and from inside."""


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_has_no_problem_at_all(path: Path, knowledge: Knowledge, today: date) -> None:
    checked = check_declaration(path, knowledge, today)

    assert [str(problem) for problem in checked.problems] == []
    assert checked.declaration is not None


def test_the_examples_load_together_with_the_embedded_catalogue(today: date) -> None:
    loaded = load_declarations([EXAMPLES], Knowledge(load_catalogue()), today)

    assert len(loaded.declarations) == 6
    assert [str(warning) for warning in loaded.warnings] == []


@pytest.mark.parametrize("supplier", SUPPLIERS)
def test_a_public_claim_stands_under_its_key_with_its_source_and_best_status(
    supplier: str, knowledge: Knowledge, today: date
) -> None:
    claims = {claim.key: claim for claim in _claims(_declaration(supplier, knowledge, today))}

    found = {
        key: (claim.values, best_possible_status(key), best_possible_status(key, inside=True)) for key, claim in claims.items()
    }
    assert found == SUPPLIERS[supplier]
    assert {(claim.said_by, claim.source) for claim in claims.values()} == {(SaidBy.SUPPLIER, ARTICLE)}


@pytest.mark.parametrize("supplier", SUPPLIERS)
def test_no_claim_of_a_supplier_is_judged_on_a_name_that_it_was_not_made_about(
    supplier: str, knowledge: Knowledge, today: date
) -> None:
    for system in _declaration(supplier, knowledge, today).systems:
        assert not (system.assets and system.claims)
    text = EXAMPLES.joinpath(f"{supplier}.yaml").read_text()
    assert text.startswith("# Public claims of the supplier ")
    assert "nothing here was measured, and nothing is a verdict" in text.replace("\n# ", " ")


def _declaration(name: str, knowledge: Knowledge, today: date) -> Declaration:
    declaration = check_declaration(EXAMPLES / f"{name}.yaml", knowledge, today).declaration
    assert declaration is not None
    return declaration


def _claims(declaration: Declaration) -> list[Claim]:
    return [claim for system in declaration.systems for claim in system.claims]
