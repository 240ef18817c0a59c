"""What the sources of this collector are asked about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """An address, or a part of a network that all tables agree on; `text` names it in observations."""

    text: str
    version: int
    first: int
    last: int
