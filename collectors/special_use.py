"""Addresses that name no operator, by RFC 6890 and the IANA special-purpose registries (read 2026-11)."""

from __future__ import annotations

from herkomst.config.tables.rows import BITS, parse_address, parse_prefix

PUBLIC_IN_A_LABORATORY = frozenset({"documentation", "loopback"})
"""The uses that a laboratory may treat as if they were public."""
_BLOCKS = (
    ("0.0.0.0/32", "unspecified"),
    ("0.0.0.0/8", "reserved"),
    ("10.0.0.0/8", "private"),  # RFC 1918
    ("100.64.0.0/10", "shared"),  # RFC 6598, carrier-grade NAT
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link_local"),  # RFC 3927
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),  # RFC 5737
    ("192.88.99.0/24", "reserved"),  # RFC 7526, former 6to4 relays
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "reserved"),  # RFC 2544, benchmarks
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("2001:2::/48", "reserved"),  # RFC 5180, benchmarks
    ("2001:10::/28", "reserved"),  # RFC 4843, former ORCHID
    ("2001:20::/28", "reserved"),  # RFC 7343, ORCHIDv2
    ("2001:db8::/32", "documentation"),  # RFC 3849
    ("3fff::/20", "documentation"),  # RFC 9637
    ("fc00::/7", "private"),  # RFC 4193
    ("fe80::/10", "link_local"),
    ("ff00::/8", "multicast"),
    # all global unicast lies in 2000::/3 (RFC 4291 section 2.4); the translation prefixes of RFC 6052 and RFC 8215 lie outside and
    # name no operator either
    ("::/3", "reserved"),
    ("4000::/2", "reserved"),
    ("8000::/1", "reserved"),
)
_LEAD_BITS = {version: bits - 8 for version, bits in BITS.items()}
_PARSED = tuple((*parse_prefix(prefix), use) for prefix, use in _BLOCKS)
_BY_LEAD = {
    (version, lead): tuple(
        (last - first, first, last, use)
        for block_version, first, last, use in _PARSED
        if block_version == version and first >> bits <= lead <= last >> bits
    )
    for version, bits in _LEAD_BITS.items()
    for lead in range(256)
}
"""The blocks that may hold an address, by its first eight bits: none for nearly every address that a scan meets."""


def find_special_use(version: int, first: int, last: int) -> str | None:
    """Return the use of the smallest special block that holds the whole range of addresses; None where none does."""
    blocks = _BY_LEAD[version, first >> _LEAD_BITS[version]]
    uses = [(size, use) for size, block_first, block_last, use in blocks if block_first <= first and last <= block_last]
    return min(uses)[1] if uses else None


def special_use_of(address: str) -> str | None:
    """Return the special use of what is reached by one address, whose zone is ignored; None where it is public."""
    version, number = parse_address(address.partition("%")[0])
    if version == 6 and number >> 32 == 0xFFFF:  # an IPv4-mapped address reaches the IPv4 network (RFC 4291 section 2.5.5.2)
        version, number = 4, number & 0xFFFF_FFFF
    return find_special_use(version, number, number)
