"""Reads an RDAP reply: an ip network object (RFC 9083 section 5.4), a registry's "none", or why it is neither.

Contacts are taken out before anything is read or kept: of the entities only organisations stay, and of those the handle, the roles,
the name and the country; of links and remarks only the geofeed (RFC 9632, RFC 9877). What is left is what is kept as raw answer, and
what ipwhois's parser gets, so that it never meets a document that is not shaped as it expects.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from herkomst.collectors.fetching import Reply, Unanswered
from herkomst.collectors.ip_ownership.country_names import country_code
from herkomst.collectors.ip_ownership.registered import RegisteredNetwork
from herkomst.config.tables.rows import BITS, format_address, parse_address
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.identity import canonical_json
from ipwhois.exceptions import BaseIpwhoisException
from ipwhois.net import Net
from ipwhois.rdap import RDAP

MAX_QUIET_S = 3600.0
THROTTLED_QUIET_S = 60.0
_MAX_TEXT = 500
_MAX_ITEMS = 200
_TEXT_FIELDS = ("objectClassName", "handle", "name", "type", "country", "parentHandle", "port43")
_REGISTRIES = {
    "whois.afrinic.net": "afrinic",
    "whois.apnic.net": "apnic",
    "whois.arin.net": "arin",
    "whois.lacnic.net": "lacnic",
    "whois.ripe.net": "ripencc",
}
_GEOFEED_REMARK = re.compile(r"^\s*geofeed:?\s+(https?://\S+)\s*\Z", re.IGNORECASE)
_GEOFEED_RELATIONS = frozenset({"geo", "geofeed"})
"""RFC 9877 registers `geo`; its drafts, and servers made after them, say `geofeed`."""
_LONGEST_ROOT = {4: 7, 6: 15}
"""A "network" with a prefix of at most this length is a registry's root object, and no one's network."""


class _AnyNet(Net):  # type: ignore[misc]  # ipwhois has no types
    """What ipwhois's parser needs of an address; its own class refuses documentation addresses and reads the resolver's settings."""

    def __init__(self, address: str) -> None:
        self.address_str = address
        self.version = 6 if ":" in address else 4


def read_reply(reply: Reply, version: int, number: int, now: datetime) -> RegisteredNetwork | Unanswered:
    """Return the network that a reply describes, a network without prefixes where the registry has none, or why neither.

    `now` is when the reply came: it dates the answer, and a Retry-After that gives an instant is counted from it.
    """
    failure = _read_status(reply, now)
    if failure is not None:
        return failure
    answer = _read_document(reply, version, number)
    return replace(answer, answered_at=now) if isinstance(answer, RegisteredNetwork) else answer


def _read_document(reply: Reply, version: int, number: int) -> RegisteredNetwork | Unanswered:
    document = _decode(reply)
    if reply.status == 404 and (not reply.body.strip() or isinstance(document, dict)):
        return _none(reply, {}, version, number)
    if not isinstance(document, dict):
        return _malformed(reply, "it is no JSON object")
    if "startAddress" not in document and _is_rate_limit(document):
        return Unanswered(
            FailureReason.THROTTLED, True, f"{reply.url} says in its notices that its rate limit is reached", THROTTLED_QUIET_S
        )
    return _read_network(reply, document, version, number)


def _read_status(reply: Reply, now: datetime) -> Unanswered | None:
    """Return why a status is no answer; None for 200 and 404."""
    where = f"{reply.url} answered with status {reply.status}"
    match reply.status:
        case 200 | 404:
            return None
        case 401 | 403:
            return Unanswered(FailureReason.DENIED, False, where)
        case 429:
            quiet_s = _retry_after(reply.retry_after, now)
            return Unanswered(FailureReason.THROTTLED, True, f"{where}: asked to wait {quiet_s:g} s", quiet_s)
        case status if status >= 500:
            quiet_s = _retry_after(reply.retry_after, now) if reply.retry_after else 0.0
            return Unanswered(FailureReason.UNREACHABLE, True, where, quiet_s)
    return Unanswered(FailureReason.MALFORMED, False, where)


def _retry_after(text: str, now: datetime) -> float:
    """Return how many seconds a Retry-After header asks to wait (RFC 9110 section 10.2.3): seconds or an instant, else the default."""
    if text.isascii() and text.isdigit():
        wait_s = float(text)
    else:
        try:
            instant = parsedate_to_datetime(text)
        except ValueError:
            return THROTTLED_QUIET_S
        wait_s = (instant.replace(tzinfo=instant.tzinfo or UTC) - now).total_seconds()
    return min(wait_s, MAX_QUIET_S) if wait_s > 0 else THROTTLED_QUIET_S


def _decode(reply: Reply) -> object:
    for charset in ("utf-8-sig", reply.charset):
        try:
            return json.loads(reply.body.decode(charset)) if charset else None
        except (ValueError, LookupError, RecursionError):
            continue  # not in this charset, or no JSON in it: the next one, then none
    return None


def _is_rate_limit(document: Mapping[str, object]) -> bool:
    return any("rate limit" in _text(notice.get("title")).casefold() for notice in _objects(document.get("notices")))


def _read_network(reply: Reply, document: Mapping[str, object], version: int, number: int) -> RegisteredNetwork | Unanswered:
    try:
        (first_version, first), (last_version, last) = _bound(document, "startAddress"), _bound(document, "endAddress")
    except KnowledgeError:
        return _malformed(reply, "it has no range of addresses")
    if first_version != version or last_version != version or not first <= number <= last:
        return _malformed(reply, "its range does not hold the address that was asked for")
    cleaned = _clean(document, version, first, last)
    if BITS[version] - (last - first).bit_length() <= _LONGEST_ROOT[version]:
        return _none(reply, cleaned, version, number)
    try:
        parsed = RDAP(_AnyNet(str(cleaned["startAddress"]))).lookup(
            response=cleaned, bootstrap=True, root_ent_check=False, depth=0
        )
    except BaseIpwhoisException as error:
        return _malformed(reply, str(error))
    network = parsed["network"]
    holder = _holder(parsed)
    return RegisteredNetwork(
        version=version,
        first=first,
        last=last,
        prefixes=tuple(network["cidr"].split(", ")),
        handle=network["handle"],
        name=network["name"] or "",
        holder=holder["contact"]["name"] if holder else None,
        holder_country=_holder_country(holder["contact"]["address"] or []) if holder else None,
        country=country_code(network["country"] or ""),
        registry=_registry(reply, _text(cleaned.get("port43"))),
        geofeed=_geofeed(cleaned),
        raw=_raw(cleaned),
        type=_text(cleaned.get("type")),
    )


def _holder(parsed: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the registrant organisation; where a registry gives no roles (AFRINIC), its only organisation."""
    found: list[Mapping[str, Any]] = [parsed["objects"][handle] for handle in parsed["entities"]]
    named = [item for item in found if item["contact"] and item["contact"]["name"] not in (None, "", item["handle"])]
    registrants = [item for item in named if "registrant" in (item["roles"] or ())]
    without_roles = [item for item in named if not item["roles"]]
    if registrants:
        return registrants[0]
    return without_roles[0] if len(without_roles) == 1 else None


