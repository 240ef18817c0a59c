"""Signatures, indexed for look-up: which provider a name or a text names, at label boundaries and never by substring.

A name is walked label by label from the right through a dictionary of suffixes, so a stranger's name ends after one or two look-ups
however many signatures there are. Patterns lie in a bucket under the literal suffix that each of them must have; only the bucket of
the longest suffix that is met is tried, and then those above it. `benchmarks/signatures.py` compares this with a list of patterns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from herkomst.scanner.model.knowledge import Signature, SignatureMatch, SignatureRecord


@dataclass(slots=True)
class _Bucket:
    """The signatures of one suffix; none where it only leads to longer ones. `above` is the next shorter suffix that has any."""

    length: int
    above: _Bucket | None
    patterns: list[tuple[re.Pattern[str], Signature]] = field(default_factory=list)
    bare: Signature | None = None
    goes_on: bool = False
    """Whether a longer suffix ends with this one."""

    @property
    def decides(self) -> bool:
        """Whether the suffix itself has a signature."""
        return bool(self.patterns) or self.bare is not None


class SignatureIndex:
    """Look-ups over signatures. Holds no state that changes."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self._suffixes: dict[SignatureRecord, dict[str, _Bucket]] = {}
        self._wide: dict[SignatureRecord, dict[str, _Bucket]] = {}
        """The buckets of one label; most records have none, and a stranger's name then ends after one look-up."""
        self._prefixes: dict[SignatureRecord, list[tuple[str, Signature]]] = {}
        # shorter suffixes first, so that what lies above is there; the order of the catalogue within one suffix
        for signature in sorted(signatures, key=lambda item: len(item.value)):
            if signature.match is SignatureMatch.PREFIX:
                self._prefixes.setdefault(signature.record, []).append((signature.value.lower(), signature))
                continue
            bucket = _reach(self._suffixes.setdefault(signature.record, {}), signature.value)
            if signature.match is SignatureMatch.REGEX:
                bucket.patterns.append((re.compile(signature.regex), signature))
            elif bucket.bare is None:
                bucket.bare = signature
        for record, table in self._suffixes.items():
            self._wide[record] = {key: bucket for key, bucket in table.items() if "." not in key and bucket.decides}
        for prefixes in self._prefixes.values():
            prefixes.sort(key=lambda item: -len(item[0]))  # the longest comes first, and wins

    def match_name(self, record: SignatureRecord, name: str) -> Signature | None:
        """Return the signature with the longest suffix that matches a canonical name; patterns win over their bare suffix."""
        table = self._suffixes.get(record)
        if table is None:
            return None
        dot = name.rfind(".", 0, name.rfind("."))  # without any dot this finds none either
        bucket = table.get(name[dot + 1 :])  # two labels at once: many signatures share a top-level domain
        if bucket is None:
            wide = self._wide[record]
            if not wide:
                return None
            bucket = wide.get(name[name.rfind(".") + 1 :])
        else:
            while bucket.goes_on and dot > 0:
                dot = name.rfind(".", 0, dot)
                further = table.get(name[dot + 1 :])
                if further is None:
                    break
                bucket = further
        while bucket is not None:
            if bucket.patterns:
                rest = name[: max(len(name) - bucket.length - 1, 0)]
                for pattern, signature in bucket.patterns:
                    if pattern.fullmatch(rest):
                        return signature
            if bucket.bare is not None:
                return bucket.bare
            bucket = bucket.above
        return None

    def match_text(self, record: SignatureRecord, text: str) -> Signature | None:
        """Return the signature whose prefix the text begins with, case folded; the longest wins."""
        lowered = text.lower()
        for prefix, signature in self._prefixes.get(record, ()):
            if lowered.startswith(prefix):
                return signature
        return None


def _reach(table: dict[str, _Bucket], value: str) -> _Bucket:
    """Return the bucket of a suffix, made with those on the way to it, so that no walk from the right misses a step."""
    labels = value.split(".")
    above: _Bucket | None = None
    bucket: _Bucket | None = None
    for depth in range(1, len(labels) + 1):
        suffix = ".".join(labels[-depth:])
        if bucket is not None:
            bucket.goes_on = True
            above = bucket if bucket.decides else bucket.above
        bucket = table.setdefault(suffix, _Bucket(len(suffix), above))
    assert bucket is not None  # noqa: S101 - a suffix has at least one label
    return bucket
