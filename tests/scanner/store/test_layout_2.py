"""A store of the first layout, written by the version that had it, is renewed when it is opened and holds all that it held."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from herkomst.scanner.model.observation import RawAnswer
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.store import Store
from herkomst.scanner.store.schema import metadata
from sqlalchemy import create_engine
from store_scene import TARGET, address, day, failure, make_run, numbered_target, numbered_visit, seen, text

WRITTEN = Path(__file__).with_name("layout_1.sql")
"""Three days: an address that changes, a raw answer that two days share, a failure; two finished runs of 70 verdicts, one interrupted."""
HOST = Target(TargetKind.HOST, "mx.voorbeeld.example")


def raw(body: bytes) -> RawAnswer:
    return RawAnswer(hashlib.sha256(body).hexdigest(), "application/dns-message", body)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / "herkomst.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.executescript(WRITTEN.read_text())
    return place


def test_runs_and_results_are_as_they_were_saved(path: Path) -> None:
    with Store.open(str(path)) as store:
        assert store.run_ids() == ("run-2", "run-1", "run-0")
        for number in range(2):
            result = store.load_result(f"run-{number}")
            assert [verdict.id for verdict in result.verdicts] == [f"{count:02x}aa{number}" for count in range(70)]
            assert (result.pictures, result.failures) == ((Picture(TARGET.value),), (failure(),))
        run, verdict = store.find_verdict("45aa1")
        assert (run.id, verdict.id) == ("run-1", "45aa1")
        assert store.find_interrupted(store.load_result("run-2").systems) == "run-2"


def test_visits_facts_and_raw_answers_are_as_they_were_seen(path: Path) -> None:
    with Store.open(str(path)) as store:
        first = seen(address("192.0.2.1"), text("x"), at=day(0), leads=(HOST,), raws=(raw(b"a0"), raw(b"x0" * 200)))
        visit = next(visit for visit in store.visits("run-0") if visit.target == TARGET)
        assert set(visit.findings.observations) == set(first.findings.observations)
        assert visit.findings.leads == (HOST,)
        held = {(fact.content, fact.valid_from, fact.valid_until) for fact in store.facts(TARGET.value)}
        assert held == {
            (text("x"), day(0), None),
            (address("192.0.2.1"), day(0), day(1)),
            (address("192.0.2.2"), day(1), None),
        }
        for body in (b"a0", b"a1", b"x0" * 200):
            assert store.raw(raw(body).digest) == raw(body)
        assert store.problems() == ()


def test_an_unchanged_rescan_of_a_renewed_store_stores_visits_and_nothing_else(path: Path) -> None:
    def count() -> dict[str, int]:
        with closing(sqlite3.connect(path)) as connection:
            return {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names from the schema
                for table in ("states", "contents", "raws", "past_facts", "visits")
            }

    with Store.open(str(path)) as store:
        before = count()
        store.begin_run(make_run(3), ())
        store.save_many("run-3", [numbered_visit(number, day(3)) for number in range(3)])
        assert count() == {**before, "visits": before["visits"] + 3}
        assert store.targets_done("run-3") == {(numbered_target(number), "dns") for number in range(3)}


def test_a_renewed_store_has_the_tables_of_a_new_one(path: Path) -> None:
    with Store.open(str(path)):
        pass
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    with closing(sqlite3.connect(path)) as renewed, engine.connect() as new:
        assert renewed.execute(query).fetchall() == [tuple(row) for row in new.exec_driver_sql(query)]
        assert renewed.execute("PRAGMA foreign_key_check").fetchall() == []
    engine.dispose()
