"""Who holds the keys of what a cloud account stores."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure


class KeyHolder(StrEnum):
    """Who holds the key of what is stored."""

    PROVIDER = "provider"
    """The provider makes, keeps and manages it."""
    SHARED = "shared"
    """The customer rules over it, and a usable copy lies in machines of the provider."""
    OUTSIDE = "outside"
    """It is kept in a store outside the provider, by the provider's own word."""
    NOT_TOLD = "not_told"
    """The control plane names no key, or not whose it is: what is stored may be encrypted with one of the provider's own, or not at all."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Resources of one kind and Region with data, and who holds their keys. `failures`: why that is not known where a key is named."""

    subject: str
    role: Role
    what: str
    holder: KeyHolder
    evidence: tuple[str, ...]
    failures: tuple[Failure, ...] = ()
