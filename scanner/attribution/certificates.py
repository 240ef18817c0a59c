"""The organisation's own names in the certificates that a declared name and its `www` show (RFC 5280 section 4.2.1.6).

Who asked for a certificate had to show control of every name in it, so a name under the same registrable domain is the organisation's.
Names of others in a shared certificate make nobody a party; a certificate says nothing of a place (grade E9).
"""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.certificate_names import WILDCARD, own_hosts
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import NameSeen

ORIGIN = "certificate"


@dataclass(frozen=True, slots=True)
class CertificatePicture:
    """The names met, what could have shown one and failed, and the observations of the certificates themselves."""

    names: tuple[NameSeen, ...] = ()
    failures: tuple[Failure, ...] = ()
    evidence: tuple[str, ...] = ()


def attribute_certificates(subject: str, evidence: Evidence) -> CertificatePicture:
    """Return what the certificates of a declared name say of its organisation; a name that several hold is met once."""
    owners = (subject, f"www.{subject}")
    shown = [pair for owner in owners for pair in evidence.certificates(owner)]
    names: dict[str, NameSeen] = {}
    for content, oid in shown:
        for name in _stated_hosts(content.names, subject):
            names.setdefault(name, NameSeen(subject, name, ORIGIN, oid))
    failures = (failure for owner in owners for failure in evidence.certificate_failures(owner))
    return CertificatePicture(tuple(names.values()), tuple(failures), tuple(oid for _, oid in shown))


def _stated_hosts(names: tuple[str, ...], subject: str) -> tuple[str, ...]:
    """Return the hosts that somebody had put in a certificate; the name beside its own wildcard is what authorities add by themselves."""
    listed = set(names)
    return tuple(name for name in own_hosts(names, subject) if WILDCARD + name not in listed)
