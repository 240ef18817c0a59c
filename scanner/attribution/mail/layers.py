"""The three mail roles of a domain together. A gateway in front of a mailbox platform gives two placements."""

from __future__ import annotations

from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import name_seen
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.exchangers import find_exchangers
from herkomst.scanner.attribution.mail.inbound import place_inbound
from herkomst.scanner.attribution.mail.mailbox import place_mailbox
from herkomst.scanner.attribution.mail.outbound import attribute_outbound
from herkomst.scanner.attribution.mail.picture import MailPicture
from herkomst.scanner.attribution.mail.platforms import find_platforms
from herkomst.scanner.attribution.mail.selectors import read_selectors
from herkomst.scanner.attribution.mail.signs import mailbox_signs
from herkomst.scanner.attribution.mail.spf import read_text_records
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Absence, Gap


def attribute_mail(subject: str, evidence: Evidence, outlook: Outlook) -> MailPicture:
    """Return the three mail roles of a domain."""
    answer, refusal = evidence.rrset(subject, "MX"), evidence.no_answer(subject, "MX")
    selectors, texts = read_selectors(subject, evidence, outlook), read_text_records(subject, evidence, outlook)
    outbound = attribute_outbound(subject, selectors, texts, evidence, outlook)
    if answer is None and refusal is None:
        failure = evidence.dns_failure(subject, "MX", subject)
        failures = (failure,) if failure else ()
        gaps = (Gap(subject, Role.MAIL_INBOUND, subject, failures), Gap(subject, Role.MAIL_MAILBOX, subject, failures))
        return replace(outbound, gaps=(*gaps, *outbound.gaps))
    exchangers = find_exchangers(subject, evidence, outlook)
    if not exchangers:
        outcome, oid = (refusal[0].outcome.value, refusal[1]) if refusal else ("null_mx", answer[1] if answer else "")
        absences = tuple(Absence(subject, role, subject, outcome, (oid,)) for role in (Role.MAIL_INBOUND, Role.MAIL_MAILBOX))
        return replace(outbound, absences=(*absences, *outbound.absences))
    tokens = tuple(sign for item in exchangers if item.is_token for sign, _ in item.signs)
    exchangers = tuple(item for item in exchangers if not item.is_token) or exchangers
    texts = replace(texts, tokens=(*texts.tokens, *tokens))
    signs = mailbox_signs(subject, selectors, texts, evidence, outlook)
    platforms = find_platforms(exchangers, signs, outlook)
    inbound = tuple(item for host in exchangers for item in place_inbound(subject, host, signs, platforms, evidence, outlook))
    mailbox = place_mailbox(subject, exchangers, signs, platforms, evidence, outlook)
    names = (*name_seen(subject, ((item.name, item.evidence) for item in exchangers), "mx"), *signs.names)
    return replace(outbound, placements=(*inbound, *mailbox, *outbound.placements), names=(*names, *outbound.names))
