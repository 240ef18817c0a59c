"""AWS Certificate Manager: certificates with the names they are for, and whether something uses them.

API reference: https://docs.aws.amazon.com/acm/latest/APIReference/. Unless told otherwise the list leaves out all but RSA keys of 1,024 and 2,048
bits (ListCertificates, Filters). A name in a certificate says nothing of where that name is served: it is no public name of the resource.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service

_ALL_KEYS = [
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]

SERVICE = Service(
    "acm",
    (
        Read(
            "ListCertificates",
            items="CertificateSummaryList[]",
            type="certificate",
            role=None,
            id="CertificateArn",
            arguments=(("Includes", {"keyTypes": _ALL_KEYS}),),
            named=(
                ("domain_name", "DomainName"),
                ("alternative_names", "SubjectAlternativeNameSummaries[]"),
                ("has_further_names", "HasAdditionalSubjectAlternativeNames"),
                ("certificate_type", "Type"),
                ("in_use", "InUse"),
            ),
        ),
    ),
)
