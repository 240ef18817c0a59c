"""Running the program in tests: as a process of its own, and with settings that send it to a laboratory or a test server."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from herkomst.config.declarations import load_declarations, parse_claim_flag
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.cli.assets import read_names, systems_of
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.service import Scan, load_knowledge, run_scan
from herkomst.scanner.store import Store

PROGRAM = (sys.executable, "-m", "herkomst.scanner")
CLEAN = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM", "PYTHONHASHSEED")}


def start_program(*arguments: str | Path, folder: Path, **options: object) -> subprocess.Popen[str]:
    """Start `herkomst` with its data below a folder; stdout and stderr are pipes."""
    return subprocess.Popen(
        (*PROGRAM, *map(str, arguments)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**CLEAN, "XDG_DATA_HOME": str(folder / "data")},
        **options,  # type: ignore[call-overload]  # whatever Popen takes
    )


def run_program(
    *arguments: str | Path, folder: Path, stdin: str | bytes = b"", timeout_s: float = 60, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `herkomst` to its end, with its data below a folder."""
    done = subprocess.run(
        (*PROGRAM, *map(str, arguments)),
        check=False,
        input=stdin if isinstance(stdin, bytes) else stdin.encode(),
        capture_output=True,
        timeout=timeout_s,
        cwd=folder,
        env={**CLEAN, "XDG_DATA_HOME": str(folder / "data"), **(env or {})},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def write_settings(settings: Settings, folder: Path, **more: object) -> Path:
    """Write the settings of a laboratory as a file for `--config`."""
    values = {
        "resolvers": [str(resolver) for resolver in settings.resolvers],
        "vantage": settings.vantage,
        "rdap_bootstrap": settings.rdap_bootstrap,
        "dns_timeout_s": settings.dns_timeout_s,
        "max_in_flight": settings.max_in_flight,
        "queries_per_second_per_server": settings.queries_per_second_per_server,
        "treat_documentation_as_public": settings.treat_documentation_as_public,
        "ask_parents": settings.ask_parents,
        "authority_port": settings.authority_port,
        "offline": settings.offline,
        "tls": settings.tls,
        "cache": settings.cache,
        **{name: str(value) for name in ("tables", "catalogue") if (value := getattr(settings, name)) is not None},
        **more,
    }
    path = folder / "settings.yaml"
    path.write_text(json.dumps(values), encoding="utf-8")  # JSON is YAML
    return path


def declared_systems(laboratory: Laboratory) -> tuple[System, ...]:
    """Return the systems of the laboratory's declaration."""
    knowledge = load_knowledge(laboratory.settings())
    loaded = load_declarations([laboratory.declaration], knowledge, datetime.now(UTC).date())
    return tuple(system for declaration in loaded.declarations for system in declaration.systems)


def scan_laboratory(laboratory: Laboratory, store: Store | None = None) -> RunResult:
    """Scan the whole story of a laboratory."""
    settings = laboratory.settings()
    return asyncio.run(run_scan(Scan(settings, load_knowledge(settings), declared_systems(laboratory), store)))


def check_names(settings: Settings, *names: str, claims: tuple[str, ...] = (), port: int | None = None) -> RunResult:
    """Scan names and judge claims as `herkomst check` does, asking the resolver on a port of loopback where one is given."""
    if port is not None:
        settings = replace(settings, resolvers=(ResolverAddress("127.0.0.1", port),), authority_port=port)
    knowledge = load_knowledge(settings)
    assets, _ = read_names(("", name) for name in names)
    systems = systems_of(assets, tuple(parse_claim_flag(text, knowledge) for text in claims))
    return asyncio.run(run_scan(Scan(settings, knowledge, systems)))
