"""The TLS collector against real servers: what it learns from certificates, and what it makes of servers that show none."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import shutil
import ssl
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID
from herkomst.collectors.base import Findings
from herkomst.collectors.special_use import special_use_of
from herkomst.collectors.tls.collector import AT_ONE_ADDRESS, MAX_ADDRESSES, TlsCollector
from herkomst.collectors.tls.findings import MAX_LEADS, MAX_NAMES
from herkomst.config.settings import Breadth, Settings
from herkomst.lab.dns_zones import Behaviour
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import TlsChain, TlsNoService
from servers.tls import Servers, be_silent, drip, free_port, hang_up, reset, say, shake, speak_only

from .conftest import LOOPBACK, NAME, Look, context_of

WWW = f"www.{NAME}"


def chains(findings: Findings) -> list[TlsChain]:
    return [item.content for item in findings.observations if isinstance(item.content, TlsChain)]


def only_chain(findings: Findings) -> TlsChain:
    (chain,) = chains(findings)
    return chain


def reasons(findings: Findings) -> list[tuple[FailureReason, str, bool]]:
    return [(failure.reason, failure.scope, failure.retryable) for failure in findings.failures]


def leads(findings: Findings) -> list[str]:
    return [lead.value for lead in findings.leads]


# -- what a certificate says ---------------------------------------------------------------------------------------------------


def test_a_certificate_gives_its_names_issuer_validity_and_version_and_is_kept_as_it_came(
    look: Look, servers: Servers, authority: trustme.CA
) -> None:
    issued = authority.issue_cert(f"Archief.{NAME}", NAME, f"*.dienst.{NAME}", "elders.example", LOOPBACK)
    findings = look(servers.start(context=context_of(issued)))
    chain = only_chain(findings)
    assert findings.failures == ()
    assert chain.names == (f"*.dienst.{NAME}", f"archief.{NAME}", "elders.example", NAME)
    assert (chain.name, chain.address, chain.version, chain.problem) == (NAME, LOOPBACK, "TLSv1.3", "")
    assert "O=Zegelhuis B.V." in chain.issuer
    leaf = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes())
    assert datetime.fromisoformat(chain.not_after) == leaf.not_valid_after_utc
    assert datetime.fromisoformat(chain.not_before) == leaf.not_valid_before_utc
    (raw,) = findings.raws
    assert (raw.media_type, raw.body) == ("application/pkix-cert", leaf.public_bytes(serialization.Encoding.DER))
    assert raw.digest == chain.leaf == hashlib.sha256(raw.body).hexdigest() == findings.observations[0].raw


def test_only_hosts_of_the_same_organisation_are_followed(look: Look, servers: Servers, authority: trustme.CA) -> None:
    issued = authority.issue_cert(NAME, WWW, f"archief.{NAME}", f"*.{NAME}", "andervoorbeeld.example", f"x.anders{NAME}")
    findings = look(servers.start(context=context_of(issued)))
    assert leads(findings) == [f"archief.{NAME}"]


def test_the_same_certificate_has_the_same_id_in_every_run(look: Look, servers: Servers, authority: trustme.CA) -> None:
    server = servers.start(context=context_of(authority.issue_cert(NAME, WWW)))
    records = {NAME: (LOOPBACK,), WWW: (LOOPBACK,)}
    first, second = (look(server, records=records) for _ in range(2))
    assert len(first.observations) == 2
    assert [item.id for item in first.observations] == [item.id for item in second.observations]


def test_www_and_every_address_are_looked_at_by_themselves(look: Look, servers: Servers, authority: trustme.CA) -> None:
    one, two = (context_of(authority.issue_cert(NAME, WWW, f"{label}.{NAME}")) for label in ("een", "twee"))
    server = servers.start(hosts={LOOPBACK: one, "127.0.0.2": two})
    findings = look(server, records={NAME: (LOOPBACK, "127.0.0.2"), WWW: ("127.0.0.2",)})
    assert {(chain.name, chain.address) for chain in chains(findings)} == {
        (NAME, LOOPBACK),
        (NAME, "127.0.0.2"),
        (WWW, "127.0.0.2"),
    }
    assert leads(findings) == [f"een.{NAME}", f"twee.{NAME}"]


def test_an_ipv6_address_is_looked_at(look: Look, servers: Servers, authority: trustme.CA) -> None:
    try:
        server = servers.start(hosts={"::1": context_of(authority.issue_cert(NAME))})
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    findings = look(server, "::1")
    assert (only_chain(findings).address, findings.failures) == ("::1", ())


def test_the_name_is_sent_so_that_a_shared_server_shows_the_right_certificate(
    look: Look, servers: Servers, authority: trustme.CA
) -> None:
    asked: list[str | None] = []
    context = context_of(authority.issue_cert("elders.example"))
    right = context_of(authority.issue_cert(NAME))

    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        asked.append(name)
        connection.context = right

    context.sni_callback = choose
    assert only_chain(look(servers.start(context=context))).names == (NAME,)
    assert asked == [NAME]


def test_an_international_name_is_canonical_and_an_address_is_no_name(
    look: Look, servers: Servers, authority: trustme.CA
) -> None:
    issued = authority.issue_cert(NAME, f"xn--mnchen-3ya.{NAME}", LOOPBACK, "2001:db8::1")
    assert only_chain(look(servers.start(context=context_of(issued)))).names == (NAME, f"xn--mnchen-3ya.{NAME}")


def test_a_client_certificate_that_is_demanded_too_late_hides_nothing(
    look: Look, servers: Servers, authority: trustme.CA
) -> None:
    context = context_of(authority.issue_cert(NAME))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.cert_pem.bytes().decode())
    assert only_chain(look(servers.start(context=speak_only(context, "TLSv1_3")))).names == (NAME,)


# -- certificates that are not to be trusted -----------------------------------------------------------------------------------


def untrusted(kind: str, authority: trustme.CA) -> trustme.LeafCert:
    past = datetime.now(UTC) - timedelta(days=2)
    future = datetime.now(UTC) + timedelta(days=2)
    if kind == "cert_has_expired":
        return authority.issue_cert(NAME, f"intern.{NAME}", not_after=past)
    if kind == "cert_not_yet_valid":
        return authority.issue_cert(NAME, f"intern.{NAME}", not_before=future)
    if kind == "hostname_mismatch":
        return authority.issue_cert(f"intern.{NAME}", "elders.example")
    return trustme.CA().issue_cert(NAME, f"intern.{NAME}")


@pytest.mark.parametrize(
    "problem", ["cert_has_expired", "cert_not_yet_valid", "hostname_mismatch", "unable_to_get_issuer_cert_locally"]
)
def test_a_certificate_that_does_not_verify_is_kept_with_its_problem_and_teaches_nothing(
    look: Look, servers: Servers, authority: trustme.CA, problem: str
) -> None:
    issued = untrusted(problem, authority)
    findings = look(servers.start(context=context_of(issued)))
    chain = only_chain(findings)
    assert (chain.problem, chain.names, chain.issuer, chain.version) == (problem, (), "", "")
    assert (findings.leads, findings.failures) == ((), ())
    leaf = x509.load_pem_x509_certificate(issued.cert_chain_pems[0].bytes()).public_bytes(serialization.Encoding.DER)
    assert chain.leaf == hashlib.sha256(leaf).hexdigest()


def test_an_authority_that_only_the_server_vouches_for_is_not_trusted(look: Look, servers: Servers, tmp_path: Path) -> None:
    other = trustme.CA()
    issued = other.issue_cert(NAME)
    (tmp_path / "all.pem").write_bytes(issued.private_key_and_cert_chain_pem.bytes() + other.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "all.pem")
    assert only_chain(look(servers.start(context=context))).problem == "self_signed_cert_in_chain"


def self_made(tmp_path: Path, names: x509.ExtensionType | None, common_name: str = NAME) -> ssl.SSLContext:
    """Return the settings of a server with a certificate that signs itself; trusted where its file is given as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    if names is not None:
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = certificate.public_bytes(serialization.Encoding.PEM)
    (tmp_path / "own.pem").write_bytes(public)
    (tmp_path / "both.pem").write_bytes(private + public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    return context


def test_a_certificate_that_signs_itself_teaches_nothing(look: Look, servers: Servers, tmp_path: Path) -> None:
    names = x509.SubjectAlternativeName([x509.DNSName(NAME), x509.DNSName(f"intern.{NAME}")])
    chain = only_chain(look(servers.start(context=self_made(tmp_path, names))))
    assert (chain.problem, chain.names) == ("depth_zero_self_signed_cert", ())
    assert re.fullmatch("[0-9a-f]{64}", chain.leaf)


def test_the_common_name_of_the_subject_is_no_name(look: Look, servers: Servers, tmp_path: Path) -> None:
    server = servers.start(context=self_made(tmp_path, None))
    chain = only_chain(look(server, tls_authorities=tmp_path / "own.pem"))
    assert (chain.problem, chain.names) == ("hostname_mismatch", ())


def test_without_any_authority_nothing_can_be_verified_and_that_is_no_observation(
    look: Look, servers: Servers, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    findings = look(servers.start(context=context_of(authority.issue_cert(NAME))), tls_authorities=None)
    assert (findings.observations, reasons(findings)) == ((), [(FailureReason.NO_TABLE, "", False)])
    assert "tls_authorities" in findings.failures[0].detail


# -- names in bad certificates -------------------------------------------------------------------------------------------------


def raw_names(*names: bytes) -> x509.UnrecognizedExtension:
    """Return subject alternative names as the octets that are given, whatever they are (RFC 5280 section 4.2.1.6)."""
    body = b"".join(bytes([0x82, len(name)]) + name for name in names)
    assert len(body) < 0x80
    return x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes([0x30, len(body)]) + body)


def test_names_that_are_none_are_told_and_the_others_kept(look: Look, servers: Servers, tmp_path: Path) -> None:
    names = raw_names(NAME.encode(), b"een naam.example", b"", "münchen.example".encode())
    server = servers.start(context=self_made(tmp_path, names))
    findings = look(server, tls_authorities=tmp_path / "own.pem")
    assert only_chain(findings).names == (NAME, "xn--mnchen-3ya.example")
    assert reasons(findings) == [(FailureReason.MALFORMED, LOOPBACK, False)]
    assert "2 of the names" in findings.failures[0].detail


def test_octets_that_are_no_text_are_a_failure(look: Look, servers: Servers, tmp_path: Path) -> None:
    server = servers.start(context=self_made(tmp_path, raw_names(NAME.encode(), b"\xff\xfe.example")))
    findings = look(server, tls_authorities=tmp_path / "own.pem")
    assert (findings.observations, reasons(findings)) == ((), [(FailureReason.MALFORMED, LOOPBACK, False)])


def test_ten_thousand_names_are_more_than_a_handshake_may_hold(look: Look, servers: Servers, authority: trustme.CA) -> None:
    issued = authority.issue_cert(NAME, *(f"klant{number}.elders.example" for number in range(10_000)))
    findings = look(servers.start(context=context_of(issued)))
    assert (findings.observations, reasons(findings)) == ((), [(FailureReason.TOO_LARGE, LOOPBACK, False)])


def test_of_many_names_the_organisations_own_are_kept_first_and_the_rest_is_told(
    look: Look, servers: Servers, authority: trustme.CA
) -> None:
    others = [f"a{number}.elders.example" for number in range(MAX_NAMES + 500)]
    issued = authority.issue_cert(*others, NAME, f"z.{NAME}")
    findings = look(servers.start(context=context_of(issued)))
    chain = only_chain(findings)
    assert len(chain.names) == MAX_NAMES
    assert {NAME, f"z.{NAME}"} <= set(chain.names)
    assert chain.names == tuple(sorted(chain.names))
    assert reasons(findings) == [(FailureReason.TOO_LARGE, LOOPBACK, False)]


def test_of_many_hosts_a_bounded_number_is_followed_and_the_rest_is_told(
    look: Look, servers: Servers, authority: trustme.CA
) -> None:
    issued = authority.issue_cert(NAME, *(f"h{number:03}.{NAME}" for number in range(MAX_LEADS + 7)))
    findings = look(servers.start(context=context_of(issued)))
    assert len(findings.leads) == MAX_LEADS
    assert len(only_chain(findings).names) == MAX_LEADS + 8
    (failure,) = findings.failures
    assert (failure.reason, failure.detail) == (FailureReason.TOO_LARGE, "7 of 107 names in certificates were not followed")


# -- servers that show none ----------------------------------------------------------------------------------------------------


def test_a_closed_port_is_an_answer(look: Look) -> None:
    port = free_port()
    findings = look(port)
    assert [item.content for item in findings.observations] == [TlsNoService(NAME, LOOPBACK, port)]
    assert (findings.failures, findings.raws) == ((), ())


@pytest.mark.parametrize("talk", [be_silent, drip])
def test_a_server_that_hangs_or_drips_ends_in_a_time_out(look: Look, servers: Servers, talk: object) -> None:
    began = time.monotonic()
    findings = look(servers.start(talk), tls_timeout_s=0.4)  # type: ignore[arg-type]  # one of the servers above
    assert time.monotonic() - began < 10
    assert (findings.observations, reasons(findings)) == ((), [(FailureReason.TIMEOUT, LOOPBACK, True)])


def test_what_was_seen_is_kept_when_the_time_for_the_target_is_up(look: Look, servers: Servers, authority: trustme.CA) -> None:
    server = servers.start(be_silent, hosts={LOOPBACK: context_of(authority.issue_cert(NAME)), "127.0.0.2": None})
    findings = look(server, LOOPBACK, "127.0.0.2", target_deadline_s=2.0)
    assert only_chain(findings).address == LOOPBACK
    assert reasons(findings) == [(FailureReason.TIMEOUT, "127.0.0.2", True)]


@pytest.mark.parametrize(
    "body",
    [b"\x00" * 65_536, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-voorbeeld\r\n", b"\x16\x03\x03\xff\xff" + b"\xee" * 65_536],
    ids=["zeros", "http", "ssh", "a record that is too long"],
)
def test_what_is_no_tls_is_malformed(look: Look, servers: Servers, body: bytes) -> None:
    findings = look(servers.start(say(body)))
    assert (findings.observations, reasons(findings)) == ((), [(FailureReason.MALFORMED, LOOPBACK, False)])


@pytest.mark.parametrize("talk", [hang_up, reset])
def test_a_connection_that_is_broken_off_is_a_failure(look: Look, servers: Servers, talk: object) -> None:
    findings = look(servers.start(talk))  # type: ignore[arg-type]  # one of the servers above
    assert (findings.observations, reasons(findings)) == ((), [(FailureReason.UNREACHABLE, LOOPBACK, True)])


@pytest.mark.parametrize("alert", [40, 112, 80], ids=["handshake_failure", "unrecognized_name", "internal_error"])
def test_an_alert_is_a_refusal_that_is_named(look: Look, servers: Servers, alert: int) -> None:
    findings = look(servers.start(say(bytes([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, alert]))))
    assert reasons(findings) == [(FailureReason.REFUSED, LOOPBACK, False)]
    assert "the server ended the handshake: " in findings.failures[0].detail


def test_a_server_of_old_versions_only_is_refused_by_both_sides(look: Look, servers: Servers, authority: trustme.CA) -> None:
    findings = look(servers.start(shake(speak_only(context_of(authority.issue_cert(NAME)), "TLSv1"))))
    assert reasons(findings) == [(FailureReason.REFUSED, LOOPBACK, False)]
    assert "no version of TLS in common" in findings.failures[0].detail


def test_a_client_certificate_that_is_demanded_first_is_a_refusal(look: Look, servers: Servers, authority: trustme.CA) -> None:
    context = speak_only(context_of(authority.issue_cert(NAME)), "TLSv1_2")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.cert_pem.bytes().decode())
    assert reasons(look(servers.start(shake(context)))) == [(FailureReason.REFUSED, LOOPBACK, False)]


# -- addresses -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [LOOPBACK, "10.0.0.1", "192.0.2.1", "::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_a_special_address_is_not_connected_to_unless_that_is_allowed(
    look: Look, servers: Servers, authority: trustme.CA, address: str
) -> None:
    server = servers.start(context=context_of(authority.issue_cert(NAME)))
    version = ipaddress.ip_address(address).version
    findings = look(server, address, connect_to_special_addresses=False)
    if version == 6 and TlsCollector.from_settings(Settings()).not_asked():
        pytest.skip("this machine has no way to IPv6 addresses, so none is asked about")
    assert server.connections == 0
    (failure,) = findings.failures
    assert (failure.reason, failure.retryable) == (FailureReason.DENIED, False)
    assert str(special_use_of(failure.scope)) in failure.detail


