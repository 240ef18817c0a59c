"""Claims judged on an exported inventory: it contradicts and is consistent, and confirms nothing by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from herkomst.config.knowledge import load_catalogue
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Role, SaidBy, System
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.verdict import Reason, Status, Verdict
from herkomst.scanner.verdicts.judge import judge_claim
from hypothesis import given
from hypothesis import strategies as st
from scene import DAY, VOORBEELD

KNOWLEDGE = Knowledge(load_catalogue(""))
SOURCE = "voorbeeld/export.json"
AT = datetime(2026, 11, 23, tzinfo=UTC)
CLAIMS = ("storage.country", "database.country", "hosting.country", "storage.provider", "storage.region", "storage.jurisdiction", "subprocessors", "inventory.complete")  # fmt: skip


def _resource(
    region: str, name: str = "a", provider: str = "azure", role: Role = Role.STORAGE, zone: str = ""
) -> InventoryResource:
    return InventoryResource(SOURCE, provider, "microsoft.compute/disks", name, role, region, zone)


def _judge(
    key: str, value: str, contents: list[Content], failures: tuple[Failure, ...] = (), operator: Operator = Operator.IS
) -> Verdict:
    asset = Asset(AssetKind.INVENTORY, SOURCE)
    claim = Claim(key, operator, (value,), SaidBy.SUPPLIER)
    system = System("zaaksysteem", VOORBEELD, None, (asset,), frozenset(), (claim,))
    seen = [Observation(SOURCE, "inventories", "here", AT, content) for content in contents]
    picture = attribute(asset, Evidence(seen, failures), Outlook(KNOWLEDGE, VOORBEELD, DAY))
    return judge_claim(system, claim, [picture], Context(KNOWLEDGE, system, DAY))


def _file(*resources: InventoryResource) -> list[Content]:
    return [InventoryFile(SOURCE, "azure-resource-graph", "2026-11-01", len(resources)), *resources]


def test_a_claim_that_only_an_export_supports_is_consistent_at_best() -> None:
    contents = _file(_resource("westeurope"))
    for key, value in (("storage.country", "NL"), ("storage.region", "westeurope"), ("storage.provider", "azure")):
        assert _judge(key, value, contents).status is Status.CONSISTENT, key
    assert _judge("storage.jurisdiction", "CN", contents, operator=Operator.NOT).status is Status.CONSISTENT


def test_a_resource_that_its_holder_lists_abroad_contradicts() -> None:
    verdict = _judge("storage.country", "NL", _file(_resource("westeurope"), _resource("eastus", "b")))
    assert (verdict.status, verdict.reason, verdict.observed) == (Status.CONTRADICTED, Reason.REGION_ELSEWHERE, ("NL", "US"))
    assert _judge("storage.region", "westeurope", _file(_resource("eastus"))).status is Status.CONTRADICTED


@pytest.mark.parametrize(("region", "provider", "zone"), [("", "", "nova"), ("nergens", "azure", ""), ("eu", "gcp", "")])
def test_a_place_that_names_no_country_decides_nothing(region: str, provider: str, zone: str) -> None:
    verdict = _judge("storage.country", "NL", _file(_resource(region, provider=provider, zone=zone)))
    assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_a_zone_abroad_counts_for_itself_and_not_for_its_region() -> None:
    verdict = _judge("storage.country", "DE", _file(_resource("eu-central-1", provider="aws", zone="eu-central-1-waw-1a")))
    assert verdict.status is Status.CONTRADICTED
    assert verdict.observed == ("PL",)


def test_an_export_that_could_not_be_read_leaves_every_role_open() -> None:
    failure = Failure("inventories", SOURCE, InventoryFile.kind, FailureReason.MALFORMED, retryable=False)
    for key in ("storage.country", "hosting.country", "keys.region"):
        verdict = _judge(key, "NL", [], (failure,))
        assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.MALFORMED)


def test_an_export_says_nothing_of_a_complete_inventory() -> None:
    assert _judge("inventory.complete", "yes", _file(_resource("westeurope"))).status.rank == 0


@given(
    regions=st.lists(st.sampled_from(["westeurope", "northeurope", "eastus", "nergens"]), min_size=1, max_size=4),
    lost=st.sets(st.integers(0, 4), min_size=1),
    key=st.sampled_from(CLAIMS),
    value=st.sampled_from(["NL", "US", "azure", "westeurope"]),
    operator=st.sampled_from(list(Operator)),
    with_failure=st.booleans(),
)
def test_losing_a_part_of_an_export_never_makes_a_verdict_greener(
    regions: list[str], lost: set[int], key: str, value: str, operator: Operator, with_failure: bool
) -> None:
    contents = _file(*(_resource(region, str(number)) for number, region in enumerate(regions)))
    kept = [content for number, content in enumerate(contents) if number not in lost]
    failure = Failure("inventories", SOURCE, InventoryResource.kind, FailureReason.TOO_LARGE, retryable=False)
    failures = (failure,) if with_failure or not kept else ()
    if contents[0] not in kept or len(kept) < len(contents) or failures:
        whole, less = _judge(key, value, contents, (), operator), _judge(key, value, kept, failures, operator)
        assert less.status.rank <= whole.status.rank
        assert whole.status is not Status.CONFIRMED
