"""Assets of a system: domain names, addresses, networks, AWS accounts, Kubernetes clusters; duplicates and overlap between systems.

An exact duplicate in one system is an error. One asset in two systems, a name under another system's name, a network inside another
and an address inside a declared network are warnings: they are allowed, and they make one measurement count in two places.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from herkomst.config.declarations.document import Node
from herkomst.config.declarations.fields import open_mapping, read_date, read_list, read_text
from herkomst.config.declarations.problem import Place, Problems
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.claim import Asset, AssetKind
from herkomst.scanner.model.kubernetes import ALL, ClusterScope
from herkomst.scanner.model.selector import BadSelector, read_selector
from herkomst.scanner.names import understand

ASSET_KEYS: Final = ("domains", "addresses", "networks", "aws", "kubernetes", "inventories")
AWS_KEYS: Final = ("account", "role_arn", "external_id", "member_role")
KUBERNETES_KEYS: Final = ("context", "namespace", "selector", "server", "token_file", "ca_file")
INVENTORY_KEYS: Final = ("file", "as_of")
WIDEST: Final = {4: 8, 6: 19}
"""The shortest prefixes that registries hand out; anything wider is a slip of the pen."""
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ROLE_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::([0-9]{12}):role/[\w+=,.@/-]{1,512}")
_EXTERNAL_ID: Final = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_NAMESPACE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SELECTOR: Final = "Write it as for kubectl, such as app=zaken,tier in (web,api)."
_ROLE_NAME: Final = re.compile(r"[\w+=,.@/-]{1,512}", re.ASCII)
_NOTES: Final = {
    "url": "This is a web address; its host name is taken.",
    "email": "This is an e-mail address; its domain is taken.",
}
_LIST_OF: Final = {"domain": "domains", "address": "addresses", "network": "networks"}


@dataclass(frozen=True, slots=True)
class PlacedAsset:
    """An asset, where it stands, and of which system."""

    asset: Asset
    place: Place
    system: str


def read_assets(node: Node | None, system: str, problems: Problems) -> tuple[PlacedAsset, ...]:
    """Return the assets of one system in canonical form; what stands there twice is named and left out."""
    fields = open_mapping(node, "assets", ASSET_KEYS, problems)
    if fields is None:
        return ()
    readers: tuple[tuple[str, Callable[[Node, Problems], Asset | None]], ...] = (
        ("domains", lambda item, sink: _named(item, AssetKind.DOMAIN, sink)),
        ("addresses", lambda item, sink: _named(item, AssetKind.ADDRESS, sink)),
        ("networks", lambda item, sink: _named(item, AssetKind.NETWORK, sink)),
        ("aws", _aws),
        ("kubernetes", _kubernetes),
        ("inventories", _inventory),
    )
    found: dict[Asset, PlacedAsset] = {}
    for name, read in readers:
        for item in read_list(fields.get(name), name, problems):
            asset = read(item, problems)
            if asset is None:
                continue
            if asset in found:
                first = found[asset].place.line
                problems.error(item.place, f"This asset stands twice in the system; the first is on line {first}.", asset.value)
            else:
                found[asset] = PlacedAsset(asset, item.place, system)
    return tuple(found.values())


def _named(item: Node, kind: AssetKind, problems: Problems) -> Asset | None:
    text = read_text(item, f"An item of {_LIST_OF[kind]}", problems)
    if not text:
        return None
    try:
        understood = understand(text)
    except InvalidName as error:
        problems.error(item.place, str(error), text)
        return None
    if understood.kind != kind:
        problems.error(item.place, f"This belongs under {_LIST_OF[understood.kind]}, not under {_LIST_OF[kind]}.", text)
        return None
    if kind is AssetKind.DOMAIN and "." not in understood.value:
        problems.error(item.place, "This is a name of one label. Give a whole name such as www.voorbeeld.example.", text)
        return None
    if kind is AssetKind.NETWORK and not _is_plausible(understood.value):
        problems.error(
            item.place, f"This network is wider than any that is handed out (/{WIDEST[4]} for IPv4, /{WIDEST[6]} for IPv6).", text
        )
        return None
    if understood.note:
        problems.warn(item.place, f"{_NOTES[understood.note]} Write {understood.value}.", text)
    return Asset(kind, understood.value)


def _is_plausible(network: str) -> bool:
    parsed = ipaddress.ip_network(network)
    return parsed.prefixlen >= WIDEST[parsed.version]


def _aws(item: Node, problems: Problems) -> Asset | None:
    fields = open_mapping(item, "An AWS account", AWS_KEYS, problems, required=("account",))
    if fields is None:
        return None
    account = read_text(fields.get("account"), "account", problems)
    role = read_text(fields.get("role_arn"), "role_arn", problems)
    if account and not _ACCOUNT.fullmatch(account):
        problems.error(fields.place_of("account"), "An AWS account id has twelve digits, in quotes.", account)
        return None
    match = _ROLE_ARN.fullmatch(role) if role else None
    if role and match is None:
        problems.error(
            fields.place_of("role_arn"), "This is no ARN of a role, such as arn:aws:iam::111122223333:role/read.", role
        )
    elif match and account and match.group(1) != account:
        problems.error(fields.place_of("role_arn"), f"The role is of another account than {account}.", role)
    external = read_text(fields.get("external_id"), "external_id", problems)
    member_role = read_text(fields.get("member_role"), "member_role", problems)
    if member_role and not _ROLE_NAME.fullmatch(member_role):
        problems.error(
            fields.place_of("member_role"), "Give the name that the role has in every member, such as read.", member_role
        )
    if external and not _EXTERNAL_ID.fullmatch(external):  # the value is not repeated: its owners keep it to themselves
        problems.error(
            fields.place_of("external_id"), "An external id has 2 to 1,224 letters, digits and _ + = , . @ : / -, and no spaces."
        )
    elif external and not (role or member_role):
        problems.error(
            fields.place_of("external_id"), "An external id is given when a role is taken on. Add role_arn or member_role."
        )
    given = (("role_arn", role), ("external_id", external), ("member_role", member_role))
    return Asset(AssetKind.AWS, account, tuple((name, value) for name, value in given if value)) if account else None


def _kubernetes(item: Node, problems: Problems) -> Asset | None:
    """Read a cluster: a context of the kubeconfig, or a name of one's own with the server; and the part of it that is meant."""
    fields = open_mapping(item, "A Kubernetes cluster", KUBERNETES_KEYS, problems, required=("context",))
    if fields is None:
        return None
    given = {name: read_text(fields.get(name), name, problems) for name in KUBERNETES_KEYS}
    if given["namespace"] and not _NAMESPACE.fullmatch(given["namespace"]):
        message = "A namespace has up to 63 small letters, digits and hyphens."
        problems.error(fields.place_of("namespace"), message, given["namespace"])
        return None
    if given["selector"]:
        try:
            read_selector(given["selector"])
        except BadSelector as error:
            problems.error(
                fields.place_of("selector"),
                f"{str(error)!r} is no requirement of a label selector. {_SELECTOR}",
                given["selector"],
            )
            return None
    if given["server"] and not given["server"].startswith(("https://", "http://")):
        problems.error(
            fields.place_of("server"), "Give the address of the API server, such as https://192.0.2.10:6443.", given["server"]
        )
    for name in ("token_file", "ca_file"):
        if given[name] and not given["server"]:
            problems.error(fields.place_of(name), f"{name} goes with server; a context has its own.", given[name])
    if given["context"] == ALL and given["server"]:
        problems.error(fields.place_of("server"), "All contexts together have servers of their own.", given["server"])
    if not given["context"]:
        return None
    folder = Path(problems.file).parent
    access = {"server": given["server"], **{name: str(folder / given[name]) for name in ("token_file", "ca_file") if given[name]}}
    scope = ClusterScope(given["context"], given["namespace"], given["selector"])
    return Asset(AssetKind.KUBERNETES, str(scope), tuple((name, value) for name, value in access.items() if value))


