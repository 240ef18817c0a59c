"""Amazon WorkSpaces: desktops and pools of them, the key of their disks, and the Region of a standby desktop.

API reference: https://docs.aws.amazon.com/workspaces/latest/api/. The directory behind them is listed by AWS Directory Service; who signs in is known
to the provider that it names. No user's name is kept.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "workspaces",
    (
        Read(
            "DescribeWorkspaces",
            items="Workspaces[]",
            type="workspace",
            role=Role.COMPUTE,
            id="WorkspaceId",
            key="VolumeEncryptionKey",
            links=(Link(AwsRelation.REPLICA, "RelatedWorkspaces[].Region"),),
            named=(
                ("root_encrypted", "RootVolumeEncryptionEnabled"),
                ("user_encrypted", "UserVolumeEncryptionEnabled"),
            ),
        ),
        Read(
            "DescribeWorkspacesPools",
            items="WorkspacesPools[]",
            type="workspacespool",
            role=Role.COMPUTE,
            id="PoolArn",
            links=(Link(AwsRelation.DESTINATION, "ApplicationSettings.S3BucketName"),),
            pages=Pages("NextToken", "NextToken"),
            shows=(Role.STORAGE,),
        ),
        Read(
            "DescribeWorkspaceDirectories",
            items="Directories[]",
            type="directory",
            role=None,
            id="DirectoryId",
            links=(
                Link(AwsRelation.TRUST, "SamlProperties.UserAccessUrl", is_address=True),
                Link(AwsRelation.TRUST, "IDCConfig.InstanceArn"),
            ),
            named=(("directory_type", "DirectoryType"), ("signs_in_by", "UserIdentityType")),
            shows=(Role.IDENTITY,),
        ),
    ),
)
