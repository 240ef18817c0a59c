"""What an account exposes, and whether the declaration mentions it: by its address, a network around it, its name, or a declared name that leads to it.

Resources that share an address or a name are one exposure: a machine, its network interface and its elastic address. What stands behind something that
is mentioned, such as the load balancer behind a distribution, is mentioned with it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterable, Sequence

from herkomst.scanner.attribution.aws.public_endpoints import public_ipv4
from herkomst.scanner.model.claim import Asset, AssetKind
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Exposure, ListedEndpoint, Picture

_LEAD_TO_OTHERS = frozenset(
    {"apigateway", "apigatewayv2", "apprunner", "cloudfront", "ec2", "elasticbeanstalk", "globalaccelerator", "lightsail"}
)
"""Services whose lists show that something else is mentioned, or takes no requests (a NAT gateway)."""
_UNDER_OWN_NAMES = {
    "apigateway:restapi": "apigateway:domain-name",
    "apigatewayv2:api": "apigatewayv2:domain-name",
    "apprunner:service": "apprunner:custom-domain",
}
"""What is served under a name of one's own, and what lists these names: which leads to which is not read."""
_SHOW_MENTION = frozenset({"ip.range", "ip.origin"})
"""Without these an endpoint is not known to be on the platform."""
_OUTBOUND = "ec2:natgateway"


def find_exposures(
    account: Picture, outside: Sequence[Picture], assets: Collection[Asset], *, is_shared: bool
) -> tuple[Exposure, ...]:
    """Return what an account exposes, each thing once; `outside` are the joined pictures of the system's other assets."""
    groups = _groups(account.listed)
    mentioned = _mentioned(groups, outside, assets)
    blind = _unseen(outside)
    own_names = {(item.resource.what, item.resource.region) for group in mentioned for item in groups[group]}
    found = []
    for number, group in enumerate(groups):
        exposed = [item for item in group if item.is_exposed and (public_ipv4(item.addresses) or item.names)]
        if not exposed or any(item.resource.what == _OUTBOUND for item in group):
            continue
        is_known = number in mentioned or any(
            (_UNDER_OWN_NAMES.get(item.resource.what), item.resource.region) in own_names for item in exposed
        )
        regions = {item.resource.region for item in group} | {""}
        hidden = (*blind, *(failure for failure in account.listing_failures if _hides_mention(failure, regions)))
        found.append(_exposure(exposed, is_known or (None if is_shared else False), () if is_known else hidden))
    return tuple(sorted(found, key=lambda item: (item.resources[0].what, item.resources[0].region, item.names, item.addresses)))


def _exposure(items: Iterable[ListedEndpoint], is_mentioned: bool | None, hidden: tuple[Failure, ...]) -> Exposure:
    first = sorted(items, key=lambda item: (item.resource.role is None, item.resource.what, item.resource.id))
    return Exposure(
        tuple(item.resource for item in first),
        tuple(sorted({address for item in first for address in public_ipv4(item.addresses)})),
        tuple(sorted({name for item in first for name in item.names})),
        is_mentioned,
        hidden,
    )


def _groups(listed: Iterable[ListedEndpoint]) -> list[list[ListedEndpoint]]:
    """Return the resources in groups that are joined by addresses or names of one Region."""
    group_of: dict[tuple[str, str], list[ListedEndpoint]] = {}
    for item in listed:
        merged = [item]
        for other in {id(group): group for key in _keys(item) if (group := group_of.get(key))}.values():
            merged.extend(other)
        for each in merged:
            group_of.update(dict.fromkeys(_keys(each), merged))
    return list({id(group): group for group in group_of.values()}.values())


def _keys(item: ListedEndpoint) -> list[tuple[str, str]]:
    return [(item.resource.region, key) for key in (*item.addresses, *item.names)]


def _mentioned(groups: list[list[ListedEndpoint]], outside: Sequence[Picture], assets: Collection[Asset]) -> set[int]:
    """Return the numbers of the groups that are mentioned, and of those that these lead to."""
    reached = {joined.evidence for picture in outside for placement in picture.placements for joined in placement.joined}
    names = {asset.value for asset in assets if asset.kind is AssetKind.DOMAIN}
    names |= {f"www.{name}" for name in names}
    addresses = {asset.value for asset in assets if asset.kind is AssetKind.ADDRESS}
    networks = [ipaddress.ip_network(asset.value, strict=False) for asset in assets if asset.kind is AssetKind.NETWORK]
    number_of = {item.resource.evidence: number for number, group in enumerate(groups) for item in group}
    todo = [
        number
        for number, group in enumerate(groups)
        if any(
            item.resource.evidence in reached
            or names & set(item.names)
            or addresses & set(item.addresses)
            or any(ipaddress.ip_address(address) in network for address in item.addresses for network in networks)
            for item in group
        )
    ]
    found: set[int] = set()
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo.extend(number_of[key] for item in groups[number] for key in item.leads_to if key in number_of)
    return found


def _unseen(outside: Iterable[Picture]) -> tuple[Failure, ...]:
    """Return what failed outside and could have shown a declared name leading to a resource."""
    met: dict[Failure, None] = {}
    for picture in outside:
        for failure in (*picture.failures, *(item for gap in picture.gaps for item in gap.failures)):
            if failure.kind in _SHOW_MENTION or (failure.kind.startswith("dns.") and failure.scope != "PTR"):
                met[failure] = None
    return tuple(met)


def _hides_mention(failure: Failure, regions: Collection[str]) -> bool:
    """Say whether a failure inside could have shown that something in these Regions is mentioned."""
    service = failure.scope.partition(":")[0]
    return failure.subject.partition("/")[2] in regions and (not service or service in _LEAD_TO_OTHERS)
