"""Mail in layers: who receives it (inbound), where the mailboxes are (mailbox), who sends in the name of the domain (outbound).

A gateway in front of a mailbox platform gives two placements. What names the mailbox platform, strongest first: the MX where it is the
platform's own, a DKIM selector or autodiscover name that leads to it; an SPF include only behind a gateway. A token in TXT proves a
contract, not where mail lands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import (
    Endpoint,
    HostAnswer,
    match_names,
    name_seen,
    place,
    resolve_host,
    same_organisation,
)
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Absence, Gap, NameSeen, Placement, Sign, SignKind
from herkomst.scanner.names import WILDCARD_LABEL

MAILBOX_RECORDS = "_domainkey"


@dataclass(frozen=True, slots=True)
class MailPicture:
    """The mail part of a picture."""

    placements: tuple[Placement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    absences: tuple[Absence, ...] = ()
    contract_signs: tuple[Sign, ...] = ()
    names: tuple[NameSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class _Exchanger:
    """One MX host with what its name shows."""

    name: str
    evidence: str
    host: HostAnswer
    signs: tuple[tuple[Sign, Signature], ...]

    @property
    def is_gateway(self) -> bool:
        return any(signature.role is SignatureRole.GATEWAY for _, signature in self.signs)


@dataclass(frozen=True, slots=True)
class _MailboxSigns:
    """What the records beside the MX show of the mailbox; `failures` could have shown more."""

    strong: tuple[Sign, ...]
    weak: tuple[Sign, ...]
    contract: tuple[Sign, ...]
    autodiscover: HostAnswer | None
    failures: tuple[Failure, ...]


def attribute_mail(subject: str, evidence: Evidence, outlook: Outlook) -> MailPicture:
    """Return the three mail roles of a domain."""
    answer, refusal = evidence.rrset(subject, "MX"), evidence.no_answer(subject, "MX")
    outbound = _attribute_outbound(subject, evidence, outlook)
    if answer is None and refusal is None:
        failure = evidence.dns_failure(subject, "MX", subject)
        failures = (failure,) if failure else ()
        gaps = (Gap(subject, Role.MAIL_INBOUND, subject, failures), Gap(subject, Role.MAIL_MAILBOX, subject, failures))
        return replace(outbound, gaps=(*gaps, *outbound.gaps))
    exchangers = _exchangers(subject, evidence, outlook)
    if not exchangers:
        outcome, oid = (refusal[0].outcome.value, refusal[1]) if refusal else ("null_mx", answer[1] if answer else "")
        absences = tuple(Absence(subject, role, subject, outcome, (oid,)) for role in (Role.MAIL_INBOUND, Role.MAIL_MAILBOX))
        return replace(outbound, absences=(*absences, *outbound.absences))
    signs = _mailbox_signs(subject, evidence, outlook)
    inbound = tuple(item for exchanger in exchangers for item in _inbound(subject, exchanger, signs, evidence, outlook))
    mailbox = _mailbox(subject, exchangers, signs, evidence, outlook)
    names = name_seen(subject, ((item.name, item.evidence) for item in exchangers), "mx")
    return replace(outbound, placements=(*inbound, *mailbox, *outbound.placements), names=(*names, *outbound.names))


# -- inbound --------------------------------------------------------------------------------------------------------


def _exchangers(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[_Exchanger, ...]:
    answer = evidence.rrset(subject, "MX")
    if answer is None:
        return ()
    content, oid = answer
    found: dict[str, _Exchanger] = {}
    for value in content.values:
        name = value.partition(" ")[2]
        if not name or name == "." or name in found:
            continue  # "." alone is a null MX (RFC 7505)
        host = resolve_host(name, evidence)
        names = ((name, oid), *((hop, host.chain_evidence) for hop in host.hops))
        found[name] = _Exchanger(name, oid, host, match_names(names, SignatureRecord.MX, SignKind.MX, outlook))
    return tuple(found.values())


def _inbound(
    subject: str, exchanger: _Exchanger, signs: _MailboxSigns, evidence: Evidence, outlook: Outlook
) -> tuple[Placement, ...]:
    service = tuple(sign for sign, _ in exchanger.signs)
    behind = bool(signs.strong) and not any(
        outlook.knowledge.same_party(one.party, other.party, outlook.on) for one in service for other in signs.strong
    )
    endpoint = Endpoint(
        subject,
        Role.MAIL_INBOUND,
        exchanger.name,
        service,
        edge=exchanger.is_gateway or behind,
        evidence=(exchanger.evidence,),
        host=exchanger.host,
    )
    return place(endpoint, evidence, outlook)


# -- mailbox --------------------------------------------------------------------------------------------------------


def _mailbox_signs(subject: str, evidence: Evidence, outlook: Outlook) -> _MailboxSigns:
    dkim = match_names(_selector_targets(subject, evidence), SignatureRecord.DKIM, SignKind.DKIM, outlook)
    discover_names, host, discover_failures = _autodiscover_names(subject, evidence)
    discover = match_names(discover_names, SignatureRecord.AUTODISCOVER, SignKind.AUTODISCOVER, outlook)
    spf = _spf_signs(subject, evidence, outlook)
    txt_failure = evidence.dns_failure(subject, "TXT", subject)
    failures = [*evidence.dns_failures_under(f"{MAILBOX_RECORDS}.{subject}", "CNAME"), *discover_failures]
    failures.extend([txt_failure] if txt_failure else [])
    return _MailboxSigns(
        strong=tuple(sign for sign, signature in (*dkim, *discover) if signature.role is SignatureRole.MAILBOX),
        weak=tuple(sign for sign, signature in spf if signature.role is SignatureRole.MAILBOX and not signature.set_by_dns_host),
        contract=contract_signs(subject, evidence, outlook),
        autodiscover=host,
        failures=tuple(failures),
    )


def _selector_targets(subject: str, evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return where the DKIM selectors of a domain lead, without what a wildcard answers for every name (RFC 4592)."""
    below = f"{MAILBOX_RECORDS}.{subject}"
    aliases = evidence.aliases_under(below)
    wildcard = {target for name, target, _ in aliases if name == f"{WILDCARD_LABEL}.{below}"}
    return tuple((target, oid) for _, target, oid in aliases if target not in wildcard)


