"""What of an account the world knows by an address or a name, and which of it takes requests from anywhere.

What is open is what the resource says of itself (`scheme`, `PubliclyAccessible`); security groups and resource policies are not read. A service that
only answers inside a VPC has a public name all the same (ElastiCache, MemoryDB, DocumentDB user guides), which says nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from herkomst.scanner.attribution.aws.places import locate, provider_of
from herkomst.scanner.attribution.aws.references import Index, Listed
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import GLOBAL_REGION, AwsLink, AwsRelation, AwsResource
from herkomst.scanner.model.placement import JoinedResource, ListedEndpoint

_IN_A_VPC = frozenset(
    {
        ("docdb-elastic", "cluster"),
        ("ec2", "natgateway"),
        ("elasticache", "cluster"),
        ("elasticache", "replicationgroup"),
        ("elasticache", "serverlesscache"),
        ("memorydb", "cluster"),
        ("opensearchserverless", "collection"),
        ("rds", "cluster"),
        ("s3", "bucket"),
        ("sagemaker", "notebook-instance"),
    }
)
"""What takes no requests from anywhere (a notebook opens to a signed link), or does not say whether it does (a bucket, a collection by its network policy, a cluster by its instances)."""
_CLOSED = {"scheme": "internal", "public": "false", "enabled": "false"}
"""By the name of what a resource says of itself, the word that closes it."""
_LEADS_ON = frozenset({AwsRelation.ORIGIN, AwsRelation.DESTINATION, AwsRelation.POINTS_TO})
_SUFFIX = {"aws-cn": "amazonaws.com.cn", "aws-eusc": "amazonaws.eu"}
_API_ID = re.compile(r"[a-z0-9]+")


def list_endpoints(
    listed: Iterable[Listed], index: Index, partitions: dict[str, str], knowledge: Knowledge
) -> Iterator[ListedEndpoint]:
    """Yield every listed resource that has public addresses or names; `partitions` are those of the accounts."""
    for resource, oid in listed:
        partition = partitions.get(resource.account) or "aws"
        names = _names(resource, partition)
        if (resource.service, resource.type) == ("route53", "record-set") or not (resource.addresses or names):
            continue
        provider = provider_of(partition)
        region = "" if resource.region == GLOBAL_REGION else resource.region
        what = f"{resource.service}:{resource.type}"
        yield ListedEndpoint(
            JoinedResource(what, _short(resource.id), resource.account, region, resource.role, oid),
            provider,
            locate(resource, oid, provider, knowledge),
            resource.addresses,
            names,
            tuple(sorted(_led_to(resource, index))),
            _is_exposed(resource),
        )


def public_ipv4(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the IPv4 addresses: an IPv6 address is one of the whole Internet also where the network lets nothing in."""
    return tuple(address for address in addresses if ipaddress.ip_address(address).version == 4)


def _names(resource: AwsResource, partition: str) -> tuple[str, ...]:
    names = [name.lower().removesuffix(".") for name in resource.names]
    if (resource.service, resource.type) == ("apigateway", "restapi") and _API_ID.fullmatch(resource.id):
        if "PRIVATE" not in dict(resource.attributes).get("endpoint_types", ""):
            names.append(f"{resource.id}.execute-api.{resource.region}.{_SUFFIX.get(partition, 'amazonaws.com')}")
    elif (resource.service, resource.type) == ("s3", "bucket"):
        names.append(resource.id)
    return tuple(dict.fromkeys(names))


def _led_to(resource: AwsResource, index: Index) -> set[str]:
    targets = (link for link in resource.links if link.relation in _LEADS_ON)
    return {found[1] for link in targets for found in index.find(link) if found is not None}


def _is_exposed(resource: AwsResource) -> bool:
    if (resource.service, resource.type) in _IN_A_VPC:
        return False
    said = dict(resource.attributes)
    if any(said.get(field, "").lower() == closed for field, closed in _CLOSED.items()):
        return False
    if (resource.service, resource.type) in {("rds", "db"), ("redshift", "cluster")}:
        return said.get("public") == "true"
    if resource.service == "opensearch":
        return not said.get("vpc")
    # what a service keeps for itself (a load balancer, a database) is listed by that service
    return not (resource.type == "network-interface" and said.get("requester"))


def _short(identity: str) -> str:
    """Return what an ARN names, without the account."""
    return identity.split(":", 5)[5] if identity.startswith("arn:") and identity.count(":") >= 5 else identity


def as_link(name: str) -> AwsLink:
    """Return a name as a link, so that a bucket's domain is read as the bucket."""
    return AwsLink(AwsRelation.ORIGIN, name)
