"""The documents that machines read: `herkomst.run/1` and `herkomst.inspect/1`. Keys and meaning are stable; see reports/schemas/.

Text from outside is given whole, as it was seen; what could steer a terminal or turn the direction of text is written as a JSON
escape, so that the bytes are safe to print and a parser gets the original back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from herkomst.reports.coverage import all_failures, count_run, failures_of
from herkomst.reports.words import Words
from herkomst.scanner.model.claim import Scope
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.identity import Plain
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.placement import Network, OwnerFact, Party, Picture, Placement
from herkomst.scanner.model.run import Run, RunResult
from herkomst.scanner.model.verdict import Coverage, Part, Status, Verdict

RUN_SCHEMA = "herkomst.run/1"
INSPECT_SCHEMA = "herkomst.inspect/1"
_STEERING = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def encode(document: Plain, indent: int | None = None) -> bytes:
    """Return a document as UTF-8 JSON with a final line end; on one line unless `indent` is given."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return _STEERING.sub(_escape, text).encode() + b"\n"


def _escape(match: re.Match[str]) -> str:
    point = ord(match.group())
    if point <= 0xFFFF:
        return f"\\u{point:04x}"
    return f"\\u{0xD800 + ((point - 0x10000) >> 10):04x}\\u{0xDC00 + ((point - 0x10000) & 0x3FF):04x}"


