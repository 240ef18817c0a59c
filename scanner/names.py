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
"""Stands for a label that nobody publishes: what it answers, every unknown name there answers. The label that is asked for is random."""
_LDH = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\Z")
_ZONE_INDEX = re.compile(r"%.*\Z")
_URL = re.compile(r"([a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_WITH_PORT = re.compile(r"(\[.*\]|[^:]*):[0-9]{1,5}\Z")
_NUMBER = re.compile(r"([0-9]+|0x[0-9a-f]*)\Z")
_USER_OF_URL = re.compile(r"//[^/?#]*@")
_USER = re.compile(r"\A[^/@:]+:[^/]*@")


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
    name = text.strip().rstrip(".").lower() if text.isascii() else _to_ascii(text.strip())
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
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False).rstrip(".")
        # label by label: one of plain letters, such as _dmarc, need not be a host name's for its neighbour to be encoded
        return ".".join(label if label.isascii() else idna.alabel(label).decode("ascii") for label in mapped.split(".")).lower()
    except idna.IDNAError as error:
        raise InvalidName(
            f"{display(text)!r} is no valid international domain name ({display(str(error))}).", advice="Check its spelling."
        ) from error


def canonical_address(text: str) -> str:
    """Return the canonical IPv4 or IPv6 address, without brackets and zone; IPv4-mapped IPv6 addresses become IPv4."""
    cleaned = text.strip()
    if cleaned.startswith("[") and cleaned.endswith("]"):
        cleaned = cleaned[1:-1]
    try:
        address = ipaddress.ip_address(_ZONE_INDEX.sub("", cleaned) if ":" in cleaned else cleaned)
    except ValueError as error:
        raise InvalidName(f"{display(text)!r} is no IP address.", advice="Give one such as 192.0.2.1 or 2001:db8::1.") from error
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def canonical_network(text: str) -> str:
    """Return the canonical network in prefix notation; host bits are refused, since they are mostly a mistake.

    A network of IPv4-mapped IPv6 addresses becomes the IPv4 one, as its addresses do.
    """
    try:
        network = ipaddress.ip_network(text.strip())
        if "%" in text:
            raise ValueError("a network has no zone")
    except ValueError as error:
        raise InvalidName(
            f"{display(text)!r} is no network ({display(str(error))}).",
            advice="Give one such as 192.0.2.0/24, without host bits.",
        ) from error
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    return f"{mapped}/{network.prefixlen - 96}" if mapped is not None and network.prefixlen >= 96 else str(network)


def understand(text: str) -> Understood:
    """Take a pasted name, address, network, URL or e-mail address for what it is; raise InvalidName where it is none."""
    stripped = text.strip()
    if len(stripped) > MAX_INPUT:
        raise InvalidName(f"A text of {len(stripped)} characters is no name.", advice="Give one name each.")
    if "\\" in stripped:  # programs disagree on which host such a URL names
        raise InvalidName(f"{display(without_secret(stripped))!r} holds a backslash.", advice="Give the domain name alone.")
    if _URL.match(stripped):
        return _name_or_address(_host_of_url(stripped), "url")
    head = re.split("[/?]", stripped, maxsplit=1)[0]
    if "@" in head:
        return _name_or_address(_host_of_email(head), "email")
    if "/" in stripped:
        try:
            return Understood(canonical_network(stripped), "network")
        except InvalidName:
            if is_address(head):
                raise
            return _name_or_address(head, "url")
    return _name_or_address(stripped)


def without_secret(text: str) -> str:
    """Return pasted text as it may be repeated: without the user and password that a URL can hold."""
    return _USER.sub("", _USER_OF_URL.sub("//", text))


def _host_of_url(text: str) -> str:
    shown = display(without_secret(text))
    try:
        host = urlsplit(text).hostname
    except ValueError as error:
        raise InvalidName(f"{shown!r} is no valid URL.", advice="Give the domain name alone.") from error
    if not host:
        raise InvalidName(f"{shown!r} has no host name.", advice="Give the domain name alone.")
    return host


def _host_of_email(text: str) -> str:
    _, _, host = text.rpartition("@")
    if text.count("@") > 1:
        raise InvalidName(f"{display(without_secret(text))!r} holds more than one e-mail address.", advice="Give one name each.")
    return host.rstrip(">").strip()


def _name_or_address(text: str, note: str = "") -> Understood:
    if is_address(text):
        return Understood(canonical_address(text), "address", note)
    with_port = _WITH_PORT.match(text)
    if with_port:
        return _name_or_address(with_port[1], note or "url")
    name = canonical_name(text)
    if _NUMBER.match(name.rpartition(".")[2]):  # no top-level domain is a number, and browsers read such a text as an address
        raise InvalidName(f"{display(text)!r} is no valid IP address.", advice="An IPv4 address has four numbers up to 255.")
    return Understood(name, "domain", note)


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


@lru_cache(maxsize=16384)
@lru_cache(maxsize=8192)
def registrable_domain(name: str) -> str | None:
    """Return the registrable domain of a canonical name (its public suffix and one label), or None for a suffix itself.

    By the public suffix list as packaged; private suffixes such as `azurewebsites.net` count, so two customers of one platform
    are not taken for one organisation.
    """
    return _suffixes().privatesuffix(name)


def names_above(name: str) -> tuple[str, ...]:
    """Return every name above a canonical name, the closest first and the top-level domain last."""
    labels = name.split(".")
    return tuple(".".join(labels[start:]) for start in range(1, len(labels)))


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


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def display(text: str, limit: int = 200) -> str:
    """Return text from outside made safe to show: control, bidirectional, invisible and unassigned characters escaped, long text cut."""
    safe = _UNSAFE.sub(_escape, text)
    if not safe.isprintable():  # code points that Unicode gives no meaning yet, private ones, and unusual spaces
        safe = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in safe)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"
