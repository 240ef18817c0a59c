"""Who sends in the name of a domain: the parties of its SPF policy, known or not, and those whose DKIM keys it publishes."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, match_names, name_seen, place, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.picture import MailPicture
from herkomst.scanner.attribution.mail.signs import selector_targets
from herkomst.scanner.attribution.mail.spf import contract_signs, policy_failures, spf_signs
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Absence, Gap, Sign, SignKind


def attribute_outbound(subject: str, evidence: Evidence, outlook: Outlook) -> MailPicture:
    """Return the senders of a domain as the mail part of a picture; none at all is an absence only where everything was asked."""
    failures = tuple(dict.fromkeys((*policy_failures(subject, evidence), *evidence.selector_failures(subject))))
    gaps = (Gap(subject, Role.MAIL_OUTBOUND, subject, failures),) if failures else ()
    senders = (*_known_senders(subject, evidence, outlook), *_unknown_senders(subject, evidence, outlook))
    placements = tuple(item for endpoint in senders for item in place(endpoint, evidence, outlook))
    absences: tuple[Absence, ...] = ()
    if not placements and not gaps:
        policy = evidence.spf_policy(subject)
        absences = (Absence(subject, Role.MAIL_OUTBOUND, subject, "none", (policy[1],) if policy else ()),)
    terms = evidence.spf_terms(subject)
    hosts = ((term.value, oid) for term, oid in terms if term.mechanism in ("a", "mx", "include") and term.value != subject)
    tokens = contract_signs(subject, evidence, outlook)
    return MailPicture(placements, gaps, absences, tokens, name_seen(subject, hosts, "spf"))


def _known_senders(subject: str, evidence: Evidence, outlook: Outlook) -> Iterable[Endpoint]:
    """Return an endpoint for each provider that the policy or a DKIM selector names."""
    seen: set[str] = set()
    for sign, signature in (*spf_signs(subject, evidence, outlook), *_dkim_senders(subject, evidence, outlook)):
        if signature.provider not in seen:
            seen.add(signature.provider)
            yield Endpoint(subject, Role.MAIL_OUTBOUND, sign.detail, (sign,), evidence=(sign.evidence,))


def _unknown_senders(subject: str, evidence: Evidence, outlook: Outlook) -> Iterable[Endpoint]:
    """Return an endpoint for each include of the organisation's own policy whose name the catalogue does not know: still a party."""
    for term, oid in evidence.spf_terms(subject):
        is_own_policy = all(same_organisation(name, subject) for name in term.path)
        is_stranger = term.mechanism in ("include", "redirect") and not same_organisation(term.value, subject)
        if is_own_policy and is_stranger and outlook.knowledge.match_name(SignatureRecord.SPF, term.value) is None:
            yield Endpoint(subject, Role.MAIL_OUTBOUND, term.value, evidence=(oid,))


def _dkim_senders(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[tuple[Sign, Signature], ...]:
    targets, is_sure = selector_targets(subject, evidence)
    if not is_sure:
        return ()  # any of these may be a wildcard's answer; the failed probe leaves the role a gap
    matches = match_names(targets, SignatureRecord.DKIM, SignKind.DKIM, outlook)
    return tuple(pair for pair in matches if pair[1].role is SignatureRole.SENDER)
