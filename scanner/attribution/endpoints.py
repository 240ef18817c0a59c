"""From the name of an endpoint to its placements: addresses, aliases, signs, layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from herkomst.scanner.attribution.addresses import AddressFacts, Outlook, attribute_address, is_pure_edge
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.ownership import describe_owner, find_jurisdictions
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.location import LocationEvidence
from herkomst.scanner.model.observation import ChainEnd, NoAnswer
from herkomst.scanner.model.placement import Layer, NameSeen, OwnerFact, Party, Placement, Sign, SignKind, Via
from herkomst.scanner.names import registrable_domain

T = TypeVar("T")
ADDRESS_TYPES = ("A", "AAAA")
EDGE_ROLES = frozenset({Role.WEB, Role.SAAS, Role.COMPUTE})
"""Roles in front of whose endpoints an edge can stand; a mail gateway is the inbound endpoint itself."""


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What DNS said of a host name: `outcome` is set where it has no address at all (`nxdomain`, `nodata`).

    `aliases` are the names it leads through, in order, each with the observation's id.
    """

    name: str
    addresses: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    outcome: str | None = None
    failures: tuple[Failure, ...] = ()
    evidence: tuple[str, ...] = ()

    @property
    def final_name(self) -> str:
        """The name that the aliases end in; its own name where there are none."""
        return self.aliases[-1][0] if self.aliases else self.name

    @property
    def aliases_unknown(self) -> bool:
        """Whether a look-up failed and nothing is known of where the name leads."""
        return bool(self.failures) and not self.addresses and not self.aliases


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
    chains = evidence.chains(name)
    ids.extend(oid for _, oid in chains)
    if any(chain.ended is ChainEnd.NXDOMAIN for chain, _ in chains):
        outcomes.add(NoAnswer.NXDOMAIN)
    if NoAnswer.NXDOMAIN in outcomes and not addresses:
        failures = []
    outcome = None
    if not addresses and not failures:
        outcome = NoAnswer.NXDOMAIN.value if NoAnswer.NXDOMAIN in outcomes else NoAnswer.NODATA.value
    aliases = {hop: oid for chain, oid in chains for hop in chain.hops}
    return HostAnswer(name, tuple(addresses), tuple(aliases.items()), outcome, tuple(failures), tuple(ids))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint in one role, before its addresses are attributed.

    `edge` is set by the role (a gateway). The failures are look-ups that could have shown more: `name_failures` a service sign,
    `layer_failures` whether this is an edge, `role_failures` that another endpoint serves the role.
    """

    subject: str
    role: Role
    name: str
    service_signs: tuple[Sign, ...] = ()
    contract_signs: tuple[Sign, ...] = ()
    edge: bool = False
    name_failures: tuple[Failure, ...] = ()
    layer_failures: tuple[Failure, ...] = ()
    role_failures: tuple[Failure, ...] = ()
    evidence: tuple[str, ...] = ()
    host: HostAnswer | None = None
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
    matches = match_names(host.aliases, SignatureRecord.CNAME, SignKind.CNAME, outlook)
    edge = any(signature.role is SignatureRole.CDN or is_pure_edge(sign.party, outlook) for sign, signature in matches)
    return tuple(sign for sign, _ in matches), edge


def place(endpoint: Endpoint, evidence: Evidence, outlook: Outlook) -> tuple[Placement, ...]:
    """Return the placements of an endpoint: one for each group of addresses of which the same is known.

    An endpoint whose addresses are not known still gives one placement, with the failures that say why.
    """
    host = endpoint.host
    addresses = host.addresses if host else ()
    if len(addresses) < 2:
        return (_placement(endpoint, tuple(attribute_address(address, evidence, outlook) for address in addresses), outlook),)
    groups: dict[object, list[AddressFacts]] = {}
    for address in sorted(set(addresses)):
        facts = attribute_address(address, evidence, outlook)
        groups.setdefault(_grouping_key(facts), []).append(facts)
    return tuple(_placement(endpoint, facts, outlook) for facts in groups.values())


def _grouping_key(facts: AddressFacts) -> object:
    signs = frozenset(
        (sign.kind, sign.party, sign.detail if sign.kind is not SignKind.PTR else "")
        for sign in (*facts.service_signs, *facts.address_signs)
    )
    places = frozenset((item.grade, item.family, item.countries, item.region) for item in facts.location)
    failed = frozenset((failure.kind, failure.scope, failure.reason) for failure in facts.failures)
    return (facts.network, signs, places, facts.edge, facts.anycast, facts.is_shared, facts.special_use, failed)


def _placement(endpoint: Endpoint, group: Sequence[AddressFacts], outlook: Outlook) -> Placement:
    host = endpoint.host or HostAnswer(endpoint.name)
    can_be_fronted = endpoint.role in EDGE_ROLES
    service, address_signs, as_network = _signs(endpoint, group)
    location = _location(group)
    edge = endpoint.edge or (can_be_fronted and any(facts.edge for facts in group))
    fronted = edge and can_be_fronted
    anycast = any(facts.anycast for facts in group)
    provider = service[0].party if service and endpoint.names_provider else None
    network = group[0].network if group else None
    ownership = find_jurisdictions(_parties(provider, group, as_network), outlook.knowledge, outlook.on)
    owner, parent = _owner((network.party if network else None) or provider, outlook)
    unknown_edges = tuple(item for facts in group for item in facts.edge_failures) if can_be_fronted else ()
    unknown_layer = (*endpoint.layer_failures, *(host.failures if can_be_fronted else ()), *unknown_edges)
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
        tops_known=ownership.tops_known and provider is not None and all(facts.parties for facts in group),
        location_evidence=location,
        location=summarise_location(location, fronted=fronted, anycast=anycast),
        fronted=fronted,
        anycast=anycast,
        own_name=same_organisation(endpoint.name, endpoint.subject),
        special_use=next((facts.special_use for facts in group if facts.special_use), None),
        addresses_incomplete=bool(host.failures),
        names_incomplete=bool(endpoint.name_failures) or host.aliases_unknown,
        edge_unknown=bool(unknown_edges) or any(facts.anycast_failures for facts in group),
        layer_failures=() if edge else _unique(unknown_layer),
        role_failures=endpoint.role_failures,
        failures=_unique((*host.failures, *endpoint.name_failures, *(item for facts in group for item in facts.failures))),
        evidence=_evidence_ids(endpoint, group, service),
        aliases=tuple(dict.fromkeys(name for name, _ in host.aliases)),
        is_shared=any(facts.is_shared for facts in group),
    )


def _location(group: Sequence[AddressFacts]) -> tuple[LocationEvidence, ...]:
    items = _unique(item for facts in group for item in facts.location)
    # one reverse name can hold two codes: without the countries, their order would be that of a hash
    return tuple(sorted(items, key=lambda item: (item.grade, item.evidence, item.countries)))


def _owner(party: Party | None, outlook: Outlook) -> tuple[OwnerFact | None, OwnerFact | None]:
    return describe_owner(party, outlook.knowledge, outlook.on) if party else (None, None)


def _signs(endpoint: Endpoint, group: Sequence[AddressFacts]) -> tuple[tuple[Sign, ...], tuple[Sign, ...], tuple[Sign, ...]]:
    """Return the service signs, the address signs, and those of the latter that are a CDN's range where no edge can stand."""
    ranges = tuple(sign for facts in group for sign in facts.service_signs)
    can_be_fronted = endpoint.role in EDGE_ROLES
    as_network = () if can_be_fronted else tuple(replace(sign, kind=SignKind.RANGE) for sign in ranges)
    service = _unique((*endpoint.service_signs, *(ranges if can_be_fronted else ())))
    return service, _unique((*(sign for facts in group for sign in facts.address_signs), *as_network)), as_network


def _evidence_ids(endpoint: Endpoint, group: Sequence[AddressFacts], service: tuple[Sign, ...]) -> tuple[str, ...]:
    ids = {oid for facts in group for oid in facts.evidence} | set(endpoint.evidence)
    ids |= {sign.evidence for sign in (*service, *endpoint.contract_signs)}
    ids |= set(endpoint.host.evidence) if endpoint.host else set()
    return tuple(sorted(ids - {""}))


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
