"""The cluster of the story: what its API answers, what is written down of it, and that the program finds it."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from herkomst.config.declarations import load_declarations
from herkomst.lab.cluster import FOLDER, TOKEN, ClusterLaboratory
from herkomst.lab.kubernetes_server import KubernetesServer
from herkomst.lab.laboratory import Laboratory
from herkomst.lab.story import Expectation, read_expected, read_tales
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Status, Verdict
from herkomst.scanner.service import Scan, load_knowledge, run_scan

EXPECTED = read_expected(FOLDER / "expected.yaml")
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def declared(laboratory: Laboratory) -> tuple[System, ...]:
    knowledge = load_knowledge(laboratory.settings())
    loaded = load_declarations([FOLDER / "formulieren.yaml"], knowledge, datetime.now(UTC).date())
    assert loaded.warnings == ()
    return tuple(system for declaration in loaded.declarations for system in declaration.systems)


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterLaboratory]:
    before = os.environ.get("KUBECONFIG")
    with ClusterLaboratory() as running:
        yield running
    assert os.environ.get("KUBECONFIG") == before


@pytest.fixture(scope="module")
def scanned(laboratory: Laboratory, cluster: ClusterLaboratory) -> RunResult:
    settings = laboratory.settings()
    return asyncio.run(run_scan(Scan(settings, load_knowledge(settings), declared(laboratory))))


def key(item: Verdict | Expectation) -> tuple[str, str, str, str]:
    return item.system, str(item.said_by), item.claim, str(item.operator)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda item: f"{item.system}-{item.claim}")
def test_the_verdict_is_as_it_was_written_down(expected: Expectation, scanned: RunResult) -> None:
    (verdict,) = [item for item in scanned.verdicts if key(item) == key(expected)]
    assert verdict.status.value == expected.status, expected.why
    assert expected.reason is None or (verdict.reason is not None and verdict.reason.value == expected.reason), expected.why
    assert all(identity in scanned.observations for part in verdict.parts for identity in part.evidence)


def test_every_claim_is_expected_once_and_every_tale_is_told_in_both_languages(laboratory: Laboratory) -> None:
    claims = Counter(
        (system.name, str(claim.said_by), claim.key, str(claim.operator))
        for system in declared(laboratory)
        for claim in system.claims
    )
    assert claims == Counter(key(item) for item in EXPECTED)
    tales = read_tales(FOLDER / "tales.yaml")
    assert {tale.id for tale in tales} == {item.story for item in EXPECTED}
    assert all(tale.told_nl != tale.told_en and tale.told_nl.endswith(".") for tale in tales)


def test_a_replica_abroad_a_volume_abroad_and_images_under_three_jurisdictions(scanned: RunResult) -> None:
    seen = {(verdict.system, verdict.claim): verdict for verdict in scanned.verdicts}
    nodes = {part.endpoint: part.observed for part in seen["formulieren", "compute.country"].parts}
    assert nodes == {"uitwijk-1": ("DE",), "2 × node rd-almere-1": ("NL",)}
    assert seen["formulieren", "storage.country"].observed == ("IE", "NL")
    assert {"NL", "US", "RU"} <= set(seen["formulieren", "images.jurisdiction"].observed)


def test_the_neighbour_in_the_same_cluster_is_judged_on_its_own_nodes(scanned: RunResult) -> None:
    (verdict,) = [item for item in scanned.verdicts if (item.system, item.claim) == ("balie", "compute.country")]
    assert [part.endpoint for part in verdict.parts] == ["2 × node rd-almere-1"]
    assert verdict.status is Status.CONFIRMED
    assert not scanned.failures


# -- the API --------------------------------------------------------------------------------------------------------


def test_the_api_pages_and_refuses_as_an_api_server_does() -> None:
    nodes = [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"n{number}"}} for number in range(5)]
    with (
        KubernetesServer(nodes, TOKEN, frozenset({"pods"})) as server,
        httpx.Client(base_url=server.url, trust_env=False) as client,
    ):
        assert client.get("/version").status_code == 401
        first = client.get("/api/v1/nodes?limit=3", headers=HEADERS).json()
        rest = client.get("/api/v1/nodes", params={"limit": 3, "continue": first["metadata"]["continue"]}, headers=HEADERS).json()
        names = [item["metadata"]["name"] for item in (*first["items"], *rest["items"])]
        assert names == [f"n{number}" for number in range(5)]
        assert "continue" not in rest["metadata"]
        assert client.get("/api/v1/pods", headers=HEADERS).json()["reason"] == "Forbidden"
        assert client.get("/apis/velero.io/v1/backupstoragelocations", headers=HEADERS).status_code == 404
        assert client.post("/api/v1/nodes", json={}, headers=HEADERS).status_code == 405
