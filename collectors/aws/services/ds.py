"""AWS Directory Service: directories, the Regions and accounts that share them, the domains they trust, and their snapshots.

API reference: https://docs.aws.amazon.com/directoryservice/latest/devguide/. A connector (`ADConnector`) holds no users: it asks a directory elsewhere. A
directory of several Regions is listed in each of them. No user is read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_ELSEWHERE = frozenset({"UnsupportedOperationException"})
"""The answer where this kind of directory cannot be shared."""

SERVICE = Service(
    "ds",
    (
        Read(
            "DescribeDirectories",
            items="DirectoryDescriptions[]",
            type="directory",
            role=Role.IDENTITY,
            id="DirectoryId",
            names=("AccessUrl",),
            links=(
                Link(AwsRelation.REPLICA, "RegionsInfo.PrimaryRegion"),
                Link(AwsRelation.REPLICA, "RegionsInfo.AdditionalRegions[]"),
                Link(AwsRelation.SOURCE, "OwnerDirectoryDescription.AccountId"),
            ),
            named=(("directory_type", "Type"), ("edition", "Edition")),
        ),
        Read(
            "DescribeSharedDirectories",
            items="SharedDirectories[]",
            type="shared-directory",
            role=None,
            id="SharedDirectoryId",
            links=(Link(AwsRelation.TRUST, "SharedAccountId"),),
            absent=_ELSEWHERE,
            shows=(Role.IDENTITY,),
            within=Within("DescribeDirectories", (("OwnerDirectoryId", "DirectoryId"),)),
        ),
        Read(
            "DescribeTrusts",
            items="Trusts[]",
            type="trust",
            role=None,
            id="TrustId",
            links=(Link(AwsRelation.TRUST, "RemoteDomainName"),),
            named=(("direction", "TrustDirection"),),
            shows=(Role.IDENTITY,),
        ),
        Read(
            "DescribeSnapshots",
            items="Snapshots[]",
            type="snapshot",
            role=Role.BACKUP,
            id="SnapshotId",
            links=(Link(AwsRelation.SOURCE, "DirectoryId"),),
        ),
    ),
)
