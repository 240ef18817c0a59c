"""Amazon EMR Serverless: applications, where their images come from, and where their logs and figures go. No job is read.

API reference: https://docs.aws.amazon.com/emr-serverless/latest/APIReference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_APPLICATION = "GetApplication.application."
_MONITORING = _APPLICATION + "monitoringConfiguration."

SERVICE = Service(
    "emr-serverless",
    (
        Read(
            "ListApplications",
            items="applications[]",
            type="application",
            role=Role.COMPUTE,
            id="arn",
            key=_APPLICATION + "diskEncryptionConfiguration.encryptionKeyArn",
            links=(
                Link(AwsRelation.SOURCE, _APPLICATION + "imageConfiguration.imageUri", is_address=True),
                Link(AwsRelation.DESTINATION, _MONITORING + "s3MonitoringConfiguration.logUri", is_address=True),
                Link(
                    AwsRelation.DESTINATION,
                    _MONITORING + "prometheusMonitoringConfiguration.remoteWriteUrl",
                    is_address=True,
                ),
            ),
            named=(("engine", "type"), ("release", "releaseLabel")),
            skip=(Skip("state", frozenset({"TERMINATED"})),),
            details=(Detail("GetApplication", (("applicationId", "id"),)),),
        ),
    ),
)
