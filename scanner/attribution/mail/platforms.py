"""Which mailbox platforms the signs of a domain name, and whether clearly: by at least two independent signs.

Signs are independent where no single act sets both. The MX at the platform decides alone: mail is delivered there. DKIM selectors lead to
keys that the platform made for a tenant, a step of its own. Autodiscover, an SPF include and a token are what one page of a platform's
set-up asks for, so together they are one act. A gateway is a choice of its own, and holds no mailboxes: somebody else does.

So behind gateways one sign beside the MX makes a platform clear. Beside an MX host that may hold the mailboxes itself, a selector and a
sign of the set-up do; one of both is a hint, and leaves two candidates (docs/decisions/0013).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.mail.exchangers import Exchanger
from herkomst.scanner.attribution.mail.signs import MailboxSigns
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Party, Sign, SignKind


@dataclass(frozen=True, slots=True)
class Platform:
    """One mailbox platform with the signs that name it.

    `in_question` are the failed look-ups that could have shown that it is not the platform: while there are any, nothing can be judged
    of it. Where only hints name it (`is_clear` is false) these are all that could have shown more.
    """

    signs: tuple[Sign, ...]
    is_clear: bool
    in_question: tuple[Failure, ...] = ()

    @property
    def party(self) -> Party:
        """Who offers it."""
        return self.signs[0].party

    @property
    def is_beside_mx(self) -> bool:
        """Whether more than the MX names it."""
        return any(sign.kind is not SignKind.MX for sign in self.signs)


def find_platforms(exchangers: Sequence[Exchanger], signs: MailboxSigns, outlook: Outlook) -> tuple[Platform, ...]:
    """Return the platforms that are named, clear ones and hints, in the order in which they are first named."""
    at_mx = [sign for item in exchangers for sign in item.platform_signs]
    groups = group_by_party((*at_mx, *signs.strong), outlook)
    if not groups:
        return _by_policy(exchangers, signs, outlook)
    is_open = any(item.may_hold_mailboxes for item in exchangers)
    unseen = unseen_aliases(exchangers)
    return tuple(_weigh(group, signs, outlook, unseen, is_open=is_open) for group in groups)


def _weigh(
    group: Sequence[Sign], signs: MailboxSigns, outlook: Outlook, unseen: tuple[Failure, ...], *, is_open: bool
) -> Platform:
    sure = [sign for sign in group if sign not in signs.doubtful]
    if is_open and not _is_clear(group, signs, outlook):
        return Platform(tuple(group), False, (*signs.platform_failures, *unseen, *signs.policy_failures))
    stands = bool(sure) if not is_open else _is_clear(sure, signs, outlook)
    return Platform(tuple(group), True, () if stands else signs.platform_failures)


def _is_clear(group: Sequence[Sign], signs: MailboxSigns, outlook: Outlook) -> bool:
    """Say whether two independent signs name the party of a group beside a host that may hold the mailboxes."""
    kinds = {sign.kind for sign in group}
    if SignKind.MX in kinds:
        return True
    if SignKind.DKIM not in kinds:
        return False
    beside = (
        sign for sign in (*signs.weak, *signs.contract) if outlook.knowledge.same_party(sign.party, group[0].party, outlook.on)
    )
    return SignKind.AUTODISCOVER in kinds or any(beside)


def _by_policy(exchangers: Sequence[Exchanger], signs: MailboxSigns, outlook: Outlook) -> tuple[Platform, ...]:
    """Return the one platform that the SPF policy names behind gateways, where no host of mailboxes is seen either.

    That no other is seen rests on every answer, so every failed look-up leaves it in question.
    """
    parties = group_by_party(signs.weak, outlook)
    if len(parties) != 1 or signs.discovers_other or not all(item.is_gateway for item in exchangers):
        return ()
    in_question = (*signs.platform_failures, *unseen_aliases(exchangers), *signs.policy_failures)
    return (Platform(tuple(parties[0]), True, in_question),)


def unseen_aliases(exchangers: Iterable[Exchanger]) -> tuple[Failure, ...]:
    """Return the failed look-ups of mail hosts whose alias could have named the platform, or a gateway in front of it."""
    return tuple(failure for item in exchangers if item.host.aliases_unknown for failure in item.host.failures)


def group_by_party(signs: Iterable[Sign], outlook: Outlook) -> list[list[Sign]]:
    """Group signs by party, in the order in which the parties are first named."""
    groups: list[list[Sign]] = []
    for sign in signs:
        for group in groups:
            if outlook.knowledge.same_party(group[0].party, sign.party, outlook.on):
                group.append(sign)
                break
        else:
            groups.append([sign])
    return groups
