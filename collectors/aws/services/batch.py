"""AWS Batch: the environments that jobs run in. Their machines are listed by EC2, their clusters by ECS and EKS; no job is read.

API reference: https://docs.aws.amazon.com/batch/latest/APIReference/. A service environment runs its jobs in Amazon SageMaker.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "batch",
    (
        Read(
            "DescribeComputeEnvironments",
            items="computeEnvironments[]",
            type="compute-environment",
            role=Role.COMPUTE,
            id="computeEnvironmentArn",
            named=(("runs_on", "computeResources.type"), ("orchestration", "containerOrchestrationType")),
        ),
        Read(
            "DescribeServiceEnvironments",
            items="serviceEnvironments[]",
            type="service-environment",
            role=Role.COMPUTE,
            id="serviceEnvironmentArn",
            named=(("runs_on", "serviceEnvironmentType"),),
        ),
    ),
)
