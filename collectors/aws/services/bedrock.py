"""Amazon Bedrock: the account's own models and throughput, the Regions that its inference profiles send prompts to, and where calls are logged.

API reference: https://docs.aws.amazon.com/bedrock/latest/APIReference/. AWS offers every account inference profiles of its own over several Regions; whether a
program uses one of those leaves no resource and is not seen here.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_LOG = "cloudWatchConfig.logGroupName|s3Config.bucketName"

SERVICE = Service(
    "bedrock",
    (
        Read(
            "ListInferenceProfiles",
            items="inferenceProfileSummaries[]",
            type="application-inference-profile",
            role=Role.COMPUTE,
            id="inferenceProfileArn",
            arguments=(("typeEquals", "APPLICATION"),),
            links=(Link(AwsRelation.DESTINATION, "models[].modelArn"),),
        ),
        Read(
            "ListCustomModels",
            items="modelSummaries[]",
            type="custom-model",
            role=Role.STORAGE,
            id="modelArn",
            arguments=(("isOwned", True),),
            named=(("base_model", "baseModelName"),),
        ),
        Read("ListImportedModels", items="modelSummaries[]", type="imported-model", role=Role.STORAGE, id="modelArn"),
        Read(
            "ListProvisionedModelThroughputs",
            items="provisionedModelSummaries[]",
            type="provisioned-model",
            role=Role.COMPUTE,
            id="provisionedModelArn",
        ),
        Read(
            "GetModelInvocationLoggingConfiguration",
            items="loggingConfig",
            type="model-invocation-logging",
            role=None,
            id=_LOG,
            skip=(Skip(_LOG, frozenset({""})),),
            links=(
                Link(AwsRelation.DESTINATION, "s3Config.bucketName"),
                Link(AwsRelation.DESTINATION, "cloudWatchConfig.largeDataDeliveryS3Config.bucketName"),
            ),
            shows=(Role.TELEMETRY,),
        ),
    ),
)
