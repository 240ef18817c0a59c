"""Options that commands share, and the settings they come to."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from herkomst.config.settings import Settings
    from herkomst.scanner.knowledge import Knowledge
    from herkomst.scanner.store import Store

NO_STORE = "none"
LANGUAGES = ("nl", "en")
BREADTHS = ("full", "core")


def add_scan_options(parser: argparse.ArgumentParser) -> None:
    """Options of commands that ask sources."""
    parser.add_argument(
        "--resolver",
        action="append",
        default=[],
        metavar="ADDRESS[:PORT]",
        help="recursive resolver to ask; repeatable; the system's where none is given",
    )
    parser.add_argument("--offline", action="store_true", help="embedded knowledge only: no RDAP, no feeds, no certificates")
    parser.add_argument(
        "--breadth",
        choices=BREADTHS,
        help="how much to ask of a domain: 'core' is a dozen questions, for very long lists; the rest is listed as not asked",
    )
    parser.add_argument("--vantage", metavar="LABEL", help="name of the place from where the scan looks, shown on every report")


def add_common_options(parser: argparse.ArgumentParser, formats: tuple[str, ...] = ()) -> None:
    """Options that every command has; `formats` are the names that `--format` takes."""
    if formats:
        parser.add_argument(
            "--format", choices=formats, default=formats[0], help=f"how to write the result (default {formats[0]})"
        )
        parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the result to a file")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings file (YAML)")
    parser.add_argument("--store", metavar="URL", help=f"database; '{NO_STORE}' keeps nothing (default: the user's data folder)")
    parser.add_argument("--lang", choices=LANGUAGES, help="language of the result (default en)")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more on stderr")
    parser.add_argument("--quiet", action="store_true", help="no progress and no remarks on stderr")


def add_account_option(parser: argparse.ArgumentParser) -> None:
    """Add `--show-account-ids`."""
    parser.add_argument(
        "--show-account-ids",
        action="store_true",
        help="write AWS account ids in full; only the last digits are written otherwise",
    )


def read_settings(arguments: argparse.Namespace) -> Settings:
    """Return the settings: the defaults, then the settings file, then the command line."""
    from herkomst.config.settings import Breadth, Settings
    from herkomst.config.settings_file import load_settings, parse_resolver

    settings = Settings(cache="")  # the user's own; what is not started by a command keeps nothing unless it is told to
    if arguments.config:
        settings = load_settings(arguments.config, settings)
    resolvers = tuple(parse_resolver(text) for text in getattr(arguments, "resolver", ()))
    return replace(
        settings,
        resolvers=resolvers or settings.resolvers,
        offline=settings.offline or getattr(arguments, "offline", False),
        breadth=Breadth(getattr(arguments, "breadth", None) or settings.breadth),
        vantage=getattr(arguments, "vantage", None) or settings.vantage,
        store=settings.store if arguments.store is None else arguments.store,
        language=arguments.lang or settings.language,
    )


def read_knowledge(settings: Settings) -> Knowledge:
    """Return the catalogue that the settings name."""
    from herkomst.config.knowledge import load_catalogue
    from herkomst.scanner.knowledge import Knowledge

    return Knowledge(load_catalogue(settings.catalogue))


@contextmanager
def open_store(settings: Settings) -> Iterator[Store | None]:
    """Open the store for the length of a command; None where nothing is to be kept."""
    if settings.store == NO_STORE:
        yield None
        return
    from herkomst.scanner.store import Store

    with Store.open(settings.store) as store:
        yield store


@contextmanager
def open_existing_store(settings: Settings) -> Iterator[Store]:
    """Open the store of a command that reads a stored run."""
    from herkomst.scanner.errors import UsageError

    if "://" not in settings.store and settings.store not in ("", NO_STORE) and not Path(settings.store).exists():
        raise UsageError(f"There is no store at {settings.store}.", advice="Give the --store of a scan or a check that was done.")
    with open_store(settings) as store:
        if store is None:
            raise UsageError("This command reads a stored run.", advice=f"Leave '--store {NO_STORE}' out.")
        yield store
