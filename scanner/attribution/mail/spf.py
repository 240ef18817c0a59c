"""What the TXT records of a domain show: the parties of its SPF policy (RFC 7208), and tokens, which prove a contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import match_names, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.observation import SpfTerm
from herkomst.scanner.model.placement import Sign, SignKind

NAMING = frozenset({"include", "redirect", "exists", "a", "mx"})
"""The mechanisms, and the modifier, whose value is a name."""
REFERRING = frozenset({"include", "redirect"})
"""Those that lead to another policy."""


@dataclass(frozen=True, slots=True)
class TextRecords:
    """The TXT records of one domain, read once: its SPF policy and its tokens.

    `names` are the terms that name something, at any depth; `signs` those of them that the catalogue knows. `chosen` are the mailbox
    platforms that the organisation's own policy names: what another party's policy includes is that party's, and what a DNS host adds
    by itself proves nothing. `tokens` are questions, never an answer to where something runs. `failures` could have shown more.
    """

    names: tuple[tuple[SpfTerm, str], ...]
    signs: tuple[tuple[Sign, Signature], ...]
    chosen: tuple[Sign, ...]
    tokens: tuple[Sign, ...]
    failures: tuple[Failure, ...]


def read_text_records(subject: str, evidence: Evidence, outlook: Outlook) -> TextRecords:
    """Return what the TXT records of a domain show."""
    names = tuple((term, oid) for term, oid in evidence.spf_terms(subject) if term.mechanism in NAMING)
    signs: list[tuple[Sign, Signature]] = []
    chosen: list[Sign] = []
    for term, oid in names:
        for sign, signature in match_names(((term.value, oid),), SignatureRecord.SPF, SignKind.SPF_INCLUDE, outlook):
            signs.append((sign, signature))
            is_platform = signature.role is SignatureRole.MAILBOX and not signature.set_by_dns_host
            if is_platform and all(_is_own(name, subject, outlook) for name in term.path):
                chosen.append(sign)
    return TextRecords(
        names, tuple(signs), tuple(chosen), _tokens(subject, evidence, outlook), _policy_failures(subject, names, evidence)
    )


def _is_own(name: str, subject: str, outlook: Outlook) -> bool:
    """Say whether a policy is the organisation's own: under its name, or kept for it by a service that hosts policies."""
    if same_organisation(name, subject):
        return True
    signature = outlook.knowledge.match_name(SignatureRecord.SPF, name)
    return signature is not None and signature.role is SignatureRole.VERIFICATION


def _tokens(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[Sign, ...]:
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


def _policy_failures(subject: str, names: Sequence[tuple[SpfTerm, str]], evidence: Evidence) -> tuple[Failure, ...]:
    """Return the look-ups that could have shown a party of the SPF policy and failed: the policy itself, or an include of it."""
    included = (term.value for term, _ in names if term.mechanism in REFERRING)
    found = (
        evidence.dns_failure(subject, "TXT", subject),
        *(evidence.known_dns_failure(name, "TXT") for name in included),
        *evidence.policy_failures(subject),
    )
    return tuple(dict.fromkeys(item for item in found if item is not None))
