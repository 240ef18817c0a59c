"""Ids as hashes of content, so that two runs over the same answer agree.

Canonical form: JSON with sorted keys, no spaces, UTF-8; SHA-256; the first 32 hexadecimal digits (128 bits).
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from enum import Enum
from functools import cache
from json.encoder import encode_basestring
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
    """Return the canonical JSON text of a record: that of `json.dumps(plain(value), sort_keys=True)`, without spaces.

    Written directly, since every observation of a scan gets its id from it: making plain values first takes four times as long.
    """
    kind: Any = type(value)
    if kind is str:
        return encode_basestring(cast("str", value))
    if kind is tuple or kind is list:
        return f"[{','.join([canonical_json(item) for item in cast('tuple[object, ...]', value)])}]"
    if kind is bool:
        return "true" if value else "false"
    if value is None:
        return "null"
    if kind is int:
        return str(value)
    keys = _encoded_keys(kind)
    if keys is None:
        if isinstance(value, Enum):
            return canonical_json(value.value)
        return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{{{','.join([key + canonical_json(getattr(value, name)) for name, key in keys])}}}"


@cache
def _encoded_keys(kind: type) -> tuple[tuple[str, str], ...] | None:
    """Return the sorted fields of a record type, each with its key as JSON; None for any other type."""
    names = _field_names(kind)
    return None if names is None else tuple((name, f"{encode_basestring(name)}:") for name in sorted(names))


def content_id(*parts: object) -> str:
    """Return the id of the given parts together: 32 hexadecimal digits that depend on nothing else."""
    text = canonical_json(list(parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
