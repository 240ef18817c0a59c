"""One cluster read: who answers, what it serves, and every kind of object listed to its end, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from herkomst.collectors.kubernetes.access import host_of
from herkomst.collectors.kubernetes.kind import Content, Item, Kind, Reader, Unreadable, items, text
from herkomst.collectors.kubernetes.lists import Api, Budget, read_all
from herkomst.collectors.kubernetes.problems import Problem, Refused, malformed
from herkomst.scanner.model.kubernetes import KubeCoverage, KubeOutcome
from kubernetes.client import ApiClient

MAX_SAID = 3
"""So many objects that are not of their form are named."""


@dataclass(frozen=True, slots=True)
class Overview:
    """An API server that answered: its host, its version, and the versions of each API group that it serves (the preferred one first)."""

    server: str
    version: str
    groups: dict[str, tuple[str, ...]]
    groups_problem: Problem | None = None
    """Why the groups are not known; then every version is tried."""


@dataclass(frozen=True, slots=True)
class KindFindings:
    """What one list came to. `problem` is set where it was not read whole; what was read before is kept all the same."""

    coverage: KubeCoverage
    contents: tuple[Content, ...] = ()
    problem: Problem | None = None


@dataclass
class _Intake:
    """Takes in the objects of one list; one that is not of its form is counted and named instead of being lost."""

    make: Callable[[], Reader]
    reader: Reader = field(init=False)
    odd: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.reader, self.odd = self.make(), []

    def add(self, item: Item) -> None:
        try:
            self.reader.add(item)
        except Unreadable as error:
            self.odd.append(str(error))


def look_at(client: ApiClient, budget: Budget) -> Overview:
    """Ask an API server who it is and what it serves; raises Refused where it does not answer."""
    api = Api(client, budget)
    version = text(api.get("/version", '{nonResourceURLs: ["/version"], verbs: ["get"]}'), "gitVersion")
    host = host_of(client)
    port = urlsplit(client.configuration.host).port
    server = f"{host}:{port}" if port and port != 443 else host
    try:
        groups = _groups(api.get("/apis", '{nonResourceURLs: ["/apis"], verbs: ["get"]}'))
    except Refused as error:
        return Overview(server, version, {}, error.problem)
    return Overview(server, version, groups)


def _groups(document: Item) -> dict[str, tuple[str, ...]]:
    found = {}
    for group in items(document, "groups"):
        served = [text(version, "version") for version in items(group, "versions")]
        preferred = text(group, "preferredVersion", "version")
        found[text(group, "name")] = tuple(dict.fromkeys(filter(None, (preferred, *served))))
    return found


def read_kind(client: ApiClient, cluster: str, namespace: str, kind: Kind, overview: Overview, budget: Budget) -> KindFindings:
    """List one kind of a cluster to its end, in the first of its versions that the server has."""
    where = namespace if kind.is_namespaced else ""
    intake, api = _Intake(lambda: kind.make_reader(cluster)), Api(client, budget)
    count, problem = (
        0,
        None if kind.is_custom else malformed(f"the API server does not know {kind.resource}, which every cluster has"),
    )
    is_served = False
    for version in _versions(kind, overview):
        try:
            count = read_all(api.pages(kind.path(version, namespace), kind.rule), intake.add, intake.forget)
        except Refused as error:
            if error.is_not_found:
                intake.forget()
                continue
            problem = error.problem
        else:
            problem = _oddness(kind, version, intake.odd)
        is_served = True
        break
    if not is_served and problem is None:
        return KindFindings(KubeCoverage(cluster, kind.resource, where, KubeOutcome.NOT_SERVED, 0))
    outcome = problem.outcome if problem else (KubeOutcome.COMPLETE if count else KubeOutcome.EMPTY)
    return KindFindings(KubeCoverage(cluster, kind.resource, where, outcome, count), tuple(intake.reader.contents()), problem)


def _oddness(kind: Kind, version: str, odd: list[str]) -> Problem | None:
    """Return why a list that was read to its end is not known whole all the same."""
    if version not in kind.versions:
        return malformed(f"{kind.resource} is served as {version}, a form that this version does not know")
    if odd:
        return malformed(f"{len(odd)} objects are not of the form of their kind and were not read ({'; '.join(odd[:MAX_SAID])})")
    return None


def _versions(kind: Kind, overview: Overview) -> tuple[str, ...]:
    """Return the versions to try, one after the other: those whose form is known first, then what else the server has."""
    if not kind.group or overview.groups_problem is not None:
        return kind.versions
    served = overview.groups.get(kind.group, ())
    return (
        *(version for version in kind.versions if version in served),
        *(version for version in served if version not in kind.versions),
    )
