"""AWS IAM: which foreign accounts and identity providers may act in the account.

API reference: https://docs.aws.amazon.com/IAM/latest/APIReference/; trust policies: IAM user guide, "AWS JSON policy elements: Principal". A role
that trusts somebody says that they may come in, not that they do, and not what it allows them; conditions (an external id, one repository)
narrow it and are not weighed. AWS's own services are no other party here. Where the data of IAM itself lies AWS does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from herkomst.collectors.aws.paths import host_of, read_text
from herkomst.collectors.aws.service import Detail, Item, Link, Reach, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_ACCOUNT = re.compile(r"[0-9]{12}")
_GONE = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}")
"""The unique id of a role or user that was deleted: it stands where the name was, and nobody can use it (IAM identifiers)."""
_PROVIDER = ":oidc-provider/"
_ADDRESS = re.compile(r"""\b(?:entityID|Location)\s*=\s*["']([^"']+)["']""")
"""Who a SAML provider is and where it lets people sign in (SAML metadata 2.0, sections 2.3.2 and 2.2.1)."""


def trusted_parties(item: Item) -> tuple[str, ...]:
    """Return who may take on a role: ARNs and ids of other accounts, `*` for anybody, and identity providers."""
    own = read_text(item, "Arn").split(":")[4:5]
    return tuple(dict.fromkeys(text for text in _principals(item.get("AssumeRolePolicyDocument")) if [_account_in(text)] != own))


def _principals(policy: Any) -> Iterator[str]:
    """Yield the principals of every statement that allows; a policy that is not as IAM describes it has none."""
    for statement in _listed(policy.get("Statement") if isinstance(policy, dict) else ()):
        principal = statement.get("Principal") if isinstance(statement, dict) and statement.get("Effect") == "Allow" else None
        if principal == "*":
            yield "*"
        if isinstance(principal, dict):
            yield from (text for text in map(str, _listed(principal.get("AWS"))) if not _GONE.fullmatch(text))
            yield from (host_of_provider(text) for text in map(str, _listed(principal.get("Federated"))))


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, (list, tuple)) else (value,)


def _account_in(principal: str) -> str:
    """Return the account that a principal belongs to; empty where it names none."""
    if _ACCOUNT.fullmatch(principal):
        return principal
    return principal.split(":")[4] if principal.count(":") >= 5 else ""


def host_of_provider(arn: str) -> str:
    """Return the issuer of an OpenID Connect provider, which its ARN names; other principals as they are."""
    return arn.partition(_PROVIDER)[2] or arn


def _issuer(item: Item) -> tuple[str, ...]:
    return (host_of_provider(read_text(item, "Arn")),)


def _addresses_in_metadata(item: Item) -> tuple[str, ...]:
    document = read_text(item, "GetSAMLProvider.SAMLMetadataDocument")
    return tuple(dict.fromkeys(host for host in map(host_of, _ADDRESS.findall(document)) if host))


SERVICE = Service(
    "iam",
    (
        Read(
            "ListRoles",
            items="Roles[]",
            type="role",
            role=None,
            id="Arn",
            links=(Link(AwsRelation.TRUST, trusted_parties),),
            shows=(Role.IDENTITY,),
        ),
        Read(
            "ListOpenIDConnectProviders",
            items="OpenIDConnectProviderList[]",
            type="oidc-provider",
            role=None,
            id="Arn",
            links=(Link(AwsRelation.TRUST, _issuer),),
            shows=(Role.IDENTITY,),
        ),
        Read(
            "ListSAMLProviders",
            items="SAMLProviderList[]",
            type="saml-provider",
            role=None,
            id="Arn",
            links=(Link(AwsRelation.TRUST, _addresses_in_metadata),),
            shows=(Role.IDENTITY,),
            details=(Detail("GetSAMLProvider", (("SAMLProviderArn", "Arn"),)),),
        ),
    ),
    reach=Reach.GLOBAL,
)
