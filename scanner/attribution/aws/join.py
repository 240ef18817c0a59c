"""The outside view joined to what the declared accounts of the same system list: whose an address or a name is, and what nobody mentions.

A resource is found by an address or by a name (its own, or one that a declared name leads through), and only where the outside too says that the
endpoint is on this platform: an account can list a name that the world finds elsewhere. What is shared by many customers (an edge, S3, API Gateway)
is found by names alone. Where the platform placed the resource is then evidence of grade E1 for the endpoint, except at an edge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from herkomst.scanner.attribution.aws.mentions import find_exposures
from herkomst.scanner.attribution.aws.places import PLATFORMS
from herkomst.scanner.attribution.aws.public_endpoints import as_link
from herkomst.scanner.attribution.aws.references import bucket_in
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.model.claim import Asset, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.location import Grade, LocationEvidence
from herkomst.scanner.model.placement import ListedEndpoint, Picture, Placement, SignKind

JOINED_ROLES = frozenset({Role.WEB, Role.SAAS, Role.COMPUTE, Role.MAIL_INBOUND, Role.DNS})
"""Roles that are served at the endpoint itself; the address of a mailbox's front door says nothing of the mailbox."""
_HOLD_ADDRESSES = frozenset({"ec2", "elb", "elbv2", "globalaccelerator", "lightsail", "redshift"})
"""Services whose lists hold addresses: what is found may be in several of them, and each knows the place in its own way."""
_SAY_WHERE = frozenset({SignKind.CNAME, SignKind.HTTPS, SignKind.CDN_RANGE, SignKind.RANGE, SignKind.ASN})
"""Signs of being on a platform; a reverse name and a registration are left out, since both are often not to be had."""


class _Listing:
    """All that the declared accounts of a system list, by address and by name."""

    def __init__(self, accounts: Sequence[Picture]) -> None:
        self.platforms = frozenset(platform for account in accounts for platform in account.platforms)
        self.failures = tuple(dict.fromkeys(failure for account in accounts for failure in account.listing_failures))
        self._by_address: dict[str, list[ListedEndpoint]] = defaultdict(list)
        self._by_name: dict[str, list[ListedEndpoint]] = defaultdict(list)
        for account in accounts:
            for item in account.listed:
                for address in item.addresses:
                    self._by_address[address].append(item)
                for name in item.names:
                    self._by_name[name].append(item)

    def at(self, address: str) -> list[ListedEndpoint]:
        """Return what has an address."""
        return self._by_address.get(address, [])

    def called(self, names: Iterable[str]) -> list[ListedEndpoint]:
        """Return what has one of some names, or is the bucket that one of them leads to."""
        found = (item for name in names for item in self._by_name.get(bucket_in(as_link(name)) or name, ()))
        return list(dict.fromkeys(found))


def join_accounts(
    pictures: Sequence[Picture], assets: Collection[Asset] = (), shared: Collection[str] = ()
) -> tuple[Picture, ...]:
    """Return the pictures of one system with its outside endpoints and its declared accounts joined.

    `assets` are what the declaration mentions, `shared` the accounts that serve other systems as well. Without an account there is nothing to join.
    """
    accounts = [picture for picture in pictures if picture.platforms]
    if not accounts:
        return tuple(pictures)
    listing = _Listing(accounts)
    joined = [picture if picture.platforms else _join(picture, listing) for picture in pictures]
    outside = [picture for picture in joined if not picture.platforms]
    return tuple(
        replace(picture, listed=(), exposures=find_exposures(picture, outside, assets, is_shared=picture.subject in shared))
        if picture.platforms
        else picture
        for picture in joined
    )


def has_joined(picture: Picture) -> bool:
    """Say whether any endpoint of a picture belongs to a listed resource."""
    return any(placement.joined for placement in picture.placements)


