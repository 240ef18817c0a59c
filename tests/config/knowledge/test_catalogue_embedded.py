"""The compiled catalogue that the program ships: current, complete as far as promised, quick to load, and honest about sources."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from herkomst.config.knowledge import DATA_FOLDER, compile_catalogue, load_catalogue, write_compiled
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.knowledge import Catalogue, LinkStatus, SignatureRecord

TODAY = date(2026, 11, 24)
NAMED_IN_THE_DESIGN = {
    *(
        "microsoft-365",
        "google-workspace",
        "aws",
        "aws-eusc",
        "azure",
        "gcp",
        "oci",
        "cloudflare",
        "akamai",
        "fastly",
        "ovhcloud",
    ),
    *("hetzner", "transip", "leaseweb", "kpn", "solvinity", "surf", "mimecast", "proofpoint", "barracuda"),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def knowledge(catalogue: Catalogue) -> Knowledge:
    return Knowledge(catalogue)


def test_the_compiled_file_is_what_its_sources_give(tmp_path: Path) -> None:
    fresh = tmp_path / "catalogue.json"
    write_compiled(compile_catalogue(DATA_FOLDER), fresh)
    same = fresh.read_bytes() == (DATA_FOLDER / "catalogue.json").read_bytes()
    assert same, "config/data/catalogue.json is out of date: run scripts/build-catalogue"


def test_the_providers_that_the_design_names_are_there(catalogue: Catalogue) -> None:
    assert {provider.id for provider in catalogue.providers} >= NAMED_IN_THE_DESIGN


def test_there_are_as_many_providers_and_regions_as_promised(catalogue: Catalogue) -> None:
    assert len(catalogue.providers) >= 60
    assert len({region.provider for region in catalogue.regions}) >= 25
    assert {item.name for item in catalogue.country_sets} >= {"NL", "EU", "EEA", "adequate"}


def test_loading_parses_no_yaml() -> None:
    code = (
        "import sys; from herkomst.config.knowledge import load_catalogue; load_catalogue();"
        "sys.exit(any(name.split('.')[0] == 'yaml' for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_file_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="scripts/build-catalogue"):
        load_catalogue(tmp_path / "absent.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "herkomst.catalogue/0"}', '{"format": "herkomst.catalogue/1"}'])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "catalogue.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"catalogue\.json"):
        load_catalogue(file)


def test_a_record_that_lacks_a_field_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    document = json.loads((DATA_FOLDER / "catalogue.json").read_text(encoding="utf-8"))
    document["signatures"][0].pop()
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="damaged"):
        load_catalogue(file)


# -- facts that must not go wrong ------------------------------------------------------------------------------------------


def test_the_take_over_of_solvinity_was_announced_then_blocked_and_never_counts(knowledge: Knowledge) -> None:
    def pending(on: date) -> list[tuple[str, LinkStatus]]:
        chain = knowledge.chain("solvinity-group", on)
        assert chain is not None
        assert chain.parents == ()
        return [(step.entity.country, step.link.status) for step in chain.pending]

    assert pending(date(2025, 6, 1)) == []
    assert pending(date(2026, 1, 1)) == [("US", LinkStatus.ANNOUNCED)]
    assert pending(date(2026, 5, 25)) == [("US", LinkStatus.BLOCKED)]


def test_as286_is_gtt_and_not_kpn(knowledge: Knowledge) -> None:
    assert knowledge.party_of_asn(286, "KPN", TODAY).provider == "gtt"
    assert knowledge.party_of_asn(1136, "KPN", TODAY).provider == "kpn"


def test_leaseweb_has_an_entity_in_each_country(knowledge: Knowledge) -> None:
    seats = {}
    for asn in (60781, 30633, 28753):
        party = knowledge.party_of_asn(asn, "", TODAY)
        assert party.entity is not None
        entity = knowledge.entity(party.entity)
        assert entity is not None
        seats[party.provider] = entity.country
    assert seats == {"leaseweb": "NL", "leaseweb-us": "US", "leaseweb-de": "DE"}


def test_a_fund_is_an_investor_and_no_parent(knowledge: Knowledge) -> None:
    chain = knowledge.chain("odido-netherlands", TODAY)
    assert chain is not None
    assert chain.parents == ()
    assert not chain.top_known
    assert {investor.country for investor in chain.entity.investors} == {"GB", "US"}


def test_both_parents_of_a_joint_venture_count(knowledge: Knowledge) -> None:
    chain = knowledge.chain("vodafoneziggo-group", TODAY)
    assert chain is not None
    assert {step.entity.country for step in chain.parents} == {"BM", "GB"}


@pytest.mark.parametrize(
    ("entity", "top", "known"),
    [
        ("proton-ag", "CH", True),
        ("ovh-sas", "FR", True),
        ("surf-bv", "NL", True),
        ("zivver-bv", "US", False),
        ("akenes", "MX", False),
        ("hostnet-bv", "DK", False),
        ("transip-bv", "BE", False),
    ],
)
def test_a_chain_ends_where_its_sources_say(knowledge: Knowledge, entity: str, top: str, known: bool) -> None:
    chain = knowledge.chain(entity, TODAY)
    assert chain is not None
    assert (chain.top.country, chain.top_known) == (top, known)


def test_every_take_over_that_is_pending_has_a_source_and_a_date(catalogue: Catalogue) -> None:
    for entity in catalogue.entities:
        for link in entity.parents:
            if link.status is not LinkStatus.CLOSED:
                assert link.source is not None, entity.id
                assert link.valid_from is not None, entity.id


def test_the_border_group_in_istanbul_lies_in_turkey(knowledge: Knowledge) -> None:
    group = knowledge.border_group("aws", "eu-central-1-ist-1")
    region = knowledge.region("aws", "eu-central-1")
    assert group is not None
    assert group.country == "TR"
    assert region is not None
    assert region.countries[0] == "DE"
    assert {"TR", "PL"} <= set(region.countries)


def test_every_border_group_abroad_is_among_the_countries_of_its_region(catalogue: Catalogue, knowledge: Knowledge) -> None:
    for group in catalogue.border_groups:
        code = next(
            (
                region.code
                for region in catalogue.regions
                if region.provider == group.provider and group.code.startswith(region.code)
            ),
            None,
        )
        assert code is not None, group.code
        region = knowledge.region(group.provider, code)
        assert region is not None
        assert group.country in region.countries, group.code


def test_the_sets_of_countries_hold_what_their_names_say(knowledge: Knowledge) -> None:
    union, area, adequate = (knowledge.country_set(name) for name in ("EU", "EEA", "adequate"))
    assert union is not None
    assert area is not None
    assert adequate is not None
    assert len(union) == 27
    assert area - union == {"IS", "LI", "NO"}
    assert {"GB", "CH", "JP"} <= adequate
    assert "US" not in adequate
    assert not {"GB", "CH"} & area


@pytest.mark.parametrize(
    ("record", "name", "provider"),
    [
        (SignatureRecord.NS, "ns0.transip.net", "transip"),
        (SignatureRecord.MX, "mx.transip.email", "transip"),
        (SignatureRecord.NS, "hydrogen.ns.hetzner.com", "hetzner"),
        (SignatureRecord.MX, "mail.your-server.de", "hetzner"),
        (SignatureRecord.MX, "static.1.2.0.192.clients.your-server.de", None),
        (SignatureRecord.PTR, "static.1.2.0.192.clients.your-server.de", "hetzner"),
        (SignatureRecord.MX, "mx1.mail.ovh.net", "ovhcloud"),
        (SignatureRecord.MX, "vps-0a1b2c.vps.ovh.net", None),
        (SignatureRecord.NS, "ns0.eurofiber.net", "eurofiber"),
        (SignatureRecord.MX, "mx.soverin.net", "soverin"),
        (SignatureRecord.MX, "notsoverin.net", None),
    ],
)
def test_known_names_show_their_provider_and_look_alikes_do_not(
    knowledge: Knowledge, record: SignatureRecord, name: str, provider: str | None
) -> None:
    signature = knowledge.match_name(record, name)
    assert (signature.provider if signature else None) == provider


def test_every_region_and_border_group_of_the_published_lists_but_the_unknown_one_is_known(
    shared: Path, knowledge: Knowledge
) -> None:
    with gzip.open(shared / "data" / "feeds" / "cloud_prefixes.csv.gz", "rt", encoding="utf-8") as file:
        seen = {(row["provider"], row["region"]) for row in csv.DictReader(file)}
    wanted = {
        (provider, code) for provider, code in seen if provider in {"aws", "azure", "gcp"} and code.lower() not in {"", "global"}
    }
    assert len(wanted) > 150
    assert {key for key in wanted if not _is_known(knowledge, *key)} == {("gcp", "europe-west15")}


def _is_known(knowledge: Knowledge, provider: str, code: str) -> bool:
    provider = "aws-eusc" if code.startswith("eusc-") else provider
    region, _, group = code.partition("/")
    return knowledge.region(provider, region) is not None and (not group or knowledge.border_group(provider, group) is not None)
