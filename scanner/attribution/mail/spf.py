"""What the TXT records of a domain show: the parties of its SPF policy (RFC 7208), and tokens, which prove a contract."""

from __future__ import annotations

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import match_names, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Sign, SignKind

NAMING = ("include", "redirect", "exists", "a", "mx")
"""The mechanisms, and the modifier, whose value is a name."""


def spf_signs(
    subject: str, evidence: Evidence, outlook: Outlook, *, own_policy: bool = False
) -> tuple[tuple[Sign, Signature], ...]:
    """Return a sign for every name in the SPF policy that the catalogue knows.

    All depths count, unless only the organisation's own policy is asked for: what another party's policy includes is that party's.
    """
    names = (
        (term.value, oid)
        for term, oid in evidence.spf_terms(subject)
        if term.mechanism in NAMING and (not own_policy or all(_is_own(name, subject, outlook) for name in term.path))
    )
    return match_names(names, SignatureRecord.SPF, SignKind.SPF_INCLUDE, outlook)


def _is_own(name: str, subject: str, outlook: Outlook) -> bool:
    """Say whether a policy is the organisation's own: under its name, or kept for it by a service that hosts policies."""
    if same_organisation(name, subject):
        return True
    signature = outlook.knowledge.match_name(SignatureRecord.SPF, name)
    return signature is not None and signature.role is SignatureRole.VERIFICATION


def contract_signs(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[Sign, ...]:
    """Return the verification tokens in TXT: each a question, never an answer to where something runs."""
    answer = evidence.rrset(subject, "TXT")
    if answer is None:
        return ()
    content, oid = answer
    found = []
    for value in content.values:
        signature = outlook.knowledge.match_text(SignatureRecord.TXT, value)
        if signature is not None:
            party = outlook.own(outlook.knowledge.provider_party(signature.provider))
            found.append(Sign(SignKind.TXT_TOKEN, party, oid, signature.value))
    return tuple(dict.fromkeys(found))


def policy_failures(subject: str, evidence: Evidence) -> tuple[Failure, ...]:
    """Return the look-ups that could have shown a party of the SPF policy and failed: the policy itself, or an include of it."""
    included = (term.value for term, _ in evidence.spf_terms(subject) if term.mechanism in ("include", "redirect"))
    found = (
        evidence.dns_failure(subject, "TXT", subject),
        *(evidence.known_dns_failure(name, "TXT") for name in included),
        *evidence.policy_failures(subject),
    )
    return tuple(dict.fromkeys(item for item in found if item is not None))
