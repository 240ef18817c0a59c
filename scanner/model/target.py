"""Targets: one asset, or one lead found while collecting, to ask a source about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TargetKind(StrEnum):
    """What a target's value is."""

    DOMAIN = "domain"
    """A declared domain name: every record set that carries evidence is asked for."""
    HOST = "host"
    """A host name met on the way (an MX or NS host, an autodiscover target): only its addresses matter."""
    ADDRESS = "address"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One thing to ask about; `value` is canonical (`herkomst.scanner.names`)."""

    kind: TargetKind
    value: str
