"""How long it takes to find which provider a name names, beside a list of compiled patterns with the same answers.

2,000 name signatures (the catalogue's, and made-up ones up to that number, in the same records), asked about names as a scan meets
them: names under signatures, names of strangers, and look-alikes. Every name is asked once a round and nothing is remembered between.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Sequence

from herkomst.config.knowledge import load_catalogue
from herkomst.scanner.model.knowledge import Signature, SignatureMatch, SignatureRecord, SignatureRole
from herkomst.scanner.signatures import SignatureIndex

SIGNATURES = 2_000
ROUNDS = 7
NAMES = 2_000
"""Names of a round: as many as a chunk of a scan holds at once, so that this measures the look-up and not the memory of the machine."""
LIST_SAMPLE = 400
"""Of these the list is asked about so many: it takes far longer."""
Question = tuple[SignatureRecord, str]
Matcher = Callable[[SignatureRecord, str], Signature | None]


def make_signatures(count: int = SIGNATURES) -> list[Signature]:
    """Return the catalogue's name signatures, and made-up ones where it has fewer than `count`."""
    found = [item for item in load_catalogue().signatures if item.match is not SignatureMatch.PREFIX]
    records = [item.record for item in found]
    for number in range(count - len(found)):
        record = records[number * 7919 % len(records)]
        value = f"mail.provider-{number}.example"
        found.append(Signature(record, SignatureMatch.SUFFIX, value, SignatureRole.VERIFICATION, "made-up"))
    return found[:count]


def make_questions(signatures: Sequence[Signature]) -> list[Question]:
    """Return names under the suffixes, as many of strangers and as many look-alikes, in no order."""
    choose = random.Random(4)  # noqa: S311 - the same names in every run
    questions: list[Question] = []
    for number, item in enumerate(signatures):
        domain = choose.choice(("nl", "com", "be", "eu", "org", "example"))
        if item.match is SignatureMatch.SUFFIX:
            questions.append((item.record, f"host{number % 97}.{item.value}"))
        questions.append((item.record, f"mail{number % 9}.gemeente-{number}.{domain}"))
        questions.append((item.record, f"www.not{item.value}"))
    choose.shuffle(questions)
    return questions[:NAMES]


class PatternList:
    """What is usually done: one pattern a signature, all of them tried, the longest literal suffix wins."""

    def __init__(self, signatures: Sequence[Signature]) -> None:
        self._patterns: dict[SignatureRecord, list[tuple[re.Pattern[str], Signature]]] = {}
        ordered = sorted(signatures, key=lambda item: (-len(item.value), item.match is not SignatureMatch.REGEX))
        for item in ordered:
            left = f"(?:{item.regex})" if item.match is SignatureMatch.REGEX else r"(?:.*\.)?"
            dot = r"\." if item.match is SignatureMatch.REGEX else ""
            pattern = re.compile(left + dot + re.escape(item.value))
            self._patterns.setdefault(item.record, []).append((pattern, item))

    def match_name(self, record: SignatureRecord, name: str) -> Signature | None:
        """Return the signature whose pattern matches the whole name."""
        for pattern, signature in self._patterns.get(record, ()):
            if pattern.fullmatch(name):
                return signature
        return None


def microseconds_a_name(match: Matcher, questions: Sequence[Question]) -> float:
    """Return the time of one round, in microseconds of this process a name."""
    began = time.process_time()
    for record, name in questions:
        match(record, name)
    return (time.process_time() - began) * 1e6 / len(questions)


def measure_signature_us() -> float:
    """Return the microseconds of processor time that one name costs at 2,000 signatures: the best of a few rounds."""
    signatures = make_signatures()
    index, questions = SignatureIndex(signatures), make_questions(signatures)
    return min(microseconds_a_name(index.match_name, questions) for _ in range(ROUNDS))


def main() -> None:
    """Check that both give the same answers, measure them in turns, print a table and one JSON line."""
    signatures = make_signatures()
    questions = make_questions(signatures)
    index, patterns = SignatureIndex(signatures), PatternList(signatures)
    answers = [index.match_name(record, name) for record, name in questions]
    for (record, name), answer in zip(questions, answers, strict=True):
        other = patterns.match_name(record, name)
        if other != answer:
            raise SystemExit(f"The two disagree about {record} {name}: {answer} and {other}.")
    rounds = [
        (microseconds_a_name(index.match_name, questions), microseconds_a_name(patterns.match_name, questions[:LIST_SAMPLE]))
        for _ in range(ROUNDS)
    ]
    ours, theirs = (min(column) for column in zip(*rounds, strict=True))
    named = sum(answer is not None for answer in answers)
    print(f"{len(signatures)} signatures, {len(questions)} names ({named} of a provider), the same answers from both")
    print(f"{'suffixes walked from the right':<40}{ours:>10.2f} us a name")
    print(f"{'a list of compiled patterns':<40}{theirs:>10.2f} us a name")
    figures = {"signature_us": round(ours, 3), "pattern_list_us": round(theirs, 1), "signatures": len(signatures)}
    print(json.dumps({"bench": "signatures", "ratios": {"pattern_list": round(theirs / ours, 1)}, "figures": figures}))


if __name__ == "__main__":
    main()
