"""The MX hosts of a domain (RFC 5321 section 5), each with what its name and its aliases show."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import HostAnswer, match_names, resolve_host
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Sign, SignKind


@dataclass(frozen=True, slots=True)
class Exchanger:
    """One MX host with what its name shows."""

    name: str
    evidence: str
    host: HostAnswer
    signs: tuple[tuple[Sign, Signature], ...]
    is_token: bool
    """Whether it is no host but a verification token, written as an MX under a name that cannot exist (`.invalid`, RFC 6761).

    Its own name decides, never where a resolver says that it leads: an answer that is lost must not turn a host into a token."""

    @property
    def is_gateway(self) -> bool:
        """Whether the catalogue calls what its name shows a gateway."""
        return any(signature.role is SignatureRole.GATEWAY for _, signature in self.signs)

    @property
    def platform_signs(self) -> tuple[Sign, ...]:
        """What of its name shows that it is a mailbox platform's own."""
        return tuple(sign for sign, signature in self.signs if signature.role is SignatureRole.MAILBOX)

    @property
    def may_hold_mailboxes(self) -> bool:
        """Whether it may be a server with mailboxes of its own: neither a gateway, nor a platform's front door."""
        return not self.is_gateway and not self.platform_signs


def find_exchangers(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[Exchanger, ...]:
    """Return the MX hosts of a domain, each once; a null MX (RFC 7505) gives none."""
    answer = evidence.rrset(subject, "MX")
    if answer is None:
        return ()
    content, oid = answer
    found: dict[str, Exchanger] = {}
    for value in content.values:
        name = value.partition(" ")[2]
        if not name or name == "." or name in found:
            continue  # "." alone is a null MX (RFC 7505)
        host = resolve_host(name, evidence)
        own = match_names(((name, oid),), SignatureRecord.MX, SignKind.MX, outlook)
        through = match_names(host.aliases, SignatureRecord.MX, SignKind.MX, outlook)
        is_token = bool(own) and all(signature.role is SignatureRole.VERIFICATION for _, signature in own)
        found[name] = Exchanger(name, oid, host, own if is_token else (*own, *through), is_token)
    return tuple(found.values())
