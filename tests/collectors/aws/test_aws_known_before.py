"""What earlier runs knew of an account stays known where a later one may not read it: shown as stale, counted for nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from running import run_program
from servers.aws_estate import Client, make_bucket, make_volume

HEADINGS = {"en": "Known from earlier runs and not read now", "nl": "Bekend uit eerdere metingen en nu niet gelezen"}


@pytest.fixture
def declaration(client: Client, tmp_path: Path) -> Path:
    make_volume(client, "eu-central-1a")
    make_volume(client, "eu-west-1a")
    make_volume(client, "eu-west-1a")
    make_bucket(client, "archief", "eu-central-1")
    path = tmp_path / "zaken.yaml"
    path.write_text(
        "herkomst: 1\norganisation: {name: Gemeente Voorbeeld}\nsystems:\n  - name: zaaksysteem\n    assets:\n"
        f'      aws: [{{account: "{ACCOUNT}"}}]\n    claims: [{{claim: storage.country, is: [EU], said_by: supplier}}]\n',
        encoding="utf-8",
    )
    return path


def scan(declaration: Path, aws: AwsServer, *rules: Rule) -> str:
    aws.set_rules(rules)
    done = run_program("scan", declaration, "--format", "json", folder=declaration.parent, env=aws.environment)
    assert done.stdout, done.stderr
    (verdict,) = json.loads(done.stdout)["verdicts"]
    return str(verdict["status"])


def report(declaration: Path, form: str, *options: str) -> str:
    done = run_program("report", "--format", form, *options, folder=declaration.parent)
    assert done.returncode == 0, done.stderr
    return " ".join(done.stdout.split())


def test_what_a_region_held_is_shown_as_stale_once_it_may_not_be_read(declaration: Path, aws: AwsServer) -> None:
    assert scan(declaration, aws) != "not_measured"
    for language, heading in HEADINGS.items():
        assert heading not in report(declaration, "text", "--lang", language)

    denied = Rule(service="ec2", region="eu-west-1", action="DescribeVolumes", code="UnauthorizedOperation")
    assert scan(declaration, aws, denied) == "not_measured"
    for language, heading in HEADINGS.items():
        for form in ("text", "html"):
            page = report(declaration, form, "--lang", language)
            assert heading in page
            assert "eu-west-1: 2 × ec2 volume" in page
            assert "eu-central-1: 1 × ec2 volume" not in page  # it was read
            assert "s3 bucket" not in page.partition(heading)[2].partition("limits")[0]
            assert ACCOUNT not in page
    assert "missing permission ec2:DescribeVolumes" in report(declaration, "html")


def test_an_account_that_cannot_be_reached_leaves_all_of_it_known_and_nothing_measured(declaration: Path, aws: AwsServer) -> None:
    scan(declaration, aws)
    assert scan(declaration, aws, Rule(service="sts", action="GetCallerIdentity", code="AccessDenied")) == "not_measured"
    page = report(declaration, "text", "--lang", "en")
    for held in ("eu-west-1: 2 × ec2 volume", "eu-central-1: 1 × ec2 volume", "eu-central-1: 1 × s3 bucket"):
        assert held in page
    assert scan(declaration, aws) != "not_measured"
    assert HEADINGS["en"] not in report(declaration, "text", "--lang", "en")
