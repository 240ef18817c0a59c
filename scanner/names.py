"""Names and addresses become canonical here, once, where they enter the program.

A canonical domain name has A-labels (RFC 5891, UTS 46), lower case, no trailing dot, labels of at most 63 octets and at most 253
characters. A canonical address is as RFC 5952 writes it, without zone; a canonical network has no host bits.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from herkomst.scanner.errors import InvalidName

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_INPUT = 2048
MAX_NAME = 253
MAX_LABEL = 63
WILDCARD_LABEL = "herkomst-wildcard-probe"
"""A label that nobody publishes: what it answers, every unknown name there answers. Fixed, so that every run asks the same."""
_LDH = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\Z")
_ZONE_INDEX = re.compile(r"%.*\Z")


@dataclass(frozen=True, slots=True)
class Understood:
    """What pasted text was taken for; `note` says what was left out (`url`, `email`), empty where nothing was."""

    value: str
    kind: str
    note: str = ""


def canonical_name(text: str) -> str:
    """Return the canonical domain name; raise InvalidName, with advice, where the text is none."""
    if len(text) > MAX_INPUT:
        raise InvalidName(f"A name of {len(text)} characters is too long.", advice=f"A domain name has at most {MAX_NAME}.")
    name = text.strip().rstrip(".").lower() if text.isascii() else _to_ascii(text.strip().rstrip(".\u3002"))
    if not name:
        raise InvalidName("The name is empty.", advice="Give a domain name such as example.nl.")
    if len(name) > MAX_NAME:
        raise InvalidName(f"{display(text)!r} is longer than {MAX_NAME} characters.", advice="Give one domain name.")
    for label in name.split("."):
        if not label:
            raise InvalidName(f"{display(text)!r} has an empty label.", advice="Remove the double or leading dot.")
        if len(label) > MAX_LABEL:
            raise InvalidName(f"{display(text)!r} has a label of {len(label)} characters.", advice=f"The limit is {MAX_LABEL}.")
        if not _LDH.match(label):
            raise InvalidName(
                f"{display(text)!r} is no domain name.", advice="Give a name such as example.nl, without spaces or a path."
            )
    return name


def _to_ascii(text: str) -> str:
    import idna  # slow to import, and few names need it

    try:
        return idna.encode(text, uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError as error:
        raise InvalidName(
            f"{display(text)!r} is no valid international domain name ({error}).", advice="Check its spelling."
        ) from error


def canonical_address(text: str) -> str:
    """Return the canonical IPv4 or IPv6 address; IPv4-mapped IPv6 addresses become IPv4."""
    cleaned = text.strip().strip("[]")
    try:
        address = ipaddress.ip_address(_ZONE_INDEX.sub("", cleaned))
    except ValueError as error:
        raise InvalidName(f"{display(text)!r} is no IP address.", advice="Give one such as 192.0.2.1 or 2001:db8::1.") from error
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def canonical_network(text: str) -> str:
    """Return the canonical network in prefix notation; host bits are refused, since they are mostly a mistake."""
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError as error:
        raise InvalidName(
            f"{display(text)!r} is no network ({error}).", advice="Give one such as 192.0.2.0/24, without host bits."
        ) from error


def understand(text: str) -> Understood:
    """Take a pasted name, address, network, URL or e-mail address for what it is; raise InvalidName where it is none."""
    stripped = text.strip()
    if len(stripped) > MAX_INPUT:
        raise InvalidName(f"A text of {len(stripped)} characters is no name.", advice="Give one name each.")
    if "://" in stripped or stripped.startswith("//"):
        try:
            host = urlsplit(stripped).hostname
        except ValueError as error:
            raise InvalidName(f"{display(stripped)!r} is no valid URL.", advice="Give the domain name alone.") from error
        if not host:
            raise InvalidName(f"{display(stripped)!r} has no host name.", advice="Give the domain name alone.")
        return Understood(_name_or_address(host).value, _name_or_address(host).kind, "url")
    if "@" in stripped:
        host = stripped.rsplit("@", 1)[1].rstrip(">").strip()
        return Understood(canonical_name(host), "domain", "email")
    if "/" in stripped:
        try:
            return Understood(canonical_network(stripped), "network")
        except InvalidName:
            host = stripped.split("/", 1)[0]
            if is_address(host):
                raise
            return Understood(_name_or_address(host).value, "domain", "url")
    return _name_or_address(stripped)


def _name_or_address(text: str) -> Understood:
    if is_address(text):
        return Understood(canonical_address(text), "address")
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and ":" not in host:
        return Understood(_name_or_address(host).value, _name_or_address(host).kind, "url")
    name = canonical_name(text)
    if re.fullmatch(r"[0-9.]+", name):
        raise InvalidName(f"{display(text)!r} is no valid IP address.", advice="An IPv4 address has four numbers up to 255.")
    return Understood(name, "domain")


def is_address(text: str) -> bool:
    """Say whether the text is an IP address in any accepted form."""
    try:
        canonical_address(text)
    except InvalidName:
        return False
    return True


def is_within(name: str, zone: str) -> bool:
    """Say whether a canonical name is the zone itself or lies under it, at a label boundary."""
    return name == zone or name.endswith("." + zone)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # reads its list once, and only where a registrable domain is needed

    return PublicSuffixList(accept_unknown=True, only_icann=False)


@lru_cache(maxsize=65536)
def registrable_domain(name: str) -> str | None:
    """Return the registrable domain of a canonical name (its public suffix and one label), or None for a suffix itself.

    By the public suffix list as packaged; private suffixes such as `azurewebsites.net` count, so two customers of one platform
    are not taken for one organisation.
    """
    return _suffixes().privatesuffix(name)


def unicode_name(name: str) -> str:
    """Return the name as people read it: U-labels where they can be decoded, else the A-labels."""
    if "xn--" not in name:
        return name
    import idna

    try:
        return idna.decode(name)
    except idna.IDNAError:
        return name


_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def display(text: str, limit: int = 200) -> str:
    """Return text from outside made safe to show: control, bidirectional and invisible characters escaped, long text cut."""
    safe = _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"
