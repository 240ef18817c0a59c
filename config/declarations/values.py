"""Claim values: what a claim key accepts, in canonical form, with the nearest accepted value where one is wrong.

One reading for declarations and the command line. Countries: ISO 3166-1 alpha-2 or a named set. Parties: ids of the catalogue, AS
numbers (RFC 5396 asplain), LEI (ISO 17442), or `self`, the declaring organisation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final
from urllib.parse import urlsplit

from herkomst.config.declarations.fields import is_lei
from herkomst.config.declarations.problem import Hint
from herkomst.config.knowledge.countries import COUNTRY_CODES
from herkomst.config.vocabulary import ClaimKind, ValueKind
from herkomst.scanner.knowledge import Knowledge, fold_name
from herkomst.scanner.model.claim import Operator
from herkomst.scanner.model.knowledge import ServiceClass

SELF: Final = "self"
MAX_ASN: Final = 2**32 - 2
MAX_VALUES: Final = 500
"""Values of one claim; there are 249 countries."""
MAX_VALUE_NAME: Final = 64
_FEW: Final = 12
"""A word that more providers have in their names (cloud, hosting) names none of them."""
_AS_NUMBER: Final = re.compile(r"(?:AS|as|As)([0-9]{1,10})")
_REGION: Final = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,62}", re.IGNORECASE)
_SHARE: Final = re.compile(r"([0-9]{1,3})\s*%")
MAX_SHARE: Final = 100
_YES: Final = {"yes": "yes", "ja": "yes", "true": "yes", "no": "no", "nee": "no", "false": "no"}
_COUNTRY_HINTS: Final = {
    **dict.fromkeys(("nederland", "netherlands", "the netherlands", "holland", "nld"), "NL"),
    **dict.fromkeys(("belgië", "belgie", "belgium"), "BE"),
    **dict.fromkeys(("duitsland", "germany", "deutschland"), "DE"),
    **dict.fromkeys(("frankrijk", "france"), "FR"),
    **dict.fromkeys(("ierland", "ireland"), "IE"),
    **dict.fromkeys(("uk", "united kingdom", "verenigd koninkrijk", "engeland"), "GB"),
    **dict.fromkeys(("usa", "united states", "verenigde staten", "vs"), "US"),
    **dict.fromkeys(("europa", "europe", "europese unie", "european union"), "EU"),
    **dict.fromkeys(("eer", "eea/eer"), "EEA"),
    "el": "GR",
}
"""What people write for a country or set, and the code or set name that is meant; offered, never taken silently."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A value that does not fit: why, and what would."""

    message: str
    accepted: tuple[str, ...] = ()
    hint: Hint | None = None
    """Gives the value that is meant, where that is sure; asked only for problems that are shown, since it searches the catalogue."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A value in canonical form; `warning` says what it could not be compared with."""

    value: str
    warning: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Everything a value may be: the catalogue's ids and sets, and the sets that the declaration itself defines."""

    knowledge: Knowledge
    custom_sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def provider_ids(self) -> tuple[str, ...]:
        """The catalogue's provider ids, sorted."""
        return tuple(sorted(provider.id for provider in self.knowledge.catalogue.providers))

    @cached_property
    def parties(self) -> tuple[str, ...]:
        """All that stands for a provider."""
        return (SELF, *self.provider_ids)

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """All that stands for an owner, LEI aside."""
        return tuple(dict.fromkeys((*self.parties, *self.entity_ids, *self.countries)))

    @cached_property
    def entity_ids(self) -> tuple[str, ...]:
        """The catalogue's entity ids, sorted."""
        return tuple(sorted(entity.id for entity in self.knowledge.catalogue.entities))

    @cached_property
    def region_codes(self) -> tuple[str, ...]:
        """Every region code and alias of the catalogue, sorted."""
        regions = self.knowledge.catalogue.regions
        return tuple(sorted({code for region in regions for code in (region.code, *region.aliases)}))

    @cached_property
    def proprietary_services(self) -> tuple[str, ...]:
        """Ids of the services that only their platform offers, sorted."""
        services = self.knowledge.catalogue.cloud_services
        return tuple(sorted({item.id for item in services if item.service_class is ServiceClass.PROPRIETARY}))

    @cached_property
    def open_services(self) -> frozenset[str]:
        """Ids of the other services that are counted."""
        services = self.knowledge.catalogue.cloud_services
        return frozenset(item.id for item in services if item.service_class in (ServiceClass.PORTABLE, ServiceClass.PLAIN))

    @cached_property
    def set_names(self) -> tuple[str, ...]:
        """Names of country sets, the declaration's own ones last."""
        return (*sorted(item.name for item in self.knowledge.catalogue.country_sets), *self.custom_sets)

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """All that stands for a country or a set of them."""
        return tuple(dict.fromkeys((*self.set_names, *sorted(COUNTRY_CODES))))

    def provider_called(self, text: str) -> str:
        """Return the id of the provider that a name stands for (Amazon: aws); empty where it is none's, or says too little."""
        known = self.knowledge.party_of_name(text[:MAX_VALUE_NAME])
        if known is not None and known.provider:
            return known.provider
        words = set(fold_name(text[:MAX_VALUE_NAME]).split())
        called = [
            provider.id for provider in self.knowledge.catalogue.providers if words <= set(fold_name(provider.name).split())
        ]
        if not words or not 0 < len(called) <= _FEW:
            return ""
        return min(called, key=lambda name: (len(name), name))

    @cached_property
    def _provider_words(self) -> tuple[tuple[str, frozenset[str]], ...]:
        providers = self.knowledge.catalogue.providers
        return tuple((provider.id, frozenset(fold_name(provider.name).split())) for provider in providers)

    @cached_property
    def _by_folded_set(self) -> dict[str, str]:
        return {name.casefold(): name for name in self.set_names}

    def country(self, text: str) -> str | None:
        """Return the canonical country code or set name, or None."""
        return text.upper() if text.upper() in COUNTRY_CODES else self._by_folded_set.get(text.casefold())

    def expand(self, value: str) -> frozenset[str]:
        """Return the countries of a set, or the value alone."""
        known = self.knowledge.country_set(value)
        return known if known is not None else frozenset(self.custom_sets.get(value, (value,)))


