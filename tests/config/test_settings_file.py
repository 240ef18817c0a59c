"""The settings file: every setting is read, every mistake is named with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
import trustme
from herkomst.config.settings import Breadth, ResolverAddress, Settings
from herkomst.config.settings_file import load_settings, parse_resolver
from herkomst.scanner.errors import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

Load = Callable[..., Settings]
WHOLE = """
resolvers: [192.0.2.53, "192.0.2.53:5353", "[2001:db8::53]:53"]
vantage: {label: kantoor, asn: 64500, country: NL}
breadth: core
store: runs.db
language: nl
tables: prefixes
catalogue: catalogue.json
rdap_bootstrap: https://rdap.example/
dns_timeout_s: 0.5
rdap_timeout_s: 4
target_deadline_s: 20
max_in_flight: 32
queries_per_second_per_server: 200
ask_parents: false
authority_port: 5300
offline: true
tls: false
tls_port: 8443
tls_timeout_s: 2.5
connect_to_special_addresses: true
treat_documentation_as_public: true
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def write_and_load(text: str, base: Settings | None = None) -> Settings:
        path = tmp_path / "settings.yaml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path, base)

    return write_and_load


def refused(load: Load, text: str) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    assert caught.value.advice
    return caught.value.message


def test_every_setting_is_read_and_relative_paths_are_relative_to_the_file(load: Load, tmp_path: Path) -> None:
    assert load(WHOLE) == Settings(
        resolvers=(
            ResolverAddress("192.0.2.53", 53),
            ResolverAddress("192.0.2.53", 5353),
            ResolverAddress("2001:db8::53", 53),
        ),
        offline=True,
        tls=False,
        tls_port=8443,
        tls_timeout_s=2.5,
        connect_to_special_addresses=True,
        breadth=Breadth.CORE,
        vantage="kantoor",
        vantage_asn=64500,
        vantage_country="NL",
        store=str(tmp_path / "runs.db"),
        language="nl",
        tables=tmp_path / "prefixes",
        catalogue=tmp_path / "catalogue.json",
        rdap_bootstrap="https://rdap.example/",
        treat_documentation_as_public=True,
        dns_timeout_s=0.5,
        rdap_timeout_s=4.0,
        target_deadline_s=20.0,
        max_in_flight=32,
        queries_per_second_per_server=200,
        ask_parents=False,
        authority_port=5300,
    )


def test_what_the_file_does_not_name_stays_as_it_was(load: Load) -> None:
    base = Settings(language="nl", dns_attempts=5, max_in_flight=7, vantage_asn=64501)
    loaded = load("vantage: thuis\n", base)
    changed = {item.name for item in fields(Settings) if getattr(loaded, item.name) != getattr(base, item.name)}
    assert changed == {"vantage"}
    assert loaded.vantage == "thuis"


@pytest.mark.parametrize("store", ["none", "postgresql://localhost/herkomst", "sqlite:///elders.db"])
def test_a_store_that_is_no_path_is_kept_as_it_is(load: Load, store: str) -> None:
    assert load(f"store: {store}\n").store == store


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("resolver: [192.0.2.53]\n", "1:1", "Did you mean 'resolvers'?"),
        ("offline: yes\n", "1:10", "offline must be true or false"),
        ("language: fr\n", "1:11", "There is no such language"),
        ("language:\n", "1:10", "language must be one value"),
        ("language: [nl]\n", "1:11", "language must be one value"),
        ("dns_timeout_s: 0\n", "1:16", "a number of seconds from 0.05 to 60"),
        ("dns_timeout_s: .inf\n", "1:16", "a number of seconds"),
        ("target_deadline_s: nan\n", "1:20", "a number of seconds"),
        ("rdap_timeout_s: snel\n", "1:17", "a number of seconds"),
        ("tls: no\n", "1:6", "tls must be true or false"),
        ("tls_port: 65536\n", "1:11", "a whole number from 1 to 65535"),
        ("tls_timeout_s: 0\n", "1:16", "a number of seconds from 0.1 to 60"),
        ("tls_authorities: nergens.pem\n", "1:18", "this one cannot be read (No such file or directory)"),
        ("tls_authorities: settings.yaml\n", "1:18", "this one holds no certificate in PEM form"),
        ("max_in_flight: 0\n", "1:16", "a whole number from 1 to 10000"),
        ("queries_per_second_per_server: 1.5\n", "1:32", "a whole number from 0 to 1000000"),
        ("resolvers: 192.0.2.53\n", "1:12", "resolvers must be a list"),
        ("resolvers: [resolver.example]\n", "1:13", "is no address of a resolver"),
        ("resolvers: [[192.0.2.53]]\n", "1:13", "is no address of a resolver"),
        ("resolvers: ['192.0.2.53:0']\n", "1:13", "is no port"),
        ("rdap_bootstrap: rdap.example\n", "1:17", "must be a URL"),
        ("vantage: ''\n", "1:10", "vantage is empty"),
        ("vantage: {asn: 64500}\n", "1:10", "vantage lacks label"),
        ("vantage: {label: [kantoor]}\n", "1:18", "label must be text"),
        ("vantage: {label: kantoor, asn: AS64500}\n", "1:32", "number of an autonomous system"),
        ("vantage: {label: kantoor, asn: 4294967296}\n", "1:32", "number of an autonomous system"),
        ("vantage: {label: kantoor, asn: '²'}\n", "1:32", "number of an autonomous system"),
        ("vantage: {label: kantoor, country: Holland}\n", "1:36", "country code"),
        ("vantage: {label: kantoor, colour: red}\n", "1:27", "vantage has no key of this name"),
        ("- offline\n", "1:1", "must be a mapping"),
        ("offline: true\noffline: false\n", "2:1", "a second time"),
        ("vantage: [\n", "2:1", "error"),
    ],
)
def test_a_mistake_is_named_with_its_place(load: Load, tmp_path: Path, text: str, place: str, message: str) -> None:
    said = refused(load, text)
    assert f"{tmp_path / 'settings.yaml'}:{place}: error: " in said
    assert message in said


