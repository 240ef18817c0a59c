"""What a group of questions is: what is asked at once, and what is asked when answers name more.

A group is data: `first` gives the questions that need no answer, so the collector sends those of all groups before it waits for any.
`follow` is a generator that gives further rounds of questions and looks at their answers when it goes on; it awaits nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from herkomst.collectors.dns.inquiry import Inquiry
from herkomst.scanner.model.target import TargetKind

DOMAIN_ONLY = frozenset({TargetKind.DOMAIN})


class Question(NamedTuple):
    """A name and a type. `with_alias`: note from the same messages also whether the name is an alias (a CNAME for free).

    `sent_as` is the name that is really asked for, where its answer is noted under another one.
    """

    name: str
    rdtype: str
    with_alias: bool = False
    sent_as: str = ""


Questions: TypeAlias = Iterable[Question]
Rounds: TypeAlias = Generator[Questions, None, None]


@dataclass(frozen=True, slots=True)
class Group:
    """Some questions that belong together.

    `kinds` are the target kinds that it is asked for. `narrow` says whether a run with the breadth `core` asks the first questions,
    `left_out` what such a run leaves out (`herkomst.scanner.model.breadth`): `follow` reads `Inquiry.is_narrow` where it asks less.
    """

    name: str
    kinds: frozenset[TargetKind]
    first: Callable[[str], Questions]
    narrow: bool = False
    left_out: frozenset[str] = frozenset()
    follow: Callable[[Inquiry, str], Rounds] | None = None
