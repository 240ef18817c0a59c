"""The registry and the feeds as a client sees them, over real HTTP."""

from __future__ import annotations

import csv
import ipaddress
from collections.abc import Iterator

import httpx
import pytest
from herkomst.lab.feed_server import FeedServer
from herkomst.lab.laboratory import Laboratory, read_feed, serving
from herkomst.lab.loop_thread import LoopThread
from herkomst.lab.rdap_server import OVERSIZED, OVERSIZED_BYTES, RETRY_AFTER_S, RdapServer
from herkomst.lab.story import FeedShape, LabNetwork, PublishedRange, RangeFeed, Registration
from herkomst.scanner.model.observation import RangeScope

REGISTERED = {"name": "NET", "holder": "Voorbeeld B.V.", "holder_country": "NL", "country": "NL"}


def network(prefix: str, handle: str, status: int = 200, geofeed: str = "") -> LabNetwork:
    return LabNetwork(prefix, 64496, "AS", "NL", "NL", Registration(handle=handle, status=status, geofeed=geofeed, **REGISTERED))


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def registry(loop: LoopThread) -> Iterator[RdapServer]:
    networks = (
        network("192.0.2.0/24", "WIDE"),
        network("192.0.2.16/28", "NARROW", geofeed="https://voorbeeld.example/geofeed.csv"),
        network("192.0.2.32/28", "GONE", 404),
        network("192.0.2.48/28", "BUSY", 429),
        network("192.0.2.64/28", "HUGE", OVERSIZED),
        network("2001:db8:1::/48", "SIX"),
        LabNetwork("198.51.100.0/24", 64497, "AS", "NL", "NL", None),
    )
    server = RdapServer(networks)
    with serving(loop, server):
        yield server


def ip(registry: RdapServer, asked: str) -> str:
    return f"{registry.url}rdap/ip/{asked}"


@pytest.mark.parametrize(("version", "prefix"), [(4, "192.0.2.16/28"), (6, "2001:db8:1::/48")])
def test_the_bootstrap_file_points_at_the_server_itself(
    registry: RdapServer, client: httpx.Client, version: int, prefix: str
) -> None:
    document = client.get(f"{registry.bootstrap}ipv{version}.json").json()
    [[prefixes, [url]]] = document["services"]
    assert document["version"] == "1.0"
    assert prefix in prefixes
    assert url == registry.url + "rdap/"
    assert all(ipaddress.ip_network(item).version == version for item in prefixes)


@pytest.mark.parametrize(
    ("asked", "handle"),
    [
        ("192.0.2.1", "WIDE"),
        ("192.0.2.17", "NARROW"),
        ("192.0.2.16/29", "NARROW"),
        ("2001:db8:1::7", "SIX"),
        ("192.0.2.0/25", "WIDE"),
    ],
)
def test_the_most_specific_network_answers(registry: RdapServer, client: httpx.Client, asked: str, handle: str) -> None:
    response = client.get(ip(registry, asked))
    assert response.headers["content-type"] == "application/rdap+json"
    document = response.json()
    assert document["handle"] == handle
    assert document["objectClassName"] == "ip network"
    assert ipaddress.ip_address(document["startAddress"]) <= ipaddress.ip_network(asked).network_address


def test_the_holder_is_a_registrant_organisation_and_no_person(registry: RdapServer, client: httpx.Client) -> None:
    [entity] = client.get(ip(registry, "192.0.2.1")).json()["entities"]
    card = {name: value for name, _, _, value in entity["vcardArray"][1]}
    assert entity["roles"] == ["registrant"]
    assert (card["fn"], card["kind"]) == ("Voorbeeld B.V.", "org")
    assert "email" not in card


def test_a_geofeed_is_linked(registry: RdapServer, client: httpx.Client) -> None:
    links = client.get(ip(registry, "192.0.2.17")).json()["links"]
    assert [link["href"] for link in links if link["rel"] == "geo"] == ["https://voorbeeld.example/geofeed.csv"]


@pytest.mark.parametrize("asked", ["192.0.2.33", "198.51.100.1", "203.0.113.1"])
def test_what_is_not_registered_is_not_found(registry: RdapServer, client: httpx.Client, asked: str) -> None:
    response = client.get(ip(registry, asked))
    assert response.status_code == 404
    assert response.json()["errorCode"] == 404


def test_a_busy_registry_says_when_to_come_back(registry: RdapServer, client: httpx.Client) -> None:
    response = client.get(ip(registry, "192.0.2.49"))
    assert (response.status_code, response.headers["retry-after"]) == (429, RETRY_AFTER_S)


