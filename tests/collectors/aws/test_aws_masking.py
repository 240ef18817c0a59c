"""Account ids in what the program writes: masked in every format unless asked, while what is stored and compared stays as it was."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.reports.accounts import Masks, mask_accounts
from herkomst.scanner.cli.report import FORMATS
from herkomst.scanner.model.aws import AwsLink, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.run import Run, RunResult, Vantage
from running import run_program
from servers.aws_estate import Client, make_bucket, make_databases, make_volume

FOREIGN = "444455556666"
TWELVE_DIGITS = re.compile(r"(?<![0-9a-f])[0-9]{12}(?![0-9a-f])")
DECLARATION = f"""\
herkomst: 1
organisation: {{name: Gemeente Voorbeeld}}
systems:
  - name: zaaksysteem
    assets:
      aws: [{{account: "{ACCOUNT}"}}]
    claims:
      - {{claim: storage.country, is: [DE], said_by: supplier, source: offerte p. 12}}
      - {{claim: database.country, is: [DE], said_by: supplier}}
      - {{claim: keys.custody, is: [customer], said_by: supplier}}
      - {{claim: subprocessors, is: [self], said_by: supplier}}
      - {{claim: inventory.complete, is: ["yes"], said_by: supplier}}
"""


@pytest.fixture
def declared(aws: AwsServer, client: Client, tmp_path: Path) -> Path:
    """An account that names itself and another one in resources, and refuses one list."""
    make_volume(client)
    make_databases(client, "zaken")
    make_bucket(client, "kopie", "eu-west-1")
    make_bucket(client, f"archief-{ACCOUNT}", "eu-central-1", replicates_to="kopie", of_account=FOREIGN)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{FOREIGN}:root"}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    client("iam").create_role(RoleName="beheer", AssumeRolePolicyDocument=policy)
    aws.set_rules([Rule(service="ec2", region="eu-west-1", action="DescribeVolumes", code="UnauthorizedOperation")])
    path = tmp_path / "zaken.yaml"
    path.write_text(DECLARATION, encoding="utf-8")
    return path


def written(declared: Path, env: dict[str, str], *options: str) -> dict[str, str]:
    """Scan once and return what every command and format writes, stderr included."""
    folder = declared.parent
    first = run_program("scan", declared, "--format", "jsonl", "-v", *options, folder=folder, env=env)
    pages = {"scan jsonl": first.stdout + first.stderr}
    verdicts = [json.loads(line) for line in first.stdout.splitlines() if '"verdict"' in line]
    assert verdicts, first.stderr
    for name in FORMATS:
        done = run_program("report", "--format", name, *options, folder=folder, env=env)
        assert done.returncode == 0, done.stderr
        pages[f"report {name}"] = done.stdout + done.stderr
    for verdict in (item for item in verdicts if item["claim"] in ("storage.country", "subprocessors")):
        done = run_program("explain", verdict["id"], *options, folder=folder, env=env)
        assert done.returncode == 0, done.stderr
        pages[f"explain {verdict['claim']}"] = done.stdout + done.stderr
    return pages


def test_no_format_and_no_explanation_writes_an_account_id_unless_asked(declared: Path, aws: AwsServer) -> None:
    masked = written(declared, aws.environment)
    whole = written(declared, aws.environment, "--show-account-ids")
    for name, page in masked.items():
        assert TWELVE_DIGITS.findall(page) == [], name
        assert ACCOUNT not in page, name
        assert FOREIGN not in page, name
    assert "********3333/eu-west-1" in masked["scan jsonl"]
    for name in ("scan jsonl", *(f"report {form}" for form in FORMATS)):
        assert ACCOUNT in whole[name], name
        assert "********3333" in masked[name], name
    assert FOREIGN in whole["explain subprocessors"]
    assert "********6666" in masked["explain subprocessors"]

    documents = [json.loads(pages["report json"]) for pages in (masked, whole)]
    schema = json.loads(files("herkomst.reports").joinpath("schemas", "herkomst.run-1.schema.json").read_text())
    for document in documents:
        jsonschema.validate(document, schema)
    hidden, shown = documents
    for field in ("id", "status", "reason", "evidence"):
        assert [item[field] for item in hidden["verdicts"]] == [item[field] for item in shown["verdicts"]]
    assert hidden.keys() == shown.keys()
    assert hidden["coverage"] == shown["coverage"]
    assert len(hidden["placements"]) == len(shown["placements"])
    assert [item["system"] for item in hidden["placements"]] == [item["system"] for item in shown["placements"]]


def test_accounts_that_end_alike_can_still_be_told_apart() -> None:
    masks = Masks(["111122223333", "444455553333", "444455556666"])
    assert masks.text("111122223333 444455553333 444455556666") == "*******23333 *******53333 ********6666"


def test_other_numbers_of_twelve_digits_and_longer_numbers_stay() -> None:
    masks = Masks([ACCOUNT])
    assert masks.text(f"202611260300 0{ACCOUNT} {ACCOUNT}.dkr.ecr") == f"202611260300 0{ACCOUNT} ********3333.dkr.ecr"


def test_an_observation_is_masked_wherever_it_is_looked_at_and_keeps_its_id() -> None:
    content = AwsResource(
        ACCOUNT, "iam", "role", f"arn:aws:iam::{ACCOUNT}:role/beheer", "aws-global", Role.IDENTITY,
        links=(AwsLink(AwsRelation.TRUST, f"arn:aws:iam::{FOREIGN}:root"),),
    )  # fmt: skip
    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    observation = Observation(ACCOUNT, "aws", "test", at, content)
    result = RunResult(
        Run("r", at, at, complete=True, version="1", vantage=Vantage("test")), observations={observation.id: observation}
    )
    masked = mask_accounts(result).observations
    seen = (masked[observation.id], masked.get(observation.id), *masked.values(), *dict(masked.items()).values())
    assert len({repr(item) for item in seen}) == 1
    assert not TWELVE_DIGITS.search(repr(seen))
    assert masked.get("another") is None
    assert mask_accounts(replace(result, observations={})).observations == {}
