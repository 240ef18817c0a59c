"""How many observations a second the store takes: new, unchanged, and with a third of the subjects changed.

Every subject has 20 observations, as one DNS collection of a domain gives. Ids are hashes that the whole scan shares (evidence names
them), so the store is measured with ids that are known already, and once more with the hashing included. Beside
it stands what a plain program would do: a mapped row for each observation, got, compared and added in a session.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from herkomst.collectors.base import Findings
from herkomst.scanner.model.identity import canonical_json
from herkomst.scanner.model.observation import DnsRRset, Observation, RawAnswer
from herkomst.scanner.model.run import Run, Vantage
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.store import Store, Visit
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

START = datetime(2026, 3, 1, tzinfo=UTC)
PER_SUBJECT = 20
BATCH = 500


def make_visits(subjects: int, day: int, changed: Callable[[int], bool], *, raws: bool = False) -> list[Visit]:
    """Return fresh visits, so that no id is known; one observation differs by the day where `changed` says so."""
    at = START + timedelta(days=day)
    return [_make_visit(number, day if changed(number) else 0, at, raws) for number in range(subjects)]


def _make_visit(number: int, version: int, at: datetime, raws: bool) -> Visit:
    name = f"host{number}.voorbeeld.example"
    values = [f"v={version if index == 0 else 0} record {index} of subject {number}" for index in range(PER_SUBJECT)]
    answers = tuple(_make_raw(value) for value in values) if raws else ()
    observations = tuple(
        Observation(name, "dns", "local", at, DnsRRset(name, f"TYPE{index}", (value,)), answers[index].digest if raws else None)
        for index, value in enumerate(values)
    )
    return Visit(Target(TargetKind.DOMAIN, name), "dns", Findings(observations, raws=answers), at)


def _make_raw(value: str) -> RawAnswer:
    body = value.encode().ljust(200, b".")
    return RawAnswer(hashlib.sha256(body).hexdigest(), "application/dns-message", body)


def batches(visits: Sequence[Visit]) -> Iterator[Sequence[Visit]]:
    """Yield the visits as an engine would hand them over: one transaction each."""
    for begin in range(0, len(visits), BATCH):
        yield visits[begin : begin + BATCH]


def measure(store: Store, name: str, visits: Sequence[Visit], *, know_ids: bool) -> float:
    """Return observations per second of saving the visits as one run."""
    if know_ids:
        for visit in visits:
            for observation in visit.findings.observations:
                assert observation.id  # noqa: S101 - computed at the first use
    store.begin_run(Run(name, visits[0].at, None, False, "0", Vantage("local")), ())
    began = time.perf_counter()
    for batch in batches(visits):
        store.save_many(name, batch)
    return len(visits) * PER_SUBJECT / (time.perf_counter() - began)


def measure_all(subjects: int, folder: Path) -> dict[str, float]:
    """Return the figures, by the names under which they are printed."""
    figures: dict[str, float] = {}
    steps: tuple[tuple[str, Callable[[int], bool]], ...] = (
        ("new", lambda _: False),
        ("unchanged", lambda _: False),
        ("third_changed", lambda number: number % 3 == 0),
    )
    for suffix, know_ids in (("", True), ("_with_ids", False)):
        path, size = folder / f"store{suffix}.db", 0
        for day, (name, changed) in enumerate(steps):
            visits = make_visits(subjects, day, changed)
            with Store.open(str(path)) as store:
                figures[f"{name}_observations{suffix}_per_s"] = measure(store, name, visits, know_ids=know_ids)
            if know_ids:
                figures[f"{name}_bytes_per_subject"] = (path.stat().st_size - size) / subjects
                size = path.stat().st_size
    with Store.open(str(folder / "raws.db")) as store:
        visits = make_visits(subjects // 5, 0, lambda _: False, raws=True)
        figures["new_with_raws_observations_per_s"] = measure(store, "new", visits, know_ids=True)
    return figures


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    """The peer's table: one row for each observation that holds."""

    __tablename__ = "observation"
    subject: Mapped[str] = mapped_column(primary_key=True)
    collector: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    rdtype: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]
    seen_at: Mapped[datetime]


def measure_orm(subjects: int, folder: Path) -> float:
    """Return observations per second of the peer's second, unchanged, run."""
    engine = create_engine(f"sqlite:///{folder / 'orm.db'}")
    _Base.metadata.create_all(engine)
    elapsed = 0.0
    for day in range(2):
        visits = make_visits(subjects, day, lambda _: False)
        began = time.perf_counter()
        for batch in batches(visits):
            with Session(engine) as session:
                for visit in batch:
                    for item in visit.findings.observations:
                        _save_row(session, item)
                session.commit()
        elapsed = time.perf_counter() - began
    engine.dispose()
    return subjects * PER_SUBJECT / elapsed


def _save_row(session: Session, item: Observation) -> None:
    rdtype = item.content.rdtype if isinstance(item.content, DnsRRset) else ""
    content = canonical_json(item.content)
    row = session.get(_Row, (item.subject, item.collector, item.kind, rdtype))
    if row is None:
        key = {"subject": item.subject, "collector": item.collector, "kind": item.kind, "rdtype": rdtype}
        session.add(_Row(**key, content=content, seen_at=item.observed_at))
    else:
        row.seen_at = item.observed_at
        if row.content != content:
            row.content = content


def main() -> None:
    """Measure, print a table for people and one JSON line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=10_000)
    subjects: int = parser.parse_args().subjects
    with tempfile.TemporaryDirectory() as folder:
        figures = measure_all(subjects, Path(folder))
        figures["orm_unchanged_observations_per_s"] = measure_orm(max(subjects // 20, 100), Path(folder))
    print(f"{subjects} subjects of {PER_SUBJECT} observations, SQLite, {BATCH} subjects a transaction")
    for name, figure in figures.items():
        print(f"{name:<44}{figure:>14,.0f}")
    rounded = {name: round(figure) for name, figure in figures.items()}
    ratio = figures["unchanged_observations_per_s"] / figures["orm_unchanged_observations_per_s"]
    print(json.dumps({"bench": "store", "ratios": {"orm": round(ratio, 1)}, "figures": rounded}))


if __name__ == "__main__":
    main()