def is_on_platform(placement: Placement, platforms: Collection[str]) -> bool:
    """Say whether a name that the endpoint leads through, its published range or its AS is the platform's."""
    signs = (*placement.service_signs, *placement.address_signs)
    return any(sign.kind in _SAY_WHERE and sign.party.provider in platforms for sign in signs)


def _join(picture: Picture, listing: _Listing) -> Picture:
    placements = [item for placement in picture.placements for item in _join_placement(placement, listing)]
    return replace(picture, placements=tuple(placements))


def _join_placement(placement: Placement, listing: _Listing) -> Iterator[Placement]:
    """Yield the placement, in parts where its addresses belong to different resources."""
    if placement.role not in JOINED_ROLES or not placement.addresses or not is_on_platform(placement, PLATFORMS):
        yield placement
        return
    named = tuple(item for item in listing.called((placement.endpoint, *placement.aliases)) if _fits(item, placement))
    groups: dict[tuple[ListedEndpoint, ...], list[str]] = defaultdict(list)
    for address in placement.addresses:
        groups[tuple(item for item in listing.at(address) if _fits(item, placement))].append(address)
    for there, addresses in groups.items():
        yield _joined(replace(placement, addresses=tuple(addresses)), there, named, listing.failures)


def _fits(item: ListedEndpoint, placement: Placement) -> bool:
    """Say whether the outside puts an endpoint on the platform of a resource, and in no other Region of it."""
    regions = _regions(placement)
    return is_on_platform(placement, (item.provider,)) and (
        not (regions and item.resource.region) or item.resource.region in regions
    )


def _regions(placement: Placement) -> set[str]:
    return {item.region for item in placement.location_evidence if item.grade is Grade.E2 and item.region}


def _joined(
    placement: Placement, there: tuple[ListedEndpoint, ...], named: tuple[ListedEndpoint, ...], failures: tuple[Failure, ...]
) -> Placement:
    """Return the placement with what has its addresses, and what has its names; the addresses say where; the names do without them, where nothing failed."""
    found, evidence = tuple(dict.fromkeys((*there, *named))), placement.location_evidence
    bearing = _bearing(placement, failures, by_address=bool(there))
    if not (placement.fronted or placement.anycast):
        placing = there or (() if bearing else named)
        evidence = (*_most_precise(item.place for item in placing if item.place.region and item.resource.region), *evidence)
    first = sorted(found, key=lambda item: (item.resource.role is None, item.resource.what, item.resource.id))
    return replace(
        placement,
        location_evidence=evidence,
        location=summarise_location(evidence, fronted=placement.fronted, anycast=placement.anycast),
        joined=tuple(item.resource for item in first),
        join_failures=bearing,
        evidence=tuple(sorted({*placement.evidence, *(item.resource.evidence for item in found)})),
    )


def _most_precise(places: Iterable[LocationEvidence]) -> tuple[LocationEvidence, ...]:
    """Return the places without those that allow more than another of the same Region: a list that names no zone adds nothing to one that does."""
    listed = tuple(dict.fromkeys(places))
    return tuple(
        place
        for place in listed
        if not any(
            other.countries and other.region == place.region and set(other.countries) < set(place.countries) for other in listed
        )
    )


def _bearing(placement: Placement, failures: tuple[Failure, ...], *, by_address: bool) -> tuple[Failure, ...]:
    """Return what failed and could have shown more of whose this endpoint is.

    An address of one Region's range is of no other Region, and what is found by its address can only be listed again by what lists addresses.
    """
    regions = _regions(placement)
    asked = tuple(
        failure
        for failure in failures
        if (not regions or _region_of(failure) in regions | {""})
        and (not by_address or not failure.scope or failure.scope.partition(":")[0] in _HOLD_ADDRESSES)
    )
    names = tuple(
        failure for failure in placement.failures if failure.kind.startswith("dns.") and failure.scope not in ("PTR", "HTTPS")
    )
    return (*asked, *names)


def _region_of(failure: Failure) -> str:
    return failure.subject.partition("/")[2]
