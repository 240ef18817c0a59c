"""Who serves a zone by its parent: asked of real authoritative servers, and of ones that refuse, are silent or know nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import dns.rcode
import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.collector import DnsCollector
from herkomst.config.settings import Breadth, Settings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import DnsDelegation
from herkomst.scanner.model.target import Target, TargetKind
from servers.real import run_nsd, run_unbound, sign_zone
from servers.scripted import ScriptedServer, SilentServer, ZoneText

Collect = Callable[..., Findings]
ZONE = "voorbeeld.example"
HEAD = "$TTL 300\n@ SOA a.registry.example. h.example. 1 7200 900 1209600 300\n"
PARENT = f"""{HEAD}@ NS a.registry.example.
a.registry A 127.0.0.1
voorbeeld NS ns1.voorbeeld
voorbeeld NS ns9.elders.example.
voorbeeld DS 12345 13 2 {"ab" * 32}
ns1.voorbeeld A 192.0.2.99
eens NS ns1.host.example.
samen NS ns1.host.example.
"""
CHILD = f"{HEAD}@ NS ns1\n@ NS ns2.host.example.\nns1 A 192.0.2.1\n@ A 192.0.2.80\n"
AGREED = f"{HEAD}@ NS ns1.host.example.\n"
TOGETHER = f"{HEAD}@ NS ns1.host.example.\n@ NS ns2.host.example.\n"
RESOLVED = f"""
example SOA a.registry.example. h.example. 1 7200 900 1209600 300
example NS a.registry.example.
a.registry.example A 127.0.0.1
{ZONE} NS ns1.{ZONE}.
{ZONE} NS ns2.host.example.
www.{ZONE} A 192.0.2.80
weg.example NS ns1.host.example.
"""


@pytest.fixture(scope="module")
def parent_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("parent")
    signed = sign_zone(folder / "signed", "example", PARENT)
    with run_nsd(folder / "nsd", {"example": signed.text, "samen.example": TOGETHER}) as server:
        yield server.port


@pytest.fixture(scope="module")
def resolver_port(tmp_path_factory: pytest.TempPathFactory, parent_port: int) -> Iterator[int]:
    """An iterative resolver that comes to the zones by itself, as the resolver of a network does."""
    with ExitStack() as stack:
        zones = {ZONE: CHILD, "eens.example": AGREED}
        child = stack.enter_context(run_nsd(tmp_path_factory.mktemp("child") / "nsd", zones))
        stubs = {"example": parent_port, "samen.example": parent_port, **dict.fromkeys(zones, child.port)}
        yield stack.enter_context(run_unbound(tmp_path_factory.mktemp("resolver") / "unbound", stubs, ())).port


@pytest.fixture
def delegation(collect: Collect) -> Collect:
    """Collect with parents asked, at a port of this machine."""

    def run(name: str, *, resolver: object, authority: int, **changes: object) -> Findings:
        settings = {"ask_parents": True, "treat_documentation_as_public": True, "authority_port": authority, **changes}
        return collect(name, servers=(resolver,), **settings)

    return run


def seen(findings: Findings) -> list[DnsDelegation]:
    return [item.content for item in findings.observations if isinstance(item.content, DnsDelegation)]


def failed(findings: Findings) -> list[Failure]:
    return [failure for failure in findings.failures if failure.kind == DnsDelegation.kind]


def test_what_the_parent_says_is_seen_beside_what_the_zone_says(
    delegation: Collect, resolver_port: int, parent_port: int
) -> None:
    findings = delegation(ZONE, resolver=resolver_port, authority=parent_port)
    servers, glue = (f"ns1.{ZONE}", "ns9.elders.example"), (f"ns1.{ZONE} 192.0.2.99",)
    (said,) = seen(findings)
    assert said == DnsDelegation(ZONE, "example", "a.registry.example", servers, glue, has_ds=True)
    assert failed(findings) == []
    (observation,) = [item for item in findings.observations if isinstance(item.content, DnsDelegation)]
    assert observation.raw in {raw.digest for raw in findings.raws}
    hosts = {lead.value for lead in findings.leads if lead.kind is TargetKind.HOST}
    assert hosts >= {f"ns1.{ZONE}", "ns2.host.example", "ns9.elders.example"}
    assert Target(TargetKind.ADDRESS, "192.0.2.99") in findings.leads


def test_a_name_without_a_zone_of_its_own_asks_about_the_zone_that_it_lies_in(
    delegation: Collect, resolver_port: int, parent_port: int
) -> None:
    (said,) = seen(delegation(f"www.{ZONE}", resolver=resolver_port, authority=parent_port))
    assert (said.name, said.parent) == (ZONE, "example")


def test_a_zone_and_its_parent_that_agree(delegation: Collect, resolver_port: int, parent_port: int) -> None:
    (said,) = seen(delegation("eens.example", resolver=resolver_port, authority=parent_port))
    assert (said.servers, said.glue, said.has_ds) == (("ns1.host.example",), (), False)


def test_a_server_that_has_parent_and_zone_answers_for_the_zone(
    delegation: Collect, resolver_port: int, parent_port: int
) -> None:
    (said,) = seen(delegation("samen.example", resolver=resolver_port, authority=parent_port))
    assert (said.servers, said.from_zone, said.has_ds) == (("ns1.host.example", "ns2.host.example"), True, None)


def test_a_zone_that_the_parent_does_not_delegate_has_no_servers_there(delegation: Collect, parent_port: int) -> None:
    (said,) = seen(delegation("weg.example", resolver=ZoneText(RESOLVED), authority=parent_port))
    assert (said.servers, said.from_zone) == ((), False)


def test_a_parent_that_refuses_is_a_failure(delegation: Collect, tmp_path: Path) -> None:
    with run_nsd(tmp_path / "nsd", {"anders.example": AGREED}) as other:
        findings = delegation(ZONE, resolver=ZoneText(RESOLVED), authority=other.port)
    assert seen(findings) == []
    (failure,) = failed(findings)
    assert (failure.subject, failure.reason, failure.retryable) == (ZONE, FailureReason.REFUSED, False)


def test_a_parent_that_is_silent_is_a_failure_and_the_rest_is_kept(delegation: Collect) -> None:
    with SilentServer() as silent:
        findings = delegation(ZONE, resolver=ZoneText(RESOLVED), authority=silent.port, dns_timeout_s=0.3)
    (failure,) = failed(findings)
    assert (failure.reason, failure.retryable) == (FailureReason.TIMEOUT, True)
    assert [failure] == list(findings.failures)
    assert len(findings.observations) > 10


def test_a_parent_that_is_silent_until_the_deadline_is_a_time_out(delegation: Collect) -> None:
    with SilentServer() as silent:
        changes = {"dns_timeout_s": 30.0, "target_deadline_s": 1.0}
        findings = delegation(ZONE, resolver=ZoneText(RESOLVED), authority=silent.port, **changes)
    assert [(failure.subject, failure.reason) for failure in failed(findings)] == [(ZONE, FailureReason.TIMEOUT)]


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "192.0.2.53"])
def test_a_parent_whose_address_is_for_a_special_use_is_not_asked(delegation: Collect, address: str) -> None:
    resolver = ZoneText(RESOLVED.replace("A 127.0.0.1", f"A {address}"))
    server = ScriptedServer(ZoneText(RESOLVED))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as watched:
        watched.bind(("127.0.0.1", 0))
        watched.setblocking(False)
        port = watched.getsockname()[1]
        findings = delegation(ZONE, resolver=resolver, authority=port, treat_documentation_as_public=False)
        with pytest.raises(BlockingIOError):
            watched.recv(1)
    (failure,) = failed(findings)
    assert failure.reason is FailureReason.UNREACHABLE
    assert "special use" in failure.detail
    assert server.asked == []


def test_a_parent_that_cannot_be_found_is_a_failure_that_names_the_question(delegation: Collect, parent_port: int) -> None:
    resolver = ZoneText(RESOLVED, rcodes={"example": dns.rcode.SERVFAIL})
    (failure,) = failed(delegation(ZONE, resolver=resolver, authority=parent_port))
    assert (failure.subject, failure.reason) == (ZONE, FailureReason.SERVFAIL)
    assert failure.detail.startswith("example SOA: ")


def test_the_parent_is_asked_about_a_zone_whose_own_servers_fail(delegation: Collect, parent_port: int) -> None:
    resolver = ZoneText(RESOLVED, rcodes={ZONE: dns.rcode.SERVFAIL})
    findings = delegation(ZONE, resolver=resolver, authority=parent_port)
    (said,) = seen(findings)
    assert said.servers == (f"ns1.{ZONE}", "ns9.elders.example")
    assert Target(TargetKind.HOST, "ns9.elders.example") in findings.leads
    assert any(failure.subject == ZONE and failure.scope == "NS" for failure in findings.failures)


@pytest.mark.parametrize("changes", [{"offline": True}, {"ask_parents": False}, {"breadth": Breadth.CORE}])
def test_a_run_that_asks_no_parents_lists_it_and_asks_none(delegation: Collect, changes: dict[str, object]) -> None:
    server = ScriptedServer(ZoneText(RESOLVED))
    findings = delegation(ZONE, resolver=server, authority=1, **changes)
    assert seen(findings) == failed(findings) == []
    assert ("example", "SOA", False) not in server.asked
    off = DnsCollector.from_settings(Settings(**changes)).not_asked()  # type: ignore[arg-type]  # fields of Settings
    assert len(off & {"dns.delegation", "dns.delegation/NS"}) == 1


def test_a_name_that_does_not_exist_has_no_parent_asked(delegation: Collect) -> None:
    findings = delegation("nergens.example", resolver=ZoneText(RESOLVED), authority=1)
    assert seen(findings) == failed(findings) == []