def _inventory(item: Node, problems: Problems) -> Asset | None:
    """Read an exported inventory: its file, from the folder of the declaration, and the day on which it was exported."""
    fields = open_mapping(item, "An inventory", INVENTORY_KEYS, problems, required=("file",))
    name = read_text(fields.get("file"), "file", problems) if fields else ""
    if fields is None or not name:
        return None
    day = read_date(fields.get("as_of"), "as_of", problems)
    return Asset(AssetKind.INVENTORY, str(Path(problems.file).parent / name), (("as_of", day.isoformat()),) if day else ())


def name_overlaps(assets: Iterable[PlacedAsset], problems: Problems) -> None:
    """Warn of assets that systems share and of assets inside one another; the cost grows with n log n."""
    listed = tuple(assets)
    first: dict[Asset, PlacedAsset] = {}
    for item in listed:
        other = first.setdefault(item.asset, item)
        if other is not item:
            problems.warn(
                item.place, f"This asset is also in the system {other.system!r} (line {other.place.line}).", item.asset.value
            )
    distinct = tuple(first.values())
    _name_nested_domains([item for item in listed if item.asset.kind is AssetKind.DOMAIN], problems)
    _name_nested_networks([item for item in distinct if item.asset.kind in (AssetKind.NETWORK, AssetKind.ADDRESS)], problems)


def _name_nested_domains(domains: list[PlacedAsset], problems: Problems) -> None:
    by_name: dict[str, dict[str, PlacedAsset]] = {}
    for item in domains:
        by_name.setdefault(item.asset.value, {}).setdefault(item.system, item)
    for item in domains:
        _, _, rest = item.asset.value.partition(".")
        while "." in rest:
            holders = by_name.get(rest, {})
            other = next((holder for system, holder in holders.items() if system != item.system), None)
            if other is not None:
                problems.warn(
                    item.place,
                    f"This name lies under {rest} of the system {other.system!r} (line {other.place.line}).",
                    item.asset.value,
                )
                break
            _, _, rest = rest.partition(".")


def _name_nested_networks(assets: list[PlacedAsset], problems: Problems) -> None:
    """Sweep the address space once: every range that begins inside the one on top of the stack lies in it."""
    ranges = sorted(((*_bounds(item.asset.value), item) for item in assets), key=lambda row: (row[0], row[1], -row[2]))
    stack: list[tuple[int, int, PlacedAsset]] = []
    for version, start, end, item in ranges:
        while stack and (stack[-1][0] != version or stack[-1][1] < start):
            stack.pop()
        if stack:
            other = stack[-1][2]
            message = f"This lies in {other.asset.value} of the system {other.system!r} (line {other.place.line})."
            problems.warn(item.place, message, item.asset.value)
        stack.append((version, end, item))


def _bounds(value: str) -> tuple[int, int, int]:
    network = ipaddress.ip_network(value)
    return network.version, int(network.network_address), int(network.broadcast_address)
