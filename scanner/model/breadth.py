"""What a narrow run leaves out, finer than an observation kind: `KIND/PART`, as listed in `not_asked`.

A question that was not asked for its breadth is known by its name, since nothing else is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.names import WILDCARD_LABEL

DKIM = "dns.rrset/DKIM"
DISCOVERY = "dns.rrset/autodiscover"
WILDCARD = "dns.rrset/wildcard"
INCLUDES = "spf.term/include"
PARTS = frozenset({DKIM, DISCOVERY, WILDCARD, INCLUDES})
"""All parts that can be left out, each with a phrase in both languages."""
_PART_BY_FIRST_LABEL = {WILDCARD_LABEL: WILDCARD, "autodiscover": DISCOVERY, "_autodiscover": DISCOVERY}


def part_of_question(name: str) -> str:
    """Return the part that a question about a name belongs to, empty where it is none that can be left out."""
    part = _PART_BY_FIRST_LABEL.get(name.partition(".")[0], "")
    return part or (DKIM if "._domainkey." in name else "")


def left_out_part(name: str, not_asked: Iterable[str]) -> str:
    """Return the part of a question where the run left that part out, empty where it did not."""
    part = part_of_question(name)
    return part if part in set(not_asked) else ""
