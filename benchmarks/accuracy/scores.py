"""Scores of a comparison with labels: agreement, precision, recall, wrong-definite and unknown, with Wilson's intervals at 95 %.

A domain whose mailbox platform is not named is `unknown`, and no statement: it is right where the label says `other` (which holds
those who run mail themselves), and lowers recall elsewhere, never precision. Naming a platform that the label does not is wrong-definite.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from accuracy.signs import OTHER, TOKEN, Shown, read_signs

CLASSES = ("microsoft", "google", "amazon", OTHER)
NOT_NAMED = "none"
_Z = 1.959964
"""The standard normal quantile of a two-sided interval at 95 %."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing is 0."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval at 95 % (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927); of nothing it is the whole."""
        if not self.of:
            return 0.0, 1.0
        square = _Z * _Z
        middle = (self.value + square / (2 * self.of)) / (1 + square / self.of)
        half = _Z * math.sqrt(self.value * (1 - self.value) / self.of + square / (4 * self.of**2)) / (1 + square / self.of)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}-{high:.3f}]" if self.of else "-"


@dataclass(frozen=True, slots=True)
class Compared:
    """One domain: the class that the label gives, the classes that were shown, and what the records show by themselves.

    `network_agrees` is None where the recorded AS numbers cannot be attributed to a mail host.
    """

    domain: str
    country: str
    label: str
    shown: frozenset[str]
    signs: Shown
    because: str
    network_agrees: bool | None

    @property
    def unknown(self) -> bool:
        """Whether no mailbox platform was named."""
        return not self.shown

    @property
    def agrees(self) -> bool:
        """Whether the label says what was shown."""
        return self.shown == {self.label} or (self.unknown and self.label == OTHER)

    @property
    def wrong_definite(self) -> bool:
        """Whether a platform was named that the label does not name."""
        return bool(self.shown - {self.label})

    @property
    def clear(self) -> bool:
        """Whether the records show the label's class, and no other, by at least two independent signs."""
        return self.signs.clear == {self.label}

    @property
    def reason(self) -> str:
        """Why this is a disagreement, from what the records show: which side rests on what."""
        named = sorted(self.shown - {self.label} - {OTHER})
        if self.label == OTHER and any(self.signs.is_clear(platform) for platform in named):
            return "the label is wrong: two or more independent signs name the platform"
        if self.unknown and not self.signs.of(self.label):
            return "no record names what the label says"
        if self.unknown and self.signs.of(self.label) == {TOKEN}:
            return "the label rests on a token, which proves a contract and no mailbox"
        if self.unknown:
            return "too little, or against other signs"
        return "the signs point to more than one"

    def __str__(self) -> str:
        shown = "+".join(sorted(self.shown)) or NOT_NAMED
        return f"{self.domain}: label {self.label} ({self.because}), shown {shown}; records: {self.signs}; {self.reason}"


def classify(provider: Mapping[str, Any] | None) -> str:
    """Return the class of a provider as an outside scorer would, by its id or name; `none` where there is no provider."""
    if provider is None:
        return NOT_NAMED
    text = f"{provider['id']} {provider['name']}".lower()
    if "amazon" in text or "aws" in text.replace("-", " ").split():
        return "amazon"
    return next((name for name in CLASSES if name in text and name != OTHER), OTHER)


def compare(document: Mapping[str, Any], recorded: Mapping[str, Any]) -> Compared:
    """Compare one document of `inspect` with its recorded line."""
    placements, records, truth = document["placements"], recorded["records"], recorded["truth"]
    mailboxes = {classify(item["provider"]) for item in placements if item["role"] == "mail.mailbox"}
    inbound = {item["network"]["asn"] for item in placements if item["role"] == "mail.inbound" and item["network"]}
    asns = set(records.get("mx_asns", ()))
    attributable = bool(asns) and (len(asns) == 1 or len(records.get("mx", ())) == 1)
    return Compared(
        domain=document["subject"],
        country=recorded["cc"].lower(),
        label=truth["provider"] if truth["provider"] in CLASSES else OTHER,
        shown=frozenset(mailboxes - {NOT_NAMED}),
        signs=read_signs(records),
        because=truth.get("reason") or "no reason",
        network_agrees=bool(inbound) and inbound <= asns if attributable else None,
    )


def count(outcomes: Iterable[bool]) -> Share:
    """Return how many hold."""
    listed = list(outcomes)
    return Share(sum(listed), len(listed))


def ratios(compared: Sequence[Compared]) -> dict[str, Share]:
    """Return the shares that the summary line gives."""
    return {
        "agreement": count(item.agrees for item in compared),
        "wrong_definite": count(item.wrong_definite for item in compared),
        "network_owner": count(item.network_agrees for item in compared if item.network_agrees is not None),
        "agreement_clear": count(item.agrees for item in compared if item.clear),
    }


def reasons(compared: Sequence[Compared]) -> list[str]:
    """Return a line for each reason of disagreement, with how many there are: totals, that name no domain."""
    counted = Counter(item.reason for item in compared if not item.agrees)
    return [f"{number:5}  {reason}" for reason, number in counted.most_common()]


def table(compared: Sequence[Compared]) -> list[str]:
    """Return a line a class: how many labels, precision, recall, wrong-definite and unknown, with intervals."""
    lines = [f"{'class':10}{'labels':>7}  {'precision':22}{'recall':22}{'wrong-definite':22}{'unknown':22}"]
    for name in CLASSES:
        labelled = [item for item in compared if item.label == name]
        columns = (
            count(item.label == name for item in compared if name in item.shown),
            count(item.agrees for item in labelled),
            count(item.wrong_definite for item in labelled),
            count(item.unknown for item in labelled),
        )
        lines.append(f"{name:10}{len(labelled):7}  " + "".join(f"{column!s:22}" for column in columns).rstrip())
    return lines
