"""AWS Backup: vaults with something in them, what it was made of, and the plans that copy it to other Regions and accounts.

API reference: https://docs.aws.amazon.com/aws-backup/latest/devguide/api-reference.html. A recovery point lies in its vault, so the vault has
the role, and the list of points, which grows with every day, only says what is backed up and from where it was copied. What a vault holds
of EC2 and RDS is in the lists of those services too. A copy made by hand to another account is seen in that account only.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Skip, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

POINTS_READ = 10_000
"""Recovery points of one vault that are read: ten answers of 1,000."""

SERVICE = Service(
    "backup",
    (
        Read(
            "ListBackupVaults",
            items="BackupVaultList[]",
            type="backup-vault",
            role=Role.BACKUP,
            id="BackupVaultArn",
            key="EncryptionKeyArn",
            skip=(Skip("NumberOfRecoveryPoints", frozenset({"0"})),),
            named=(("kind", "VaultType"), ("points", "NumberOfRecoveryPoints"), ("locked", "Locked")),
        ),
        Read(
            "ListRecoveryPointsByBackupVault",
            items="RecoveryPoints[]",
            type="recovery-point",
            role=None,
            id="RecoveryPointArn",
            within=Within("ListBackupVaults", (("BackupVaultName", "BackupVaultName"),)),
            key="EncryptionKeyArn",
            links=(Link(AwsRelation.SOURCE, "SourceBackupVaultArn"),),
            named=(("of", "ResourceArn"), ("vault", "BackupVaultArn"), ("encrypted", "IsEncrypted")),
            limit=POINTS_READ,
        ),
        Read(
            "ListBackupPlans",
            items="BackupPlansList[]",
            type="backup-plan",
            role=None,
            id="BackupPlanArn",
            links=(
                Link(AwsRelation.COPY, "GetBackupPlan.BackupPlan.Rules[].CopyActions[].DestinationBackupVaultArn"),
                Link(AwsRelation.COPY, "GetBackupPlan.BackupPlan.Rules[].TargetLogicallyAirGappedBackupVaultArn"),
            ),
            shows=(Role.BACKUP,),
            named=(("name", "BackupPlanName"), ("vaults", "GetBackupPlan.BackupPlan.Rules[].TargetBackupVaultName")),
            details=(Detail("GetBackupPlan", (("BackupPlanId", "BackupPlanId"),)),),
        ),
    ),
)
