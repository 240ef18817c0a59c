"""The whole of a declaration: format version, organisation, country sets, systems with their supplier, assets and claims."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from herkomst.config.declarations.assets import PlacedAsset, name_overlaps, read_assets
from herkomst.config.declarations.claims import ClaimReader, claims_of
from herkomst.config.declarations.contradictions import name_contradictions
from herkomst.config.declarations.document import Mapping, Node, Scalar
from herkomst.config.declarations.fields import (
    name_repeats,
    open_mapping,
    read_choices,
    read_country,
    read_kvk,
    read_lei,
    read_list,
    read_text,
    read_texts,
)
from herkomst.config.declarations.problem import Place, Problems
from herkomst.config.declarations.values import MAX_ASN, Lexicon
from herkomst.config.knowledge.countries import COUNTRY_CODES
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Declaration, Organisation, Role, Supplier, System

FORMAT_VERSION: Final = "1"
TOP_KEYS: Final = ("herkomst", "organisation", "country_sets", "systems")
ORGANISATION_KEYS: Final = ("name", "kvk", "lei", "asns", "names")
SUPPLIER_KEYS: Final = ("name", "kvk", "lei", "country")
SYSTEM_KEYS: Final = ("name", "supplier", "assets", "absent_roles", "claims")
_SET_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,31}")
_ASN: Final = re.compile(r"(?:AS)?([0-9]{1,10})", re.IGNORECASE)
_Sets = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class PlacedDeclaration:
    """A declaration with the place of each system's name, for comparing files."""

    declaration: Declaration
    system_places: tuple[tuple[str, Place], ...]


def read_declaration(node: Node, path: str, knowledge: Knowledge, today: date, problems: Problems) -> PlacedDeclaration | None:
    """Return what could be read of a declaration; None where nothing could. Every mistake is in `problems`."""
    fields = open_mapping(node, "A declaration", TOP_KEYS, problems, required=("herkomst", "organisation", "systems"))
    if fields is None:
        return None
    _check_version(fields.get("herkomst"), problems)
    organisation = _organisation(fields.get("organisation"), problems)
    sets = _country_sets(fields.get("country_sets"), knowledge, problems)
    reader = _SystemReader(organisation, sets, Lexicon(knowledge, dict(sets)), today, problems)
    items = read_list(fields.get("systems"), "systems", problems)
    if fields.get("systems") is not None and not items:
        problems.error(fields.place_of("systems"), "A declaration has at least one system.")
    systems = tuple(system for item in items if (system := reader.read(item)) is not None)
    name_repeats(reader.names, "A system of this name", problems)
    name_overlaps(reader.placed_assets, problems)
    return PlacedDeclaration(Declaration(path, organisation, systems), tuple(reader.names))


def _check_version(node: Node | None, problems: Problems) -> None:
    if node is not None and not (isinstance(node, Scalar) and node.kind == "int" and node.text == FORMAT_VERSION):
        shown = node.text if isinstance(node, Scalar) else ""
        problems.error(node.place, "This version of the format is not known.", shown, (FORMAT_VERSION,))


def _organisation(node: Node | None, problems: Problems) -> Organisation:
    fields = open_mapping(node, "organisation", ORGANISATION_KEYS, problems, required=("name",))
    if fields is None:
        return Organisation("")
    return Organisation(
        name=read_text(fields.get("name"), "name", problems),
        kvk=read_kvk(fields.get("kvk"), problems),
        lei=read_lei(fields.get("lei"), problems),
        asns=_asns(fields.get("asns"), problems),
        names=read_texts(fields.get("names"), "names", problems),
    )


def _asns(node: Node | None, problems: Problems) -> tuple[int, ...]:
    """AS numbers as 64500 or AS64500 (RFC 5396, asplain)."""
    found: dict[int, None] = {}
    for item in read_list(node, "asns", problems):
        match = _ASN.fullmatch(item.text) if isinstance(item, Scalar) and item.kind in ("int", "str") else None
        number = int(match.group(1)) if match else 0
        if not 0 < number <= MAX_ASN:
            shown = item.text if isinstance(item, Scalar) else ""
            problems.error(item.place, "This is no AS number. Give one such as 64500 or AS64500.", shown)
        elif number in found:
            problems.error(item.place, "This AS number stands here twice.", f"AS{number}")
        else:
            found[number] = None
    return tuple(found)


def _supplier(node: Node | None, problems: Problems) -> Supplier | None:
    fields = open_mapping(node, "supplier", SUPPLIER_KEYS, problems, required=("name",))
    if fields is None:
        return None
    return Supplier(
        name=read_text(fields.get("name"), "name", problems),
        kvk=read_kvk(fields.get("kvk"), problems),
        lei=read_lei(fields.get("lei"), problems),
        country=read_country(fields.get("country"), "country", problems),
    )


def _country_sets(node: Node | None, knowledge: Knowledge, problems: Problems) -> _Sets:
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        problems.error(node.place, "country_sets must be a mapping of names to lists of countries.")
        return ()
    taken = {item.name.casefold() for item in knowledge.catalogue.country_sets}
    found: dict[str, tuple[str, ...]] = {}
    for key, value in node.entries:
        if not _SET_NAME.fullmatch(key.text) or key.kind != "str":
            problems.error(key.place, "The name of a country set has three to 32 letters, digits or hyphens.", key.text)
        elif key.text.casefold() in taken:
            problems.error(key.place, "There is a country set of this name already. Choose another name.", key.text)
        else:
            taken.add(key.text.casefold())
            found[key.text] = _countries(value, key.text, problems)
    return tuple(found.items())


def _countries(node: Node, name: str, problems: Problems) -> tuple[str, ...]:
    items = read_list(node, name, problems)
    if not items:
        problems.error(node.place, "A country set has at least one country.", name)
    if len(items) > len(COUNTRY_CODES):
        problems.error(node.place, f"There are {len(COUNTRY_CODES)} countries; this set lists {len(items)}.", name)
        return ()
    codes = (read_country(item, "An item of a country set", problems) for item in items)
    return tuple(dict.fromkeys(code for code in codes if code))


class _SystemReader:
    """Reads the systems of one declaration and keeps names and assets for comparing them afterwards."""

    def __init__(self, organisation: Organisation, sets: _Sets, lexicon: Lexicon, today: date, problems: Problems) -> None:
        self._organisation, self._sets, self._lexicon = organisation, sets, lexicon
        self._today, self._problems = today, problems
        self.names: list[tuple[str, Place]] = []
        self.placed_assets: list[PlacedAsset] = []

    def read(self, node: Node) -> System | None:
        """Return one system, with the assets and claims that could be read."""
        fields = open_mapping(node, "A system", SYSTEM_KEYS, self._problems, required=("name",))
        if fields is None:
            return None
        name_node = fields.get("name")
        name = read_text(name_node, "name", self._problems)
        if name and name_node is not None:
            self.names.append((name, name_node.place))
        assets = read_assets(fields.get("assets"), name, self._problems)
        self.placed_assets.extend(assets)
        plain_assets = tuple(item.asset for item in assets)
        claims = ClaimReader(plain_assets, self._lexicon, self._today, self._problems).read(fields.get("claims"))
        name_contradictions(claims, self._lexicon, self._problems)
        return System(
            name=name,
            organisation=self._organisation,
            supplier=_supplier(fields.get("supplier"), self._problems),
            assets=plain_assets,
            absent_roles=frozenset(read_choices(fields.get("absent_roles"), "absent_roles", Role, self._problems)),
            claims=claims_of(claims),
            custom_sets=self._sets,
        )
