"""What the credentials may do in a cluster, held against what is asked: the server's own review of rules (SelfSubjectRulesReview).

The review speaks of one namespace, and can be incomplete where an authoriser other than RBAC decides. It bears on no verdict: a list that is refused is
a failure of its own. What it is for is that people see which rule is missing, and which right could be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.collectors.kubernetes.kind import Item, Kind, items, texts
from herkomst.collectors.kubernetes.lists import Api, Budget
from herkomst.collectors.kubernetes.problems import Refused
from kubernetes.client import ApiClient

PATH = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
ANY = "*"
READING = frozenset({"get", "list", "watch"})
ABOUT_ONESELF = frozenset(
    {
        "selfsubjectaccessreviews.authorization.k8s.io",
        "selfsubjectrulesreviews.authorization.k8s.io",
        "selfsubjectreviews.authentication.k8s.io",
    }
)
"""What everybody may ask about himself (the ClusterRole system:basic-user)."""
ANYBODY_READS = frozenset({"componentstatuses", "clustertrustbundles.certificates.k8s.io"})
MAX_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Rights:
    """Lists that are not allowed, and what is allowed beyond listing what is read; `is_known` is False where the server did not say."""

    missing: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    is_known: bool = False


def cluster_rules(kinds: Iterable[Kind]) -> list[dict[str, list[str]]]:
    """Return the rules of the least role that reads these kinds, one for each API group."""
    plurals: dict[str, set[str]] = {}
    for kind in kinds:
        plurals.setdefault(kind.group, set()).add(kind.plural)
    return [{"apiGroups": [group], "resources": sorted(names), "verbs": ["list"]} for group, names in sorted(plurals.items())]


def review_rights(client: ApiClient, namespace: str, kinds: Iterable[Kind], budget: Budget) -> Rights:
    """Ask the server what these credentials may do in a namespace, and compare."""
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace or "default"},
    }
    try:
        answer = Api(client, budget).post(PATH, body)
    except Refused:
        return Rights()
    status = answer.get("status")
    if not isinstance(status, dict) or status.get("incomplete"):
        return Rights()
    return compare_rules(items(status, "resourceRules"), tuple(kinds))


def compare_rules(rules: Iterable[Item], kinds: Iterable[Kind]) -> Rights:
    """Return what rules of the server lack and have beyond the lists of these kinds."""
    wanted = {kind.resource: kind for kind in kinds}
    listed: set[str] = set()
    beyond: set[str] = set()
    for rule in rules:
        verbs = set(texts(rule.get("verbs")))
        if not verbs:
            continue
        named = bool(texts(rule.get("resourceNames")))
        for group in texts_of_groups(rule):
            for plural in texts(rule.get("resources")):
                resource = f"{plural}.{group}" if group else plural
                if verbs & {"list", ANY} and not named:
                    listed |= {
                        name for name, kind in wanted.items() if group in (kind.group, ANY) and plural in (kind.plural, ANY)
                    }
                beyond |= {f"{verb} {resource}" for verb in verbs if _is_beyond(verb, resource, wanted)}
    missing = tuple(sorted(set(wanted) - listed))
    return Rights(missing, tuple(sorted(beyond)[:MAX_SHOWN]), is_known=True)


def texts_of_groups(rule: Item) -> tuple[str, ...]:
    """Return the API groups of a rule; the core group is the empty text."""
    return tuple(sorted({str(group) for group in items(rule, "apiGroups")}))


def _is_beyond(verb: str, resource: str, wanted: Iterable[str]) -> bool:
    if resource in ABOUT_ONESELF or (resource in ANYBODY_READS and verb in READING):
        return False
    return verb not in READING or resource not in wanted
