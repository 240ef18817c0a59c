"""The picture of a declared AWS account, the members of its organisation included: placements, gaps, and which roles are complete."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.missing import (
    COLLECTOR,
    ROLES,
    Missing,
    asked_roles,
    find_missing,
    unread_services,
)
from herkomst.scanner.attribution.aws.places import locate, locate_region, provider_of
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.ownership import describe_owner, find_jurisdictions
from herkomst.scanner.model.aws import AwsAccount, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.placement import Gap, Layer, LocationEvidence, Picture, Placement, Sign, SignKind, UnreadServices, Via

MAX_EVIDENCE = 20
"""Resources named as evidence where many of one kind lie in one place; all of them were looked at, and the place of all is the same."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_ROLE_OF_LINK = {AwsRelation.COPY: Role.BACKUP}


@dataclass(frozen=True, slots=True)
class _Kind:
    """What resources have in common that are placed together."""

    role: Role
    what: str
    countries: tuple[str, ...]
    region: str | None
    where: str
    provider: str


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
    placements, foreign = _placements(subject, accounts, evidence, outlook)
    gaps.extend(foreign)
    open_roles = {gap.role for gap in gaps} | set(unread)
    return Picture(
        subject,
        placements,
        tuple(gaps),
        failures=tuple(dict.fromkeys(failure for number in numbers for failure in evidence.inside_failures(number))),
        not_asked=evidence.not_asked,
        complete_roles=tuple(role for role in ROLES if role in asked and role not in open_roles),
        unread=tuple(UnreadServices(role, unread[role]) for role in ROLES if role in unread),
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
    subject: str, accounts: Iterable[AwsAccount], evidence: Evidence, outlook: Outlook
) -> tuple[tuple[Placement, ...], list[Gap]]:
    """Return the placements of every resource and of what it refers to, and gaps for what lies in accounts that were not looked at."""
    partitions = {account.account: account.partition for account in accounts}
    numbers = {*partitions, *_accounts(subject, evidence)}
    listed = [pair for number in sorted(numbers) for pair in evidence.inside(number, AwsResource)]
    known = {resource.id for resource, _ in listed}
    groups: dict[_Kind, list[_Found]] = defaultdict(list)
    foreign: list[Gap] = []
    for resource, oid in listed:
        partition = partitions.get(resource.account) or "aws"
        provider = provider_of(partition)
        what = f"{resource.service}:{resource.type}"
        if resource.role is not None:
            place = locate(resource, oid, provider, outlook.knowledge)
            _add(groups, _Kind(resource.role, what, place.countries, place.region, place.detail, provider), resource, place)
        for role, target in _targets(resource):
            if target in known:
                continue  # listed itself
            region, account = _region_of(target, provider, outlook), _account_of(target)
            if (account and account not in numbers) or _is_unknown_bucket(target, known):
                foreign.append(_foreign(subject, role, resource, target))
            elif region:
                place = locate_region(region, oid, provider, outlook.knowledge)
                found = _Found(target, place)
                groups[_Kind(role, what, place.countries, region, region, provider)].append(found)
    placed = tuple(_placement(subject, kind, found, outlook) for kind, found in sorted(groups.items(), key=_order))
    return placed, foreign


def _order(pair: tuple[_Kind, list[_Found]]) -> tuple[str, ...]:
    kind, _ = pair
    return (kind.role, kind.what, kind.region or "", kind.where, *kind.countries)


def _add(groups: dict[_Kind, list[_Found]], kind: _Kind, resource: AwsResource, place: LocationEvidence) -> None:
    groups[kind].append(_Found(resource.id, place, resource.addresses))


def _targets(resource: AwsResource) -> Iterator[tuple[Role, str]]:
    """Yield what a resource says of a second place of its data, and the role it has there."""
    for link in resource.links:
        role = _ROLE_OF_LINK.get(link.relation) or (resource.role if link.relation is AwsRelation.REPLICA else None)
        if role is not None:
            yield role, link.target


def _region_of(target: str, provider: str, outlook: Outlook) -> str:
    """Return the Region that an ARN lies in, or that a target is; empty where it names none."""
    if target.startswith("arn:"):
        return (target.split(":", 5) + [""] * 6)[3]
    return target if outlook.knowledge.region(provider, target) is not None else ""


def _account_of(target: str) -> str:
    if target.startswith("arn:"):
        number = (target.split(":", 5) + [""] * 6)[4]
        return number if _ACCOUNT.fullmatch(number) else ""
    return target if _ACCOUNT.fullmatch(target) else ""


def _is_unknown_bucket(target: str, known: set[str]) -> bool:
    """Say whether a target is a bucket that is not among those listed: its ARN has neither Region nor account."""
    parts = target.split(":", 5)
    return len(parts) == 6 and parts[2] == "s3" and not parts[3] and not parts[4] and parts[5] not in known


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
    ownership = find_jurisdictions(((Via.PLATFORM, party),), outlook.knowledge, outlook.on)
    owner, parent = describe_owner(party, outlook.knowledge, outlook.on)
    name = listed[0].name if len(listed) == 1 else f"{len(listed)} × {kind.what} {kind.where}"
    return Placement(
        subject=subject,
        role=kind.role,
        layer=Layer.ORIGIN,
        endpoint=name,
        addresses=tuple(sorted({address for item in listed for address in item.addresses})),
        service_signs=(sign,),
        address_signs=(sign,),
        provider=party,
        owner=owner,
        ultimate_parent=parent,
        jurisdictions=ownership.jurisdictions,
        tops_known=ownership.tops_known,
        location_evidence=places,
        location=summarise_location(places, fronted=False, anycast=False),
        evidence=tuple(sorted({place.evidence for place in places})),
    )
