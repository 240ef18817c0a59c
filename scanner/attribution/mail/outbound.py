"""Who sends in the name of a domain: the parties of its SPF policy, known or not, and those whose DKIM keys it publishes."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, name_seen, place, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.picture import MailPicture
from herkomst.scanner.attribution.mail.selectors import Selectors
from herkomst.scanner.attribution.mail.spf import REFERRING, TextRecords
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Absence, Gap

HOSTS = frozenset({"a", "mx", "include"})
"""Terms whose names are hosts or policies of the organisation itself, where they lie under its name."""


def attribute_outbound(
    subject: str, selectors: Selectors, texts: TextRecords, evidence: Evidence, outlook: Outlook
) -> MailPicture:
    """Return the senders of a domain as the mail part of a picture; none at all is an absence only where everything was asked."""
    failures = tuple(dict.fromkeys((*texts.failures, *selectors.failures)))
    gaps = (Gap(subject, Role.MAIL_OUTBOUND, subject, failures),) if failures else ()
    senders = (*_known_senders(subject, selectors, texts), *_unknown_senders(subject, texts, outlook))
    placements = tuple(item for endpoint in senders for item in place(endpoint, evidence, outlook))
    absences: tuple[Absence, ...] = ()
    if not placements and not gaps:
        policy = evidence.spf_policy(subject)
        absences = (Absence(subject, Role.MAIL_OUTBOUND, subject, "none", (policy[1],) if policy else ()),)
    hosts = ((term.value, oid) for term, oid in texts.names if term.mechanism in HOSTS and term.value != subject)
    return MailPicture(placements, gaps, absences, texts.tokens, name_seen(subject, hosts, "spf"))


def _known_senders(subject: str, selectors: Selectors, texts: TextRecords) -> Iterable[Endpoint]:
    """Return an endpoint for each provider that the policy or a DKIM selector names."""
    # without the probe for a wildcard any selector may be its answer; the failed probe leaves the role a gap
    keys = selectors.of(SignatureRole.SENDER) if selectors.is_sure else ()
    seen: set[str] = set()
    for sign, signature in (*texts.signs, *keys):
        if signature.provider not in seen:
            seen.add(signature.provider)
            yield Endpoint(subject, Role.MAIL_OUTBOUND, sign.detail, (sign,), evidence=(sign.evidence,))


def _unknown_senders(subject: str, texts: TextRecords, outlook: Outlook) -> Iterable[Endpoint]:
    """Return an endpoint for each include of the organisation's own policy whose name the catalogue does not know: still a party."""
    for term, oid in texts.names:
        is_stranger = term.mechanism in REFERRING and not same_organisation(term.value, subject)
        is_own_policy = is_stranger and all(same_organisation(name, subject) for name in term.path)
        if is_own_policy and outlook.knowledge.match_name(SignatureRecord.SPF, term.value) is None:
            yield Endpoint(subject, Role.MAIL_OUTBOUND, term.value, evidence=(oid,))
