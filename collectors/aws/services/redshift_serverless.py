"""Amazon Redshift Serverless: namespaces (the data), work groups (the computing), and where snapshots are copied to.

API reference: https://docs.aws.amazon.com/redshift-serverless/latest/APIReference/. Recovery points stay with their namespace and are not listed.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "redshift-serverless",
    (
        Read(
            "ListNamespaces",
            items="namespaces[]",
            type="namespace",
            role=Role.DATABASE,
            id="namespaceArn",
            key="kmsKeyId",
        ),
        Read(
            "ListWorkgroups",
            items="workgroups[]",
            type="workgroup",
            role=Role.DATABASE,
            id="workgroupArn",
            names=("endpoint.address", "customDomainName"),
            links=(Link(AwsRelation.TRUST, "crossAccountVpcs[]"),),
            named=(("namespace", "namespaceName"), ("public", "publiclyAccessible")),
        ),
        Read(
            "ListSnapshots",
            items="snapshots[]",
            type="snapshot",
            role=Role.BACKUP,
            id="snapshotArn",
            key="kmsKeyId",
            links=(
                Link(AwsRelation.SOURCE, "namespaceArn"),
                Link(AwsRelation.TRUST, "accountsWithRestoreAccess[]"),
                Link(AwsRelation.TRUST, "accountsWithProvisionedRestoreAccess[]"),
            ),
            named=(("owner", "ownerAccount"),),
        ),
        Read(
            "ListSnapshotCopyConfigurations",
            items="snapshotCopyConfigurations[]",
            type="snapshotcopyconfiguration",
            role=None,
            id="snapshotCopyConfigurationArn",
            key="destinationKmsKeyId",
            links=(Link(AwsRelation.COPY, "destinationRegion"),),
            named=(("namespace", "namespaceName"),),
            shows=(Role.BACKUP,),
        ),
    ),
)
