"""From a file's fields to the records of `herkomst.scanner.model.knowledge`: one function per record."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from herkomst.config.knowledge.documents import Fields
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.knowledge import (
    TEXT_RECORDS,
    AnycastPrefix,
    AsnSpan,
    BorderGroup,
    CloudService,
    CountrySet,
    Entity,
    InvestorFact,
    LinkStatus,
    ParentLink,
    Provider,
    ProviderKind,
    Region,
    ServiceClass,
    Signature,
    SignatureMatch,
    SignatureRecord,
    SignatureRole,
    SiteCode,
    Sites,
    Source,
)
from herkomst.scanner.names import canonical_name

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_RESOURCE = re.compile(r"[a-z0-9-]+:[a-z0-9-]+")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}\Z")
_KVK = re.compile(r"[0-9]{8}\Z")
MAX_ASN = 2**32 - 1


def read_id(fields: Fields, expected: str) -> str:
    """Return a record's id, which is kebab-case and the name of its file."""
    text = fields.text("id", required=True)
    if text and not _ID.match(text):
        fields.add(f"{text!r} is no id; write it in kebab-case, such as open-telekom-cloud", "id")
    elif text and text != expected:
        fields.add(f"the id {text!r} differs from the name of its file", "id")
    return text


def read_source(fields: Fields | None) -> Source | None:
    """Return where and as of when a fact was read; None for a fact without a source."""
    if fields is None:
        return None
    url = fields.text("url", required=True)
    if url and not url.startswith(("https://", "http://")):
        fields.add(f"{url!r} is no web address", "url")
    source = Source(url, fields.as_of("as_of"), fields.text("title", required=True))
    fields.close()
    return source


Claim = Callable[[str, object, Fields], None]


def read_provider(fields: Fields, expected: str, claim: Claim) -> tuple[Provider, tuple[Signature, ...]]:
    """Return one provider and its signatures from `providers/ID.yaml`; `claim` hears of each signature's pattern."""
    provider_id = read_id(fields, expected)
    provider = Provider(
        id=provider_id,
        name=fields.text("name", required=True),
        kinds=fields.choices("kinds", ProviderKind),
        entity=fields.text("entity") or None,
        asns=tuple(span for span in map(_read_asn, fields.many("asns")) if span is not None),
        holder_names=fields.texts("holder_names"),
        sites=_read_sites(fields.one("sites")),
        sources=tuple(source for source in map(read_source, fields.many("sources")) if source is not None),
    )
    signatures = tuple(
        signature
        for signature in (_read_signature(item, provider_id, claim) for item in fields.many("signatures"))
        if signature is not None
    )
    fields.close()
    return provider, signatures


def _read_asn(fields: Fields) -> AsnSpan | None:
    asn = fields.number("asn")
    start, until = fields.day("from"), fields.day("until")
    if start and until and until <= start:
        fields.add("'until' lies before 'from'", "until")
    if asn is not None and not 0 < asn <= MAX_ASN:
        fields.add(f"{asn} is no AS number", "asn")
    fields.close()
    return None if asn is None else AsnSpan(asn, start, until)


def _read_sites(fields: Fields | None) -> Sites | None:
    if fields is None:
        return None
    sites = Sites(fields.countries("countries"), read_source(fields.one("source")))
    fields.close()
    return sites


def _read_signature(fields: Fields, provider: str, claim: Claim) -> Signature | None:
    record = fields.choice("record", SignatureRecord)
    match = fields.choice("match", SignatureMatch)
    role = fields.choice("role", SignatureRole)
    value = fields.text("value", required=True)
    regex = fields.text("regex")
    by_host = fields.flag("set_by_dns_host")
    fields.close()
    if record is None or match is None or role is None or not value:
        return None
    if match is not SignatureMatch.PREFIX:
        _check_suffix(fields, value)
    elif record not in TEXT_RECORDS:
        fields.add(f"a prefix is for {', '.join(sorted(TEXT_RECORDS))} only; names match by suffix", "match")
    _check_regex(fields, match, regex)
    claim("signature", (record.value, value, regex), fields)
    return Signature(record, match, value, role, provider, regex, by_host)


def _check_suffix(fields: Fields, value: str) -> None:
    try:
        canonical = canonical_name(value)
    except InvalidName:
        fields.add(f"{value!r} is no literal suffix of whole labels", "value")
        return
    if canonical != value:
        fields.add(f"{value!r} is not canonical; write {canonical!r}", "value")


def _check_regex(fields: Fields, match: SignatureMatch, regex: str) -> None:
    if match is not SignatureMatch.REGEX:
        if regex:
            fields.add(f"'regex' goes with match: regex, not with {match.value}", "regex")
        return
    if not regex:
        fields.add("match: regex takes a 'regex' for the labels left of the value")
        return
    try:
        re.compile(regex)
    except re.error as error:
        fields.add(f"the regular expression {regex!r} is wrong ({error})", "regex")


