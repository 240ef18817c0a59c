"""One SPF record as text, parsed into its terms (RFC 7208 sections 4.5, 4.6.1 and 12). Asks nothing."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.scanner.errors import InvalidName
from herkomst.scanner.names import canonical_name

LOOKUP_MECHANISMS = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
"""The terms that cost a look-up (RFC 7208 section 4.6.4)."""
_TERM = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9._-]*)(?:([:=/])(.*))?\Z", re.DOTALL)
_PREFIX_LENGTHS = re.compile(r"(?:/\d{1,3})?(?://\d{1,3})?\Z")
_NETWORK_TYPES: dict[str, type[ipaddress.IPv4Network] | type[ipaddress.IPv6Network]] = {
    "ip4": ipaddress.IPv4Network,
    "ip6": ipaddress.IPv6Network,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One term: `value` is its domain name (canonical; as written where it has macros), its network, or empty for `all`.

    The prefix length of `a` and `mx` is not kept. A redirect has no qualifier.
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
    redirects: list[Term] = []
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
            # modifiers other than redirect (exp, and those not yet invented) name nobody who sends mail
            if mechanism == "redirect":
                value = None if qualifier else _domain(rest)
                is_valid = is_valid and value is not None
                redirects += [Term("", "redirect", value)] if value else []
            continue
        value = _mechanism_value(mechanism, (separator or "") + (rest or ""), owner)
        if value is None:
            is_valid = False
        elif not reached_all:
            terms.append(Term(qualifier or "+", mechanism, value))
            reached_all = mechanism == "all"
    if len(redirects) > 1:
        is_valid = False
    return SpfRecord(tuple(terms if reached_all else terms + redirects), is_valid)


def _mechanism_value(mechanism: str, rest: str, owner: str) -> str | None:
    """Return the value of a mechanism, None where it is not as the grammar says; `rest` begins with its separator."""
    if mechanism == "all":
        return "" if not rest else None
    if mechanism in _NETWORK_TYPES:
        try:
            # host bits are allowed here: 192.0.2.1/24 means its whole network
            return str(_NETWORK_TYPES[mechanism](rest[1:], strict=False)) if rest[:1] == ":" else None
        except ValueError:
            return None
    if mechanism in ("include", "exists"):
        return _domain(rest[1:]) if rest[:1] == ":" else None
    if mechanism in ("a", "mx"):
        rest = _PREFIX_LENGTHS.sub("", rest, count=1)
    elif mechanism != "ptr":
        return None
    if not rest:
        return owner
    return _domain(rest[1:]) if rest[0] == ":" else None


def _domain(text: str) -> str | None:
    if "%" in text:
        return text  # as written: the case of a macro letter has a meaning
    try:
        return canonical_name(text)
    except InvalidName:
        return None
