"""One TLS handshake (RFC 8446, RFC 5246) with one address, bounded in time, and what it ends in: always one value.

The certificate is verified first: against the authorities that are trusted, for its dates, and for the name (RFC 9525, without the
subject's common name). Only a verified certificate is read. One that fails is asked for a second time without verifying, to keep it as
evidence; nothing is learnt from it. After the handshake nothing is sent, so no client certificate and no request.
Memory is bounded by OpenSSL, which takes no more than 100 kB of certificates and no message that is longer than its kind may be.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from herkomst.scanner.model.failure import FailureReason

MAX_ISSUER: Final = 500
_CHUNK: Final = 16_384
_SHORT: Final = {
    "commonName": "CN",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "localityName": "L",
    "countryName": "C",
}
"""RFC 4514 section 3."""
PROBLEMS: Final = {
    9: "cert_not_yet_valid",
    10: "cert_has_expired",
    18: "depth_zero_self_signed_cert",
    19: "self_signed_cert_in_chain",
    20: "unable_to_get_issuer_cert_locally",
    21: "unable_to_verify_leaf_signature",
    23: "cert_revoked",
    62: "hostname_mismatch",
}
"""OpenSSL's X509_V_ERR numbers (x509_vfy.h, read 2026-11): unlike their sentences, they are the same in every version."""
_ALERTS: Final = ("SSLV3_ALERT_", "TLSV1_", "TLSV13_ALERT_")
"""How OpenSSL begins the reason of an error that the other side sent as an alert (RFC 8446 section 6)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate that verified: its dNSName entries as they stand in it, issuer (RFC 4514), validity (RFC 3339, UTC), TLS version."""

    names: tuple[str, ...]
    issuer: str
    not_before: str
    not_after: str
    version: str
    der: bytes


@dataclass(frozen=True, slots=True)
class Untrusted:
    """A certificate that did not verify, and why; `der` is empty where it could not be had a second time."""

    problem: str
    der: bytes = b""


@dataclass(frozen=True, slots=True)
class NotListening:
    """The address refused the connection: nothing listens on the port, for all that can be seen from here."""


@dataclass(frozen=True, slots=True)
class NoHandshake:
    """Nothing was shown, and why."""

    reason: FailureReason
    retryable: bool
    detail: str


Look = Shown | Untrusted | NotListening | NoHandshake


class _Closed(Exception):
    """The connection ended before the handshake did."""


async def look_at(address: str, port: int, name: str, contexts: tuple[ssl.SSLContext, ssl.SSLContext], timeout_s: float) -> Look:
    """Return what an address shows for a name; `contexts` are one that verifies and one that does not, from `make_contexts`.

    `timeout_s` bounds each of the two handshakes, however slowly they drip. Raises nothing for what the other side does.
    """
    verifying, trusting = contexts
    first = await _shake(address, port, name, verifying, timeout_s)
    if not isinstance(first, Untrusted):
        return first
    second = await _shake(address, port, name, trusting, timeout_s)
    return Untrusted(first.problem, second.der) if isinstance(second, Shown) else first


