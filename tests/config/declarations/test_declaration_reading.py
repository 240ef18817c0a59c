"""From YAML to the records of the judging core; loading files and folders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from herkomst.config.declarations import Checked, InvalidDeclarations, Severity, check_declaration, load_declarations
from herkomst.scanner.errors import DeclarationError
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Asset, AssetKind, Hearing, Operator, Role, SaidBy, Scope, ScopePart
from hypothesis import given, settings
from hypothesis import strategies as st

Check = Callable[[str | bytes], Checked]


def test_the_sample_becomes_records_with_every_field(check: Check, sample: str) -> None:
    checked = check(sample)

    assert checked.problems == ()
    assert checked.declaration is not None
    (system,) = checked.declaration.systems
    assert (system.name, system.organisation.name) == ("zaaksysteem", "Gemeente Voorbeeld")
    assert system.supplier is not None
    assert (system.supplier.name, system.supplier.kvk) == ("Voorbeeld Software B.V.", "00000000")
    assert system.assets == (
        Asset(AssetKind.DOMAIN, "zaken.voorbeeld.example"),
        Asset(AssetKind.NETWORK, "192.0.2.0/24"),
        Asset(AssetKind.AWS, "111122223333"),
        Asset(AssetKind.KUBERNETES, "productie"),
    )
    assert system.assets[2].access == (("role_arn", "arn:aws:iam::111122223333:role/herkomst-read"),)
    assert system.absent_roles == {Role.DATABASE}
    assert [(claim.key, claim.operator, claim.values, claim.said_by) for claim in system.claims] == [
        ("hosting.country", Operator.IS, ("NL",), SaidBy.SUPPLIER),
        ("hosting.jurisdiction", Operator.IS, ("EU",), SaidBy.POLICY),
        ("web.jurisdiction", Operator.NOT, ("US",), SaidBy.POLICY),
        ("mail.inbound.provider", Operator.IS, ("soverin",), SaidBy.SUPPLIER),
        ("subprocessors", Operator.IS, ("transip", "bit"), SaidBy.SUPPLIER),
        ("development.country", Operator.IS, ("NL",), SaidBy.SUPPLIER),
    ]
    first, last = system.claims[0], system.claims[-1]
    assert (first.source, first.as_of) == ("offerte 2026-03 p. 12", date(2026, 3, 1))
    assert first.place.endswith("declaration.yaml:13:9")
    assert (last.document, last.valid_until, last.hearing) == ("verklaring.pdf", date(2027, 3, 1), Hearing.OPEN)


def test_organisation_supplier_sets_and_scope_keep_all_they_say(check: Check) -> None:
    checked = check(
        """\
herkomst: 1
organisation: {name: Gemeente Voorbeeld, kvk: "12345678", lei: 529900t8bm49aursdo55, asns: [64500, AS64501], names: [Voorbeeld ICT]}
country_sets: {benelux: [be, NL, LU]}
systems:
  - name: zaaksysteem
    supplier: {name: Voorbeeld B.V., kvk: "00000001", lei: "529900T8BM49AURSDO55", country: nl}
    assets: {domains: [a.voorbeeld.example, b.voorbeeld.example], kubernetes: [{context: productie}]}
    claims:
      - claim: hosting.country
        is: [BENELUX, no]
        said_by: supplier_response
        hearing: answered
        scope:
          assets: [A.voorbeeld.example.]
          roles: [web, storage]
          parts:
            - {name: een, assets: [b.voorbeeld.example]}
            - {name: twee, cluster: productie, namespace: zaken, selector: app=zaken}