def instant(at: datetime) -> str:
    """Return an instant in UTC, to the second, as RFC 3339 writes it with `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


# -- whole documents ----------------------------------------------------------------------------------------------------


def run_document(result: RunResult, words: Words) -> dict[str, Plain]:
    """Return one run as `herkomst.run/1`; only `would_change` is in words."""
    return {
        "schema": RUN_SCHEMA,
        "run": _run(result.run),
        "verdicts": [verdict_document(verdict, words) for verdict in result.verdicts],
        "placements": [*run_placements(result)],
        "failures": [failure_document(failure) for failure in all_failures(result)],
        "summary": summary(result.verdicts),
        "coverage": _coverage(count_run(result)),
    }


def inspect_documents(result: RunResult) -> list[Plain]:
    """Return `herkomst.inspect/1` for every subject, in the order asked."""
    return [_inspect(picture, result) for picture in result.pictures]


def _inspect(picture: Picture, result: RunResult) -> dict[str, Plain]:
    met = (failure for failure in result.failures if failure.subject == picture.subject)
    return {
        "schema": INSPECT_SCHEMA,
        "subject": picture.subject,
        "observed_at": instant(_observed_at(picture, result)),
        "vantage": result.run.vantage.label,
        "placements": [placement_document(placement) for placement in picture.placements],
        "failures": [failure_document(failure) for failure in dict.fromkeys((*failures_of(picture), *met))],
    }


def _observed_at(picture: Picture, result: RunResult) -> datetime:
    """Return when the newest observation behind a picture was made; the end of the run, or its start, where none was kept."""
    ids = [oid for placement in picture.placements for oid in placement.evidence]
    ids += [oid for absence in picture.absences for oid in absence.evidence]
    seen: list[Observation] = [result.observations[oid] for oid in ids if oid in result.observations]
    return max((item.observed_at for item in seen), default=result.run.finished_at or result.run.started_at)


def run_placements(result: RunResult) -> Iterable[Plain]:
    """Return the placements of every system that declares their subject, with `system` empty where none does."""
    vantage = result.run.vantage.label
    systems: dict[str, list[str]] = {}
    for system in result.systems:
        for asset in system.assets:
            systems.setdefault(asset.value, []).append(system.name)
    for picture in result.pictures:
        for name in dict.fromkeys(systems.get(picture.subject, [""])):
            for placement in picture.placements:
                yield {"system": name, "subject": picture.subject, "vantage": vantage, **placement_document(placement)}


def run_lines(result: RunResult, words: Words) -> Iterable[Plain]:
    """Return a run line by line: the run itself with summary and coverage, then each verdict, placement and failure.

    Every line has `schema` and `type` (`run`, `verdict`, `placement`, `failure`), so that a reader can filter without state.
    """
    whole = run_document(result, words)
    yield run_line(result.run, summary(result.verdicts), count_run(result))
    for kind in ("verdict", "placement", "failure"):
        items = whole[f"{kind}s"]
        for item in items if isinstance(items, list) else ():
            yield {"schema": RUN_SCHEMA, "type": kind, **(item if isinstance(item, dict) else {})}


def run_line(run: Run, counts: dict[str, Plain], coverage: Coverage) -> dict[str, Plain]:
    """Return the line of a run itself, with how many verdicts have each status."""
    return {"schema": RUN_SCHEMA, "type": "run", "run": _run(run), "summary": counts, "coverage": _coverage(coverage)}


# -- their parts -------------------------------------------------------------------------------------------------------


def _run(run: Run) -> dict[str, Plain]:
    return {
        "id": run.id,
        "started_at": instant(run.started_at),
        "finished_at": instant(run.finished_at) if run.finished_at else None,
        "complete": run.complete,
        "version": run.version,
        "vantage": run.vantage.label,
        "knowledge": [
            {"name": item.name, "version": item.version, "as_of": item.as_of, "rows": item.rows} for item in run.knowledge
        ],
    }


def summary(verdicts: Iterable[Verdict]) -> dict[str, Plain]:
    """Return how many verdicts have each of the seven statuses, zeros included."""
    counts = dict.fromkeys(Status, 0)
    for verdict in verdicts:
        counts[verdict.status] += 1
    return {status.value: count for status, count in counts.items()}


def _coverage(coverage: Coverage) -> dict[str, Plain]:
    return {"targets": coverage.targets, "measured": coverage.measured}


def verdict_document(verdict: Verdict, words: Words) -> dict[str, Plain]:
    """Return one verdict; `expected` is the plain list of the claim, `operator` says whether it affirms or denies it."""
    return {
        "id": verdict.id,
        "system": verdict.system,
        "subject": verdict.subject,
        "role": verdict.role,
        "claim": verdict.claim,
        "operator": verdict.operator.value,
        "expected": [*verdict.expected],
        "observed": [*verdict.observed],
        "status": verdict.status.value,
        "reason": verdict.reason.value if verdict.reason else None,
        "confidence": verdict.confidence.value,
        "said_by": verdict.said_by.value,
        "source": verdict.source,
        "hearing": verdict.hearing.value,
        "scope": _scope(verdict.scope),
        "coverage": _coverage(verdict.coverage),
        "parts": [_part(part) for part in verdict.parts],
        "not_asked": [*verdict.not_asked],
        "evidence": [*verdict.evidence],
        "would_change": words.of("would_change", verdict.would_change) if verdict.would_change else None,
    }


def _scope(scope: Scope) -> dict[str, Plain]:
    return {
        "assets": [*scope.assets],
        "roles": [role.value for role in scope.roles],
        "parts": [
            {
                "name": part.name,
                "assets": [*part.assets],
                "cluster": part.cluster,
                "namespace": part.namespace,
                "selector": part.selector,
            }
            for part in scope.parts
        ],
    }


def _part(part: Part) -> dict[str, Plain]:
    return {
        "subject": part.subject,
        "role": part.role,
        "endpoint": part.endpoint,
        "addresses": [*part.addresses],
        "scope_part": part.scope_part,
        "status": part.status.value,
        "reason": part.reason.value if part.reason else None,
        "confidence": part.confidence.value,
        "observed": [*part.observed],
        "evidence": [*part.evidence],
    }


def failure_document(failure: Failure) -> dict[str, Plain]:
    """Return one failure; `kind` and `scope` say which answer is missing."""
    return {
        "collector": failure.collector,
        "subject": failure.subject,
        "kind": failure.kind,
        "scope": failure.scope,
        "reason": failure.reason.value,
        "retryable": failure.retryable,
    }


def placement_document(placement: Placement) -> dict[str, Plain]:
    """Return one placement: the three answers apart, null where nothing is known."""
    return {
        "role": placement.role.value,
        "layer": placement.layer.value,
        "endpoint": placement.endpoint,
        "addresses": [*placement.addresses],
        "provider": _provider(placement.provider),
        "network": _network(placement.network),
        "owner": _owner(placement.owner),
        "ultimate_parent": _parent(placement.ultimate_parent),
        "jurisdictions": [
            {
                "country": item.country,
                "via": item.via.value,
                "party": item.party,
                "status": item.status.value,
                "sourced": item.sourced,
            }
            for item in placement.jurisdictions
        ],
        "location": {
            "countries": [*placement.location.countries],
            "grade": placement.location.grade.value if placement.location.grade else None,
            "reason": placement.location.reason,
        },
        "evidence": [*placement.evidence],
    }


def _provider(party: Party | None) -> Plain:
    return {"id": party.provider, "name": party.name} if party is not None and party.provider is not None else None


def _network(network: Network | None) -> Plain:
    if network is None:
        return None
    return {"prefix": network.prefix, "asn": network.asn, "holder": network.holder}


def _owner(fact: OwnerFact | None) -> Plain:
    if fact is None:
        return None
    document: dict[str, Plain] = {"name": fact.name, "country": fact.country}
    if fact.investors:
        document["investors"] = [
            {
                "name": item.name,
                "country": item.country,
                "share": item.share or None,
                "as_of": item.as_of or None,
                "source": item.source or None,
            }
            for item in fact.investors
        ]
    return document


def _parent(fact: OwnerFact | None) -> Plain:
    if fact is None:
        return None
    return {"name": fact.name, "country": fact.country, "as_of": fact.as_of or None, "source": fact.source or None}
