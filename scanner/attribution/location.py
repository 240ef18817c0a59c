"""Location evidence of one address, graded, and its summary. Registration is kept apart: it says nothing of the place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from herkomst.scanner.attribution.evidence import Evidence, reverse_name
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.location import Family, Grade, Location, LocationEvidence
from herkomst.scanner.model.observation import (
    GeofeedEntry,
    IpLocation,
    IpRange,
    IpRegistration,
    RangeScope,
    RdapNetwork,
    RttBound,
)
from herkomst.scanner.names import registrable_domain

_SITE_TOKEN = re.compile(r"([a-z]{3})[0-9]{0,3}\Z")
WEAK_GRADES = frozenset({Grade.E4, Grade.E5, Grade.E6, Grade.E7})
ZERO_GRADES = frozenset({Grade.E8, Grade.E9})


def most_specific_ranges(ranges: Iterable[tuple[IpRange, str]]) -> tuple[tuple[IpRange, str], ...]:
    """Return the entries with the longest prefix: a small prefix inside a large one is the better statement."""
    items = sorted(ranges, key=lambda item: (item[0].prefix, item[1]))
    longest = max((_prefix_length(item.prefix) for item, _ in items), default=0)
    return tuple(pair for pair in items if _prefix_length(pair[0].prefix) == longest)


def _prefix_length(prefix: str) -> int:
    _, _, length = prefix.partition("/")
    return int(length) if length.isdigit() else 0


def range_countries(entry: IpRange, knowledge: Knowledge) -> tuple[str, ...]:
    """Return every country that a range entry allows; empty where it says nothing of the place.

    The border group gives the country. The region is only a fallback: all countries where it has zones are allowed.
    """
    if entry.scope is not RangeScope.REGIONAL:
        return ()
    if entry.border_group:
        group = knowledge.border_group(entry.provider, entry.border_group)
        if group is not None:
            return (group.country,)
        if entry.border_group != entry.region:
            return ()  # a zone the catalogue does not know: it may lie abroad
    region = knowledge.region(entry.provider, entry.region) if entry.region else None
    if region is None:
        return ()
    # a border group that is the region's own name excludes its zones abroad, which have border groups of their own
    return region.countries[:1] if entry.border_group else region.countries


def collect_location_evidence(
    address: str, evidence: Evidence, knowledge: Knowledge, sites: Iterable[LocationEvidence] = ()
) -> tuple[LocationEvidence, ...]:
    """Return all location evidence of an address, strongest grade first; `sites` is what the catalogue adds."""
    found: list[LocationEvidence] = list(sites)
    for entry, oid in most_specific_ranges(evidence.about(address, IpRange)):
        countries = range_countries(entry, knowledge)
        if countries or entry.region:
            detail = entry.border_group or entry.region or ""
            found.append(LocationEvidence(Grade.E2, Family.PUBLISHED_RANGE, countries, oid, entry.region, detail))
    bounds = evidence.about(address, RttBound)
    for bound, oid in bounds:
        detail = f"{bound.probe} {bound.rtt_ms:g} ms"
        found.append(LocationEvidence(Grade.E3, Family.ROUND_TRIP, bound.countries, oid, None, detail))
    for feed, oid in evidence.about(address, GeofeedEntry):
        if feed.country:  # a holder that names no country says nothing of the place
            found.append(LocationEvidence(Grade.E5, Family.TABLE, (feed.country,), oid, feed.region, feed.url))
    for row, oid in evidence.about(address, IpLocation):
        found.append(LocationEvidence(Grade.E6, Family.TABLE, (row.country,), oid, None, row.dataset))
    found.extend(_name_hints(address, evidence, knowledge, [bound.countries for bound, _ in bounds]))
    for registration, oid in evidence.about(address, IpRegistration):
        found.append(LocationEvidence(Grade.E8, Family.REGISTRATION, (registration.country,), oid, None, registration.dataset))
    for network, oid in evidence.about(address, RdapNetwork):
        if network.country:
            found.append(LocationEvidence(Grade.E8, Family.REGISTRATION, (network.country,), oid, None, network.registry))
    return tuple(sorted(found, key=lambda item: (item.grade, item.family, item.countries, item.evidence)))


def _name_hints(
    address: str, evidence: Evidence, knowledge: Knowledge, reachable: list[tuple[str, ...]]
) -> Iterable[LocationEvidence]:
    reverse = reverse_name(address)
    answer = evidence.rrset(reverse, "PTR") if reverse else None
    if answer is None:
        return
    content, oid = answer
    for name in content.values:
        domain = registrable_domain(name) or name
        left = name[: -len(domain)] if name.endswith(domain) else name
        for token in re.split(r"[.\-_]", left):
            match = _SITE_TOKEN.match(token)
            country = knowledge.site_country(match.group(1)) if match else None
            if country is None:
                continue
            confirmed = bool(reachable) and all(country in countries for countries in reachable)
            yield LocationEvidence(Grade.E4 if confirmed else Grade.E7, Family.NAMES, (country,), oid, None, name)


def discs_do_not_meet(evidence: Iterable[LocationEvidence]) -> bool:
    """Say whether the round-trip bounds allow no country together: then the address is in more than one place."""
    bounds = [frozenset(item.countries) for item in evidence if item.grade is Grade.E3]
    return len(bounds) > 1 and not frozenset.intersection(*bounds)


def summarise_location(evidence: Iterable[LocationEvidence], *, fronted: bool, anycast: bool) -> Location:
    """Return the location without any claim in mind: what the strongest evidence that decides says."""
    if fronted:
        return Location((), None, "fronted")
    if anycast:
        return Location((), None, "anycast")
    items = tuple(evidence)
    for grade in (Grade.E1, Grade.E2):
        countries = {country for item in items if item.grade is grade for country in item.countries}
        if countries:
            return Location(tuple(sorted(countries)), grade, None)
    weak = [item for item in items if item.grade in WEAK_GRADES]
    countries = {country for item in weak for country in item.countries}
    if countries:
        grade = min(item.grade for item in weak)
        return Location(tuple(sorted(countries)), grade, "conflicting" if len(countries) > 1 else None)
    if any(item.grade in ZERO_GRADES for item in items):
        return Location((), None, "registration_only")
    return Location((), None, "not_observable")
