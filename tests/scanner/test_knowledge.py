"""Look-ups over a catalogue: names at label boundaries, parents on a date, parties that are equal, addresses in anycast prefixes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from herkomst.scanner.knowledge import Knowledge, fold_name
from herkomst.scanner.model.knowledge import (
    AnycastPrefix,
    AsnSpan,
    BorderGroup,
    Catalogue,
    CountrySet,
    Entity,
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
    Source,
)
from herkomst.scanner.model.placement import Party
from hypothesis import given
from hypothesis import strategies as st

SOURCE = Source("https://news.example/deal", "2026-05-25", "News")
TODAY = date(2026, 11, 24)
HOSTING = frozenset({ProviderKind.HOSTING})


def suffix(value: str, provider: str, record: SignatureRecord = SignatureRecord.NS) -> Signature:
    return Signature(record, SignatureMatch.SUFFIX, value, SignatureRole.DNS, provider)


def pattern(regex: str, value: str, provider: str, record: SignatureRecord = SignatureRecord.NS) -> Signature:
    return Signature(record, SignatureMatch.REGEX, value, SignatureRole.DNS, provider, regex)


def token(value: str, provider: str) -> Signature:
    return Signature(SignatureRecord.TXT, SignatureMatch.PREFIX, value, SignatureRole.VERIFICATION, provider)


def closed(parent: str, start: date | None = None, until: date | None = None, source: Source | None = SOURCE) -> ParentLink:
    return ParentLink(parent, LinkStatus.CLOSED, start, until, source)


def provider_of(knowledge: Knowledge, name: str, record: SignatureRecord = SignatureRecord.NS) -> str | None:
    found = knowledge.match_name(record, name)
    return found.provider if found else None


# -- names -----------------------------------------------------------------------------------------------------------------

NAMES = Knowledge(
    Catalogue(
        "v",
        "2026",
        signatures=(
            suffix("google.com", "google"),
            suffix("scale.example", "scale"),
            suffix("hoster.example", "hoster"),
            suffix("mail.hoster.example", "hoster-mail"),
            pattern(r"ns-\d+", "awsdns-00.com", "aws"),
            pattern(r"(.+\.)?www\d+", "platform.example", "platform"),
            suffix("platform.example", "platform-other"),
            token("MS=", "microsoft-365"),
            token("google-site-verification=", "google"),
            token("google-site-", "google-other"),
        ),
    )
)


@pytest.mark.parametrize("name", ["notgoogle.com", "google.com.example", "google.example", "xgoogle.com", "com"])
def test_a_suffix_matches_only_whole_labels(name: str) -> None:
    assert provider_of(NAMES, name) is None


def test_scale_is_not_found_in_scaleway() -> None:
    assert provider_of(NAMES, "ns0.scale.example") == "scale"
    assert provider_of(NAMES, "ns0.scaleway.example") is None


@pytest.mark.parametrize("name", ["google.com", "ns1.google.com", "a.b.c.google.com"])
def test_a_suffix_matches_itself_and_every_name_under_it(name: str) -> None:
    assert provider_of(NAMES, name) == "google"


def test_the_longest_suffix_wins() -> None:
    assert provider_of(NAMES, "mx1.mail.hoster.example") == "hoster-mail"
    assert provider_of(NAMES, "mx1.hoster.example") == "hoster"


def test_a_pattern_is_held_against_all_labels_left_of_its_literal_suffix() -> None:
    assert provider_of(NAMES, "ns-12.awsdns-00.com") == "aws"
    assert provider_of(NAMES, "x.ns-12.awsdns-00.com") is None
    assert provider_of(NAMES, "ns-12x.awsdns-00.com") is None
    assert provider_of(NAMES, "awsdns-00.com") is None


def test_a_pattern_wins_over_its_bare_suffix() -> None:
    assert provider_of(NAMES, "a.www12.platform.example") == "platform"
    assert provider_of(NAMES, "mail.platform.example") == "platform-other"


def test_a_record_has_its_own_signatures() -> None:
    assert provider_of(NAMES, "google.com", SignatureRecord.MX) is None


def test_a_text_token_matches_from_its_start_without_regard_to_case() -> None:
    def token_of(text: str) -> str | None:
        found = NAMES.match_text(SignatureRecord.TXT, text)
        return found.provider if found else None

    assert token_of("ms=ms12345678") == "microsoft-365"
    assert token_of("x ms=ms12345678") is None
    assert token_of("google-site-verification=abc") == "google"
    assert token_of("google-site-other=abc") == "google-other"


labels = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)


@given(st.lists(labels, min_size=1, max_size=4), labels)
def test_no_label_in_front_ever_turns_one_name_into_another(front: list[str], glued: str) -> None:
    assert provider_of(NAMES, ".".join([*front, "google.com"])) == "google"
    assert provider_of(NAMES, ".".join([*front, f"{glued}google.com"])) is None


# -- parents ---------------------------------------------------------------------------------------------------------------

BLOCKED_ON = date(2026, 5, 25)
ENTITIES = (
    Entity("group", "Group, Inc.", "US", top=SOURCE),
    Entity("sold", "Sold B.V.", "NL", parents=(closed("family", None, date(2024, 7, 1)), closed("group", date(2024, 7, 1)))),
    Entity("family", "Family B.V.", "NL", top=SOURCE),
    Entity(
        "courted",
        "Courted B.V.",
        "NL",
        parents=(
            ParentLink("group", LinkStatus.ANNOUNCED, date(2025, 11, 5), BLOCKED_ON, SOURCE),
            ParentLink("group", LinkStatus.BLOCKED, BLOCKED_ON, None, SOURCE),
        ),
    ),
    Entity("hearsay", "Hearsay B.V.", "NL", parents=(closed("group", source=None),)),
    Entity("unknown-top", "Unknown B.V.", "NL", parents=(closed("middle"),)),
    Entity("middle", "Middle B.V.", "NL"),
    Entity("brand", "Brand B.V.", "NL", parents=(closed("sold"),)),
    Entity("venture", "Venture B.V.", "NL", parents=(closed("group"), closed("family"))),
    Entity("snake", "Snake B.V.", "NL", parents=(closed("tail"),)),
    Entity("tail", "Tail B.V.", "NL", parents=(closed("snake"),)),
    Entity("orphan", "Orphan B.V.", "NL", parents=(closed("nobody"),)),
)
CHAINS = Knowledge(Catalogue("v", "2026", entities=ENTITIES))


def above(entity: str, on: date = TODAY) -> list[str]:
    chain = CHAINS.chain(entity, on)
    assert chain is not None
    return [step.entity.id for step in chain.parents]


def test_a_take_over_counts_from_its_date_and_not_before() -> None:
    assert above("sold", date(2024, 6, 30)) == ["family"]
    assert above("sold", date(2024, 7, 1)) == ["group"]
    assert above("brand", date(2024, 6, 30)) == ["sold", "family"]
    assert above("brand") == ["sold", "group"]


def test_an_announced_and_a_blocked_take_over_are_shown_on_their_days_and_never_count() -> None:
    def states(on: date) -> list[LinkStatus]:
        chain = CHAINS.chain("courted", on)
        assert chain is not None
        assert chain.parents == ()
        assert chain.top.id == "courted"
        return [step.link.status for step in chain.pending]

    assert states(date(2025, 11, 4)) == []
    assert states(date(2025, 11, 5)) == [LinkStatus.ANNOUNCED]
    assert states(BLOCKED_ON - timedelta(days=1)) == [LinkStatus.ANNOUNCED]
    assert states(BLOCKED_ON) == [LinkStatus.BLOCKED]


@pytest.mark.parametrize(
    ("entity", "known"),
    [("brand", True), ("family", True), ("hearsay", False), ("unknown-top", False), ("courted", False), ("orphan", False)],
)
def test_the_top_is_known_only_when_each_link_and_the_top_have_a_source(entity: str, known: bool) -> None:
    chain = CHAINS.chain(entity, TODAY)
    assert chain is not None
    assert chain.top_known is known


def test_parents_that_control_together_are_all_followed() -> None:
    chain = CHAINS.chain("venture", TODAY)
    assert chain is not None
    assert [step.entity.country for step in chain.parents] == ["US", "NL"]
    assert [top.id for top in chain.tops] == ["group", "family"]
    assert chain.top_known


def test_a_circle_ends_the_walk_and_its_top_is_not_known() -> None:
    chain = CHAINS.chain("snake", TODAY)
    assert chain is not None
    assert above("snake") == ["tail"]
    assert not chain.top_known


def test_an_unknown_entity_has_no_chain() -> None:
    assert CHAINS.chain("nobody", TODAY) is None


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.permutations(ENTITIES))
def test_a_chain_does_not_depend_on_the_order_of_the_catalogue(on: date, entities: list[Entity]) -> None:
    shuffled = Knowledge(Catalogue("v", "2026", entities=tuple(entities)))
    for entity in ENTITIES:
        assert shuffled.chain(entity.id, on) == CHAINS.chain(entity.id, on)


@given(st.sampled_from(ENTITIES))
def test_taking_away_a_source_never_makes_a_top_known(entity: Entity) -> None:
    links = tuple(replace(link, source=None) for link in entity.parents)
    poorer = tuple(replace(item, parents=links, top=None) if item.id == entity.id else item for item in ENTITIES)
    chain = Knowledge(Catalogue("v", "2026", entities=poorer)).chain(entity.id, TODAY)
    assert chain is not None
    assert not chain.top_known


# -- parties ---------------------------------------------------------------------------------------------------------------

PARTIES = Knowledge(
    Catalogue(
        "v",
        "2026",
        providers=(
            Provider(
                "hoster",
                "Hoster",
                HOSTING,
                "sold",
                (AsnSpan(64500, None, date(2025, 1, 1)), AsnSpan(64501)),
                ("Hoster Net B.V.",),
            ),
            Provider("heir", "Heir", HOSTING, "family", (AsnSpan(64500, date(2025, 1, 1)),)),
            Provider("label", "Label", HOSTING, "brand"),
            Provider("loose", "Loose", HOSTING, None),
        ),
        entities=ENTITIES,
    )
)


def test_an_as_number_names_who_used_it_on_that_day() -> None:
    assert PARTIES.party_of_asn(64500, "AS name", date(2024, 12, 31)).provider == "hoster"
    assert PARTIES.party_of_asn(64500, "AS name", date(2025, 1, 1)).provider == "heir"
    assert PARTIES.party_of_asn(64501, "AS name", date(1999, 1, 1)).provider == "hoster"


def test_an_as_number_that_nobody_lists_keeps_the_name_of_the_table() -> None:
    assert PARTIES.party_of_asn(64511, "Somebody", TODAY) == Party("Somebody", None, None, 64511)
    assert PARTIES.party_of_asn(64511, "", TODAY).name == "AS64511"


def test_a_registered_name_is_matched_whole_with_case_and_legal_form_folded() -> None:
    party = PARTIES.party_of_name("HOSTER NET")
    assert party is not None
    assert party.provider == "hoster"
    assert PARTIES.party_of_name("Hoster Net Reseller") is None
    assert PARTIES.party_of_name("Nobody B.V.") is None


def test_an_unknown_provider_is_a_party_of_only_its_name() -> None:
    assert PARTIES.provider_party("nobody") == Party("nobody", "nobody")


def test_parties_are_equal_by_provider_by_ultimate_parent_by_number_or_by_name() -> None:
    hoster, label, heir = (PARTIES.provider_party(key) for key in ("hoster", "label", "heir"))
    assert PARTIES.same_party(hoster, hoster, TODAY)
    assert PARTIES.same_party(hoster, label, TODAY)
    assert not PARTIES.same_party(hoster, heir, TODAY)
    assert PARTIES.same_party(hoster, heir, date(2024, 1, 1))
    assert PARTIES.same_party(Party("One", asn=64511), Party("Other", asn=64511), TODAY)
    assert PARTIES.same_party(Party("Example B.V."), Party("EXAMPLE bv"), TODAY)
    assert not PARTIES.same_party(Party("Example B.V."), Party("Other B.V."), TODAY)
    assert PARTIES.same_party(Party("One", own=True), Party("Other", own=True), TODAY)


def test_sharing_one_of_two_parents_does_not_make_parties_equal() -> None:
    venture, group = Party("Venture", entity="venture"), Party("Group", entity="group")
    assert not CHAINS.same_party(venture, group, TODAY)
    assert CHAINS.same_party(venture, venture, TODAY)


# -- folding ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hetzner Online GmbH", "HETZNER ONLINE"),
        ("OVH SAS", "ovh"),
        ("LeaseWeb Netherlands B.V.", "Leaseweb Netherlands BV"),
        ("Amazon.com, Inc.", "AMAZON COM INC"),
        ("One.com A/S", "one.com"),
        ("Aruba S.p.A.", "Aruba SpA"),
    ],
)
def test_names_that_differ_in_legal_form_and_punctuation_fold_alike(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Scale B.V.", "Scaleway B.V."), ("KPN", "KPN Mobile"), ("Bit B.V.", "Bitdefender"), ("株式会社甲", "株式会社乙")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize("name", ["B.V.", "Group", "株式会社", "&"])
def test_a_name_never_folds_to_nothing(name: str) -> None:
    assert fold_name(name)


@given(st.text(max_size=40))
def test_folding_is_stable_and_blind_to_case(name: str) -> None:
    folded = fold_name(name)
    assert fold_name(name.casefold()) == folded


# -- places ----------------------------------------------------------------------------------------------------------------

PLACES = Knowledge(
    Catalogue(
        "v",
        "2026",
        regions=(Region("cloud", "eu-1", "Amsterdam", ("NL", "TR"), aliases=("eu",)),),
        border_groups=(BorderGroup("cloud", "eu-1-ist-1", "TR", "Istanbul"),),
        country_sets=(CountrySet("NORDIC", frozenset({"DK", "FI", "IS", "NO", "SE"}), None),),
        site_codes=(SiteCode("ams", "NL", "Amsterdam"),),
        anycast=(
            AnycastPrefix("192.0.2.0/25", "one", None),
            AnycastPrefix("198.51.100.0/24", "two", None),
            AnycastPrefix("2001:db8:1::/48", "three", None),
        ),
    )
)


def test_a_region_is_found_by_its_code_and_its_alias_of_its_own_provider_only() -> None:
    region = PLACES.region("cloud", "eu-1")
    assert region is not None
    assert PLACES.region("cloud", "eu") is region
    assert PLACES.region("other", "eu-1") is None


def test_places_that_the_catalogue_lacks_are_none() -> None:
    assert PLACES.border_group("cloud", "eu-1-ams-1") is None
    assert PLACES.country_set("SOUTH") is None
    assert PLACES.site_country("xyz") is None


def test_places_are_found() -> None:
    group = PLACES.border_group("cloud", "eu-1-ist-1")
    assert group is not None
    assert group.country == "TR"
    assert PLACES.site_country("ams") == "NL"
    assert PLACES.country_set("NORDIC") == {"DK", "FI", "IS", "NO", "SE"}


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("192.0.2.0", "one"),
        ("192.0.2.127", "one"),
        ("192.0.2.128", None),
        ("198.51.100.255", "two"),
        ("198.51.101.0", None),
        ("0.0.0.0", None),  # noqa: S104  # an address to look up, nothing listens on it
        ("255.255.255.255", None),
        ("2001:db8:1::", "three"),
        ("2001:db8:1:ffff:ffff:ffff:ffff:ffff", "three"),
        ("2001:db8:2::", None),
        ("::", None),
        ("192.0.2.64/26", "one"),
        ("no address", None),
    ],
)
def test_an_address_is_anycast_only_inside_a_known_prefix(address: str, provider: str | None) -> None:
    found = PLACES.anycast(address)
    assert (found.provider if found else None) == provider


def test_ipv4_and_ipv6_do_not_meet() -> None:
    # 192.0.2.1 and ::c000:201 are one number in two families
    assert PLACES.anycast("192.0.2.1") is not None
    assert PLACES.anycast("::c000:201") is None
