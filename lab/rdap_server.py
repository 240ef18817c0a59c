"""The registry of the laboratory: bootstrap files (RFC 9224) that point at itself, and ip network objects (RFC 9083) over HTTP.

Paths follow RFC 9082: `/rdap/ip/ADDRESS` and `/rdap/ip/PREFIX/LENGTH`. The most specific registered network answers. Statuses 404 and
429 are answered where the story says so, and `OVERSIZED` stands for a server that sends far more than a network object can need.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable

from herkomst.lab.http_server import NOT_FOUND, HttpServer, Page
from herkomst.lab.story import LabNetwork, Registration

MEDIA_TYPE = "application/rdap+json"
OVERSIZED = 413
"""In a `Registration.status`: answer 200 with a document of `OVERSIZED_BYTES`."""
OVERSIZED_BYTES = 8 * 1024 * 1024
RETRY_AFTER_S = "120"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class RdapServer(HttpServer):
    """Answers for the networks it is given; closed like any `HttpServer`."""

    def __init__(self, networks: Iterable[LabNetwork]) -> None:
        super().__init__(self.page)
        self.geofeeds_at = ""
        """Where relative addresses of geofeeds begin; empty: at this server itself."""
        self._networks: dict[Network, Registration] = {
            ipaddress.ip_network(network.prefix): network.rdap for network in networks if network.rdap is not None
        }

    @property
    def bootstrap(self) -> str:
        """The base address of `ipv4.json` and `ipv6.json`."""
        return self.url + "bootstrap/"

    def page(self, path: str) -> Page:
        """Return the page at a path."""
        match path.strip("/").split("/"):
            case ["bootstrap", "ipv4.json"]:
                return self._bootstrap(4)
            case ["bootstrap", "ipv6.json"]:
                return self._bootstrap(6)
            case ["rdap", "ip", *rest] if len(rest) in {1, 2}:
                return self._network_page("/".join(rest))
        return NOT_FOUND

    def _bootstrap(self, version: int) -> Page:
        prefixes = sorted(str(network) for network in self._networks if network.version == version)
        document: dict[str, object] = {
            "version": "1.0",
            "publication": "2026-03-01T00:00:00Z",
            "description": "RDAP bootstrap file of the laboratory",
            "services": [[prefixes, [self.url + "rdap/"]]],
        }
        return Page(_json(document), "application/json")

    def _network_page(self, asked: str) -> Page:
        try:
            network = ipaddress.ip_network(asked)
        except ValueError:
            return _error(400, "No address or prefix")
        found = self._find(network)
        if found is None or self._networks[found].status == 404:
            return _error(404, "Not found")
        registration = self._networks[found]
        if registration.status == 429:
            return _error(429, "Too many requests", ("Retry-After", RETRY_AFTER_S))
        if registration.status == OVERSIZED:
            return Page(
                _json(network_object(found, registration, self.url, self.geofeeds_at)) + b" " * OVERSIZED_BYTES, MEDIA_TYPE
            )
        return Page(_json(network_object(found, registration, self.url, self.geofeeds_at)), MEDIA_TYPE)

    def _find(self, asked: Network) -> Network | None:
        """Return the most specific network that covers what was asked."""
        for length in range(asked.prefixlen, -1, -1):
            candidate = asked.supernet(new_prefix=length)
            if candidate in self._networks:
                return candidate
        return None


def network_object(network: Network, registration: Registration, url: str, geofeeds_at: str = "") -> dict[str, object]:
    """Return an ip network object as a registry would give it, without persons; a relative geofeed is below `geofeeds_at` or `url`."""
    links = [{"value": url, "rel": "self", "href": f"{url}rdap/ip/{network}", "type": MEDIA_TYPE}]
    document: dict[str, object] = {
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "objectClassName": "ip network",
        "handle": registration.handle,
        "startAddress": str(network.network_address),
        "endAddress": str(network.broadcast_address),
        "ipVersion": f"v{network.version}",
        "cidr0_cidrs": [{f"v{network.version}prefix": str(network.network_address), "length": network.prefixlen}],
        "name": registration.name,
        "type": "ASSIGNED PA",
        "country": registration.country,
        "status": ["active"],
        "port43": "whois.registry.example",
        "events": [{"eventAction": "registration", "eventDate": "2020-01-01T00:00:00Z"}],
        "entities": [_holder(registration)],
        "notices": [{"title": "Terms and Conditions", "description": ["A registry invented for a demonstration."]}],
        "links": links,
    }
    if registration.geofeed:
        feed = registration.geofeed if "://" in registration.geofeed else (geofeeds_at or url) + registration.geofeed
        # RFC 9877: a link with the relation "geo" and the geofeed's media type
        links.append({"value": url, "rel": "geo", "href": feed, "type": "application/geofeed+csv"})
        document["rdapConformance"] = ["rdap_level_0", "cidr0", "geofeed1"]
    return document


def _holder(registration: Registration) -> dict[str, object]:
    """Return the registrant: an organisation with its country (RFC 6350, RFC 7095; the CC parameter of RFC 8605)."""
    address = ["", "", "", "", "", "", registration.holder_country]
    card = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", registration.holder],
        ["kind", {}, "text", "org"],
        ["adr", {"cc": registration.holder_country, "label": registration.holder_country}, "text", address],
    ]
    return {
        "objectClassName": "entity",
        "handle": f"ORG-{registration.handle}",
        "roles": ["registrant"],
        "vcardArray": ["vcard", card],
    }


def _error(status: int, title: str, *headers: tuple[str, str]) -> Page:
    return Page(_json({"errorCode": status, "title": title}), MEDIA_TYPE, status, headers)


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
