"""What the tests of the command line share: a laboratory with a settings file, and the command line called in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.cli.main import main
from jsonschema import Draft202012Validator
from running import write_settings

NAME = "archief.mijnvoorbeeld.example"
"""A name of the story of which all that is asked is answered."""


@dataclass(frozen=True)
class Said:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document on stdout."""
        return json.loads(self.out)


Herkomst: TypeAlias = Callable[..., Said]
Validate: TypeAlias = Callable[[str, object], None]


@pytest.fixture(scope="session")
def served() -> Iterator[Laboratory]:
    with Laboratory() as laboratory:
        yield laboratory


@pytest.fixture
def config(served: Laboratory, tmp_path: Path) -> Path:
    """A settings file that sends the program to the laboratory, with a store of its own."""
    return write_settings(served.settings(), tmp_path, store=str(tmp_path / "store.db"))


@pytest.fixture
def herkomst(config: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Herkomst:
    """Call the command line in this process, with the settings of the laboratory unless `plain`."""

    def call(*arguments: object, plain: bool = False) -> Said:
        listed = [str(argument) for argument in arguments]
        try:
            code = main(listed if plain else [*listed, "--config", str(config)])
        except SystemExit as stop:  # argparse's way
            code = stop.code if isinstance(stop.code, int) else 1
        captured = capsysbinary.readouterr()
        return Said(code, captured.out.decode(), captured.err.decode())

    return call


@cache
def _validator(name: str) -> Draft202012Validator:
    text = resources.files("herkomst.reports").joinpath(f"schemas/herkomst.{name}-1.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture(scope="session")
def validate() -> Validate:
    """Check a document against one of the shipped schemas, `run` or `inspect`."""
    return lambda name, document: _validator(name).validate(document)
