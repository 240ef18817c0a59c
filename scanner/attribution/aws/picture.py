"""The picture of a declared AWS account, the members of its organisation included: placements, gaps, and which roles are complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.key_holders import find_key_uses
from herkomst.scanner.attribution.aws.missing import (
    COLLECTOR,
    ROLES,
    Missing,
    asked_roles,
    find_hidden,
    find_missing,
    unread_services,
)
from herkomst.scanner.attribution.aws.places import PLATFORMS, locate, locate_region, provider_of
from herkomst.scanner.attribution.aws.public_endpoints import list_endpoints
from herkomst.scanner.attribution.aws.references import Index, Listed, account_in, bucket_in, region_in, role_of
from herkomst.scanner.attribution.aws.service_uses import find_open_services, find_service_uses, list_unlisted
from herkomst.scanner.attribution.aws.trusts import trusted_parties
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.platform import under_platform
from herkomst.scanner.model.aws import AwsAccount, AwsLink, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.location import Family, Grade, LocationEvidence
from herkomst.scanner.model.placement import Gap, Layer, Picture, Placement, Sign, SignKind, UnreadServices

MAX_EVIDENCE = 20
"""Resources named as evidence where many of one kind lie in one place; all of them were looked at, and the place of all is the same."""
_EDGES = frozenset({"cloudfront"})
"""Services that stand in front of others and see their traffic, everywhere and in no Region."""
_USES = frozenset({AwsRelation.ORIGIN, AwsRelation.DESTINATION})
"""Relations that give a listed resource a further role; a replica or copy that is listed has its role there."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What resources have in common that are placed together."""

    role: Role
    what: str
    countries: tuple[str, ...]
    region: str | None
    where: str
    provider: str
    layer: Layer = Layer.ORIGIN


@dataclass(frozen=True, slots=True)
class _Found:
    """One resource, or one place that a resource refers to."""

    name: str
    place: LocationEvidence
    addresses: tuple[str, ...] = ()


