"""Hypothesis strategies for the records that parts hand to each other, hostile text included: every field that outside can fill may
hold markup, terminal escapes, directions of text, formula prefixes, wide characters or nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from herkomst.scanner.model import observation as seen
from herkomst.scanner.model import placement as placed
from herkomst.scanner.model.claim import (
    Asset,
    AssetKind,
    Claim,
    Hearing,
    Operator,
    Organisation,
    Role,
    SaidBy,
    Scope,
    ScopePart,
    Supplier,
    System,
)
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.kubernetes import (
    KubeCluster,
    KubeContexts,
    KubeCoverage,
    KubeLink,
    KubeObject,
    KubeOutcome,
    KubePods,
    KubeRelation,
)
from herkomst.scanner.model.location import Grade, Location
from herkomst.scanner.model.run import KnowledgeVersion, Run, RunResult, Vantage
from herkomst.scanner.model.verdict import (
    Confidence,
    Coverage,
    Note,
    NoteCode,
    Part,
    Reason,
    Status,
    Verdict,
    WouldChange,
)
from hypothesis import strategies as st

HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=https://tracker.example/x onerror='alert(1)'>",
    "{{ 7 * 7 }}{% raw %}",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "\x9b31m\x85\x00\x7f",
    "user\u202egnp.exe\u2066\u2069\u200b\ufeff",
    "\u061c\u180e\u2060\U000e0041",
    "=cmd|' /C calc'!A0",
    "javascript:alert(1)",
    "株式会社例え.example",
    "line\nbreak\r\ttab\u2028",
    "\ud800 lone surrogate",
    "x" * 300,
    "",
)
NAMES = ("voorbeeld.example", "zaken.voorbeeld.example", "xn--mnchen-3ya.example", "mx1.leverancier.example")
ADDRESSES = ("192.0.2.1", "198.51.100.7", "2001:db8::1")
COUNTRIES = ("NL", "DE", "US", "XX", "EU")
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the time zone

texts = st.sampled_from(HOSTILE)
names = st.sampled_from(NAMES) | texts
addresses = st.lists(st.sampled_from(ADDRESSES), max_size=3, unique=True).map(tuple)
countries = st.sampled_from(COUNTRIES) | texts
ids = st.text("0123456789abcdef", min_size=8, max_size=8)
roles = st.sampled_from(Role)


def many(strategy: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    """Return tuples of at most `most`."""
    return st.lists(strategy, max_size=most).map(tuple)


contents = st.one_of(
    st.builds(seen.DnsRRset, names, st.sampled_from(("A", "MX", "TXT")), many(texts)),
    st.builds(seen.DnsNoAnswer, names, texts, st.sampled_from(seen.NoAnswer)),
    st.builds(seen.DnsChain, names, many(names), st.sampled_from(seen.ChainEnd)),
    st.builds(
        seen.DnsDelegation, names, names, names, many(names), many(texts), st.sampled_from((None, True, False)), st.booleans()
    ),
    st.builds(seen.SpfTerm, names, many(names), st.sampled_from("+-~?"), texts, texts),
    st.builds(seen.SpfPolicy, names, st.integers(0, 20), st.integers(0, 5), texts),
    st.builds(seen.IpSpecialUse, texts, st.sampled_from(("private", "loopback")) | texts),
    st.builds(
        seen.IpRange,
        texts,
        texts,
        texts,
        st.none() | texts,
        st.none() | texts,
        many(texts),
        st.sampled_from(seen.RangeScope),
        texts,
    ),
    st.builds(seen.IpOrigin, texts, texts, many(st.integers(0, 2**32 - 1)), many(texts), texts),
    st.builds(seen.IpRegistration, texts, texts, countries, texts),
    st.builds(seen.IpLocation, texts, texts, countries, texts),
    st.builds(
        seen.RdapNetwork, texts, many(texts), texts, texts, st.none() | texts, st.none() | countries, st.none() | countries, texts
    ),
    st.builds(seen.GeofeedEntry, texts, texts, countries, st.none() | texts, st.none() | texts, texts),
    st.builds(seen.RttBound, texts, texts, st.floats(0, 1000), many(countries)),
    st.builds(
        seen.TlsChain,
        names,
        texts,
        st.integers(1, 65_535),
        many(names),
        texts,
        st.just("2026-01-31T00:00:00Z") | texts,
        texts,
        texts,
        ids,
        st.sampled_from(("", "cert_has_expired")) | texts,
    ),
    st.builds(seen.TlsNoService, names, texts, st.integers(1, 65_535)),
    st.builds(KubeCluster, texts, names, texts, st.just(()), many(texts), many(texts), st.booleans(), many(texts)),
    st.builds(KubeContexts, texts, many(texts)),
    st.builds(KubeCoverage, texts, texts, texts, st.sampled_from(KubeOutcome), st.integers(0, 9)),
    st.builds(
        KubeObject,
        texts,
        texts,
        texts,
        texts,
        texts,
        texts,
        many(st.tuples(texts, texts)),
        many(texts),
        addresses,
        many(names),
        many(st.builds(KubeLink, st.sampled_from(KubeRelation), texts)),
        many(st.tuples(texts, texts)),
    ),
    st.builds(
        KubePods,
        texts,
        texts,
        texts,
        many(st.tuples(texts, texts)),
        many(texts),
        many(st.tuples(texts, st.integers(1, 9))),
        texts,
        many(texts),
    ),
)
observations = st.builds(seen.Observation, names, texts, texts, INSTANTS, contents, st.none() | ids)
failures = st.builds(Failure, texts, names, texts, st.sampled_from(FailureReason), st.booleans(), texts, texts)

parties = st.builds(
    placed.Party, texts, st.none() | texts, st.none() | texts, st.none() | st.integers(0, 2**32 - 1), st.none() | countries
)
signs = st.builds(placed.Sign, st.sampled_from(placed.SignKind), parties, ids, texts)
networks = st.builds(
    placed.Network,
    st.none() | texts,
    st.none() | st.integers(0, 2**32 - 1),
    st.none() | texts,
    st.none() | parties,
)
investors = st.builds(placed.Investor, texts, countries, texts, texts, texts)
owners = st.builds(placed.OwnerFact, texts, st.none() | countries, st.none() | texts, texts, texts, many(investors))
jurisdictions = st.builds(
    placed.Jurisdiction,
    countries,
    st.sampled_from(placed.Via),
    texts,
    st.sampled_from(placed.JurisdictionStatus),
    st.booleans(),
    texts,
    st.sampled_from(("2026-01-31", "2026-01")) | texts,
)
LOCATION_REASONS = ("fronted", "anycast", "conflicting", "registration_only", "not_observable", None)
locations = st.builds(Location, many(countries), st.none() | st.sampled_from(Grade), st.sampled_from(LOCATION_REASONS) | texts)
placements = st.builds(
    placed.Placement,
    subject=names,
    role=roles,
    layer=st.sampled_from(placed.Layer),
    endpoint=names,
    addresses=addresses,
    contract_signs=many(signs, 1),
    provider=st.none() | parties,
    network=st.none() | networks,
    owner=st.none() | owners,
    ultimate_parent=st.none() | owners,
    jurisdictions=many(jurisdictions),
    location=locations,
    addresses_incomplete=st.booleans(),
    failures=many(failures, 1),
    evidence=many(ids),
)
gaps = st.builds(placed.Gap, names, roles, names, many(failures, 2))
absences = st.builds(placed.Absence, names, roles, names, st.sampled_from(("nxdomain", "nodata", "null_mx")) | texts, many(ids))
pictures = st.builds(
    placed.Picture,
    subject=names,
    placements=many(placements, 2),
    gaps=many(gaps, 1),
    absences=many(absences, 1),
    contract_signs=many(signs, 1),
    failures=many(failures, 1),
    not_asked=many(texts, 1),
    certificates=many(ids, 2),
)

claim_keys = (
    st.sampled_from(("hosting.country", "web.jurisdiction", "mail.inbound.provider", "subprocessors", "edge.owner")) | texts
)
scope_parts = st.builds(ScopePart, texts, many(names, 1), texts, texts, texts)
scopes = st.builds(Scope, many(names, 1), many(roles, 1), many(scope_parts, 1))
claims = st.builds(
    Claim, claim_keys, st.sampled_from(Operator), many(countries), st.sampled_from(SaidBy), texts, texts, scope=scopes
)
systems = st.builds(
    System,
    texts,
    st.builds(Organisation, texts),
    st.none() | st.builds(Supplier, texts),
    many(st.builds(Asset, st.sampled_from(AssetKind), names)),
    st.frozensets(roles, max_size=2),
)
reasons = st.none() | st.sampled_from(Reason)
parts = st.builds(
    Part,
    names,
    roles.map(str) | texts,
    names,
    addresses,
    st.sampled_from(Status),
    reasons,
    st.sampled_from(Confidence),
    many(countries),
    many(ids),
    texts,
)
notes = st.builds(
    Note,
    st.sampled_from(NoteCode),
    many(st.tuples(st.sampled_from(("country", "via", "party", "as_of", "source", "outcome")) | texts, texts)),
)


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    """Return a coverage that adds up."""
    targets = draw(st.integers(0, 20))
    return Coverage(targets, draw(st.integers(0, targets)))


verdicts = st.builds(
    Verdict,
    id=ids,
    alert_key=ids,
    system=texts,
    subject=names,
    role=roles.map(str) | st.sampled_from(("hosting", "edge", "")) | texts,
    claim=claim_keys,
    operator=st.sampled_from(Operator),
    expected=many(countries),
    observed=many(countries),
    status=st.sampled_from(Status),
    reason=reasons,
    confidence=st.sampled_from(Confidence),
    said_by=st.sampled_from(SaidBy),
    source=texts,
    hearing=st.sampled_from(Hearing),
    scope=scopes,
    coverage=coverages(),
    parts=many(parts, 4),
    not_asked=many(st.sampled_from(sorted(seen.CONTENT_BY_KIND)) | texts, 2),
    evidence=many(ids),
    would_change=st.none() | st.sampled_from(WouldChange),
    retryable=st.none() | st.booleans(),
    notes=many(notes, 2),
)
datasets = st.builds(KnowledgeVersion, texts, texts, st.sampled_from(("2026-10-01", "2026-10")) | texts, st.integers(0, 10**7))
vantages = st.builds(Vantage, texts, many(texts, 2), st.none() | st.integers(0, 2**32 - 1), st.none() | countries)
runs = st.builds(
    Run,
    id=ids,
    started_at=INSTANTS,
    finished_at=st.none() | INSTANTS,
    complete=st.booleans(),
    version=texts,
    vantage=vantages,
    knowledge=many(datasets, 2),
    not_asked=many(texts, 2),
)


@st.composite
def run_results(draw: st.DrawFn) -> RunResult:
    """Return a run with all its results: some evidence ids of verdicts and placements lead to observations, some do not."""
    kept = draw(st.lists(observations, max_size=4))
    known = {item.id: item for item in kept}
    chosen = many(st.sampled_from(sorted(known)) | ids) if known else many(ids)
    declared = draw(many(systems, 2))
    system_names = st.sampled_from([system.name for system in declared]) | texts if declared else texts  # type: ignore[attr-defined]  # draw is untyped
    judged = draw(st.lists(st.builds(_with_system, verdicts, system_names, chosen), max_size=4, unique_by=lambda item: item.id))
    met = draw(st.lists(pictures, max_size=3, unique_by=lambda item: item.subject))
    return RunResult(draw(runs), declared, tuple(judged), tuple(met), draw(many(failures, 2)), known)  # type: ignore[arg-type]  # draw is untyped


def _with_system(verdict: Verdict, system: str, evidence: tuple[str, ...]) -> Verdict:
    from dataclasses import replace

    return replace(verdict, system=system, evidence=evidence)