def test_more_addresses_than_the_bound_are_told(look: Look, servers: Servers, authority: trustme.CA) -> None:
    server = servers.start(context=context_of(authority.issue_cert(NAME)))
    findings = look(server, *(f"127.0.0.{number}" for number in range(1, MAX_ADDRESSES + 4)))
    looked_at = [getattr(item.content, "address", "") for item in findings.observations]
    assert len(looked_at) == MAX_ADDRESSES
    (failure,) = findings.failures
    assert (failure.reason, failure.detail) == (FailureReason.TOO_LARGE, "3 of 11 addresses were not connected to")


def test_an_address_that_many_names_share_is_connected_to_a_few_times_at_once(look: Look, servers: Servers) -> None:
    server = servers.start(say(b"SSH-2.0-voorbeeld\r\n"))
    names = [f"klant{number}.example" for number in range(3 * AT_ONE_ADDRESS)]
    settings = replace(look.asking(dict.fromkeys(names, (LOOPBACK,))), tls_port=server.port)
    found = look.collect(settings, *names)
    assert [reasons(findings) for findings in found] == [[(FailureReason.MALFORMED, LOOPBACK, False)]] * len(names)
    assert server.connections == len(names)
    assert 1 < server.most <= AT_ONE_ADDRESS


def test_a_name_that_is_not_there_is_no_failure(look: Look) -> None:
    findings = look(free_port(), records={"elders.example": (LOOPBACK,)})
    assert (findings.observations, findings.failures) == ((), ())


