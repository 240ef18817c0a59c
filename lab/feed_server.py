"""Published range feeds, address tables and geofeeds over HTTP, in the shapes that their real publishers use.

- `/ranges/PROVIDER.json`: AWS's `ip-ranges.json` (with `network_border_group`);
- `/service-tags/PROVIDER.json`: Azure's ServiceTags file;
- `/prefixes/PROVIDER.txt`: one prefix a line;
- `/tables/{asn,registration,location}-ipv{4,6}.csv`: the CSV files of the ip-location-db packages, without a header;
- `/geofeeds/NAME.csv`: RFC 8805.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import json
from collections import defaultdict
from collections.abc import Iterable

from herkomst.lab.http_server import NOT_FOUND, HttpServer, Page
from herkomst.lab.story import FeedShape, LabNetwork, PublishedRange, RangeFeed, Story

PUBLISHED_ON = "2026-03-01"


class FeedServer(HttpServer):
    """Serves the feeds of one story; closed like any `HttpServer`."""

    def __init__(self, story: Story) -> None:
        super().__init__(lambda path: self.pages.get(path, NOT_FOUND))
        self.pages = make_pages(story)


def make_pages(story: Story) -> dict[str, Page]:
    """Return every page of the server by path."""
    pages: dict[str, Page] = {}
    for feed in story.feeds:
        pages[feed_path(feed)] = _feed_page(feed)
    for version in (4, 6):
        rows = [network for network in story.networks if _version(network.prefix) == version]
        pages[f"/tables/asn-ipv{version}.csv"] = _csv((*_span(row), str(row.asn), row.as_name) for row in rows)
        pages[f"/tables/registration-ipv{version}.csv"] = _csv((*_span(row), row.registered) for row in rows)
        pages[f"/tables/location-ipv{version}.csv"] = _csv((*_span(row), row.located) for row in rows if row.located)
    for name, lines in story.geofeeds.items():
        pages[f"/geofeeds/{name}.csv"] = Page("".join(line + "\r\n" for line in lines).encode(), "text/csv; charset=utf-8")
    return pages


def feed_path(feed: RangeFeed) -> str:
    """Return where a provider's feed is served."""
    match feed.shape:
        case FeedShape.IP_RANGES:
            return f"/ranges/{feed.provider}.json"
        case FeedShape.SERVICE_TAGS:
            return f"/service-tags/{feed.provider}.json"
        case FeedShape.PREFIX_LIST:
            return f"/prefixes/{feed.provider}.txt"


def _feed_page(feed: RangeFeed) -> Page:
    match feed.shape:
        case FeedShape.IP_RANGES:
            return _json(ip_ranges(feed.ranges))
        case FeedShape.SERVICE_TAGS:
            return _json(service_tags(feed.ranges))
        case FeedShape.PREFIX_LIST:
            return Page("".join(entry.prefix + "\n" for entry in feed.ranges).encode())


def ip_ranges(entries: Iterable[PublishedRange]) -> dict[str, object]:
    """Return ranges in the shape of AWS's `ip-ranges.json`."""
    four: list[dict[str, str]] = []
    six: list[dict[str, str]] = []
    for entry in entries:
        rest = {"region": entry.region, "service": entry.service, "network_border_group": entry.border_group}
        if _version(entry.prefix) == 4:
            four.append({"ip_prefix": entry.prefix, **rest})
        else:
            six.append({"ipv6_prefix": entry.prefix, **rest})
    created = f"{PUBLISHED_ON}-00-00-00"
    return {"syncToken": "1772323200", "createDate": created, "prefixes": four, "ipv6_prefixes": six}


def service_tags(entries: Iterable[PublishedRange]) -> dict[str, object]:
    """Return ranges in the shape of Azure's ServiceTags file: one value a service and region."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        region = "" if entry.region == "GLOBAL" else entry.region
        groups[entry.service, region].append(entry.prefix)
    values = [
        {
            "name": f"{service}.{region}" if region else service,
            "id": f"{service}.{region}" if region else service,
            "properties": {
                "changeNumber": 1,
                "region": region,
                "regionId": 0,
                "platform": "Azure",
                "systemService": service,
                "addressPrefixes": prefixes,
            },
        }
        for (service, region), prefixes in groups.items()
    ]
    return {"changeNumber": 1, "cloud": "Public", "values": values}


def _version(prefix: str) -> int:
    return ipaddress.ip_network(prefix).version


def _span(row: LabNetwork) -> tuple[str, str]:
    network = ipaddress.ip_network(row.prefix)
    return str(network.network_address), str(network.broadcast_address)


def _csv(rows: Iterable[tuple[str, ...]]) -> Page:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return Page(text.getvalue().encode(), "text/csv; charset=utf-8")


def _json(document: dict[str, object]) -> Page:
    return Page(json.dumps(document).encode(), "application/json")
