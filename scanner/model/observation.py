"""Observations: one fact from one source at one time, with where it came from. All kinds are in this module.

Content is canonical: what varies without meaning (TTL, order of answers, message id, letter case, SOA serial, RRSIG)
is left out by the collector, so that the id of an observation, a hash of its content, is the same in every run that
got the same answer. NXDOMAIN and NODATA are observations; a source that could not be asked is a `Failure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Protocol

from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsResource
from herkomst.scanner.model.codec import from_plain
from herkomst.scanner.model.identity import Plain, content_id, plain
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.kubernetes import KubeCluster, KubeContexts, KubeCoverage, KubeObject, KubePods


class Content(Protocol):
    """The content of one observation kind: a frozen dataclass of text, numbers and tuples of these."""

    kind: ClassVar[str]


class NoAnswer(StrEnum):
    """The two ways in which DNS says no."""

    NXDOMAIN = "nxdomain"
    NODATA = "nodata"


class ChainEnd(StrEnum):
    """How a CNAME chain ended."""

    ADDRESS = "address"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    LOOP = "loop"
    TOO_LONG = "too_long"
    FAILED = "failed"


class RangeScope(StrEnum):
    """What a published range entry says of the place: only `regional` says something."""

    REGIONAL = "regional"
    GLOBAL = "global"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class DnsRRset:
    """A record set as answered, CNAMEs followed: `values` in presentation form, canonical, sorted.

    MX values are `"10 mx.example."`-like with the host canonical: `"10 mx.example"`. TXT values are the strings of one
    record joined (RFC 7208 section 3.3), non-UTF-8 bytes escaped as `\\xNN`. `authenticated` is the AD bit as the resolver
    set it; it proves nothing where the path to the resolver is not trusted.
    """

    kind: ClassVar[str] = "dns.rrset"
    name: str
    rdtype: str
    values: tuple[str, ...]
    authenticated: bool = False


@dataclass(frozen=True, slots=True)
class DnsNoAnswer:
    """DNS said that the name does not exist (NXDOMAIN) or has no records of this type (NODATA, RFC 9499)."""

    kind: ClassVar[str] = "dns.no_answer"
    name: str
    rdtype: str
    outcome: NoAnswer


@dataclass(frozen=True, slots=True)
class DnsChain:
    """The CNAME chain from `name`, hop by hop: `hops` are the names it leads through, the last one is where it ended."""

    kind: ClassVar[str] = "dns.chain"
    name: str
    hops: tuple[str, ...]
    ended: ChainEnd


@dataclass(frozen=True, slots=True)
class DnsDelegation:
    """Who serves a zone by its parent zone: the NS records there, asked of `said_by`, a server of the parent (RFC 9499 "delegation").

    `servers` are host names, sorted; none where the parent delegates no such zone. `glue` are addresses that came with them, written
    `host address`. `has_ds`: a DS record stands beside them; None where it does not show. `from_zone`: the server serves the zone
    itself too and answered for it, so what the parent holds shows to nobody who asks there. Not signed: who is on the path can change it.
    """

    kind: ClassVar[str] = "dns.delegation"
    name: str
    parent: str
    said_by: str
    servers: tuple[str, ...]
    glue: tuple[str, ...] = ()
    has_ds: bool | None = None
    from_zone: bool = False


@dataclass(frozen=True, slots=True)
class SpfTerm:
    """One term of an SPF policy (RFC 7208), found through `path` (the names whose records were read, the root first).

    `mechanism` is all, include, a, mx, ptr, ip4, ip6, exists, redirect or exp; `value` is its domain name or network, canonical. A
    name with macros is expanded where that needs no message; else it is as written, with its `%`.
    """

    kind: ClassVar[str] = "spf.term"
    root: str
    path: tuple[str, ...]
    qualifier: str
    mechanism: str
    value: str


@dataclass(frozen=True, slots=True)
class SpfPolicy:
    """How the evaluation of a whole SPF policy went: look-ups used (limit 10), void ones (limit 2), the problem if any.

    `problem` is one of `none` (no policy), `multiple_records`, `loop`, `syntax`, `missing_policy` (an include or redirect leads to
    none), `too_many_mx_names` (above ten), `too_many_lookups`, `too_many_void_lookups`, or empty. The counts are those of a whole
    reading: a receiver stops at the first term that matches.
    """

    kind: ClassVar[str] = "spf.policy"
    root: str
    lookups: int
    void_lookups: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class IpSpecialUse:
    """An address that names no operator: `use` is private, shared, loopback, link_local, documentation, multicast, unspecified or reserved."""

    kind: ClassVar[str] = "ip.special_use"
    address: str
    use: str


@dataclass(frozen=True, slots=True)
class IpRange:
    """A range that a provider publishes as its own. `provider` is a catalogue id. Not proof of who uses the address.

    `region` and `border_group` are the provider's codes; `services` its service names, sorted.
    """

    kind: ClassVar[str] = "ip.range"
    address: str
    prefix: str
    provider: str
    region: str | None
    border_group: str | None
    services: tuple[str, ...]
    scope: RangeScope
    dataset: str


@dataclass(frozen=True, slots=True)
class IpOrigin:
    """The AS numbers that announce the covering prefix, and their names (same order). Names lie: key on the number."""

    kind: ClassVar[str] = "ip.origin"
    address: str
    prefix: str
    asns: tuple[int, ...]
    holders: tuple[str, ...]
    dataset: str


@dataclass(frozen=True, slots=True)
class IpRegistration:
    """The country in which the covering block is registered (RIR statistics). Says nothing of location (grade E8)."""

    kind: ClassVar[str] = "ip.registration"
    address: str
    prefix: str
    country: str
    dataset: str


@dataclass(frozen=True, slots=True)
class IpLocation:
    """The country that a location table gives (grade E6): weak, and never enough to contradict."""

    kind: ClassVar[str] = "ip.location"
    address: str
    prefix: str
    country: str
    dataset: str


@dataclass(frozen=True, slots=True)
class RdapNetwork:
    """The most specific registered network (RFC 9083 ip network). `prefixes` cover it; `holder` is the registrant organisation.

    `country` is the object's country attribute: the holder's choice, registration only. No contacts are asked for or kept.
    """

    kind: ClassVar[str] = "rdap.network"
    address: str
    prefixes: tuple[str, ...]
    handle: str
    name: str
    holder: str | None
    holder_country: str | None
    country: str | None
    registry: str
    geofeed: str | None = None


@dataclass(frozen=True, slots=True)
class GeofeedEntry:
    """The holder's own word on where a prefix is used (RFC 8805; grade E5). `country` is empty where it asks not to be placed."""

    kind: ClassVar[str] = "geofeed.entry"
    address: str
    prefix: str
    country: str
    region: str | None
    city: str | None
    url: str


