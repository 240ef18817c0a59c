"""The words of the reports: one catalogue for each language, with the same keys and the same parameters.

A key is `family.value`. Families in `FAMILIES` have one key for each member of an enumeration, so that a status, a reason or a
note without words fails a test and not a reader. All text from outside enters through a parameter and is made safe to show there.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from importlib import import_module
from string import Formatter

from herkomst.scanner.errors import UsageError
from herkomst.scanner.model.aws import AwsOutcome, AwsRights
from herkomst.scanner.model.change import Cause
from herkomst.scanner.model.claim import Hearing, Operator, Role, SaidBy
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.knowledge import ProviderKind, SignatureRole
from herkomst.scanner.model.kubernetes import KubeOutcome
from herkomst.scanner.model.location import Grade
from herkomst.scanner.model.observation import ChainEnd, NoAnswer, RangeScope
from herkomst.scanner.model.placement import JurisdictionStatus, Layer, SignKind, Via
from herkomst.scanner.model.verdict import Confidence, NoteCode, Reason, Status, WouldChange
from herkomst.scanner.names import display

LANGUAGES = ("nl", "en")
MAX_PARAMETER = 2000
FAMILIES: dict[str, type[StrEnum]] = {
    "status": Status,
    "meaning": Status,
    "reason": Reason,
    "confidence": Confidence,
    "would_change": WouldChange,
    "note": NoteCode,
    "failure": FailureReason,
    "role": Role,
    "layer": Layer,
    "said_by": SaidBy,
    "says": SaidBy,
    "hearing": Hearing,
    "operator": Operator,
    "via": Via,
    "jurisdiction": JurisdictionStatus,
    "grade": Grade,
    "sign": SignKind,
    "aws_outcome": AwsOutcome,
    "kube_outcome": KubeOutcome,
    "aws_rights": AwsRights,
    "no_answer": NoAnswer,
    "chain_end": ChainEnd,
    "range_scope": RangeScope,
    "provider_kind": ProviderKind,
    "signature_role": SignatureRole,
    "cause": Cause,
}


@lru_cache(maxsize=1024)
def parameters(template: str) -> frozenset[str]:
    """Return the names of the parameters that a template asks for."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


class Words:
    """One language. Strict: a key or parameter that is missing or too many is an error of the program, raised as such."""

    def __init__(self, language: str, catalogue: dict[str, str]) -> None:
        self.language = language
        self.catalogue = catalogue

    def say(self, key: str, **values: object) -> str:
        """Return the words of a key, its parameters filled in and made safe to show.

        Raises KeyError for an unknown key, ValueError where the parameters are not exactly those of the key.
        """
        template = self.catalogue[key]
        if parameters(template) != values.keys():
            raise ValueError(f"{self.language}: {key!r} takes {sorted(parameters(template))}, not {sorted(values)}")
        return template.format_map({name: display(str(value), MAX_PARAMETER) for name, value in values.items()})

    def has(self, key: str) -> bool:
        """Say whether there are words for a key."""
        return key in self.catalogue

    def of(self, family: str, member: StrEnum | str) -> str:
        """Return the word for a member of a family; text that is no member is shown as it is, made safe."""
        key = f"{family}.{member}"
        return self.catalogue[key] if isinstance(member, StrEnum) or key in self.catalogue else display(str(member))

    def count(self, key: str, number: int) -> str:
        """Return `<key>.one` or `<key>.other` with the parameter `number`."""
        return self.say(f"{key}.one" if number == 1 else f"{key}.other", number=number)

    def country(self, code: str) -> str:
        """Return name and code of a country, such as `Nederland (NL)`; a code that is none is shown as it is."""
        from herkomst.reports.words.countries import COUNTRIES

        names = COUNTRIES.get(code)
        return f"{names[LANGUAGES.index(self.language)]} ({code})" if names else display(code)

    def day(self, day: date) -> str:
        """Return a day in words, such as `23 november 2026`; an instant is taken in UTC."""
        if isinstance(day, datetime):
            day = day.astimezone(UTC).date()
        return f"{day.day} {self.catalogue[f'month.{day.month}']} {day.year}"

    def month(self, day: date) -> str:
        """Return the month of a day in words, such as `november 2026`."""
        return f"{self.catalogue[f'month.{day.month}']} {day.year}"

    def moment(self, at: datetime) -> str:
        """Return an instant in words, to the minute, in UTC."""
        return f"{self.day(at)} {at.astimezone(UTC):%H:%M} UTC"

    def listed(self, items: Iterable[str]) -> str:
        """Return items in one phrase, `a, b and c`."""
        parts = list(items)
        if len(parts) < 2:
            return "".join(parts)
        return self.say("list.last", first=", ".join(parts[:-1]), last=parts[-1])


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: str) -> Words:
    """Return the words of a language; UsageError, with the accepted ones, for a language that is not there."""
    if language not in LANGUAGES:
        raise UsageError(f"There is no language {display(language)!r}.", advice=f"Choose one of: {', '.join(LANGUAGES)}.")
    catalogue: dict[str, str] = import_module(f"herkomst.reports.words.{language}").CATALOGUE
    return Words(language, catalogue)
