"""The claim vocabulary: which claim keys exist, what values they take, and the best status that a scan can reach for each.

A key is `<role or group>.<property>` (twenty roles and groups, six properties) or a key of its own (`subprocessors`,
`development.country`). The words and statuses are in `data/vocabulary.yaml`; the statuses follow the verdict rules of
docs/methodology.md. A best status is a ceiling and no promise: it says what evidence can carry, not what a scan will find.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

import yaml
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.claim import EDGE, GROUPS, Property, Role
from herkomst.scanner.model.verdict import Status

DATA_FILE = "data/vocabulary.yaml"
_ENTRY_KEYS = frozenset({"nl", "en", "values", "outside", "inside", "attestable", "may_be_empty", "accepted"})
_ROLE_KEYS = frozenset({"nl", "en", "outside", "inside", "attestable", "may_be_empty"})
_PROPERTY_KEYS = frozenset({"nl", "en", "values"})


class ValueKind(StrEnum):
    """What the values of a claim are."""

    COUNTRY = "country"
    """ISO 3166-1 alpha-2 codes and names of country sets."""
    REGION = "region"
    """Region codes as the provider writes them."""
    PROVIDER = "provider"
    """Catalogue ids, `self`."""
    NETWORK = "network"
    """Catalogue ids, AS numbers, `self`."""
    OWNER = "owner"
    """Catalogue ids of providers and entities, LEI, countries, `self`."""
    PARTY_OR_COUNTRY = "party_or_country"
    """As for an owner; for attestations about who decides."""
    CHOICE = "choice"
    YES_NO = "yes_no"
    URL = "url"
    SERVICES = "services"
    """Ids of proprietary services of the catalogue, or one share such as `30%`."""
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ClaimKind:
    """One claim key, worded in both languages.

    `best_status_outside` is what DNS, addresses, certificates and registers can carry; `best_status_inside` what they can carry
    together with read access to cloud accounts and clusters. `attestable`: a document counts where nothing could be asked.
    `accepted` lists the values of a choice. `may_be_empty`: an empty `is` list states that there is none.
    """

    key: str
    label_nl: str
    label_en: str
    value_kind: ValueKind
    best_status_outside: Status
    best_status_inside: Status
    attestable: bool
    accepted: tuple[str, ...] = ()
    may_be_empty: bool = False


def claim_kind(key: str) -> ClaimKind | None:
    """Return what is known of a claim key, or None where there is no such key."""
    return _vocabulary().get(key)


def claim_keys() -> tuple[str, ...]:
    """Return every claim key, sorted."""
    return tuple(sorted(_vocabulary()))


def best_possible_status(key: str, *, inside: bool = False) -> Status:
    """Return the best status a scan can reach for a claim key; KnowledgeError where there is no such key.

    `inside`: with read access to all cloud accounts and clusters of the system. A group is taken as having all its roles: where
    a declaration lists roles in `absent_roles`, `hosting.*` can reach from outside what the remaining roles can.
    """
    kind = claim_kind(key)
    if kind is None:
        raise KnowledgeError(f"There is no claim key {key!r}.", advice="claim_keys() lists them.")
    return kind.best_status_inside if inside else kind.best_status_outside


def split_key(key: str) -> tuple[str, Property] | None:
    """Return role or group and property of a generated key, or None for a key of its own."""
    head, _, tail = key.rpartition(".")
    known = {*Role, *GROUPS, EDGE}
    return (head, Property(tail)) if head in known and tail in set(Property) else None


def roles_of_key(key: str) -> tuple[Role, ...]:
    """Return the roles a claim key speaks of; empty for `edge` and for keys that name no role, which speak of all."""
    parts = split_key(key)
    if parts is None or parts[0] == EDGE:
        return ()
    return GROUPS[parts[0]] if parts[0] in GROUPS else (Role(parts[0]),)


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, ClaimKind]:
    document = yaml.safe_load(files("herkomst.config").joinpath(DATA_FILE).read_text(encoding="utf-8"))
    top = _mapping(document, "top level", frozenset({"properties", "roles", "keys"}))
    properties = _mapping(top.get("properties"), "properties", frozenset(Property))
    roles = _mapping(top.get("roles"), "roles", frozenset({*Role, *GROUPS, EDGE}))
    generated = [
        _generated(role, _mapping(fields, f"roles.{role}", _ROLE_KEYS), index, Property(name), properties)
        for role, fields in roles.items()
        for index, name in enumerate(properties)
    ]
    own = [_own(key, _mapping(fields, f"keys.{key}", _ENTRY_KEYS)) for key, fields in _mapping(top.get("keys"), "keys").items()]
    return {kind.key: kind for kind in (*generated, *own)}


def _generated(role: str, fields: dict[str, object], index: int, prop: Property, properties: dict[str, object]) -> ClaimKind:
    place = f"roles.{role}"
    words = _mapping(properties[prop], f"properties.{prop}", _PROPERTY_KEYS)
    return ClaimKind(
        key=f"{role}.{prop}",
        label_nl=_text(words, "nl", place).format(role=_text(fields, "nl", place)),
        label_en=_text(words, "en", place).format(role=_text(fields, "en", place)),
        value_kind=ValueKind(_text(words, "values", place)),
        best_status_outside=Status(_texts(fields, "outside", place)[index]),
        best_status_inside=Status(_texts(fields, "inside", place)[index]),
        attestable=prop in _texts(fields, "attestable", place),
        may_be_empty=prop in _texts(fields, "may_be_empty", place),
    )


def _own(key: str, fields: dict[str, object]) -> ClaimKind:
    place = f"keys.{key}"
    outside = Status(_text(fields, "outside", place))
    return ClaimKind(
        key=key,
        label_nl=_text(fields, "nl", place),
        label_en=_text(fields, "en", place),
        value_kind=ValueKind(_text(fields, "values", place)),
        best_status_outside=outside,
        best_status_inside=Status(_text(fields, "inside", place)),
        attestable=outside is Status.ATTESTED or fields.get("attestable") is True,
        accepted=_texts(fields, "accepted", place),
        may_be_empty=fields.get("may_be_empty") is True,
    )


def _mapping(value: object, place: str, known: frozenset[str] | None = None) -> dict[str, object]:
    if not isinstance(value, dict):
        raise KnowledgeError("A mapping is expected.", place=f"{DATA_FILE}: {place}")
    mapping = {str(key): item for key, item in value.items()}
    unknown = mapping.keys() - known if known is not None else set()
    if unknown:
        raise KnowledgeError(f"Unknown keys: {', '.join(sorted(unknown))}.", place=f"{DATA_FILE}: {place}")
    return mapping


def _text(fields: dict[str, object], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise KnowledgeError(f"{name} must be text.", place=f"{DATA_FILE}: {place}")
    return value


def _texts(fields: dict[str, object], name: str, place: str) -> tuple[str, ...]:
    value = fields.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise KnowledgeError(f"{name} must be a list of texts.", place=f"{DATA_FILE}: {place}")
    return tuple(value)
