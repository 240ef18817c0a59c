"""A small catalogue for the judging core: some providers that the cases name, and invented ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from herkomst.scanner.model.knowledge import (
    AnycastPrefix,
    AsnSpan,
    BorderGroup,
    Catalogue,
    CountrySet,
    Entity,
    InvestorFact,
    LinkStatus,
    ParentLink,
    Provider,
    ProviderKind,
    Region,
    Signature,
    SignatureMatch,
    SignatureRecord,
    SignatureRole,
    SiteCode,
    Sites,
    Source,
)

READ = Source("https://register.example/", "2026-10-01")
DAY_OF_CLOSING = date(2026, 6, 1)


def _provider(
    name: str, entity: str, kinds: str, *asns: int, holders: tuple[str, ...] = (), sites: Sites | None = None
) -> Provider:
    spans = tuple(AsnSpan(asn) for asn in asns)
    return Provider(name, name, frozenset(ProviderKind(kind) for kind in kinds.split()), entity, spans, holders, sites)


def _signature(record: str, value: str, role: str, provider: str, match: SignatureMatch = SignatureMatch.SUFFIX) -> Signature:
    return Signature(SignatureRecord(record), match, value, SignatureRole(role), provider)


def _link(
    parent: str, status: LinkStatus = LinkStatus.CLOSED, source: Source | None = READ, start: date | None = None
) -> ParentLink:
    return ParentLink(parent, status, start, None, source)


EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)

PROVIDERS = (
    _provider("azure", "microsoft-ireland", "hosting", 8075),
    _provider("microsoft-365", "microsoft-ireland", "mailbox saas"),
    _provider("aws", "aws-emea", "hosting", 16509),
    _provider("cloudflare", "cloudflare-inc", "cdn dns", 13335),
    _provider("polderhost", "polderhost-bv", "hosting dns", 64510, holders=("Polderhost B.V.",), sites=Sites(("NL",), READ)),
    _provider("duinhost", "duinhost-bv", "hosting", 64511, holders=("Duinhost B.V.",)),
    _provider("overgenomen", "overgenomen-bv", "hosting", 64505),
    _provider("aangekondigd", "aangekondigd-bv", "hosting", 64506),
    _provider("tegengehouden", "tegengehouden-bv", "hosting", 64507),
    _provider("ongestaafd", "ongestaafd-bv", "hosting", 64508),
    _provider("investeerder", "investeerder-bv", "hosting", 64509),
    _provider("barracuda", "barracuda-inc", "gateway"),
    _provider("poortwachter", "poortwachter-ltd", "gateway"),
    _provider("bulkmail", "bulkmail-inc", "sender"),
    _provider("google-workspace", "google-ireland", "mailbox saas"),
    _provider("wederverkoper", "wederverkoper-bv", "hosting", holders=("Wederverkoper B.V.",)),
    _provider("samenwerking", "samenwerking-bv", "hosting", 64512),
    _provider("zonder-zetel", "zonder-zetel-bv", "hosting", 64513),
    _provider("kleindochter", "kleindochter-bv", "hosting", 64514),
    _provider("twee-landen", "duinhost-bv", "hosting", 64516, sites=Sites(("NL", "BE"), READ)),
    _provider("ongelezen", "duinhost-bv", "hosting", 64517, sites=Sites(("NL",), None)),
    _provider("dienst", "duinhost-bv", "saas"),
    _provider("rand-nl", "rand-nl-bv", "cdn", 64515),
    _provider("zegel", "zegel-bv", "ca"),
    _provider("anders", "amerika-inc", "ca"),
    _provider("register-example", "register-example-stichting", "registry"),
    _provider("naamhuis", "duinhost-bv", "mailbox dns"),
    _provider("beleidshuis", "duinhost-bv", "saas"),
    _provider("ander-merk", "ander-merk-bv", "hosting", holders=("Ander Merk B.V.",)),
)

ENTITIES = (
    Entity("microsoft-ireland", "Microsoft Ireland Operations Ltd", "IE", parents=(_link("microsoft"),), seat=READ),
    Entity("microsoft", "Microsoft Corporation", "US", seat=READ, top=READ),
    Entity("aws-emea", "Amazon Web Services EMEA SARL", "LU", parents=(_link("amazon"),), seat=READ),
    Entity("amazon", "Amazon.com, Inc.", "US", seat=READ, top=READ),
    Entity("google-ireland", "Google Ireland Ltd", "IE", parents=(_link("alphabet"),), seat=READ),
    Entity("alphabet", "Alphabet Inc.", "US", seat=READ, top=READ),
    Entity("cloudflare-inc", "Cloudflare, Inc.", "US", seat=READ, top=READ),
    Entity("polderhost-bv", "Polderhost B.V.", "NL", "529900T8BM49AURSDO55", "00000001", seat=READ, top=READ),
    Entity("samenwerking-bv", "Samenwerking B.V.", "NL", parents=(_link("polderhost-bv"), _link("amerika-inc")), seat=READ),
    Entity("zonder-zetel-bv", "Zonder Zetel B.V.", "NL", parents=(_link("overzee-inc"),), seat=READ),
    Entity("overzee-inc", "Overzee Inc.", "US"),
    Entity("kleindochter-bv", "Kleindochter B.V.", "NL", parents=(_link("aangekondigd-bv"),), seat=READ),
    Entity("rand-nl-bv", "Rand Nederland B.V.", "NL", seat=READ, top=READ),
    Entity("zegel-bv", "Zegel B.V.", "NL", seat=READ, top=READ),
    Entity("register-example-stichting", "Stichting Register", "NL", seat=READ, top=READ),
    Entity("duinhost-bv", "Duinhost B.V.", "NL", seat=READ),
    Entity("wederverkoper-bv", "Wederverkoper B.V.", "NL", seat=READ, top=READ),
    Entity("ander-merk-bv", "Ander Merk B.V.", "NL", seat=READ, top=READ),
    Entity("amerika-inc", "Amerika Inc.", "US", seat=READ, top=READ),
    Entity("overgenomen-bv", "Overgenomen B.V.", "NL", parents=(_link("amerika-inc", start=DAY_OF_CLOSING),), seat=READ),
    Entity("aangekondigd-bv", "Aangekondigd B.V.", "NL", parents=(_link("amerika-inc", LinkStatus.ANNOUNCED),), seat=READ),
    Entity("tegengehouden-bv", "Tegengehouden B.V.", "NL", parents=(_link("amerika-inc", LinkStatus.BLOCKED),), seat=READ),
    Entity("ongestaafd-bv", "Ongestaafd B.V.", "NL", parents=(_link("amerika-inc", source=None),), seat=READ),
    Entity("investeerder-bv", "Investeerder B.V.", "NL", investors=(InvestorFact("Fonds LP", "US", "60 %", READ),), seat=READ),
    Entity("barracuda-inc", "Barracuda Networks, Inc.", "US", seat=READ),
    Entity("poortwachter-ltd", "Poortwachter Ltd", "GB", seat=READ, top=READ),
    Entity("bulkmail-inc", "Bulkmail Inc.", "US", seat=READ, top=READ),
)

SIGNATURES = (
    _signature("mx", "mail.protection.outlook.com", "mailbox", "microsoft-365"),
    _signature("autodiscover", "autodiscover.outlook.com", "mailbox", "microsoft-365"),
    _signature("dkim", "onmicrosoft.com", "mailbox", "microsoft-365"),
    _signature("mx", "msv1.invalid", "verification", "microsoft-365"),
    replace(_signature("spf", "spf.naamhuis.example", "mailbox", "naamhuis"), set_by_dns_host=True),
    _signature("spf", "beleidshuis.example", "verification", "beleidshuis"),
    _signature("spf", "spf.protection.outlook.com", "mailbox", "microsoft-365"),
    _signature("mx", "aspmx.l.google.com", "mailbox", "google-workspace"),
    _signature("txt", "MS=", "verification", "microsoft-365", SignatureMatch.PREFIX),
    _signature("txt", "google-site-verification=", "verification", "google-workspace", SignatureMatch.PREFIX),
    _signature("mx", "barracudanetworks.com", "gateway", "barracuda"),
    _signature("mx", "poortwachter.example", "gateway", "poortwachter"),
    _signature("spf", "bulkmail.example", "sender", "bulkmail"),
    _signature("dkim", "bulkmail.example", "sender", "bulkmail"),
    _signature("report", "rapport.bulkmail.example", "report", "bulkmail"),
    _signature("ns", "polderhost.example", "dns", "polderhost"),
    _signature("cname", "polderhost.example", "platform", "polderhost"),
    _signature("cname", "dienst.example", "platform", "dienst"),
    _signature("cname", "cdn.cloudflare.net", "cdn", "cloudflare"),
    _signature("caa", "zegel.example", "ca", "zegel"),
    _signature("caa", "anders.example", "ca", "anders"),
    _signature("tld", "test", "registry", "register-example"),
    _signature("ptr", "duinhost.example", "generic_ptr", "duinhost"),
)

CATALOGUE = Catalogue(
    "test",
    "2026-10-01",
    PROVIDERS,
    ENTITIES,
    SIGNATURES,
    regions=(
        Region("azure", "westeurope", "Amsterdam", ("NL",), aliases=("West Europe",)),
        Region("azure", "northeurope", "Dublin", ("IE",)),
        Region("aws", "eu-central-1", "Frankfurt", ("DE", "PL", "TR")),
        Region("aws", "eu-west-1", "Dublin", ("IE",)),
    ),
    border_groups=(
        BorderGroup("aws", "eu-central-1", "DE", "Frankfurt"),
        BorderGroup("aws", "eu-central-1-ist-1", "TR", "Istanbul"),
    ),
    country_sets=(CountrySet("EU", EU, READ), CountrySet("NL", frozenset({"NL"}), None)),
    anycast=(AnycastPrefix("198.51.100.0/28", "polderhost", READ), AnycastPrefix("2001:db8:53::/48", None, None)),
    site_codes=(SiteCode("fra", "DE", "Frankfurt"), SiteCode("ams", "NL", "Amsterdam")),
)
