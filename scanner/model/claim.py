"""Declarations as the judging core sees them: organisations, systems, suppliers, assets and claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What an endpoint does for the system."""

    WEB = "web"
    MAIL_INBOUND = "mail.inbound"
    MAIL_MAILBOX = "mail.mailbox"
    MAIL_OUTBOUND = "mail.outbound"
    DNS = "dns"
    REGISTRAR = "registrar"
    TLD = "tld"
    CA = "ca"
    SAAS = "saas"
    COMPUTE = "compute"
    STORAGE = "storage"
    DATABASE = "database"
    BACKUP = "backup"
    KEYS = "keys"
    CONTROL_PLANE = "control-plane"
    IMAGES = "images"
    IDENTITY = "identity"
    TELEMETRY = "telemetry"


HOSTING_ROLES: tuple[Role, ...] = (Role.WEB, Role.COMPUTE, Role.STORAGE, Role.DATABASE, Role.BACKUP)
INSIDE_ROLES: tuple[Role, ...] = (
    Role.COMPUTE,
    Role.STORAGE,
    Role.DATABASE,
    Role.BACKUP,
    Role.KEYS,
    Role.CONTROL_PLANE,
    Role.IMAGES,
    Role.IDENTITY,
    Role.TELEMETRY,
)
"""Roles that a cloud account or a cluster can show from inside."""
GROUPS: dict[str, tuple[Role, ...]] = {"hosting": HOSTING_ROLES}
EDGE = "edge"
"""In a claim key `edge` stands for every placement of that layer; it is no role."""


class Property(StrEnum):
    """What a claim of the form `<role or group>.<property>` speaks of; one judge serves each for every role."""

    COUNTRY = "country"
    REGION = "region"
    PROVIDER = "provider"
    NETWORK = "network"
    OWNER = "owner"
    JURISDICTION = "jurisdiction"


class Operator(StrEnum):
    """`is`: everything observed lies in the list. `not`: nothing observed does."""

    IS = "is"
    NOT = "not"


class SaidBy(StrEnum):
    """Whose statement a claim is."""

    SUPPLIER = "supplier"
    POLICY = "policy"
    SUPPLIER_RESPONSE = "supplier_response"


class Hearing(StrEnum):
    """How far the hearing of the supplier is (wederhoor)."""

    OPEN = "open"
    ANSWERED = "answered"
    FINAL = "final"


class AssetKind(StrEnum):
    """What an asset is."""

    DOMAIN = "domain"
    ADDRESS = "address"
    NETWORK = "network"
    AWS = "aws"
    KUBERNETES = "kubernetes"
    INVENTORY = "inventory"
    """The path of an exported inventory."""


@dataclass(frozen=True, slots=True, order=True)
class Asset:
    """One asset of a system; `value` is canonical (account id, context name for AWS and Kubernetes).

    `access` says how to reach it (name, value: `role_arn`, `external_id`, `member_role`); it is no part of what the asset is, so it does
    not count in comparisons and is not stored.
    """

    kind: AssetKind
    value: str
    access: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ScopePart:
    """A named part of a scope: some assets, or a cluster, namespace or label selector of a cluster."""

    name: str
    assets: tuple[str, ...] = ()
    cluster: str = ""
    namespace: str = ""
    selector: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a claim speaks of; empty means all the system's assets and all roles of the claim's key."""

    assets: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    parts: tuple[ScopePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement about a system: what, who said it, where, as of when, valid until when.

    `key` is a claim key (`hosting.country`) or a key of the vocabulary (`development.country`, `subprocessors`). `values` are
    as declared, canonical in form: country codes and set names in upper case (`adequate` excepted), catalogue ids, LEI,
    `AS64500`, `self`. `place` is file:line:column of the declaration, or the command-line flag.
    """

    key: str
    operator: Operator
    values: tuple[str, ...]
    said_by: SaidBy
    source: str = ""
    document: str = ""
    as_of: date | None = None
    valid_until: date | None = None
    scope: Scope = Scope()
    hearing: Hearing = Hearing.OPEN
    place: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who declares; `self` in a claim means this organisation: its own AS numbers, KvK number or LEI."""

    name: str
    kvk: str = ""
    lei: str = ""
    asns: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    """Further names under which registries know the organisation."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who supplies a system."""

    name: str
    kvk: str = ""
    lei: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """What an organisation declares: an application or service, with assets and claims."""

    name: str
    organisation: Organisation
    supplier: Supplier | None = None
    assets: tuple[Asset, ...] = ()
    absent_roles: frozenset[Role] = frozenset()
    claims: tuple[Claim, ...] = ()
    custom_sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Country sets that the declaration defines: name, country codes."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration file."""

    path: str
    organisation: Organisation
    systems: tuple[System, ...]
