"""The RDAP client against a real server: how often it asks, what it refuses, and how each failure is told."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from herkomst.collectors.fetching import MAX_BYTES, MAX_REDIRECTS, Fetcher, Reply, Unanswered
from herkomst.collectors.ip_ownership.rdap import RdapClient
from herkomst.collectors.ip_ownership.registered import RegisteredNetwork
from herkomst.collectors.ip_ownership.registry_limits import FAILURES_BEFORE_SILENCE, IN_FLIGHT_PER_REGISTRY
from herkomst.config.tables.rows import parse_address
from herkomst.scanner.model.failure import FailureReason
from servers.registry import Page, Registry, describe_network

Found = RegisteredNetwork | Unanswered
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def ask(registry: Registry, *addresses: str, timeout_s: float = 5.0, origin: str = "") -> list[Found]:
    """Ask one client about addresses, one after the other."""

    async def run() -> list[Found]:
        client = RdapClient(registry.bootstrap, timeout_s)
        try:
            return [await client.find(*parse_address(address), NOW, origin) for address in addresses]
        finally:
            await client.close()

    return asyncio.run(run())


def ask_at_once(registry: Registry, *addresses: str, origin: str = "") -> list[Found]:
    """Ask one client about addresses, all at the same time."""

    async def run() -> list[Found]:
        client = RdapClient(registry.bootstrap, 5.0)
        try:
            return list(await asyncio.gather(*(client.find(*parse_address(address), NOW, origin) for address in addresses)))
        finally:
            await client.close()

    return asyncio.run(run())


def fail(registry: Registry, address: str = "192.0.2.1", **rest: Any) -> Unanswered:
    (found,) = ask(registry, address, **rest)
    assert isinstance(found, Unanswered)
    return found


def network(found: Found) -> RegisteredNetwork:
    assert isinstance(found, RegisteredNetwork), found
    return found


def page_of_network(first: str, last: str, **changes: object) -> Page:
    return Page(json.dumps(describe_network(first, last, **changes)).encode())


def network_of(path: str) -> Page:
    """The /28 of whatever address is asked for."""
    whole = ipaddress.ip_network(path.rpartition("/")[2] + "/28", strict=False)
    return page_of_network(str(whole[0]), str(whole[-1]))


# -- answers ----------------------------------------------------------------------------------------------------------


def test_a_network_is_read_without_its_contacts(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.serve("/rdap/ip/192.0.2.1", describe_network("192.0.2.0", "192.0.2.255"))
    found = network(ask(registry, "192.0.2.1")[0])
    assert (found.prefixes, found.handle, found.name) == (("192.0.2.0/24",), "192.0.2.0 - 192.0.2.255", "VOORBEELD-NET")
    assert (found.holder, found.holder_country, found.country) == ("Voorbeeld Hosting B.V.", "NL", "NL")
    assert found.registry == "ripencc"
    assert not any(word in found.raw for word in (b"Persoon", b"piet@", b"PP1", b"Voorbeeldstraat"))


def test_the_question_names_the_media_type_and_takes_no_compressed_answer(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.serve("/rdap/ip/192.0.2.1", describe_network("192.0.2.0", "192.0.2.255"))
    ask(registry, "192.0.2.1")
    assert registry.headers[-1]["Accept"].startswith("application/rdap+json")
    assert registry.headers[-1]["Accept-Encoding"] == "identity"
    assert registry.headers[-1]["User-Agent"].startswith("herkomst/")


def test_proxy_settings_of_the_environment_are_not_used(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    registry.serve_bootstrap()
    registry.pages["*"] = network_of
    assert network(ask(registry, "192.0.2.1")[0]).prefixes == ("192.0.2.0/28",)


def test_an_address_inside_a_returned_network_costs_no_call(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = page_of_network("192.0.2.0", "192.0.2.255")
    found = ask(registry, "192.0.2.1", "192.0.2.200", "192.0.2.255")
    assert len({network(item) for item in found}) == 1
    assert registry.questions() == ["192.0.2.1"]
    assert registry.asked.count("/bootstrap/ipv4.json") == 1


def test_addresses_of_one_network_asked_at_once_make_one_call_and_one_bootstrap(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = page_of_network("192.0.2.0", "192.0.2.255")
    found = ask_at_once(registry, *(f"192.0.2.{number}" for number in range(1, 100)))
    assert len({network(item) for item in found}) == 1
    assert len(registry.questions()) == 1
    assert registry.asked.count("/bootstrap/ipv4.json") == 1


def test_addresses_of_one_origin_wait_for_each_other(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = page_of_network("198.51.0.0", "198.51.255.255")
    found = ask_at_once(registry, *(f"198.51.{number}.1" for number in range(100)), origin="64500")
    assert len({network(item) for item in found}) == 1
    assert len(registry.questions()) == 1


def test_every_returned_network_costs_one_call(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = network_of
    addresses = [f"192.0.2.{number}" for number in range(256)]
    found = ask_at_once(registry, *addresses)
    assert len(registry.questions()) == len({network(item) for item in found}) == 16
    for address, item in zip(addresses, found, strict=True):
        assert ipaddress.ip_address(address) in ipaddress.ip_network(network(item).prefixes[0])


def test_a_registry_gets_at_most_four_questions_at_a_time(registry: Registry) -> None:
    registry.serve_bootstrap()
    lock, together = threading.Lock(), threading.Barrier(IN_FLIGHT_PER_REGISTRY)
    active: list[int] = [0]
    most: list[int] = []

    def wait_for_the_others(path: str) -> Page:
        with lock:
            active[0] += 1
            most.append(active[0])
        together.wait(10)  # broken, and so a failed request, where fewer come at the same time
        with lock:
            active[0] -= 1
        return network_of(path)

    registry.pages["*"] = wait_for_the_others
    found = ask_at_once(registry, *(f"192.0.{number}.1" for number in range(3 * IN_FLIGHT_PER_REGISTRY)))
    assert all(isinstance(item, RegisteredNetwork) for item in found)
    assert max(most) == IN_FLIGHT_PER_REGISTRY


def test_ipv6_is_asked_of_its_own_bootstrap(registry: Registry) -> None:
    registry.serve_bootstrap("2001:db8::/32")
    registry.serve("/rdap/ip/2001:db8::1", describe_network("2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff"))
    assert network(ask(registry, "2001:db8::1")[0]).prefixes == ("2001:db8::/48",)
    assert "/bootstrap/ipv4.json" not in registry.asked


def test_a_network_that_the_registry_does_not_know_is_an_answer(registry: Registry) -> None:
    registry.serve_bootstrap()
    found = network(ask(registry, "192.0.2.1")[0])
    assert (found.prefixes, found.holder, found.handle) == ((), None, "")


def test_an_address_that_no_registry_has_is_an_answer_without_a_question(registry: Registry) -> None:
    registry.serve_bootstrap("198.51.100.0/24", "::/0")
    assert network(ask(registry, "192.0.2.1")[0]).registry == "iana"
    assert registry.questions() == []


def test_the_registrys_root_object_is_no_ones_network(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = page_of_network("0.0.0.0", "255.255.255.255")  # noqa: S104 - a range, nothing listens on it
    found = ask(registry, "192.0.2.1", "198.51.100.1")
    assert [network(item).prefixes for item in found] == [(), ()]
    assert len(registry.questions()) == 2


@pytest.mark.parametrize(
    "media_type", ["application/rdap+json; charset=utf-8", "application/json;charset=ISO-8859-1", "text/plain"]
)
def test_a_charset_in_the_content_type_is_understood(registry: Registry, media_type: str) -> None:
    registry.serve_bootstrap()
    encoding = "latin-1" if "8859" in media_type else "utf-8"
    document = json.dumps(describe_network("192.0.2.0", "192.0.2.255", name="CAFÉ"), ensure_ascii=False)
    registry.pages["*"] = Page(document.encode(encoding), media_type=media_type)
    assert network(ask(registry, "192.0.2.1")[0]).name == "CAFÉ"


# -- redirects --------------------------------------------------------------------------------------------------------


def redirect(to: str, status: int = 302) -> Page:
    return Page(status=status, headers=(("Location", to),))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_registry_is_followed(registry: Registry, status: int) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = redirect("../../other/ip/192.0.2.1", status)
    registry.serve("/other/ip/192.0.2.1", describe_network("192.0.2.0", "192.0.2.255"))
    assert network(ask(registry, "192.0.2.1")[0]).holder == "Voorbeeld Hosting B.V."


def test_a_redirect_loop_ends(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = redirect("192.0.2.1")
    found = fail(registry)
    assert (found.reason, found.retryable) == (FailureReason.TOO_DEEP, False)
    assert len(registry.questions()) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/latest/", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/"]
)
def test_a_redirect_to_a_private_address_is_refused(registry: Registry, target: str) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = redirect(target)
    found = fail(registry)
    assert (found.reason, found.retryable) == (FailureReason.DENIED, False)
    assert "private" in found.detail or "link_local" in found.detail


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://registry.example/", "gopher://registry.example/"])
def test_a_redirect_to_another_scheme_is_refused(registry: Registry, target: str) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = redirect(target)
    assert fail(registry).reason is FailureReason.DENIED


@pytest.mark.parametrize("target", ["http://[::1", "http://registry.example:99999/"])
def test_a_redirect_to_nonsense_is_malformed(registry: Registry, target: str) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = redirect(target)
    assert fail(registry).reason is FailureReason.MALFORMED


def test_a_redirect_without_a_place_is_malformed(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(status=302)
    assert fail(registry).reason is FailureReason.MALFORMED


def get(trusted: str, url: str) -> Reply | Unanswered:
    async def run() -> Reply | Unanswered:
        fetcher = Fetcher(trusted, 5.0)
        try:
            return await fetcher.get(url)
        finally:
            await fetcher.close()

    return asyncio.run(run())


def test_loopback_is_only_asked_where_the_bootstrap_is_on_loopback(registry: Registry) -> None:
    registry.serve("/page", {})
    refused = get("http://93.184.215.14/", registry.url + "page")
    assert isinstance(refused, Unanswered)
    assert refused.reason is FailureReason.DENIED
    assert registry.asked == []
    assert isinstance(get(registry.url, registry.url + "page"), Reply)


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.serve("/page", {})
    port = int(registry.url.rstrip("/").rpartition(":")[2])
    look_up = socket.getaddrinfo
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])

    def changing(host: str | bytes, *args: Any, **options: Any) -> Any:
        """A name that leads elsewhere each time it is looked up, as a hostile DNS server lets it."""
        wanted = next(answers) if host in {"wisselend.example", b"wisselend.example"} else host
        return look_up(wanted, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert isinstance(get(registry.url, f"http://wisselend.example:{port}/page"), Reply)
    assert next(answers) == "127.0.0.2", "one look, one connection"


def test_plain_http_is_only_asked_where_the_bootstrap_is_plain_http(registry: Registry) -> None:
    refused = get(registry.url.replace("http:", "https:"), registry.url + "page")
    assert isinstance(refused, Unanswered)
    assert "HTTPS" in refused.detail
    assert registry.asked == []


# -- failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (401, FailureReason.DENIED, False),
        (403, FailureReason.DENIED, False),
        (500, FailureReason.UNREACHABLE, True),
        (503, FailureReason.UNREACHABLE, True),
        (400, FailureReason.MALFORMED, False),
        (204, FailureReason.MALFORMED, False),
    ],
)
def test_a_status_is_told_by_its_reason(registry: Registry, status: int, reason: FailureReason, retryable: bool) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(b"" if status == 204 else b"{}", status)
    found = fail(registry)
    assert (found.reason, found.retryable) == (reason, retryable)
    assert str(status) in found.detail


@pytest.mark.parametrize(
    ("retry_after", "told"),
    [
        ("120", "120 s"),
        ("0", "60 s"),
        ("soon", "60 s"),
        ("Sun, 01 Mar 2026 12:01:30 GMT", "90 s"),
        ("Sun, 01 Mar 2026 11:00:00 GMT", "60 s"),
        ("Sun, 99 Mar", "60 s"),
        ("9" * 20, "3600 s"),
    ],
)
def test_a_throttling_registry_is_left_alone(registry: Registry, retry_after: str, told: str) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(b"{}", 429, headers=(("Retry-After", retry_after),))
    found = ask(registry, "192.0.2.1", "198.51.100.1", "203.0.113.1")
    assert {(item.reason, item.retryable) for item in found if isinstance(item, Unanswered)} == {(FailureReason.THROTTLED, True)}
    assert all(isinstance(item, Unanswered) and told in item.detail for item in found)
    assert registry.questions() == ["192.0.2.1"]


def test_a_rate_limit_with_status_200_is_throttling(registry: Registry) -> None:
    registry.serve_bootstrap()
    notice = {"notices": [{"title": "Rate Limit Notice", "description": ["Query rate limit exceeded."]}]}
    registry.serve("/rdap/ip/192.0.2.1", notice)
    found = ask(registry, "192.0.2.1", "198.51.100.1")
    assert [item.reason for item in found if isinstance(item, Unanswered)] == [FailureReason.THROTTLED] * 2
    assert len(registry.questions()) == 1


def test_a_registry_that_keeps_failing_is_left_alone(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(b"", 500)
    found = ask(registry, *(f"192.0.{number}.1" for number in range(20)))
    assert all(isinstance(item, Unanswered) and item.reason is FailureReason.UNREACHABLE for item in found)
    assert len(registry.questions()) == FAILURES_BEFORE_SILENCE


def test_an_oversized_answer_is_cut_off(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(b" " * (8 * MAX_BYTES))
    found = fail(registry)
    assert (found.reason, found.retryable) == (FailureReason.TOO_LARGE, False)


def test_an_answer_that_drips_ends_at_the_time_limit(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(drips=True)
    found = fail(registry, timeout_s=0.4)
    assert (found.reason, found.retryable) == (FailureReason.TIMEOUT, True)


def test_a_compressed_answer_is_refused(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(b"\x1f\x8b", headers=(("Content-Encoding", "gzip"),))
    assert fail(registry).reason is FailureReason.MALFORMED


def test_a_port_where_nothing_listens_is_unreachable(registry: Registry) -> None:
    registry.serve_bootstrap(base="http://127.0.0.1:1/")
    found = fail(registry)
    assert (found.reason, found.retryable) == (FailureReason.UNREACHABLE, True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>welcome</html>",
        b"[]",
        b"null",
        b"{}",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "entities": [{',
        b'{"startAddress": 1, "endAddress": 2}',
        b'{"startAddress": "192.0.2.9", "endAddress": "192.0.2.0"}',
        b'{"startAddress": "198.51.100.0", "endAddress": "198.51.100.255"}',
        b'{"startAddress": "2001:db8::", "endAddress": "2001:db8::1"}',
        b'{"startAddress": "192.0.2.0", "endAddress": "2001:db8::1"}',
    ],
)
def test_an_answer_of_another_shape_is_malformed(registry: Registry, body: bytes) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(body)
    found = fail(registry)
    assert (found.reason, found.retryable) == (FailureReason.MALFORMED, False)


def test_a_404_in_html_is_no_word_of_a_registry(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["/rdap/ip/192.0.2.1"] = Page(b"<html>Not here</html>", 404, "text/html")
    assert fail(registry).reason is FailureReason.MALFORMED


# -- bootstrap --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("no object", FailureReason.MALFORMED),
        ({}, FailureReason.MALFORMED),
        ({"services": []}, FailureReason.MALFORMED),
        ({"services": [[["192.0.2.0/24"]]]}, FailureReason.MALFORMED),
        ({"services": [[["192.0.2.0/24"], []]]}, FailureReason.MALFORMED),
        ({"services": [[["192.0.2.0/24"], ["ftp://registry.example/"]]]}, FailureReason.MALFORMED),
        ({"services": [[["192.0.2.1/24"], ["https://registry.example/"]]]}, FailureReason.MALFORMED),
        ({"services": [[["2001:db8::/32"], ["https://registry.example/"]]]}, FailureReason.MALFORMED),
        ({"services": [[[7], [None, "https://["]]]}, FailureReason.MALFORMED),
    ],
)
def test_a_bootstrap_file_of_another_shape_is_refused_once(registry: Registry, document: object, reason: FailureReason) -> None:
    registry.serve("/bootstrap/ipv4.json", document)
    found = ask(registry, "192.0.2.1", "192.0.2.2")
    assert [item.reason for item in found if isinstance(item, Unanswered)] == [reason, reason]
    assert registry.asked == ["/bootstrap/ipv4.json"]


def test_a_missing_bootstrap_file_is_a_failure_and_not_an_answer(registry: Registry) -> None:
    assert fail(registry).reason is FailureReason.UNREACHABLE


def test_the_longest_prefix_of_the_bootstrap_decides_and_https_is_preferred(registry: Registry) -> None:
    services = [
        [["192.0.0.0/8"], ["http://127.0.0.1:1/"]],
        [["192.0.2.0/24"], [registry.url + "rdap"]],
        [["192.0.0.0/16"], ["http://127.0.0.1:1/"]],
    ]
    registry.serve("/bootstrap/ipv4.json", {"services": services})
    registry.pages["*"] = network_of
    assert network(ask(registry, "192.0.2.1")[0]).prefixes == ("192.0.2.0/28",)


def test_the_published_bootstrap_files_are_read(shared: Path) -> None:
    from herkomst.collectors.ip_ownership.rdap_bootstrap import find_service, parse_bootstrap

    expected = {"193.0.6.139": "ripe", "8.8.8.8": "arin", "1.1.1.1": "apnic", "200.3.14.10": "lacnic", "196.216.2.1": "afrinic"}
    services = parse_bootstrap((shared / "data" / "rdap" / "bootstrap" / "openrdap_ipv4.json").read_bytes(), 4)
    assert not isinstance(services, str)
    for address, registry_name in expected.items():
        service = find_service(services, parse_address(address)[1])
        assert service is not None
        assert registry_name in service.base
        assert service.base.startswith("https://")
        assert service.base.endswith("/")
    assert not isinstance(parse_bootstrap((shared / "data" / "rdap" / "bootstrap" / "openrdap_ipv6.json").read_bytes(), 6), str)
