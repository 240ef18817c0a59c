"""What the looks at one target come to: canonical observations, the names to follow, and a failure for each thing that was not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from herkomst.collectors.base import Findings
from herkomst.collectors.tls.handshake import Look, NoHandshake, NotListening, Shown, Untrusted
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.certificate_names import WILDCARD, own_hosts, own_names
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Content, Observation, RawAnswer, TlsChain, TlsNoService
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.names import canonical_name, display

COLLECTOR: Final = "tls"
KINDS: Final = (TlsChain.kind, TlsNoService.kind)
MEDIA_TYPE: Final = "application/pkix-cert"
"""RFC 2585 section 4.1."""
MAX_NAMES: Final = 1_000
"""Kept of one certificate, the organisation's own first."""
MAX_LEADS: Final = 100
MAX_SHOWN: Final = 3


class Visit:
    """One target's findings in the making; the order in which the looks end does not matter."""

    def __init__(self, subject: str, vantage: str, at: datetime, port: int) -> None:
        self._subject = subject
        self._vantage = vantage
        self._at = at
        self._port = port
        self._observations: list[Observation] = []
        self._failures: list[Failure] = []
        self._raws: dict[str, RawAnswer] = {}

    def fail(self, name: str, scope: str, reason: FailureReason, *, retryable: bool, detail: str) -> None:
        """Keep what was not seen of a name; `scope` is the address, or the record type where the addresses themselves are not known."""
        self._failures.append(Failure(COLLECTOR, name, TlsChain.kind, reason, retryable, scope, detail))

    def add(self, name: str, address: str, look: Look) -> None:
        """Keep what one look ended in."""
        if isinstance(look, NoHandshake):
            self.fail(name, address, look.reason, retryable=look.retryable, detail=f"port {self._port}: {look.detail}")
        elif isinstance(look, NotListening):
            self._observe(TlsNoService(name, address, self._port))
        elif isinstance(look, Untrusted):
            leaf = self._keep(look.der)
            self._observe(TlsChain(name, address, self._port, leaf=leaf, problem=look.problem), leaf)
        else:
            self._add_shown(name, address, look)

    def findings(self) -> Findings:
        """Return all that was kept, and the organisation's own hosts in the certificates as leads."""
        contents = (item.content for item in self._observations)
        met = {name for content in contents if isinstance(content, TlsChain) for name in content.names}
        hosts = [name for name in own_hosts(met, self._subject) if name not in (self._subject, f"www.{self._subject}")]
        if len(hosts) > MAX_LEADS:
            detail = f"{len(hosts) - MAX_LEADS} of {len(hosts)} names in certificates were not followed"
            self.fail(self._subject, "", FailureReason.TOO_LARGE, retryable=False, detail=detail)
        leads = tuple(Target(TargetKind.HOST, name) for name in hosts[:MAX_LEADS])
        observations = sorted(self._observations, key=lambda item: item.id)
        failures = sorted(dict.fromkeys(self._failures), key=lambda item: item.id)
        return Findings(tuple(observations), leads, tuple(failures), tuple(self._raws.values()))

    def _add_shown(self, name: str, address: str, look: Shown) -> None:
        names, unreadable = _canonical(look.names)
        if unreadable:
            some = ", ".join(display(text, 80) for text in unreadable[:MAX_SHOWN])
            detail = f"{len(unreadable)} of the names in the certificate are none: {some}"
            self.fail(name, address, FailureReason.MALFORMED, retryable=False, detail=detail)
        kept = self._bound(names, name, address)
        leaf = self._keep(look.der)
        validity = (look.not_before, look.not_after)
        self._observe(TlsChain(name, address, self._port, kept, look.issuer, *validity, look.version, leaf), leaf)

    def _bound(self, names: tuple[str, ...], name: str, address: str) -> tuple[str, ...]:
        if len(names) <= MAX_NAMES:
            return names
        detail = f"{len(names) - MAX_NAMES} of the {len(names)} names in the certificate were left out"
        self.fail(name, address, FailureReason.TOO_LARGE, retryable=False, detail=detail)
        return tuple(sorted([*dict.fromkeys((*own_names(names, self._subject), *names))][:MAX_NAMES]))

    def _keep(self, der: bytes) -> str:
        """Keep a certificate as it came; return its digest, empty where there is none."""
        if not der:
            return ""
        digest = hashlib.sha256(der).hexdigest()
        self._raws[digest] = RawAnswer(digest, MEDIA_TYPE, der)
        return digest

    def _observe(self, content: Content, leaf: str = "") -> None:
        self._observations.append(Observation(self._subject, COLLECTOR, self._vantage, self._at, content, leaf or None))


def _canonical(names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of a certificate, canonical and sorted, and those that are no names."""
    canonical: set[str] = set()
    unreadable: set[str] = set()
    for name in names:
        lead = WILDCARD if name.startswith(WILDCARD) else ""
        try:
            canonical.add(lead + canonical_name(name.removeprefix(lead)))
        except InvalidName:
            unreadable.add(name)
    return tuple(sorted(canonical)), tuple(sorted(unreadable))
