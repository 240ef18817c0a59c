"""From the name of an endpoint to its placements: addresses, aliases, signs, layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from herkomst.scanner.attribution.addresses import AddressFacts, Outlook, attribute_address
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.ownership import describe_owner, find_jurisdictions
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ProviderKind, Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.observation import ChainEnd, NoAnswer
from herkomst.scanner.model.placement import Layer, NameSeen, Party, Placement, Sign, SignKind, Via
from herkomst.scanner.names import registrable_domain

T = TypeVar("T")
ADDRESS_TYPES = ("A", "AAAA")
EDGE_ROLES = frozenset({Role.WEB, Role.SAAS, Role.COMPUTE})
"""Roles in front of whose endpoints an edge can stand; a mail gateway is the inbound endpoint itself."""


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What DNS said of a host name: `outcome` is set where it has no address at all (`nxdomain`, `nodata`)."""

    name: str
    addresses: tuple[str, ...]
    hops: tuple[str, ...]
    outcome: str | None
    failures: tuple[Failure, ...]
    evidence: tuple[str, ...]
    chain_evidence: str = ""


def resolve_host(name: str, evidence: Evidence, subject: str = "") -> HostAnswer:
    """Return the addresses of a host and how it was reached. NXDOMAIN for one type holds for the name (RFC 8020)."""
    addresses: list[str] = []
    ids: list[str] = []
    outcomes: set[NoAnswer] = set()
    failures: list[Failure] = []
    for rdtype in ADDRESS_TYPES:
        answer, refusal = evidence.rrset(name, rdtype), evidence.no_answer(name, rdtype)
        if answer is not None:
            addresses.extend(answer[0].values)
            ids.append(answer[1])
        elif refusal is not None:
            outcomes.add(refusal[0].outcome)
            ids.append(refusal[1])
        elif (failure := evidence.dns_failure(name, rdtype, subject)) is not None:
            failures.append(failure)
    chain = evidence.chain(name)
    hops: tuple[str, ...] = ()
    if chain is not None:
        hops = chain[0].hops
        ids.append(chain[1])
        if chain[0].ended is ChainEnd.NXDOMAIN:
            outcomes.add(NoAnswer.NXDOMAIN)
    if NoAnswer.NXDOMAIN in outcomes and not addresses:
        failures = []
    outcome = None
    if not addresses and not failures:
        outcome = NoAnswer.NXDOMAIN.value if NoAnswer.NXDOMAIN in outcomes else NoAnswer.NODATA.value
    return HostAnswer(name, tuple(addresses), hops, outcome, tuple(failures), tuple(ids), chain[1] if chain else "")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint in one role, before its addresses are attributed.

    `edge` is set by the role (a gateway); `name_failures` are look-ups that could have shown a service sign.
    """

    subject: str
    role: Role
    name: str
    service_signs: tuple[Sign, ...] = ()
    contract_signs: tuple[Sign, ...] = ()
    edge: bool = False
    name_failures: tuple[Failure, ...] = ()
    evidence: tuple[str, ...] = ()
    host: HostAnswer | None = field(default=None)
    names_provider: bool = True
    """Whether the service signs name who offers this endpoint; where they only hint, the provider stays unknown."""


def same_organisation(name: str, subject: str) -> bool:
    """Say whether two names lie under one registrable domain."""
    domain = registrable_domain(subject)
    return domain is not None and registrable_domain(name) == domain


def match_names(
    names: Iterable[tuple[str, str]], record: SignatureRecord, kind: SignKind, outlook: Outlook
) -> tuple[tuple[Sign, Signature], ...]:
    """Return a sign for every (name, observation id) that a signature of this record matches."""
    found: list[tuple[Sign, Signature]] = []
    for name, oid in names:
        signature = outlook.knowledge.match_name(record, name)
        if signature is not None:
            party = outlook.own(outlook.knowledge.provider_party(signature.provider))
            found.append((Sign(kind, party, oid, name), signature))
    return tuple(found)


def alias_signs(host: HostAnswer, outlook: Outlook) -> tuple[tuple[Sign, ...], bool]:
    """Return the service signs of a CNAME chain, and whether one of them is an edge."""
    matches = match_names(((hop, host.chain_evidence) for hop in host.hops), SignatureRecord.CNAME, SignKind.CNAME, outlook)
    edge = any(signature.role is SignatureRole.CDN or is_edge_only(sign.party, outlook) for sign, signature in matches)
    return tuple(sign for sign, _ in matches), edge


def is_edge_only(party: Party, outlook: Outlook) -> bool:
    """Say whether the catalogue knows a provider as a CDN and not as a host."""
    provider = outlook.knowledge.provider(party.provider) if party.provider else None
    return provider is not None and ProviderKind.CDN in provider.kinds and ProviderKind.HOSTING not in provider.kinds


def place(endpoint: Endpoint, evidence: Evidence, outlook: Outlook) -> tuple[Placement, ...]:
    """Return the placements of an endpoint: one for each group of addresses of which the same is known.

    An endpoint whose addresses are not known still gives one placement, with the failures that say why.
    """
    host = endpoint.host
    addresses = host.addresses if host else ()
    groups: dict[object, list[AddressFacts]] = {}
    for address in sorted(set(addresses)):
        facts = attribute_address(address, evidence, outlook)
        groups.setdefault(_grouping_key(facts), []).append(facts)
    if not groups:
        return (_placement(endpoint, (), outlook),)
    return tuple(_placement(endpoint, facts, outlook) for facts in groups.values())


def _grouping_key(facts: AddressFacts) -> object:
    signs = frozenset(
        (sign.kind, sign.party, sign.detail if sign.kind is not SignKind.PTR else "") for sign in facts.address_signs
    )
    places = frozenset((item.grade, item.family, item.countries, item.region) for item in facts.location)
    failed = frozenset((failure.kind, failure.scope, failure.reason) for failure in facts.failures)
    return (facts.network, signs, places, facts.edge, facts.anycast, facts.special_use, failed)


def _placement(endpoint: Endpoint, group: Sequence[AddressFacts], outlook: Outlook) -> Placement:
    host_failures = endpoint.host.failures if endpoint.host else ()
    served_by_edge = endpoint.role in EDGE_ROLES
    ranges = tuple(sign for facts in group for sign in facts.service_signs)
    service = _unique((*endpoint.service_signs, *(ranges if served_by_edge else ())))
    # where no edge can stand in front, a CDN's range only says whose network it is
    as_network = () if served_by_edge else tuple(replace(sign, kind=SignKind.RANGE) for sign in ranges)
    address_signs = _unique((*(sign for facts in group for sign in facts.address_signs), *as_network))
    location = tuple(sorted({item for facts in group for item in facts.location}, key=lambda item: (item.grade, item.evidence)))
    edge = endpoint.edge or (served_by_edge and any(facts.edge for facts in group))
    fronted = edge and served_by_edge
    anycast = any(facts.anycast for facts in group)
    provider = service[0].party if service and endpoint.names_provider else None
    network = group[0].network if group else None
    parties = _parties(provider, group, as_network)
    ownership = find_jurisdictions(parties, outlook.knowledge, outlook.on)
    holder = (network.party if network else None) or provider
    owner, parent = describe_owner(holder, outlook.knowledge, outlook.on) if holder else (None, None)
    ids = {oid for facts in group for oid in facts.evidence} | set(endpoint.evidence) | {sign.evidence for sign in service}
    ids |= {sign.evidence for sign in endpoint.contract_signs}
    ids |= set(endpoint.host.evidence) if endpoint.host else set()
    return Placement(
        subject=endpoint.subject,
        role=endpoint.role,
        layer=Layer.EDGE if edge else Layer.ORIGIN,
        endpoint=endpoint.name,
        addresses=tuple(facts.address for facts in group),
        service_signs=service,
        address_signs=address_signs,
        contract_signs=endpoint.contract_signs,
        provider=provider,
        network=network,
        owner=owner,
        ultimate_parent=parent,
        jurisdictions=ownership.jurisdictions,
        tops_known=ownership.tops_known and provider is not None,
        location_evidence=location,
        location=summarise_location(location, fronted=fronted, anycast=anycast),
        fronted=fronted,
        anycast=anycast,
        own_name=same_organisation(endpoint.name, endpoint.subject),
        special_use=next((facts.special_use for facts in group if facts.special_use), None),
        addresses_incomplete=bool(host_failures),
        names_incomplete=bool(endpoint.name_failures) or _names_unknown(endpoint),
        edge_unknown=served_by_edge and (any(facts.edge_unknown for facts in group) or _names_unknown(endpoint)),
        failures=_unique((*host_failures, *endpoint.name_failures, *(item for facts in group for item in facts.failures))),
        evidence=tuple(sorted(ids - {""})),
    )


def _names_unknown(endpoint: Endpoint) -> bool:
    """Neither an address nor an alias is known: the alias that would name an edge may exist."""
    host = endpoint.host
    return host is not None and bool(host.failures) and not host.addresses and not host.hops


def _parties(
    provider: Party | None, group: Sequence[AddressFacts], as_network: tuple[Sign, ...]
) -> tuple[tuple[Via, Party], ...]:
    operator = ((Via.OPERATOR, provider),) if provider else ()
    edges = tuple((Via.PLATFORM, sign.party) for sign in as_network)
    return _unique((*operator, *edges, *(pair for facts in group for pair in facts.parties)))


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def name_seen(subject: str, names: Iterable[tuple[str, str]], origin: str) -> tuple[NameSeen, ...]:
    """Return the names of the subject's own organisation among (name, observation id) pairs."""
    return tuple(NameSeen(subject, name, origin, oid) for name, oid in names if same_organisation(name, subject))
