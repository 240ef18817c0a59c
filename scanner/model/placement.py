"""Placements: the attributed answer for one endpoint in one role. Three answers, never merged.

Location (in which country does it run), operator and owner (who offers the service, who holds the network, who owns each), and
jurisdiction (which states can compel the parties that control it) are kept apart, each with its evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.entrance import Entrance
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.identity import keep_texts
from herkomst.scanner.model.key_use import KeyUse
from herkomst.scanner.model.location import NOT_OBSERVED, Location, LocationEvidence
from herkomst.scanner.model.service_use import OpenService, ServiceUse
from herkomst.scanner.model.verdict import Note


class Layer(StrEnum):
    """`edge` sees the traffic (CDN, WAF, mail gateway) and need not hold the data; else `origin`."""

    EDGE = "edge"
    ORIGIN = "origin"


class SignKind(StrEnum):
    """What names a party. Service signs name the provider, address signs the network, contract signs only a contract."""

    CNAME = "cname"
    HTTPS = "https"
    """The target of an HTTPS record (RFC 9460)."""
    MX = "mx"
    NS = "ns"
    DKIM = "dkim"
    AUTODISCOVER = "autodiscover"
    CERTIFICATE = "certificate"
    SPF_INCLUDE = "spf_include"
    REPORT = "report"
    """Who receives reports on the mail of a domain (DMARC, TLS-RPT), or serves its mail policy (MTA-STS)."""
    CDN_RANGE = "cdn_range"
    CAA = "caa"
    TLD = "tld"
    ASN = "asn"
    RDAP = "rdap"
    PTR = "ptr"
    RANGE = "range"
    CONTROL_PLANE = "control_plane"
    """The platform itself lists the resource: it offers the service and holds what is under it."""
    INVENTORY = "inventory"
    """The holder lists the resource as one of this platform."""
    TRUST = "trust"
    """The account lets this party act in it."""
    IMAGE = "image"
    """A container image that runs: its registry, or who makes it."""
    TXT_TOKEN = "txt_token"  # noqa: S105 - a kind of DNS record, no password


@dataclass(frozen=True, slots=True)
class Party:
    """Someone who operates, holds or owns: a catalogue provider, a catalogue entity, or only a name or AS number.

    Two parties are different until shown equal (`herkomst.scanner.knowledge.Knowledge.same_party`). `country` is the legal seat
    as the registry gives it, only set where the catalogue does not know the entity. `own`: shown to be the declaring organisation.
    """

    name: str
    provider: str | None = None
    entity: str | None = None
    asn: int | None = None
    country: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """One observation that names a party; `evidence` is the observation's id, `detail` the name or number that matched."""

    kind: SignKind
    party: Party
    evidence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """The network under an endpoint; `holder` is the registered holder, else the AS name."""

    prefix: str | None
    asn: int | None
    holder: str | None
    party: Party | None = None
    origins: tuple[int, ...] = ()
    """All origin AS numbers, where there is more than one."""


@dataclass(frozen=True, slots=True)
class Investor:
    """A holder of shares that is no controlling parent: shown, never counted."""

    name: str
    country: str
    share: str = ""
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class OwnerFact:
    """A legal entity with its country; `source` is empty where nothing that was read supports it."""

    name: str
    country: str | None
    entity: str | None = None
    as_of: str = ""
    source: str = ""
    investors: tuple[Investor, ...] = ()


class Via(StrEnum):
    """Through whom a state can compel."""

    OPERATOR = "operator"
    NETWORK = "network"
    PLATFORM = "platform"
    PARENT = "parent"


class JurisdictionStatus(StrEnum):
    """`current` and `closed` count; `announced` and `blocked` are shown and never count; `registered` is the registry's word."""

    CURRENT = "current"
    CLOSED = "closed"
    ANNOUNCED = "announced"
    BLOCKED = "blocked"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One state that can compel one party, and by which fact."""

    country: str
    via: Via
    party: str
    status: JurisdictionStatus
    sourced: bool
    source: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class JoinedResource:
    """A resource of a declared account or cluster: `what` is service and type (`ec2:instance`), `region` empty for what has none.

    `account` is the declared account or cluster; `chain` the steps from a cluster's entrance to the machines behind it.
    """

    what: str
    id: str
    account: str
    region: str
    role: Role | None
    evidence: str
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """The attributed answer for one endpoint in one role.

    `subject` is the declared asset that the endpoint belongs to; `addresses` share all that follows. `failures` are the sources
    that were asked about this endpoint and failed. `tops_known`: for every party, whether its chain of parents ends at a sourced top.
    `own_name`: the endpoint's name lies under the same registrable domain as the subject.
    """

    subject: str
    role: Role
    layer: Layer
    endpoint: str
    addresses: tuple[str, ...] = ()
    service_signs: tuple[Sign, ...] = ()
    address_signs: tuple[Sign, ...] = ()
    contract_signs: tuple[Sign, ...] = ()
    provider: Party | None = None
    network: Network | None = None
    owner: OwnerFact | None = None
    ultimate_parent: OwnerFact | None = None
    jurisdictions: tuple[Jurisdiction, ...] = ()
    tops_known: bool = False
    location_evidence: tuple[LocationEvidence, ...] = ()
    location: Location = NOT_OBSERVED
    fronted: bool = False
    anycast: bool = False
    own_name: bool = False
    special_use: str | None = None
    addresses_incomplete: bool = False
    """An address look-up of the endpoint failed: there may be more addresses than those listed."""
    names_incomplete: bool = False
    """A look-up that could have shown a service sign failed."""
    edge_unknown: bool = False
    """A failed source could have shown that an address is an edge's or anycast, which would take its place evidence away."""
    layer_failures: tuple[Failure, ...] = ()
    """Look-ups that failed and could have shown that this endpoint is an edge; empty where the layer is known."""
    role_failures: tuple[Failure, ...] = ()
    """Look-ups that failed and could have shown that something else serves this role: nothing is judged of this endpoint then."""
    failures: tuple[Failure, ...] = ()
    evidence: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """The names that the endpoint's own name leads through (CNAME), in order."""
    is_shared: bool = False
    """The platform's published ranges give these addresses to a service that many customers share: no account lists them."""
    joined: tuple[JoinedResource, ...] = ()
    """The resources of declared accounts that these addresses or names belong to."""
    join_failures: tuple[Failure, ...] = ()
    """What failed and could have shown which resource of a declared account this is."""


