"""Reading RDAP replies: the five registries' shapes, contacts that must not stay, and documents of any shape."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from herkomst.collectors.fetching import Reply, Unanswered
from herkomst.collectors.ip_ownership.country_names import country_code
from herkomst.collectors.ip_ownership.rdap_document import read_reply
from herkomst.collectors.ip_ownership.registered import RegisteredNetwork
from herkomst.config.tables.rows import parse_address
from hypothesis import given
from hypothesis import strategies as st
from servers.registry import describe_network

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://rdap.registry.example/ip/192.0.2.1"


def reply(document: object, status: int = 200) -> Reply:
    return Reply(URL, status, json.dumps(document).encode(), "", "")


def read(document: object, address: str = "192.0.2.1") -> RegisteredNetwork:
    found = read_reply(reply(document), *parse_address(address), NOW)
    assert isinstance(found, RegisteredNetwork), found
    return found


def org(handle: str, name: str, roles: list[str] | None, *address: object) -> dict[str, object]:
    card: list[object] = [["fn", {}, "text", name], ["kind", {}, "text", "org"], *address]
    entity: dict[str, object] = {"handle": handle, "vcardArray": ["vcard", card]}
    return entity if roles is None else {**entity, "roles": roles}


def with_entities(*entities: object) -> RegisteredNetwork:
    return read(describe_network("192.0.2.0", "192.0.2.255", entities=list(entities)))


def test_the_registrant_is_the_holder_and_other_organisations_are_not() -> None:
    found = with_entities(org("ORG-T", "Techniek B.V.", ["technical"]), org("ORG-R", "Houder B.V.", ["registrant"]))
    assert found.holder == "Houder B.V."
    assert with_entities(org("ORG-T", "Techniek B.V.", ["technical"])).holder is None


def test_an_organisation_without_roles_is_the_holder_where_it_is_the_only_one() -> None:
    assert with_entities(org("ORG-A", "Houder Ltd", None)).holder == "Houder Ltd"
    assert with_entities(org("ORG-A", "Houder Ltd", None), org("ORG-B", "Ander Ltd", None)).holder is None


def test_a_handle_in_place_of_a_name_is_no_holder() -> None:
    assert with_entities(org("ORG-VSA1", "ORG-VSA1", None)).holder is None


def test_a_person_who_registered_a_network_is_not_named() -> None:
    card = [["fn", {}, "text", "Piet Persoon"], ["kind", {}, "text", "individual"]]
    found = with_entities({"handle": "PP1", "roles": ["registrant"], "vcardArray": ["vcard", card]})
    assert found.holder is None
    assert b"Piet" not in found.raw
    assert b"PP1" not in found.raw


@pytest.mark.parametrize(
    "address",
    [
        ["adr", {"cc": "nl"}, "text", ["", "", "", "", "", "", ""]],
        ["adr", {}, "text", ["", "", "Straat 1", "Den Haag", "", "2500 AA", "NL"]],
        ["adr", {}, "text", ["", "", "Straat 1", "Den Haag", "", "2500 AA", "Netherlands"]],
        ["adr", {"label": "Straat 1\nDen Haag\nTHE NETHERLANDS"}, "text", [""] * 7],
        ["adr", {"label": "Straat 1\\nDen Haag\\nNL"}, "text", None],
    ],
)
def test_the_holders_country_is_read_from_its_address(address: object) -> None:
    found = with_entities(org("ORG-R", "Houder B.V.", ["registrant"], address))
    assert found.holder_country == "NL"
    assert b"Straat" not in found.raw


def test_a_country_that_is_not_recognised_is_left_out() -> None:
    found = with_entities(org("ORG-R", "Houder", ["registrant"], ["adr", {"label": "Somewhere"}, "text", [""] * 7]))
    assert found.holder_country is None
    assert read(describe_network("192.0.2.0", "192.0.2.255", country="EU")).country is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("NL", "NL"), (" us ", "US"), ("UNITED STATES", "US"), ("Germany", "DE"), ("EU", None), ("", None), ("UK", None)],
)
def test_countries_are_codes_or_english_names(text: str, code: str | None) -> None:
    assert country_code(text) == code


def test_a_geofeed_is_found_in_links_and_in_remarks() -> None:
    url = "https://voorbeeld.example/geofeed.csv"
    link = {"rel": "geo", "href": url, "type": "application/geofeed+csv"}
    assert read(describe_network("192.0.2.0", "192.0.2.255", links=[{"rel": "self", "href": URL}, link])).geofeed == url
    remark = {"title": "remarks", "description": ["call 0123456789", f"Geofeed {url}"]}
    found = read(describe_network("192.0.2.0", "192.0.2.255", remarks=[remark]))
    assert found.geofeed == url
    assert b"0123456789" not in found.raw
    assert read(describe_network("192.0.2.0", "192.0.2.255", links=[link | {"href": "javascript:1"}])).geofeed is None


def test_a_range_that_is_no_prefix_is_given_as_all_its_prefixes() -> None:
    found = read(describe_network("192.0.2.0", "192.0.2.191"))
    assert found.prefixes == ("192.0.2.0/25", "192.0.2.128/26")


def test_padded_octets_and_lengths_behind_addresses_are_understood() -> None:
    assert read(describe_network("192.000.002.000", "192.000.002.255")).prefixes == ("192.0.2.0/24",)
    assert read(describe_network("192.0.2.0/32", "192.0.2.255/32")).prefixes == ("192.0.2.0/24",)


def test_the_registry_is_known_by_its_whois_server_else_by_its_host() -> None:
    assert read(describe_network("192.0.2.0", "192.0.2.255", port43="whois.arin.net")).registry == "arin"
    assert read(describe_network("192.0.2.0", "192.0.2.255", port43="whois.example")).registry == "rdap.registry.example"


def test_the_same_answer_has_the_same_bytes_whatever_its_contacts_and_notices() -> None:
    one = describe_network("192.0.2.0", "192.0.2.255", notices=[{"title": "Terms", "description": ["x"]}])
    other = dict(reversed(list(describe_network("192.0.2.0", "192.0.2.255").items())))
    assert read(one).raw == read(other).raw


def test_a_network_object_without_a_handle_is_named_by_its_range() -> None:
    document = describe_network("192.0.2.0", "192.0.2.255")
    del document["handle"]
    assert read(document).handle == "192.0.2.0 - 192.0.2.255"


REGISTRY_ANSWERS = {
    "2a00:2381:ffff::1": ("ripencc", ("2a00:2381:ffff::/64",), None, None, "GB"),
    "62.239.237.1": ("ripencc", ("62.239.237.0/24",), None, None, "GB"),
    "2001:240:10c:1::ca20:9d1d": ("apnic", ("2001:240::/32",), None, None, "JP"),
    "210.107.73.73": ("apnic", ("210.107.0.0/17",), None, None, "KR"),
    "2001:4860:4860::8888": ("arin", ("2001:4860::/32",), "Google Inc.", "US", None),
    "74.125.225.229": ("arin", ("74.125.0.0/16",), "Google Inc.", "US", None),
    "200.57.141.161": ("lacnic", ("200.57.141.161/32",), "Triara.com, S.A. de C.V.", "MX", "MX"),
    "2801:10:c000::": ("lacnic", ("2801:10:c000::/128",), "Universidad Catolica de Oriente", "CO", "CO"),
    "2001:43f8:7b0::": ("afrinic", ("2001:43f8:7b0::/48",), None, None, "KE"),
    "196.11.240.215": (
        "afrinic",
        ("196.11.239.0/24", "196.11.240.0/22", "196.11.244.0/23", "196.11.246.0/24"),
        None,
        None,
        "ZA",
    ),
}


@pytest.mark.parametrize("address", REGISTRY_ANSWERS)
def test_answers_of_the_five_registries_are_read(shared: Path, address: str) -> None:
    recorded = json.loads((shared / "data" / "rdap" / "fixtures" / "ipwhois_rdap.json").read_text("utf-8"))
    assert set(recorded) == set(REGISTRY_ANSWERS)
    found = read(recorded[address]["response"], address)
    assert (found.registry, found.prefixes, found.holder, found.holder_country, found.country) == REGISTRY_ANSWERS[address]
    assert b"@" not in found.raw
    assert b"individual" not in found.raw


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=10,
)
FIELDS = [
    "handle",
    "name",
    "country",
    "port43",
    "type",
    "parentHandle",
    "entities",
    "links",
    "remarks",
    "notices",
    "status",
    "ipVersion",
]


@given(st.dictionaries(st.sampled_from([*FIELDS, "startAddress", "endAddress"]), json_values))
def test_a_document_with_fields_of_any_shape_is_read_or_refused(changes: dict[str, object]) -> None:
    found = read_reply(reply(describe_network("192.0.2.0", "192.0.2.255", **changes)), *parse_address("192.0.2.1"), NOW)
    assert isinstance(found, RegisteredNetwork | Unanswered)


@given(
    st.lists(
        st.fixed_dictionaries({}, optional={"handle": json_values, "roles": json_values, "vcardArray": json_values}), max_size=4
    )
)
def test_entities_of_any_shape_are_read_over(entities: list[dict[str, object]]) -> None:
    holder = org("ORG-R", "Houder B.V.", ["registrant"])
    assert with_entities(*entities, holder).holder == "Houder B.V."


@given(st.lists(st.lists(json_values, max_size=5), max_size=5))
def test_a_card_of_any_shape_is_read_over(card: list[list[object]]) -> None:
    entity = {"handle": "ORG-X", "roles": ["technical"], "vcardArray": ["vcard", card]}
    assert with_entities(entity, org("ORG-R", "Houder B.V.", ["registrant"])).holder == "Houder B.V."


@given(st.binary(max_size=200), st.integers(100, 599))
def test_bytes_of_any_kind_and_status_are_a_failure_or_a_no(body: bytes, status: int) -> None:
    found = read_reply(Reply(URL, status, body, "", ""), *parse_address("192.0.2.1"), NOW)
    assert isinstance(found, Unanswered) or found.prefixes == ()
