"""What a judge gets and what it returns. Judges are pure: a placement, an expectation and the knowledge in; an outcome out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Operator, Organisation, System
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.placement import Party, Placement, Sign
from herkomst.scanner.model.verdict import Confidence, Note, Part, Reason, Status, WouldChange

REASON_OF_FAILURE: dict[FailureReason, Reason] = {reason: Reason(reason.value) for reason in FailureReason}
SELF = "self"
INSIDE = "aws.resource"
"""Among the kinds that bear on a property: what a declared account could have said of the endpoint."""
_SAYS_LITTLE = frozenset({FailureReason.CANCELLED, FailureReason.NOT_ASKED})
"""Reasons that are given only where there is no other."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome for one endpoint. `not_asked` lists the switched-off sources that bear on it."""

    status: Status
    reason: Reason | None = None
    confidence: Confidence = Confidence.HIGH
    observed: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    would_change: WouldChange | None = None
    not_asked: tuple[str, ...] = ()
    retryable: bool | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What every judge may look at besides the placement. `edge_claim`: the claim speaks of the edge itself."""

    knowledge: Knowledge
    system: System
    on: date
    not_asked: tuple[str, ...] = ()
    edge_claim: bool = False

    @property
    def organisation(self) -> Organisation:
        """The declaring organisation, which `self` means."""
        return self.system.organisation


@dataclass(frozen=True, slots=True)
class Expectation:
    """A claim's list, read as a predicate: `is` accepts what is in it, `not` what is not."""

    operator: Operator
    values: tuple[str, ...]
    countries: frozenset[str]
    """The values that are countries or named sets, spelt out."""

    def accepts_country(self, country: str) -> bool:
        """Say whether one country is as claimed."""
        return (country in self.countries) is (self.operator is Operator.IS)

    @property
    def negated(self) -> bool:
        """Whether the claim says what is not."""
        return self.operator is Operator.NOT


def read_expectation(operator: Operator, values: tuple[str, ...], context: Context) -> Expectation:
    """Spell out named country sets; a set that the declaration defines wins over one of the catalogue."""
    custom = dict(context.system.custom_sets)
    countries: set[str] = set()
    for value in values:
        named = custom.get(value) or context.knowledge.country_set(value)
        countries.update(named if named else (value,))
    return Expectation(operator, values, frozenset(countries))


def party_of_value(value: str, context: Context) -> Party:
    """Return the party that one value of a claim stands for: a catalogue id, an AS number, a LEI, or a whole name."""
    knowledge, organisation = context.knowledge, context.organisation
    if value == SELF or (organisation.lei and value.upper() == organisation.lei.upper()):
        return Party(organisation.name, own=True)
    if value[:2].upper() == "AS" and value[2:].isdigit():
        asn = int(value[2:])
        return replace(knowledge.party_of_asn(asn, "", context.on), own=asn in organisation.asns)
    if knowledge.provider(value) is not None:
        return knowledge.provider_party(value)
    entity = knowledge.entity(value) or knowledge.entity_of_lei(value.upper())
    if entity is not None:
        return Party(entity.name, None, entity.id)
    return knowledge.party_of_name(value) or Party(value)


def names_party(value: str, party: Party, context: Context) -> bool:
    """Say whether one value of a claim names this party; `self` names only what is shown to be the organisation's own."""
    if value == SELF:
        return party.own
    return context.knowledge.same_party(party_of_value(value, context), party, context.on)


def is_named(party: Party, expectation: Expectation, context: Context) -> bool:
    """Say whether any value of the claim names this party."""
    return any(names_party(value, party, context) for value in expectation.values)


def party_label(party: Party) -> str:
    """Return how a party is written in `observed`: catalogue id, else entity id, else AS number and name."""
    if party.own:
        return SELF
    if party.provider or party.entity:
        return party.provider or party.entity or ""
    return f"AS{party.asn} {party.name}" if party.asn is not None and party.name != f"AS{party.asn}" else party.name


def outcome_of_signs(status: Status, confidence: Confidence, signs: Sequence[Sign]) -> Outcome:
    """Return an outcome that rests on signs: their parties are what was observed."""
    return Outcome(
        status,
        None,
        confidence,
        tuple(sorted({party_label(sign.party) for sign in signs})),
        tuple(sorted({sign.evidence for sign in signs})),
    )


def part_of(subject: str, role: str, endpoint: str, outcome: Outcome, addresses: tuple[str, ...] = ()) -> Part:
    """Return the outcome for one endpoint as a part of a claim's verdict."""
    return Part(
        subject,
        str(role),
        endpoint,
        addresses,
        outcome.status,
        outcome.reason,
        outcome.confidence,
        outcome.observed,
        outcome.evidence,
        retryable=outcome.retryable,
    )


def not_measured(failures: Iterable[Failure], base: Outcome | None = None) -> Outcome:
    """Return the outcome for a source that was asked and failed: its reason, and whether asking again may help.

    What was left out by the run's breadth counts the same, and is the reason only where nothing failed.
    """
    items = sorted(failures, key=lambda failure: (failure.reason in _SAYS_LITTLE, failure.reason, failure.id))
    reason = REASON_OF_FAILURE[items[0].reason] if items else Reason.NOT_COLLECTED
    retryable = any(failure.retryable for failure in items)
    left_out = {failure.detail for failure in items if failure.reason is FailureReason.NOT_ASKED}
    outcome = base or Outcome(Status.NOT_MEASURED)
    change = WouldChange.FULL_BREADTH if left_out else outcome.would_change
    return replace(
        outcome,
        status=Status.NOT_MEASURED,
        reason=reason,
        confidence=Confidence.LOW,
        retryable=retryable,
        would_change=WouldChange.RETRY if retryable else change,
        not_asked=tuple(sorted({*outcome.not_asked, *left_out})),
    )


def bearing_failures(placement: Placement, kinds: Iterable[str], *, names: bool = False) -> tuple[Failure, ...]:
    """Return the failures of a placement that bear on a property: address look-ups always, the given kinds, names if asked.

    A failed reverse look-up has the kind `dns.rrset` and the scope PTR; it bears only where `dns.ptr` is among the kinds.
    """
    wanted = set(kinds)
    found = list(placement.join_failures) if INSIDE in wanted else []
    for failure in placement.failures:
        if failure.kind != "dns.rrset":
            bears = failure.kind in wanted
        elif failure.scope == "PTR":
            bears = "dns.ptr" in wanted
        elif failure.scope in ("A", "AAAA", "") and placement.addresses_incomplete:
            bears = "dns.address" in wanted or names
        else:
            bears = names
        if bears:
            found.append(failure)
    return tuple(dict.fromkeys(found))


def lower_for_switched_off(outcome: Outcome, kinds: Iterable[str], context: Context) -> Outcome:
    """List the switched-off sources that bear on an outcome and lower its confidence a step where there are any: one step for all."""
    off = set(kinds) & set(context.not_asked)
    if not off:
        return outcome
    confidence = outcome.confidence if outcome.not_asked else outcome.confidence.lowered
    return replace(outcome, confidence=confidence, not_asked=tuple(sorted(off | set(outcome.not_asked))))
