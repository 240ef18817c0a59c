"""What placing looks at in a cluster, and how machines and volumes of one provider and place are put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.kubernetes.images import MAX_EVIDENCE
from herkomst.scanner.attribution.kubernetes.part import ClusterPart
from herkomst.scanner.attribution.kubernetes.places import Stand
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.platform import under_platform
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Layer, Placement, Sign, SignKind


@dataclass(frozen=True, slots=True)
class View:
    """The declared part of a cluster, where its nodes stand by name, and what all of it is looked at with."""

    subject: str
    part: ClusterPart
    stands: Mapping[str, Stand]
    evidence: Evidence
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Standing:
    """What is placed together: one role, one kind of thing, one provider, one place."""

    role: Role
    what: str
    stand: Stand

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from any other."""
        place = self.stand.place
        where = (place.grade, place.countries, place.region or "", place.detail) if place else ()
        return (self.role, self.what, self.stand.provider or "", where)


@dataclass(frozen=True, slots=True)
class Found:
    """One machine or volume, what shows it, and the public addresses that it has."""

    name: str
    evidence: str
    addresses: tuple[str, ...] = ()


def group(items: Iterable[tuple[Standing, Found]]) -> Iterator[tuple[Standing, list[Found]]]:
    """Yield what stands together, in an order that depends on nothing else."""
    groups: dict[tuple[object, ...], tuple[Standing, list[Found]]] = {}
    for standing, found in items:
        groups.setdefault(standing.key, (standing, []))[1].append(found)
    for _, pair in sorted(groups.items(), key=lambda entry: str(entry[0])):
        yield pair


def place_standing(view: View, standing: Standing, found: list[Found]) -> Placement:
    """Return where machines or volumes are whose provider is known, or known not to be seen."""
    place, shown = standing.stand.place, found[:MAX_EVIDENCE]
    places = tuple(replace(place, evidence=item.evidence) for item in shown) if place is not None else ()
    common = Placement(
        view.subject,
        standing.role,
        Layer.ORIGIN,
        name_standing(standing, found),
        location_evidence=places,
        location=summarise_location(places, fronted=False, anycast=False),
        evidence=tuple(sorted({item.evidence for item in shown})),
    )
    if standing.stand.provider is None:
        return common
    party = view.outlook.own(view.outlook.knowledge.provider_party(standing.stand.provider))
    return under_platform(common, Sign(SignKind.CONTROL_PLANE, party, found[0].evidence, standing.what), view.outlook)


def name_standing(standing: Standing, found: list[Found]) -> str:
    """Return the one name, or how many of what there are and where."""
    return found[0].name if len(found) == 1 else f"{len(found)} × {standing.what} {standing.stand.detail}".rstrip()
