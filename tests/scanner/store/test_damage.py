"""A store that cannot be used is an error with its place and a remedy, never a traceback or a new empty file in its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from herkomst.scanner.errors import HerkomstError, MissingExtra, StoreError
from herkomst.scanner.store import Store
from store_scene import make_run, numbered_visit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "herkomst.db"


@pytest.fixture
def filled(path: Path) -> Path:
    with Store.open(str(path)) as store:
        store.begin_run(make_run(0), ())
        store.save_many("run-0", [numbered_visit(number) for number in range(200)])
    return path


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def expect_refusal(url: str, place: Path, message: str, advice: str) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    assert str(place) in caught.value.place
    assert caught.value.message.startswith(message)
    assert advice in caught.value.advice


def test_a_file_that_is_no_database_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(b"dear diary " * 1000)
    expect_refusal(str(path), path, "It is no SQLite database, or it is damaged.", "Give another with --store")
    assert path.read_bytes() == b"dear diary " * 1000


def test_a_database_of_another_program_is_left_as_it_is(path: Path) -> None:
    change(path, "CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    expect_refusal(str(path), path, "It is the database of another program.", "nothing was changed")
    assert path.read_bytes() == before


@pytest.mark.parametrize("kept", [50, 1000, 0.3, 0.9])
def test_a_truncated_file_is_damaged(filled: Path, kept: float) -> None:
    body = filled.read_bytes()
    filled.write_bytes(body[: int(kept if kept > 1 else len(body) * kept)])
    with pytest.raises(StoreError) as caught, Store.open(str(filled)) as store:
        store.load_result()
    assert caught.value.place == str(filled)
    assert "damaged" in caught.value.message
    assert "copy" in caught.value.advice


def test_damage_in_the_middle_is_an_error_at_the_query_that_meets_it_and_the_check_names_it(filled: Path) -> None:
    body = bytearray(filled.read_bytes())
    page = 4096
    for number in range(len(body) // page // 2, len(body) // page):
        body[number * page : number * page + 200] = b"\xff" * 200
    filled.write_bytes(bytes(body))
    with Store.open(str(filled)) as store:
        with pytest.raises(StoreError, match="It is damaged"):
            store.load_result()
        assert store.problems()


def test_a_sound_store_has_no_problems(filled: Path) -> None:
    with Store.open(str(filled)) as store:
        assert store.problems() == ()


@pytest.mark.parametrize(
    ("statement", "act", "message"),
    [
        ("UPDATE contents SET body = '{'", Store.load_result, "It holds what a visit found that cannot be read"),
        ("UPDATE contents SET body = '{\"items\": []}'", Store.load_result, "It holds what a visit found that cannot be read"),
        ("UPDATE contents SET body = replace(body, 'dns.rrset', 'tea.leaf')", Store.load_result, "It holds an observation that cannot"),
        ("UPDATE contents SET body = replace(body, 'rdtype', 'colour')", Store.load_result, "It holds an observation that cannot"),
        ("UPDATE states SET target_kind = 'planet'", Store.load_result, "It holds a target that cannot"),
        ("UPDATE visits SET failures = '[{}]'", Store.load_result, "It holds a failure that cannot"),
        ("UPDATE visits SET offsets = '['", Store.load_result, "It holds the instants of a visit that cannot"),
        ("UPDATE visits SET offsets = '[1]'", Store.load_result, "It holds the instants of a visit that cannot"),
        ("UPDATE visits SET at = 9223372036854775807", Store.load_result, "It holds an instant that cannot"),
        ("UPDATE runs SET body = '{}'", Store.latest_run, "It holds a run that cannot"),
        ("UPDATE states SET exceptions = '['", lambda store: store.facts("host1.voorbeeld.example"), "It holds since when a fact holds"),
    ],
)  # fmt: skip
def test_a_row_that_this_version_cannot_read_is_an_error_with_the_place(
    filled: Path, statement: str, act: Callable[[Store], object], message: str
) -> None:
    change(filled, statement)
    with Store.open(str(filled)) as store, pytest.raises(StoreError) as caught:
        act(store)
    assert caught.value.place == str(filled)
    assert caught.value.message.startswith(message)
    assert "update Herkomst, or restore a copy" in caught.value.advice


def test_a_raw_answer_that_does_not_unpack_is_an_error(filled: Path) -> None:
    change(filled, "INSERT INTO raws VALUES (1, 1, 'd', x'00')")
    with Store.open(str(filled)) as store, pytest.raises(StoreError, match="It holds a raw answer that cannot be read"):
        store.raw("d")


def test_a_store_of_a_newer_version_is_refused_by_both_numbers(filled: Path) -> None:
    change(filled, "UPDATE schema_version SET version = 7")
    message = "It was written by a newer version of Herkomst (layout 7; this version knows 2)."
    expect_refusal(str(filled), filled, message, "Install that version, or give another store")


def test_a_read_only_store_can_be_read_and_refuses_to_be_written(filled: Path) -> None:
    with Store.open(f"sqlite:///file:{filled}?mode=ro&uri=true") as store:
        assert len(store.load_result().observations) == 600
        with pytest.raises(StoreError, match=r"It cannot be written to\. Make the file and its folder writable"):
            store.begin_run(make_run(1), ())


def test_a_read_only_place_without_a_store_is_refused(path: Path) -> None:
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    expect_refusal(url, path, "It cannot be opened.", "Check that the folder exists")
    assert not path.exists()


def test_a_store_that_another_process_holds_is_said_to_be_busy(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as other, Store.open(f"sqlite:///{filled}?timeout=0.01") as store:
        other.execute("BEGIN IMMEDIATE")
        assert store.latest_run() == make_run(0)  # readers do not wait
        with pytest.raises(StoreError, match=r"Another process is writing to it\. Wait until that scan has ended"):
            store.begin_run(make_run(1), ())
        other.execute("COMMIT")
        store.begin_run(make_run(1), ())


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    expect_refusal(str(tmp_path), tmp_path, "It cannot be opened.", "the path names a file")


def test_a_store_in_a_folder_that_does_not_exist_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    expect_refusal(str(tmp_path / "none" / "x.db"), tmp_path / "none" / "x.db", "It cannot be opened.", "the folder exists")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "gopher://x", "://", "mysql://[bad"])
def test_a_url_of_no_supported_database_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="Give a path, sqlite:///PATH or postgresql://HOST/NAME"):
        Store.open(url)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(HerkomstError) as caught:
        Store.open("postgresql://reader:geheim@127.0.0.1:1/herkomst?connect_timeout=1")
    assert isinstance(caught.value, StoreError | MissingExtra)
    assert "geheim" not in str(caught.value)
    with pytest.raises(StoreError) as refused:
        Store.open("mysql://reader:geheim@127.0.0.1/x")
    assert "geheim" not in str(refused.value)


def test_the_default_store_is_made_in_a_folder_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Store.open("") as store:
        assert store.place == str(tmp_path / "data" / "herkomst" / "herkomst.db")
    assert (tmp_path / "data" / "herkomst").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("configured", ["", "relative/data"])
def test_without_an_absolute_data_home_the_default_lies_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configured: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", configured)
    monkeypatch.setenv("HOME", str(tmp_path))
    with Store.open("") as store:
        assert store.place == str(tmp_path / ".local" / "share" / "herkomst" / "herkomst.db")


def test_a_default_folder_that_cannot_be_made_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").write_text("a file, no folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with pytest.raises(StoreError, match=r"The folder cannot be made .* Give another place with --store"):
        Store.open("")
