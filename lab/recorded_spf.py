"""SPF trees rebuilt from a recording that keeps each tree as one text, its policies one after the other.

The recording walked each tree breadth first: the policy of the domain, those of its includes in their order, then those of their
includes. Read that way the known policies of large mail services come out under their own names in all but a few records (the
decision record on the laboratory has the numbers). An include that failed when it was recorded is missing from the text and shifts what follows,
so a name met in several records gets the policy that most of them give it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from herkomst.scanner.errors import InvalidName
from herkomst.scanner.names import canonical_name

_VERSION = re.compile(r"(?i)v=spf1(?=\s|$)")
_REFERENCE = re.compile(r"(?i)(?:[+?~-]?include:|redirect=)(\S+)")


@dataclass(frozen=True, slots=True)
class SpfTree:
    """One domain's tree: its own policy, the policy of each name met, the names without one, and policies without a name."""

    root: str
    policies: tuple[tuple[str, str], ...]
    void: tuple[str, ...]
    unassigned: tuple[str, ...]


def split_policies(text: str) -> tuple[str, ...]:
    """Return the policies in a concatenation, each from its `v=spf1` on."""
    starts = [match.start() for match in _VERSION.finditer(text)]
    return tuple(text[start:end].strip() for start, end in pairwise([*starts, len(text)]))


def referred_names(policy: str) -> Iterator[str]:
    """Give the names that a policy includes or redirects to, in order; names with macros are no names (RFC 7208 section 7)."""
    for match in _REFERENCE.finditer(policy):
        try:
            yield canonical_name(match[1])
        except InvalidName:
            continue


def rebuild_tree(root: str, resolved: str) -> SpfTree:
    """Return the tree of a domain's own record and the concatenation that begins with it; the same text always gives the same tree."""
    following = iter(split_policies(resolved.removeprefix(root)))
    assigned: dict[str, str] = {}
    void: list[str] = []
    waiting = deque([root])
    while waiting:
        for name in referred_names(waiting.popleft()):
            if name in assigned or name in void:
                continue
            policy = next(following, None)
            if policy is None:
                void.append(name)
            else:
                assigned[name] = policy
                waiting.append(policy)
    return SpfTree(root, tuple(assigned.items()), tuple(void), tuple(following))


def agree_on_policies(trees: Iterable[SpfTree]) -> dict[str, str]:
    """Return one policy a name, the one that most trees give it; at a draw the first in the alphabet."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for tree in trees:
        for name, policy in tree.policies:
            votes[name][policy] += 1
    return {name: min(counts, key=lambda policy: (-counts[policy], policy)) for name, counts in votes.items()}
