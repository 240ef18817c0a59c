"""Whom a cluster leans on outside itself, as its objects say: stores of backups and secrets, signers, sources, webhooks, identities, hosts.

An object shows that somebody set this up. It does not show what was sent there, nor that it still works.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.addresses import Outlook, attribute_address
from herkomst.scanner.attribution.endpoints import match_names
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.kubernetes.images import place_party
from herkomst.scanner.attribution.kubernetes.places import stand_of_region
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.kubernetes import KubeCluster, KubeLink, KubeObject, KubeRelation, address_in
from herkomst.scanner.model.location import LocationEvidence
from herkomst.scanner.model.placement import Gap, Layer, NamedParty, Party, Placement, Sign, SignKind
from herkomst.scanner.names import registrable_domain

_ROLES = {
    KubeRelation.POINTS_TO: Role.SAAS,
    KubeRelation.CALLS: Role.CONTROL_PLANE,
    KubeRelation.FETCHES: Role.CONTROL_PLANE,
    KubeRelation.ISSUES: Role.CA,
    KubeRelation.SECRETS_FROM: Role.KEYS,
    KubeRelation.BACKS_UP_TO: Role.BACKUP,
    KubeRelation.ACTS_AS: Role.IDENTITY,
}
"""What the other side of a reference is to the system; a network that traffic may go to is nobody's service yet."""
_BALANCER = "LoadBalancer"
_SHOWS_HOLDER = frozenset({"ip.range", "ip.origin", "rdap.network"})
_KEEPS = {"velero.io": Role.BACKUP, "external-secrets.io": Role.KEYS}
"""API groups whose objects name a provider by a word of their own."""
_WORDS = {
    "aws": "aws",
    "azure": "azure",
    "azurekv": "azure",
    "gcp": "gcp",
    "gcpsm": "gcp",
    "oracle": "oci",
    "ibm": "ibm-cloud",
    "yandexlockbox": "yandex",
    "yandexcertificatemanager": "yandex",
    "gitlab": "gitlab",
    "scaleway": "scaleway",
    "akeyless": "akeyless",
    "doppler": "doppler",
}
"""How Velero and External Secrets call a provider (their documentation, read in November 2026), and its id in the catalogue."""
_MANAGERS = {
    "services.k8s.aws": "aws",
    "aws.upbound.io": "aws",
    "aws.crossplane.io": "aws",
    "azure.upbound.io": "azure",
    "azure.com": "azure",
    "gcp.upbound.io": "gcp",
    "cnrm.cloud.google.com": "gcp",
    "oci.upbound.io": "oci",
}
"""API groups of operators that make resources at a cloud: AWS's controllers, Crossplane's providers, Azure Service Operator, Config Connector."""
_IDENTITIES = {
    "eks.amazonaws.com/role-arn": "aws",
    "iam.gke.io/gcp-service-account": "gcp",
    "azure.workload.identity/client-id": "azure",
}


@dataclass(frozen=True, slots=True)
class Outside:
    """What lies outside: services whose provider is known, and parties that only a name stands for."""

    placements: tuple[Placement, ...]
    parties: tuple[NamedParty, ...]
    questions: tuple[Sign, ...] = ()
    """Whose networks traffic may go to: a policy allows it, and shows no traffic."""
    gaps: tuple[Gap, ...] = ()
    """Addresses of which the holder could not be asked for."""


def find_outside(subject: str, listed: Iterable[tuple[KubeObject, str]], evidence: Evidence, outlook: Outlook) -> Outside:
    """Return what objects of a cluster refer to outside it."""
    placements: list[Placement] = []
    parties: list[NamedParty] = []
    questions: dict[Sign, None] = {}
    gaps: list[Gap] = []
    for found, oid in listed:
        balancers = (
            _balancers(subject, found, oid, evidence, outlook) if found.attribute("type") == _BALANCER else Outside((), ())
        )
        placements.extend(balancers.placements)
        parties.extend(balancers.parties)
        gaps.extend(balancers.gaps)
        kept = _kept_by_word(subject, found, oid, outlook)
        if kept is not None:
            placements.append(kept)
        for link in found.links:
            address = address_in(link.target)
            if address and link.relation in (KubeRelation.EGRESS, KubeRelation.POINTS_TO):
                holders = _holders(subject, Role.SAAS, f"{_name(found)} {address}", address, oid, evidence, outlook)
                if link.relation is KubeRelation.EGRESS:
                    questions.update(dict.fromkeys(replace(named.sign, detail=link.target) for named in holders.parties))
                else:
                    parties.extend(holders.parties)
                    gaps.extend(holders.gaps)
                continue
            role = _ROLES.get(link.relation)
            if role is None or (kept is not None and link.relation in (KubeRelation.BACKS_UP_TO, KubeRelation.SECRETS_FROM)):
                continue
            sign = _sign(link, oid, role, outlook)
            if sign.party.provider is not None:
                placements.append(_placement(subject, role, _name(found), link.target, sign, outlook))
            else:
                parties.append(NamedParty(subject, role, _name(found), sign))
    return Outside(tuple(placements), tuple(dict.fromkeys(parties)), tuple(questions), tuple(gaps))


