"""The picture of one declared asset: all its roles, what could not be measured, and what is not there."""

from __future__ import annotations

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.certificates import attribute_certificates
from herkomst.scanner.attribution.endpoints import (
    Endpoint,
    HostAnswer,
    match_names,
    name_seen,
    place,
    resolve_host,
)
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.layers import attribute_mail
from herkomst.scanner.attribution.named_parties import attribute_parties
from herkomst.scanner.attribution.web import attribute_web
from herkomst.scanner.model.claim import Asset, AssetKind, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.observation import NoAnswer
from herkomst.scanner.model.placement import Gap, NameSeen, Picture, Placement, SignKind
from herkomst.scanner.names import registrable_domain


def attribute(asset: Asset, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of one asset. Cloud accounts and clusters have no collector here and give an empty picture."""
    if asset.kind is AssetKind.DOMAIN:
        return _domain_picture(asset.value, evidence, outlook)
    if asset.kind is AssetKind.ADDRESS:
        return _address_picture(asset.value, (asset.value,), evidence, outlook)
    if asset.kind is AssetKind.NETWORK:
        segments = evidence.addresses_under(asset.value) or (asset.value,)
        return _address_picture(asset.value, segments, evidence, outlook)
    return Picture(asset.value, not_asked=evidence.not_asked)


def _address_picture(subject: str, addresses: tuple[str, ...], evidence: Evidence, outlook: Outlook) -> Picture:
    host = HostAnswer(subject, addresses)
    placements = place(Endpoint(subject, Role.COMPUTE, subject, host=host), evidence, outlook)
    return Picture(subject, placements, failures=_failures(placements, ()), not_asked=evidence.not_asked)


def _domain_picture(subject: str, evidence: Evidence, outlook: Outlook) -> Picture:
    web = attribute_web(subject, evidence, outlook)
    mail = attribute_mail(subject, evidence, outlook)
    dns, dns_gaps, dns_names = _attribute_dns(subject, evidence, outlook)
    ca, ca_gaps = _attribute_ca(subject, evidence, outlook)
    parties = attribute_parties(subject, evidence, outlook)
    certificates = attribute_certificates(subject, evidence)
    placements = (*web.placements, *mail.placements, *dns, *ca, *_attribute_tld(subject, evidence, outlook))
    gaps = (*web.gaps, *mail.gaps, *dns_gaps, *ca_gaps)
    return Picture(
        subject,
        placements,
        gaps,
        (*web.absences, *mail.absences),
        mail.contract_signs,
        tuple(dict.fromkeys((*web.names, *mail.names, *dns_names, *parties.names, *certificates.names))),
        tuple(dict.fromkeys((*_failures(placements, (*gaps, *parties.gaps)), *certificates.failures))),
        parties.parties,
        parties.gaps,
        evidence.not_asked,
        certificates.evidence,
    )


def _failures(placements: tuple[Placement, ...], gaps: tuple[Gap, ...]) -> tuple[Failure, ...]:
    of_placements = (failure for placement in placements for failure in placement.failures)
    return tuple(dict.fromkeys((*of_placements, *(failure for gap in gaps for failure in gap.failures))))


def _climb(subject: str) -> tuple[tuple[str, int], ...]:
    """Return the name and the names above it, each with how far above the registrable domain it lies; negative is below."""
    labels = subject.split(".")
    names = [".".join(labels[start:]) for start in range(len(labels))]
    top = names.index(registrable_domain(subject) or subject)
    return tuple((name, index - top) for index, name in enumerate(names))


def _attribute_dns(
    subject: str, evidence: Evidence, outlook: Outlook
) -> tuple[tuple[Placement, ...], tuple[Gap, ...], tuple[NameSeen, ...]]:
    """Return the name servers of the closest enclosing name that has NS records (RFC 9499).

    Above the registrable domain the walk goes on only where the name below exists, as under a platform's zone.
    """
    for name, above in _climb(subject):
        answer, refusal = evidence.rrset(name, "NS"), evidence.no_answer(name, "NS")
        if answer is not None:
            pairs = tuple((value, answer[1]) for value in answer[0].values)
            placements = [item for pair in pairs for item in _name_server(subject, pair, evidence, outlook)]
            return tuple(placements), (), name_seen(subject, pairs, "ns")
        if refusal is None and (gap := _gap(subject, Role.DNS, name, "NS", evidence, is_above=above > 0)):
            return (), gap, ()
        if above >= 0 and (refusal is None or refusal[0].outcome is NoAnswer.NXDOMAIN):
            return (), (), ()
    return (), (), ()


def _name_server(subject: str, pair: tuple[str, str], evidence: Evidence, outlook: Outlook) -> tuple[Placement, ...]:
    host, oid = pair
    signs = tuple(sign for sign, _ in match_names((pair,), SignatureRecord.NS, SignKind.NS, outlook))
    return place(Endpoint(subject, Role.DNS, host, signs, evidence=(oid,), host=resolve_host(host, evidence)), evidence, outlook)


def _gap(subject: str, role: Role, name: str, rdtype: str, evidence: Evidence, *, is_above: bool) -> tuple[Gap, ...]:
    """Return the gap that an unanswered question leaves; above the registrable domain only a recorded failure is one."""
    failure = evidence.known_dns_failure(name, rdtype) if is_above else evidence.dns_failure(name, rdtype, subject)
    return (Gap(subject, role, name, (failure,)),) if failure else ()


def _attribute_ca(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[tuple[Placement, ...], tuple[Gap, ...]]:
    """Return the certificate authorities that CAA allows (RFC 8659): allowed, which does not prove that they are used."""
    for name, above in _climb(subject):
        answer = evidence.rrset(name, "CAA")
        if answer is not None:
            placements: list[Placement] = []
            for issuer in _issuers(answer[0].values):
                signs = match_names(((issuer, answer[1]),), SignatureRecord.CAA, SignKind.CAA, outlook)
                endpoint = Endpoint(subject, Role.CA, issuer, tuple(sign for sign, _ in signs), evidence=(answer[1],))
                placements.extend(place(endpoint, evidence, outlook))
            return tuple(placements), ()
        if evidence.no_answer(name, "CAA") is None and (gap := _gap(subject, Role.CA, name, "CAA", evidence, is_above=above > 0)):
            return (), gap
    return (), ()


def _issuers(values: tuple[str, ...]) -> tuple[str, ...]:
    found = []
    for value in values:
        parts = value.split(" ", 2)
        if len(parts) == 3 and parts[1] in ("issue", "issuewild"):
            issuer = parts[2].strip('"').partition(";")[0].strip().lower().rstrip(".")
            if issuer:
                found.append(issuer)
    return tuple(dict.fromkeys(found))


def _attribute_tld(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[Placement, ...]:
    """Return the registry of the top-level domain: known from the catalogue, not measured."""
    labels = subject.split(".")
    if len(labels) < 2:
        return ()
    signs = match_names(((subject, ""),), SignatureRecord.TLD, SignKind.TLD, outlook)
    endpoint = Endpoint(subject, Role.TLD, f".{labels[-1]}", tuple(sign for sign, _ in signs))
    return place(endpoint, evidence, outlook) if signs else ()
