"""Records from JSON values: the strict inverse of `herkomst.scanner.model.identity.plain` for every frozen record.

The decoder of a type is made once from its type hints. A field that is missing takes its default, so that what an older version
stored can be read; a field that is not known is refused, since it was written by a newer version and would be lost.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Hashable
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, NoReturn, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Decoder: TypeAlias = Callable[[Any], Any]
MAX_SHOWN = 60


class CodecError(ValueError):
    """JSON values that are not those of the expected record; `path` says where, as in `Verdict.parts[2].status`."""

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message

    def below(self, step: str) -> CodecError:
        """Return the same error, seen from one step higher: a field name with its dot, or an index in brackets."""
        return CodecError(self.message, step + self.path)


def from_plain(record_type: type[T], data: object) -> T:
    """Return the record that `plain` turned into these JSON values.

    Lists become tuples or frozensets, text becomes enums, dates and instants, as the type hints say. Raises CodecError for values of
    another form, and TypeError for a type that has no JSON form of its own: an observation's content needs its kind
    (`herkomst.scanner.model.observation.decode_content`).
    """
    try:
        decode = _decoder(cast("Hashable", record_type))
        return cast("T", decode(data))
    except CodecError as error:
        raise error.below(record_type.__name__) from error


@cache
def _decoder(hint: Any) -> Decoder:
    if hint is None or hint is type(None):
        return _decode_none
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if origin is tuple:
        return _tuple(get_args(hint))
    if origin is frozenset:
        return _frozenset(get_args(hint)[0])
    if origin is dict:
        return _dict(*get_args(hint))
    if isinstance(hint, type):
        return _of_class(hint)
    raise TypeError(f"no decoder for {hint!r}")


def _of_class(hint: type[Any]) -> Decoder:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if issubclass(hint, Enum):
        return _enum(hint)
    if dataclasses.is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"no decoder for {hint.__name__}")


def _refuse(value: object, expected: str) -> NoReturn:
    shown = ascii(value)
    shown = shown if len(shown) <= MAX_SHOWN else shown[: MAX_SHOWN - 3] + "..."
    raise CodecError(f"{shown} is not {expected}")


def _decode_none(value: Any) -> None:
    if value is not None:
        _refuse(value, "null")


def _decode_bool(value: Any) -> bool:
    return value if value is True or value is False else _refuse(value, "true or false")


def _decode_int(value: Any) -> int:
    return value if type(value) is int else _refuse(value, "a whole number")


def _decode_float(value: Any) -> float:
    return float(value) if type(value) in (int, float) else _refuse(value, "a number")


def _decode_str(value: Any) -> str:
    return value if type(value) is str else _refuse(value, "text")


def _decode_date(value: Any) -> date:
    try:
        return date.fromisoformat(_decode_str(value))
    except ValueError:
        _refuse(value, "a date (YYYY-MM-DD)")


def _decode_datetime(value: Any) -> datetime:
    try:
        return datetime.fromisoformat(_decode_str(value))
    except ValueError:
        _refuse(value, "an instant (ISO 8601)")


_SIMPLE: dict[type[Any], Decoder] = {
    bool: _decode_bool,
    int: _decode_int,
    float: _decode_float,
    str: _decode_str,
    date: _decode_date,
    datetime: _decode_datetime,
}


def _enum(enum_type: type[Enum]) -> Decoder:
    members: dict[Any, Enum] = {member.value: member for member in enum_type}

    def decode(value: Any) -> Enum:
        try:
            return members[value]
        except (KeyError, TypeError):
            _refuse(value, f"one of {', '.join(str(known) for known in members)}")

    return decode


def _decode_items(decode: Decoder, value: Any) -> list[Any]:
    if type(value) is not list:
        _refuse(value, "a list")
    items: list[Any] = []
    try:
        for item in value:
            items.append(decode(item))  # noqa: PERF401 - the count so far says where an error is
    except CodecError as error:
        raise error.below(f"[{len(items)}]") from error
    return items


def _tuple(arguments: tuple[Any, ...]) -> Decoder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        decode_item = _decoder(arguments[0])
        return lambda value: tuple(_decode_items(decode_item, value))
    decoders = tuple(_decoder(argument) for argument in arguments)

    def decode(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or len(value) != len(decoders):
            _refuse(value, f"a list of {len(decoders)}")
        return tuple(_decode_step(decoders[index], item, f"[{index}]") for index, item in enumerate(value))

    return decode


def _frozenset(argument: Any) -> Decoder:
    decode_item = _decoder(argument)
    return lambda value: frozenset(_decode_items(decode_item, value))


def _dict(key: Any, argument: Any) -> Decoder:
    if key is not str:
        raise TypeError(f"no decoder for keys of {key!r}")
    decode_item = _decoder(argument)

    def decode(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            _refuse(value, "an object")
        return {name: _decode_step(decode_item, item, f"[{name!r}]") for name, item in value.items()}

    return decode


def _decode_step(decode: Decoder, value: Any, step: str) -> Any:
    try:
        return decode(value)
    except CodecError as error:
        raise error.below(step) from error


def _union(arguments: tuple[Any, ...]) -> Decoder:
    members = [_decoder(argument) for argument in arguments if argument is not type(None)]
    optional = len(members) < len(arguments)
    first = members[0]

    def decode(value: Any) -> Any:
        if value is None and optional:
            return None
        if len(members) == 1:
            return first(value)
        for member in members:
            try:
                return member(value)
            except CodecError:
                continue
        _refuse(value, "any of the accepted forms")

    return decode


def _record(record_type: type[Any]) -> Decoder:
    fields: dict[str, Decoder] = {}
    decoders: list[tuple[str, Decoder]] = []
    required: list[str] = []

    def prepare() -> None:  # at the first use, so that a record may hold itself
        hints = get_type_hints(record_type)
        for field in dataclasses.fields(record_type):
            fields[field.name] = _decoder(hints[field.name])
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                required.append(field.name)
        decoders.extend(fields.items())

    def decode(value: Any) -> Any:
        if not decoders:
            prepare()
        if type(value) is not dict:
            _refuse(value, f"an object with the fields of {record_type.__name__}")
        values: dict[str, Any] = {}
        for name, item in value.items():
            decode_field = fields.get(name)
            if decode_field is None:
                raise CodecError(f"the field {name!a} is not known")
            try:
                values[name] = decode_field(item)
            except CodecError as error:
                raise error.below(f".{name}") from error
        for name in required:
            if name not in values:
                raise CodecError(f"the field {name} is missing")
        return record_type(**values)

    return decode
