"""Label selectors of Kubernetes (documentation, "Labels and Selectors"): `app=zaken,tier in (web,api),!beta`, read and held against labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_KEY = r"(?:[a-z0-9.-]+/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?"
_VALUE = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?|"
_EQUAL = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})")
_AMONG = re.compile(rf"({_KEY})\s+(in|notin)\s+\(([^()]*)\)")
_THERE = re.compile(rf"(!?)\s*({_KEY})")
_COMMA = re.compile(r",(?![^()]*\))")


class BadSelector(ValueError):
    """A text is no label selector; the text of the error is the requirement that cannot be read."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: the label is one of `values` (any, where there are none), or with `is_negated` is not there or another."""

    key: str
    values: tuple[str, ...] = ()
    is_negated: bool = False

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels meet it."""
        holds = self.key in labels and (not self.values or labels[self.key] in self.values)
        return holds is not self.is_negated


@dataclass(frozen=True, slots=True)
class Selector:
    """Requirements that all have to be met; none is met by everything."""

    requirements: tuple[Requirement, ...] = ()

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels meet every requirement."""
        return all(requirement.fits(labels) for requirement in self.requirements)


def read_selector(text: str) -> Selector:
    """Return a selector as it is written for `kubectl`; raises BadSelector."""
    return Selector(tuple(_read(item.strip()) for item in _COMMA.split(text))) if text.strip() else Selector()


def _read(text: str) -> Requirement:
    if match := _EQUAL.fullmatch(text):
        return Requirement(match[1], (match[3],), match[2] == "!=")
    if match := _AMONG.fullmatch(text):
        values = tuple(sorted({value.strip() for value in match[3].split(",")}))
        if all(re.fullmatch(_VALUE, value) for value in values):
            return Requirement(match[1], values, match[2] == "notin")
    if match := _THERE.fullmatch(text):
        return Requirement(match[2], (), bool(match[1]))
    raise BadSelector(text)
