"""What the shipped catalogue says: chains to the ultimate parents, signatures on names as they are met, counts, the coverage page."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from herkomst.config.knowledge import compile_catalogue
from herkomst.config.knowledge.documents import last_day
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.knowledge import (
    Catalogue,
    LinkStatus,
    ProviderKind,
    Signature,
    SignatureMatch,
    SignatureRecord,
    SignatureRole,
    Source,
)

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return compile_catalogue(ROOT / "config" / "data")


@pytest.fixture(scope="module")
def knowledge(catalogue: Catalogue) -> Knowledge:
    return Knowledge(catalogue)


def _entity_of(knowledge: Knowledge, provider_id: str) -> str:
    provider = knowledge.provider(provider_id)
    assert provider is not None
    assert provider.entity is not None
    return provider.entity


# -- chains ----------------------------------------------------------------------------------------------------------

CHAINS = [
    ("azure", "IE", ["microsoft"], "US"),
    ("microsoft-365", "IE", ["microsoft"], "US"),
    ("aws", "LU", ["amazon-com"], "US"),
    ("aws-eusc", "DE", ["amazon-com"], "US"),
    ("gcp", "IE", ["alphabet"], "US"),
    ("google-workspace", "IE", ["alphabet"], "US"),
    ("cloudflare", "US", [], "US"),
    ("fastly", "US", [], "US"),
    ("akamai", "US", [], "US"),
    ("linode", "US", ["akamai-technologies"], "US"),
    ("oci", "US", [], "US"),
    ("ibm-cloud", "US", [], "US"),
    ("salesforce", "IE", ["salesforce-inc"], "US"),
    ("cisco-email", "US", [], "US"),
    ("symantec-messagelabs", "US", [], "US"),
    ("trendmicro", "JP", [], "JP"),
    ("sendgrid", "US", ["twilio-inc"], "US"),
    ("mailchimp", "US", ["intuit-inc"], "US"),
    ("mailgun", "US", ["sinch-ab"], "SE"),
    ("verisign", "US", [], "US"),
    ("sidn", "NL", [], "NL"),
]


@pytest.mark.parametrize(("provider", "seat", "parents", "top"), CHAINS, ids=[row[0] for row in CHAINS])
def test_the_chain_of_a_large_provider_is_sourced_to_its_top(
    knowledge: Knowledge, provider: str, seat: str, parents: list[str], top: str
) -> None:
    chain = knowledge.chain(_entity_of(knowledge, provider), TODAY)
    assert chain is not None
    assert chain.entity.country == seat
    assert chain.entity.seat is not None
    assert [step.entity.id for step in chain.parents] == parents
    assert all(step.link.source is not None and step.entity.seat is not None for step in chain.parents)
    assert chain.top.country == top
    assert chain.top_known


FUNDS = [
    ("proofpoint", "thoma-bravo", "US"),
    ("sophos", "thoma-bravo", "US"),
    ("barracuda", "kkr", "US"),
    ("hornetsecurity", "thoma-bravo", "US"),
    ("mimecast", "permira", "GB"),
]


@pytest.mark.parametrize(("provider", "top", "country"), FUNDS, ids=[row[0] for row in FUNDS])
def test_a_fund_that_bought_the_company_is_a_sourced_parent(knowledge: Knowledge, provider: str, top: str, country: str) -> None:
    chain = knowledge.chain(_entity_of(knowledge, provider), TODAY)
    assert chain is not None
    assert (chain.top.id, chain.top.country) == (top, country)
    assert chain.parents[-1].link.source is not None


def test_hornetsecurity_is_german_before_the_closing_and_under_an_american_parent_after_it(knowledge: Knowledge) -> None:
    entity = _entity_of(knowledge, "hornetsecurity")
    before, after = knowledge.chain(entity, date(2025, 11, 30)), knowledge.chain(entity, date(2026, 1, 1))
    assert before is not None
    assert after is not None
    assert before.top.country == "DE"
    assert [step.entity.country for step in after.parents] == ["US", "US"]


def test_barracuda_changed_hands_between_two_funds(knowledge: Knowledge) -> None:
    entity = _entity_of(knowledge, "barracuda")
    owners = [knowledge.chain(entity, day) for day in (date(2020, 1, 1), date(2022, 6, 1), TODAY)]
    assert [chain.top.id for chain in owners if chain] == ["thoma-bravo", "thoma-bravo", "kkr"]
    assert owners[1] is not None
    assert [step.entity.id for step in owners[1].pending] == ["kkr"]


def test_the_blocked_sale_of_the_org_registry_is_shown_and_not_counted(knowledge: Knowledge) -> None:
    chain = knowledge.chain(_entity_of(knowledge, "pir"), TODAY)
    assert chain is not None
    assert [step.entity.id for step in chain.parents] == ["internet-society"]
    assert [(step.entity.id, step.link.status) for step in chain.pending] == [("ethos-capital", LinkStatus.BLOCKED)]


def test_services_of_one_group_are_one_party_and_rivals_are_not(knowledge: Knowledge) -> None:
    def same(one: str, other: str) -> bool:
        return knowledge.same_party(knowledge.provider_party(one), knowledge.provider_party(other), TODAY)

    assert same("microsoft-365", "azure")
    assert same("google-workspace", "gcp")
    assert same("github", "azure")
    assert not same("azure", "aws")
    assert not same("mailgun", "mailchimp")


def test_an_as_number_names_the_provider_whose_network_it_is(knowledge: Knowledge) -> None:
    numbers = {
        8075: "azure",
        16509: "aws",
        15169: "gcp",
        13335: "cloudflare",
        20940: "akamai",
        63949: "linode",
        214101: "aws-eusc",
    }
    assert {asn: knowledge.party_of_asn(asn, "", TODAY).provider for asn in numbers} == numbers


# -- signatures ------------------------------------------------------------------------------------------------------

MX, SPF, DKIM = SignatureRecord.MX, SignatureRecord.SPF, SignatureRecord.DKIM
AUTODISCOVER, NS, CNAME = SignatureRecord.AUTODISCOVER, SignatureRecord.NS, SignatureRecord.CNAME
PTR, CAA, TLD = SignatureRecord.PTR, SignatureRecord.CAA, SignatureRecord.TLD
MAILBOX, GATEWAY, SENDER, DNS = SignatureRole.MAILBOX, SignatureRole.GATEWAY, SignatureRole.SENDER, SignatureRole.DNS
PLATFORM, CDN, CA = SignatureRole.PLATFORM, SignatureRole.CDN, SignatureRole.CA
REGISTRY, GENERIC, TOKEN = SignatureRole.REGISTRY, SignatureRole.GENERIC_PTR, SignatureRole.VERIFICATION

NAMES = [
    (MX, "voorbeeld-nl.mail.protection.outlook.com", "microsoft-365", MAILBOX),
    (MX, "voorbeeld-nl.n-v1.mx.microsoft", "microsoft-365", MAILBOX),
    (MX, "voorbeeld-nl.mail.eo.outlook.com", "microsoft-365", MAILBOX),
    (MX, "ms12345678.msv1.invalid", "microsoft-365", TOKEN),
    (MX, "aspmx.l.google.com", "google-workspace", MAILBOX),
    (MX, "alt2.aspmx.l.google.com", "google-workspace", MAILBOX),
    (MX, "aspmx3.googlemail.com", "google-workspace", MAILBOX),
    (MX, "smtp.google.com", "google-workspace", MAILBOX),
    (MX, "inbound-smtp.eu-west-1.amazonaws.com", "aws", MAILBOX),
    (MX, "mx1-eu1.ppe-hosted.com", "proofpoint", GATEWAY),
    (MX, "mxa-00000000.gslb.pphosted.com", "proofpoint", GATEWAY),
    (MX, "eu-smtp-inbound-1.mimecast.com", "mimecast", GATEWAY),
    (MX, "d12345a.ess.de.barracudanetworks.com", "barracuda", GATEWAY),
    (MX, "hc1234-56.eu.iphmx.com", "cisco-email", GATEWAY),
    (MX, "cluster4.eu.messagelabs.com", "symantec-messagelabs", GATEWAY),
    (MX, "mx01.hornetsecurity.com", "hornetsecurity", GATEWAY),
    (MX, "voorbeeld.in.tmes.trendmicro.eu", "trendmicro", GATEWAY),
    (MX, "voorbeeld-1.fortimailcloud.com", "fortinet", GATEWAY),
    (MX, "mx.spamexperts.com", "spamexperts", GATEWAY),
    (MX, "mx1.mtaroutes.com", "spamexperts", GATEWAY),
    (MX, "se.mx1.mailanyone.net", "vipre-mailanyone", GATEWAY),
    (MX, "eu-esec-01.heimdalsecurity.com", "heimdal", GATEWAY),
    (MX, "mx.zoho.eu", "zoho", MAILBOX),
    (MX, "in1-smtp.messagingengine.com", "fastmail", MAILBOX),
    (MX, "mx01.mail.icloud.com", "icloud", MAILBOX),
    (SPF, "spf.protection.outlook.com", "microsoft-365", MAILBOX),
    (SPF, "_spf.google.com", "google-workspace", MAILBOX),
    (SPF, "amazonses.com", "aws", SENDER),
    (SPF, "u1234567.wl012.sendgrid.net", "sendgrid", SENDER),
    (SPF, "1234567.spf07.hubspotemail.net", "hubspot", SENDER),
    (SPF, "abcdefghij.powerspf.com", "powerdmarc", TOKEN),
    (DKIM, "selector1-voorbeeld-nl._domainkey.voorbeeld.onmicrosoft.com", "microsoft-365", MAILBOX),
    (DKIM, "selector1-voorbeeld-nl._domainkey.voorbeeld.n-v1.dkim.mail.microsoft", "microsoft-365", MAILBOX),
    (DKIM, "dkim.mcsv.net", "mailchimp", SENDER),
    (AUTODISCOVER, "autodiscover.outlook.com", "microsoft-365", MAILBOX),
    (AUTODISCOVER, "outlook.office365.com", "microsoft-365", MAILBOX),
    (NS, "ns-1234.awsdns-26.org", "aws", DNS),
    (NS, "ns-2048.awsdns-64.co.uk", "aws", DNS),
    (NS, "ns1-05.azure-dns.com", "azure", DNS),
    (NS, "ns-cloud-a1.googledomains.com", "gcp", DNS),
    (NS, "ada.ns.cloudflare.com", "cloudflare", DNS),
    (CNAME, "d111111abcdef8.cloudfront.net", "aws", CDN),
    (CNAME, "lb-123.eu-central-1.elb.amazonaws.com", "aws", PLATFORM),
    (CNAME, "bucket.s3.eusc-de-east-1.amazonaws.eu", "aws-eusc", PLATFORM),
    (CNAME, "voorbeeld.azurefd.net", "azure", CDN),
    (CNAME, "voorbeeld.azurewebsites.net", "azure", PLATFORM),
    (CNAME, "www.voorbeeld.nl.edgekey.net", "akamai", CDN),
    (CNAME, "voorbeeld.nl.cdn.cloudflare.net", "cloudflare", CDN),
    (CNAME, "dualstack.voorbeeld.map.fastly.net", "fastly", CDN),
    (PTR, "ec2-192-0-2-1.eu-west-1.compute.amazonaws.com", "aws", GENERIC),
    (PTR, "1.2.0.192.bc.googleusercontent.com", "gcp", GENERIC),
    (CAA, "letsencrypt.org", "letsencrypt", CA),
    (CAA, "digicert.com", "digicert", CA),
    (CAA, "pki.goog", "gcp", CA),
    (TLD, "voorbeeld.nl", "sidn", REGISTRY),
    (TLD, "example.com", "verisign", REGISTRY),
    (TLD, "example.co.uk", "nominet", REGISTRY),
]


@pytest.mark.parametrize(("record", "name", "provider", "role"), NAMES, ids=[f"{row[0]}-{row[1]}" for row in NAMES])
def test_a_name_as_it_is_met_names_its_provider_and_role(
    knowledge: Knowledge, record: SignatureRecord, name: str, provider: str, role: SignatureRole
) -> None:
    signature = knowledge.match_name(record, name)
    assert signature is not None
    assert (signature.provider, signature.role) == (provider, role)


LOOK_ALIKES = [
    (MX, "mail.protection.outlook.com.voorbeeld.example"),
    (MX, "notmail-protection-outlook.com"),
    (MX, "outlook.com.example"),
    (MX, "mymimecast.com"),
    (MX, "mimecast.com.example"),
    (MX, "fakepphosted.com"),
    (MX, "aspmx.l.google.com.example"),
    (MX, "mail.google.example"),
    (MX, "ec2-192-0-2-1.eu-west-1.compute.amazonaws.com"),
    (MX, "barracuda.gemeente.example"),
    (MX, "fortimail.gemeente.example"),
    (SPF, "spf.protection.outlook.com.example"),
    (SPF, "notsendgrid.net"),
    (DKIM, "selector1._domainkey.notonmicrosoft.com"),
    (AUTODISCOVER, "autodiscover.gemeente.example"),
    (NS, "ns-1234.awsdns-26.org.example"),
    (NS, "ns-abc.awsdns-26.org"),
    (NS, "ns1.voorbeeld.com"),
    (NS, "ns1.cloudflare.example"),
    (CNAME, "cloudfront.net.example"),
    (CNAME, "evilcloudfront.net"),
    (CAA, "notletsencrypt.org"),
    (TLD, "localhost"),
]


@pytest.mark.parametrize(("record", "name"), LOOK_ALIKES, ids=[f"{row[0]}-{row[1]}" for row in LOOK_ALIKES])
def test_a_look_alike_names_nobody(knowledge: Knowledge, record: SignatureRecord, name: str) -> None:
    assert knowledge.match_name(record, name) is None


TOKENS = [
    ("MS=ms12345678", "microsoft-365"),
    ("google-site-verification=abc", "google-workspace"),
    ("apple-domain-verification=abc", "icloud"),
    ("atlassian-domain-verification=abc", "atlassian"),
    ("facebook-domain-verification=abc", "meta"),
    ("amazonses:abc", "aws"),
    ("hubspot-developer-verification=abc", "hubspot"),
    ("v=spf1 include:spf.protection.outlook.com -all", None),
    ("v=DMARC1; p=reject", None),
    ("a sentence about MS=ms12345678", None),
]


@pytest.mark.parametrize(("text", "provider"), TOKENS, ids=[row[0] for row in TOKENS])
def test_a_text_token_is_a_sign_of_a_contract_only(knowledge: Knowledge, text: str, provider: str | None) -> None:
    signature = knowledge.match_text(SignatureRecord.TXT, text)
    assert (signature.provider if signature else None) == provider
    assert signature is None or signature.role is TOKEN


def test_every_text_signature_is_a_contract_sign(catalogue: Catalogue) -> None:
    roles = {item.role for item in catalogue.signatures if item.record is SignatureRecord.TXT}
    assert roles == {TOKEN}


def test_no_signature_is_so_short_that_it_covers_a_whole_top_level_domain(catalogue: Catalogue) -> None:
    wide = [
        item
        for item in catalogue.signatures
        if "." not in item.value and item.match is SignatureMatch.SUFFIX and item.record not in (TLD,)
    ]
    brands = {"mx.microsoft", "dkim.mail.microsoft"}
    assert [item for item in wide if item.value not in brands] == []


def test_a_role_fits_its_record(catalogue: Catalogue) -> None:
    fits = {CAA: {CA}, TLD: {REGISTRY}, NS: {DNS}, PTR: {GENERIC}}
    fits |= {SignatureRecord.PROVIDER_ID: {PLATFORM}, SignatureRecord.CSI_DRIVER: {PLATFORM}}
    fits |= {SignatureRecord.IMAGE_REGISTRY: {SignatureRole.IMAGES}}
    fits |= {SignatureRecord.IMAGE: {SignatureRole.IMAGES, SignatureRole.TELEMETRY}}
    odd: list[Signature] = [
        item for item in catalogue.signatures if item.record in fits and item.role not in (fits[item.record] | {TOKEN})
    ]
    assert odd == []


# -- the whole -------------------------------------------------------------------------------------------------------


def test_the_catalogue_is_as_large_as_its_purpose_asks(catalogue: Catalogue) -> None:
    kinds = Counter(kind for provider in catalogue.providers for kind in provider.kinds)
    assert len(catalogue.providers) >= 400
    least = {
        ProviderKind.HOSTING: 120,
        ProviderKind.MAILBOX: 60,
        ProviderKind.GATEWAY: 35,
        ProviderKind.CDN: 18,
        ProviderKind.DNS: 90,
        ProviderKind.SENDER: 50,
        ProviderKind.SAAS: 80,
        ProviderKind.REGISTRY: 55,
        ProviderKind.CA: 35,
    }
    assert {kind: kinds[kind] for kind, count in least.items() if kinds[kind] < count} == {}


def test_enough_owners_and_operating_entities_rest_on_a_page_that_was_read(catalogue: Catalogue) -> None:
    operating = {provider.entity for provider in catalogue.providers}
    seated = {entity.id for entity in catalogue.entities if entity.seat is not None}
    links = [link for entity in catalogue.entities for link in entity.parents]
    closed = [link for link in links if link.status is LinkStatus.CLOSED and link.source is not None]
    assert len(catalogue.signatures) >= 1_800
    assert len(seated & operating) >= 150
    assert len(closed) >= 80
    assert sum(entity.top is not None for entity in catalogue.entities) >= 50


def test_every_fact_of_the_sourced_table_is_used_or_was_weighed(shared: Path) -> None:
    table = shared / "data" / "owners" / "sourced_facts.csv"
    outcome = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "weigh-facts"), str(table)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "NOT WEIGHED" not in outcome.stdout


def test_a_fact_that_nobody_weighed_is_named(tmp_path: Path) -> None:
    table = tmp_path / "facts.csv"
    table.write_text(
        "provider_key,entity_name,parent_name,relation,status,confidence,source_url\n"
        "voorbeeldhost,Voorbeeldhost B.V.,Koper Inc.,acquired_by,closed,high,https://krant.example/koper\n",
        encoding="utf-8",
    )
    outcome = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "weigh-facts"), str(table)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert outcome.returncode == 1
    assert "voorbeeldhost: Voorbeeldhost B.V. -> Koper Inc., acquired_by: https://krant.example/koper" in outcome.stdout


def test_the_ids_that_others_build_on_are_there(knowledge: Knowledge) -> None:
    ids = [
        "microsoft-365",
        "google-workspace",
        "aws",
        "aws-eusc",
        "azure",
        "gcp",
        "oci",
        "cloudflare",
        "akamai",
        "fastly",
        "ovhcloud",
        "hetzner",
        "transip",
        "leaseweb",
        "kpn",
        "solvinity",
        "surf",
        "mimecast",
        "proofpoint",
        "barracuda",
    ]
    assert [item for item in ids if knowledge.provider(item) is None] == []


def test_the_large_clouds_can_be_recognised_by_name(knowledge: Knowledge) -> None:
    marks = {"microsoft-365": "microsoft", "azure": "microsoft", "google-workspace": "google", "gcp": "google", "aws": "amazon"}
    for provider_id, mark in marks.items():
        provider = knowledge.provider(provider_id)
        assert provider is not None
        assert mark in f"{provider.id} {provider.name}".lower()


def test_no_source_is_dated_after_the_day_on_which_it_was_read(catalogue: Catalogue) -> None:
    sources: list[Source] = [source for provider in catalogue.providers for source in provider.sources]
    for entity in catalogue.entities:
        found = [entity.seat, entity.top, *(link.source for link in entity.parents), *(item.source for item in entity.investors)]
        sources += [source for source in found if source is not None]
    assert len(sources) > 300
    late = [source for source in sources if source.as_of[:7] > "2026-11"]
    assert late == []
    assert [source for source in sources if not source.url.startswith(("https://", "http://")) or not source.title] == []


def test_a_take_over_that_is_closed_does_not_begin_in_the_future(catalogue: Catalogue) -> None:
    late = [
        (entity.id, link.parent)
        for entity in catalogue.entities
        for link in entity.parents
        if link.status is LinkStatus.CLOSED and link.valid_from is not None and link.valid_from > last_day(catalogue.as_of)
    ]
    assert late == []


def test_the_coverage_page_is_what_the_catalogue_says() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "knowledge-coverage"), "--check"]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert outcome.returncode == 0, outcome.stderr