"""
    )

    assert [str(problem) for problem in checked.problems] == []
    assert checked.declaration is not None
    organisation = checked.declaration.organisation
    assert (organisation.kvk, organisation.lei, organisation.asns) == ("12345678", "529900T8BM49AURSDO55", (64500, 64501))
    assert organisation.names == ("Voorbeeld ICT",)
    (system,) = checked.declaration.systems
    assert system.custom_sets == (("benelux", ("BE", "NL", "LU")),)
    assert system.supplier is not None
    assert (system.supplier.lei, system.supplier.country) == ("529900T8BM49AURSDO55", "NL")
    (claim,) = system.claims
    assert (claim.values, claim.said_by, claim.hearing) == (("benelux", "NO"), SaidBy.SUPPLIER_RESPONSE, Hearing.ANSWERED)
    assert claim.scope == Scope(
        assets=("a.voorbeeld.example",),
        roles=(Role.WEB, Role.STORAGE),
        parts=(
            ScopePart("een", ("b.voorbeeld.example",)),
            ScopePart("twee", cluster="productie", namespace="zaken", selector="app=zaken"),
        ),
    )


def test_norway_is_a_country_and_no_falsehood(check: Check) -> None:
    checked = check(_one_claim("claim: web.country, is: [NO], said_by: policy"))

    assert checked.declaration is not None
    assert checked.declaration.systems[0].claims[0].values == ("NO",)


def test_an_empty_list_says_that_there_is_none_where_that_means_something(check: Check) -> None:
    checked = check(_one_claim("claim: subprocessors, is: [], said_by: supplier"))

    assert checked.declaration is not None
    assert checked.declaration.systems[0].claims[0].values == ()


def test_an_expired_claim_is_a_warning_and_stays(check: Check) -> None:
    checked = check(_one_claim("claim: development.country, is: [NL], said_by: supplier, valid_until: 2026-11-22"))

    assert [(problem.severity, problem.line, problem.column) for problem in checked.problems] == [(Severity.WARNING, 5, 85)]
    assert "expired" in str(checked.problems[0])
    assert checked.declaration is not None
    assert checked.declaration.systems[0].claims[0].valid_until == date(2026, 11, 22)


def test_a_claim_is_valid_on_its_last_day(check: Check) -> None:
    assert check(_one_claim("claim: web.country, is: [NL], said_by: supplier, valid_until: 2026-11-23")).problems == ()


def test_a_claim_dated_in_the_future_is_a_warning(check: Check) -> None:
    checked = check(_one_claim("claim: web.country, is: [NL], said_by: supplier, as_of: 2026-11-24"))

    assert ["future" in str(problem) for problem in checked.problems] == [True]
    assert checked.declaration is not None


def test_a_byte_order_mark_and_windows_line_ends_are_understood(check: Check, sample: str) -> None:
    checked = check(b"\xef\xbb\xbf" + sample.replace("\n", "\r\n").encode())

    assert checked.problems == ()
    assert checked.declaration is not None


def test_problems_are_sorted_by_place_and_say_where_first(check: Check) -> None:
    checked = check(_one_claim("claim: web.contry, is: [NL], said_by: suplier") + "zystems: 1\n")

    assert [(problem.line, problem.column) for problem in checked.problems] == [(5, 22), (5, 53), (6, 1)]
    assert all(f"declaration.yaml:{problem.line}:{problem.column}: error: " in str(problem) for problem in checked.problems)


def test_a_value_from_outside_is_shown_without_its_escapes(check: Check) -> None:
    checked = check(_one_claim('claim: "web.country\\e[2J\\u202e", is: [NL], said_by: policy'))

    (problem,) = checked.problems
    assert problem.value == "web.country\\u001b[2J\\u202e"
    assert str(problem).isprintable()


@pytest.fixture
def folder(tmp_path: Path, sample: str) -> Path:
    nested = tmp_path / "leveranciers" / "noord"
    nested.mkdir(parents=True)
    nested.joinpath("een.yaml").write_text(sample)
    tmp_path.joinpath("leveranciers", "twee.yml").write_text(sample.replace("zaaksysteem", "burgerzaken"))
    tmp_path.joinpath("leveranciers", "lees-mij.txt").write_text("no declaration")
    return tmp_path / "leveranciers"


def test_a_folder_gives_the_declarations_at_every_depth_once(folder: Path, knowledge: Knowledge, today: date) -> None:
    folder.joinpath("noord", "kring").symlink_to(folder)

    loaded = load_declarations([folder, folder / "twee.yml"], knowledge, today)

    assert [Path(declaration.path).name for declaration in loaded.declarations] == ["een.yaml", "twee.yml"]
    assert loaded.warnings == ()


def test_one_error_lists_the_mistakes_of_all_files(folder: Path, knowledge: Knowledge, today: date) -> None:
    folder.joinpath("twee.yml").write_text("herkomst: 3\n")
    missing = folder / "weg.yaml"

    with pytest.raises(InvalidDeclarations) as caught:
        load_declarations([folder, missing], knowledge, today)

    assert isinstance(caught.value, DeclarationError)
    lines = str(caught.value).splitlines()
    assert [line.rsplit("/", 1)[-1].split(": error: ")[0] for line in lines[:-1]] == [
        "twee.yml:1:1",
        "twee.yml:1:11",
        "weg.yaml:1:1",
    ]
    assert "No such file" in lines[2]
    assert lines[-1] == "3 errors in the declarations."


def test_two_files_cannot_declare_one_system_of_one_organisation(
    folder: Path, knowledge: Knowledge, today: date, sample: str
) -> None:
    folder.joinpath("twee.yml").write_text(sample)

    with pytest.raises(
        InvalidDeclarations, match=r"twee\.yml:4:11: error: This organisation has a system of this name .*een\.yaml:4"
    ):
        load_declarations([folder], knowledge, today)


def test_a_folder_without_declarations_is_an_error(tmp_path: Path, knowledge: Knowledge, today: date) -> None:
    with pytest.raises(InvalidDeclarations, match=r"no declaration in this folder. Accepted: \*.yaml, \*.yml."):
        load_declarations([tmp_path], knowledge, today)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_the_reader_fail(knowledge_file: tuple[Path, Knowledge], data: bytes) -> None:
    path, knowledge = knowledge_file
    path.write_bytes(data)

    checked = check_declaration(path, knowledge, date(2026, 11, 23))

    assert checked.declaration is None
    assert all(str(problem).isprintable() for problem in checked.problems)


@settings(deadline=None)
@given(st.text(st.sampled_from("herkomst: 1\n-[]{}&*!|>'\"%@`,?#~ \té\U0001f600"), max_size=200))
def test_no_text_that_looks_like_yaml_makes_the_reader_fail(knowledge_file: tuple[Path, Knowledge], text: str) -> None:
    path, knowledge = knowledge_file
    path.write_text(text, encoding="utf-8")

    checked = check_declaration(path, knowledge, date(2026, 11, 23))

    assert checked.declaration is None
    assert checked.problems


@pytest.fixture(scope="module")
def knowledge_file(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Knowledge]:
    return tmp_path_factory.mktemp("declaration") / "declaration.yaml", knowledge


def _one_claim(claim: str) -> str:
    return (
        f"herkomst: 1\norganisation: {{name: Gemeente Voorbeeld}}\nsystems:\n  - name: zaaksysteem\n    claims: [{{{claim}}}]\n"
    )
