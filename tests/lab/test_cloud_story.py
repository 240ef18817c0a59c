"""The cloud part of the story: what the accounts hold, what is written down of it, and that the program finds it joined to the outside view."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from herkomst.config.declarations import load_declarations
from herkomst.lab.aws_gate import Rule
from herkomst.lab.cloud import FOLDER, MEMBER_REGIONS, CloudLaboratory
from herkomst.lab.laboratory import Laboratory
from herkomst.lab.story import Expectation, read_expected, read_tales
from herkomst.scanner.model.aws import COVERED, AwsAccount, AwsCoverage, AwsOutcome, AwsResource
from herkomst.scanner.model.claim import AssetKind, Role, System
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import NoteCode, Reason, Status, Verdict
from herkomst.scanner.service import Scan, load_knowledge, run_scan

EXPECTED = read_expected(FOLDER / "expected.yaml")
SERVICES_IN_USE = 40


def declared(laboratory: Laboratory) -> tuple[System, ...]:
    knowledge = load_knowledge(laboratory.settings())
    loaded = load_declarations([FOLDER / "omgeving.yaml"], knowledge, datetime.now(UTC).date())
    return tuple(system for declaration in loaded.declarations for system in declaration.systems)


def scan(laboratory: Laboratory, systems: tuple[System, ...]) -> RunResult:
    settings = laboratory.settings()
    return asyncio.run(run_scan(Scan(settings, load_knowledge(settings), systems)))


@pytest.fixture(scope="module")
def cloud() -> Iterator[CloudLaboratory]:
    before = dict(os.environ)
    with CloudLaboratory() as running:
        yield running
    assert dict(os.environ) == before  # whatever account the reader's own settings lead to is his again


@pytest.fixture(scope="module")
def scanned(laboratory: Laboratory, cloud: CloudLaboratory) -> RunResult:
    """The whole system, scanned once: reading two accounts takes some seconds."""
    cloud.aws.set_rules((MEMBER_REGIONS,))
    return scan(laboratory, declared(laboratory))


def key(item: Verdict | Expectation) -> tuple[str, str, str, str]:
    return item.system, str(item.said_by), item.claim, str(item.operator)


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda item: f"{item.said_by}-{item.claim}")
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


def test_from_outside_alone_both_places_are_consistent(laboratory: Laboratory) -> None:
    (system,) = declared(laboratory)
    names = tuple(asset for asset in system.assets if asset.kind is AssetKind.DOMAIN)
    claims = tuple(claim for claim in system.claims if claim.key == "web.country")
    result = scan(laboratory, (replace(system, assets=names, claims=claims),))
    assert [verdict.status for verdict in result.verdicts] == [Status.CONSISTENT] * 2


def test_from_inside_one_is_confirmed_and_one_refuted_by_a_named_machine(scanned: RunResult) -> None:
    verdicts = [verdict for verdict in scanned.verdicts if verdict.claim == "web.country"]
    notes = [dict(note.params) for verdict in verdicts for note in verdict.notes if note.code is NoteCode.BELONGS_TO]
    assert [note["region"] for note in notes] == ["eu-central-1", "eu-west-1"]
    assert all(note["resource"].startswith("ec2:instance i-") for note in notes)
    assert {note["account"] for note in notes} == {"********3333"}


def test_two_accounts_and_three_regions_are_read_to_the_end(scanned: RunResult) -> None:
    contents = [item.content for item in scanned.observations.values()]
    accounts = {item.account: item for item in contents if isinstance(item, AwsAccount)}
    assert len(accounts) == 2
    assert max(len(account.regions) for account in accounts.values()) == 3
    ledger = [item for item in contents if isinstance(item, AwsCoverage)]
    assert {item.outcome for item in ledger} <= COVERED
    assert {item.outcome for item in ledger} > {AwsOutcome.COMPLETE, AwsOutcome.EMPTY}
    assert not scanned.failures


def test_at_least_forty_services_are_in_use_with_a_replica_and_a_backup_abroad(scanned: RunResult) -> None:
    resources = [item.content for item in scanned.observations.values() if isinstance(item.content, AwsResource)]
    assert len({item.service for item in resources}) >= SERVICES_IN_USE
    abroad = {(item.role, item.region) for item in resources}
    assert {(Role.STORAGE, "eu-west-1"), (Role.BACKUP, "us-east-1")} <= abroad
    assert (Role.DATABASE, "us-east-1") not in abroad


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ((), (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)),
        (
            (Rule(service="ec2", action="DescribeAddresses", region="eu-central-1", code="UnauthorizedOperation"),),
            (Status.NOT_MEASURED, Reason.DENIED),
        ),
    ],
    ids=["every list read", "one list refused"],
)
def test_case_43_the_desk_beside_the_other_account_alone_is_on_aws_in_no_declared_account(
    rules: tuple[Rule, ...], found: tuple[Status, Reason], laboratory: Laboratory, cloud: CloudLaboratory
) -> None:
    (system,) = declared(laboratory)
    desk, other = "omgeving.mijnvoorbeeld.example", "444455556666"
    assets = tuple(asset for asset in system.assets if asset.value in (desk, other))
    claims = tuple(claim for claim in system.claims if claim.key == "inventory.complete")
    cloud.aws.set_rules((*rules, MEMBER_REGIONS))
    (verdict,) = scan(laboratory, (replace(system, assets=assets, claims=claims),)).verdicts
    assert found in {(part.status, part.reason) for part in verdict.parts if part.subject == desk}
