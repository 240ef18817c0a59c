"""Where an AWS resource is: the country of its zone or, of what lies in a whole Region, of the Region's own zones (grade E1).

A Region is not a country: Local Zones and Wavelength Zones lie abroad, and their names begin with that of the Region. A zone's name less its letter is
its network border group, which the catalogue gives a country. An Outpost stands wherever its owner put it.
"""

from __future__ import annotations

import re

from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import GLOBAL_REGION, AwsResource
from herkomst.scanner.model.location import Family, Grade, LocationEvidence

PROVIDERS = {"aws-eusc": "aws-eusc"}
"""Partitions that the catalogue has as a provider of their own; any other is `aws`."""
PLATFORMS = ("aws", *PROVIDERS.values())
"""Who runs AWS's partitions, by the catalogue's ids."""
_LETTER = re.compile(r"(?<=[0-9])[a-z]\Z")
_ON_PREMISES = "outposts"
"""How the RDS API names the place of a snapshot or backup on an Outpost (`SnapshotTarget`, `BackupTarget`)."""


def provider_of(partition: str) -> str:
    """Return the catalogue's id of who runs a partition."""
    return PROVIDERS.get(partition, "aws")


def locate(resource: AwsResource, oid: str, provider: str, knowledge: Knowledge) -> LocationEvidence:
    """Return the place of a resource; without countries where the control plane's word does not lead to any."""
    countries = () if is_on_premises(resource) else _countries(resource, provider, knowledge)
    where = resource.outpost or resource.zone or resource.region
    return LocationEvidence(Grade.E1, Family.CONTROL_PLANE, countries, oid, resource.region or None, where)


def locate_region(region: str, oid: str, provider: str, knowledge: Knowledge) -> LocationEvidence:
    """Return the place of what lies in a whole Region."""
    return LocationEvidence(Grade.E1, Family.CONTROL_PLANE, _own_country(region, provider, knowledge), oid, region, region)


def is_on_premises(resource: AwsResource) -> bool:
    """Say whether a resource lies on an Outpost."""
    return bool(resource.outpost) or dict(resource.attributes).get("target") == _ON_PREMISES


def _countries(resource: AwsResource, provider: str, knowledge: Knowledge) -> tuple[str, ...]:
    if resource.region in ("", GLOBAL_REGION):
        return ()
    if not resource.is_zonal:
        return _own_country(resource.region, provider, knowledge)
    if not resource.zone:  # in one of the Region's zones, and not said in which
        region = knowledge.region(provider, resource.region)
        return region.countries if region else ()
    for group in (resource.zone, _LETTER.sub("", resource.zone)):
        known = knowledge.border_group(provider, group)
        if known is not None:
            return (known.country,)
    # a zone that the catalogue does not know may lie abroad
    return _own_country(resource.region, provider, knowledge) if _LETTER.sub("", resource.zone) == resource.region else ()


def _own_country(region: str, provider: str, knowledge: Knowledge) -> tuple[str, ...]:
    group = knowledge.border_group(provider, region)
    if group is not None:
        return (group.country,)
    known = knowledge.region(provider, region)
    return known.countries[:1] if known else ()
