"""Knowledge records: dated facts that no scan measures. Each has a source and a date, or shows that it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ProviderKind(StrEnum):
    """What a provider offers."""

    HOSTING = "hosting"
    MAILBOX = "mailbox"
    GATEWAY = "gateway"
    CDN = "cdn"
    DNS = "dns"
    SAAS = "saas"
    SENDER = "sender"
    """Sends mail on behalf of others (bulk, transactional)."""
    REGISTRY = "registry"
    CA = "ca"
    NETWORK = "network"
    """Access or transit; its addresses are mostly its customers' own."""


class SignatureRecord(StrEnum):
    """In which record a signature is looked for."""

    MX = "mx"
    SPF = "spf"
    DKIM = "dkim"
    AUTODISCOVER = "autodiscover"
    TXT = "txt"
    NS = "ns"
    CNAME = "cname"
    PTR = "ptr"
    CAA = "caa"
    REPORT = "report"
    """The host or mail domain of an address that reports are sent to."""
    TLD = "tld"
    PROVIDER_ID = "provider_id"
    """The `providerID` of a Kubernetes node (`hcloud://`)."""
    CSI_DRIVER = "csi_driver"
    """The name of a driver of the Container Storage Interface."""
    IMAGE_REGISTRY = "image_registry"
    """The host of a container registry."""
    IMAGE = "image"
    """The name of a container image with its registry, without tag and digest."""


TEXT_RECORDS = frozenset({SignatureRecord.TXT, SignatureRecord.PROVIDER_ID, SignatureRecord.IMAGE})
"""Records that hold a text and no name: they match by prefix, case folded."""


class SignatureMatch(StrEnum):
    """`suffix` matches at label boundaries; `prefix` is for texts; `regex` needs a literal suffix of whole labels behind it."""

    SUFFIX = "suffix"
    PREFIX = "prefix"
    REGEX = "regex"


class SignatureRole(StrEnum):
    """What the match shows."""

    MAILBOX = "mailbox"
    GATEWAY = "gateway"
    SENDER = "sender"
    PLATFORM = "platform"
    """Web hosting or an application platform (CNAME)."""
    CDN = "cdn"
    """An edge in front of an origin (CNAME)."""
    DNS = "dns"
    CA = "ca"
    REPORT = "report"
    """Receives reports on the mail of a domain."""
    VERIFICATION = "verification"
    """A contract sign only."""
    REGISTRY = "registry"
    GENERIC_PTR = "generic_ptr"
    """The provider's default reverse names: an address sign."""
    IMAGES = "images"
    """Keeps images (`image_registry`), or makes them (`image`)."""
    TELEMETRY = "telemetry"
    """An agent that sends figures, logs or errors to its maker's service."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read, and as of when (ISO date or month). `title` is the publisher or page."""

    url: str
    as_of: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One record pattern that names a provider. `regex` is matched against the labels left of the literal `value`."""

    record: SignatureRecord
    match: SignatureMatch
    value: str
    role: SignatureRole
    provider: str
    regex: str = ""
    set_by_dns_host: bool = False
    """The DNS host or registrar adds this record by itself: it proves nothing of the mailbox."""


@dataclass(frozen=True, slots=True)
class AsnSpan:
    """An AS number that a provider uses, from and until which day (None: not known, taken as open)."""

    asn: int
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Sites:
    """The countries of the sites a provider publishes (grade E5 where all lie in one country and it is sourced)."""

    countries: tuple[str, ...]
    source: Source | None


@dataclass(frozen=True, slots=True)
class Provider:
    """A service by a stable kebab-case id. `entity` is the legal entity that offers it."""

    id: str
    name: str
    kinds: frozenset[ProviderKind]
    entity: str | None
    asns: tuple[AsnSpan, ...] = ()
    holder_names: tuple[str, ...] = ()
    """Names under which registries list it (RDAP organisation, AS name); matched whole, case and legal form folded."""
    sites: Sites | None = None
    sources: tuple[Source, ...] = ()


class LinkStatus(StrEnum):
    """How far a change of ownership is. Only `closed` counts, from its date on."""

    CLOSED = "closed"
    ANNOUNCED = "announced"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class ParentLink:
    """Who owns an entity, from and until when. Without a source it can never contradict."""

    parent: str
    status: LinkStatus
    valid_from: date | None
    valid_until: date | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class InvestorFact:
    """A shareholder that is shown and never counted."""

    name: str
    country: str
    share: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity. `seat` is the source for its country; `top` the source for "no parent controls it"; None means not known."""

    id: str
    name: str
    country: str
    lei: str = ""
    kvk: str = ""
    names: tuple[str, ...] = ()
    parents: tuple[ParentLink, ...] = ()
    investors: tuple[InvestorFact, ...] = ()
    seat: Source | None = None
    top: Source | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A provider's region. `countries` are all countries where it has zones (local zones abroad included), the main one first."""

    provider: str
    code: str
    city: str
    countries: tuple[str, ...]
    partition: str = ""
    aliases: tuple[str, ...] = ()
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class BorderGroup:
    """A network border group (AWS): the set of zones that an address can be in."""

    provider: str
    code: str
    country: str
    city: str
    source: Source | None = None


class ServiceClass(StrEnum):
    """How hard a service of a platform is to leave (docs/decisions/0039-what-counts-as-lock-in.md)."""

    PROPRIETARY = "proprietary"
    """Run by the platform, and reached through an interface of its own."""
    PORTABLE = "portable"
    """Run by the platform, and reached through an interface that others offer too."""
    PLAIN = "plain"
    """Machines, disks and networks."""
    UNCOUNTED = "uncounted"
    """Of the account, or of another resource: nothing that is chosen and could be left."""


@dataclass(frozen=True, slots=True)
class CloudService:
    """A service of a platform, as something that can be left or not.

    `resources` are what an inventory lists of it (`dynamodb:table`); none where no inventory shows it. `only` are attributes that such a
    resource has to have (`manager=CUSTOMER`; with nothing behind the sign it has none). The class is a judgement, and `because` its ground.
    """

    platform: str
    id: str
    name: str
    service_class: ServiceClass
    resources: tuple[str, ...]
    only: tuple[str, ...]
    because: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class AnycastPrefix:
    """A prefix known to be announced from many sites, as of a date."""

    prefix: str
    provider: str | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class CountrySet:
    """A named set of countries, such as EU (27)."""

    name: str
    countries: frozenset[str]
    source: Source | None


@dataclass(frozen=True, slots=True)
class SiteCode:
    """A code that operators put in router and server names (`ams`, `fra`) and the country it stands for."""

    code: str
    country: str
    city: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All knowledge records together, as the loader returns them."""

    version: str
    as_of: str
    providers: tuple[Provider, ...] = ()
    entities: tuple[Entity, ...] = ()
    signatures: tuple[Signature, ...] = ()
    regions: tuple[Region, ...] = ()
    border_groups: tuple[BorderGroup, ...] = ()
    country_sets: tuple[CountrySet, ...] = ()
    anycast: tuple[AnycastPrefix, ...] = ()
    site_codes: tuple[SiteCode, ...] = ()
    cloud_services: tuple[CloudService, ...] = ()
