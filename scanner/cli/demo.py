"""`herkomst demo`: the whole program on a laboratory on this machine, without network.

Writes a folder with the declaration, the report in both languages, a settings file and the store, so that `report` and `explain` can
be tried on the same run afterwards.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import LANGUAGES
from herkomst.scanner.cli.output import follow, render_options, write
from herkomst.scanner.errors import UsageError

if TYPE_CHECKING:
    from herkomst.lab.laboratory import Laboratory
    from herkomst.lab.story import Expectation, Tale
    from herkomst.scanner.knowledge import Knowledge
    from herkomst.scanner.model.run import RunResult
    from herkomst.scanner.model.verdict import Verdict

FOLDER = Path("herkomst-demo")
WIDTH = 79


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "-o", "--output", type=Path, default=FOLDER, metavar="FOLDER", help=f"folder for the results (default {FOLDER})"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the summary (default en)")
    parser.add_argument("--full", action="store_true", help="print the whole report, not only the summary")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> int:
    """Start the laboratory, scan its story, compare with what was written down beforehand, and write the reports."""
    import asyncio

    from herkomst.config.declarations import load_declarations
    from herkomst.lab import cloud, cluster
    from herkomst.lab.laboratory import Laboratory
    from herkomst.reports.words import load_words
    from herkomst.scanner.service import Scan, load_knowledge, run_scan
    from herkomst.scanner.store import Store

    folder = _make_folder(arguments.output)
    clouds = cloud.CloudLaboratory() if cloud.is_available() else None
    clusters = cluster.ClusterLaboratory() if cluster.is_available() else None
    further: list[cloud.CloudLaboratory | cluster.ClusterLaboratory] = [part for part in (clouds, clusters) if part is not None]
    with clouds or nullcontext(), clusters or nullcontext(), Laboratory() as laboratory:
        settings = laboratory.settings()
        knowledge = load_knowledge(settings)
        declarations = [laboratory.declaration, *(part.declaration for part in further)]
        loaded = load_declarations(declarations, knowledge, datetime.now(UTC).date())
        systems = tuple(system for declaration in loaded.declarations for system in declaration.systems)
        with Store.open(str(folder / "store.db")) as store:
            scan = Scan(settings, knowledge, systems, store)
            follow(scan.progress, arguments)
            result = asyncio.run(run_scan(scan))
        _keep(laboratory, declarations, folder)
        _write_reports(result, knowledge, folder, arguments)
    expected = (*laboratory.expected, *(item for part in further for item in part.expected))
    unexpected = _compare(expected, result)
    tales = _tales_of(expected, (*laboratory.story.tales, *(tale for part in further for tale in part.tales)), arguments.lang)
    _say_summary(result, tales, unexpected, folder, arguments)
    if clouds is None or clusters is None:
        print(f"\n{load_words(arguments.lang).say('demo.without_cloud')}")
    return exit_codes.CONTRADICTED if unexpected else exit_codes.OK


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "store.db").unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be made: {error.strerror or error}.", advice="Give -o a folder you can write to."
        ) from error
    return folder


def _keep(laboratory: Laboratory, declarations: Sequence[Path], folder: Path) -> None:
    """Keep what `report` and `explain` need after the laboratory is gone."""
    catalogue = laboratory.settings().catalogue
    if catalogue is not None:
        shutil.copyfile(catalogue, folder / "catalogue.json")
    for path in declarations:
        shutil.copyfile(path, folder / path.name)
    lines = (
        "# for: herkomst report --config, herkomst explain --config",
        "catalogue: catalogue.json",
        f"store: {json.dumps(str((folder / 'store.db').resolve()))}",  # a folder's name may hold what YAML reads otherwise
    )
    (folder / "settings.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_reports(result: RunResult, knowledge: Knowledge, folder: Path, arguments: argparse.Namespace) -> None:
    from herkomst.reports.build import build_report
    from herkomst.reports.registry import load_format
    from herkomst.reports.words import load_words

    for language in LANGUAGES:
        report = build_report(result, load_words(language), knowledge)
        (folder / f"report-{language}.html").write_bytes(load_format("html").render(report))
        (folder / f"run-{language}.json").write_bytes(load_format("json").render(report))
        if arguments.full and language == arguments.lang:
            write(load_format("text").render(report, render_options(None)), None)


def _compare(expectations: Iterable[Expectation], result: RunResult) -> list[str]:
    """Return a line for every verdict that is not as it was written down before."""
    found = {(item.system, item.said_by.value, item.claim, item.operator.value): item for item in result.verdicts}
    lines = []
    for expected in expectations:
        verdict = found.get((expected.system, expected.said_by, expected.claim, expected.operator))
        status = verdict.status.value if verdict else "missing"
        reason = verdict.reason.value if verdict and verdict.reason else None
        if status != expected.status or (expected.reason is not None and reason != expected.reason):
            lines.append(f"{expected.system} {expected.claim}: expected {expected.status}, got {status} ({reason})")
    return lines


def _tales_of(expected: Iterable[Expectation], tales: Iterable[Tale], language: str) -> dict[str, list[str]]:
    """Return what is told of each system, each tale once: with the first system that it is about."""
    told = {tale.id: tale.told_nl if language == "nl" else tale.told_en for tale in tales}
    found: dict[str, list[str]] = {}
    for item in expected:
        if item.story in told:
            found.setdefault(item.system, []).append(told.pop(item.story))
    return found


def _say_verdict(verdict: Verdict, status: str) -> None:
    """Write one verdict behind its status, and below it the assets that it is about where it is not about all."""
    said = f"{verdict.claim} {verdict.operator.value} {', '.join(verdict.expected)}  [{verdict.id[:8]}]"
    margin = " " * (len(status) + 2)
    print(*wrap(said, WIDTH, initial_indent=status, subsequent_indent=margin), sep="\n")
    for asset in verdict.scope.assets:
        print(margin + asset)


def _say_summary(
    result: RunResult, tales: dict[str, list[str]], unexpected: list[str], folder: Path, arguments: argparse.Namespace
) -> None:
    from herkomst.reports.words import load_words

    words = load_words(arguments.lang)
    width = max(len(words.of("status", verdict.status)) for verdict in result.verdicts)
    system = ""
    for verdict in result.verdicts:
        if verdict.system != system:
            system = verdict.system
            print(f"\n{system}")
            for tale in tales.get(system, ()):
                print(*wrap(tale, WIDTH, initial_indent="  ", subsequent_indent="  "), sep="\n")
        _say_verdict(verdict, f"  {words.of('status', verdict.status).ljust(width)}  ")
    right = len(result.verdicts) - len(unexpected)
    print(f"\n{words.say('demo.as_expected', right=str(right), total=str(len(result.verdicts)))}")
    for line in unexpected:
        print(f"  not as expected: {line}", file=sys.stderr)
    contradicted = next((verdict for verdict in result.verdicts if verdict.status == "contradicted"), result.verdicts[0])
    labels = words.say("demo.report"), words.say("demo.explain")
    column = max(map(len, labels)) + 2
    print(f"\n{labels[0].ljust(column)}{folder / f'report-{arguments.lang}.html'}")
    # started by scripts/demo, the command is in the environment's folder and not on the path
    command = "herkomst" if shutil.which("herkomst") else sys.argv[0]
    print(f"{labels[1].ljust(column)}{command} explain {contradicted.id[:8]} --config {folder / 'settings.yaml'}")