@dataclass(frozen=True, slots=True)
class RttBound:
    """What a round-trip time allows: every country within reach of the probe at 100 km per millisecond (grade E3).

    It bounds the responding machine, which may be a proxy in front of the workload.
    """

    kind: ClassVar[str] = "rtt.bound"
    address: str
    probe: str
    rtt_ms: float
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TlsChain:
    """The certificate that a server shows for a name at one address (RFC 8446, RFC 5280), in the handshake of one look.

    `names` are its subject alternative names of the type dNSName, canonical and sorted, wildcards as `*.name`; no more than
    1,000 of them, the organisation's own first. `issuer` is its issuer in the order of RFC 4514, `not_before` and `not_after` are
    instants in UTC. `leaf` is the SHA-256 of the certificate, in hexadecimal. `problem` says why it is not to be trusted for the name,
    in the words of OpenSSL (`hostname_mismatch`, `cert_has_expired`, ...): then nothing is read from it but `leaf`, empty where that
    could not be had either. Who holds the key of a name need not be who runs it; nothing is said of any place.
    """

    kind: ClassVar[str] = "tls.chain"
    name: str
    address: str
    port: int
    names: tuple[str, ...] = ()
    issuer: str = ""
    not_before: str = ""
    not_after: str = ""
    version: str = ""
    leaf: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TlsNoService:
    """An address answered that it takes no connection on a port: nothing listens there (RFC 9293 section 3.5.2), so nothing is shown.

    It proves that only for the place from which was looked: a firewall can answer the same in the server's name.
    """

    kind: ClassVar[str] = "tls.no_service"
    name: str
    address: str
    port: int


CONTENT_TYPES: tuple[type[Any], ...] = (
    DnsRRset, DnsNoAnswer, DnsChain, DnsDelegation, SpfTerm, SpfPolicy, IpSpecialUse, IpRange, IpOrigin, IpRegistration,
    IpLocation, RdapNetwork, GeofeedEntry, RttBound, TlsChain, TlsNoService, AwsAccount, AwsCoverage, AwsResource,
    InventoryFile, InventoryResource, KubeCluster, KubeContexts, KubeCoverage, KubeObject,
    KubePods,
)  # fmt: skip
CONTENT_BY_KIND: dict[str, type[Any]] = {content.kind: content for content in CONTENT_TYPES}


@dataclass(frozen=True)
class Observation:
    """One fact from one source at one time.

    `subject` is the value of the target that was collected; the content names what exactly was asked. `raw` is the digest of
    the raw answer (`RawAnswer`), where one exists. The id covers subject, collector and content: neither time nor vantage.
    """

    subject: str
    collector: str
    vantage: str
    observed_at: datetime
    content: Content
    raw: str | None = None

    @property
    def kind(self) -> str:
        """The content's kind, such as `dns.rrset`."""
        return self.content.kind

    @cached_property
    def id(self) -> str:
        """A hash of subject, collector and content."""
        content = self.content
        return content_id(self.subject, self.collector, content.kind, content)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What the source sent, kept by digest (SHA-256, hexadecimal) so that it can be judged again.

    DNS messages are kept with id zero and owner names in lower case; `media_type` is `application/dns-message`,
    `application/rdap+json`, `application/pkix-cert` (RFC 2585) or `application/json` (a table row).
    """

    digest: str
    media_type: str
    body: bytes


def encode_content(content: Content) -> Plain:
    """Return the JSON form of a content; `decode_content` is its inverse."""
    return plain(content)


def decode_content(kind: str, data: dict[str, Any]) -> Content:
    """Return the content that `encode_content` gave, from JSON values.

    Raises KeyError for a kind this version does not know, CodecError for values that are not those of the kind.
    """
    content: Content = from_plain(CONTENT_BY_KIND[kind], data)
    return content
