"""How the parts of the program hang together, where import-linter cannot see it (decisions 0001 and 0002)."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

SLOW = ("dns", "httpx", "ipwhois", "jinja2", "publicsuffixlist", "sqlalchemy", "yaml")
ASKS = {"now", "today", "utcnow", "open", "input", "print"}
"""Calls by which a module would ask the clock, a file or a person."""


@pytest.fixture(scope="session")
def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="session")
def contracts(project: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {contract["type"] + ": " + contract["name"]: contract for contract in project["tool"]["importlinter"]["contracts"]}


def modules_directly_in(folder: Path, package: str) -> set[str]:
    names = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    return {f"{package}.{name}" for name in names - {"__init__"}}


def test_importing_the_scanner_package_imports_nothing(root: Path) -> None:
    tree = ast.parse((root / "scanner" / "__init__.py").read_text("utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_every_part_has_a_place_in_the_layers(root: Path, contracts: dict[str, dict[str, Any]]) -> None:
    (layers,) = (contract["layers"] for name, contract in contracts.items() if name.startswith("layers"))
    named = {module for layer in layers for module in re.split(r"\s*[|:]\s*", layer)}
    others = {"herkomst.collectors", "herkomst.config", "herkomst.reports", "herkomst.lab"}
    assert named == modules_directly_in(root / "scanner", "herkomst.scanner") | others


def test_every_collector_is_in_the_contract_that_keeps_them_apart(root: Path, contracts: dict[str, dict[str, Any]]) -> None:
    (apart,) = (contract["modules"] for name, contract in contracts.items() if name.startswith("independence"))
    assert set(apart) == modules_directly_in(root / "collectors", "herkomst.collectors") - {
        "herkomst.collectors.base",
        "herkomst.collectors.feed_files",
        "herkomst.collectors.feed_update",
        "herkomst.collectors.fetching",
        "herkomst.collectors.guarded_transport",
        "herkomst.collectors.registry",
        "herkomst.collectors.resolution",
        "herkomst.collectors.special_use",
    }


def test_the_judging_core_calls_no_clock_and_opens_nothing(root: Path, contracts: dict[str, dict[str, Any]]) -> None:
    (core,) = (contract["source_modules"] for name, contract in contracts.items() if "judging core asks nobody" in name)
    calls = []
    for module in core:
        place = root.joinpath(*module.split(".")[1:])
        for path in place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    called = node.func
                    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
                    if name in ASKS:
                        calls.append(f"{path.relative_to(root)}:{node.lineno}: {name}")
    assert calls == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["scan", "--help"]], ids=" ".join)
def test_help_is_quick_since_it_loads_no_part_that_works(arguments: list[str]) -> None:
    code = (
        "import json, sys\n"
        "from herkomst.scanner.cli.main import main\n"
        "try:\n    main(json.loads(sys.argv[1]))\nexcept SystemExit:\n    pass\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHON"))}
    ran = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)], capture_output=True, text=True, check=True, env=environment
    )
    assert "herkomst" in ran.stdout
    assert [name for name in SLOW if name in json.loads(ran.stderr)] == []


def test_the_fixed_packages_of_the_project_are_declared(project: dict[str, Any]) -> None:
    extras = project["project"]["optional-dependencies"]

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=\[ ]", requirement)[0] for requirement in requirements}

    assert names(project["project"]["dependencies"]) >= {"dnspython", "ipwhois"}
    assert names(extras["aws"]) >= {"boto3"}
    assert names(extras["kubernetes"]) >= {"kubernetes"}
    assert names(extras["serve"]) >= {"apscheduler"}
    assert names(extras["dev"]) >= {"pytest"}


def test_every_dependency_is_imported_somewhere_and_locked(
    root: Path, project: dict[str, Any], python_files: dict[Path, str]
) -> None:
    imports = {"dnspython": "dns", "pyyaml": "yaml"}
    code = "\n".join(
        text for path, text in python_files.items() if path.parts[0] in ("scanner", "collectors", "config", "reports", "lab")
    )
    locked = (root / "requirements" / "dev.lock").read_text("utf-8")
    for requirement in project["project"]["dependencies"]:
        name = re.split(r"[<>=\[ ]", requirement)[0]
        assert re.search(rf"^\s*(?:import|from) {imports.get(name, name)}\b", code, re.MULTILINE), f"{name} is not used"
        assert re.search(rf"^{name}==", locked, re.MULTILINE), f"{name} is not locked: run scripts/lock"
