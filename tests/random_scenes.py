"""Random scenes, every way in which a source of them can be lost, and claims of every kind to judge on what remains."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.model.breadth import MAIL_SERVICES, PARTS, part_of_question
from herkomst.scanner.model.claim import Claim, Operator, Property, Role, SaidBy, Scope, ScopePart
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import (
    Content,
    DnsChain,
    DnsDelegation,
    DnsNoAnswer,
    DnsRRset,
    IpLocation,
    IpOrigin,
    IpRange,
    IpRegistration,
    Observation,
    RangeScope,
    SpfPolicy,
    SpfTerm,
    TlsChain,
    TlsNoService,
)
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.names import WILDCARD_LABEL
from herkomst.scanner.verdicts.judge import judge_claim
from hypothesis import strategies as st
from scene import DNS_KINDS, IP_KINDS, KNOWLEDGE, TLS_KINDS, Scene

NAME = "voorbeeld.example"
SECOND = f"tweede.{NAME}"
THIRD = "derde.test"
NETWORK = "203.0.113.0/24"
SEGMENTS = ("203.0.113.0-203.0.113.127", "203.0.113.128-203.0.113.255")
ACCOUNT = "111122223333"
ADDRESSES = ("192.0.2.1", "192.0.2.65", "198.51.100.3", "2001:db8::1", "2001:db8:53::9")
COUNTRIES = ("NL", "DE", "US")
ASNS = (8075, 16509, 13335, 64500, 64505, 64506, 64508, 64510, 64511, 64512, 64515, 64499)
HOLDERS = ("Polderhost B.V.", "Duinhost B.V.", "Gemeente Voorbeeld", "Onbekend B.V.", "Wederverkoper B.V.")
RANGES = (
    ("azure", "westeurope", None, RangeScope.REGIONAL),
    ("azure", "northeurope", None, RangeScope.REGIONAL),
    ("aws", "eu-central-1", None, RangeScope.REGIONAL),
    ("aws", "eu-central-1", "eu-central-1", RangeScope.REGIONAL),
    ("aws", "eu-central-1", "eu-central-1-nieuw-1", RangeScope.REGIONAL),
    ("cloudflare", None, None, RangeScope.EDGE),
    ("azure", None, None, RangeScope.GLOBAL),
)
EXCHANGERS = (
    "voorbeeld-example.mail.protection.outlook.com",
    "d1.ess.de.barracudanetworks.com",
    f"mx.{NAME}",
    "mx.poortwachter.example",
    "mx.elders.example",
    "ms1.msv1.invalid",
)
MX_ALIASES = ((), (), ("voorbeeld.mail.protection.outlook.com",), ("in.poortwachter.example",))
WEB_ALIASES = ((), (), ("x.cdn.cloudflare.net",), ("www.polderhost.example",), ("x.dienst.example",))
INCLUDES = ("spf.bulkmail.example", "spf.protection.outlook.com", "spf.elders.example", "spf.naamhuis.example", f"_spf.{NAME}")
MICROSOFT_KEY = "selector1._domainkey.voorbeeld.onmicrosoft.com"
SENDER_KEY = "dkim.bulkmail.example"


# -- scenes --------------------------------------------------------------------------------------------------------------------


@dataclass
class Story:
    """A scene and the assets that are declared in it."""

    scene: Scene
    assets: tuple[str, ...]

    def observations(self) -> list[Observation]:
        return list(self.scene.observations(self.assets))

    def judge(self, claims: list[Claim], evidence: Evidence | None = None) -> list[Verdict]:
        """Return the verdicts on all claims, from one attribution of the evidence."""
        system = self.scene.system(self.assets, tuple(claims))
        pictures = self.scene.pictures(self.assets, evidence)
        context = Context(KNOWLEDGE, system, self.scene.on, self.scene.not_asked)
        return [judge_claim(system, claim, pictures, context) for claim in claims]


def _maybe(draw: st.DrawFn) -> bool:
    return draw(st.booleans())


@st.composite
def described_address(draw: st.DrawFn, scene: Scene) -> str:
    """Pick an address and say something about it; what is said of one address twice adds up, as in real life."""
    address = draw(st.sampled_from(ADDRESSES))
    if _maybe(draw):
        provider, region, group, scope = draw(st.sampled_from(RANGES))
        scene.range(address, provider, region, group, scope)
    if _maybe(draw):
        scene.origins(address, *((asn, "Naam") for asn in draw(st.lists(st.sampled_from(ASNS), max_size=2, unique=True))))
    if _maybe(draw):
        scene.location(address, draw(st.sampled_from(COUNTRIES)))
    if _maybe(draw):
        scene.geofeed(address, draw(st.sampled_from(COUNTRIES)))
    if _maybe(draw):
        scene.rdap(address, draw(st.sampled_from(HOLDERS)), draw(st.sampled_from(COUNTRIES)))
    for probe in draw(st.sampled_from([(), (), ("ams",), ("ams", "fra")])):
        scene.rtt(address, 1.0, *draw(st.sampled_from([("NL",), ("NL", "DE"), ("US",)])), probe=probe)
    if _maybe(draw):
        scene.ptr(address, draw(st.sampled_from(["a.fra1.hosting.example", "static.duinhost.example", "x.example"])))
    if _maybe(draw):
        scene.registration(address, draw(st.sampled_from(COUNTRIES)))
    return address


def _draw_host(draw: st.DrawFn, scene: Scene, name: str, aliases: tuple[tuple[str, ...], ...] = ((),)) -> None:
    addresses = {draw(described_address(scene)) for _ in range(draw(st.integers(1, 2)))}
    scene.host(name, *sorted(addresses), via=draw(st.sampled_from(aliases)))


def _draw_mail(draw: st.DrawFn, scene: Scene) -> None:
    if _maybe(draw):
        hosts = draw(st.lists(st.sampled_from(EXCHANGERS), min_size=1, max_size=2, unique=True))
        scene.mx(NAME, *hosts)
        for host in hosts:
            _draw_host(draw, scene, host, MX_ALIASES)
    if _maybe(draw):
        target = draw(st.sampled_from(["autodiscover.outlook.com", f"mail.{NAME}", "mail.elders.example"]))
        address = draw(described_address(scene))
        scene.autodiscover(NAME, target, address)
        if draw(st.integers(0, 3)) == 0:
            scene.host(f"{WILDCARD_LABEL}.{NAME}", address, via=(target,))
    if draw(st.integers(0, 3)) == 0:
        target = draw(st.sampled_from(["autodiscover.outlook.com", f"mail.{NAME}"]))
        scene.rrset(f"_autodiscover._tcp.{NAME}", "SRV", f"0 0 443 {target}")
    if draw(st.integers(0, 3)) == 0:
        scene.rrset(NAME, "TXT", "MS=ms12345678")
    for selector, target in (("selector1", MICROSOFT_KEY), ("k1", SENDER_KEY)):
        if _maybe(draw):
            scene.dkim(NAME, selector, target)
            if draw(st.integers(0, 3)) == 0:
                scene.dkim(NAME, WILDCARD_LABEL, target)
    if _maybe(draw):
        includes = draw(st.lists(st.sampled_from(INCLUDES), unique=True, max_size=3))
        scene.spf(NAME, *includes)
        if f"_spf.{NAME}" in includes:
            nested = draw(st.sampled_from(INCLUDES[:3]))
            scene.see(NAME, SpfTerm(NAME, (NAME, f"_spf.{NAME}"), "+", "include", nested))


def _draw_parties(draw: st.DrawFn, scene: Scene) -> None:
    receivers = draw(st.lists(st.sampled_from(["rapport.bulkmail.example", "elders.example", NAME]), max_size=2, unique=True))
    if receivers:
        scene.rrset(f"_dmarc.{NAME}", "TXT", "v=DMARC1; p=none; rua=" + ",".join(f"mailto:dmarc@{host}" for host in receivers))
    if draw(st.integers(0, 3)) == 0:
        scene.rrset(f"_smtp._tls.{NAME}", "TXT", "v=TLSRPTv1; rua=https://in.rapport.bulkmail.example/v1")
    if draw(st.integers(0, 3)) == 0:
        scene.rrset(f"_mta-sts.{NAME}", "TXT", "v=STSv1; id=1")
        scene.rrset(f"mta-sts.{NAME}", "CNAME", draw(st.sampled_from(["x.dienst.example", f"beleid.{NAME}"])))
    if draw(st.integers(0, 3)) == 0:
        target = draw(st.sampled_from(["autodiscover.outlook.com", f"imap.{NAME}", "imap.elders.example"]))
        scene.rrset(f"_imaps._tcp.{NAME}", "SRV", f"0 1 993 {target}")
    if draw(st.integers(0, 3)) == 0:
        scene.rrset(f"autoconfig.{NAME}", "CNAME", draw(st.sampled_from(["autodiscover.outlook.com", "instel.elders.example"])))
        if _maybe(draw):
            scene.host(f"{WILDCARD_LABEL}.{NAME}", via=("instel.elders.example",))


def _draw_bindings(draw: st.DrawFn, scene: Scene) -> None:
    if draw(st.integers(0, 2)):
        return
    target = draw(st.sampled_from(["x.cdn.cloudflare.net", "www.polderhost.example", f"rand.{NAME}"]))
    hint = draw(described_address(scene))
    value = draw(
        st.sampled_from(
            [f"1 . ipv4hint={hint}" if ":" not in hint else f"1 . ipv6hint={hint}", f"0 {target}", f"1 {target} alpn=h2"]
        )
    )
    scene.rrset(NAME, "HTTPS", value)
    if target in value:
        _draw_host(draw, scene, target)


def _draw_certificates(draw: st.DrawFn, scene: Scene) -> None:
    for name in (NAME, f"www.{NAME}"):
        for address in draw(st.lists(st.sampled_from(ADDRESSES[:2]), max_size=2, unique=True)):
            what = draw(st.sampled_from(["names", "names", "problem", "closed"]))
            if what == "names":
                listed = [name, f"*.{NAME}", f"www.{NAME}", f"intern.{NAME}", SECOND, "elders.example"]
                scene.certificate(name, address, *draw(st.lists(st.sampled_from(listed), max_size=3, unique=True)))
            elif what == "problem":
                scene.certificate(name, address, problem="hostname_mismatch")
            else:
                scene.no_service(name, address)


def _draw_delegation(draw: st.DrawFn, scene: Scene, host: str) -> None:
    """Let the parent zone name another set now and then, or the name server inside the zone at another address."""
    if "dns.delegation" not in scene.not_asked and draw(st.integers(0, 2)) == 0:
        servers = draw(st.lists(st.sampled_from([host, "ns9.elders.example", "ns2.polderhost.example"]), max_size=2, unique=True))
        for other in set(servers) - {host}:
            _draw_host(draw, scene, other)
        glue = (f"{host} {draw(described_address(scene))}",) if host in servers and _maybe(draw) else ()
        scene.delegate(NAME, *servers, glue=glue, from_zone=draw(st.integers(0, 3)) == 0)


def _draw_network(draw: st.DrawFn, scene: Scene) -> None:
    for segment in SEGMENTS:
        # a part that nobody announces is an answer too, and what names the part where nothing else is known of it
        asns = draw(st.lists(st.sampled_from(ASNS), max_size=1))
        scene.see(NETWORK, IpOrigin(segment, NETWORK, tuple(asns), tuple("Naam" for _ in asns), "asn"))
        if _maybe(draw):
            scene.see(NETWORK, IpLocation(segment, NETWORK, draw(st.sampled_from(COUNTRIES)), "location"))
        if _maybe(draw):
            provider, region, group, scope = draw(st.sampled_from(RANGES))
            scene.see(NETWORK, IpRange(segment, NETWORK, provider, region, group, (), scope, "ranges"))
        scene.see(NETWORK, IpRegistration(segment, NETWORK, draw(st.sampled_from(COUNTRIES)), "registration"))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    offline = ("rdap.network", "geofeed.entry", "tls.chain", "tls.no_service", "dns.delegation")
    scene = Scene(not_asked=draw(st.sampled_from([(), offline, offline[:2], offline[2:4], offline[4:]])))
    assets: list[str] = [NAME]
    if _maybe(draw):
        _draw_host(draw, scene, NAME, WEB_ALIASES)
    _draw_bindings(draw, scene)
    _draw_mail(draw, scene)
    _draw_parties(draw, scene)
    if "tls.chain" not in scene.not_asked:
        _draw_certificates(draw, scene)
    if _maybe(draw):
        host = draw(st.sampled_from(["ns1.polderhost.example", f"ns.{NAME}"]))
        scene.rrset(NAME, "NS", host)
        _draw_host(draw, scene, host)
        _draw_delegation(draw, scene, host)
    if _maybe(draw):
        scene.rrset(NAME, "CAA", f'0 issue "{draw(st.sampled_from(["zegel.example", "anders.example", "elders.example"]))}"')
    if draw(st.integers(0, 3)) == 0:
        assets.append(SECOND)
        _draw_host(draw, scene, SECOND, WEB_ALIASES)
    if draw(st.integers(0, 3)) == 0:
        assets.append(draw(described_address(scene)))
    if draw(st.integers(0, 3)) == 0:
        assets.append(NETWORK)
        _draw_network(draw, scene)
    if draw(st.integers(0, 9)) == 0:
        assets.append(draw(st.sampled_from([ACCOUNT, THIRD])))
    if _maybe(draw):
        scene.absent_roles = draw(st.frozensets(st.sampled_from([Role.COMPUTE, Role.STORAGE, Role.DATABASE, Role.BACKUP])))
    return Story(scene, tuple(dict.fromkeys(assets)))


# -- claims --------------------------------------------------------------------------------------------------------------------

HEADS = ("hosting", "edge", *(role.value for role in Role))
VALUES: dict[Property, tuple[tuple[str, ...], ...]] = {
    Property.COUNTRY: (("NL",), ("EU",), ("US",), ("NL", "DE")),
    Property.REGION: (("westeurope",), ("eu-central-1",)),
    Property.PROVIDER: (("polderhost",), ("self",), ("microsoft-365",), ("cloudflare",), ("bulkmail",), ("aws", "azure"), ()),
    Property.NETWORK: (("polderhost",), ("self",), ("duinhost",), ("azure",), ("AS64510",), ("AS64500", "aws")),
    Property.OWNER: (
        ("polderhost-bv",),
        ("microsoft",),
        ("amazon",),
        ("NL",),
        ("US",),
        ("self",),
        ("overgenomen-bv",),
        ("azure",),
    ),
    Property.JURISDICTION: (("EU",), ("NL",), ("US", "IE"), ("US", "IE", "LU", "NL")),
}
OWN_KEYS = (
    ("subprocessors", ("polderhost", "duinhost")),
    ("subprocessors", ("polderhost", "bulkmail", "azure", "aws", "microsoft-365")),
    ("subprocessors", ()),
    ("inventory.complete", ("yes",)),
    ("inventory.complete", ("no",)),
    ("development.country", ("NL",)),
)


@st.composite
def claims(draw: st.DrawFn, assets: tuple[str, ...]) -> Claim:
    """Draw a claim of any property and role, or of a whole system, with a scope now and then."""
    if draw(st.integers(0, 5)) == 0:
        key, values = draw(st.sampled_from(OWN_KEYS))
    else:
        prop = draw(st.sampled_from(Property))
        key, values = f"{draw(st.sampled_from(HEADS))}.{prop}", draw(st.sampled_from(VALUES[prop]))
    operator = draw(st.sampled_from(Operator)) if values else Operator.IS
    scopes = [
        Scope(),
        Scope(),
        Scope(),
        Scope(assets[:1]),
        Scope(parts=tuple(ScopePart(f"deel {name}", (name,)) for name in assets)),
    ]
    document = draw(st.sampled_from(["", "", "verklaring.pdf"]))
    return Claim(key, operator, values, SaidBy.SUPPLIER, document=document, scope=draw(st.sampled_from(scopes)))


# -- asking less ---------------------------------------------------------------------------------------------------------------


def narrow(observations: list[Observation], scene: Scene) -> Evidence:
    """Return what a run of the breadth `core` has of the same answers."""
    kept = [item for item in observations if not _is_left_out(item.content)]
    return Evidence(kept, scene.failures, (*scene.not_asked, *PARTS, *TLS_KINDS))


def _is_left_out(content: Content) -> bool:
    if isinstance(content, TlsChain | TlsNoService | DnsDelegation):
        return True
    if isinstance(content, DnsRRset | DnsNoAnswer | DnsChain):
        return bool(part_of_question(content.name))
    return isinstance(content, SpfPolicy) or (isinstance(content, SpfTerm) and len(content.path) > 1)


# -- losing a source -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loss:
    """A source that does not answer: what is gone with it, and the failures that are recorded instead."""

    what: str
    gone: frozenset[str]
    failures: tuple[Failure, ...]

    def remains(self, observations: list[Observation], scene: Scene) -> Evidence:
        kept = [item for item in observations if item.id not in self.gone]
        return Evidence(kept, [*scene.failures, *self.failures], scene.not_asked)


def dns_failure(name: str, rdtype: str) -> Failure:
    return Failure("dns", name, "dns.rrset", FailureReason.TIMEOUT, True, rdtype)


def find_losses(observations: list[Observation]) -> Iterator[Loss]:
    """Yield every loss of one question, of one name, of one kind of fact on an address, and of one whole target."""
    yield from _lost_questions(observations)
    yield from _lost_names(observations)
    yield from _lost_policies(observations)
    yield from _lost_delegations(observations)
    yield from _lost_facts(observations)
    yield from _lost_domain(observations)
    yield from _lost_certificates(observations)


def _lost_certificates(observations: list[Observation]) -> Iterator[Loss]:
    """Each look at a certificate, and all of them."""
    looks = [(item, item.content) for item in observations if isinstance(item.content, TlsChain | TlsNoService)]
    for item, look in looks:
        failure = Failure("tls", look.name, "tls.chain", FailureReason.TIMEOUT, True, look.address)
        yield Loss(f"certificate of {look.name} at {look.address}", frozenset({item.id}), (failure,))
    yield Loss("all certificates", frozenset(item.id for item, _ in looks), _of_target("tls", NAME, TLS_KINDS))


def _ids(observations: list[Observation], *, name: str, rdtypes: tuple[str, ...] = (), chains: bool = False) -> frozenset[str]:
    return frozenset(
        item.id
        for item in observations
        if (isinstance(item.content, DnsRRset | DnsNoAnswer) and item.content.name == name and item.content.rdtype in rdtypes)
        or (chains and isinstance(item.content, DnsChain) and item.content.name == name)
    )


def _questions(observations: list[Observation]) -> dict[tuple[str, str], None]:
    contents = (item.content for item in observations)
    return {(item.name, item.rdtype): None for item in contents if isinstance(item, DnsRRset | DnsNoAnswer)}


def _lost_questions(observations: list[Observation]) -> Iterator[Loss]:
    questions = _questions(observations)
    for name, rdtype in questions:
        if name.startswith(MAIL_SERVICES[1:]):
            continue  # all of them are read alike
        if rdtype == "TXT" and name == NAME:
            continue  # the policy is read from it: see _lost_policies
        # an alias is shown by every answer of its name, so that only the last one takes it away
        other = {"A": "AAAA", "AAAA": "A"}.get(rdtype, "")
        is_last = rdtype == "CNAME" or (bool(other) and (name, other) not in questions)
        gone = _ids(observations, name=name, rdtypes=(rdtype,), chains=is_last)
        yield Loss(f"{name} {rdtype}", gone, (dns_failure(name, rdtype),))


def _lost_names(observations: list[Observation]) -> Iterator[Loss]:
    """The addresses of a host, as questions and as a whole target."""
    named = [name for name, rdtype in _questions(observations) if rdtype in ("A", "AAAA")]
    named += [item.content.name for item in observations if isinstance(item.content, DnsChain)]
    for name in dict.fromkeys(named):
        gone = _ids(observations, name=name, rdtypes=("A", "AAAA"), chains=True)
        yield Loss(f"{name} A and AAAA", gone, (dns_failure(name, "A"), dns_failure(name, "AAAA")))
        if name not in (NAME, SECOND) and not name.startswith(("www.", "autodiscover.", WILDCARD_LABEL)):
            yield Loss(f"host {name}", gone, _of_target("dns", name, DNS_KINDS))


def _lost_policies(observations: list[Observation]) -> Iterator[Loss]:
    terms = [item for item in observations if isinstance(item.content, SpfTerm)]
    policy = frozenset(item.id for item in observations if isinstance(item.content, SpfPolicy))
    unread = Failure("dns", NAME, "spf.policy", FailureReason.TIMEOUT, True, "TXT")
    gone = _ids(observations, name=NAME, rdtypes=("TXT",)) | policy | {item.id for item in terms}
    yield Loss("the policy", gone, (dns_failure(NAME, "TXT"), unread))
    for item in terms:
        if isinstance(item.content, SpfTerm):
            below = frozenset(
                other.id for other in terms if isinstance(other.content, SpfTerm) and item.content.value in other.content.path
            )
            yield Loss(f"include {item.content.value}", policy | below, (dns_failure(item.content.value, "TXT"), unread))
            too_large = Failure("dns", NAME, "spf.term", FailureReason.TOO_LARGE, False, "TXT")
            yield Loss(f"left out {item.content.value}", frozenset({item.id}), (too_large,))


def _lost_delegations(observations: list[Observation]) -> Iterator[Loss]:
    for zone in {item.content.name for item in observations if isinstance(item.content, DnsDelegation)}:
        gone = frozenset(
            item.id for item in observations if isinstance(item.content, DnsDelegation) and item.content.name == zone
        )
        failure = Failure("dns", zone, "dns.delegation", FailureReason.UNREACHABLE, True)
        yield Loss(f"the parent of {zone}", gone, (failure,))
        yield Loss(f"the parent of {zone}, without a word", gone, ())


def _lost_facts(observations: list[Observation]) -> Iterator[Loss]:
    addresses: dict[str, dict[str, set[str]]] = {}
    for item in observations:
        address = getattr(item.content, "address", "")
        if isinstance(item.content, TlsChain | TlsNoService):
            continue
        if address:
            addresses.setdefault(address, {}).setdefault(item.kind, set()).add(item.id)
        elif isinstance(item.content, DnsRRset) and item.content.rdtype in ("A", "AAAA"):
            for value in item.content.values:
                addresses.setdefault(value, {})
    for address, kinds in addresses.items():
        for kind in dict.fromkeys((*IP_KINDS[1:], *kinds)):  # that a table has no row is an answer too
            failure = Failure("ip_ownership", address, kind, FailureReason.TIMEOUT, True)
            yield Loss(f"{address} {kind}", frozenset(kinds.get(kind, ())), (failure,))
        known = frozenset(oid for kind, ids in kinds.items() if kind in IP_KINDS for oid in ids)
        if address not in SEGMENTS:
            yield Loss(f"address {address}", known, _of_target("ip_ownership", address, IP_KINDS))
            reverse = ipaddress.ip_address(address).reverse_pointer
            yield Loss(
                f"name of {address}", _ids(observations, name=reverse, rdtypes=("PTR",)), _of_target("dns", address, DNS_KINDS)
            )
    parts = frozenset(item.id for item in observations if item.subject == NETWORK)
    if parts:
        yield Loss("the network", parts, _of_target("ip_ownership", NETWORK, IP_KINDS))


def _lost_domain(observations: list[Observation]) -> Iterator[Loss]:
    """Everything that is asked for one declared domain; the hosts that its records name are targets of their own."""
    hosts = {
        value.rpartition(" ")[2]
        for item in observations
        if isinstance(item.content, DnsRRset) and item.content.rdtype in ("MX", "NS")
        for value in item.content.values
    }
    for domain in (NAME, SECOND):
        gone = frozenset(
            item.id
            for item in observations
            if (isinstance(item.content, SpfTerm | SpfPolicy) and item.content.root == domain)
            or (
                isinstance(item.content, DnsRRset | DnsNoAnswer | DnsChain | DnsDelegation)
                and _asked_for(item.content.name, domain, hosts)
            )
        )
        yield Loss(f"domain {domain}", gone, _of_target("dns", domain, DNS_KINDS))


def _asked_for(name: str, domain: str, hosts: set[str]) -> bool:
    if domain == NAME and (name == SECOND or name.endswith("." + SECOND)):
        return False
    return name == domain or (name.endswith("." + domain) and name not in hosts)


def _of_target(collector: str, target: str, kinds: tuple[str, ...]) -> tuple[Failure, ...]:
    return tuple(Failure(collector, target, kind, FailureReason.TIMEOUT, True) for kind in kinds)
