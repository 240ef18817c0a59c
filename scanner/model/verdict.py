"""Verdicts: the outcome for one claim on one subject, and everything a reader needs to weigh it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.model.claim import Hearing, Operator, SaidBy, Scope
from herkomst.scanner.model.identity import keep_texts


class Status(StrEnum):
    """The seven statuses. Only `confirmed` is green."""

    CONFIRMED = "confirmed"
    CONSISTENT = "consistent"
    PARTLY = "partly"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE = "unverifiable"
    NOT_MEASURED = "not_measured"
    ATTESTED = "attested"

    @property
    def rank(self) -> int:
        """Confirmed 2, consistent 1, all others 0: the order in which a failure never moves a verdict up."""
        return {"confirmed": 2, "consistent": 1}.get(self.value, 0)


class Confidence(StrEnum):
    """How sure a status is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def lowered(self) -> Confidence:
        """One step less sure."""
        return Confidence.MEDIUM if self is Confidence.HIGH else Confidence.LOW


class Reason(StrEnum):
    """The closed list of reasons; docs/methodology.md explains each. Adding one needs a sentence there and in both languages."""

    FRONTED = "fronted"
    ANYCAST = "anycast"
    CONFLICTING = "conflicting"
    REGISTRATION_ONLY = "registration_only"
    POINTS_ELSEWHERE = "points_elsewhere"
    NO_ENDPOINT = "no_endpoint"
    KEY_SHARED = "key_shared"
    """The customer rules over the key and the provider keeps it, so neither holds it alone."""
    NOT_OBSERVABLE = "not_observable"
    ROLES_NOT_OBSERVED = "roles_not_observed"
    RESELLER_POSSIBLE = "reseller_possible"
    OWNERSHIP_UNSOURCED = "ownership_unsourced"
    PARTY_UNKNOWN = "party_unknown"
    """A third party was seen that the catalogue does not know, so it cannot be compared with the list."""
    NO_DOCUMENT = "no_document"
    """Only a document could support the claim, and none is given."""
    CROSS_ACCOUNT = "cross_account"
    TIMEOUT = "timeout"
    DENIED = "denied"
    THROTTLED = "throttled"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    NO_TABLE = "no_table"
    CANCELLED = "cancelled"
    NOT_ASKED = "not_asked"
    """A run of less than full breadth left the question out."""
    INTERNAL = "internal"
    NOT_COLLECTED = "not_collected"
    """No collector for this kind of asset is installed or configured."""
    EXPIRED = "expired"
    PROVIDER_RANGE_ELSEWHERE = "provider_range_elsewhere"
    ROUND_TRIP_ELSEWHERE = "round_trip_elsewhere"
    CONTROL_PLANE_ELSEWHERE = "control_plane_elsewhere"
    REGION_ELSEWHERE = "region_elsewhere"
    PARENT_ELSEWHERE = "parent_elsewhere"
    PARTY_ELSEWHERE = "party_elsewhere"
    """The operator, network holder or platform owner itself lies outside what was claimed."""
    OTHER_PROVIDER = "other_provider"
    OTHER_NETWORK = "other_network"
    OTHER_OWNER = "other_owner"
    UNDECLARED_PARTY = "undeclared_party"
    UNDECLARED_NAME = "undeclared_name"
    OTHER_KEY_HOLDER = "other_key_holder"
    """The keys of what is stored are held by another than was claimed."""
    UNDECLARED_RESOURCE = "undeclared_resource"
    """A cloud account exposes something that no declared asset mentions."""
    UNDECLARED_SERVICE = "undeclared_service"
    """A service that only its platform offers is in use, and the claim does not allow it."""
    SHARE_ABOVE_MAXIMUM = "share_above_maximum"
    """More of the services in use are only their platform's than the claim allows."""


class WouldChange(StrEnum):
    """The cheapest measurement or fact that is missing; worded by the reports."""

    RETRY = "retry"
    FULL_BREADTH = "full_breadth"
    """A run that asks everything."""
    ASK_RDAP = "ask_rdap"
    ROUND_TRIP = "round_trip"
    INSIDE_ACCESS = "inside_access"
    """Read-only access to the cloud account or cluster."""
    ORIGIN_ADDRESS = "origin_address"
    """The supplier names the origin behind the edge."""
    GEOFEED = "geofeed"
    OWNERSHIP_SOURCE = "ownership_source"
    CONTRACT = "contract"
    """A contract or statement that names the party."""
    DOCUMENT = "document"
    DECLARE_ASSETS = "declare_assets"
    DECLARE_ABSENT_ROLES = "declare_absent_roles"
    SUPPLIER_RESPONSE = "supplier_response"
    INSTALL_COLLECTOR = "install_collector"


class NoteCode(StrEnum):
    """Facts that are shown beside a verdict and do not decide it."""

    TAKEOVER_ANNOUNCED = "takeover_announced"
    TAKEOVER_BLOCKED = "takeover_blocked"
    INVESTOR = "investor"
    CONTRACT_SIGN = "contract_sign"
    ABSENT_HOST = "absent_host"
    NAME_SEEN = "name_seen"
    ONLY_AT_PARENT = "only_at_parent"
    """A name server that the parent zone names and the zone itself does not; params: name, zone."""
    ONLY_IN_ZONE = "only_in_zone"
    """A name server that the zone names and its parent zone does not; params: name, zone."""
    GLUE_DIFFERS = "glue_differs"
    """An address that the parent zone gives for a name server, and the zone does not; params: name, address."""
    BELONGS_TO = "belongs_to"
    """The resource of a declared account that an endpoint belongs to; params: endpoint, resource, region, account."""
    RUNS_IN = "runs_in"
    """The way from an endpoint through a declared cluster to the machines; params: endpoint, cluster, chain."""
    PROPRIETARY_SERVICE = "proprietary_service"
    """A service in use that only its platform offers, with the number of its resources; params: name. So are the next two."""
    PORTABLE_SERVICE = "portable_service"
    PLAIN_SERVICE = "plain_service"
    VIA_PARTY = "via_party"
    """A party through which a state can compel; params: country, via, party."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note with its parameters (name, value), worded by the reports."""

    code: NoteCode
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome for one endpoint: what the claim's verdict is rolled up from. `scope_part` names the part of the scope."""

    subject: str
    role: str
    endpoint: str
    addresses: tuple[str, ...]
    status: Status
    reason: Reason | None
    confidence: Confidence
    observed: tuple[str, ...]
    evidence: tuple[str, ...]
    scope_part: str = ""
    retryable: bool | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the scope was measured; listed = measured + not measured, everywhere."""

    targets: int
    measured: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one claim on one subject.

    `id` is a fingerprint of system, said_by, claim, scope, subject and role, the same in every run; `alert_key` of that, status and
    reason. `role` is the claim's own role; for a group, the role that decided, where a single one did, else the group's name.
    `retryable` says for `not_measured` whether asking again may help.
    """

    id: str
    alert_key: str
    system: str
    subject: str
    role: str
    claim: str
    operator: Operator
    expected: tuple[str, ...]
    observed: tuple[str, ...]
    status: Status
    reason: Reason | None
    confidence: Confidence
    said_by: SaidBy
    source: str
    hearing: Hearing
    scope: Scope
    coverage: Coverage
    parts: tuple[Part, ...] = ()
    not_asked: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    would_change: WouldChange | None = None
    retryable: bool | None = None
    notes: tuple[Note, ...] = ()


keep_texts(Note)
