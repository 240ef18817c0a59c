"""Reading nodes as what the format expects: mappings with known keys, lists, texts, dates. A mistake is named and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from herkomst.config.declarations import document
from herkomst.config.declarations.document import Mapping, Node, Scalar
from herkomst.config.declarations.problem import Place, Problems
from herkomst.config.knowledge.countries import COUNTRY_CODES

MAX_TEXT: Final = 1_000
_KVK: Final = re.compile(r"[0-9]{8}")
_LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with its value; `key` is where the key stands."""

    key: Scalar
    node: Node


class Fields:
    """One mapping of the format, read by key. Unknown, double and missing keys are named when it is opened."""

    def __init__(self, node: Mapping, what: str, known: Sequence[str], required: Sequence[str], problems: Problems) -> None:
        self.place = node.place
        self._entries: dict[str, Entry] = {}
        for key, value in node.entries:
            if key.text not in known:
                problems.error(key.place, f"{what} has no key of this name.", key.text, known)
            elif key.text in self._entries:
                first = self._entries[key.text].key.place
                problems.error(key.place, f"This key stands here a second time; the first is on line {first.line}.", key.text)
            else:
                self._entries[key.text] = Entry(key, value)
        missing = [name for name in required if name not in self._entries]
        if missing:
            problems.error(node.place, f"{what} lacks {' and '.join(missing)}.")

    def get(self, name: str) -> Node | None:
        """Return the value of a key, or None where the mapping lacks it."""
        entry = self._entries.get(name)
        return entry.node if entry else None

    def place_of(self, name: str) -> Place:
        """Return where a key's value stands, or the mapping where it lacks the key."""
        entry = self._entries.get(name)
        return entry.node.place if entry else self.place


def open_mapping(
    node: Node | None, what: str, known: Sequence[str], problems: Problems, required: Sequence[str] = ()
) -> Fields | None:
    """Return a mapping's fields; None, with a problem, where the node is something else; None where it is absent."""
    if node is None:
        return None
    if not isinstance(node, Mapping):
        problems.error(node.place, f"{what} must be a mapping of keys and values.", _shown(node), known)
        return None
    return Fields(node, what, known, required, problems)


def read_list(node: Node | None, what: str, problems: Problems) -> tuple[Node, ...]:
    """Return a list's items; none, with a problem, where the node is no list."""
    if node is None:
        return ()
    if not isinstance(node, document.Sequence):
        problems.error(node.place, f"{what} must be a list.", _shown(node))
        return ()
    return node.items


def read_text(node: Node | None, what: str, problems: Problems) -> str:
    """Return a text on one line; empty, with a problem, where it is none, and empty where it is absent."""
    if node is None:
        return ""
    if not isinstance(node, Scalar):
        problems.error(node.place, f"{what} must be text.")
    elif node.kind == "null":
        problems.error(node.place, f"{what} has no value. Give one, or remove the key.")
    elif node.kind != "str":
        problems.error(node.place, f"{what} must be text: put it in quotes, else programs read another value.", node.text)
    elif not node.text.strip():
        problems.error(node.place, f"{what} is empty. Give a value, or remove the key.")
    elif len(node.text) > MAX_TEXT:
        problems.error(node.place, f"{what} has {len(node.text)} characters; {MAX_TEXT} is the limit.")
    elif _CONTROL.search(node.text):
        problems.error(node.place, f"{what} has control characters or more than one line.", node.text)
    else:
        return node.text.strip()
    return ""


def read_texts(node: Node | None, what: str, problems: Problems) -> tuple[str, ...]:
    """Return a list of texts, without those that are none."""
    texts = (read_text(item, f"An item of {what}", problems) for item in read_list(node, what, problems))
    return tuple(text for text in texts if text)


def read_date(node: Node | None, what: str, problems: Problems) -> date | None:
    """Return a calendar date (ISO 8601, year-month-day); None, with a problem, where it is none."""
    if node is None:
        return None
    text = node.text if isinstance(node, Scalar) and node.kind == "str" else ""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            problems.error(node.place, f"{what} is no day in the calendar.", text)
            return None
    problems.error(node.place, f"{what} must be a date such as 2026-03-01.", _shown(node))
    return None


def read_choice(node: Node | None, what: str, choices: type[E], problems: Problems) -> E | None:
    """Return one of a closed list of words; None, with a problem, where it is none of them."""
    if not isinstance(node, Scalar) or not read_text(node, what, problems):
        if node is not None and not isinstance(node, Scalar):
            problems.error(node.place, f"{what} must be one word.", "", [choice.value for choice in choices])
        return None
    text = node.text
    if text in set(choices):
        return choices(text)
    problems.error(node.place, f"{what} is not one of the accepted words.", text, [choice.value for choice in choices])
    return None


def read_choices(node: Node | None, what: str, choices: type[E], problems: Problems) -> tuple[E, ...]:
    """Return a list of words from a closed list; a word that stands there twice is named."""
    found: dict[E, None] = {}
    for item in read_list(node, what, problems):
        choice = read_choice(item, f"An item of {what}", choices, problems)
        if choice is not None and choice in found:
            problems.error(item.place, f"{what} names this twice.", choice)
        elif choice is not None:
            found[choice] = None
    return tuple(found)


def read_kvk(node: Node | None, problems: Problems) -> str:
    """Return a number of the Dutch trade register: eight digits."""
    text = read_text(node, "kvk", problems)
    if node is not None and text and not _KVK.fullmatch(text):
        problems.error(node.place, "A KvK number has eight digits, in quotes.", text)
        return ""
    return text


def read_lei(node: Node | None, problems: Problems) -> str:
    """Return a legal entity identifier (ISO 17442) whose check digits are right."""
    text = read_text(node, "lei", problems).upper()
    if node is not None and text and not is_lei(text):
        problems.error(
            node.place, "This is no LEI: 18 letters or digits and two check digits (ISO 17442), which must agree.", text
        )
        return ""
    return text


def read_country(node: Node | None, what: str, problems: Problems) -> str:
    """Return an assigned country code in upper case."""
    text = read_text(node, what, problems).upper()
    if node is not None and text and text not in COUNTRY_CODES:
        problems.error(node.place, f"{what} must be a country code of two letters (ISO 3166-1), such as NL.", text)
        return ""
    return text


def is_lei(text: str) -> bool:
    """Say whether a text has the form and check digits of a LEI: letters as 10 to 35, the whole modulo 97 is 1 (ISO 17442)."""
    return bool(_LEI.fullmatch(text)) and int("".join(str(int(char, 36)) for char in text)) % 97 == 1


def name_repeats(items: Iterable[tuple[str, Place]], what: str, problems: Problems) -> None:
    """Name every text that stands more than once in a list."""
    seen: dict[str, Place] = {}
    for text, place in items:
        if text in seen:
            problems.error(place, f"{what} stands here twice; the first is on line {seen[text].line}.", text)
        else:
            seen[text] = place


def _shown(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
