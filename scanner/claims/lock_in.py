"""`lockin.managed-services`: the services in use that only their platform offers, listed, and their share of all services in use.

The claim's list permits services (`is: [dynamodb]`; an empty one permits none), excludes them (`not`), or gives the largest share that is
allowed (`is: ["30%"]`). What was not read leaves a range of shares, and only a range that lies whole on one side of the maximum decides. At
best consistent: no list of a platform's services is complete (docs/decisions/0039-what-counts-as-lock-in.md).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from herkomst.scanner.claims.outcome import Expectation, Outcome, not_measured, part_of
from herkomst.scanner.model.aws import UNREAD_SERVICE
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ServiceClass
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.service_use import OpenService, ServiceUse
from herkomst.scanner.model.verdict import Confidence, Note, NoteCode, Part, Reason, Status, WouldChange

_SHARE = re.compile(r"([0-9]{1,3})%")
_NOTES = {
    ServiceClass.PROPRIETARY: NoteCode.PROPRIETARY_SERVICE,
    ServiceClass.PORTABLE: NoteCode.PORTABLE_SERVICE,
    ServiceClass.PLAIN: NoteCode.PLAIN_SERVICE,
}


@dataclass(frozen=True, slots=True)
class _Shares:
    """The smallest and largest share that what is known allows, each as a fraction of counts."""

    least: tuple[int, int]
    most: tuple[int, int]

    @property
    def text(self) -> str:
        """The share as it is shown; both ends where it is not known."""
        low, high = _percent(self.least), _percent(self.most)
        return f"{low} ({self.least[0]}/{self.least[1]})" if self.least == self.most else f"{low} - {high}"


def judge_lock_in(pictures: Iterable[Picture], expectation: Expectation) -> tuple[Part, ...]:
    """Compare the services in use with the claim; of what could not be read, only what could change the outcome is a part."""
    concerned = [picture for picture in pictures if picture.service_uses or picture.open_services]
    maximum = read_maximum(expectation)
    if maximum is not None:
        return _judge_share(concerned, maximum)
    return tuple(part for picture in concerned for part in _judge_list(picture, expectation))


def read_maximum(expectation: Expectation) -> int | None:
    """Return the largest share that a claim allows, in percent; None where it lists services."""
    shares = [int(match.group(1)) for value in expectation.values if (match := _SHARE.fullmatch(value))]
    return min(shares) if shares and not expectation.negated else None


def describe_uses(pictures: Iterable[Picture]) -> list[Note]:
    """Return every service in use with its number of resources, as notes that tell the classes apart."""
    counts: dict[tuple[ServiceClass, str], int] = defaultdict(int)
    for picture in pictures:
        for use in picture.service_uses:
            if use.service_class is not None:
                counts[use.service_class, use.name] += use.resources
    return [Note(_NOTES[kind], (("name", f"{name} ({count})"),)) for (kind, name), count in sorted(counts.items())]


def list_unread(pictures: Iterable[Picture]) -> tuple[str, ...]:
    """Return the services that could be in use and that this version reads nothing of."""
    found = {service for picture in pictures for service in picture.unlisted_services}
    found |= {service for picture in pictures for item in picture.unread for service in item.services}
    return tuple(sorted(UNREAD_SERVICE + service for service in found))


# -- a list of services ---------------------------------------------------------------------------------------------


def _judge_list(picture: Picture, expectation: Expectation) -> Iterator[Part]:
    proprietary = [use for use in picture.service_uses if use.service_class is ServiceClass.PROPRIETARY]
    for use in proprietary:
        allowed = (use.service in expectation.values) is not expectation.negated
        yield _part(use, _held(use.evidence) if allowed else _broken(Reason.UNDECLARED_SERVICE, use.evidence))
    for use in picture.service_uses:
        if use.service_class is None:
            yield _part(use, _unknown(use.evidence))
    forbidden = [
        item
        for item in picture.open_services
        if item.service_class is None
        or (item.service_class is ServiceClass.PROPRIETARY and (item.service in expectation.values) is expectation.negated)
    ]
    yield from _gaps(forbidden)
    if not proprietary and not forbidden and picture.service_uses:  # everything was asked, and there is none
        yield part_of(picture.subject, "", picture.subject, _held(()))


# -- a share --------------------------------------------------------------------------------------------------------


def _judge_share(pictures: Sequence[Picture], maximum: int) -> tuple[Part, ...]:
    """Judge the share over all accounts together, since a service that two of them use is one service to leave."""
    uses = [use for picture in pictures for use in picture.service_uses]
    seen = {use.service for use in uses}
    open_services = [item for picture in pictures for item in picture.open_services if item.service not in seen]
    if not uses and not open_services:
        return ()
    shares = _bound_shares(uses, open_services)
    proprietary = [use for use in uses if use.service_class is ServiceClass.PROPRIETARY]
    evidence = tuple(sorted({oid for use in proprietary for oid in use.evidence}))
    unknown = tuple(use for use in uses if use.service_class is None)
    if _exceeds(shares.least, maximum):
        outcome = _broken(Reason.SHARE_ABOVE_MAXIMUM, evidence)
    elif not _exceeds(shares.most, maximum) and uses:
        return _share_parts(pictures, shares, _held(evidence), proprietary)
    elif open_services:
        outcome = not_measured((failure for item in open_services for failure in item.failures), Outcome(Status.NOT_MEASURED))
    else:
        outcome = _unknown(tuple(oid for use in unknown for oid in use.evidence))
    return (*_share_parts(pictures, shares, outcome, proprietary), *_gaps(open_services))


def _bound_shares(uses: Iterable[ServiceUse], open_services: Iterable[OpenService]) -> _Shares:
    classes = {use.service: use.service_class for use in uses}
    possible = {item.service: item.service_class for item in open_services}
    proprietary = sum(kind is ServiceClass.PROPRIETARY for kind in classes.values())
    known = sum(kind is not None for kind in classes.values())
    unknown = len(classes) - known
    may_add = sum(kind in (ServiceClass.PROPRIETARY, None) for kind in possible.values())
    may_dilute = sum(kind is not ServiceClass.PROPRIETARY for kind in possible.values())
    return _Shares(
        (proprietary, known + unknown + may_dilute),
        (proprietary + unknown + may_add, known + unknown + may_add),
    )


def _exceeds(share: tuple[int, int], maximum: int) -> bool:
    return share[0] * 100 > maximum * share[1]


def _percent(share: tuple[int, int]) -> str:
    value = 100 * share[0] / share[1] if share[1] else 0.0
    return f"{value:.1f}".removesuffix(".0") + "%"


def _share_parts(
    pictures: Sequence[Picture], shares: _Shares, outcome: Outcome, proprietary: Sequence[ServiceUse]
) -> tuple[Part, ...]:
    """Return a part for the share and one for each service that makes it, all with the one outcome."""
    subject = min(picture.subject for picture in pictures)
    whole = part_of(subject, "", subject, _observing(outcome, shares.text))
    return (whole, *(_part(use, outcome) for use in proprietary))


# -- outcomes -------------------------------------------------------------------------------------------------------


def _part(use: ServiceUse, outcome: Outcome) -> Part:
    return part_of(use.subject, "", f"{use.name} ({use.resources})", _observing(outcome, use.service, use.evidence))


def _observing(outcome: Outcome, value: str, evidence: tuple[str, ...] | None = None) -> Outcome:
    return Outcome(
        outcome.status,
        outcome.reason,
        outcome.confidence,
        (value,),
        outcome.evidence if evidence is None else evidence,
        would_change=outcome.would_change,
        retryable=outcome.retryable,
    )


def _held(evidence: tuple[str, ...]) -> Outcome:
    return Outcome(Status.CONSISTENT, None, Confidence.MEDIUM, (), evidence)


def _broken(reason: Reason, evidence: tuple[str, ...]) -> Outcome:
    return Outcome(Status.CONTRADICTED, reason, Confidence.HIGH, (), evidence, would_change=WouldChange.SUPPLIER_RESPONSE)


def _unknown(evidence: tuple[str, ...]) -> Outcome:
    return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW, (), evidence, would_change=WouldChange.DOCUMENT)


def _gaps(open_services: Iterable[OpenService]) -> Iterator[Part]:
    """Yield a part for each account or Region in which something was not read that could have shown one of these services."""
    places: dict[tuple[str, str], dict[Failure, None]] = defaultdict(dict)
    for item in open_services:
        for failure in item.failures:
            places[item.subject, failure.subject][failure] = None
    for (subject, place), failures in sorted(places.items()):
        yield part_of(subject, "", place, not_measured(failures))
