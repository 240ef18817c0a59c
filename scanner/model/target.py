"""Targets: one asset, or one lead found while collecting, to ask a source about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class TargetKind(StrEnum):
    """What a target's value is."""

    DOMAIN = "domain"
    """A declared domain name: every record set that carries evidence is asked for."""
    HOST = "host"
    """A host name met on the way (an MX or NS host, an autodiscover target): only its addresses matter."""
    ADDRESS = "address"
    NETWORK = "network"
    AWS_ACCOUNT = "aws"
    """An account id: its Regions, its members, and what it has once."""
    AWS_REGION = "aws.region"
    """One Region of an account, as `account/region`."""
    KUBERNETES = "kubernetes"
    """The context of a cluster, with the namespace where only one is read (`herkomst.scanner.model.kubernetes.ClusterScope`)."""
    INVENTORY = "inventory"
    """The path of a file that a holder exported."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One thing to ask about; `value` is canonical (`herkomst.scanner.names`)."""

    kind: TargetKind
    value: str
    access: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """How to reach it, as declared (`Asset.access`): no part of what it is, and not stored. A lead takes that of what led to it."""
