"""`herkomst data status`: the embedded datasets and their ages."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import add_common_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import render_options, write

if TYPE_CHECKING:
    from herkomst.scanner.knowledge import Knowledge
    from herkomst.scanner.model.run import KnowledgeVersion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("action", choices=("status",), help="status: what is embedded, and how old it is")
    add_common_options(parser, ("text", "json"))


def run(arguments: argparse.Namespace) -> int:
    """List the datasets of every collector, and the catalogue."""
    from herkomst.config.knowledge import catalogue_version
    from herkomst.scanner.service import make_collectors

    settings = read_settings(arguments)
    knowledge = read_knowledge(settings)
    versions = [catalogue_version(knowledge.catalogue)]
    for collector in make_collectors(settings):
        versions.extend(collector.knowledge())
    render = _as_json if arguments.format == "json" else _as_text
    write(render(versions, knowledge, settings.language, render_options(arguments.output).width).encode(), arguments.output)
    return exit_codes.OK


def _as_json(versions: list[KnowledgeVersion], knowledge: Knowledge, language: str, width: int) -> str:
    del knowledge, language, width
    rows = [{"name": item.name, "version": item.version, "as_of": item.as_of, "rows": item.rows} for item in versions]
    return json.dumps({"datasets": rows}, indent=2) + "\n"


def _as_text(versions: list[KnowledgeVersion], knowledge: Knowledge, language: str, width: int) -> str:
    from herkomst.reports.datasets import dataset_lines, view_datasets
    from herkomst.reports.phrases import Phrases
    from herkomst.reports.words import load_words

    words = load_words(language)
    views = view_datasets(versions, datetime.now(UTC).date(), Phrases(words, knowledge, {}))
    return "\n".join([words.say("head.datasets"), *dataset_lines(views, words, width)]) + "\n"
