"""Amazon Kinesis Data Streams: streams and their keys. No record is read.

API reference: https://docs.aws.amazon.com/kinesis/latest/APIReference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "kinesis",
    (
        Read(
            "ListStreams",
            items="StreamNames[]",
            type="stream",
            role=Role.STORAGE,
            id=PLAIN,
            key="DescribeStreamSummary.StreamDescriptionSummary.KeyId",
            details=(Detail("DescribeStreamSummary", (("StreamName", PLAIN),)),),
        ),
    ),
)
