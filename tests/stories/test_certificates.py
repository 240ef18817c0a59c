"""Certificates through the whole program: a name that only a certificate gives away, and a server that keeps its certificate to itself."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.model.observation import DnsRRset
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status
from running import check_names, run_program, write_settings
from servers.tls import Server, Servers, be_silent, run_servers

Serve = Callable[..., int]
NAME = "verhaal.example"
HIDDEN = f"salaris.{NAME}"
LOOPBACK = "127.0.0.1"
RECORDS = ((NAME, "A", (LOOPBACK,)), (HIDDEN, "A", ("192.0.2.4",)))
COMPLETE = ("inventory.complete=yes", "web.network=zaakvlot", "subprocessors=zaakvlot")
AUTHORITY = trustme.CA(organization_name="Zegelhuis B.V.")


@pytest.fixture
def servers() -> Iterator[Servers]:
    with run_servers() as running:
        yield running


@pytest.fixture
def settings(laboratory: Laboratory, tmp_path: Path) -> Settings:
    AUTHORITY.cert_pem.write_to_path(tmp_path / "authorities.pem")
    return replace(
        laboratory.settings(),
        tls=True,
        tls_authorities=tmp_path / "authorities.pem",
        tls_timeout_s=20.0,
        connect_to_special_addresses=True,
    )


def showing(servers: Servers, *names: str) -> Server:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(*names).configure_cert(context)
    return servers.start(context=context)


def check(settings: Settings, serve: Serve, server: Server) -> RunResult:
    return check_names(replace(settings, tls_port=server.port), NAME, claims=COMPLETE, port=serve(*RECORDS))


def configure(settings: Settings, serve: Serve, server: Server, folder: Path) -> Path:
    """Write a settings file that sends the program to the servers of a test."""
    return write_settings(
        replace(settings, resolvers=(ResolverAddress(LOOPBACK, serve(*RECORDS)),)),
        folder,
        tls_port=server.port,
        tls_authorities=str(settings.tls_authorities),
        tls_timeout_s=settings.tls_timeout_s,
        connect_to_special_addresses=True,
        store=str(folder / "store.db"),
    )


def outcomes(result: RunResult) -> dict[str, tuple[Status, Reason | None]]:
    return {item.claim: (item.status, item.reason) for item in result.verdicts}


def test_a_name_that_only_the_certificate_gives_away_is_found_and_followed(
    settings: Settings, serve: Serve, servers: Servers
) -> None:
    result = check(settings, serve, showing(servers, NAME, HIDDEN, f"*.{NAME}", "elders.example"))
    assert outcomes(result)["inventory.complete"] == (Status.CONTRADICTED, Reason.UNDECLARED_NAME)
    followed = {item.content.name for item in result.observations.values() if isinstance(item.content, DnsRRset)}
    assert HIDDEN in followed
    assert "elders.example" not in {getattr(item.content, "name", "") for item in result.observations.values()}
    assert result.failures == ()


def test_where_it_is_switched_off_every_other_verdict_is_the_same(settings: Settings, serve: Serve, servers: Servers) -> None:
    server = showing(servers, NAME, HIDDEN)
    asked, off = check(settings, serve, server), check(replace(settings, tls=False), serve, server)
    assert server.connections == 1
    assert outcomes(off)["inventory.complete"] == (Status.CONSISTENT, None)
    (inventory,) = (verdict for verdict in off.verdicts if verdict.claim == "inventory.complete")
    assert inventory.not_asked == ("tls.chain",)
    for mine, other in zip(asked.verdicts, off.verdicts, strict=True):
        if mine.claim != "inventory.complete":
            assert (mine.status, mine.reason, mine.confidence, mine.not_asked) == (
                other.status,
                other.reason,
                other.confidence,
                other.not_asked,
            )


def test_a_server_that_says_nothing_leaves_the_inventory_and_only_that_not_measured(
    settings: Settings, serve: Serve, servers: Servers
) -> None:
    server = showing(servers, NAME)
    seen = outcomes(check(settings, serve, server))
    assert seen["inventory.complete"] == (Status.CONSISTENT, None)
    silent = outcomes(check(replace(settings, tls_timeout_s=0.3), serve, servers.start(be_silent)))
    assert silent["inventory.complete"] == (Status.NOT_MEASURED, Reason.TIMEOUT)
    del seen["inventory.complete"], silent["inventory.complete"]
    assert seen == silent


@pytest.mark.parametrize(("language", "heading"), [("en", "Certificates of the names"), ("nl", "Certificaten van de namen")])
def test_inspect_shows_the_certificate_with_the_names_of_others(
    settings: Settings, serve: Serve, servers: Servers, tmp_path: Path, language: str, heading: str
) -> None:
    server = showing(servers, NAME, "elders.example")
    config = configure(settings, serve, server, tmp_path)
    done = run_program("inspect", NAME, "--config", config, "--lang", language, folder=tmp_path)
    said = " ".join(done.stdout.split())
    assert heading in said
    assert f"elders.example, {NAME}" in said
    assert "Zegelhuis" in said


def test_explain_goes_down_to_the_certificate_as_it_came(
    settings: Settings, serve: Serve, servers: Servers, tmp_path: Path
) -> None:
    server = showing(servers, NAME, HIDDEN)
    config = configure(settings, serve, server, tmp_path)
    done = run_program(
        "check", NAME, "--claim", "inventory.complete=yes", "--config", config, "--format", "jsonl", folder=tmp_path
    )
    assert done.returncode == 1, done.stderr
    (verdict,) = (line for line in done.stdout.splitlines() if '"type": "verdict"' in line)
    identity = verdict.partition('"id": "')[2].partition('"')[0]
    explained = run_program("explain", identity, "--config", config, folder=tmp_path)
    assert explained.returncode == 0, explained.stderr
    said = " ".join(explained.stdout.split())
    assert HIDDEN in said
    assert "application/pkix-cert" in said
    assert "-----BEGIN CERTIFICATE-----" in said
