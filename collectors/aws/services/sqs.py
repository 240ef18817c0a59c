"""Amazon SQS: queues and their keys. No message is read.

API reference: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/. Without a page size the list ends after 1,000 queues and
does not say so (ListQueues, MaxResults).
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "sqs",
    (
        Read(
            "ListQueues",
            items="QueueUrls[]",
            type="queue",
            role=Role.STORAGE,
            id=PLAIN,
            key="GetQueueAttributes.Attributes.KmsMasterKeyId",
            details=(
                Detail(
                    "GetQueueAttributes",
                    (("QueueUrl", PLAIN),),
                    fixed=(("AttributeNames", ["KmsMasterKeyId", "SqsManagedSseEnabled"]),),
                ),
            ),
            named=(("service_key", "GetQueueAttributes.Attributes.SqsManagedSseEnabled"),),
            page_size=1000,
        ),
    ),
)
