"""What the TXT records of a domain show: the parties of its SPF policy (RFC 7208), and tokens, which prove a contract."""

from __future__ import annotations

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import match_names
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord
from herkomst.scanner.model.placement import Sign, SignKind


def spf_signs(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[tuple[Sign, Signature], ...]:
    """Return a sign for every name in the SPF policy, at any depth, that the catalogue knows."""
    names = (
        (term.value, oid)
        for term, oid in evidence.spf_terms(subject)
        if term.mechanism in ("include", "redirect", "exists", "a", "mx")
    )
    return match_names(names, SignatureRecord.SPF, SignKind.SPF_INCLUDE, outlook)


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
