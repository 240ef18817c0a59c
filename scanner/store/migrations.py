"""The layout's version, and the steps from each version to the next. They only go forward.

A new database gets the tables of `herkomst.scanner.store.schema` at once. An older one goes through the steps one by one, in one
transaction: add `STEPS[n]`, a function that turns layout n-1 into n, with the change of the schema, and a test that both ways give the
same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from herkomst.scanner.errors import StoreError
from herkomst.scanner.store.schema import metadata, schema_version
from sqlalchemy import Connection, inspect, select, update

Step: TypeAlias = Callable[[Connection], None]
FIRST = 1


def _to_layout_2(connection: Connection) -> None:
    from herkomst.scanner.store.layout_2 import to_layout_2  # once in the life of an old store

    to_layout_2(connection)


STEPS: Mapping[int, Step] = {2: _to_layout_2}


def stored_version(connection: Connection) -> int | None:
    """Return the version of the layout, None where there are no tables yet."""
    if not inspect(connection).has_table(schema_version.name):
        return None
    version: int = connection.execute(select(schema_version.c.version)).scalar_one()
    return version


def is_current(connection: Connection, place: str, steps: Mapping[int, Step] = STEPS) -> bool:
    """Say whether the layout is the newest; raise StoreError for one that is newer than this program."""
    newest = max(steps, default=FIRST)
    version = stored_version(connection)
    if version is not None and version > newest:
        raise StoreError(
            f"It was written by a newer version of Herkomst (layout {version}; this version knows {newest}).",
            place=place,
            advice="Install that version, or give another store with --store.",
        )
    return version == newest


def migrate(connection: Connection, place: str, steps: Mapping[int, Step] = STEPS) -> None:
    """Bring the layout to the newest version; does nothing where another process has just done it."""
    if is_current(connection, place, steps):
        return
    newest = max(steps, default=FIRST)
    version = stored_version(connection)
    if version is None:
        metadata.create_all(connection)
        connection.execute(schema_version.insert().values(version=newest))
        return
    for number in range(version + 1, newest + 1):
        steps[number](connection)
    connection.execute(update(schema_version).values(version=newest))
