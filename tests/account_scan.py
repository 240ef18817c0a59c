"""A declared AWS account, scanned by the program itself: what it said, and what it says when asked why."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from herkomst.collectors.aws.registry import UNREAD
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.claim import Role
from running import run_program

DECLARATION = """\
herkomst: 1
organisation: {name: Gemeente Voorbeeld}
systems:
  - name: zaaksysteem
    supplier: {name: Voorbeeld Software B.V.}
    assets:
      aws: [{ASSET}]
    claims:
CLAIMS
"""


def declare(claims: Iterable[tuple[str, str]], asset: str = f'account: "{ACCOUNT}"') -> str:
    """Return a declaration of one account, with claims that each have one value."""
    lines = (f"      - {{claim: {key}, is: [{value}], said_by: supplier, source: offerte p. 12}}" for key, value in claims)
    return DECLARATION.replace("ASSET", asset).replace("CLAIMS", "\n".join(lines))


def unread_services(role: Role) -> list[str]:
    """Return the services that could hold a role and that no entry reads."""
    return [item.service for item in UNREAD if role in item.roles]


def status_when_whole(role: Role) -> str:
    """Return the status of a claim that everything read supports: confirmed once every service that can hold the role is read."""
    return "consistent" if unread_services(role) else "confirmed"


class AccountScan:
    """What one scan of a declaration gave."""

    def __init__(self, folder: Path, aws: AwsServer, declaration: str) -> None:
        path = folder / "zaken.yaml"
        path.write_text(declaration, encoding="utf-8")
        self._folder, self._env = folder, aws.environment
        done = run_program("scan", path, "--format", "json", folder=folder, env=self._env)
        self.exit_code, self.stderr, self.text = done.returncode, done.stderr, done.stdout
        assert done.stdout, done.stderr
        self.document: dict[str, Any] = json.loads(done.stdout)

    def verdict(self, claim: str) -> dict[str, Any]:
        """Return the verdict on the claim with this key."""
        return next(item for item in self.document["verdicts"] if item["claim"] == claim)

    def outcome(self, claim: str) -> tuple[str, str | None]:
        """Return the status and the reason of a claim."""
        verdict = self.verdict(claim)
        return verdict["status"], verdict["reason"]

    def explain(self, claim: str, language: str) -> str:
        """Return what `herkomst explain` says of a verdict, on one line."""
        done = run_program("explain", self.verdict(claim)["id"], "--lang", language, folder=self._folder, env=self._env)
        assert done.returncode == 0, done.stderr
        return " ".join(done.stdout.split())  # long lines are broken
