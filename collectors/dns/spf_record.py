"""One SPF record as text, parsed into its terms (RFC 7208 sections 4.5, 4.6.1 and 12). Asks nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.collectors.dns.spf_macros import are_macros_valid
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.names import canonical_name

LOOKUP_MECHANISMS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""The terms that cost a look-up (RFC 7208 section 4.6.4)."""
_MODIFIERS = ("redirect", "exp")
_TERM = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9._-]*)(?:([:=/])(.*))?\Z", re.DOTALL)
_PREFIX_LENGTHS = re.compile(r"(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?\Z")
_NETWORK = re.compile(r":[0-9A-Fa-f:.]+(?:/(?:0|[1-9]\d{0,2}))?\Z")
"""An address and perhaps a prefix length: no netmask, no leading zero (section 12)."""
_NETWORK_TYPES: dict[str, type[ipaddress.IPv4Network] | type[ipaddress.IPv6Network]] = {
    "ip4": ipaddress.IPv4Network,
    "ip6": ipaddress.IPv6Network,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One term: `value` is its domain name (canonical; as written where it has macros), its network, or empty for `all`.

    The prefix length of `a` and `mx` is not kept. The modifiers `redirect` and `exp` have no qualifier.
    """

    qualifier: str
    mechanism: str
    value: str

    @property
    def has_macro(self) -> bool:
        """Say whether the value depends on the sender, so that it cannot be looked up here (RFC 7208 section 7)."""
        return "%" in self.value


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """The terms in their order, those that are never evaluated left out; `is_valid` is false where a term could not be read."""

    terms: tuple[Term, ...]
    is_valid: bool


def find_spf(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the TXT values that are SPF records (RFC 7208 section 4.5); more than one is the owner's mistake."""
    return tuple(text for text in texts if text.lower() == "v=spf1" or text[:7].lower() == "v=spf1 ")


def parse_spf(text: str, owner: str) -> SpfRecord:
    """Parse a record found at `owner`, which is also the domain that `a`, `mx` and `ptr` without value speak of.

    Mechanisms behind `all` are never reached, and a redirect beside `all` is ignored (sections 5.1 and 6.1): both are left out.
    """
    terms: list[Term] = []
    modifiers: list[Term] = []
    is_valid, reached_all = True, False
    for word in text.split(" ")[1:]:
        if not word:
            continue
        match = _TERM.match(word)
        if match is None:
            is_valid = False
            continue
        qualifier, mechanism, separator, rest = match.groups()
        mechanism = mechanism.lower()
        if separator == "=":
            if mechanism in _MODIFIERS:  # those not yet invented are passed over
                value = None if qualifier else _domain(rest)
                is_valid = is_valid and value is not None and all(item.mechanism != mechanism for item in modifiers)
                modifiers += [Term("", mechanism, value)] if value else []
            continue
        value = _mechanism_value(mechanism, (separator or "") + (rest or ""), owner)
        if value is None:
            is_valid = False
        elif not reached_all:
            terms.append(Term(qualifier or "+", mechanism, value))
            reached_all = mechanism == "all"
    used = [item for item in modifiers if item.mechanism != "redirect" or not reached_all]
    return SpfRecord((*terms, *used), is_valid)


def _mechanism_value(mechanism: str, rest: str, owner: str) -> str | None:
    """Return the value of a mechanism, None where it is not as the grammar says; `rest` begins with its separator."""
    if mechanism == "all":
        return "" if not rest else None
    if mechanism in _NETWORK_TYPES:
        try:
            # host bits are allowed here: 192.0.2.1/24 means its whole network
            return str(_NETWORK_TYPES[mechanism](rest[1:], strict=False)) if _NETWORK.match(rest) else None
        except ValueError:
            return None
    if mechanism in ("include", "exists"):
        return _domain(rest[1:]) if rest[:1] == ":" else None
    if mechanism in ("a", "mx"):
        match = _PREFIX_LENGTHS.search(rest)
        if match is None or int(match[1] or 0) > 32 or int(match[2] or 0) > 128:
            return None
        rest = rest[: match.start()]
    elif mechanism != "ptr":
        return None
    if not rest:
        return owner
    return _domain(rest[1:]) if rest[0] == ":" else None


def _domain(text: str) -> str | None:
    """Return the name of a term: at least two labels, the last one no number (section 7.1, domain-spec); None where it is none."""
    if "%" in text:
        return text if are_macros_valid(text) else None  # as written: it is expanded where the record is read
    name = text.removesuffix(".")
    if "." not in name or name.rpartition(".")[2].isdigit():
        return None
    try:
        return canonical_name(name)
    except InvalidName:
        return None