def test_all_mistakes_are_named_at_once(load: Load) -> None:
    said = refused(load, "offline: misschien\nlanguage: fr\ndns_timeout_s: 99\ncolour: red\n")
    assert [line.split(": error:")[0].rsplit(":", 2)[-2] for line in said.splitlines()] == ["1", "2", "3", "4"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, load: Load) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(tmp_path / "none.yaml")
    with pytest.raises(ConfigurationError, match=str(tmp_path)):
        load_settings(tmp_path)
    assert refused(load, "")
    assert refused(load, "a: &a [*a, *a]\n")


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(ConfigurationError):
        load_settings(path)


# -- resolvers ------------------------------------------------------------------------------------------------------


@given(st.ip_addresses(), st.integers(1, 65535))
def test_a_resolver_is_read_back_as_it_is_written(address: object, port: int) -> None:
    resolver = parse_resolver(str(address))
    assert resolver.port == 53
    written = ResolverAddress(resolver.address, port)
    assert parse_resolver(str(written)) == written


@given(st.one_of(st.text(max_size=30), st.from_regex(r"[0-9:.\[\]]{1,40}", fullmatch=True)))
def test_any_text_is_a_resolver_or_refused_with_advice(text: str) -> None:
    try:
        resolver = parse_resolver(text)
    except ConfigurationError as error:
        refusal: ConfigurationError | None = error
    else:
        refusal = None
        assert 0 < resolver.port < 65536
    assert refusal is None or refusal.advice


@pytest.mark.parametrize(
    "text", ["127.0.0.1:²", "127.0.0.1:" + "9" * 5000, "127.0.0.1:65536", "127.0.0.1:", "::1:53:", "[::1", "dns.example:53"]
)
def test_what_is_no_address_and_port_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_resolver(text)


def test_a_breadth_that_does_not_exist_is_refused_with_those_that_do(load: Load) -> None:
    message = refused(load, "breadth: ruim\n")
    assert all(part in message for part in ("settings.yaml:1", "ruim", "full", "core"))


def test_the_rates_of_registries_and_the_cache_are_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("rdap_rates: {RDAP.voorbeeld.example: 0.5, '*': 20}\ncache: kept\nrdap_wait_s: 5\norigin_by_dns: false\n")
    settings = load_settings(path)
    assert settings.rdap_rates == (("rdap.voorbeeld.example", 0.5), ("*", 20.0))
    assert (settings.cache, settings.rdap_wait_s, settings.origin_by_dns) == (str(tmp_path / "kept"), 5.0, False)
    path.write_text("cache: none\n")
    assert load_settings(path).cache == "none"


@pytest.mark.parametrize("text", ["rdap_rates: 5", "rdap_rates: {a: 0}", "rdap_rates: {a: fast}", "rdap_rates: {a: [1]}"])
def test_a_rate_that_is_none_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"settings\.yaml:1"):
        load_settings(path)


def test_a_file_of_authorities_is_relative_to_the_settings(tmp_path: Path) -> None:
    authorities = tmp_path / "eigen.pem"
    trustme.CA().cert_pem.write_to_path(authorities)
    (tmp_path / "settings.yaml").write_text("tls_authorities: eigen.pem\n")
    assert load_settings(tmp_path / "settings.yaml").tls_authorities == authorities
