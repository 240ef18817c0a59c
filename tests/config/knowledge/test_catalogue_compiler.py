"""The catalogue's files: what they give, and that every mistake is named with its file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from herkomst.config.knowledge import catalogue_version, compile_catalogue, load_catalogue, write_compiled
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.knowledge import (
    AsnSpan,
    LinkStatus,
    ProviderKind,
    Signature,
    SignatureMatch,
    SignatureRecord,
    SignatureRole,
    Source,
)


def complaint(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        compile_catalogue(folder)
    return str(caught.value)


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_provider_file_gives_its_provider_and_signatures(catalogue_folder: Path) -> None:
    catalogue = compile_catalogue(catalogue_folder)
    (provider,) = catalogue.providers
    assert provider.kinds == {ProviderKind.HOSTING, ProviderKind.DNS}
    assert provider.asns == (AsnSpan(64500, date(2020, 1, 1), date(2024, 12, 31)), AsnSpan(64501))
    assert provider.sites is not None
    assert provider.sites.source == Source("https://hoster.example/sites", "2026-01", "Hoster: its sites")
    expected = Signature(SignatureRecord.MX, SignatureMatch.REGEX, "hoster.example", SignatureRole.MAILBOX, "hoster", r"mx\d+")
    assert expected in catalogue.signatures
    assert len(catalogue.signatures) == 3


def test_an_entity_file_gives_its_links_with_their_status_and_dates(catalogue_folder: Path) -> None:
    catalogue = compile_catalogue(catalogue_folder)
    hoster = next(entity for entity in catalogue.entities if entity.id == "hoster-bv")
    announced, closed = hoster.parents
    assert (announced.status, announced.valid_from, announced.source) == (LinkStatus.ANNOUNCED, date(2026, 1, 15), None)
    assert (closed.status, closed.valid_from) == (LinkStatus.CLOSED, date(2026, 5, 31))
    assert hoster.top is None
    assert hoster.kvk == "00000000"


def test_norway_is_a_country_and_no_falsehood(catalogue_folder: Path) -> None:
    catalogue = compile_catalogue(catalogue_folder)
    assert catalogue.border_groups[0].country == "NO"
    assert "NO" in catalogue.country_sets[0].countries


def test_the_version_follows_the_content_and_not_the_order_of_the_files(catalogue_folder: Path) -> None:
    first = compile_catalogue(catalogue_folder)
    text = (catalogue_folder / "anycast.yaml").read_text(encoding="utf-8").splitlines()
    (catalogue_folder / "anycast.yaml").write_text("\n".join([text[0], text[2], text[1]]) + "\n", encoding="utf-8")
    assert compile_catalogue(catalogue_folder) == first
    spoil(catalogue_folder, "entities/group-inc.yaml", "country: US", "country: CA")
    assert compile_catalogue(catalogue_folder).version != first.version


def test_the_catalogue_is_as_old_as_its_newest_source(catalogue_folder: Path) -> None:
    version = catalogue_version(compile_catalogue(catalogue_folder))
    assert (version.name, version.as_of) == ("catalogue", "2026-05-20")
    assert version.rows == 1 + 2 + 3 + 1 + 1 + 2 + 1 + 2 + 1


def test_what_is_written_is_read_back_equal_and_byte_for_byte_again(catalogue_folder: Path, tmp_path: Path) -> None:
    catalogue = compile_catalogue(catalogue_folder)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    write_compiled(catalogue, first)
    loaded = load_catalogue(first)
    assert loaded == catalogue
    write_compiled(loaded, second)
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("file", "line", "key"),
    [
        ("providers/hoster.yaml", 1, "id: hoster"),
        ("providers/hoster.yaml", 6, "- {asn: 64500"),
        ("providers/hoster.yaml", 11, "source: {url"),
        ("providers/hoster.yaml", 13, "- {record: ns"),
        ("entities/hoster-bv.yaml", 1, "id: hoster-bv"),
        ("entities/hoster-bv.yaml", 8, "- {entity: group-inc"),
        ("entities/hoster-bv.yaml", 14, "- {name: A Fund"),
        ("regions.yaml", 1, "regions:"),
        ("regions.yaml", 2, "- {provider"),
        ("border_groups.yaml", 2, "- {provider"),
        ("cloud_services.yaml", 2, "- {platform"),
        ("country_sets.yaml", 2, "- {name"),
        ("site_codes.yaml", 2, "- {code"),
        ("anycast.yaml", 2, "- {prefix"),
    ],
)
def test_an_unknown_key_fails_in_every_file_and_at_every_depth(catalogue_folder: Path, file: str, line: int, key: str) -> None:
    new = key.replace("{", "{colour: blue, ", 1) if "{" in key else "colour: blue\n" + key
    spoil(catalogue_folder, file, key, new)
    assert f"{file}:{line}: unknown key 'colour'" in complaint(catalogue_folder)


def test_an_unknown_key_names_the_one_that_was_probably_meant(catalogue_folder: Path) -> None:
    spoil(catalogue_folder, "entities/group-inc.yaml", "country:", "contry:")
    text = complaint(catalogue_folder)
    assert "entities/group-inc.yaml:3: unknown key 'contry'; did you mean 'country'?" in text
    assert "the key 'country' is missing" in text


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("providers/hoster.yaml", "kinds: [hosting, dns]", "kinds: [hosting, hotel]", "3: 'kinds' has the unknown value 'hotel'"),
        ("providers/hoster.yaml", "role: dns", "role: chef", "13: 'role' has the unknown value 'chef'"),
        ("providers/hoster.yaml", "record: mx", "record: mix", "14: 'record' has the unknown value 'mix'"),
        ("providers/hoster.yaml", "match: suffix", "match: substring", "13: 'match' has the unknown value 'substring'"),
        ("providers/hoster.yaml", "record: txt", "record: ns", "15: a prefix is for image, provider_id, txt only"),
        ("providers/hoster.yaml", "'mx\\d+'", "'mx(\\d+'", "14: the regular expression 'mx(\\\\d+' is wrong"),
        ("providers/hoster.yaml", "regex: 'mx\\d+', ", "", "14: match: regex takes a 'regex'"),
        ("providers/hoster.yaml", "value: hoster.example, ", "", "14: the key 'value' is missing"),
        (
            "providers/hoster.yaml",
            "value: hoster.example",
            'value: "*.hoster.example"',
            "14: '*.hoster.example' is no literal suffix",
        ),
        (
            "providers/hoster.yaml",
            "value: ns.hoster.example",
            "value: .hoster.example",
            "13: '.hoster.example' is no literal suffix",
        ),
        ("providers/hoster.yaml", "value: ns.hoster.example", "value: NS.Hoster.example", "write 'ns.hoster.example'"),
        ("providers/hoster.yaml", "until: 2024", "until: 2019", "6: 'until' lies before 'from'"),
        ("providers/hoster.yaml", "from: 2020-01-01", "from: 2020-13-01", "6: '2020-13-01' is no date"),
        ("providers/hoster.yaml", "from: 2020-01-01", "from: 01-02-2020", "6: '01-02-2020' is no date"),
        ("providers/hoster.yaml", "asn: 64501", "asn: AS64501", "7: 'AS64501' is no whole number"),
        ("providers/hoster.yaml", "countries: [NL]", "countries: [EU]", "10: 'EU' is no ISO 3166-1 alpha-2 country code"),
        ("providers/hoster.yaml", "https://hoster.example/sites", "hoster.example", "11: 'hoster.example' is no web address"),
        ("providers/hoster.yaml", "entity: hoster-bv", "entity: nobody", "1: the entity 'nobody' has no file"),
        ("providers/hoster.yaml", "id: hoster", "id: Hoster", "1: 'Hoster' is no id"),
        ("providers/hoster.yaml", "id: hoster", "id: other", "1: the id 'other' differs from the name of its file"),
        ("providers/hoster.yaml", "asn: 64501", "asn: 64500", "1: AS64500 is listed by hoster for the same days"),
        ("entities/hoster-bv.yaml", "status: announced", "status: rumoured", "8: 'status' has the unknown value 'rumoured'"),
        ("entities/hoster-bv.yaml", "{entity: group-inc", "{entity: nobody", "1: the parent 'nobody' has no file"),
        ("entities/hoster-bv.yaml", "country: NL", "country: UK", "3: 'UK' is no ISO 3166-1"),
        ("entities/hoster-bv.yaml", '"00000000"', "123", "4: '123' is no KvK number"),
        (
            "entities/hoster-bv.yaml",
            "parents:",
            "top: {url: 'https://x.example', as_of: 2026, title: X}\nparents:",
            "1: it has 'top'",
        ),
        ("regions.yaml", "provider: hoster", "provider: nobody", "2: the provider 'nobody' has no file"),
        ("border_groups.yaml", "provider: hoster", "provider: nobody", "2: the provider 'nobody' has no file"),
        ("cloud_services.yaml", "class: portable", "class: open", "3: 'class' has the unknown value 'open'"),
        ("cloud_services.yaml", "sql:db", "queue:queue", "3: 'queue:queue' belongs to 'queue' already"),
        ("cloud_services.yaml", "sql:db", "sql", "3: 'sql' is no SERVICE:TYPE"),
        ("cloud_services.yaml", ", source: *read", "", "3: a service needs the source"),
        ("cloud_services.yaml", "platform: hoster, id: sql", "platform: nobody, id: sql", "3: the provider 'nobody' has no file"),
        ("site_codes.yaml", "code: ams", "code: AMS1", "2: 'AMS1' is no location code"),
        ("anycast.yaml", "192.0.2.0/24", "192.0.2.1/24", "2: '192.0.2.1/24' is no network"),
        ("anycast.yaml", "provider: hoster", "provider: nobody", "2: the provider 'nobody' has no file"),
        ("anycast.yaml", '"2001:db8::/32"', '"192.0.2.128/25"', "3: 192.0.2.128/25 lies in 192.0.2.0/24"),
        ("country_sets.yaml", "[DK,", "[SE,", "2: a country stands here twice"),
    ],
)
def test_each_mistake_is_named_with_its_file_and_line(catalogue_folder: Path, file: str, old: str, new: str, words: str) -> None:
    spoil(catalogue_folder, file, old, new)
    assert f"{file}:" in complaint(catalogue_folder)
    assert words in complaint(catalogue_folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: [unclosed\n", "this is no YAML"),
        ("- a list\n", "a mapping of keys and values is expected"),
        ("", "the file is empty"),
        ("id: other\nid: other\nname: O\nkinds: [dns]\n", "the key 'id' stands here twice"),
        ("id: other\nname: O\nkinds: dns\n", "'kinds' takes a list of values"),
        ("id: other\nname: O\nkinds: [dns]\nasns: 64502\n", "'asns' takes a list"),
        ("id: other\nname: {a: b}\nkinds: [dns]\n", "'name' takes one value"),
        ("id: other\nname: O\nkinds: [dns]\nsignatures:\n  - {record: ns, match: suffix, value: a.example, role: dns, "
         "set_by_dns_host: maybe}\n", "takes true or false"),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_named(catalogue_folder: Path, text: str, words: str) -> None:
    (catalogue_folder / "providers/other.yaml").write_text(text, encoding="utf-8")
    assert words in complaint(catalogue_folder)


def test_a_file_that_is_no_text_is_named(catalogue_folder: Path) -> None:
    (catalogue_folder / "providers/other.yaml").write_bytes(b"\xff\xfe\x00binary")
    assert "providers/other.yaml:1: the file cannot be read" in complaint(catalogue_folder)


def test_all_mistakes_are_listed_at_once_with_what_to_do(catalogue_folder: Path) -> None:
    spoil(catalogue_folder, "entities/group-inc.yaml", "country: US", "country: USA")
    spoil(catalogue_folder, "site_codes.yaml", "country: NL", "country: HOLLAND")
    spoil(catalogue_folder, "providers/hoster.yaml", "role: dns", "role: chef")
    text = complaint(catalogue_folder)
    assert "has 3 mistakes" in text
    assert "docs/knowledge.md" in text


def test_two_providers_cannot_share_a_signature_a_holder_name_or_an_as_number(catalogue_folder: Path) -> None:
    twin = (catalogue_folder / "providers/hoster.yaml").read_text(encoding="utf-8").replace("id: hoster", "id: twin", 1)
    (catalogue_folder / "providers/twin.yaml").write_text(twin, encoding="utf-8")
    text = complaint(catalogue_folder)
    assert "AS64501 is listed by hoster for the same days" in text
    assert "the holder name 'hoster' (folded) is listed by hoster too" in text
    assert "providers/twin.yaml:13: the signature 'ns ns.hoster.example' stands at providers/hoster.yaml:13 too" in text


def test_an_as_number_may_pass_from_one_provider_to_another(catalogue_folder: Path) -> None:
    heir = "id: heir\nname: Heir\nkinds: [network]\nasns: [{asn: 64500, from: 2024-12-31}]\n"
    (catalogue_folder / "providers/heir.yaml").write_text(heir, encoding="utf-8")
    assert len(compile_catalogue(catalogue_folder).providers) == 2


def test_parents_that_run_in_a_circle_are_named(catalogue_folder: Path) -> None:
    spoil(catalogue_folder, "entities/group-inc.yaml", "top:", "parents: [{entity: hoster-bv, status: closed}]\n# top:")
    assert "its closed parents lead back to itself" in complaint(catalogue_folder)


def test_a_folder_without_a_catalogue_is_refused(tmp_path: Path) -> None:
    assert "holds no catalogue" in complaint(tmp_path)
