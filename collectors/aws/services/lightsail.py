"""Amazon Lightsail: machines, disks, databases, buckets and containers with their zones and public names, and snapshots.

API reference: https://docs.aws.amazon.com/lightsail/2016-11-28/api-reference/. A snapshot and a bucket lie in the Region. Distributions are
listed once, in us-east-1, for the whole account.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_ZONE = "location.availabilityZone"
_FURTHER = Pages("pageToken", "nextPageToken")


def _snapshots(operation: str, items: str, type_: str, source: str) -> Read:
    links = (Link(AwsRelation.SOURCE, source),)
    return Read(operation, items=items, type=type_, role=Role.BACKUP, id="arn", links=links)


SERVICE = Service(
    "lightsail",
    (
        Read(
            "GetInstances",
            items="instances[]",
            type="instance",
            role=Role.COMPUTE,
            id="arn",
            zone=_ZONE,
            addresses=("publicIpAddress", "ipv6Addresses[]"),
        ),
        Read("GetDisks", items="disks[]", type="disk", role=Role.STORAGE, id="arn", zone=_ZONE),
        Read(
            "GetRelationalDatabases",
            items="relationalDatabases[]",
            type="relational-database",
            role=Role.DATABASE,
            id="arn",
            zone=_ZONE,
            names=("masterEndpoint.address",),
            named=(("engine", "engine"), ("public", "publiclyAccessible"), ("second_zone", "secondaryAvailabilityZone")),
        ),
        Read(
            "GetBuckets",
            items="buckets[]",
            type="bucket",
            role=Role.STORAGE,
            id="arn",
            pages=_FURTHER,
            names=("url",),
            links=(
                Link(AwsRelation.TRUST, "readonlyAccessAccounts[]"),
                Link(AwsRelation.DESTINATION, "accessLogConfig.destination"),
            ),
        ),
        Read(
            "GetContainerServices",
            items="containerServices[]",
            type="container-service",
            role=Role.COMPUTE,
            id="arn",
            names=("url",),
        ),
        Read("GetLoadBalancers", items="loadBalancers[]", type="load-balancer", role=None, id="arn", names=("dnsName",)),
        Read("GetStaticIps", items="staticIps[]", type="static-ip", role=None, id="arn", addresses=("ipAddress",)),
        Read(
            "GetDistributions",
            items="distributions[]",
            type="distribution",
            role=None,
            id="arn",
            pages=_FURTHER,
            home="us-east-1",
            names=("domainName", "alternativeDomainNames[]"),
            links=(
                Link(AwsRelation.SOURCE, "origin.regionName"),
                Link(AwsRelation.SOURCE, "originPublicDNS", is_address=True),
            ),
        ),
        _snapshots("GetInstanceSnapshots", "instanceSnapshots[]", "instance-snapshot", "fromInstanceArn"),
        _snapshots("GetDiskSnapshots", "diskSnapshots[]", "disk-snapshot", "fromDiskArn"),
        _snapshots(
            "GetRelationalDatabaseSnapshots",
            "relationalDatabaseSnapshots[]",
            "relational-database-snapshot",
            "fromRelationalDatabaseArn",
        ),
    ),
)