def _autodiscover_names(
    subject: str, evidence: Evidence
) -> tuple[tuple[tuple[str, str], ...], HostAnswer | None, tuple[Failure, ...]]:
    """Return every name that autodiscover leads to, the host that answers (if any), and the failed questions."""
    found: list[tuple[str, str]] = []
    failures: list[Failure] = []
    host = resolve_host(f"autodiscover.{subject}", evidence, subject)
    alias = evidence.rrset(host.name, "CNAME")
    if alias is None and not host.hops:
        failures.extend(host.failures)
    # an alias names a party even where its target has no address
    is_there = (host.outcome is None or alias is not None or bool(host.hops)) and not _is_wildcard(host, subject, evidence)
    if is_there:
        found.extend((hop, host.chain_evidence) for hop in host.hops)
        found.extend((value, oid) for content, oid in ([alias] if alias else []) for value in content.values)
        probe_failed = evidence.known_dns_failure(f"{WILDCARD_LABEL}.{subject}")
        failures.extend([probe_failed] if probe_failed else [])
    service = f"_autodiscover._tcp.{subject}"
    srv = evidence.rrset(service, "SRV")
    if srv is not None:
        targets = ((value.rpartition(" ")[2], srv[1]) for value in srv[0].values)
        found.extend(target for target in targets if target[0] not in ("", "."))
    elif (failure := evidence.dns_failure(service, "SRV", subject)) is not None:
        failures.append(failure)
    return tuple(dict.fromkeys(found)), host if is_there else None, tuple(failures)


def _is_wildcard(host: HostAnswer, subject: str, evidence: Evidence) -> bool:
    """Say whether a name answers just what every unknown name beside it answers."""
    probe = resolve_host(f"{WILDCARD_LABEL}.{subject}", evidence, subject)
    return bool(probe.addresses or probe.hops) and (probe.hops, set(probe.addresses)) == (host.hops, set(host.addresses))


def _mailbox(
    subject: str, exchangers: tuple[_Exchanger, ...], signs: _MailboxSigns, evidence: Evidence, outlook: Outlook
) -> tuple[Placement, ...]:
    """Return one placement for each platform that is shown; else one for the host where the mailboxes may be."""
    platform = [sign for item in exchangers for sign, signature in item.signs if signature.role is SignatureRole.MAILBOX]
    strong = [*platform, *signs.strong]
    behind_gateway = all(item.is_gateway for item in exchangers)
    weak_parties = _distinct(signs.weak, outlook)
    if not strong and behind_gateway and len(weak_parties) == 1:
        strong = list(signs.weak)
    ids = tuple(item.evidence for item in exchangers)
    base = Endpoint(subject, Role.MAIL_MAILBOX, subject, (), signs.contract, False, signs.failures, ids)
    if strong:
        groups = _distinct(strong, outlook)
        return tuple(
            item
            for group in groups
            for item in place(replace(base, name=group[0].detail or subject, service_signs=tuple(group)), evidence, outlook)
        )
    # beside an own server, or with two platforms in one policy, an SPF include says who may send, not where the mailboxes are
    unknown = replace(base, service_signs=signs.weak, names_provider=False)
    hosts = _own_mailbox_hosts(subject, exchangers, signs)
    if not hosts:
        return place(unknown, evidence, outlook)
    return tuple(item for host in hosts for item in place(replace(unknown, name=host.name, host=host), evidence, outlook))


