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
    """What the records beside the MX show of the mailbox.

    `doubtful` are the strong signs that may be a wildcard's answer, since the probe for one failed. `platform_failures` could have
    shown another strong sign, `policy_failures` a weak one.
    """

    strong: tuple[Sign, ...]
    doubtful: frozenset[Sign]
    weak: tuple[Sign, ...]
    contract: tuple[Sign, ...]
    autodiscover: HostAnswer | None
    names: tuple[NameSeen, ...]
    platform_failures: tuple[Failure, ...]
    policy_failures: tuple[Failure, ...]


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
    names = (*name_seen(subject, ((item.name, item.evidence) for item in exchangers), "mx"), *signs.names)
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
        found[name] = _Exchanger(
            name, oid, host, match_names(((name, oid), *host.aliases), SignatureRecord.MX, SignKind.MX, outlook)
        )
    return tuple(found.values())


def _inbound(
    subject: str, exchanger: _Exchanger, signs: _MailboxSigns, evidence: Evidence, outlook: Outlook
) -> tuple[Placement, ...]:
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


# -- mailbox --------------------------------------------------------------------------------------------------------


def _mailbox_signs(subject: str, evidence: Evidence, outlook: Outlook) -> _MailboxSigns:
    targets, selectors_sure = _selector_targets(subject, evidence)
    dkim = _platforms(match_names(targets, SignatureRecord.DKIM, SignKind.DKIM, outlook))
    discovery = _discover(subject, evidence)
    aliased, targeted = (
        _platforms(match_names(names, SignatureRecord.AUTODISCOVER, SignKind.AUTODISCOVER, outlook))
        for names in (discovery.aliases, discovery.targets)
    )
    sure_names = (*(discovery.aliases if discovery.is_sure else ()), *discovery.targets)
    spf = _spf_signs(subject, evidence, outlook)
    return _MailboxSigns(
        strong=tuple(dict.fromkeys((*dkim, *aliased, *targeted))),
        doubtful=frozenset((*(() if selectors_sure else dkim), *(() if discovery.is_sure else aliased))) - set(targeted),
        weak=tuple(sign for sign, signature in spf if signature.role is SignatureRole.MAILBOX and not signature.set_by_dns_host),
        contract=contract_signs(subject, evidence, outlook),
        autodiscover=discovery.host,
        names=name_seen(subject, dict.fromkeys(sure_names), "autodiscover"),
        platform_failures=(*evidence.selector_failures(subject), *discovery.failures),
        policy_failures=_policy_failures(subject, evidence),
    )


def _platforms(matches: Iterable[tuple[Sign, Signature]]) -> tuple[Sign, ...]:
    return tuple(sign for sign, signature in matches if signature.role is SignatureRole.MAILBOX)


def _selector_targets(subject: str, evidence: Evidence) -> tuple[tuple[tuple[str, str], ...], bool]:
    """Return where the DKIM selectors of a domain lead, without what a wildcard answers for every name (RFC 4592).

    The second value is false where the probe for a wildcard failed: any of these may be its answer.
    """
    probe = f"{WILDCARD_LABEL}.{MAILBOX_RECORDS}.{subject}"
    aliases = evidence.selector_aliases(subject)
    wildcard = {target for name, target, _ in aliases if name == probe}
    targets = tuple((target, oid) for _, target, oid in aliases if target not in wildcard)
    return targets, evidence.known_dns_failure(probe, "CNAME") is None


@dataclass(frozen=True, slots=True)
class _Discovery:
    """What autodiscover shows: the names that its host leads to, those in its service record, the host, and the failed questions.

    `is_sure` is false where the probe for a wildcard failed, so that the host and its names may be one's answer.
    """

    aliases: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, str], ...]
    host: HostAnswer | None
    failures: tuple[Failure, ...]
    is_sure: bool


