"""What is known of one address: the signs that name its network, its place, and whether it is an edge or anycast."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from herkomst.scanner.attribution.aws.ranges import is_shared_range
from herkomst.scanner.attribution.evidence import Evidence, reverse_name
from herkomst.scanner.attribution.location import (
    collect_location_evidence,
    discs_do_not_meet,
    most_specific_ranges,
)
from herkomst.scanner.knowledge import Knowledge, fold_name
from herkomst.scanner.model.claim import Organisation
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ProviderKind, SignatureRecord
from herkomst.scanner.model.location import Family, Grade, LocationEvidence
from herkomst.scanner.model.observation import (
    IpOrigin,
    IpRange,
    IpRegistration,
    IpSpecialUse,
    RangeScope,
    RdapNetwork,
)
from herkomst.scanner.model.placement import Network, Party, Sign, SignKind, Via

EDGE_KINDS = ("ip.range", "ip.origin")
"""Sources that show an edge."""
ANYCAST_KINDS = ("ip.range", "rtt.bound")
"""Sources that show anycast, besides the catalogue: a global entry of a feed, discs that do not meet."""


NOBODY = Organisation("")
"""Who declares where only names were given: no party is this organisation."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What attribution looks with: the knowledge, the declaring organisation, and the day of the observations."""

    knowledge: Knowledge
    organisation: Organisation
    on: date

    def own(self, party: Party) -> Party:
        """Mark a party that is shown to be the declaring organisation: by AS number, LEI, KvK number or whole name."""
        organisation = self.organisation
        if organisation == NOBODY:
            return party
        entity = self.knowledge.entity(party.entity) if party.entity else None
        names = {fold_name(name) for name in (organisation.name, *organisation.names) if name}
        is_own = (
            (party.asn is not None and party.asn in organisation.asns)
            or (entity is not None and bool(organisation.lei) and entity.lei == organisation.lei)
            or (entity is not None and bool(organisation.kvk) and entity.kvk == organisation.kvk)
            or fold_name(party.name) in names
        )
        return replace(party, own=True) if is_own else party


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """All facts of one address that attribution needs, whatever the role of the endpoint."""

    address: str
    service_signs: tuple[Sign, ...]
    address_signs: tuple[Sign, ...]
    network: Network | None
    parties: tuple[tuple[Via, Party], ...]
    location: tuple[LocationEvidence, ...]
    edge: bool
    anycast: bool
    is_shared: bool
    """The published ranges give it to a service of AWS that many customers share."""
    special_use: str | None
    edge_failures: tuple[Failure, ...]
    """Sources that failed and could have shown an edge."""
    anycast_failures: tuple[Failure, ...]
    """Sources that failed and could have shown anycast."""
    failures: tuple[Failure, ...]
    evidence: tuple[str, ...]


def attribute_address(address: str, evidence: Evidence, outlook: Outlook) -> AddressFacts:
    """Return the facts of one address; where nothing was collected, they are empty and carry the failure."""
    key = (attribute_address, outlook.organisation, outlook.on, evidence.identity_of_address(address))
    # a website and its www name have one address, and a mail or name server that of thousands of domains
    return cast("AddressFacts", outlook.knowledge.remember(key, lambda: _attribute_address(address, evidence, outlook)))


def _attribute_address(address: str, evidence: Evidence, outlook: Outlook) -> AddressFacts:
    special = evidence.about(address, IpSpecialUse)
    ranges = most_specific_ranges(evidence.about(address, IpRange))
    origins = evidence.about(address, IpOrigin)
    failures = evidence.address_failures(address)
    service, platform = _range_signs(ranges, outlook)
    asn_signs = _origin_signs(origins, outlook)
    rdap_signs = _rdap_signs(address, evidence, outlook)
    address_signs = (*platform, *asn_signs, *rdap_signs, *_ptr_signs(address, evidence, outlook))
    edge = bool(service) or any(is_pure_edge(sign.party, outlook) for sign in asn_signs)
    if edge and not service:
        service = tuple(replace(sign, kind=SignKind.CDN_RANGE) for sign in asn_signs if is_pure_edge(sign.party, outlook))
    location = collect_location_evidence(address, evidence, outlook.knowledge, _site_evidence(asn_signs, outlook))
    known_anycast = outlook.knowledge.anycast(address) is not None
    anycast = known_anycast or any(entry.scope is not RangeScope.REGIONAL for entry, _ in ranges) or discs_do_not_meet(location)
    return AddressFacts(
        address=address,
        service_signs=service,
        address_signs=address_signs,
        network=_network(address, ranges, origins, evidence, asn_signs, rdap_signs),
        parties=_parties(address, evidence, platform, asn_signs, rdap_signs),
        location=location,
        edge=edge,
        anycast=anycast,
        is_shared=any(is_shared_range(entry) for entry, _ in ranges),
        special_use=special[0][0].use if special else None,
        edge_failures=tuple(failure for failure in failures if failure.kind in EDGE_KINDS),
        anycast_failures=tuple(failure for failure in failures if failure.kind in ANYCAST_KINDS),
        failures=failures,
        evidence=_evidence_ids((*service, *address_signs), location, special),
    )


