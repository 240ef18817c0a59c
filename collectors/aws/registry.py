"""The services that are read: one line each. What is not read yet is listed as such, so that nobody takes silence for absence."""

from __future__ import annotations

from herkomst.collectors.aws.service import Service
from herkomst.collectors.aws.services import (
    autoscaling,
    backup,
    cloudfront,
    cloudhsmv2,
    cloudtrail,
    docdb_elastic,
    dynamodb,
    ec2,
    efs,
    eks,
    elasticache,
    elb,
    elbv2,
    fsx,
    iam,
    keyspaces,
    kms,
    lambda_,
    memorydb,
    opensearch,
    outposts,
    rds,
    redshift,
    redshift_serverless,
    route53,
    s3,
    secretsmanager,
    storagegateway,
    timestream_write,
)
from herkomst.scanner.model.aws import AwsUnread
from herkomst.scanner.model.claim import Role

SERVICES: tuple[Service, ...] = (
    autoscaling.SERVICE,
    backup.SERVICE,
    cloudfront.SERVICE,
    cloudhsmv2.SERVICE,
    cloudtrail.SERVICE,
    docdb_elastic.SERVICE,
    dynamodb.SERVICE,
    ec2.SERVICE,
    efs.SERVICE,
    eks.SERVICE,
    elasticache.SERVICE,
    elb.SERVICE,
    elbv2.SERVICE,
    fsx.SERVICE,
    iam.SERVICE,
    keyspaces.SERVICE,
    kms.SERVICE,
    lambda_.SERVICE,
    memorydb.SERVICE,
    opensearch.SERVICE,
    outposts.SERVICE,
    rds.SERVICE,
    redshift.SERVICE,
    redshift_serverless.SERVICE,
    route53.SERVICE,
    s3.SERVICE,
    secretsmanager.SERVICE,
    storagegateway.SERVICE,
    timestream_write.SERVICE,
)

_COMPUTE, _STORAGE, _DATABASE, _BACKUP = Role.COMPUTE, Role.STORAGE, Role.DATABASE, Role.BACKUP
_KEYS, _CONTROL, _IDENTITY, _TELEMETRY = Role.KEYS, Role.CONTROL_PLANE, Role.IDENTITY, Role.TELEMETRY

UNREAD: tuple[AwsUnread, ...] = (
    AwsUnread("apprunner", (_COMPUTE,)),
    AwsUnread("bedrock", (_COMPUTE,)),
    AwsUnread("config", (_TELEMETRY,)),
    AwsUnread("ecs", (_COMPUTE, _CONTROL)),
    AwsUnread("firehose", (_TELEMETRY,)),
    AwsUnread("kinesis", (_STORAGE,)),
    AwsUnread("lightsail", (_COMPUTE, _STORAGE, _DATABASE, _BACKUP)),
    AwsUnread("logs", (_TELEMETRY,)),
    AwsUnread("mq", (_STORAGE,)),
    AwsUnread("sagemaker", (_COMPUTE,)),
    AwsUnread("sqs", (_STORAGE,)),
    AwsUnread("sso-admin", (_IDENTITY,)),
)
"""Services that can hold what a role stands for, and that no entry reads: a role with one of these is never complete.

Take a line out when its service gets a file. The list is of November 2026 and is itself not proven to be complete.
"""
