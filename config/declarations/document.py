"""From bytes to nodes: YAML 1.2 (JSON-like subset) read in bounded time and memory, each node with its line and column.

The tree is built here from parser events and never by a YAML loader, so nothing is constructed from a tag, `NO` stays Norway, and a
file that is too large, too deep or folds into itself by aliases is refused where the bound is passed. Scalars stay text; what a
plain scalar would be in the core schema (YAML 1.2.2, section 10.3.2) is only asked to refuse unquoted numbers where text is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import yaml
from herkomst.config.declarations.problem import Place, Problems

MAX_BYTES: Final = 10_000_000
MAX_NODES: Final = 250_000
"""About 8,000 systems with three assets and five claims each; more belongs in several files."""
MAX_DEPTH: Final = 24
"""The format itself is nine levels deep."""
START: Final = Place(1, 1)
_PLAIN_NOT_TEXT: Final = re.compile(
    r"(?P<null>~|null|Null|NULL|)|(?P<bool>true|True|TRUE|false|False|FALSE)|(?P<int>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))"
)
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_NOT_PRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""YAML 1.2.2, section 5.1; a byte order mark inside the text is allowed there, and by the parser."""
_EVENT_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as written; `kind` is what YAML takes it for: str, int, float, bool or null."""

    text: str
    kind: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; a key may stand there twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place


Node: TypeAlias = "Scalar | Sequence | Mapping"


class _Mark(Protocol):
    """A place as PyYAML gives it, from its own parser or from libyaml; both count from 0."""

    line: int
    column: int


class Unreadable(Exception):
    """The file cannot be read any further; caught in this module, where it becomes a problem."""

    def __init__(self, place: Place, message: str, value: str = "") -> None:
        super().__init__(message)
        self.place, self.message, self.value = place, message, value


@dataclass(slots=True)
class _Open:
    """A collection whose end was not met yet. `key` is the mapping's key that waits for its value."""

    event: yaml.events.CollectionStartEvent
    place: Place
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    key: Scalar | None = None

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.event, yaml.MappingStartEvent)

    def add(self, node: Node) -> None:
        if not self.is_mapping:
            self.items.append(node)
        elif self.key is not None:
            self.entries.append((self.key, node))
            self.key = None
        elif isinstance(node, Scalar):
            self.key = node
        else:
            raise Unreadable(node.place, "A key must be a single word; here a list or mapping is used as one.")

    def close(self) -> Node:
        return Mapping(tuple(self.entries), self.place) if self.is_mapping else Sequence(tuple(self.items), self.place)


def read_document(path: Path, problems: Problems) -> Node | None:
    """Return the file's one document as nodes; None where it cannot be read, with the reason in `problems`."""
    try:
        return _build(_decode(_read_bytes(path)))
    except Unreadable as error:
        problems.error(error.place, error.message, error.value)
    except OSError as error:
        problems.error(START, f"The file cannot be read: {error.strerror or error}.")
    return None


def _read_bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise Unreadable(START, "This is no regular file.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Unreadable(START, f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split the declaration over several files.")
    return data


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable(START, "The file is UTF-16. Save it as UTF-8.")
    binary = _BINARY.search(data)
    if binary:
        raise Unreadable(
            _place_of_byte(data, binary.start()), "This is a binary file, or has control characters. A declaration is text."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _place_of_byte(data, error.start)
        raise Unreadable(place, "The file is not UTF-8 here. Save it as UTF-8.", f"byte 0x{data[error.start]:02x}") from error
    refused = _NOT_PRINTABLE.search(text)
    if refused:
        before = text[: refused.start()]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise Unreadable(place, "YAML does not allow this character.", f"U+{ord(refused.group()):04X}")
    return text


def _place_of_byte(data: bytes, offset: int) -> Place:
    line_start = data.rfind(b"\n", 0, offset) + 1
    return Place(data.count(b"\n", 0, offset) + 1, len(data[line_start:offset].decode("utf-8", "replace")) + 1)


def _place(mark: _Mark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else START


def _events(text: str) -> Iterator[yaml.events.Event]:
    try:
        yield from yaml.parse(text, Loader=_EVENT_LOADER)
    except yaml.MarkedYAMLError as error:
        what = " ".join(part for part in (error.context, error.problem) if part)
        raise Unreadable(_place(error.problem_mark or error.context_mark), f"This is no valid YAML: {what}.") from error
    except yaml.YAMLError as error:
        raise Unreadable(START, f"This is no valid YAML: {error}.") from error


def _build(text: str) -> Node:
    root: Node | None = None
    stack: list[_Open] = []
    nodes = documents = 0
    for event in _events(text):
        place = _place(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Unreadable(place, "A second document begins here. A declaration is one document: remove the line '---'.")
        elif isinstance(event, yaml.NodeEvent):
            nodes += 1
            _check_node(event, place, nodes, len(stack))
            if isinstance(event, yaml.CollectionStartEvent):
                stack.append(_Open(event, place))
            elif isinstance(event, yaml.ScalarEvent):
                root = _attach(_scalar(event, place), stack)
        elif isinstance(event, yaml.CollectionEndEvent):
            root = _attach(stack.pop().close(), stack)
    if root is None or (isinstance(root, Scalar) and root.kind == "null"):
        raise Unreadable(START, "The file is empty. A declaration begins with 'herkomst: 1'.")
    return root


def _check_node(event: yaml.events.NodeEvent, place: Place, nodes: int, depth: int) -> None:
    if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
        raise Unreadable(place, "Anchors and aliases are not used in a declaration. Write the value out.", event.anchor or "")
    if getattr(event, "tag", None) is not None and not _implicit(event):
        raise Unreadable(place, "Tags are not used in a declaration. Remove it.", str(getattr(event, "tag", "")))
    if nodes > MAX_NODES:
        raise Unreadable(place, f"The file has more than {MAX_NODES} values. Split the declaration over several files.")
    if isinstance(event, yaml.CollectionStartEvent) and depth >= MAX_DEPTH:
        raise Unreadable(place, f"The file is nested more than {MAX_DEPTH} levels deep.")


def _implicit(event: yaml.events.NodeEvent) -> bool:
    implicit = getattr(event, "implicit", True)
    return any(implicit) if isinstance(implicit, tuple) else bool(implicit)


def _attach(node: Node, stack: list[_Open]) -> Node:
    if stack:
        stack[-1].add(node)
    return node


def _scalar(event: yaml.events.ScalarEvent, place: Place) -> Scalar:
    kind = "str"
    if not event.style:
        match = _PLAIN_NOT_TEXT.fullmatch(event.value)
        kind = str(match.lastgroup) if match else "str"
    return Scalar(event.value, kind, place)
