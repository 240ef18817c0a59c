"""The error tree: what stops a command, as opposed to what a source could not answer.

A source that could not be asked is a value (`herkomst.scanner.model.failure.Failure`) and never an exception. The
errors below mean that a person has to change something: a declaration, a setting, a file, a name on the command line.

    HerkomstError
    ├── UsageError            the command line asks for something that does not exist
    ├── InvalidName           text that is no domain name, address or network
    ├── ConfigurationError    settings
    │   └── DeclarationError  a declaration file
    ├── KnowledgeError        catalogue or tables
    ├── StoreError            the database
    └── MissingExtra          an optional part is not installed
"""

from __future__ import annotations


class HerkomstError(Exception):
    """Something a person can mend; `advice` is one sentence that says how."""

    def __init__(self, message: str, *, advice: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.place = place

    def __str__(self) -> str:
        head = f"{self.place}: {self.message}" if self.place else self.message
        return f"{head} {self.advice}" if self.advice else head


class UsageError(HerkomstError):
    """The command line asks for something that does not exist."""


class InvalidName(HerkomstError):
    """Text that is no domain name, address or network."""


class ConfigurationError(HerkomstError):
    """A setting that cannot be used."""


class DeclarationError(ConfigurationError):
    """A declaration file that cannot be used."""


class KnowledgeError(HerkomstError):
    """A catalogue entry or a table that is not as its format says."""


class StoreError(HerkomstError):
    """The store cannot be opened, read or written."""


class MissingExtra(HerkomstError):
    """An optional part is asked for whose packages are not installed."""

    def __init__(self, part: str, extra: str) -> None:
        super().__init__(
            f"{part} needs packages that are not installed.", advice=f"Install them with: pip install 'herkomst[{extra}]'"
        )