def read_entity(fields: Fields, expected: str) -> Entity:
    """Return one legal entity from `entities/ID.yaml`."""
    entity = Entity(
        id=read_id(fields, expected),
        name=fields.text("name", required=True),
        country=fields.country("country"),
        lei=_read_pattern(fields, "lei", _LEI, "no LEI (20 characters, ISO 17442)"),
        kvk=_read_pattern(fields, "kvk", _KVK, "no KvK number (8 digits)"),
        names=fields.texts("names"),
        parents=tuple(link for link in map(_read_parent, fields.many("parents")) if link is not None),
        investors=tuple(map(_read_investor, fields.many("investors"))),
        seat=read_source(fields.one("seat")),
        top=read_source(fields.one("top")),
    )
    fields.close()
    return entity


def _read_pattern(fields: Fields, key: str, pattern: re.Pattern[str], complaint: str) -> str:
    text = fields.text(key)
    if text and not pattern.match(text):
        fields.add(f"{text!r} is {complaint}", key)
    return text


def _read_parent(fields: Fields) -> ParentLink | None:
    parent = fields.text("entity", required=True)
    status = fields.choice("status", LinkStatus)
    start, until = fields.day("from"), fields.day("until")
    if start and until and until <= start:
        fields.add("'until' lies before 'from'", "until")
    source = read_source(fields.one("source"))
    fields.close()
    return None if status is None or not parent else ParentLink(parent, status, start, until, source)


def _read_investor(fields: Fields) -> InvestorFact:
    investor = InvestorFact(
        fields.text("name", required=True), fields.country("country"), fields.text("share"), read_source(fields.one("source"))
    )
    fields.close()
    return investor


def read_region(fields: Fields) -> Region:
    """Return one region from `regions.yaml`; the main country stands first."""
    countries = fields.countries("countries")
    if not countries:
        fields.add("a region has at least one country", "countries")
    region = Region(
        provider=fields.text("provider", required=True),
        code=fields.text("code", required=True),
        city=fields.text("city"),
        countries=countries,
        partition=fields.text("partition"),
        aliases=fields.texts("aliases"),
        source=read_source(fields.one("source")),
    )
    fields.close()
    return region


def read_border_group(fields: Fields) -> BorderGroup:
    """Return one network border group from `border_groups.yaml`."""
    group = BorderGroup(
        provider=fields.text("provider", required=True),
        code=fields.text("code", required=True),
        country=fields.country("country"),
        city=fields.text("city"),
        source=read_source(fields.one("source")),
    )
    fields.close()
    return group


def read_cloud_service(fields: Fields) -> CloudService:
    """Return one service of a platform from `cloud_services.yaml`."""
    service = CloudService(
        platform=fields.text("platform", required=True),
        id=fields.text("id", required=True),
        name=fields.text("name", required=True),
        service_class=fields.choice("class", ServiceClass) or ServiceClass.UNCOUNTED,
        resources=fields.texts("resources"),
        only=fields.texts("only"),
        because=fields.text("because", required=True),
        source=read_source(fields.one("source")),
    )
    if not _ID.match(service.id):
        fields.add(f"{service.id!r} is no kebab-case id", "id")
    for resource in service.resources:
        if not _RESOURCE.fullmatch(resource):
            fields.add(f"{resource!r} is no SERVICE:TYPE", "resources")
    if service.source is None:
        fields.add("a service needs the source of what is said of it", "source")
    fields.close()
    return service


def read_country_set(fields: Fields) -> CountrySet:
    """Return one named set from `country_sets.yaml`."""
    name = fields.text("name", required=True)
    countries = fields.countries("countries")
    if len(set(countries)) != len(countries):
        fields.add("a country stands here twice", "countries")
    result = CountrySet(name, frozenset(countries), read_source(fields.one("source")))
    fields.close()
    return result


def read_site_code(fields: Fields) -> SiteCode:
    """Return one location code from `site_codes.yaml`."""
    code = fields.text("code", required=True)
    if code and not re.fullmatch(r"[a-z]{3,5}", code):
        fields.add(f"{code!r} is no location code of three to five small letters", "code")
    site = SiteCode(code, fields.country("country"), fields.text("city", required=True))
    fields.close()
    return site


def read_anycast(fields: Fields) -> AnycastPrefix | None:
    """Return one prefix from `anycast.yaml`; None, with the mistake noted, where it is no network."""
    text = fields.text("prefix", required=True)
    provider = fields.text("provider") or None
    source = read_source(fields.one("source"))
    fields.close()
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        fields.add(f"{text!r} is no network ({error})", "prefix")
        return None
    return AnycastPrefix(str(network), provider, source)
