"""Amazon OpenSearch Serverless: collections, their keys and their addresses. Whether an address is reached from anywhere is in a network policy.

API reference: https://docs.aws.amazon.com/opensearch-service/latest/ServerlessAPIReference/. The SDK gets several collections at once
(BatchGetCollection) and has no operation for one. Collections stay in their Region; no document is read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Pages, Read, Service
from herkomst.scanner.model.claim import Role

_COLLECTION = "BatchGetCollection.collectionDetails[]."

SERVICE = Service(
    "opensearchserverless",
    (
        Read(
            "ListCollections",
            items="collectionSummaries[]",
            type="collection",
            role=Role.DATABASE,
            id="arn",
            key=_COLLECTION + "kmsKeyArn|kmsKeyArn",
            names=(_COLLECTION + "collectionEndpoint", _COLLECTION + "dashboardEndpoint"),
            named=(("collection_type", _COLLECTION + "type"),),
            pages=Pages("nextToken", "nextToken"),
            details=(Detail("BatchGetCollection", (("ids", "id"),)),),
        ),
    ),
    prefix="aoss",
)
