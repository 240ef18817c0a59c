"""The services that are read: one line each. What is not read yet is listed as such, so that nobody takes silence for absence."""

from __future__ import annotations

from herkomst.collectors.aws.service import Service
from herkomst.collectors.aws.services import ec2, kms, rds, s3
from herkomst.scanner.model.aws import AwsUnread
from herkomst.scanner.model.claim import Role

SERVICES: tuple[Service, ...] = (
    ec2.SERVICE,
    kms.SERVICE,
    rds.SERVICE,
    s3.SERVICE,
)

_COMPUTE, _STORAGE, _DATABASE, _BACKUP = Role.COMPUTE, Role.STORAGE, Role.DATABASE, Role.BACKUP
_KEYS, _CONTROL, _IDENTITY, _TELEMETRY = Role.KEYS, Role.CONTROL_PLANE, Role.IDENTITY, Role.TELEMETRY

UNREAD: tuple[AwsUnread, ...] = (
    AwsUnread("apprunner", (_COMPUTE,)),
    AwsUnread("backup", (_BACKUP,)),
    AwsUnread("bedrock", (_COMPUTE,)),
    AwsUnread("cloudhsmv2", (_KEYS, _BACKUP)),
    AwsUnread("cloudtrail", (_TELEMETRY,)),
    AwsUnread("config", (_TELEMETRY,)),
    AwsUnread("docdb-elastic", (_DATABASE, _BACKUP)),
    AwsUnread("dynamodb", (_DATABASE, _BACKUP)),
    AwsUnread("ecs", (_COMPUTE, _CONTROL)),
    AwsUnread("efs", (_STORAGE,)),
    AwsUnread("eks", (_COMPUTE, _CONTROL)),
    AwsUnread("elasticache", (_DATABASE, _BACKUP)),
    AwsUnread("firehose", (_TELEMETRY,)),
    AwsUnread("fsx", (_STORAGE, _BACKUP)),
    AwsUnread("iam", (_IDENTITY,)),
    AwsUnread("keyspaces", (_DATABASE,)),
    AwsUnread("kinesis", (_STORAGE,)),
    AwsUnread("lambda", (_COMPUTE,)),
    AwsUnread("lightsail", (_COMPUTE, _STORAGE, _DATABASE, _BACKUP)),
    AwsUnread("logs", (_TELEMETRY,)),
    AwsUnread("memorydb", (_DATABASE, _BACKUP)),
    AwsUnread("mq", (_STORAGE,)),
    AwsUnread("opensearch", (_DATABASE,)),
    AwsUnread("redshift", (_DATABASE, _BACKUP)),
    AwsUnread("sagemaker", (_COMPUTE,)),
    AwsUnread("secretsmanager", (_STORAGE,)),
    AwsUnread("sqs", (_STORAGE,)),
    AwsUnread("sso-admin", (_IDENTITY,)),
    AwsUnread("storagegateway", (_STORAGE,)),
    AwsUnread("timestream-write", (_DATABASE,)),
)
"""Services that can hold what a role stands for, and that no entry reads: a role with one of these is never complete.

Take a line out when its service gets a file. The list is of November 2026 and is itself not proven to be complete.
"""
