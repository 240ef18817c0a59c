"""AWS Private CA: certificate authorities, whose keys AWS keeps in its own modules, and the buckets that revocations are published in.

API reference: https://docs.aws.amazon.com/privateca/latest/APIReference/. A key never leaves its Region. An authority that was deleted keeps its key
until it can no longer be restored, and stays in the list so long.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "acm-pca",
    (
        Read(
            "ListCertificateAuthorities",
            items="CertificateAuthorities[]",
            type="certificate-authority",
            role=Role.KEYS,
            id="Arn",
            links=(Link(AwsRelation.DESTINATION, "RevocationConfiguration.CrlConfiguration.S3BucketName"),),
            named=(("status", "Status"), ("authority_type", "Type")),
        ),
    ),
)
