from __future__ import annotations

import json
from collections.abc import Callable, Iterable

import pytest
from herkomst.config.tables import feeds
from herkomst.config.tables.rows import CountryRow, OriginRow, RangeRow, format_prefix, parse_prefix
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope
from hypothesis import given
from hypothesis import strategies as st

EDGE, GLOBAL, REGIONAL = RangeScope.EDGE, RangeScope.GLOBAL, RangeScope.REGIONAL
Summary = tuple[str, str, str | None, str | None, tuple[str, ...], RangeScope]


def summary(rows: Iterable[RangeRow]) -> list[Summary]:
    return [
        (format_prefix(row.version, row.first, row.last), row.provider, row.region, row.border_group, row.services, row.scope)
        for row in rows
    ]


def test_aws_services_of_one_prefix_are_one_entry_with_its_border_group() -> None:
    entry = {"ip_prefix": "198.51.100.0/24", "region": "eu-north-1", "network_border_group": "eu-north-1-cph-1"}
    feed = {
        "prefixes": [entry | {"service": "AMAZON"}, entry | {"service": "EC2"}],
        "ipv6_prefixes": [
            {"ipv6_prefix": "2001:db8::/32", "region": "GLOBAL", "service": "AMAZON", "network_border_group": "GLOBAL"}
        ],
    }
    assert summary(feeds.parse_aws(json.dumps(feed), "feed")) == [
        ("198.51.100.0/24", "aws", "eu-north-1", "eu-north-1-cph-1", ("AMAZON", "EC2"), REGIONAL),
        ("2001:db8::/32", "aws", None, None, ("AMAZON",), GLOBAL),
    ]


@pytest.mark.parametrize("service", ["CLOUDFRONT", "GLOBALACCELERATOR"])
def test_a_service_that_fronts_others_makes_the_prefix_an_edge_whatever_its_region(service: str) -> None:
    entry = {"ip_prefix": "198.51.100.0/24", "region": "us-east-1", "network_border_group": "us-east-1"}
    feed = {"prefixes": [entry | {"service": "AMAZON"}, entry | {"service": service}]}
    assert [row.scope for row in feeds.parse_aws(json.dumps(feed), "feed")] == [EDGE]
    feed = {"prefixes": [entry | {"service": service}, entry | {"service": "AMAZON"}]}
    assert [row.scope for row in feeds.parse_aws(json.dumps(feed), "feed")] == [EDGE]


def test_the_european_sovereign_cloud_is_a_provider_of_its_own() -> None:
    entry = {"ip_prefix": "198.51.100.0/24", "region": "eusc-de-east-1", "service": "EC2"}
    assert [row.provider for row in feeds.parse_aws(json.dumps({"prefixes": [entry]}), "feed")] == ["aws-eusc"]


def azure(*tags: tuple[str, str, list[str]]) -> str:
    values = [{"name": name, "properties": {"region": region, "addressPrefixes": prefixes}} for name, region, prefixes in tags]
    return json.dumps({"values": values})


def test_an_azure_tag_without_a_region_lies_in_the_region_of_the_prefix_that_holds_it() -> None:
    text = azure(
        ("AzureCloud.westeurope", "westeurope", ["198.51.100.0/24"]),
        ("Sql", "", ["198.51.100.64/28"]),
        ("AzureCloud", "", ["198.51.100.0/24", "203.0.113.0/24"]),
        ("AzureFrontDoor.Frontend", "", ["198.51.100.128/28"]),
    )
    assert summary(feeds.parse_azure(text, "feed")) == [
        ("198.51.100.0/24", "azure", "westeurope", None, ("AZURECLOUD", "AZURECLOUD.WESTEUROPE"), REGIONAL),
        ("198.51.100.64/28", "azure", "westeurope", None, ("SQL",), REGIONAL),
        ("203.0.113.0/24", "azure", None, None, ("AZURECLOUD",), GLOBAL),
        ("198.51.100.128/28", "azure", None, None, ("AZUREFRONTDOOR.FRONTEND",), EDGE),
    ]


def test_google_gives_a_region_or_global() -> None:
    entries = [
        {"ipv4Prefix": "198.51.100.0/24", "service": "Google Cloud", "scope": "europe-west4"},
        {"ipv6Prefix": "2001:db8::/44", "service": "Google Cloud", "scope": "global"},
    ]
    assert summary(feeds.parse_gcp(json.dumps({"prefixes": entries}), "feed")) == [
        ("198.51.100.0/24", "gcp", "europe-west4", None, ("GOOGLE_CLOUD",), REGIONAL),
        ("2001:db8::/44", "gcp", None, None, ("GOOGLE_CLOUD",), GLOBAL),
    ]


def test_oracle_is_named_by_its_catalogue_id() -> None:
    feed = {"regions": [{"region": "eu-amsterdam-1", "cidrs": [{"cidr": "198.51.100.0/24", "tags": ["OSN", "OBJECT_STORAGE"]}]}]}
    assert summary(feeds.parse_oracle(json.dumps(feed), "feed")) == [
        ("198.51.100.0/24", "oci", "eu-amsterdam-1", None, ("OBJECT_STORAGE", "OSN"), REGIONAL)
    ]


