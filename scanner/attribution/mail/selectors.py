"""Where the DKIM selectors of a domain lead (RFC 6376 section 3.6.2): to keys of a mailbox platform or of a sender."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import match_names
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Sign, SignKind
from herkomst.scanner.names import WILDCARD_LABEL

SELECTORS = "_domainkey"


@dataclass(frozen=True, slots=True)
class Selectors:
    """The keys that the selectors of one domain lead to, as far as the catalogue knows them.

    `is_sure` is false where the probe for a wildcard failed: any of these may be its answer. `failures` could have shown more.
    """

    matches: tuple[tuple[Sign, Signature], ...]
    is_sure: bool
    failures: tuple[Failure, ...]

    def of(self, role: SignatureRole) -> tuple[tuple[Sign, Signature], ...]:
        """Return the matches of one role."""
        return tuple(pair for pair in self.matches if pair[1].role is role)


def read_selectors(subject: str, evidence: Evidence, outlook: Outlook) -> Selectors:
    """Return where the DKIM selectors of a domain lead, without what a wildcard answers for every name (RFC 4592)."""
    probe = f"{WILDCARD_LABEL}.{SELECTORS}.{subject}"
    aliases = evidence.selector_aliases(subject)
    wildcard = {target for name, target, _ in aliases if name == probe}
    # a target written without its last dot ends in the domain's own name: it still says which tenant's key was meant
    targets = [(target.removesuffix(f".{subject}"), oid) for _, target, oid in aliases if target not in wildcard]
    return Selectors(
        match_names(targets, SignatureRecord.DKIM, SignKind.DKIM, outlook),
        evidence.known_dns_failure(probe, "CNAME") is None,
        evidence.selector_failures(subject),
    )
