"""The picture of an exported inventory: its resources by role and region. The holder's word (grade E5), and never whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.missing import ROLES
from herkomst.scanner.attribution.aws.picture import MAX_EVIDENCE
from herkomst.scanner.attribution.aws.places import locate
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.platform import under_platform
from herkomst.scanner.model.aws import AwsResource
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.location import Family, Grade, LocationEvidence
from herkomst.scanner.model.placement import Gap, Layer, Picture, Placement, Sign, SignKind

COLLECTOR = "inventories"
_ZONED = "aws"
"""The platform whose zones can lie in another country than their region."""


def picture_inventory(source: str, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of a declared export. What could not be read of it leaves every role open."""
    files = evidence.stated(source, InventoryFile)
    listed = evidence.stated(source, InventoryResource)
    failures = evidence.stated_failures(source)
    if not failures and (not files or len(listed) < max(file.resources for file, _ in files)):
        failures = (Failure(COLLECTOR, source, InventoryResource.kind, FailureReason.CANCELLED, retryable=True),)
    as_of = files[0][0].as_of if files else ""
    read = tuple(oid for _, oid in files)
    groups: dict[tuple[str, ...], list[tuple[InventoryResource, str]]] = defaultdict(list)
    for pair in listed:
        item = pair[0]
        groups[item.role, item.provider, item.type, item.region, item.zone].append(pair)
    return Picture(
        source,
        tuple(_placement(source, group, as_of, read, outlook) for _, group in sorted(groups.items())),
        tuple(Gap(source, role, source, failures) for role in ROLES if failures),
        failures=failures,
        not_asked=evidence.not_asked,
    )


def _placement(
    source: str, group: list[tuple[InventoryResource, str]], as_of: str, read: tuple[str, ...], outlook: Outlook
) -> Placement:
    """Return where resources of one kind and place are; `read` is what says of which day the file is, shown beside them."""
    group = sorted(group, key=lambda pair: (pair[0].id, pair[1]))
    item, oid = group[0]
    place = _place(item, oid, as_of, outlook)
    places = tuple(replace(place, evidence=each) for _, each in group[:MAX_EVIDENCE])
    name = item.id if len(group) == 1 else f"{len(group)} × {item.type} {item.zone or item.region}".rstrip()
    common = Placement(
        source,
        item.role,
        Layer.ORIGIN,
        name,
        location_evidence=places,
        location=summarise_location(places, fronted=False, anycast=False),
        evidence=(*read, *(each.evidence for each in places)),
    )
    if not item.provider:
        return common
    party = outlook.own(outlook.knowledge.provider_party(item.provider))
    sign = Sign(SignKind.INVENTORY, party, oid, item.type)
    return under_platform(common, sign, outlook)


def _place(item: InventoryResource, oid: str, as_of: str, outlook: Outlook) -> LocationEvidence:
    """Return the place that the provider's region table gives; the day of the export stands beside it."""
    is_zonal = item.provider == _ZONED and bool(item.zone)
    stand_in = AwsResource("", "", item.type, item.id, item.region, item.role, is_zonal, item.zone if is_zonal else "")
    found = locate(stand_in, oid, item.provider, outlook.knowledge)
    detail = " ".join(filter(None, (item.zone or item.region, f"({as_of})" if as_of else "")))
    return replace(found, grade=Grade.E5, family=Family.INVENTORY, detail=detail)
