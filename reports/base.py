"""The report model: everything a format may show, already worded in one language.

One model stands under every format (docs/decisions/0009-one-report-model.md): a format lays out and never words, counts or judges.
Text from outside was made safe to show when the model was built (`herkomst.scanner.names.display`); markup is the format's to escape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from herkomst.reports.words import Words
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Coverage, Status


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label and what stands beside it, one text a line."""

    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One observation in words. `at` is None where the observation was not kept; `sources` are datasets or addresses to read."""

    id: str
    text: str
    collector: str = ""
    source: str = ""
    at: datetime | None = None
    seen_on: str = ""


@dataclass(frozen=True, slots=True)
class PartView:
    """The outcome for one endpoint."""

    where: str
    role: str
    addresses: tuple[str, ...]
    status: Status
    status_word: str
    reason: str
    observed: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact of the catalogue that a verdict leans on: `source` in words, with its date; `url` is empty where no page was read."""

    text: str
    source: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """One verdict in words. `why` says what was seen and the reason, `deciding` where; `parts` have those that decided first."""

    id: str
    subject: str
    """Empty where the claim speaks of the whole system."""
    role: str
    claim_key: str
    claim: str
    said_by: str
    said: str
    source: str
    status: Status
    status_word: str
    why: tuple[str, ...]
    deciding: tuple[str, ...]
    expected: str
    observed: str
    confidence: str
    coverage: Coverage
    coverage_text: str
    scope: str
    hearing: str
    not_asked: str
    would_change: str
    notes: tuple[str, ...]
    parts: tuple[PartView, ...]
    facts: tuple[FactView, ...]
    strongest: tuple[EvidenceView, ...]
    """The few observations to show where there is no room for all."""
    evidence: tuple[EvidenceView, ...]
    """Of the parts that decided first, and among these what tells most about the claim's property."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer that some endpoints share: `count` of `total`, in these roles; `note` says on which ground."""

    text: str
    count: int
    total: int
    count_text: str
    roles: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Lines that answer one part of a question."""

    label: str
    lines: tuple[AnswerLine, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three answers: location, operator and owner, or jurisdiction. They are never merged."""

    question: str
    groups: tuple[AnswerGroup, ...]


@dataclass(frozen=True, slots=True)
class PlacementView:
    """One endpoint in one role, as a row."""

    subject: str
    role: str
    layer: str
    endpoint: str
    addresses: tuple[str, ...]
    location: str
    provider: str
    network: str
    owner: str
    jurisdictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FailureView:
    """One source that could not be asked."""

    collector: str
    subject: str
    asked: str
    reason: str
    retry: str
    line: str
    detail: str = ""
    """What is missing and what to do, where the source tells; `line` has it too."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many verdicts have one status."""

    status: Status
    word: str
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class SystemView:
    """One system: its verdicts, the three answers, what was seen and what was not. For `inspect`: one subject, without verdicts."""

    name: str
    heading: str
    about: tuple[Labelled, ...]
    coverage: Coverage
    coverage_text: str
    tallies: tuple[Tally, ...]
    verdicts: tuple[VerdictView, ...]
    answers: tuple[Answer, ...]
    placements: tuple[PlacementView, ...]
    missing: tuple[str, ...]
    absent: tuple[str, ...]
    questions: tuple[str, ...]
    certificates: tuple[str, ...] = ()
    """What the names showed as certificates, names of others included: shown, and judged only where a claim lists names."""


@dataclass(frozen=True, slots=True)
class DatasetView:
    """One dataset that the run used, with its age at the start of the run."""

    name: str
    version: str
    as_of: str
    age: str
    rows: int


@dataclass(frozen=True, slots=True)
class Head:
    """Scope and coverage, which come before any outcome."""

    title: str
    about: tuple[Labelled, ...]
    coverage: Coverage
    coverage_text: str
    complete: bool
    complete_text: str
    datasets: tuple[DatasetView, ...]
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class ReportModel:
    """All of one run, worded. `result` is what it was made from, for formats that are read by machines."""

    words: Words
    head: Head
    systems: tuple[SystemView, ...]
    failures: tuple[FailureView, ...]
    known_before: tuple[str, ...]
    """What earlier runs saw of cloud accounts and this one could not look for; it counts for nothing."""
    limits: tuple[str, ...]
    footer: str
    result: RunResult


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a terminal shows text: its width in columns, and whether escape sequences for colour are wanted."""

    width: int = 80
    colour: bool = False


PLAIN = RenderOptions()


class Format(Protocol):
    """One report format. `media_type` is as registered with IANA, `suffix` the usual end of a file name."""

    name: ClassVar[str]
    media_type: ClassVar[str]
    suffix: ClassVar[str]

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return the whole document, text as UTF-8. Shows every verdict; asks nothing of a network or a clock."""
        ...