@dataclass(frozen=True, slots=True)
class ListedEndpoint:
    """A resource of a declared account that the world knows by an address or a name, as the account's control plane lists it.

    `place` is where it is (grade E1); `leads_to` are the observations of the listed resources that it passes requests on to.
    `is_exposed`: by its own words it takes requests from anywhere; whether a firewall stands in front is not looked at.
    """

    resource: JoinedResource
    provider: str
    place: LocationEvidence
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
    is_exposed: bool = False


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an account exposes under one address or name: its resources, and whether the declaration mentions any of them.

    `is_mentioned` is None where that is not known: the account serves other systems too. `hidden_by`: what failed and could have shown
    a mention.
    """

    resources: tuple[JoinedResource, ...]
    addresses: tuple[str, ...]
    names: tuple[str, ...]
    is_mentioned: bool | None
    hidden_by: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A role or an endpoint of a subject that could not be measured at all, and why."""

    subject: str
    role: Role
    endpoint: str
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class Absence:
    """Measured and not there: a name that does not exist, or a role without records."""

    subject: str
    role: Role
    endpoint: str
    outcome: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NameSeen:
    """A name met while collecting: `origin` says in which record (`mx`, `ns`, `cname`, `spf`, `autodiscover`, `certificate`, ...)."""

    subject: str
    name: str
    origin: str
    evidence: str


@dataclass(frozen=True, slots=True)
class NamedParty:
    """A third party that a record names beside the endpoints, such as a receiver of reports: `name` is what the record says.

    `sign` holds the party where the catalogue knows the name; else its party is the registrable domain and nothing more.
    """

    subject: str
    role: Role
    name: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class UnreadServices:
    """The services of a platform that could hold endpoints of a role and are not read."""

    role: Role
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """All that attribution says of one declared asset."""

    subject: str
    placements: tuple[Placement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    absences: tuple[Absence, ...] = ()
    contract_signs: tuple[Sign, ...] = ()
    names: tuple[NameSeen, ...] = ()
    failures: tuple[Failure, ...] = ()
    parties: tuple[NamedParty, ...] = ()
    party_gaps: tuple[Gap, ...] = ()
    """Look-ups that failed and could have shown a named party."""
    not_asked: tuple[str, ...] = ()
    """Observation kinds of sources that were switched off."""
    certificates: tuple[str, ...] = ()
    """The observations of certificates that the asset's names showed."""
    delegation_notes: tuple[Note, ...] = ()
    """Where the parent zone and the zone itself name different name servers: questions, which decide nothing."""
    delegation_evidence: tuple[str, ...] = ()
    """The observations that these notes rest on."""
    complete_roles: tuple[Role, ...] = ()
    """Roles of which the asset's own control plane listed all there is: what is not among the placements is not there."""
    unread: tuple[UnreadServices, ...] = ()
    """Services that could hold a role and that this version does not read: nothing of that role is confirmed."""
    platforms: tuple[str, ...] = ()
    """Of a cloud account: the catalogue's ids of who runs it."""
    listed: tuple[ListedEndpoint, ...] = ()
    """Of a cloud account, until the pictures of its system are joined: what it lists that the world knows by address or name."""
    listing_failures: tuple[Failure, ...] = ()
    """Of a cloud account: the questions that failed and could have shown such a resource."""
    exposures: tuple[Exposure, ...] = ()
    """Of a cloud account, once the pictures are joined: what takes requests from anywhere."""
    key_uses: tuple[KeyUse, ...] = ()
    """Of a cloud account: who holds the keys of what it stores."""
    service_uses: tuple[ServiceUse, ...] = ()
    """Of a cloud account: the services of its platform that something is listed of."""
    open_services: tuple[OpenService, ...] = ()
    """Of a cloud account: the services that may be in use besides, since something could not be read."""
    unlisted_services: tuple[str, ...] = ()
    """Of a cloud account: the services of its platform that no inventory shows, by their ids in the catalogue."""
    machines: tuple[str, ...] = ()
    """Of a cloud account: the ids of its machines. Of a cluster: those of the machines at AWS that its nodes are."""
    is_cluster: bool = False
    """Whether the asset is a Kubernetes cluster or a part of one."""
    entrances: tuple[Entrance, ...] = ()
    """Of a cluster: what the world reaches it by."""


keep_texts(Party, Sign, Network, OwnerFact, Jurisdiction)
