"""What a kind of object is to the collector: where it is listed, which roles it can show, and how an object is reduced to what a rule reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeLink, KubeObject, KubePods, KubeQuestion, KubeRelation

Item = dict[str, Any]
Content = KubeObject | KubePods


class Reader(Protocol):
    """Takes the objects of one list, one after the other, and gives what they come to."""

    def add(self, item: Item) -> None:
        """Take in one object; raises Unreadable for one that is not of its kind's form."""
        ...

    def contents(self) -> list[Content]:
        """Return what was kept, in an order that does not depend on the server's."""
        ...


class Unreadable(Exception):
    """An object lacks what every object of its kind has."""


Reduce = Callable[[Item, KubeObject], KubeObject | None]
"""From an object, and the record of its place and name, to the whole record; None for one that says nothing of interest."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object. `group` is empty for the core API; `versions` are those whose form is known, the preferred one first."""

    group: str
    versions: tuple[str, ...]
    plural: str
    is_namespaced: bool
    roles: tuple[Role, ...] = ()
    reduce: Reduce | None = None
    reader: Callable[[str], Reader] | None = None
    """For a kind whose objects are not records of their own; called with the cluster."""
    shows_entrances: bool = False
    shows_parties: tuple[Role, ...] = ()
    is_custom: bool = False
    """Whether a cluster without it is ordinary: a custom resource, or one that older servers do not have."""

    @property
    def resource(self) -> str:
        """The resource as `kubectl` and a ClusterRole write it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def question(self) -> KubeQuestion:
        """What is asked, as the judging core sees it."""
        return KubeQuestion(self.resource, self.roles, self.is_namespaced, self.shows_entrances, self.shows_parties)

    @property
    def rule(self) -> str:
        """The line of a ClusterRole that allows it."""
        return f'{{apiGroups: ["{self.group}"], resources: ["{self.plural}"], verbs: ["list"]}}'

    def path(self, version: str, namespace: str) -> str:
        """Return where it is listed, in one namespace or over all."""
        root = f"/apis/{self.group}/{version}" if self.group else f"/api/{version}"
        return f"{root}/namespaces/{namespace}/{self.plural}" if namespace and self.is_namespaced else f"{root}/{self.plural}"

    def make_reader(self, cluster: str) -> Reader:
        """Return what takes in a list of this kind."""
        if self.reader is not None:
            return self.reader(cluster)
        if self.reduce is None:
            raise TypeError(f"{self.resource} has nothing that reads it")
        return ObjectReader(cluster, self.resource, self.reduce)


@dataclass
class ObjectReader:
    """Reads every object of a list into a record of its own."""

    cluster: str
    resource: str
    reduce: Reduce
    _found: list[KubeObject] = field(default_factory=list)

    def add(self, item: Item) -> None:
        """Reduce one object."""
        place = KubeObject(self.cluster, self.resource, text(item, "metadata", "namespace"), name_of(item))
        kept = self.reduce(item, place)
        if kept is not None:
            self._found.append(kept)

    def contents(self) -> list[Content]:
        """Return the records by namespace and name."""
        self._found.sort(key=lambda found: (found.namespace, found.name))
        return list(self._found)


def name_of(item: Item) -> str:
    """Return the name of an object; raises Unreadable where it has none."""
    name = text(item, "metadata", "name")
    if not name:
        raise Unreadable("an object without a name")
    return name


def text(item: object, *path: str) -> str:
    """Return a field as text; empty where any step is not there or it is no plain value."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item) if isinstance(item, (str, int, float)) else ""


def part(item: object, *path: str) -> Item:
    """Return a nested object; empty where it is not there."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item if isinstance(item, dict) else {}


def items(item: object, *path: str) -> list[Any]:
    """Return a nested list; empty where it is not there."""
    for key in path:
        item = item.get(key) if isinstance(item, dict) else None
    return item if isinstance(item, list) else []


def texts(values: object) -> tuple[str, ...]:
    """Return the plain values of a list, each once, sorted."""
    return (
        tuple(sorted({str(value) for value in values if isinstance(value, (str, int)) and str(value)}))
        if isinstance(values, list)
        else ()
    )


def labels_of(item: Item, *path: str) -> dict[str, str]:
    """Return the labels of an object, or of the template that lies under a path."""
    found = part(item, *path, "metadata", "labels")
    return {str(key): str(value) for key, value in found.items() if isinstance(value, str)}


def links_to(relation: KubeRelation, targets: Iterable[str]) -> tuple[KubeLink, ...]:
    """Return a reference to each target, empty ones left out, in the order of the alphabet."""
    return tuple(KubeLink(relation, target) for target in sorted({target for target in targets if target}))
