"""The resolvers of this system (resolv.conf(5)), for a run that names none."""

from __future__ import annotations

from pathlib import Path

from herkomst.config.settings import ResolverAddress
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.names import canonical_address

RESOLV_CONF = Path("/etc/resolv.conf")
MAX_RESOLVERS = 3
"""The C library reads no more than three either."""


def system_resolvers(path: Path = RESOLV_CONF) -> tuple[ResolverAddress, ...]:
    """Return the resolvers that the file names, in its order; without any, the loopback address as the C library does."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        text = ""
    found: list[ResolverAddress] = []
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0] == "nameserver":
            address = _usable(words[1])
            if address is not None and address not in found:
                found.append(address)
    return tuple(found[:MAX_RESOLVERS]) or (ResolverAddress("127.0.0.1"),)


def _usable(text: str) -> ResolverAddress | None:
    try:
        canonical = canonical_address(text)
    except InvalidName:
        return None
    # a link-local resolver is reached through its zone only, which the canonical form leaves out
    return ResolverAddress(text if "%" in text else canonical)
