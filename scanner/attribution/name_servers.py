"""Who serves the zone of a name: the name servers that the zone names, and those that its parent zone names (RFC 9499, RFC 1034 section 4.2).

Resolvers come to a zone by its parent, so a name server that only the parent names answers for the domain as well; so does an address
that only the parent's glue gives for a name server inside the zone. One that only the zone names is asked too, as soon as a
resolver has read the zone's own set. Each is an endpoint. Where the two sets differ, that is a question and accuses nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, match_names, name_seen, place, resolve_host
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.observation import DnsDelegation, NoAnswer
from herkomst.scanner.model.placement import Gap, NameSeen, Placement, SignKind
from herkomst.scanner.model.verdict import Note, NoteCode
from herkomst.scanner.names import is_within, registrable_domain

_Said = tuple[tuple[DnsDelegation, str], ...]


@dataclass(frozen=True, slots=True)
class NameServers:
    """The name servers of one domain as placements, what of them could not be measured, and what to ask about them."""

    placements: tuple[Placement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    names: tuple[NameSeen, ...] = ()
    notes: tuple[Note, ...] = ()
    notes_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Host:
    """One name server: the observations that name it, the addresses that glue gives for it, and the observations with that glue."""

    name: str
    named_by: tuple[str, ...]
    glue: tuple[str, ...]
    glue_from: tuple[str, ...]


def climb(subject: str) -> tuple[tuple[str, int], ...]:
    """Return the name and the names above it, each with how far above the registrable domain it lies; negative is below."""
    labels = subject.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels))]
    top = names.index(registrable_domain(subject) or subject)
    return tuple((name, index - top) for index, name in enumerate(names))


def find_gap(subject: str, role: Role, name: str, rdtype: str, evidence: Evidence, *, is_above: bool) -> tuple[Gap, ...]:
    """Return the gap that an unanswered question leaves; above the registrable domain only a recorded failure is one."""
    failure = evidence.known_dns_failure(name, rdtype) if is_above else evidence.dns_failure(name, rdtype, subject)
    return (Gap(subject, role, name, (failure,)),) if failure else ()


def attribute_name_servers(subject: str, evidence: Evidence, outlook: Outlook) -> NameServers:
    """Return the name servers of the closest enclosing name that has NS records.

    Above the registrable domain the walk goes on only where the name below exists, as under a platform's zone. Where the question
    for NS failed, what the parent names is shown, and the gap stays.
    """
    for name, above in climb(subject):
        answer, refusal = evidence.rrset(name, "NS"), evidence.no_answer(name, "NS")
        if answer is not None:
            named = tuple((host, answer[1]) for host in answer[0].values)
            failure = evidence.delegation_failure(name, subject)
            gaps = (Gap(subject, Role.DNS, name, (failure,)),) if failure else ()
            return _serve(subject, named, evidence.delegations(name), gaps, evidence, outlook)
        if refusal is None and (gap := find_gap(subject, Role.DNS, name, "NS", evidence, is_above=above > 0)):
            return _serve(subject, (), evidence.delegations(name), gap, evidence, outlook)
        if above >= 0 and (refusal is None or refusal[0].outcome is NoAnswer.NXDOMAIN):
            return NameServers()
    return NameServers()


def _serve(
    subject: str, named: tuple[tuple[str, str], ...], said: _Said, gaps: tuple[Gap, ...], evidence: Evidence, outlook: Outlook
) -> NameServers:
    by_parent = tuple((host, oid) for content, oid in said for host in content.servers)
    pairs = (*named, *by_parent)
    hosts = [_host(host, pairs, said) for host in dict.fromkeys(host for host, _ in pairs)]
    placements = tuple(item for host in hosts for item in _place(subject, host, evidence, outlook))
    notes = _notes(named, said, hosts, evidence) if named else ()
    notes_from = tuple(dict.fromkeys(oid for _, oid in pairs) | dict.fromkeys(oid for _, oid in said)) if notes else ()
    return NameServers(placements, gaps, name_seen(subject, dict(pairs).items(), "ns"), notes, notes_from)


def _host(name: str, pairs: Iterable[tuple[str, str]], said: _Said) -> _Host:
    """Return one name server; only glue inside the delegated zone counts: resolvers need none of any other (RFC 9471 section 2)."""
    glue = {
        address: oid
        for content, oid in said
        for host, _, address in (item.partition(" ") for item in content.glue)
        if host == name and is_within(name, content.name)
    }
    named_by = tuple(dict.fromkeys(oid for host, oid in pairs if host == name))
    return _Host(name, named_by, tuple(sorted(glue)), tuple(dict.fromkeys(glue.values())))


def _place(subject: str, host: _Host, evidence: Evidence, outlook: Outlook) -> tuple[Placement, ...]:
    pairs = [(host.name, oid) for oid in host.named_by]
    signs = tuple(sign for sign, _ in match_names(pairs[:1], SignatureRecord.NS, SignKind.NS, outlook))
    answer = _with_glue(resolve_host(host.name, evidence), host)
    endpoint = Endpoint(subject, Role.DNS, host.name, signs, evidence=(*host.named_by, *host.glue_from), host=answer)
    return place(endpoint, evidence, outlook)


def _with_glue(answer: HostAnswer, host: _Host) -> HostAnswer:
    if not host.glue:
        return answer
    return replace(answer, addresses=tuple(dict.fromkeys((*answer.addresses, *host.glue))), outcome=None)


def _notes(named: tuple[tuple[str, str], ...], said: _Said, hosts: Iterable[_Host], evidence: Evidence) -> tuple[Note, ...]:
    """Return what differs between the zone and its parent; nothing where the parent's server answered for the zone itself."""
    seen = [content for content, _ in said if not content.from_zone]
    if not seen:
        return ()
    zone, own = seen[0].name, [host for host, _ in named]
    at_parent = {host for content in seen for host in content.servers}
    notes = [Note(NoteCode.ONLY_AT_PARENT, (("name", host), ("zone", zone))) for host in sorted(at_parent - set(own))]
    notes += [Note(NoteCode.ONLY_IN_ZONE, (("name", host), ("zone", zone))) for host in own if host not in at_parent]
    for host in hosts:
        answer = resolve_host(host.name, evidence)
        if answer.failures:
            continue  # the address may be one of those that could not be asked for
        other = (address for address in host.glue if address not in answer.addresses)
        notes += [Note(NoteCode.GLUE_DIFFERS, (("name", host.name), ("address", address))) for address in other]
    return tuple(notes)
