"""`herkomst data status`: the embedded datasets and their ages."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import add_common_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("action", choices=("status",), help="status: what is embedded, and how old it is")
    add_common_options(parser, ("text", "json"))


def run(arguments: argparse.Namespace) -> int:
    """List the datasets of every collector, and the catalogue."""
    from herkomst.config.knowledge import catalogue_version
    from herkomst.reports.words import load_words
    from herkomst.scanner.service import make_collectors

    settings = read_settings(arguments)
    words = load_words(settings.language)
    versions = [catalogue_version(read_knowledge(settings).catalogue)]
    for collector in make_collectors(settings):
        versions.extend(collector.knowledge())
    today = datetime.now(UTC).date()
    rows = []
    for item in versions:
        age = _age_days(item.as_of, today.isoformat())
        rows.append({"name": item.name, "version": item.version, "as_of": item.as_of, "age_days": age, "rows": item.rows})
    if arguments.format == "json":
        write((json.dumps({"datasets": rows}, indent=2) + "\n").encode(), arguments.output)
        return exit_codes.OK
    width = max(len(str(row["name"])) for row in rows)
    lines = [
        words.say(
            "data.row", name=str(row["name"]).ljust(width), as_of=row["as_of"], age=row["age_days"], rows=f"{row['rows']:>9,}"
        )
        for row in rows
    ]
    write(("\n".join(lines) + "\n").encode(), arguments.output)
    return exit_codes.OK


def _age_days(as_of: str, today: str) -> int | None:
    """Return the age in days; None where the date is not a whole one."""
    try:
        return (datetime.fromisoformat(today) - datetime.fromisoformat(as_of[:10])).days
    except ValueError:
        return None
