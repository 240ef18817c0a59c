"""Amazon FSx: file systems and caches, the repositories they are filled from, and backups with the Region they were copied from.

API reference: https://docs.aws.amazon.com/fsx/latest/APIReference/. Snapshots stay inside their file system and are not listed.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_FURTHER = Pages("NextToken", "NextToken")

SERVICE = Service(
    "fsx",
    (
        Read(
            "DescribeFileSystems",
            items="FileSystems[]",
            type="file-system",
            role=Role.STORAGE,
            id="ResourceARN|FileSystemId",
            key="KmsKeyId",
            named=(("file_system_type", "FileSystemType"),),
        ),
        Read(
            "DescribeFileCaches",
            items="FileCaches[]",
            type="file-cache",
            role=Role.STORAGE,
            id="ResourceARN|FileCacheId",
            key="KmsKeyId",
            pages=_FURTHER,
        ),
        Read(
            "DescribeDataRepositoryAssociations",
            items="Associations[]",
            type="association",
            role=None,
            id="ResourceARN|AssociationId",
            pages=_FURTHER,
            links=(Link(AwsRelation.SOURCE, "DataRepositoryPath", is_address=True),),
            named=(("file_system", "FileSystemId"), ("file_cache", "FileCacheId")),
            shows=(Role.STORAGE,),
        ),
        Read(
            "DescribeBackups",
            items="Backups[]",
            type="backup",
            role=Role.BACKUP,
            id="ResourceARN|BackupId",
            key="KmsKeyId",
            links=(Link(AwsRelation.SOURCE, "SourceBackupRegion"),),
            named=(("owner", "OwnerId"),),
        ),
    ),
)
