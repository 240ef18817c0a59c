"""`Store`: the one door to all that is kept. Every call is short, synchronous and one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from herkomst.collectors.base import Findings
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.observation import Observation, RawAnswer
from herkomst.scanner.model.run import Run, RunResult
from herkomst.scanner.model.target import Target
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.store import history, intake, results
from herkomst.scanner.store.database import Database
from herkomst.scanner.store.records import Fact, Visit
from herkomst.scanner.store.stale import with_known_before
from herkomst.scanner.store.visits import RunKey, find_observation, find_visit, load_raw, load_visits, series_of
from sqlalchemy import Connection


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """Runs, what was seen in them, and the history of every fact. Use it as a context manager.

    Every method raises StoreError, with place and remedy, where the database cannot be read or written.
    """

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._runs: dict[str, RunKey] = {}

    @classmethod
    def open(cls, url: str, now: Callable[[], datetime] = _utc_now) -> Self:
        """Open the store at a database URL or path, made where it does not exist; an empty text is the user's default.

        `now` says when a fact is recorded, as opposed to when it was seen.
        """
        return cls(Database.open(url), now)

    def close(self) -> None:
        """Close the database; nothing is lost without it."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where the store is: a path, or a URL without its password."""
        return self._database.place

    @property
    def url(self) -> str:
        """By what another process opens the same store, password included: not to be shown."""
        return self._database.url

    def problems(self) -> tuple[str, ...]:
        """Return what the database finds wrong with its own file; empty where all is well."""
        return self._database.problems()

    def begin_run(self, run: Run, systems: tuple[System, ...]) -> None:
        """Store that a run has begun; until `finish_run` it shows as incomplete. The id has to be new."""
        with self._database.writing() as connection:
            results.save_run(connection, run, systems)

    def save_findings(self, run_id: str, target: Target, collector: str, findings: Findings, at: datetime) -> None:
        """Store what one visit found; `save_many` for one visit."""
        self.save_many(run_id, (Visit(target, collector, findings, at),))

    def save_many(self, run_id: str, batch: Iterable[Visit]) -> None:
        """Store visits in one transaction: when this returns all are stored, when the process is killed before it none is.

        `findings.raws` has to hold every raw answer that its observations name. The observations are the collector's, from the
        run's vantage (else ValueError).
        """
        with self._database.writing() as connection:
            intake.save_visits(connection, self._key(connection, run_id), batch, self._now())

    def save_part(self, run_id: str, part: RunResult) -> None:
        """Store the verdicts, pictures and failures of some systems of a run, behind those that were stored before."""
        with self._database.writing() as connection:
            results.save_part(connection, self._key(connection, run_id), part)

    def end_run(self, run: Run) -> None:
        """Store that all parts of a run have been stored, and whether every target was asked."""
        with self._database.writing() as connection:
            results.end_run(connection, self._key(connection, run.id), run)

    def resume_run(self, run_id: str) -> Run:
        """Return a run that goes on where it was interrupted: its visits stay, its results are judged anew.

        Raises UsageError where there is no such run, or where it is complete.
        """
        with self._database.writing() as connection:
            return results.resume_run(connection, self._key(connection, run_id))

    def find_interrupted(self, systems: tuple[System, ...]) -> str | None:
        """Return the id of the latest run of just these systems that is not complete; None where there is none."""
        with self._database.reading() as connection:
            return results.find_interrupted(connection, systems)

    def find_previous(self, run_id: str) -> str | None:
        """Return the id of the latest run before another that was of a system of the same name; None where there is none."""
        with self._database.reading() as connection:
            return results.find_previous(connection, self._key(connection, run_id))

    def recall(self, run_id: str, collector: str, target: Target) -> Findings | None:
        """Return what a visit of a run found; None where there was none, or where asking again may find more."""
        with self._database.reading() as connection:
            stored = find_visit(connection, self._key(connection, run_id), collector, target)
        if stored is None or any(failure.retryable for failure in stored.failures):
            return None
        return Findings(tuple(stored.observations.values()), stored.leads, stored.failures)

    def finish_run(self, result: RunResult) -> None:
        """Store the whole result of a run that was begun, in the place of what was stored before."""
        with self._database.writing() as connection:
            key = self._key(connection, result.run.id)
            results.discard_results(connection, key)
            results.save_part(connection, key, result)
            results.end_run(connection, key, result.run)

    def run_ids(self, limit: int = 100) -> tuple[str, ...]:
        """Return the ids of the runs, the latest first."""
        with self._database.reading() as connection:
            return results.list_run_ids(connection, limit)

    def latest_run(self) -> Run | None:
        """Return the run that was started last, None where there is none."""
        with self._database.reading() as connection:
            return results.load_latest(connection)

    def load_result(self, run_id: str | None = None) -> RunResult:
        """Return a run, or the latest one, with all that is stored of it; `run.complete` is false for an interrupted one.

        Raises UsageError where there is no such run.
        """
        with self._database.reading() as connection:
            return with_known_before(connection, results.load_result(connection, self._key(connection, run_id)))

    def complete(self, result: RunResult) -> RunResult:
        """Return the result of a run that was just stored, with what earlier runs knew of the accounts that it could not read."""
        with self._database.reading() as connection:
            return with_known_before(connection, result)

    def find_verdict(self, id_or_prefix: str, run_id: str | None = None) -> tuple[Run, Verdict]:
        """Return a verdict by its id or the beginning of it, from a run or from the latest run that has it.

        Raises UsageError, with the candidates or the nearest ids, where there is none or where several begin so.
        """
        with self._database.reading() as connection:
            key = None if run_id is None else self._key(connection, run_id)
            return results.find_verdict(connection, id_or_prefix, key)

    def observation(self, observation_id: str, run_id: str | None = None) -> Observation | None:
        """Return an observation by its id, as a run saw it or as it was seen last; None where it was not seen."""
        with self._database.reading() as connection:
            key = None if run_id is None else self._key(connection, run_id)
            return find_observation(connection, observation_id, key)

    def raw(self, digest: str) -> RawAnswer | None:
        """Return a raw answer by its digest, None where it is not kept."""
        with self._database.reading() as connection:
            return load_raw(connection, digest)

    def facts(self, subject: str, as_of: datetime | None = None, known_at: datetime | None = None) -> tuple[Fact, ...]:
        """Return what was known at `known_at` (None: now) about what held at `as_of` (None: ever), earliest first.

        Empty for a subject that was never asked about.
        """
        with self._database.reading() as connection:
            return history.load_facts(connection, subject, as_of, known_at)

    def verdict_history(self, subject: str, until: datetime | None = None) -> tuple[tuple[datetime, str, Verdict], ...]:
        """Return (start of the run, its id, verdict) for all that runs said of a subject or system, the earliest first."""
        with self._database.reading() as connection:
            found = results.load_verdict_history(connection, subject, until)
        return tuple((run.started_at, run.id, verdict) for run, verdict in found)

    def targets_done(self, run_id: str) -> set[tuple[Target, str]]:
        """Return target and collector of every visit that a run has stored: what a resumed run need not ask again."""
        with self._database.reading() as connection:
            return series_of(connection, self._key(connection, run_id))

    def visits(self, run_id: str) -> Iterator[Visit]:
        """Yield the visits of a run in the order in which they were stored: a resumed run follows their leads."""
        with self._database.reading() as connection:
            for stored in load_visits(connection, self._key(connection, run_id)):
                findings = Findings(tuple(stored.observations.values()), stored.leads, stored.failures)
                yield Visit(stored.series.target, stored.series.collector, findings, stored.at)

    def _key(self, connection: Connection, run_id: str | None) -> RunKey:
        if run_id is None:
            return results.find_latest(connection)
        if run_id not in self._runs:
            self._runs[run_id] = results.find_run(connection, run_id)
        return self._runs[run_id]
