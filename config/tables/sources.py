"""The feeds that `herkomst data update` reads: one entry each. Adding a feed is an entry here, and a reader where its shape is new.

Addresses were those of the publishers' documentation in November 2026. `least_rows` is about half of what a feed had then: a first copy
has no earlier one to be compared with. What each proves, and under which licence: docs/data-sources.md and NOTICE.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from herkomst.config.tables import feeds
from herkomst.config.tables.address_tables import parse_iptoasn, parse_statistics
from herkomst.config.tables.geofeeds import parse_geofeed
from herkomst.config.tables.rows import CountryRow, OriginRow, PlaceRow, RangeRow, TableKind
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope

LISTS = "a published list, free to use"
MOST_MALFORMED = 0.01
"""The share of a geofeed's lines that may be no entries: a provider's list with more is something else."""
RIR = "published statistics of the registry, free to use with attribution"


class Shape(StrEnum):
    """What kind of file a feed is; a file of another kind is refused before it is read."""

    JSON = "JSON"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What one feed says. `as_of` (ISO date) and `version` are empty where the file itself names none."""

    ranges: tuple[RangeRow, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    origins: tuple[OriginRow, ...] = ()
    countries: tuple[CountryRow, ...] = ()
    as_of: str = ""
    version: str = ""

    @property
    def rows(self) -> int:
        """How many rows there are; a geofeed's prefixes and places are the same rows."""
        return len(self.ranges) + len(self.origins) + len(self.countries)


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed. `name` is also how its file is called in a folder, with or without a date and `.gz`; `aliases` are further names.

    `page` is true where `url` is a page that links to the file: then `link` finds it. `packed`: the file is published as gzip.
    `providers` are the catalogue ids whose earlier ranges the feed replaces. `versions`: protocols that it may speak of.
    """

    name: str
    url: str
    kind: TableKind
    read: Callable[[str, Feed], FeedContent]
    shape: Shape
    least_rows: int
    licence: str = LISTS
    providers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    versions: tuple[int, ...] = (4, 6)
    max_bytes: int = 16_000_000
    packed: bool = False
    link: str = ""


def _read_aws(text: str, feed: Feed) -> FeedContent:
    about = _about(text)
    rows = tuple(feeds.parse_aws(text, feed.name))
    return FeedContent(rows, as_of=_day(about.get("createDate")), version=_version(about.get("syncToken")))


def _read_azure(text: str, feed: Feed) -> FeedContent:
    return FeedContent(tuple(feeds.parse_azure(text, feed.name)), version=_version(_about(text).get("changeNumber")))


def _read_gcp(text: str, feed: Feed) -> FeedContent:
    about = _about(text)
    rows = tuple(feeds.parse_gcp(text, feed.name))
    return FeedContent(rows, as_of=_day(about.get("creationTime")), version=_version(about.get("syncToken")))


def _read_oracle(text: str, feed: Feed) -> FeedContent:
    return FeedContent(tuple(feeds.parse_oracle(text, feed.name)), as_of=_day(_about(text).get("last_updated_timestamp")))


def _read_fastly(text: str, feed: Feed) -> FeedContent:
    return FeedContent(tuple(feeds.parse_fastly(text, feed.name)))


def _read_github(text: str, feed: Feed) -> FeedContent:
    return FeedContent(tuple(feeds.parse_github(text, feed.name)))


def _read_prefixes(text: str, feed: Feed) -> FeedContent:
    return FeedContent(tuple(feeds.parse_prefix_list(text.splitlines(), feed.providers[0], feed.name)))


def _read_geofeed(text: str, feed: Feed) -> FeedContent:
    _whole_lines(text)
    found = parse_geofeed(text.encode("utf-8"))
    lines = len(found.rows) + found.malformed
    if not found.rows or found.malformed > MOST_MALFORMED * lines or found.cut_off:
        raise KnowledgeError(
            f"This is no geofeed (RFC 8805): {found.malformed} of {lines} lines cannot be read.", advice="Fetch the source again."
        )
    # the place is said by the geofeed alone; the prefix itself is published as the provider's own
    ranges = tuple(
        RangeRow(row.version, row.first, row.last, feed.providers[0], None, None, (), RangeScope.REGIONAL, feed.name)
        for row in found.rows
    )
    places = tuple(
        PlaceRow(row.version, row.first, row.last, row.country, row.region or "", row.city or "", feed.url, feed.name)
        for row in found.rows
        if row.country
    )
    stated = next(
        (line.partition(":")[2] for line in text[:2000].splitlines() if line.lower().startswith("# last modified:")), ""
    )
    return FeedContent(ranges, places, as_of=_day(stated.strip()))


def _read_iptoasn(text: str, feed: Feed) -> FeedContent:
    del feed  # these rows get their dataset when they are laid over others
    return FeedContent(origins=tuple(parse_iptoasn(_whole_lines(text))))


def _read_statistics(text: str, feed: Feed) -> FeedContent:
    del feed
    found = parse_statistics(_whole_lines(text))
    return FeedContent(countries=found.rows, as_of=found.as_of, version=_version(found.serial))


def _whole_lines(text: str) -> list[str]:
    """Return the lines of a file whose publisher ends every line."""
    if not text.endswith("\n"):
        raise KnowledgeError("The file ends in the middle of a line.", advice="Fetch the source again.")
    return text.splitlines()


def _about(text: str) -> Mapping[str, object]:
    """Return the fields of a JSON object; the reader of the rows says what is wrong with anything else."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _day(value: object) -> str:
    """Return the day of a time stamp that begins with one, such as 2026-08-22-15-17-05 or 2026-05-05T19:04:08."""
    day = value[:10] if isinstance(value, str) else ""
    parts = day.split("-")
    return day if day.isascii() and [len(part) for part in parts] == [4, 2, 2] and all(map(str.isdecimal, parts)) else ""


def _version(value: object) -> str:
    text = str(value) if isinstance(value, str | int) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 20 else ""


_ranges = partial(Feed, kind=TableKind.RANGES, shape=Shape.JSON)
_prefixes = partial(Feed, kind=TableKind.RANGES, shape=Shape.TEXT, read=_read_prefixes, providers=("cloudflare",))
_geofeed = partial(Feed, kind=TableKind.GEOFEED, shape=Shape.TEXT, read=_read_geofeed)
_origin = partial(
    Feed, kind=TableKind.ORIGIN, shape=Shape.TEXT, read=_read_iptoasn, packed=True, max_bytes=200_000_000, licence="PDDL 1.0 (iptoasn.com)"
)  # fmt: skip
_registry = partial(
    Feed, kind=TableKind.REGISTRATION, shape=Shape.TEXT, read=_read_statistics, max_bytes=64_000_000, licence=RIR
)  # fmt: skip

_AZURE_LINK = r"https://download\.microsoft\.com/download/[A-Za-z0-9/_.-]+/ServiceTags_Public_\d{8}\.json"

FEEDS: tuple[Feed, ...] = (
    _ranges("aws-ip-ranges", "https://ip-ranges.amazonaws.com/ip-ranges.json", read=_read_aws, least_rows=5_000, providers=("aws", "aws-eusc"), aliases=("ip-ranges",)),
    _ranges("azure-service-tags", "https://www.microsoft.com/en-us/download/details.aspx?id=56519", read=_read_azure, least_rows=20_000, providers=("azure",), aliases=("servicetags_public",), link=_AZURE_LINK),
    _ranges("gcp-cloud", "https://www.gstatic.com/ipranges/cloud.json", read=_read_gcp, least_rows=450, providers=("gcp",), aliases=("cloud",)),
    _ranges("oracle-public-ip-ranges", "https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json", read=_read_oracle, least_rows=500, providers=("oci",), aliases=("public_ip_ranges",)),
    _prefixes("cloudflare-ips-v4", "https://www.cloudflare.com/ips-v4", least_rows=8, versions=(4,), aliases=("ips-v4",)),
    _prefixes("cloudflare-ips-v6", "https://www.cloudflare.com/ips-v6", least_rows=4, versions=(6,), aliases=("ips-v6",)),
    _ranges("fastly-public-ip-list", "https://api.fastly.com/public-ip-list", read=_read_fastly, least_rows=10, providers=("fastly",), aliases=("public-ip-list",)),
    _ranges("github-meta", "https://api.github.com/meta", read=_read_github, least_rows=30, providers=("github",), aliases=("meta",)),
    _geofeed("digitalocean-geofeed", "https://digitalocean.com/geo/google.csv", least_rows=500, providers=("digitalocean",), aliases=("google",)),
    _geofeed("linode-geofeed", "https://geoip.linode.com/", least_rows=2_000, providers=("linode",)),
    _origin("ip2asn-v4", "https://iptoasn.com/data/ip2asn-v4.tsv.gz", least_rows=200_000, versions=(4,)),
    _origin("ip2asn-v6", "https://iptoasn.com/data/ip2asn-v6.tsv.gz", least_rows=50_000, versions=(6,)),
    _registry("delegated-ripencc-extended", "https://ftp.ripe.net/pub/stats/ripencc/delegated-ripencc-extended-latest", least_rows=80_000),
    _registry("delegated-arin-extended", "https://ftp.arin.net/pub/stats/arin/delegated-arin-extended-latest", least_rows=60_000),
    _registry("delegated-apnic-extended", "https://ftp.apnic.net/stats/apnic/delegated-apnic-extended-latest", least_rows=40_000),
    _registry("delegated-lacnic-extended", "https://ftp.lacnic.net/pub/stats/lacnic/delegated-lacnic-extended-latest", least_rows=10_000),
    _registry("delegated-afrinic-extended", "https://ftp.afrinic.net/pub/stats/afrinic/delegated-afrinic-extended-latest", least_rows=3_000),
)  # fmt: skip
