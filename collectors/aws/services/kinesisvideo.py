"""Amazon Kinesis Video Streams: streams of pictures and sound, and the key that each is encrypted with. Signalling channels keep nothing.

API reference: https://docs.aws.amazon.com/kinesisvideostreams/latest/dg/API_Reference.html.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "kinesisvideo",
    (
        Read(
            "ListStreams",
            items="StreamInfoList[]",
            type="stream",
            role=Role.STORAGE,
            id="StreamARN",
            key="KmsKeyId",
            named=(("retention_hours", "DataRetentionInHours"),),
        ),
    ),
)