def _discover(subject: str, evidence: Evidence) -> _Discovery:
    host = resolve_host(f"autodiscover.{subject}", evidence, subject)
    alias = evidence.rrset(host.name, "CNAME")
    named = (*host.aliases, *((value, oid) for content, oid in ([alias] if alias else []) for value in content.values))
    # an alias names a party even where its target has no address
    is_there = (host.outcome is None or bool(named)) and not _is_wildcard(host, subject, evidence)
    probe_failure = evidence.known_dns_failure(f"{WILDCARD_LABEL}.{subject}") if is_there else None
    service = f"_autodiscover._tcp.{subject}"
    srv = evidence.rrset(service, "SRV")
    srv_failure = evidence.dns_failure(service, "SRV", subject)
    targets = [(value.rpartition(" ")[2], srv[1]) for value in srv[0].values] if srv else []
    failures = (*(() if named else host.failures), probe_failure, srv_failure)
    return _Discovery(
        tuple(dict.fromkeys(named)) if is_there else (),
        tuple(target for target in targets if target[0] not in ("", ".")),
        host if is_there else None,
        tuple(failure for failure in failures if failure is not None),
        probe_failure is None,
    )


def _is_wildcard(host: HostAnswer, subject: str, evidence: Evidence) -> bool:
    """Say whether a name leads just where every unknown name beside it leads (RFC 4592); an alias is compared without its addresses."""
    probe = resolve_host(f"{WILDCARD_LABEL}.{subject}", evidence, subject)
    led, asked = ([name for name, _ in answer.aliases] for answer in (probe, host))
    if asked or led:
        return led == asked
    return bool(probe.addresses) and set(probe.addresses) == set(host.addresses)


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
    # an alias of a mail host that was not seen could have named the platform, or a gateway in front of it
    unseen = tuple(failure for item in exchangers if item.host.aliases_unknown for failure in item.host.failures)
    platform_failures = (*signs.platform_failures, *unseen)
    failures = (*platform_failures, *signs.policy_failures)
    base = Endpoint(subject, Role.MAIL_MAILBOX, subject, (), signs.contract, name_failures=failures, evidence=ids)
    if strong:
        return tuple(
            item for group in _distinct(strong, outlook) for item in place(_at_platform(base, group, signs), evidence, outlook)
        )
    # beside an own server, or with two platforms in one policy, an SPF include says who may send, not where the mailboxes are
    in_question = platform_failures + (signs.policy_failures if behind_gateway else ())
    unknown = replace(base, service_signs=signs.weak, names_provider=False, role_failures=in_question)
    hosts = _own_mailbox_hosts(subject, exchangers, signs)
    if not hosts:
        return place(unknown, evidence, outlook)
    return tuple(item for host in hosts for item in place(replace(unknown, name=host.name, host=host), evidence, outlook))


def _at_platform(base: Endpoint, group: list[Sign], signs: _MailboxSigns) -> Endpoint:
    """Return the endpoint at a platform; where all that names it may be a wildcard's answer, nothing can be judged of it."""
    in_question = signs.platform_failures if signs.doubtful.issuperset(group) else ()
    name = group[0].detail or base.subject
    return replace(base, name=name, service_signs=tuple(group), role_failures=in_question)


def _own_mailbox_hosts(subject: str, exchangers: Iterable[_Exchanger], signs: _MailboxSigns) -> tuple[HostAnswer, ...]:
    """Return the hosts where mailboxes may be: what autodiscover leads to, else the MX hosts that are no gateway."""
    host = signs.autodiscover
    if host is not None and (host.addresses or host.failures) and (host.aliases or same_organisation(host.name, subject)):
        return (replace(host, name=host.final_name),)
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
    failures = tuple(dict.fromkeys((*_policy_failures(subject, evidence), *evidence.selector_failures(subject))))
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
    for sign, signature in (*_spf_signs(subject, evidence, outlook), *_dkim_senders(subject, evidence, outlook)):
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
    targets, is_sure = _selector_targets(subject, evidence)
    if not is_sure:
        return ()  # any of these may be a wildcard's answer; the failed probe leaves the role a gap
    matches = match_names(targets, SignatureRecord.DKIM, SignKind.DKIM, outlook)
    return tuple(pair for pair in matches if pair[1].role is SignatureRole.SENDER)


def _policy_failures(subject: str, evidence: Evidence) -> tuple[Failure, ...]:
    """Return the look-ups that could have shown a party of the SPF policy and failed: the policy itself, or an include of it."""
    included = (term.value for term, _ in evidence.spf_terms(subject) if term.mechanism in ("include", "redirect"))
    found = (
        evidence.dns_failure(subject, "TXT", subject),
        *(evidence.known_dns_failure(name, "TXT") for name in included),
        *evidence.policy_failures(subject),
    )
    return tuple(dict.fromkeys(item for item in found if item is not None))
