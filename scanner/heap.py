"""How often the interpreter looks for cycles of dead objects while a scan runs (https://docs.python.org/3/library/gc.html).

What a scan makes is freed by its reference count; cycles are rare (a task that failed, an exception with its frames). Looking for them
after every 700 new objects, over catalogue, tables and declarations again and again, was a tenth of a scan's processor time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_OBJECTS = 10_000
"""New objects before the youngest are looked at: a few megabytes, which is also how much dead cycles may hold."""


@contextmanager
def settled_heap() -> Iterator[None]:
    """Leave what is there before a scan out of the search for cycles, and search less often, until the scan has ended.

    May be entered again inside itself or by another thread: at worst the search goes back to its usual pace early.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(max(YOUNG_OBJECTS, usual[0]) if usual[0] else 0, *usual[1:])  # 0: somebody has switched it off
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
