"""Amazon Route 53: hosted zones, the records that lead somewhere, and where the queries are logged.

API reference: https://docs.aws.amazon.com/Route53/latest/APIReference/. The records are the holder's own side of what DNS shows from outside, and
hold names that nobody declared. What a record says of the place of its target is nothing; texts (TXT) can hold secrets and are not kept.
"""

from __future__ import annotations

from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.service import Detail, Item, Link, Reach, Read, Service, Skip, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

RECORDS_READ = 10_000
"""Record sets of one zone that are read: what a zone can hold unless AWS was asked for more (Route 53 quotas)."""
_LEADS_NOWHERE = frozenset({"SOA", "TXT", "SPF", "CAA", "DS", "NAPTR", "PTR", "SSHFP", "TLSA"})
_OF_SET = ("Name", "Type", "SetIdentifier")


def _id(item: Item) -> str:
    """A name can have several sets of one type, which Route 53 tells apart by an identifier."""
    zone = read_text(item, "ListHostedZones.Id")
    return " ".join(text for text in (zone, *(read_text(item, field) for field in _OF_SET)) if text)


SERVICE = Service(
    "route53",
    (
        Read(
            "ListHostedZones",
            items="HostedZones[]",
            type="hostedzone",
            role=None,
            id="Id",
            named=(
                ("zone", "Name"),
                ("private", "Config.PrivateZone"),
                ("name_servers", "GetHostedZone.DelegationSet.NameServers[]"),
                ("delegation_set", "GetHostedZone.DelegationSet.Id"),
                ("vpc_regions", "GetHostedZone.VPCs[].VPCRegion"),
                ("made_by", "LinkedService.ServicePrincipal"),
            ),
            details=(Detail("GetHostedZone", (("Id", "Id"),)),),
        ),
        Read(
            "ListResourceRecordSets",
            items="ResourceRecordSets[]",
            type="record-set",
            role=None,
            id=_id,
            within=Within("ListHostedZones", (("HostedZoneId", "Id"),)),
            links=(
                Link(AwsRelation.POINTS_TO, "AliasTarget.DNSName"),
                Link(AwsRelation.POINTS_TO, "ResourceRecords[].Value"),
            ),
            skip=(Skip("Type", _LEADS_NOWHERE),),
            named=(
                ("name", "Name"),
                ("record_type", "Type"),
                ("alias_zone", "AliasTarget.HostedZoneId"),
                ("private", "ListHostedZones.Config.PrivateZone"),
                ("for_region", "Region"),
                ("for_country", "GeoLocation.CountryCode"),
            ),
            limit=RECORDS_READ,
        ),
        Read(
            "ListQueryLoggingConfigs",
            items="QueryLoggingConfigs[]",
            type="query-logging",
            role=None,
            id="Id",
            links=(Link(AwsRelation.DESTINATION, "CloudWatchLogsLogGroupArn"),),
            shows=(Role.TELEMETRY,),
            named=(("zone", "HostedZoneId"),),
        ),
    ),
    reach=Reach.GLOBAL,
)
