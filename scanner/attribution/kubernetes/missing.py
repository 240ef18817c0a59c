"""What was not read of a cluster: the questions that were to be asked, held against the ledger and the failures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import INSIDE_ROLES, Role
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.kubernetes import COVERED, KubeCluster, KubeCoverage, KubeObject, KubeOutcome, KubeQuestion

COLLECTOR = "kubernetes"
WHOLE = frozenset({Role.COMPUTE, Role.STORAGE})
"""Of these a cluster lists all that it has. A database, backup or agent can be outside it and be used from inside without any object that says so."""
_REASONS = {
    KubeOutcome.DENIED: FailureReason.DENIED,
    KubeOutcome.THROTTLED_OUT: FailureReason.THROTTLED,
    KubeOutcome.UNREACHABLE: FailureReason.UNREACHABLE,
}
_EVERYTHING = KubeQuestion("", INSIDE_ROLES, is_namespaced=False, shows_entrances=True, shows_parties=(*INSIDE_ROLES, Role.SAAS))


@dataclass(frozen=True, slots=True)
class Missing:
    """A list that was not read to its end, and what it could have shown."""

    failure: Failure
    question: KubeQuestion


def find_missing(target: str, evidence: Evidence) -> tuple[Missing, ...]:
    """Return all that is not known of a cluster, or of the namespace that was read; empty where every question was answered."""
    described = evidence.inside(target, KubeCluster)
    failures = evidence.cluster_failures(target)
    if not described:
        lost = failures or (Failure(COLLECTOR, target, KubeCluster.kind, FailureReason.NOT_COLLECTED, retryable=False),)
        return tuple(Missing(failure, _EVERYTHING) for failure in lost)
    questions = {question.resource: question for cluster, _ in described for question in cluster.questions}
    found = [Missing(failure, questions.get(failure.scope, _EVERYTHING)) for failure in failures]
    told = {failure.scope for failure in failures}
    rows: dict[str, list[KubeCoverage]] = {}
    for row, _ in evidence.inside(target, KubeCoverage):
        rows.setdefault(row.resource, []).append(row)
    for resource, question in sorted(questions.items()):
        if resource not in told:
            failure = _untold(target, resource, rows.get(resource, ()))
            if failure is not None:
                found.append(Missing(failure, question))
    return tuple(dict.fromkeys(found))


def _untold(target: str, resource: str, rows: Iterable[KubeCoverage]) -> Failure | None:
    """Return a failure where the ledger has no row for a question, or one that says it was not read whole."""
    outcomes = [row.outcome for row in rows]
    if outcomes and all(outcome in COVERED for outcome in outcomes):
        return None
    reason = next((_REASONS[outcome] for outcome in outcomes if outcome in _REASONS), FailureReason.CANCELLED)
    return Failure(COLLECTOR, target, KubeObject.kind, reason, reason is not FailureReason.DENIED, resource)


def complete_roles(target: str, evidence: Evidence, missing: Iterable[Missing]) -> tuple[Role, ...]:
    """Return the roles of which the cluster showed all it has."""
    questions = [question for cluster, _ in evidence.inside(target, KubeCluster) for question in cluster.questions]
    asked = {role for question in questions for role in question.roles}
    open_roles = {role for item in missing for role in item.question.roles}
    return tuple(role for role in INSIDE_ROLES if role in WHOLE & asked and role not in open_roles)
