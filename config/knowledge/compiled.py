"""The compiled catalogue: one JSON file, one record a line, sources in a table of their own; read without any YAML.

A record is a list of its dataclass's fields in their order, so the first line names the format's version and a change of the
records raises it. The version of the content is a hash of what stands in the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.knowledge import (
    AnycastPrefix,
    AsnSpan,
    BorderGroup,
    Catalogue,
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
from herkomst.scanner.model.run import KnowledgeVersion

T = TypeVar("T")
FORMAT = "herkomst.catalogue/1"
DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"
EMBEDDED = DATA_FOLDER / "catalogue.json"
_TABLES = (
    "providers",
    "entities",
    "signatures",
    "regions",
    "border_groups",
    "country_sets",
    "anycast",
    "site_codes",
    "cloud_services",
)
_REMEDY = "Build it again with scripts/build-catalogue, or install the package again."
Row = list[Any]
"""One record as JSON has it; nothing of this type leaves this module."""


def catalogue_version(catalogue: Catalogue) -> KnowledgeVersion:
    """Return how a run names the catalogue it used; `rows` counts the records of all tables."""
    rows = sum(len(getattr(catalogue, table)) for table in _TABLES)
    return KnowledgeVersion("catalogue", catalogue.version, catalogue.as_of, rows, "EUPL-1.2")


def stamp(catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with its version (a hash of its content) and the date of its newest source."""
    bare = replace(catalogue, version="", as_of="")
    digest = hashlib.sha256(_encode(bare).encode()).hexdigest()
    return replace(bare, version=digest[:12], as_of=max((source.as_of for source in _sources_of(bare)), default=""))


def write_compiled(catalogue: Catalogue, path: Path) -> None:
    """Write the compiled file; the same catalogue always gives the same bytes."""
    path.write_text(_encode(catalogue), encoding="utf-8")


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Return the compiled catalogue in a file, by default the embedded one; raise KnowledgeError where it cannot be used."""
    file = path or EMBEDDED
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise KnowledgeError("The compiled catalogue cannot be read.", advice=_REMEDY, place=str(file)) from error
    except ValueError as error:
        raise KnowledgeError("The compiled catalogue is damaged.", advice=_REMEDY, place=str(file)) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise KnowledgeError(f"The compiled catalogue is not of the format {FORMAT}.", advice=_REMEDY, place=str(file))
    try:
        return _decode(document)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise KnowledgeError("The compiled catalogue is damaged.", advice=_REMEDY, place=str(file)) from error


# -- writing --------------------------------------------------------------------------------------------------------------


def _sources_of(value: object) -> Iterable[Source]:
    if isinstance(value, Source):
        yield value
    elif is_dataclass(value):
        for item in fields(value):
            yield from _sources_of(getattr(value, item.name))
    elif isinstance(value, tuple):
        for entry in value:
            yield from _sources_of(entry)


def _encode(catalogue: Catalogue) -> str:
    sources = sorted(set(_sources_of(catalogue)), key=lambda item: (item.url, item.as_of, item.title))
    index = {source: number for number, source in enumerate(sources)}
    parts = [
        f'"format": {_dump(FORMAT)}',
        f'"version": {_dump(catalogue.version)}',
        f'"as_of": {_dump(catalogue.as_of)}',
        _encode_table("sources", [[item.url, item.as_of, item.title] for item in sources]),
        *(_encode_table(table, [_plain(row, index) for row in getattr(catalogue, table)]) for table in _TABLES),
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _encode_table(name: str, rows: Iterable[object]) -> str:
    lines = ",\n".join(_dump(row) for row in rows)
    return f"{_dump(name)}: [\n{lines}\n]" if lines else f"{_dump(name)}: []"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object, index: dict[Source, int]) -> object:
    if isinstance(value, Source):
        return index[value]
    if is_dataclass(value):
        return [_plain(getattr(value, item.name), index) for item in fields(value)]
    if isinstance(value, frozenset):
        return sorted(_plain(item, index) for item in value)  # type: ignore[type-var]  # sets hold only strings
    if isinstance(value, tuple):
        return [_plain(item, index) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


# -- reading --------------------------------------------------------------------------------------------------------------


def _decode(document: dict[str, Any]) -> Catalogue:
    sources = [Source(*row) for row in document["sources"]]

    def read(table: str, one: Callable[[Row], T]) -> tuple[T, ...]:
        return tuple([one(row) for row in document[table]])

    return Catalogue(
        version=document["version"],
        as_of=document["as_of"],
        providers=read("providers", lambda row: _provider(row, sources)),
        entities=read("entities", lambda row: _entity(row, sources)),
        signatures=read("signatures", _signature),
        regions=read(
            "regions", lambda row: Region(row[0], row[1], row[2], tuple(row[3]), row[4], tuple(row[5]), _source(row[6], sources))
        ),
        border_groups=read("border_groups", lambda row: BorderGroup(row[0], row[1], row[2], row[3], _source(row[4], sources))),
        country_sets=read("country_sets", lambda row: CountrySet(row[0], frozenset(row[1]), _source(row[2], sources))),
        anycast=read("anycast", lambda row: AnycastPrefix(row[0], row[1], _source(row[2], sources))),
        site_codes=read("site_codes", lambda row: SiteCode(*row)),
        cloud_services=read("cloud_services", lambda row: _cloud_service(row, sources)),
    )


_KINDS = {item.value: item for item in ProviderKind}
_RECORDS = {item.value: item for item in SignatureRecord}
_MATCHES = {item.value: item for item in SignatureMatch}
_ROLES = {item.value: item for item in SignatureRole}
_STATUSES = {item.value: item for item in LinkStatus}


def _signature(row: Row) -> Signature:
    record, match, value, role, provider, regex, by_host = row
    return Signature(_RECORDS[record], _MATCHES[match], value, _ROLES[role], provider, regex, by_host)


def _cloud_service(row: Row, sources: list[Source]) -> CloudService:
    platform, key, name, service_class, resources, only, because, source = row
    told = _source(source, sources)
    return CloudService(platform, key, name, ServiceClass(service_class), tuple(resources), tuple(only), because, told)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _source(number: int | None, sources: list[Source]) -> Source | None:
    return None if number is None else sources[number]


def _provider(row: Row, sources: list[Source]) -> Provider:
    key, name, kinds, entity, asns, holders, sites, own = row
    return Provider(
        key,
        name,
        frozenset([_KINDS[kind] for kind in kinds]),
        entity,
        tuple([AsnSpan(asn, _day(start), _day(until)) for asn, start, until in asns]),
        tuple(holders),
        None if sites is None else Sites(tuple(sites[0]), _source(sites[1], sources)),
        tuple([sources[number] for number in own]),
    )


def _entity(row: Row, sources: list[Source]) -> Entity:
    key, name, country, lei, kvk, names, parents, investors, seat, top = row
    return Entity(
        key,
        name,
        country,
        lei,
        kvk,
        tuple(names),
        tuple(
            [
                ParentLink(parent, _STATUSES[status], _day(start), _day(until), _source(number, sources))
                for parent, status, start, until, number in parents
            ]
        ),
        tuple([InvestorFact(holder, seat_of, share, _source(number, sources)) for holder, seat_of, share, number in investors]),
        _source(seat, sources),
        _source(top, sources),
    )
