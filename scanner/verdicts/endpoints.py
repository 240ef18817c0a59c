"""The parts of a claim's verdict: each endpoint in scope judged by itself, and what is not measured instead of forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from herkomst.scanner.claims.ceilings import PLACES, lower_to_ceiling
from herkomst.scanner.claims.outcome import Context, Expectation, Outcome, lower_for_switched_off, not_measured, part_of
from herkomst.scanner.claims.registry import PROPERTY_JUDGES
from herkomst.scanner.claims.system_wide import INSIDE_KEYS
from herkomst.scanner.model.aws import UNREAD_SERVICE
from herkomst.scanner.model.claim import INSIDE_ROLES, Asset, AssetKind, Claim, Property, Role, Scope, ScopePart, System
from herkomst.scanner.model.kubernetes import ClusterScope, read_scope
from herkomst.scanner.model.observation import DnsDelegation
from herkomst.scanner.model.placement import JoinedResource, Layer, Picture, Placement
from herkomst.scanner.model.verdict import Note, NoteCode, Part, Reason, Status, WouldChange
from herkomst.scanner.verdicts.keys import CUSTODY, LOOKED_INTO

MAX_WAYS = 2
"""So many ways from a name into clusters are told."""
NOT_COLLECTED = Outcome(Status.NOT_MEASURED, Reason.NOT_COLLECTED, would_change=WouldChange.INSTALL_COLLECTOR, retryable=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """One part of a verdict with the whole outcome it was made from."""

    part: Part
    outcome: Outcome


def is_in_scope(value: str, scope: Scope) -> bool:
    """Say whether a claim speaks of an asset: of all where its scope names none, in the scope itself or in its parts.

    A part that is a namespace of a cluster, or has a selector, holds that part of the cluster alone.
    """
    names_none = not scope.assets and not any(part.assets or part.cluster for part in scope.parts)
    return names_none or value in scope.assets or any(_holds(part, value) for part in scope.parts)


def concerns(asset: Asset, scope: Scope) -> bool:
    """Say whether a claim speaks of a declared asset, or of a part of it."""
    if is_in_scope(asset.value, scope):
        return True
    return asset.kind is AssetKind.KUBERNETES and any(
        part.cluster and read_scope(asset.value).covers(_cluster_scope(part)) for part in scope.parts
    )


def name_part(value: str, scope: Scope) -> str:
    """Return the name of the first part of a scope that holds an asset; empty where none does."""
    return next((part.name for part in scope.parts if _holds(part, value)), "")


def _holds(part: ScopePart, value: str) -> bool:
    return value in part.assets or (bool(part.cluster) and _cluster_scope(part).covers(read_scope(value)))


def _cluster_scope(part: ScopePart) -> ClusterScope:
    return ClusterScope(part.cluster, part.namespace, part.selector)


def judge_endpoints(
    prop: Property, roles: Sequence[Role], pictures: Iterable[Picture], expectation: Expectation, context: Context
) -> Iterable[Judged]:
    """Judge every endpoint of the given roles; a role that could not be measured is a part as well."""
    for picture in pictures:
        seen_from = context if context.not_asked == picture.not_asked else replace(context, not_asked=picture.not_asked)
        for placement in picture.placements:
            outcome = _judge_endpoint(prop, placement, expectation, seen_from) if placement.role in roles else None
            outcome = lower_for_unread(outcome, placement.role, picture) if outcome else None
            if outcome is not None:
                part = part_of(picture.subject, placement.role, placement.endpoint, outcome, placement.addresses)
                yield Judged(part, outcome)
        for gap in picture.gaps:
            if gap.role in roles:
                outcome = not_measured(gap.failures)
                yield Judged(part_of(picture.subject, gap.role, gap.endpoint, outcome), outcome)


def _judge_endpoint(prop: Property, placement: Placement, expectation: Expectation, context: Context) -> Outcome | None:
    """Return the outcome for one endpoint; None where the claim speaks of edges and this is none."""
    if context.edge_claim and placement.layer_failures:
        return not_measured(placement.layer_failures)
    if context.edge_claim and placement.layer is not Layer.EDGE:
        return None
    if placement.role_failures:
        return not_measured(placement.role_failures)
    outcome = PROPERTY_JUDGES[prop](placement, expectation, context)
    if placement.role is Role.DNS and outcome.status.rank:  # the parent zone could have named another server
        outcome = lower_for_switched_off(outcome, (DnsDelegation.kind,), context)
    outcome = lower_to_ceiling(outcome, placement, prop, expectation, context)
    return replace(outcome, notes=(*outcome.notes, *_owners(placement))) if prop in PLACES else outcome


def _owners(placement: Placement) -> tuple[Note, ...]:
    """Return the resource that an endpoint belongs to, an account by its last four digits, and the ways into clusters to their machines.

    An address is listed by more than what has it (an instance, its Elastic IP): the first says which workload that is.
    """
    owners = [_owner(placement, resource) for resource in placement.joined if not resource.chain]
    ways = [_way_in(placement, resource) for resource in placement.joined if resource.chain]
    return (*owners[:1], *ways[:MAX_WAYS])


def _way_in(placement: Placement, resource: JoinedResource) -> Note:
    said = (("endpoint", placement.endpoint), ("cluster", resource.account), ("chain", " → ".join(resource.chain)))
    return Note(NoteCode.RUNS_IN, said)


def _owner(placement: Placement, resource: JoinedResource) -> Note:
    said = (
        ("endpoint", placement.endpoint),
        ("resource", f"{resource.what} {resource.id}"),
        ("region", resource.region),
        ("account", f"{'*' * 8}{resource.account[-4:]}"),
    )
    return Note(NoteCode.BELONGS_TO, said)


def lower_for_unread(outcome: Outcome, role: Role, picture: Picture) -> Outcome:
    """Lower what would be confirmed where a service that could hold more of the role is not read: nothing is known of what lies there."""
    unread = next((item.services for item in picture.unread if item.role is role), ())
    if not unread or outcome.status is not Status.CONFIRMED:
        return outcome
    named = tuple(UNREAD_SERVICE + service for service in unread)
    return replace(
        outcome, status=Status.CONSISTENT, confidence=outcome.confidence.lowered, not_asked=(*outcome.not_asked, *named)
    )


def list_uncollected(system: System, claim: Claim, roles: Sequence[Role]) -> Iterable[Judged]:
    """Return a part for each declared account and cluster that nobody looks into for this claim, where it could show one of the roles."""
    inside = [role for role in roles if role in INSIDE_ROLES]
    for asset in uncollected_assets(system, claim):
        if inside:
            yield Judged(part_of(asset.value, inside[0] if len(inside) == 1 else "", asset.value, NOT_COLLECTED), NOT_COLLECTED)


def uncollected_assets(system: System, claim: Claim) -> tuple[Asset, ...]:
    """Return the declared assets in scope that no collector looks into for this claim: accounts and clusters for some keys of their own."""
    kinds: tuple[AssetKind, ...] = ()
    if claim.key in INSIDE_KEYS - LOOKED_INTO:
        kinds = (AssetKind.AWS, AssetKind.KUBERNETES)
    elif claim.key == CUSTODY:
        kinds = (AssetKind.KUBERNETES,)
    return tuple(asset for asset in system.assets if asset.kind in kinds and concerns(asset, claim.scope))