def _holders(subject: str, role: Role, name: str, address: str, oid: str, evidence: Evidence, outlook: Outlook) -> Outside:
    """Return who holds an address that an object names; a reverse name is whatever its holder writes, and shows nobody."""
    facts = attribute_address(address, evidence, outlook)
    signs = (replace(sign, evidence=oid) for sign in facts.address_signs if sign.kind is not SignKind.PTR)
    lost = tuple(failure for failure in facts.failures if failure.kind in _SHOWS_HOLDER)
    gaps = (Gap(subject, role, name, lost),) if lost else ()
    return Outside((), tuple(NamedParty(subject, role, name, sign) for sign in signs), gaps=gaps)


def _balancers(subject: str, service: KubeObject, oid: str, evidence: Evidence, outlook: Outlook) -> Outside:
    """Return who runs the load balancer of a Service: by its name, with the region that stands in it, and by the holder of its address."""
    placements: list[Placement] = []
    parties: list[NamedParty] = []
    gaps: list[Gap] = []
    for name in service.names:
        for sign, _ in match_names(((name, oid),), SignatureRecord.CNAME, SignKind.CONTROL_PLANE, outlook):
            provider = sign.party.provider or ""
            region = _region_in(name, provider, outlook.knowledge)
            place = stand_of_region(provider, region, oid, outlook.knowledge).place if region else None
            if place is not None and place.countries:
                placements.append(_at(place_party(subject, Role.COMPUTE, name, sign, (oid,), outlook), place))
            else:
                parties.append(NamedParty(subject, Role.COMPUTE, f"{_name(service)} {name}", sign))
    for address in service.addresses:
        holders = _holders(subject, Role.COMPUTE, f"{_name(service)} {address}", address, oid, evidence, outlook)
        parties.extend(holders.parties)
        gaps.extend(holders.gaps)
    return Outside(tuple(placements), tuple(parties), gaps=tuple(gaps))


def _at(placement: Placement, place: LocationEvidence) -> Placement:
    places = (place,) if place.countries else ()
    return replace(placement, location_evidence=places, location=summarise_location(places, fronted=False, anycast=False))


def find_managed_clouds(cluster: KubeCluster, oid: str, outlook: Outlook) -> tuple[Sign, ...]:
    """Return the clouds whose resources operators of a cluster can make: a question, since nobody looked whether they do."""
    found = []
    for group in cluster.groups:
        provider = next((cloud for suffix, cloud in _MANAGERS.items() if group == suffix or group.endswith(f".{suffix}")), None)
        if provider is not None:
            found.append(Sign(SignKind.CONTROL_PLANE, outlook.own(outlook.knowledge.provider_party(provider)), oid, group))
    return tuple({sign.party: sign for sign in reversed(found)}.values())


def _name(found: KubeObject) -> str:
    place = f"{found.namespace}/{found.name}" if found.namespace else found.name
    return f"{found.resource.partition('.')[0]} {place}"


def _kept_by_word(subject: str, found: KubeObject, oid: str, outlook: Outlook) -> Placement | None:
    """Return where a store is that names a provider; one with an address of its own is where that leads, whatever the word says."""
    group = found.resource.partition(".")[2]
    role, word = _KEEPS.get(group), found.attribute("provider")
    provider = _WORDS.get(word)
    if role is None or not word or found.links:
        return None
    if provider is None:
        return Placement(subject, role, layer=Layer.ORIGIN, endpoint=f"{_name(found)} ({word})", evidence=(oid,))
    party = outlook.own(outlook.knowledge.provider_party(provider))
    sign = Sign(SignKind.CONTROL_PLANE, party, oid, word)
    return _placement(subject, role, _name(found), found.attribute("region"), sign, outlook)


def _placement(subject: str, role: Role, name: str, where: str, sign: Sign, outlook: Outlook) -> Placement:
    common = place_party(subject, role, name, sign, (sign.evidence,), outlook)
    provider = sign.party.provider or ""
    region = _region_in(where, provider, outlook.knowledge)
    if not region or role not in (Role.BACKUP, Role.KEYS):
        return common
    place = stand_of_region(provider, region, sign.evidence, outlook.knowledge).place
    return _at(common, place) if place is not None else common


def _region_in(where: str, provider: str, knowledge: Knowledge) -> str:
    """Return the region that is named, or that stands as a label in a host's name (`s3.nl-ams.voorbeeld.example`)."""
    found = {label for label in (where, *where.split(".")) if label and knowledge.region(provider, label) is not None}
    return found.pop() if len(found) == 1 else ""


def _sign(link: KubeLink, oid: str, role: Role, outlook: Outlook) -> Sign:
    if link.relation is KubeRelation.ACTS_AS:
        provider = _IDENTITIES.get(link.target.partition("=")[0], "")
        return Sign(SignKind.TRUST, outlook.own(outlook.knowledge.provider_party(provider)), oid, link.target)
    record = SignatureRecord.CAA if role is Role.CA else SignatureRecord.CNAME
    for candidate in _records(record):
        matches = match_names(((link.target, oid),), candidate, SignKind.CONTROL_PLANE, outlook)
        if matches:
            return matches[0][0]
    party = Party(registrable_domain(link.target) or link.target)
    return Sign(SignKind.CONTROL_PLANE, outlook.own(party), oid, link.target)


def _records(first: SignatureRecord) -> Iterator[SignatureRecord]:
    yield first
    yield SignatureRecord.IMAGE_REGISTRY  # charts and manifests come from registries too
