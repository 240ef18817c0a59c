"""AWS Lambda: functions with their addresses, and the copies of functions that run at CloudFront's edge.

API reference: https://docs.aws.amazon.com/lambda/latest/api/. A copy (Lambda@Edge) is listed only where it is asked for by the Region of its
original. Environment variables, which the same answer holds, can be secrets and are not kept; the code is not asked for.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "lambda",
    (
        Read(
            "ListFunctions",
            items="Functions[]",
            type="function",
            role=Role.COMPUTE,
            id="FunctionArn",
            key="KMSKeyArn",
            names=("ListFunctionUrlConfigs.FunctionUrlConfigs[].FunctionUrl",),
            links=(Link(AwsRelation.DESTINATION, "DeadLetterConfig.TargetArn"),),
            named=(
                ("url_access", "ListFunctionUrlConfigs.FunctionUrlConfigs[].AuthType"),
                ("vpc", "VpcConfig.VpcId"),
                ("acts_as", "Role"),
                ("layers", "Layers[].Arn"),
            ),
            details=(Detail("ListFunctionUrlConfigs", (("FunctionName", "FunctionArn"),)),),
        ),
        Read(
            "ListFunctions",
            items="Functions[]",
            type="edge-replica",
            role=Role.COMPUTE,
            id="FunctionArn",
            arguments=(("MasterRegion", "ALL"), ("FunctionVersion", "ALL")),
            links=(Link(AwsRelation.SOURCE, "MasterArn"),),
            skip=(Skip("MasterArn", frozenset({""})),),
        ),
    ),
)