def test_lists_of_edge_providers_are_edges() -> None:
    fastly = json.dumps({"addresses": ["198.51.100.0/24"], "ipv6_addresses": ["2001:db8::/32"]})
    assert [row.scope for row in feeds.parse_fastly(fastly, "feed")] == [EDGE, EDGE]
    lines = ["# comment", "", "198.51.100.0/24\n"]
    assert summary(feeds.parse_prefix_list(lines, "cloudflare", "feed")) == [
        ("198.51.100.0/24", "cloudflare", None, None, (), EDGE)
    ]


def test_the_packed_list_of_several_providers_is_read_with_our_ids() -> None:
    document = {
        "providers": ["aws", "oracle", "cloudflare", "digitalocean"],
        "ranges": [
            {"cidr": "198.51.100.0/25", "p": 0, "r": "eu-west-1", "s": "EC2"},
            {"cidr": "198.51.100.0/25", "p": 0, "r": "eu-west-1", "s": "AMAZON"},
            {"cidr": "198.51.100.128/25", "p": 1, "r": "eu-amsterdam-1", "s": "OSN,OBJECT_STORAGE"},
            {"cidr": "203.0.113.0/25", "p": 2},
            {"cidr": "203.0.113.128/25", "p": 3, "r": "NL-NH"},
        ],
    }
    assert summary(feeds.parse_cloudip(document, "feed")) == [
        ("198.51.100.0/25", "aws", "eu-west-1", None, ("AMAZON", "EC2"), REGIONAL),
        ("198.51.100.128/25", "oci", "eu-amsterdam-1", None, ("OBJECT_STORAGE", "OSN"), REGIONAL),
        ("203.0.113.0/25", "cloudflare", None, None, (), EDGE),
        ("203.0.113.128/25", "digitalocean", "NL-NH", None, (), REGIONAL),
    ]


def test_tables_are_read_line_by_line_with_quoted_names() -> None:
    lines = ['198.51.100.0,198.51.100.255,64500,"Voorbeeld, B.V."', "2001:db8::,2001:db8::ffff,64501,Voorbeeld"]
    assert list(feeds.parse_origin_csv(lines)) == [
        OriginRow(*parse_prefix("198.51.100.0/24"), 64500, "Voorbeeld, B.V."),
        OriginRow(*parse_prefix("2001:db8::/112"), 64501, "Voorbeeld"),
    ]
    assert list(feeds.parse_country_csv(["198.51.100.0,198.51.100.255,nl"])) == [
        CountryRow(*parse_prefix("198.51.100.0/24"), "NL")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "198.51.100.0,198.51.100.255",
        "198.51.100.0,198.51.100.255,NLD",
        "198.51.100.9,198.51.100.1,NL",
        "198.51.100.0,2001:db8::,NL",
        "256.0.0.0,256.0.0.1,NL",
    ],
)
def test_a_line_of_another_shape_is_refused(line: str) -> None:
    with pytest.raises(KnowledgeError):
        list(feeds.parse_country_csv([line, "\n"]) if line else feeds.parse_country_csv(["\n"]))


PARSERS: list[Callable[[str, str], Iterable[RangeRow]]] = [
    feeds.parse_aws,
    feeds.parse_azure,
    feeds.parse_gcp,
    feeds.parse_oracle,
    feeds.parse_fastly,
]
KEYS = st.sampled_from(
    [
        "prefixes",
        "values",
        "regions",
        "addresses",
        "ip_prefix",
        "ipv4Prefix",
        "region",
        "service",
        "scope",
        "cidrs",
        "cidr",
        "name",
    ]
)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("198.51.100.0/24"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.parametrize("parse", PARSERS)
@given(document=documents)
def test_a_feed_of_any_shape_is_read_or_refused(parse: Callable[[str, str], Iterable[RangeRow]], document: object) -> None:
    try:
        rows = list(parse(json.dumps(document), "feed"))
    except KnowledgeError:
        return
    assert all(row.first <= row.last and row.dataset == "feed" for row in rows)


@pytest.mark.parametrize("parse", PARSERS)
@pytest.mark.parametrize(
    "text", ["", "<html>", "[]", "{}", '{"prefixes": []}', '{"values": []}', '{"regions": []}', '{"addresses": []}']
)
def test_an_empty_or_foreign_file_is_refused(parse: Callable[[str, str], Iterable[RangeRow]], text: str) -> None:
    with pytest.raises(KnowledgeError):
        list(parse(text, "feed"))


@pytest.mark.parametrize(
    "prefix", ["198.51.100.1/24", "198.51.100.0/33", "198.51.100.0/x", "198.51.100.0/", "/24", "2001:db8::1/32"]
)
def test_a_prefix_with_host_bits_or_a_wrong_length_is_refused(prefix: str) -> None:
    with pytest.raises(KnowledgeError):
        parse_prefix(prefix)
