"""Who receives mail: the MX hosts (RFC 5321 section 5), each with what its name shows, and whether it is a gateway."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, match_names, place, resolve_host
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.signs import MailboxSigns
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Placement, Sign, SignKind


@dataclass(frozen=True, slots=True)
class Exchanger:
    """One MX host with what its name shows."""

    name: str
    evidence: str
    host: HostAnswer
    signs: tuple[tuple[Sign, Signature], ...]

    @property
    def is_gateway(self) -> bool:
        """Whether the catalogue calls what its name shows a gateway."""
        return any(signature.role is SignatureRole.GATEWAY for _, signature in self.signs)


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
        found[name] = Exchanger(
            name, oid, host, match_names(((name, oid), *host.aliases), SignatureRecord.MX, SignKind.MX, outlook)
        )
    return tuple(found.values())


def place_inbound(
    subject: str, exchanger: Exchanger, signs: MailboxSigns, evidence: Evidence, outlook: Outlook
) -> tuple[Placement, ...]:
    """Return the placements of one MX host. It is an edge where it is a gateway, or where another mailbox platform stands behind it."""
    service = tuple(sign for sign, _ in exchanger.signs)
    behind = [
        other
        for other in signs.strong
        if not any(outlook.knowledge.same_party(one.party, other.party, outlook.on) for one in service)
    ]
    is_behind = len(behind) == len(signs.strong) and bool(behind)
    # a gateway is known by its name; that another platform stands behind rests on the records beside it
    is_sure = exchanger.is_gateway or (is_behind and not signs.doubtful.issuperset(behind))
    open_questions = signs.platform_failures + (exchanger.host.failures if exchanger.host.aliases_unknown else ())
    endpoint = Endpoint(
        subject,
        Role.MAIL_INBOUND,
        exchanger.name,
        service,
        edge=is_sure,
        layer_failures=open_questions,
        evidence=(exchanger.evidence,),
        host=exchanger.host,
    )
    return place(endpoint, evidence, outlook)