def picture_account(subject: str, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of a declared account."""
    numbers = _accounts(subject, evidence)
    described = [pair for number in numbers for pair in evidence.inside(number, AwsAccount)]
    accounts = [account for account, _ in described]
    missing = [item for number in numbers for item in find_missing(number, evidence)]
    asked, unread = asked_roles(accounts), unread_services(accounts)
    gaps = [*_gaps(subject, missing), *_never_asked(subject, asked if accounts else frozenset(ROLES))]
    listed = [pair for number in sorted(numbers) for pair in evidence.inside(number, AwsResource)]
    index = Index(listed)
    placements, foreign = _placements(subject, accounts, listed, index, frozenset(numbers), outlook)
    gaps.extend(foreign)
    partitions = {account.account: account.partition for account in accounts}
    uses = find_service_uses(subject, listed, outlook.knowledge)
    open_roles = {gap.role for gap in gaps} | set(unread)
    return Picture(
        subject,
        placements,
        tuple(gaps),
        failures=tuple(dict.fromkeys(failure for number in numbers for failure in evidence.inside_failures(number))),
        parties=trusted_parties(subject, listed, numbers, outlook),
        not_asked=evidence.not_asked,
        complete_roles=tuple(role for role in ROLES if role in asked and role not in open_roles),
        unread=tuple(UnreadServices(role, unread[role]) for role in ROLES if role in unread),
        platforms=tuple(sorted({provider_of(partition) for partition in partitions.values()})) or PLATFORMS,
        listed=tuple(list_endpoints(listed, index, partitions, outlook.knowledge)),
        key_uses=find_key_uses(subject, listed, numbers),
        service_uses=uses,
        open_services=find_open_services(subject, missing, accounts, uses, outlook.knowledge),
        unlisted_services=list_unlisted(outlook.knowledge),
        machines=tuple(sorted(resource.id for resource, _ in listed if (resource.service, resource.type) == ("ec2", "instance"))),
        listing_failures=tuple(dict.fromkeys(failure for number in numbers for failure in find_hidden(number, evidence))),
    )


def _accounts(subject: str, evidence: Evidence) -> tuple[str, ...]:
    members = (member for account, _ in evidence.inside(subject, AwsAccount) for member in account.members)
    return tuple(dict.fromkeys((subject, *members)))


def _gaps(subject: str, missing: Iterable[Missing]) -> Iterator[Gap]:
    """Yield a gap for each role and Region in which something was not read."""
    by_place: dict[tuple[Role, str], dict[Failure, None]] = defaultdict(dict)
    for item in missing:
        for role in item.roles:
            by_place[role, item.failure.subject][item.failure] = None
    for (role, place), failures in sorted(by_place.items()):
        yield Gap(subject, role, place, tuple(failures))


def _never_asked(subject: str, asked: frozenset[Role]) -> Iterator[Gap]:
    for role in ROLES:
        if role not in asked:
            failure = Failure(COLLECTOR, subject, AwsResource.kind, FailureReason.NOT_COLLECTED, retryable=False, scope=role)
            yield Gap(subject, role, subject, (failure,))


def _placements(
    subject: str,
    accounts: Iterable[AwsAccount],
    listed: Iterable[Listed],
    index: Index,
    numbers: frozenset[str],
    outlook: Outlook,
) -> tuple[tuple[Placement, ...], list[Gap]]:
    """Return the placements of every resource and of what it refers to, and gaps for what lies in accounts that were not looked at."""
    partitions = {account.account: account.partition for account in accounts}
    groups: dict[_Kind, list[_Found]] = defaultdict(list)
    foreign: list[Gap] = []
    for resource, oid in listed:
        provider = provider_of(partitions.get(resource.account) or "aws")
        what = f"{resource.service}:{resource.type}"
        if resource.role is not None:
            place = locate(resource, oid, provider, outlook.knowledge)
            layer = Layer.EDGE if resource.service in _EDGES else Layer.ORIGIN
            _add(groups, _kind(resource.role, what, place, provider, layer), resource.id, place, resource.addresses)
        for link in resource.links:
            role = role_of(resource, link)
            for target in index.find(link) if role is not None else ():
                reached = _reach(oid, link, target, provider, outlook)
                if role is None or (target is not None and link.relation not in _USES):
                    continue  # listed itself
                if target is None and _is_elsewhere(link, numbers):
                    foreign.append(_foreign(subject, role, resource, link.target))
                elif reached is not None:
                    _add(groups, _kind(role, what, reached, provider), link.target, reached)
    placed = tuple(_placement(subject, kind, found, outlook) for kind, found in sorted(groups.items(), key=_order))
    return placed, foreign


def _reach(oid: str, link: AwsLink, target: Listed | None, provider: str, outlook: Outlook) -> LocationEvidence | None:
    """Return the place of what a link leads to: of the listed resource, else of the Region that is named; an origin can be anywhere."""
    if target is not None:
        return locate(*target, provider, outlook.knowledge)
    region = region_in(link.target)
    if not region and outlook.knowledge.region(provider, link.target) is not None:
        region = link.target
    if region:
        return locate_region(region, oid, provider, outlook.knowledge)
    if link.relation is AwsRelation.ORIGIN:
        return LocationEvidence(Grade.E1, Family.CONTROL_PLANE, (), oid, None, link.target)
    return None


def _kind(role: Role, what: str, place: LocationEvidence, provider: str, layer: Layer = Layer.ORIGIN) -> _Kind:
    return _Kind(role, what, place.countries, place.region, place.detail, provider, layer)


def _order(pair: tuple[_Kind, list[_Found]]) -> tuple[str, ...]:
    kind, _ = pair
    return (kind.role, kind.what, kind.region or "", kind.where, *kind.countries)


def _add(
    groups: dict[_Kind, list[_Found]], kind: _Kind, name: str, place: LocationEvidence, addresses: tuple[str, ...] = ()
) -> None:
    groups[kind].append(_Found(name, place, addresses))


def _is_elsewhere(link: AwsLink, numbers: frozenset[str]) -> bool:
    """Say whether a target that is not listed lies in an account that was not looked at: a bucket without owner does, if it is not listed."""
    account = account_in(link.target)
    return bool(account and account not in numbers) or (not account and bool(bucket_in(link)))


def _foreign(subject: str, role: Role, resource: AwsResource, target: str) -> Gap:
    scope = f"{resource.service}:{resource.type}"
    failure = Failure(
        COLLECTOR, subject, AwsResource.kind, FailureReason.CROSS_ACCOUNT, False, scope, f"{resource.id} -> {target}"
    )
    return Gap(subject, role, target, (failure,))


def _placement(subject: str, kind: _Kind, found: list[_Found], outlook: Outlook) -> Placement:
    listed = sorted(found, key=lambda item: (item.name, item.place.evidence))
    places = tuple(item.place for item in listed[:MAX_EVIDENCE])
    party = outlook.own(outlook.knowledge.provider_party(kind.provider))
    sign = Sign(SignKind.CONTROL_PLANE, party, places[0].evidence, kind.what)
    is_edge = kind.layer is Layer.EDGE
    name = listed[0].name if len(listed) == 1 else f"{len(listed)} × {kind.what} {kind.where}"
    common = Placement(
        subject=subject,
        role=kind.role,
        layer=kind.layer,
        endpoint=name,
        addresses=tuple(sorted({address for item in listed for address in item.addresses})),
        location_evidence=() if is_edge else places,  # it is everywhere: the control plane's silence on the place says nothing
        location=summarise_location(places, fronted=is_edge, anycast=False),
        fronted=is_edge,
        evidence=tuple(sorted({place.evidence for place in places})),
    )
    return under_platform(common, sign, outlook)
