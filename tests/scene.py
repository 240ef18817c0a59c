"""A scene: observations and failures made by hand, for testing the judging core without any collector.

Names and addresses are documentation ones. Whatever a scene does not say of a declared name is answered with NODATA, as a name server
with no such records would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence, reverse_name
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.breadth import DELEGATION, MAIL_SERVICES
from herkomst.scanner.model.claim import (
    Asset,
    AssetKind,
    Claim,
    Operator,
    Organisation,
    Role,
    SaidBy,
    Scope,
    Supplier,
    System,
)
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import (
    ChainEnd,
    Content,
    DnsChain,
    DnsDelegation,
    DnsNoAnswer,
    DnsRRset,
    GeofeedEntry,
    IpLocation,
    IpOrigin,
    IpRange,
    IpRegistration,
    IpSpecialUse,
    NoAnswer,
    Observation,
    RangeScope,
    RdapNetwork,
    RttBound,
    SpfPolicy,
    SpfTerm,
    TlsChain,
    TlsNoService,
)
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.names import WILDCARD_LABEL, is_address
from herkomst.scanner.verdicts.judge import judge_claim
from scene_catalogue import CATALOGUE

KNOWLEDGE = Knowledge(CATALOGUE)
DAY = date(2026, 11, 23)
VOORBEELD = Organisation("Gemeente Voorbeeld", asns=(64500,))
SELECTORS = ("selector1", "selector2")
DNS_KINDS = ("dns.rrset", "dns.no_answer", "dns.chain", "dns.delegation", "spf.policy", "spf.term")
IP_KINDS = ("ip.special_use", "ip.range", "ip.origin", "ip.registration", "ip.location", "rdap.network")
TLS_KINDS = ("tls.chain", "tls.no_service")
DOMAIN_TYPES = ("A", "AAAA", "MX", "NS", "SOA", "TXT", "CAA", "HTTPS")


def asset_of(text: str) -> Asset:
    """Return the asset that a text stands for; twelve digits are an AWS account, a name without a dot is a cluster."""
    if "/" in text:
        return Asset(AssetKind.NETWORK, text)
    if is_address(text):
        return Asset(AssetKind.ADDRESS, text)
    if text.isdigit():
        return Asset(AssetKind.AWS, text)
    return Asset(AssetKind.DOMAIN if "." in text else AssetKind.KUBERNETES, text)


@dataclass
class Scene:
    """What was seen of some assets; every method returns the scene, so that a story reads as one sentence."""

    on: date = DAY
    organisation: Organisation = VOORBEELD
    supplier: Supplier | None = None
    absent_roles: frozenset[Role] = frozenset()
    custom_sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    not_asked: tuple[str, ...] = ()
    contents: list[tuple[str, Content]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    # -- DNS --------------------------------------------------------------------------------------------------------

    def see(self, subject: str, content: Content) -> Scene:
        self.contents.append((subject, content))
        return self

    def host(self, name: str, *addresses: str, via: tuple[str, ...] = ()) -> Scene:
        four = tuple(address for address in addresses if ":" not in address)
        six = tuple(address for address in addresses if ":" in address)
        if via:
            self.see(name, DnsChain(name, via, ChainEnd.ADDRESS))
        if four:
            self.see(name, DnsRRset(name, "A", four))
        if six:
            self.see(name, DnsRRset(name, "AAAA", six))
        return self

    def rrset(self, name: str, rdtype: str, *values: str) -> Scene:
        return self.see(name, DnsRRset(name, rdtype, tuple(sorted(values))))

    def delegate(self, zone: str, *servers: str, glue: tuple[str, ...] = (), from_zone: bool = False) -> Scene:
        """Let the parent zone name these servers of a zone; where a scene does not say, it names those that the zone names."""
        parent = zone.partition(".")[2]
        return self.see(zone, DnsDelegation(zone, parent, f"a.{parent}", tuple(sorted(servers)), glue, None, from_zone))

    def mx(self, domain: str, *hosts: str) -> Scene:
        return self.rrset(domain, "MX", *(f"10 {host}" for host in hosts))

    def spf(self, domain: str, *includes: str) -> Scene:
        self.rrset(domain, "TXT", "v=spf1 " + " ".join(f"include:{name}" for name in includes) + " -all")
        self.see(domain, SpfPolicy(domain, len(includes), 0))
        for name in includes:
            self.see(domain, SpfTerm(domain, (domain,), "+", "include", name))
        return self

    def autodiscover(self, domain: str, target: str, *addresses: str) -> Scene:
        return self.host(f"autodiscover.{domain}", *addresses, via=(target,))

    def dkim(self, domain: str, selector: str, target: str) -> Scene:
        return self.rrset(f"{selector}._domainkey.{domain}", "CNAME", target)

    def absent(self, name: str) -> Scene:
        for rdtype in ("A", "AAAA"):
            self.see(name, DnsNoAnswer(name, rdtype, NoAnswer.NXDOMAIN))
        return self

    def fail(self, name: str, rdtype: str, reason: FailureReason = FailureReason.TIMEOUT) -> Scene:
        self.failures.append(Failure("dns", name, "dns.rrset", reason, True, rdtype))
        return self

    def fail_parent(self, zone: str, reason: FailureReason = FailureReason.TIMEOUT) -> Scene:
        self.failures.append(Failure("dns", zone, "dns.delegation", reason, True))
        return self

    def fail_target(self, target: str, kinds: tuple[str, ...] = DNS_KINDS, collector: str = "dns") -> Scene:
        """Let a collector lose a whole target, as the engine records it: a failure for each kind, without a scope."""
        self.failures += [Failure(collector, target, kind, FailureReason.TIMEOUT, True) for kind in kinds]
        return self

    # -- addresses --------------------------------------------------------------------------------------------------

    def range(
        self,
        address: str,
        provider: str,
        region: str | None = None,
        group: str | None = None,
        scope: RangeScope = RangeScope.REGIONAL,
        prefix: str = "",
    ) -> Scene:
        return self.see(address, IpRange(address, prefix or f"{address}/28", provider, region, group, (), scope, "ranges"))

    def origin(self, address: str, asn: int, holder: str = "") -> Scene:
        return self.origins(address, (asn, holder))

    def origins(self, address: str, *asns: tuple[int, str]) -> Scene:
        """Several AS numbers announce one prefix."""
        numbers, holders = tuple(asn for asn, _ in asns), tuple(holder for _, holder in asns)
        return self.see(address, IpOrigin(address, f"{address}/24", numbers, holders, "asn"))

    def special(self, address: str, use: str) -> Scene:
        return self.see(address, IpSpecialUse(address, use))

    def location(self, address: str, country: str) -> Scene:
        return self.see(address, IpLocation(address, f"{address}/24", country, "location"))

    def registration(self, address: str, country: str) -> Scene:
        return self.see(address, IpRegistration(address, f"{address}/24", country, "registration"))

    def rdap(self, address: str, holder: str, country: str | None = None) -> Scene:
        network = RdapNetwork(address, (f"{address}/24",), "NET-1", "NET", holder, country, country, "lab")
        return self.see(address, network)

    def geofeed(self, address: str, country: str) -> Scene:
        return self.see(address, GeofeedEntry(address, f"{address}/24", country, None, None, "https://feed.example/geo.csv"))

    def ptr(self, address: str, *names: str) -> Scene:
        return self.rrset(reverse_name(address), "PTR", *names)

    def rtt(self, address: str, ms: float, *countries: str, probe: str = "ams") -> Scene:
        return self.see(address, RttBound(address, probe, ms, countries))

    def fail_address(self, address: str, kind: str, reason: FailureReason = FailureReason.TIMEOUT) -> Scene:
        self.failures.append(Failure("ip_ownership", address, kind, reason, True))
        return self

    # -- certificates -----------------------------------------------------------------------------------------------

    def certificate(self, name: str, address: str, *names: str, problem: str = "") -> Scene:
        """A name shows a certificate for names at an address."""
        issuer, validity = "CN=Zegelhuis", ("2026-10-01T00:00:00Z", "2026-12-30T00:00:00Z")
        leaf = f"{len(self.contents):064x}"
        if problem:
            return self.see(name.removeprefix("www."), TlsChain(name, address, 443, leaf=leaf, problem=problem))
        chain = TlsChain(name, address, 443, tuple(sorted(names)), issuer, *validity, "TLSv1.3", leaf)
        return self.see(name.removeprefix("www."), chain)

    def no_service(self, name: str, address: str) -> Scene:
        return self.see(name.removeprefix("www."), TlsNoService(name, address, 443))

    def fail_certificate(self, name: str, address: str = "", reason: FailureReason = FailureReason.TIMEOUT) -> Scene:
        self.failures.append(Failure("tls", name, "tls.chain", reason, True, address))
        return self

    # -- judging ----------------------------------------------------------------------------------------------------

    def observations(self, assets: tuple[str, ...]) -> tuple[Observation, ...]:
        contents = [*self.contents, *self._silence(assets), *self._agreement()]
        at = datetime(self.on.year, self.on.month, self.on.day, 10, tzinfo=UTC)
        collector = {"dns": "dns", "spf": "dns", "tls": "tls"}
        return tuple(
            Observation(subject, collector.get(content.kind.partition(".")[0], "ip_ownership"), "test", at, content)
            for subject, content in contents
        )

    def _agreement(self) -> list[tuple[str, Content]]:
        """The delegation of every zone whose name servers the scene tells, and which the parent is not said to know otherwise."""
        lost = {failure.subject for failure in self.failures if failure.kind == DnsDelegation.kind}
        if {DnsDelegation.kind, DELEGATION} & set(self.not_asked):
            return []
        lost |= {item.name for _, item in self.contents if isinstance(item, DnsDelegation)}
        zones = {item.name: item for _, item in self.contents if isinstance(item, DnsRRset) and item.rdtype == "NS"}
        return [
            (name, DnsDelegation(name, name.partition(".")[2], "a.example", item.values))
            for name, item in zones.items()
            if name not in lost
        ]

    def _silence(self, assets: tuple[str, ...]) -> list[tuple[str, Content]]:
        """NODATA for every question of the declared names and of every host met that the scene does not answer."""
        said = {(item.name, item.rdtype) for _, item in self.contents if isinstance(item, DnsRRset | DnsNoAnswer)}
        said |= {(failure.subject, failure.scope) for failure in self.failures if failure.kind == "dns.rrset"}
        lost = {failure.subject for failure in self.failures if failure.kind == "dns.rrset" and not failure.scope}
        chains = {item.name for _, item in self.contents if isinstance(item, DnsChain)}
        questions: list[tuple[str, str]] = []
        for name in (asset for asset in assets if asset_of(asset).kind is AssetKind.DOMAIN):
            zone = name.split(".", max(0, name.count(".") - 1))[-1]
            questions += [(name, rdtype) for rdtype in DOMAIN_TYPES]
            questions += [(zone, "NS"), (zone, "CAA"), (f"www.{name}", "A"), (f"www.{name}", "AAAA")]
            questions += [(f"autodiscover.{name}", rdtype) for rdtype in ("A", "AAAA", "CNAME")]
            questions += [(f"_autodiscover._tcp.{name}", "SRV")]
            questions += [(f"{selector}._domainkey.{name}", "CNAME") for selector in (*SELECTORS, WILDCARD_LABEL)]
            questions += [(f"{WILDCARD_LABEL}.{name}", rdtype) for rdtype in ("A", "AAAA")]
            questions += [(f"www.{name}", "HTTPS"), (f"_dmarc.{zone}", "TXT"), (f"autoconfig.{name}", "CNAME")]
            questions += [(f"{label}.{name}", "TXT") for label in ("_dmarc", "_smtp._tls", "_mta-sts")]
            questions += [(f"{service}._tcp.{name}", "SRV") for service in MAIL_SERVICES]
            if any(isinstance(item, DnsRRset) and item.name == f"_mta-sts.{name}" for _, item in self.contents):
                questions.append((f"mta-sts.{name}", "CNAME"))
        hosts = [value.split(" ")[-1] for _, item in self.contents if isinstance(item, DnsRRset) for value in item.values]
        hosts += [host for _, item in self.contents if isinstance(item, DnsDelegation) for host in item.servers]
        for _, item in self.contents:
            if isinstance(item, DnsRRset) and item.rdtype in ("MX", "NS", "A", "AAAA"):
                questions += [(item.name, "A"), (item.name, "AAAA")]
        services = (
            value.split(" ")[1]
            for _, item in self.contents
            if isinstance(item, DnsRRset) and item.rdtype == "HTTPS"
            for value in item.values
        )
        hosts += services
        mentioned = {value for value in hosts if "." in value and not is_address(value)}
        questions += [(host, rdtype) for host in mentioned for rdtype in ("A", "AAAA")]
        silence: list[tuple[str, Content]] = []
        for name, rdtype in dict.fromkeys(questions):
            asked_for = {name, *(subject for subject in lost if name.endswith("." + subject))}
            if (name, rdtype) not in said and not (name in chains and rdtype == "CNAME") and not asked_for & lost:
                silence.append((name, DnsNoAnswer(name, rdtype, NoAnswer.NODATA)))
        return silence

    def evidence(self, assets: tuple[str, ...]) -> Evidence:
        return Evidence(self.observations(assets), self.failures, self.not_asked)

    def system(self, assets: tuple[str, ...], claims: tuple[Claim, ...] = ()) -> System:
        listed = tuple(asset_of(asset) for asset in assets)
        return System("zaaksysteem", self.organisation, self.supplier, listed, self.absent_roles, claims, self.custom_sets)

    def pictures(self, assets: tuple[str, ...], evidence: Evidence | None = None) -> tuple[Picture, ...]:
        outlook = Outlook(KNOWLEDGE, self.organisation, self.on)
        known = evidence or self.evidence(assets)
        return tuple(attribute(asset, known, outlook) for asset in self.system(assets).assets)

    def judge(
        self,
        key: str,
        *values: str,
        negated: bool = False,
        assets: tuple[str, ...] = ("voorbeeld.example",),
        said_by: SaidBy = SaidBy.SUPPLIER,
        scope: Scope | None = None,
        evidence: Evidence | None = None,
        **details: object,
    ) -> Verdict:
        """Return the verdict on one claim over the given assets."""
        operator = Operator.NOT if negated else Operator.IS
        claim = Claim(key, operator, values, said_by, scope=scope or Scope(), **details)  # type: ignore[arg-type]  # fields of Claim
        system = self.system(assets, (claim,))
        context = Context(KNOWLEDGE, system, self.on, self.not_asked)
        return judge_claim(system, claim, self.pictures(assets, evidence), context)