def _own_mailbox_hosts(subject: str, exchangers: Iterable[_Exchanger], signs: _MailboxSigns) -> tuple[HostAnswer, ...]:
    """Return the hosts where mailboxes may be: what autodiscover leads to, else the MX hosts that are no gateway."""
    host = signs.autodiscover
    if host is not None and (host.addresses or host.failures):
        final = host.hops[-1] if host.hops else host.name
        if same_organisation(final, subject) or host.hops:
            return (replace(host, name=final),)
    return tuple(item.host for item in exchangers if not item.is_gateway)


def _distinct(signs: Iterable[Sign], outlook: Outlook) -> list[list[Sign]]:
    """Group signs by party, in the order in which the parties are first named."""
    groups: list[list[Sign]] = []
    for sign in signs:
        for group in groups:
            if outlook.knowledge.same_party(group[0].party, sign.party, outlook.on):
                group.append(sign)
                break
        else:
            groups.append([sign])
    return groups


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


# -- outbound -------------------------------------------------------------------------------------------------------


def _spf_signs(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[tuple[Sign, Signature], ...]:
    names = (
        (term.value, oid)
        for term, oid in evidence.spf_terms(subject)
        if term.mechanism in ("include", "redirect", "exists", "a", "mx")
    )
    return match_names(names, SignatureRecord.SPF, SignKind.SPF_INCLUDE, outlook)


def _attribute_outbound(subject: str, evidence: Evidence, outlook: Outlook) -> MailPicture:
    tokens = contract_signs(subject, evidence, outlook)
    failures = _spf_failures(subject, evidence)
    gaps = (Gap(subject, Role.MAIL_OUTBOUND, subject, failures),) if failures else ()
    terms = evidence.spf_terms(subject)
    placements: list[Placement] = []
    seen: set[str] = set()
    for sign, signature in (*_spf_signs(subject, evidence, outlook), *_dkim_senders(subject, evidence, outlook)):
        if signature.provider in seen:
            continue
        seen.add(signature.provider)
        endpoint = Endpoint(subject, Role.MAIL_OUTBOUND, sign.detail, (sign,), evidence=(sign.evidence,))
        placements.extend(place(endpoint, evidence, outlook))
    for term, oid in terms:
        # an include of the policy itself is a party even where the catalogue does not know its name
        unknown = outlook.knowledge.match_name(SignatureRecord.SPF, term.value) is None
        if (
            term.mechanism in ("include", "redirect")
            and len(term.path) == 1
            and unknown
            and not same_organisation(term.value, subject)
        ):
            placements.extend(place(Endpoint(subject, Role.MAIL_OUTBOUND, term.value, evidence=(oid,)), evidence, outlook))
    absences: tuple[Absence, ...] = ()
    if not placements and not gaps:
        policy = evidence.spf_policy(subject)
        absences = (Absence(subject, Role.MAIL_OUTBOUND, subject, "none", (policy[1],) if policy else ()),)
    hosts = ((term.value, oid) for term, oid in terms if term.mechanism in ("a", "mx", "include") and term.value != subject)
    return MailPicture(tuple(placements), gaps, absences, tokens, name_seen(subject, hosts, "spf"))


def _dkim_senders(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[tuple[Sign, Signature], ...]:
    names = (
        (value, oid)
        for content, oid in evidence.rrsets_under(f"{MAILBOX_RECORDS}.{subject}", "CNAME")
        for value in content.values
    )
    matches = match_names(names, SignatureRecord.DKIM, SignKind.DKIM, outlook)
    return tuple(pair for pair in matches if pair[1].role is SignatureRole.SENDER)


def _spf_failures(subject: str, evidence: Evidence) -> tuple[Failure, ...]:
    """Return the look-ups that could have shown a sender and failed: the policy itself, or an include of it."""
    included = (term.value for term, _ in evidence.spf_terms(subject) if term.mechanism in ("include", "redirect"))
    found = (
        evidence.dns_failure(subject, "TXT", subject),
        *(evidence.spf_failure(name) for name in included),
        *evidence.policy_failures(subject),
        *evidence.dns_failures_under(f"{MAILBOX_RECORDS}.{subject}", "CNAME"),
    )
    return tuple(dict.fromkeys(item for item in found if item is not None))
