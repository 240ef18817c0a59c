"""Claims from the command line: `--claim KEY=V1,V2` and `--claim KEY!=V`, the reader's own requirement of what is checked."""

from __future__ import annotations

from typing import Final

from herkomst.config.declarations.problem import Hint, cut_accepted, nearest
from herkomst.config.declarations.values import MAX_VALUES, Lexicon, Refused, read_value, refuse_together
from herkomst.config.vocabulary import ClaimKind, claim_keys, claim_kind
from herkomst.scanner.errors import UsageError
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Claim, Operator, SaidBy
from herkomst.scanner.names import display

MAX_FLAG: Final = 10_000


def parse_claim_flag(text: str, knowledge: Knowledge) -> Claim:
    """Return the claim that a `--claim` flag states; UsageError says what is wrong, what is accepted and what is nearest.

    The claim is said by `policy`: who types it requires it. `KEY=` without values states that there is none, for the keys where
    that means something (`subprocessors`, `edge.provider`).
    """
    place = f"--claim {display(text)}"
    key, operator, listed = _split(text, place)
    kind = claim_kind(key)
    if kind is None:
        raise _unfit("There is no claim of this name", key, claim_keys(), None, place)
    values = _read_values(kind, operator, listed, Lexicon(knowledge), place)
    return Claim(key=key, operator=operator, values=values, said_by=SaidBy.POLICY, place=place)


def _split(text: str, place: str) -> tuple[str, Operator, str]:
    if len(text) > MAX_FLAG:
        raise UsageError(f"A claim of {len(text)} characters is too long.", advice="Put it in a declaration.", place="--claim")
    key, sign, listed = text.partition("=")
    if not sign:
        raise UsageError("A claim is KEY=VALUE or KEY!=VALUE.", advice="For example: --claim web.country=NL", place=place)
    if key.endswith("!"):
        return key[:-1].strip(), Operator.NOT, listed
    return key.strip(), Operator.IS, listed


def _read_values(kind: ClaimKind, operator: Operator, listed: str, lexicon: Lexicon, place: str) -> tuple[str, ...]:
    texts = [text.strip() for text in listed.split(",")] if listed.strip() else []
    if not texts and not (kind.may_be_empty and operator is Operator.IS):
        raise UsageError("The claim has no value.", advice=f"For example: --claim {kind.key}=...", place=place)
    if len(texts) > MAX_VALUES:
        raise UsageError(f"The claim has more than {MAX_VALUES} values.", advice="Put it in a declaration.", place="--claim")
    values: dict[str, None] = {}
    for text in texts:
        if not text:
            raise UsageError("A value between commas is empty.", advice="Remove the comma.", place=place)
        outcome = read_value(kind, text, lexicon)
        if isinstance(outcome, Refused):
            raise _unfit(outcome.message.rstrip("."), text, outcome.accepted, outcome.hint, place)
        values[outcome.value] = None
    unfit = refuse_together(kind, operator, values)
    if unfit:
        raise UsageError(unfit, place=place)
    return tuple(values)


def _unfit(message: str, value: str, accepted: tuple[str, ...], hint: Hint | None, place: str) -> UsageError:
    like = (hint() if hint else None) or nearest(value, accepted)
    advice = [f"Did you mean {like}?"] if like else []
    if accepted:
        advice.append(f"Accepted: {cut_accepted(like or value, accepted)}.")
    return UsageError(f"{message}: {display(value)}.", advice=" ".join(advice), place=place)