async def _shake(address: str, port: int, name: str, context: ssl.SSLContext, timeout_s: float) -> Look:
    try:
        async with asyncio.timeout(timeout_s):
            return _read(await _connect(address, port, name, context))
    except TimeoutError:
        return NoHandshake(FailureReason.TIMEOUT, True, f"no handshake within {timeout_s:g} s")
    except ssl.SSLCertVerificationError as error:
        return Untrusted(PROBLEMS.get(error.verify_code, f"x509_v_err_{error.verify_code}"))
    except (_Closed, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return NoHandshake(FailureReason.UNREACHABLE, True, "the connection was closed during the handshake")
    except ssl.SSLError as error:
        return _refusal(error.reason or str(error))
    except ConnectionRefusedError:
        return NotListening()
    except OSError as error:
        return NoHandshake(FailureReason.UNREACHABLE, True, os.strerror(error.errno) if error.errno else type(error).__name__)
    except ValueError as error:  # text in the certificate that is none, or a name that has no place in a handshake
        return NoHandshake(FailureReason.MALFORMED, False, f"{type(error).__name__}: the certificate or name cannot be read")


async def _connect(address: str, port: int, name: str, context: ssl.SSLContext) -> ssl.SSLObject:
    """Return the TLS state after a handshake; the connection is closed by then."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname=name)
    reader, writer = await asyncio.open_connection(address, port)
    try:
        await _handshake(tls, incoming, outgoing, reader, writer)
    finally:
        writer.write(outgoing.read())  # the last message, or the alert that tells the server why it went no further
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()
    return tls


async def _handshake(
    tls: ssl.SSLObject,
    incoming: ssl.MemoryBIO,
    outgoing: ssl.MemoryBIO,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    while True:
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            writer.write(outgoing.read())
        else:
            return
        data = await reader.read(_CHUNK)
        if not data:
            raise _Closed
        incoming.write(data)


def _read(tls: ssl.SSLObject) -> Shown:
    """Return what a certificate says; ValueError where its text cannot be read. Of one that was not verified only the bytes are had."""
    der = tls.getpeercert(binary_form=True) or b""
    fields = tls.getpeercert()
    if not fields:
        return Shown((), "", "", "", "", der)
    return Shown(
        tuple(str(value) for kind, value in _pairs(fields.get("subjectAltName")) if kind == "DNS"),
        _distinguished_name(fields.get("issuer")),
        _instant(fields.get("notBefore")),
        _instant(fields.get("notAfter")),
        tls.version() or "",
        der,
    )


def _refusal(reason: str) -> NoHandshake:
    said = reason.replace("_", " ").lower()
    if reason == "EXCESSIVE_MESSAGE_SIZE":
        return NoHandshake(FailureReason.TOO_LARGE, False, "the certificates are larger than a handshake may hold")
    if reason in ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"):
        return NoHandshake(FailureReason.REFUSED, False, "no version of TLS in common: 1.2 and 1.3 are asked for (RFC 8996)")
    if reason.startswith(_ALERTS):
        return NoHandshake(FailureReason.REFUSED, False, f"the server ended the handshake: {said}")
    return NoHandshake(FailureReason.MALFORMED, False, f"what came is no TLS handshake: {said}")


def _pairs(value: object) -> tuple[tuple[object, object], ...]:
    return tuple(pair for pair in value if len(pair) == 2) if isinstance(value, tuple) else ()


def _distinguished_name(value: object) -> str:
    """Return the parts of a name, the most specific first (RFC 4514 section 2.1), cut where it is longer than a line can show."""
    parts = [f"{_SHORT.get(str(key), str(key))}={text}" for relative in _sets(value) for key, text in _pairs(relative)]
    return ", ".join(reversed(parts))[:MAX_ISSUER]


def _sets(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _instant(value: object) -> str:
    seconds = ssl.cert_time_to_seconds(str(value))
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- who is trusted -----------------------------------------------------------------------------------------------------------


def make_contexts(authorities: Path | None) -> tuple[ssl.SSLContext, ssl.SSLContext] | None:
    """Return a context that verifies and one that does not; None where this system has no authorities and none are given.

    The same flags in every version of Python, so that a certificate is judged alike. OSError where the file cannot be read.
    """
    verifying, trusting = _context(), _context()
    verifying.load_default_certs()
    if authorities is not None:
        verifying.load_verify_locations(authorities)
    elif not _has_authorities(verifying):
        return None
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    return verifying, trusting


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996
    context.hostname_checks_common_name = False  # RFC 9525 section 2
    return context


def _has_authorities(context: ssl.SSLContext) -> bool:
    """Say whether there is any authority: those of a folder are only read when they are needed, and do not count before."""
    folder = ssl.get_default_verify_paths().capath
    return context.cert_store_stats()["x509_ca"] > 0 or (folder is not None and any(Path(folder).iterdir()))