def _holder_country(addresses: list[Mapping[str, Any]]) -> str | None:
    return next((code for address in addresses if (code := country_code(address["value"] or ""))), None)


def _registry(reply: Reply, whois: str) -> str:
    return _REGISTRIES.get(whois.casefold()) or urlsplit(reply.url).hostname or ""


def _geofeed(cleaned: Mapping[str, Any]) -> str | None:
    for link in cleaned["links"]:
        return str(link["href"])
    matches = (_GEOFEED_REMARK.match(remark["description"][0]) for remark in cleaned["remarks"])
    return next((match.group(1) for match in matches if match), None)


def _none(reply: Reply, cleaned: Mapping[str, object], version: int, number: int) -> RegisteredNetwork:
    raw = _raw(cleaned or {"errorCode": reply.status})
    return RegisteredNetwork(version, number, number, (), "", "", None, None, None, _registry(reply, ""), None, raw)


def _malformed(reply: Reply, what: str) -> Unanswered:
    return Unanswered(FailureReason.MALFORMED, False, f"{reply.url} answered with status {reply.status}, but {what}")


# -- taking contacts out ----------------------------------------------------------------------------------------------


def _clean(document: Mapping[str, object], version: int, first: int, last: int) -> dict[str, object]:
    """Return the document without contacts, in the shape that RFC 9083 says, whatever it was before."""
    start, end = format_address(version, first), format_address(version, last)
    texts = {name: _text(document.get(name)) for name in _TEXT_FIELDS if _text(document.get(name))}
    return {
        "handle": f"{start} - {end}",
        **texts,
        "ipVersion": f"v{version}",
        "startAddress": start,
        "endAddress": end,
        "entities": [entity for item in _objects(document.get("entities")) if (entity := _clean_entity(item))],
        "links": [{"rel": "geo", "href": href} for href in _geofeed_links(document)],
        "remarks": [{"description": [line]} for line in _geofeed_lines(document)],
        "status": [_text(item) for item in _items(document.get("status"))],
    }


