"""Several clusters that are declared together, as one picture: everything of each, named by its cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from herkomst.scanner.model.placement import Picture

T = TypeVar("T")


def merge_pictures(subject: str, pictures: Sequence[Picture]) -> Picture:
    """Return one picture of several clusters; a role is whole only where it is in each of them."""

    def named(endpoint: str, picture: Picture) -> str:
        return f"{picture.subject}: {endpoint}"

    return Picture(
        subject,
        tuple(
            replace(item, subject=subject, endpoint=named(item.endpoint, each)) for each in pictures for item in each.placements
        ),
        tuple(replace(item, subject=subject, endpoint=named(item.endpoint, each)) for each in pictures for item in each.gaps),
        contract_signs=_all(each.contract_signs for each in pictures),
        failures=_all(each.failures for each in pictures),
        parties=tuple(replace(item, subject=subject, name=named(item.name, each)) for each in pictures for item in each.parties),
        party_gaps=tuple(
            replace(item, subject=subject, endpoint=named(item.endpoint, each)) for each in pictures for item in each.party_gaps
        ),
        not_asked=_all(each.not_asked for each in pictures),
        complete_roles=tuple(
            role for role in pictures[0].complete_roles if all(role in each.complete_roles for each in pictures)
        ),
        service_uses=_all(tuple(replace(use, subject=subject) for use in each.service_uses) for each in pictures),
        open_services=_all(tuple(replace(use, subject=subject) for use in each.open_services) for each in pictures),
        listing_failures=_all(each.listing_failures for each in pictures),
        machines=_all(each.machines for each in pictures),
        is_cluster=True,
        entrances=tuple(replace(item, name=named(item.name, each)) for each in pictures for item in each.entrances),
    )


def _all(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(parts)))
