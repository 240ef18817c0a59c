"""One service of one Region (or of the whole account): its resources, its row in the coverage ledger, and what could not be read."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from herkomst.collectors.aws.calls import Answer, Budget, add_details, list_items, list_within
from herkomst.collectors.aws.paths import host_of, read_field, read_text, read_texts
from herkomst.collectors.aws.problems import Problem
from herkomst.collectors.aws.service import Detail, Item, Link, Reach, Read, Service
from herkomst.collectors.aws.sessions import AccountSession
from herkomst.collectors.base import Lane
from herkomst.scanner.model.aws import GLOBAL_REGION, AwsCoverage, AwsLink, AwsOutcome, AwsResource

DETAILS_AT_ONCE = 25
"""Items whose details or own lists one thread asks for: many threads share a long list."""
_WORST_FIRST = (
    AwsOutcome.DENIED,
    AwsOutcome.THROTTLED_OUT,
    AwsOutcome.UNREACHABLE,
    AwsOutcome.NOT_ENABLED,
)


@dataclass(frozen=True, slots=True)
class Unread:
    """An operation that gave no whole answer, and the first of the problems it met; `count` of `of` items, where it was a detail."""

    operation: str
    problem: Problem
    count: int = 0
    of: int = 0

    @property
    def detail(self) -> str:
        """What a failure says of it."""
        return f"{self.count} of {self.of}: {self.problem.detail}" if self.of else self.problem.detail


@dataclass(frozen=True, slots=True)
class ServiceFindings:
    """What one service of one Region gave."""

    resources: tuple[AwsResource, ...]
    coverage: AwsCoverage
    unread: tuple[Unread, ...]


class ServiceReader:
    """Reads services of one account and Region through a lane's threads.

    Once two calls found no way to the Region and none was answered, no others are made: each would wait as long, and the answer is known.
    """

    def __init__(self, account: AccountSession, number: str, region: str, lane: Lane, budget: Budget) -> None:
        self._account = account
        self._number = number
        self._region = region
        self._lane = lane
        self._budget = budget
        self._unreachable: list[Problem] = []
        self._is_reached = False

    async def read(self, service: Service) -> ServiceFindings:
        """Return the findings of one service; a service that the Region does not have is not asked."""
        region = GLOBAL_REGION if service.reach is Reach.GLOBAL else self._region
        if not await self._lane.run_blocking(self._is_offered, service):
            return ServiceFindings((), AwsCoverage(self._number, region, service.client, AwsOutcome.UNSUPPORTED, 0), ())
        reads = [read for read in service.reads if read.home in ("", self._region)]
        answers = await self._read_lists(service, reads)
        resources = {
            resource: None
            for read, answer, _ in answers
            for item in answer.items
            for resource in _by_zone(self._resource(service, read, item), read_texts(item, (read.zones,)))
        }
        unread = tuple(found for _, _, missed in answers for found in missed)
        calls = sum(answer.calls for _, answer, _ in answers)
        names = tuple(sorted({service.scope(found.operation) for found in unread}))
        row = AwsCoverage(self._number, region, service.client, _outcome(unread, bool(resources)), calls, names)
        return ServiceFindings(tuple(resources), row, unread)

    def _is_offered(self, service: Service) -> bool:
        if service.reach is Reach.GLOBAL:
            return not service.home or self._account.has_region(service.home)
        return self._account.offers(service.client, self._region)

    async def _read_lists(self, service: Service, reads: Sequence[Read]) -> list[tuple[Read, Answer, tuple[Unread, ...]]]:
        """Read the lists of the Region, and then the lists that each of their items has."""
        outer = [read for read in reads if read.within is None]
        found = await asyncio.gather(*(self._list(service, read) for read in outer))
        items = {read.operation: answer.items for read, (answer, _) in zip(reversed(outer), reversed(found), strict=True)}
        inner = [(read, items.get(read.within.operation, [])) for read in reads if read.within is not None]
        found += await asyncio.gather(*(self._list_within(service, read, parents) for read, parents in inner))
        in_order = (*outer, *(read for read, _ in inner))
        return [(read, answer, unread) for read, (answer, unread) in zip(in_order, found, strict=True)]

    async def _list_within(self, service: Service, read: Read, parents: list[Item]) -> tuple[Answer, tuple[Unread, ...]]:
        asked = await asyncio.gather(
            *(self._lane.run_blocking(self._list_each, service, read, group) for group in _groups(parents))
        )
        answers = [answer for group in asked for answer in group]
        whole = Answer([item for answer in answers for item in answer.items], sum(answer.calls for answer in answers))
        by_reason = Counter(answer.problem for answer in answers if answer.problem is not None)
        unread = [Unread(read.operation, problem, count, len(parents)) for problem, count in by_reason.most_common(1)]
        for detail in read.details:
            unread.extend(await self._ask_detail(service, detail, whole))
        return whole, tuple(unread)

    def _list_each(self, service: Service, read: Read, parents: list[Item]) -> list[Answer]:
        region = service.home or self._region
        return [list_within(self._account, service, read, parent, region, self._budget) for parent in parents]

    async def _list(self, service: Service, read: Read) -> tuple[Answer, tuple[Unread, ...]]:
        answer = await self._lane.run_blocking(self._list_blocking, service, read)
        self._is_reached = self._is_reached or bool(answer.calls)
        if answer.problem is not None and answer.problem.outcome is AwsOutcome.UNREACHABLE and not answer.calls:
            self._unreachable.append(answer.problem)
        unread = [Unread(read.operation, answer.problem)] if answer.problem else []
        for detail in read.details:
            unread.extend(await self._ask_detail(service, detail, answer))
        return answer, tuple(unread)

    def _list_blocking(self, service: Service, read: Read) -> Answer:
        if len(self._unreachable) > 1 and not self._is_reached and service.reach is Reach.REGION:
            return Answer(problem=self._unreachable[0])
        return list_items(self._account, service, read, service.home or self._region, self._budget)

    async def _ask_detail(self, service: Service, detail: Detail, answer: Answer) -> Iterable[Unread]:
        asked = await asyncio.gather(
            *(self._lane.run_blocking(self._add_details, service, detail, group) for group in _groups(answer.items))
        )
        answer.calls += sum(calls for calls, _ in asked)
        by_reason = Counter(problem for _, problems in asked for problem in problems)
        total = len(answer.items)
        return [Unread(detail.operation, problem, count, total) for problem, count in by_reason.most_common(1)]

    def _add_details(self, service: Service, detail: Detail, items: list[Item]) -> tuple[int, tuple[Problem, ...]]:
        return add_details(self._account, service, detail, items, service.home or self._region, self._budget)

    def _resource(self, service: Service, read: Read, item: Item) -> AwsResource:
        own = read_field(item, read.region)
        zone = read_text(item, read.zone or read.local_zone)
        links = {AwsLink(link.relation, text) for link in read.links for text in _targets(item, link)}
        named = ((name, path(item) if callable(path) else ",".join(read_texts(item, (path,)))) for name, path in read.named)
        elsewhere = "" if read.region else (GLOBAL_REGION if service.reach is Reach.GLOBAL else self._region)
        return AwsResource(
            account=self._number,
            service=service.client,
            type=read.type,
            id=read.id(item) if callable(read.id) else read_text(item, read.id),
            region=own or elsewhere,
            role=read.role,
            is_zonal=bool(read.zone) or bool(zone),
            zone=zone,
            outpost=read_field(item, read.outpost),
            key=read_text(item, read.key),
            links=tuple(sorted(links, key=lambda link: (link.relation, link.target))),
            addresses=tuple(sorted(read_texts(item, read.addresses))),
            names=tuple(sorted({host_of(text) for text in read_texts(item, read.names)} - {""})),
            attributes=tuple((name, value) for name, value in named if value),
        )


def _groups(items: list[Item]) -> list[list[Item]]:
    return [items[start : start + DETAILS_AT_ONCE] for start in range(0, len(items), DETAILS_AT_ONCE)]


def _by_zone(resource: AwsResource, zones: Sequence[str]) -> Iterator[AwsResource]:
    """Yield the resource in its Region, and once more in every zone of those that extends it; alone in these where it has no other."""
    extensions = [zone for zone in zones if not _is_regular(zone, resource.region)]
    if len(extensions) < len(zones) or not zones:
        yield resource
    for zone in extensions:
        yield replace(resource, is_zonal=True, zone=zone)


def _is_regular(zone: str, region: str) -> bool:
    """Say whether a zone is one of the Region's own: named like it, with a letter behind (EC2 user guide, "Regions and Zones")."""
    return zone[:-1] == region and zone[-1:].isalpha()


def _targets(item: Item, link: Link) -> Iterable[str]:
    texts = link.path(item) if callable(link.path) else read_texts(item, (link.path,))
    return (host for host in map(host_of, texts) if host) if link.is_address else texts


def _outcome(unread: Iterable[Unread], found_any: bool) -> AwsOutcome:
    met = {found.problem.outcome for found in unread}
    worst = next((outcome for outcome in _WORST_FIRST if outcome in met), None)
    return worst or (AwsOutcome.COMPLETE if found_any else AwsOutcome.EMPTY)