def test_addresses_that_could_not_be_asked_for_are_a_failure(look: Look, servers: Servers, authority: trustme.CA) -> None:
    server = servers.start(context=context_of(authority.issue_cert(NAME)))
    findings = look(server, behaviours={(NAME, "AAAA"): Behaviour.SERVFAIL})
    assert only_chain(findings).names == (NAME,)
    assert reasons(findings) == [(FailureReason.SERVFAIL, "AAAA", True)]


# -- switched off --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"offline": True}, {"breadth": Breadth.CORE}, {"tls": False}], ids=str)
def test_where_it_is_switched_off_nothing_is_asked_and_that_is_said(
    look: Look, servers: Servers, authority: trustme.CA, change: dict[str, object]
) -> None:
    server = servers.start(context=context_of(authority.issue_cert(NAME)))
    findings = look(server, **change)
    assert (server.connections, findings) == (0, Findings())
    assert TlsCollector(Settings(**change)).not_asked() == {"tls.chain", "tls.no_service"}  # type: ignore[arg-type]  # its fields


def test_a_machine_without_ipv6_says_that_it_does_not_ask_there_and_fails_nobody_for_it() -> None:
    code = (
        "from herkomst.collectors.tls.collector import TlsCollector\n"
        "from herkomst.config.settings import Settings\n"
        "print(*TlsCollector.from_settings(Settings()).not_asked())"
    )
    bare = ["unshare", "--map-root-user", "--net"]  # a machine of which no network leads anywhere
    if shutil.which("unshare") is None or subprocess.run([*bare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no network namespace can be made here")
    ran = subprocess.run([*bare, sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["tls.chain/IPv6"]