def _clean_entity(item: Mapping[str, object]) -> dict[str, object] | None:
    """Return an organisation's handle, roles, name and country; None for persons, role accounts and what shows neither."""
    card = item.get("vcardArray")
    fields = [field for field in _items(card[1] if isinstance(card, list) and len(card) > 1 else None) if isinstance(field, list)]
    values = {field[0]: field for field in reversed(fields) if len(field) >= 4 and isinstance(field[0], str)}
    handle = _text(item.get("handle"))
    name = _text(values["fn"][3]) if "fn" in values else ""
    if not handle or not name or "kind" not in values or _text(values["kind"][3]).casefold() != "org":
        return None
    address = values.get("adr")
    country = _address_country(address) if address else None
    kept = [["fn", {}, "text", name], ["kind", {}, "text", "org"]]
    if country:
        kept.append(["adr", {"label": country}, "text", [""] * 7])
    return {"handle": handle, "roles": [_text(role) for role in _items(item.get("roles"))], "vcardArray": ["vcard", kept]}


def _address_country(address: list[object]) -> str | None:
    """Return the country of a vCard address: its CC parameter (RFC 8605), its country element, or the label's last line."""
    parameters = address[1] if isinstance(address[1], dict) else {}
    parts = address[3] if isinstance(address[3], list) else []
    label = _text(parameters.get("label"), _MAX_TEXT * 4).replace("\\n", "\n").strip()
    candidates = (_text(parameters.get("cc")), _text(parts[-1]) if parts else "", label.rpartition("\n")[2])
    return next((code for text in candidates if (code := country_code(text))), None)


def _geofeed_links(document: Mapping[str, object]) -> Iterator[str]:
    for link in _objects(document.get("links")):
        href = _text(link.get("href"))
        if _GEOFEED_RELATIONS & set(_text(link.get("rel")).split()) and href.startswith(("https://", "http://")):
            yield href


def _geofeed_lines(document: Mapping[str, object]) -> Iterator[str]:
    for remark in _objects(document.get("remarks")):
        yield from (line for item in _items(remark.get("description")) if _GEOFEED_REMARK.match(line := _text(item)))


def _bound(document: Mapping[str, object], name: str) -> tuple[int, int]:
    """Return one end of the range. ARIN pads octets with zeros, and RIPE once wrote a prefix length behind it."""
    text = _text(document.get(name)).strip().partition("/")[0]
    if ":" not in text:
        text = ".".join(octet.lstrip("0") or "0" for octet in text.split("."))
    return parse_address(text)


def _text(value: object, limit: int = _MAX_TEXT) -> str:
    return value[:limit].strip() if isinstance(value, str) else ""


def _items(value: object) -> list[Any]:
    return value[:_MAX_ITEMS] if isinstance(value, list) else []


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in _items(value) if isinstance(item, dict)]


def _raw(cleaned: Mapping[str, object]) -> bytes:
    return canonical_json(dict(cleaned)).encode("utf-8", "surrogatepass")
