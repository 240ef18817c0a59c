"""The HTTPS record (RFC 9460) as observations carry it: `priority target key=value ...`, read into what names a host or an address."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.errors import InvalidName
from herkomst.scanner.names import canonical_address, canonical_name

_HINTS = ("ipv4hint=", "ipv6hint=")


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """One record. `target` is empty where it is the owner itself, or where priority 0 and "." say that there is no service.

    `hints` are addresses where the target may be reached: the zone's word, used by browsers until they have asked themselves.
    """

    priority: int
    target: str
    hints: tuple[str, ...]

    @property
    def is_alias(self) -> bool:
        """Whether the whole name stands for the target (AliasMode, section 2.4.2), as a CNAME would."""
        return self.priority == 0


def read_service_binding(value: str) -> ServiceBinding | None:
    """Read one value; None where its target cannot be a host. Hints that are no addresses are left out, those of an alias ignored."""
    priority, _, rest = value.partition(" ")
    target, *params = rest.split(" ")
    if not priority.isdigit():
        return None
    try:
        host = "" if target == "." else canonical_name(target)
    except InvalidName:
        return None
    texts = [param.partition("=")[2] for param in params if param.startswith(_HINTS)] if int(priority) else []
    return ServiceBinding(int(priority), host, tuple(_addresses(texts)))


def _addresses(texts: list[str]) -> list[str]:
    found: dict[str, None] = {}
    for text in ",".join(texts).split(","):
        try:
            found[canonical_address(text)] = None
        except InvalidName:
            continue
    return list(found)
