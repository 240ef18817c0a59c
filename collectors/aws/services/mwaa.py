"""Amazon MWAA (Managed Workflows for Apache Airflow): environments, the bucket that their workflows come from, and their web address.

API reference: https://docs.aws.amazon.com/mwaa/latest/API/.
"""

from __future__ import annotations

from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.service import PLAIN, Detail, Item, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_ENVIRONMENT = "GetEnvironment.Environment."


def _is_public(item: Item) -> str:
    """Say whether the web address is reached from anywhere; nothing where the answer does not say so."""
    mode = read_text(item, _ENVIRONMENT + "WebserverAccessMode")
    return str(mode == "PUBLIC_ONLY").lower() if mode else ""


SERVICE = Service(
    "mwaa",
    (
        Read(
            "ListEnvironments",
            items="Environments[]",
            type="environment",
            role=Role.COMPUTE,
            id=_ENVIRONMENT + "Arn|" + PLAIN,
            key=_ENVIRONMENT + "KmsKey",
            names=(_ENVIRONMENT + "WebserverUrl",),
            links=(Link(AwsRelation.SOURCE, _ENVIRONMENT + "SourceBucketArn"),),
            named=(("public", _is_public), ("version", _ENVIRONMENT + "AirflowVersion")),
            details=(Detail("GetEnvironment", (("Name", PLAIN),)),),
        ),
    ),
    prefix="airflow",
)