def test_an_oversized_answer_is_oversized(registry: RdapServer, client: httpx.Client) -> None:
    with client.stream("GET", ip(registry, "192.0.2.65")) as response:
        assert int(response.headers["content-length"]) > OVERSIZED_BYTES


@pytest.mark.parametrize(("path", "status"), [("rdap/ip/nonsense", 400), ("rdap/autnum/64496", 404), ("bootstrap/dns.json", 404)])
def test_other_questions_get_an_error(registry: RdapServer, client: httpx.Client, path: str, status: int) -> None:
    assert client.get(registry.url + path).status_code == status


def test_only_get_and_head_are_served(registry: RdapServer, client: httpx.Client) -> None:
    url = ip(registry, "192.0.2.1")
    assert client.post(url).status_code == 405
    head = client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(client.get(url).content)


def test_a_connection_serves_many_requests_and_they_are_counted(registry: RdapServer, client: httpx.Client) -> None:
    before = registry.asked["/rdap/ip/192.0.2.7"]
    for _ in range(3):
        assert client.get(ip(registry, "192.0.2.7")).status_code == 200
    assert registry.asked["/rdap/ip/192.0.2.7"] == before + 3


RANGES = (
    PublishedRange("198.51.100.0/28", "nl-1", "nl-1", "COMPUTE"),
    PublishedRange("198.51.100.16/28", "de-1", "de-1-waw-1", "COMPUTE"),
    PublishedRange("2001:db8:1::/48", "nl-1", "nl-1", "STORAGE"),
    PublishedRange("198.51.100.32/28", "GLOBAL", "GLOBAL", "COMPUTE"),
)


@pytest.mark.parametrize(
    ("shape", "groups"), [(FeedShape.IP_RANGES, {"nl-1", "de-1-waw-1", None}), (FeedShape.SERVICE_TAGS, {None})]
)
def test_a_feed_read_back_is_what_the_story_says(
    laboratory: Laboratory, loop: LoopThread, client: httpx.Client, shape: FeedShape, groups: set[str | None]
) -> None:
    feed = RangeFeed("wolk", shape, RANGES)
    story = laboratory.story
    server = FeedServer(type(story)(story.zones, (), (feed,), {}, story.declaration, ()))
    with serving(loop, server):
        [path] = [path for path in server.pages if "wolk" in path]
        rows = read_feed(feed, client.get(server.url.rstrip("/") + path).text)
    assert len(rows) == len(RANGES)
    assert {row.provider for row in rows} == {"wolk"}
    assert {row.region for row in rows} == {"nl-1", "de-1", None}
    assert {row.border_group for row in rows} == groups
    assert {row.scope for row in rows if row.region is None} == {RangeScope.GLOBAL}


def test_a_prefix_list_is_read_as_an_edge() -> None:
    feed = RangeFeed("poort", FeedShape.PREFIX_LIST, (PublishedRange("203.0.113.0/28"),))
    [row] = read_feed(feed, "203.0.113.0/28\n")
    assert (row.provider, row.scope, row.region) == ("poort", RangeScope.EDGE, None)


def test_the_tables_hold_one_line_a_network(laboratory: Laboratory, client: httpx.Client) -> None:
    text = client.get(laboratory.feeds.url + "tables/asn-ipv4.csv").text
    rows = list(csv.reader(text.splitlines()))
    assert ["192.0.2.0", "192.0.2.15", "64496", "GEMEENTE-VOORBEELD"] in rows
    assert len(rows) == sum("." in item.prefix for item in laboratory.story.networks)


def test_a_network_without_a_place_is_not_in_the_location_table(laboratory: Laboratory, client: httpx.Client) -> None:
    text = client.get(laboratory.feeds.url + "tables/location-ipv4.csv").text
    assert "192.0.2.96," not in text
    assert "192.0.2.16,192.0.2.31,NL" in text


def test_a_geofeed_is_served_as_its_rfc_says(laboratory: Laboratory, client: httpx.Client) -> None:
    response = client.get(laboratory.feeds.url + "geofeeds/polderrak.csv")
    assert response.headers["content-type"].startswith("text/csv")
    assert "192.0.2.16/28,NL,NL-NH,Alkmaar," in response.text


def test_a_page_that_is_not_there_is_not_found(laboratory: Laboratory, client: httpx.Client) -> None:
    assert client.get(laboratory.feeds.url + "ranges/nobody.json").status_code == 404