def _evidence_ids(
    signs: tuple[Sign, ...], location: tuple[LocationEvidence, ...], special: tuple[tuple[IpSpecialUse, str], ...]
) -> tuple[str, ...]:
    return tuple(sorted({sign.evidence for sign in signs} | {item.evidence for item in location} | {oid for _, oid in special}))


def _range_signs(ranges: tuple[tuple[IpRange, str], ...], outlook: Outlook) -> tuple[tuple[Sign, ...], tuple[Sign, ...]]:
    service: list[Sign] = []
    platform: list[Sign] = []
    for entry, oid in ranges:
        party = outlook.own(outlook.knowledge.provider_party(entry.provider))
        if entry.scope is RangeScope.EDGE or is_pure_edge(party, outlook):
            service.append(Sign(SignKind.CDN_RANGE, party, oid, entry.prefix))
        else:
            platform.append(Sign(SignKind.RANGE, party, oid, entry.prefix))
    return tuple(service), tuple(platform)


def is_pure_edge(party: Party, outlook: Outlook) -> bool:
    """Say whether the catalogue knows a provider as a CDN and not as a host."""
    provider = outlook.knowledge.provider(party.provider) if party.provider else None
    return provider is not None and ProviderKind.CDN in provider.kinds and ProviderKind.HOSTING not in provider.kinds


def _origin_signs(origins: tuple[tuple[IpOrigin, str], ...], outlook: Outlook) -> tuple[Sign, ...]:
    return tuple(
        Sign(SignKind.ASN, outlook.own(outlook.knowledge.party_of_asn(asn, holder, outlook.on)), oid, f"AS{asn}")
        for origin, oid in origins
        for asn, holder in zip(origin.asns, (*origin.holders, *[""] * len(origin.asns)), strict=False)
    )


def _rdap_signs(address: str, evidence: Evidence, outlook: Outlook) -> tuple[Sign, ...]:
    signs: list[Sign] = []
    for network, oid in evidence.about(address, RdapNetwork):
        if not network.holder:
            continue
        known = outlook.knowledge.party_of_name(network.holder)
        party = known or Party(network.holder, country=network.holder_country or network.country)
        signs.append(Sign(SignKind.RDAP, outlook.own(party), oid, network.holder))
    return tuple(signs)


def _ptr_signs(address: str, evidence: Evidence, outlook: Outlook) -> tuple[Sign, ...]:
    reverse = reverse_name(address)
    answer = evidence.rrset(reverse, "PTR") if reverse else None
    if answer is None:
        return ()
    content, oid = answer
    matches = ((name, outlook.knowledge.match_name(SignatureRecord.PTR, name)) for name in content.values)
    return tuple(
        Sign(SignKind.PTR, outlook.own(outlook.knowledge.provider_party(match.provider)), oid, name)
        for name, match in matches
        if match is not None
    )


def _site_evidence(asn_signs: tuple[Sign, ...], outlook: Outlook) -> tuple[LocationEvidence, ...]:
    found: list[LocationEvidence] = []
    for sign in asn_signs:
        provider = outlook.knowledge.provider(sign.party.provider) if sign.party.provider else None
        sites = provider.sites if provider else None
        if sites is not None and sites.source is not None and len(sites.countries) == 1:
            found.append(LocationEvidence(Grade.E5, Family.SITES, sites.countries, sign.evidence, None, sites.source.url))
    return tuple(found)


def _network(
    address: str,
    ranges: tuple[tuple[IpRange, str], ...],
    origins: tuple[tuple[IpOrigin, str], ...],
    evidence: Evidence,
    asn_signs: tuple[Sign, ...],
    rdap_signs: tuple[Sign, ...],
) -> Network | None:
    rdap = evidence.about(address, RdapNetwork)
    asns = tuple(sorted({asn for origin, _ in origins for asn in origin.asns}))
    prefix = origins[0][0].prefix or None if origins else None
    if prefix is None and rdap and rdap[0][0].prefixes:
        prefix = rdap[0][0].prefixes[0]
    if prefix is None and ranges:
        prefix = ranges[0][0].prefix
    holder = rdap_signs[0].detail if rdap_signs else None
    if holder is None and origins and origins[0][0].holders:
        holder = origins[0][0].holders[0]
    party = asn_signs[0].party if asn_signs else (rdap_signs[0].party if rdap_signs else None)
    if holder is None and party is not None:
        holder = party.name
    if prefix is None and not asns and holder is None:
        return None
    first = origins[0][0].asns[0] if origins and origins[0][0].asns else None
    return Network(prefix, first, holder, party, asns if len(asns) > 1 else ())


def _parties(
    address: str, evidence: Evidence, platform: tuple[Sign, ...], asn_signs: tuple[Sign, ...], rdap_signs: tuple[Sign, ...]
) -> tuple[tuple[Via, Party], ...]:
    """The platform, the AS holder and the registered holder. Delegated statistics count only where no party has a country."""
    parties: list[tuple[Via, Party]] = [(Via.PLATFORM, sign.party) for sign in platform]
    parties.extend((Via.NETWORK, sign.party) for sign in (*asn_signs, *rdap_signs))
    if all(not party.entity and not party.country for _, party in parties):
        for registration, _ in evidence.about(address, IpRegistration):
            name = parties[0][1].name if parties else registration.prefix
            parties = [(via, replace(party, country=registration.country)) for via, party in parties] or [
                (Via.NETWORK, Party(name, country=registration.country))
            ]
    return tuple(parties)
