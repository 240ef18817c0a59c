"""The outside view joined to the clusters of the same system: which Service a public name ends at, and on whose machines its pods run.

An endpoint is joined by its addresses, or by a name that it leads through, to what a cluster says it is reached by. Which route takes it further is known by
its own name. Where the pods run is then evidence for the endpoint, except behind an edge or an anycast address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.aws.join import JOINED_ROLES
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.model.claim import Asset, AssetKind, Role
from herkomst.scanner.model.entrance import Entrance
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Exposure, JoinedResource, Picture, Placement

_SHOW_MENTION = "dns."
"""What failed outside and could have shown a declared name leading to a cluster."""


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of one endpoint into a cluster: the entrance it meets first, and what lies behind."""

    cluster: str
    door: Entrance
    routes: tuple[Entrance, ...]

    @property
    def behind(self) -> tuple[Entrance, ...]:
        """Where the places and the rest of the chain come from: the routes of the endpoint's name, else the door itself."""
        return self.routes or (self.door,)


def join_clusters(pictures: Sequence[Picture], assets: Collection[Asset] = ()) -> tuple[Picture, ...]:
    """Return the pictures of one system with its outside endpoints and its declared clusters joined; `assets` are what the declaration mentions."""
    clusters = [picture for picture in pictures if picture.is_cluster]
    if not clusters:
        return tuple(pictures)
    failures = tuple(dict.fromkeys(failure for cluster in clusters for failure in cluster.listing_failures))
    joined = [_join(picture, clusters, failures) if _is_outside(picture) else picture for picture in pictures]
    outside = [picture for picture in joined if _is_outside(picture)]
    return tuple(
        replace(picture, exposures=_find_exposures(picture, outside, assets)) if picture.is_cluster else picture
        for picture in joined
    )


def _is_outside(picture: Picture) -> bool:
    return not picture.platforms and not picture.is_cluster


def _join(picture: Picture, clusters: Sequence[Picture], failures: tuple[Failure, ...]) -> Picture:
    placements = tuple(_join_placement(placement, clusters, failures) for placement in picture.placements)
    return replace(picture, placements=placements)


def _join_placement(placement: Placement, clusters: Sequence[Picture], failures: tuple[Failure, ...]) -> Placement:
    if placement.role not in JOINED_ROLES or placement.role is Role.DNS or not placement.addresses:
        return placement
    ways = [way for cluster in clusters for way in _ways(placement, cluster)]
    names = tuple(
        failure for failure in placement.failures if failure.kind.startswith("dns.") and failure.scope not in ("PTR", "HTTPS")
    )
    bearing = tuple(dict.fromkeys((*placement.join_failures, *failures, *names)))
    if not ways:
        return replace(placement, join_failures=bearing)
    evidence = placement.location_evidence
    if not (placement.fronted or placement.anycast):
        # where a list failed, a route may be missing that leads away from the entrance itself: its own machines accuse nobody then
        known = [way for way in ways if way.routes or not failures]
        places = dict.fromkeys(place for way in known for item in way.behind for place in item.places)
        evidence = (*places, *evidence)
    return replace(
        placement,
        location_evidence=evidence,
        location=summarise_location(evidence, fronted=placement.fronted, anycast=placement.anycast),
        joined=(*placement.joined, *(_resource(way) for way in ways)),
        join_failures=bearing,
        evidence=tuple(
            sorted({*placement.evidence, *(oid for way in ways for item in (way.door, *way.behind) for oid in item.evidence)})
        ),
    )


def _ways(placement: Placement, cluster: Picture) -> Iterable[_Way]:
    names = {placement.endpoint, *placement.aliases}
    routes = tuple(item for item in cluster.entrances if item.serves(placement.endpoint))
    for item in cluster.entrances:
        if set(item.addresses) & set(placement.addresses) or set(item.names) & names:
            yield _Way(cluster.subject, item, tuple(route for route in routes if route is not item))


def _resource(way: _Way) -> JoinedResource:
    chain = (way.door.chain[0], *(step for item in way.routes for step in item.chain)) if way.routes else way.door.chain
    return JoinedResource(
        f"kubernetes:{way.door.what}", way.door.name, way.cluster, "", None, way.door.evidence[0], tuple(dict.fromkeys(chain))
    )


# -- what is open and mentioned nowhere -----------------------------------------------------------------------------


def _find_exposures(cluster: Picture, outside: Sequence[Picture], assets: Collection[Asset]) -> tuple[Exposure, ...]:
    """Return what a cluster opens to the world: its load balancers by address or name, and the hosts that its routes serve."""
    reached = {item.evidence for picture in outside for placement in picture.placements for item in placement.joined}
    declared = {asset.value for asset in assets if asset.kind is AssetKind.DOMAIN}
    declared |= {f"www.{name}" for name in declared}
    networks = [ipaddress.ip_network(asset.value) for asset in assets if asset.kind in (AssetKind.ADDRESS, AssetKind.NETWORK)]
    blind = _unseen(outside)
    served = {host for item in cluster.entrances for host in item.hosts}
    known = {host for host in served if any(Entrance("", "", hosts=(host,)).serves(name) for name in declared)}
    found: list[Exposure] = []
    for item in (entrance for entrance in cluster.entrances if entrance.is_own):
        own = (JoinedResource(f"kubernetes:{item.what}", item.name, cluster.subject, "", None, item.evidence[0]),)
        if item.addresses or item.names:
            is_mentioned = item.evidence[0] in reached or bool(declared & set(item.names)) or _is_in(item.addresses, networks)
            # behind which of several load balancers a mentioned host is served, no object says
            unknown = None if known else False
            found.append(
                Exposure(
                    own,
                    item.addresses,
                    item.names,
                    is_mentioned or unknown,
                    () if is_mentioned else (*blind, *cluster.listing_failures),
                )
            )
        found.extend(
            Exposure(own, (), (host,), host in known, () if host in known else cluster.listing_failures) for host in item.hosts
        )
    return tuple(found)


def _is_in(addresses: Iterable[str], networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    parsed = [ipaddress.ip_address(address) for address in addresses]
    return any(address in network for address in parsed for network in networks)


def _unseen(outside: Iterable[Picture]) -> tuple[Failure, ...]:
    failures = (
        failure
        for picture in outside
        for failure in (*picture.failures, *(item for gap in picture.gaps for item in gap.failures))
    )
    return tuple(dict.fromkeys(item for item in failures if item.kind.startswith(_SHOW_MENTION) and item.scope != "PTR"))
