"""Ids as hashes of content, so that two runs over the same answer agree.

Canonical form: JSON with sorted keys, no spaces, UTF-8; SHA-256; the first 32 hexadecimal digits (128 bits).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from enum import Enum
from functools import cache
from json.encoder import encode_basestring, encode_basestring_ascii
from operator import attrgetter
from typing import Any, TypeAlias, cast

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

_AS_THEY_ARE = frozenset({str, int, bool, float, type(None)})


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    """Return the fields of a record type, None for any other type: looked up once, since every id of a scan passes here."""
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else None


def plain(value: object) -> Plain:
    """Turn a frozen record into JSON values: tuples and sets become lists, enums their value, dates ISO text."""
    kind: Any = type(value)
    if kind in _AS_THEY_ARE:
        return cast("Plain", value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    names = _field_names(kind)
    if names is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return [plain(item) for item in sorted(cast("frozenset[str]", value))]
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical_json(value: object) -> str:
    """Return the canonical JSON text of a record: that of `json.dumps(plain(value), sort_keys=True)`, without spaces."""
    return _CANONICAL[type(value)](value)


def compact_json(value: object) -> str:
    """Return JSON for the store: ASCII, so that every database can hold it, and without the fields that have their default.

    `herkomst.scanner.model.codec.from_plain` fills them in, so a default, once released, keeps its meaning.
    """
    return _COMPACT[type(value)](value)


def keep_texts(*kinds: type) -> None:
    """Keep the store's JSON of records of these kinds while the same objects are written again and again, as those of known parties are."""
    for kind in kinds:
        _COMPACT[kind] = _keeping(_COMPACT[kind])


MAX_TEXTS = 1024
"""Texts that are kept of one kind."""


def _keeping(write: Callable[[Any], str]) -> Callable[[Any], str]:
    texts: dict[int, tuple[object, str]] = {}

    def look_up(value: Any) -> str:
        known = texts.get(id(value))
        if known is not None:
            return known[1]
        if len(texts) >= MAX_TEXTS:
            texts.clear()
        text = write(value)
        texts[id(value)] = (value, text)  # with the record, so that nothing else gets its id
        return text

    return look_up


class _Writers(dict[type, "Callable[[Any], str]"]):
    """A function for each type, made when the type is first met: every observation and verdict of a scan passes here.

    Making plain values and leaving the rest to `json` takes four to eight times as long.
    """

    def __init__(self, text: Callable[[str], str], *, defaults: bool) -> None:
        super().__init__()
        self._text = text
        self._defaults = defaults
        self[str] = text
        self[int] = str
        self[bool] = lambda value: "true" if value else "false"
        self[type(None)] = lambda _: "null"
        self[tuple] = self[list] = self._write_list

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        writer = self._make(kind)
        self[kind] = writer
        return writer

    def _make(self, kind: type) -> Callable[[Any], str]:
        if issubclass(kind, Enum):
            known: dict[Any, str] = {member: self[type(member.value)](member.value) for member in kind.__members__.values()}
            return lambda value: known[value]
        names = _field_names(cast("Any", kind))
        if names is None:
            return lambda value: json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=not self._defaults)
        if self._defaults:
            return self._full_writer(sorted(names))
        return self._short_writer(kind)

    def _write_list(self, value: tuple[object, ...]) -> str:
        return f"[{','.join([self[type(item)](item) for item in value])}]"

    def _full_writer(self, names: list[str]) -> Callable[[Any], str]:
        keys = [f"{self._text(name)}:" for name in names]
        values = _values_of(names)
        return lambda value: (
            f"{{{','.join([key + self[type(item)](item) for key, item in zip(keys, values(value), strict=True)])}}}"
        )

    def _short_writer(self, kind: type) -> Callable[[Any], str]:
        fields = dataclasses.fields(kind)
        keys = [(f"{self._text(field.name)}:", _default_of(field)) for field in fields]
        values = _values_of([field.name for field in fields])

        def write(value: Any) -> str:
            parts = [
                key + self[type(item)](item)
                for (key, default), item in zip(keys, values(value), strict=True)
                if item is not default and not (item == default and type(item) is type(default))
            ]
            return f"{{{','.join(parts)}}}"

        return write


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def _default_of(field: dataclasses.Field[Any]) -> object:
    """Return the default of a field; an object that equals nothing where it has none."""
    if field.default is not dataclasses.MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not dataclasses.MISSING else object()


_CANONICAL = _Writers(encode_basestring, defaults=True)
_COMPACT = _Writers(encode_basestring_ascii, defaults=False)


def content_id(*parts: object) -> str:
    """Return the id of the given parts together: 32 hexadecimal digits that depend on nothing else."""
    text = f"[{','.join([_CANONICAL[type(part)](part) for part in parts])}]"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
