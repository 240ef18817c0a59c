"""Paths into an answer: `Reservations[].Instances[]` goes through two lists. What is missing on the way gives nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from herkomst.collectors.aws.service import Item

Step = tuple[str, bool]
"""A field name, and whether its value is a list to go through."""


@cache
def steps(path: str) -> tuple[Step, ...]:
    """Take a path apart."""
    return tuple((step.removesuffix("[]"), step.endswith("[]")) for step in path.split("."))


def read_values(item: Item, path: str) -> Iterator[Any]:
    """Yield the values that a path leads to, in their order; none where a field is missing or null. An empty path leads nowhere."""
    return _walk(item, steps(path)) if path else iter(())


def _walk(value: Any, rest: tuple[Step, ...]) -> Iterator[Any]:
    if not rest:
        yield value
        return
    (name, is_list), after = rest[0], rest[1:]
    found = value.get(name) if isinstance(value, dict) else None
    if found is None:
        return
    for each in found if is_list and isinstance(found, list) else (found,):
        yield from _walk(each, after)


def read_text(item: Item, path: str) -> str:
    """Return the first value on a path as text; empty where there is none. Of several paths, with `|` between them, the first that has one."""
    return next((text for text in read_texts(item, path.split("|")) if text), "")


def read_field(item: Item, field: str | Callable[[Item], str]) -> str:
    """Return what stands on a path, or what a function makes of the item where an API writes the field in its own way."""
    return field(item) if callable(field) else read_text(item, field)


def read_texts(item: Item, paths: Iterable[str]) -> tuple[str, ...]:
    """Return every value on the paths as text, without empty ones, each once."""
    found = (_text(value) for path in paths for value in read_values(item, path))
    return tuple(dict.fromkeys(text for text in found if text))


def host_of(address: str) -> str:
    """Return the host of a web or mail address, which can hold a password or name a person in its other parts; empty where there is none.

    A name without scheme is its own host, a bucket's address (`s3://`) leads to the bucket, and an ARN stays as it is.
    """
    if address.startswith("arn:"):
        return address
    has_scheme = "//" in address
    try:
        host = urlsplit(address if has_scheme else f"//{address}").hostname or ""
    except ValueError:  # brackets that hold no address
        return ""
    return host if has_scheme or "." in host else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
