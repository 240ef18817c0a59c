"""A whole SPF policy, its includes and redirects followed (RFC 7208 section 4.6.4), for the parties that it names.

A receiver stops at ten look-ups; who reads for parties wants to see what stands behind the eleventh too. So the limits are counted and
reported, and reading goes on up to bounds of its own. No sender is judged here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from herkomst.collectors.dns.spf_macros import expand
from herkomst.collectors.dns.spf_record import LOOKUP_MECHANISMS, Term, find_spf, parse_spf
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.observation import SpfPolicy, SpfTerm
from herkomst.scanner.names import canonical_name

LOOKUP_LIMIT = 10
VOID_LOOKUP_LIMIT = 2
MAX_LOOKUPS = 40
MAX_DEPTH = 12
MAX_TERMS = 2000
MAX_MX_NAMES = 10
"""A receiver looks up the addresses of ten names at most; more are an error (section 4.6.4)."""
_PROBLEMS = (
    "none",
    "multiple_records",
    "loop",
    "syntax",
    "missing_policy",
    "too_many_mx_names",
    "too_many_lookups",
    "too_many_void_lookups",
)
"""The one that comes first here is reported."""
_RDTYPES = {"include": ("TXT",), "redirect": ("TXT",), "a": ("A", "AAAA"), "mx": ("MX",), "exists": ("A",)}


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A look-up to make: `path` ends in the name to ask; only TXT look-ups lead to further records."""

    path: tuple[str, ...]
    rdtypes: tuple[str, ...]


class SpfWalk:
    """The reading of one policy. What it has seen can be taken at any time, also when it was ended half-way.

    `left_out` counts the terms beyond `MAX_TERMS`, `unread` the policies beyond `MAX_LOOKUPS` and `MAX_DEPTH`; `failed` is the first look-up that got no reply.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.left_out = 0
        self.unread = 0
        self.failed: NoReply | None = None
        self._terms: dict[SpfTerm, None] = {}
        self._lookups = 0
        self._void_lookups = 0
        self._problems: set[str] = set()
        self._level = [_Lookup((root,), ("TXT",))]

    @property
    def terms(self) -> tuple[SpfTerm, ...]:
        """The terms seen, in the order of reading."""
        return tuple(self._terms)

    def questions(self) -> tuple[tuple[str, str], ...]:
        """Return the (name, type) of the next level's look-ups; empty where the reading is done."""
        return tuple(dict.fromkeys((lookup.path[-1], rdtype) for lookup in self._level for rdtype in lookup.rdtypes))

    def read(self, outcome_of: Callable[[str, str], Reply | NoReply]) -> None:
        """Read the answers to `questions`.

        Levels keep the result the same in every run also where a bound cuts it. A look-up counts as void where it got no records at
        all (for `a`: neither A nor AAAA).
        """
        level, self._level = self._level, []
        for lookup in level:
            said = [outcome_of(lookup.path[-1], rdtype) for rdtype in lookup.rdtypes]
            self._level += self._read(lookup, said)

    def policy(self) -> SpfPolicy | None:
        """Return the counts and the first problem; None where a look-up failed or is missing, since the counts would be too low."""
        if self._level or self.failed is not None:
            return None
        problems = set(self._problems)
        if self._lookups > LOOKUP_LIMIT:
            problems.add("too_many_lookups")
        if self._void_lookups > VOID_LOOKUP_LIMIT:
            problems.add("too_many_void_lookups")
        return SpfPolicy(self.root, self._lookups, self._void_lookups, next((item for item in _PROBLEMS if item in problems), ""))

    def _read(self, lookup: _Lookup, replies: list[Reply | NoReply]) -> list[_Lookup]:
        """Take in the replies to one look-up; return the look-ups that its record asks for."""
        if any(isinstance(reply, NoReply) for reply in replies):
            self.failed = self.failed or next(reply for reply in replies if isinstance(reply, NoReply))
            return []
        answers = [reply for reply in replies if isinstance(reply, Reply)]
        if len(lookup.path) > 1 and all(reply.outcome is not Outcome.ANSWER for reply in answers):
            self._void_lookups += 1
        if lookup.rdtypes == ("MX",) and len(answers[0].values) > MAX_MX_NAMES:
            self._problems.add("too_many_mx_names")
        if lookup.rdtypes != ("TXT",):
            return []
        records = find_spf(answers[0].values)
        if not records:
            # an include or redirect that leads to no policy is an error of the whole (sections 5.2 and 6.1)
            self._problems.add("none" if len(lookup.path) == 1 else "missing_policy")
        if len(records) > 1:
            self._problems.add("multiple_records")
        return [step for record in records for step in self._read_record(record, lookup.path)]

    def _read_record(self, text: str, path: tuple[str, ...]) -> list[_Lookup]:
        record = parse_spf(text, path[-1])
        if not record.is_valid:
            self._problems.add("syntax")
        steps = []
        for term in (_expand(term, path[-1], self.root) for term in record.terms):
            self._keep(SpfTerm(self.root, path, term.qualifier, term.mechanism, term.value))
            if term.mechanism in LOOKUP_MECHANISMS:
                self._lookups += 1
                step = self._plan(term, path)
                steps += [step] if step else []
        return steps

    def _keep(self, term: SpfTerm) -> None:
        if term in self._terms:
            return
        if len(self._terms) < MAX_TERMS:
            self._terms[term] = None
        else:
            self.left_out += 1

    def _plan(self, term: Term, path: tuple[str, ...]) -> _Lookup | None:
        rdtypes = _RDTYPES.get(term.mechanism)
        if rdtypes is None or term.has_macro:
            return None  # ptr asks about the sender's address, and a macro stands for something of the sender
        if rdtypes == ("TXT",) and term.value in path:
            self._problems.add("loop")
            return None
        if self._lookups > MAX_LOOKUPS or len(path) >= MAX_DEPTH:
            self.unread += rdtypes == ("TXT",)
            return None
        return _Lookup((*path, term.value), rdtypes)


def _expand(term: Term, domain: str, root: str) -> Term:
    """Return a term with its macros expanded; as it was written where that needs a message, or gives no name."""
    if not term.has_macro:
        return term
    expanded = expand(term.value, domain, root)
    try:
        return replace(term, value=canonical_name(expanded)) if expanded and "%" not in expanded else term
    except InvalidName:
        return term
