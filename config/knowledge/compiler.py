"""The catalogue compiled: every file read, every reference followed, every mistake named with its file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from herkomst.config.knowledge.checks import Register, check_catalogue
from herkomst.config.knowledge.compiled import stamp
from herkomst.config.knowledge.documents import Fields, open_document
from herkomst.config.knowledge.records import (
    read_anycast,
    read_border_group,
    read_cloud_service,
    read_country_set,
    read_entity,
    read_provider,
    read_region,
    read_site_code,
)
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.knowledge import Catalogue, Entity, Provider, Signature

T = TypeVar("T")
TABLES = ("anycast", "border_groups", "cloud_services", "country_sets", "regions", "site_codes")


def compile_folder(folder: Path) -> Catalogue:
    """Return the catalogue in a folder, in an order that does not depend on its files; raise KnowledgeError with all mistakes."""
    if not (folder / "providers").is_dir():
        raise KnowledgeError(
            f"{folder} holds no catalogue.", advice="Name the folder in which providers/, entities/ and the tables stand."
        )
    register = Register()
    providers, signatures = _read_providers(folder, register)
    catalogue = Catalogue(
        version="",
        as_of="",
        providers=providers,
        entities=_read_entities(folder, register),
        signatures=signatures,
        regions=_read_table(folder, "regions", register, read_region, "region", lambda item: (item.provider, item.code)),
        border_groups=_read_table(
            folder, "border_groups", register, read_border_group, "border group", lambda item: (item.provider, item.code)
        ),
        cloud_services=_read_table(
            folder, "cloud_services", register, read_cloud_service, "cloud service", lambda item: (item.platform, item.id)
        ),
        country_sets=_read_table(folder, "country_sets", register, read_country_set, "country set", lambda item: (item.name,)),
        anycast=_read_table(folder, "anycast", register, read_anycast, "prefix", lambda item: (item.prefix,)),
        site_codes=_read_table(folder, "site_codes", register, read_site_code, "location code", lambda item: (item.code,)),
    )
    check_catalogue(catalogue, register)
    register.problems.raise_if_any()
    return stamp(catalogue)


def _read_providers(folder: Path, register: Register) -> tuple[tuple[Provider, ...], tuple[Signature, ...]]:
    providers: list[Provider] = []
    signatures: list[Signature] = []
    for path in sorted((folder / "providers").glob("*.yaml")):
        fields = open_document(path, folder, register.problems)
        if fields is None:
            continue
        provider, own = read_provider(fields, path.stem, register.claim)
        register.claim("provider", provider.id, fields)
        providers.append(provider)
        signatures.extend(own)
    ordered = sorted(signatures, key=lambda item: (item.record, item.value, item.match, item.regex, item.provider))
    return tuple(sorted(providers, key=lambda item: item.id)), tuple(ordered)


def _read_entities(folder: Path, register: Register) -> tuple[Entity, ...]:
    entities: list[Entity] = []
    for path in sorted((folder / "entities").glob("*.yaml")):
        fields = open_document(path, folder, register.problems)
        if fields is not None:
            entity = read_entity(fields, path.stem)
            register.claim("entity", entity.id, fields)
            entities.append(entity)
    return tuple(sorted(entities, key=lambda item: item.id))


def _read_table(
    folder: Path,
    name: str,
    register: Register,
    read: Callable[[Fields], T | None],
    what: str,
    key: Callable[[T], tuple[str, ...]],
) -> tuple[T, ...]:
    path = folder / f"{name}.yaml"
    fields = open_document(path, folder, register.problems) if path.exists() else None
    if fields is None:
        return ()
    rows: list[T] = []
    for item in fields.many(name, required=True):
        record = read(item)
        if record is not None:
            register.claim(what, key(record) if len(key(record)) > 1 else key(record)[0], item)
            rows.append(record)
    fields.close()
    return tuple(sorted(rows, key=key))
