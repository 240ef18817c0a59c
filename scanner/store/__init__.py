"""The store: runs, what was seen in them, and the history of every fact.

`Store` is loaded at its first use, since SQLAlchemy behind it takes longer to import than most commands take to run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from herkomst.scanner.store.records import Fact, Visit

if TYPE_CHECKING:
    from herkomst.scanner.store.base import Store

__all__ = ["Fact", "Store", "Visit"]


def __getattr__(name: str) -> object:
    if name == "Store":
        from herkomst.scanner.store.base import Store

        return Store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