def read_value(kind: ClaimKind, text: str, lexicon: Lexicon) -> Accepted | Refused:
    """Return one value of a claim in canonical form, or why it does not fit the claim's key."""
    stripped = text.strip()
    if kind.value_kind in (ValueKind.PROVIDER, ValueKind.NETWORK, ValueKind.OWNER, ValueKind.PARTY_OR_COUNTRY):
        return _party(kind.value_kind, stripped, lexicon)
    if kind.value_kind is ValueKind.COUNTRY:
        return _country(stripped, lexicon)
    if kind.value_kind is ValueKind.REGION:
        return _region(stripped, lexicon)
    if kind.value_kind in (ValueKind.CHOICE, ValueKind.YES_NO):
        return _word(kind, stripped)
    if kind.value_kind is ValueKind.URL:
        return _url(stripped)
    if kind.value_kind is ValueKind.SERVICES:
        return _service(stripped, lexicon)
    return Accepted(stripped)


def refuse_together(kind: ClaimKind, operator: Operator, values: Iterable[str]) -> str:
    """Return why values that are each accepted cannot stand in one list; empty where they can."""
    if kind.value_kind is not ValueKind.SERVICES:
        return ""
    listed = tuple(values)
    shares = [value for value in listed if value.endswith("%")]
    if shares and operator is Operator.NOT:
        return "A share is the most that is allowed, so it stands under is."
    if shares and len(listed) > 1:
        return "A share stands alone. Give one share, or a list of services."
    return ""


def _country_called(text: str) -> str:
    return _COUNTRY_HINTS.get(text.casefold(), "")


def _country(text: str, lexicon: Lexicon) -> Accepted | Refused:
    canonical = lexicon.country(text)
    if canonical is not None:
        return Accepted(canonical)
    return Refused(
        "This is no country code (ISO 3166-1 alpha-2) and no country set.",
        lexicon.countries,
        partial(_country_called, text),
    )


def _party(kind: ValueKind, text: str, lexicon: Lexicon) -> Accepted | Refused:
    folded = text.casefold()
    if folded == SELF or lexicon.knowledge.provider(folded) is not None:
        return Accepted(folded)
    number = _AS_NUMBER.fullmatch(text)
    if kind is ValueKind.NETWORK and number and 0 < int(number.group(1)) <= MAX_ASN:
        return Accepted(f"AS{int(number.group(1))}")
    owner = kind in (ValueKind.OWNER, ValueKind.PARTY_OR_COUNTRY)
    if owner and lexicon.knowledge.entity(folded) is not None:
        return Accepted(folded)
    if owner and is_lei(text.upper()):
        return Accepted(text.upper())
    if owner and lexicon.country(text) is not None:
        return Accepted(str(lexicon.country(text)))
    hint = partial(lexicon.provider_called, text)
    ids = lexicon.parties
    if kind is ValueKind.PROVIDER:
        return Refused("This is no id of the catalogue. Give an id, or self for the own organisation.", ids, hint)
    if kind is ValueKind.NETWORK:
        return Refused("This is no id of the catalogue and no AS number. Give an id, one such as AS64500, or self.", ids, hint)
    return Refused(
        "This is no id of the catalogue, no LEI with right check digits and no country. Give one of these, or self.",
        lexicon.owners,
        hint,
    )


def _region(text: str, lexicon: Lexicon) -> Accepted | Refused:
    if not _REGION.fullmatch(text):
        return Refused("A region is a code of letters, digits, dots and hyphens, such as eu-central-1.", lexicon.region_codes)
    if text in lexicon.region_codes:
        return Accepted(text)
    return Accepted(
        text, "The catalogue knows no region of this code, so it can only be compared letter by letter.", lexicon.region_codes
    )


def _word(kind: ClaimKind, text: str) -> Accepted | Refused:
    accepted = kind.accepted if kind.value_kind is ValueKind.CHOICE else ("yes", "no")
    word = text.casefold()
    if word not in accepted:
        word = _YES.get(word, "")
    return Accepted(word) if word in accepted else Refused("This claim takes other values.", accepted)


def _service(text: str, lexicon: Lexicon) -> Accepted | Refused:
    word = text.casefold()
    share = _SHARE.fullmatch(word)
    if share and int(share.group(1)) <= MAX_SHARE:
        return Accepted(f"{int(share.group(1))}%")
    if word in lexicon.proprietary_services:
        return Accepted(word)
    if word in lexicon.open_services:
        return Refused("This service is not counted as proprietary, so it needs no mention (docs/methodology.md). Leave it out.")
    return Refused(
        "This is no proprietary service of the catalogue, and no share from 0% to 100%. Give services, one share such as 30%, "
        "or an empty list where there are none.",
        lexicon.proprietary_services,
    )


def _url(text: str) -> Accepted | Refused:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        good = False
    if not good or any(char.isspace() for char in text):
        return Refused("This is no web address. Give one such as https://www.voorbeeld.example/pagina.")
    return Accepted(text)
