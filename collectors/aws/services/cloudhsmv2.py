"""AWS CloudHSM: clusters of hardware security modules, and their backups with the Region they were copied from.

API reference: https://docs.aws.amazon.com/cloudhsm/latest/APIReference/. The keys in a cluster are the customer's; AWS runs the machines.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "cloudhsmv2",
    (
        Read(
            "DescribeClusters",
            items="Clusters[]",
            type="cluster",
            role=Role.KEYS,
            id="ClusterId",
            links=(Link(AwsRelation.SOURCE, "SourceBackupId"),),
            skip=(Skip("State", frozenset({"DELETED"})),),
            named=(("zones", "Hsms[].AvailabilityZone"), ("mode", "Mode")),
        ),
        Read(
            "DescribeBackups",
            items="Backups[]",
            type="backup",
            role=Role.BACKUP,
            id="BackupArn|BackupId",
            links=(Link(AwsRelation.SOURCE, "SourceRegion"),),
            skip=(Skip("BackupState", frozenset({"DELETED"})),),
            named=(("cluster", "ClusterId"),),
        ),
    ),
    prefix="cloudhsm",
)
