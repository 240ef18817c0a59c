"""Who receives mail: each MX host in its layer, an edge where it is a gateway or where another mailbox platform stands behind it."""

from __future__ import annotations

from collections.abc import Sequence

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, place
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.exchangers import Exchanger
from herkomst.scanner.attribution.mail.platforms import Platform, unseen_aliases
from herkomst.scanner.attribution.mail.signs import MailboxSigns
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Placement


def place_inbound(
    subject: str,
    exchanger: Exchanger,
    signs: MailboxSigns,
    platforms: Sequence[Platform],
    evidence: Evidence,
    outlook: Outlook,
) -> tuple[Placement, ...]:
    """Return the placements of one MX host; its layer stays open while a failed look-up could have shown a platform behind it."""
    service = tuple(sign for sign, _ in exchanger.signs)
    shown = [platform for platform in platforms if platform.is_clear and platform.is_beside_mx]
    behind = [
        platform
        for platform in shown
        if not any(outlook.knowledge.same_party(sign.party, platform.party, outlook.on) for sign in service)
    ]
    is_behind = len(behind) == len(shown) and any(not platform.in_question for platform in behind)
    # beside a hint, the policy could have held the sign that makes the platform clear
    could_be_clear = signs.policy_failures if any(not platform.is_clear for platform in platforms) else ()
    endpoint = Endpoint(
        subject,
        Role.MAIL_INBOUND,
        exchanger.name,
        service,
        edge=exchanger.is_gateway or is_behind,
        layer_failures=(*signs.platform_failures, *could_be_clear, *unseen_aliases((exchanger,))),
        evidence=(exchanger.evidence,),
        host=exchanger.host,
    )
    return place(endpoint, evidence, outlook)
