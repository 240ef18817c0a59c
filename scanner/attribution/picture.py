"""The picture of one declared asset: all its roles, what could not be measured, and what is not there."""

from __future__ import annotations

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.picture import picture_account
from herkomst.scanner.attribution.certificates import attribute_certificates
from herkomst.scanner.attribution.endpoints import (
    Endpoint,
    HostAnswer,
    match_names,
    place,
)
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.inventory import picture_inventory
from herkomst.scanner.attribution.kubernetes.picture import picture_cluster
from herkomst.scanner.attribution.mail.layers import attribute_mail
from herkomst.scanner.attribution.name_servers import attribute_name_servers, climb, find_gap
from herkomst.scanner.attribution.named_parties import attribute_parties
from herkomst.scanner.attribution.web import attribute_web
from herkomst.scanner.model.claim import Asset, AssetKind, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.placement import Gap, Picture, Placement, SignKind


def attribute(asset: Asset, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of one asset."""
    if asset.kind is AssetKind.AWS:
        return picture_account(asset.value, evidence, outlook)
    if asset.kind is AssetKind.INVENTORY:
        return picture_inventory(asset.value, evidence, outlook)
    if asset.kind is AssetKind.DOMAIN:
        return _domain_picture(asset.value, evidence, outlook)
    if asset.kind is AssetKind.ADDRESS:
        return _address_picture(asset.value, (asset.value,), evidence, outlook)
    if asset.kind is AssetKind.KUBERNETES:
        return picture_cluster(asset, evidence, outlook)
    segments = evidence.addresses_under(asset.value) or (asset.value,)
    return _address_picture(asset.value, segments, evidence, outlook)


def _address_picture(subject: str, addresses: tuple[str, ...], evidence: Evidence, outlook: Outlook) -> Picture:
    host = HostAnswer(subject, addresses)
    placements = place(Endpoint(subject, Role.COMPUTE, subject, host=host), evidence, outlook)
    return Picture(subject, placements, failures=_failures(placements, ()), not_asked=evidence.not_asked)


def _domain_picture(subject: str, evidence: Evidence, outlook: Outlook) -> Picture:
    web = attribute_web(subject, evidence, outlook)
    mail = attribute_mail(subject, evidence, outlook)
    dns = attribute_name_servers(subject, evidence, outlook)
    ca, ca_gaps = _attribute_ca(subject, evidence, outlook)
    parties = attribute_parties(subject, evidence, outlook)
    certificates = attribute_certificates(subject, evidence)
    placements = (*web.placements, *mail.placements, *dns.placements, *ca, *_attribute_tld(subject, evidence, outlook))
    gaps = (*web.gaps, *mail.gaps, *dns.gaps, *ca_gaps)
    return Picture(
        subject,
        placements,
        gaps,
        (*web.absences, *mail.absences),
        mail.contract_signs,
        tuple(dict.fromkeys((*web.names, *mail.names, *dns.names, *parties.names, *certificates.names))),
        tuple(dict.fromkeys((*_failures(placements, (*gaps, *parties.gaps)), *certificates.failures))),
        parties.parties,
        parties.gaps,
        evidence.not_asked,
        certificates.evidence,
        dns.notes,
        dns.notes_from,
    )


def _failures(placements: tuple[Placement, ...], gaps: tuple[Gap, ...]) -> tuple[Failure, ...]:
    of_placements = (failure for placement in placements for failure in placement.failures)
    return tuple(dict.fromkeys((*of_placements, *(failure for gap in gaps for failure in gap.failures))))


def _attribute_ca(subject: str, evidence: Evidence, outlook: Outlook) -> tuple[tuple[Placement, ...], tuple[Gap, ...]]:
    """Return the certificate authorities that CAA allows (RFC 8659): allowed, which does not prove that they are used."""
    for name, above in climb(subject):
        answer = evidence.rrset(name, "CAA")
        if answer is not None:
            placements: list[Placement] = []
            for issuer in _issuers(answer[0].values):
                signs = match_names(((issuer, answer[1]),), SignatureRecord.CAA, SignKind.CAA, outlook)
                endpoint = Endpoint(subject, Role.CA, issuer, tuple(sign for sign, _ in signs), evidence=(answer[1],))
                placements.extend(place(endpoint, evidence, outlook))
            return tuple(placements), ()
        if evidence.no_answer(name, "CAA") is None and (
            gap := find_gap(subject, Role.CA, name, "CAA", evidence, is_above=above > 0)
        ):
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
