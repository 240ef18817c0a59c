"""Reads the settings of `--config FILE` (YAML). Every mistake is named with its place, as in a declaration."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

from herkomst.config.declarations.document import Mapping, Node, Scalar, read_document
from herkomst.config.declarations.fields import open_mapping, read_country, read_list, read_text
from herkomst.config.declarations.problem import Problems
from herkomst.config.settings import NO_CACHE, Breadth, ResolverAddress, Settings
from herkomst.scanner.errors import ConfigurationError, InvalidName
from herkomst.scanner.names import canonical_address

LANGUAGES = ("nl", "en")
NO_STORE = "none"
_TEXTS = ("store", "language", "tables", "catalogue", "rdap_bootstrap", "origin_zone", "cache", "tls_authorities")
_NUMBERS = {
    "dns_timeout_s": (0.05, 60.0),
    "rdap_timeout_s": (0.1, 300.0),
    "rdap_wait_s": (0.0, 3600.0),
    "tls_timeout_s": (0.1, 60.0),
    "target_deadline_s": (1.0, 3600.0),
}
_COUNTS = {
    "max_in_flight": (1, 10_000),
    "authority_port": (1, 65_535),
    "queries_per_second_per_server": (0, 1_000_000),
    "tls_port": (1, 65_535),
}
RATES = (0.001, 100_000.0)
_FLAGS = (
    "offline",
    "ask_parents",
    "origin_by_dns",
    "tls",
    "treat_documentation_as_public",
    "connect_to_special_addresses",
)
_KEYS = ("resolvers", "vantage", "rdap_rates", "breadth", *_TEXTS, *_NUMBERS, *_COUNTS, *_FLAGS)


def load_settings(path: Path, base: Settings | None = None) -> Settings:
    """Return the settings of a file over the given ones; relative paths in it are relative to the file.

    Raises ConfigurationError that lists every mistake.
    """
    problems = Problems(str(path))
    fields = open_mapping(read_document(path, problems), "The settings file", _KEYS, problems)
    changes: dict[str, Any] = {}
    if fields is not None:
        for name in _KEYS:
            node = fields.get(name)
            if node is not None:
                changes.update(_read(name, node, path, problems))
    if problems.has_errors or fields is None:
        listed = "\n".join(problem.render() for problem in problems.collected())
        raise ConfigurationError(listed or f"{path}: the settings file is empty.", advice=f"Known settings: {', '.join(_KEYS)}.")
    return replace(base or Settings(), **changes)


def _read(name: str, node: Node, path: Path, problems: Problems) -> dict[str, Any]:
    if name == "resolvers":
        found = [_resolver(item, problems) for item in read_list(node, "resolvers", problems)]
        return {"resolvers": tuple(item for item in found if item is not None)}
    if name == "vantage":
        return _vantage(node, problems)
    if name == "rdap_rates":
        return {"rdap_rates": _rates(node, problems)}
    text = node.text if isinstance(node, Scalar) else None
    if text is None or not text.strip():
        problems.error(node.place, f"{name} must be one value.")
        return {}
    if name in _FLAGS:
        return {name: _flag(name, text, node, problems)}
    if name in _NUMBERS:
        return {name: _number(name, text, node, problems)}
    if name == "breadth":
        return _breadth(text, node, problems)
    if name in _COUNTS:
        return {name: _count(name, text, node, problems)}
    if name == "language" and text not in LANGUAGES:
        problems.error(node.place, "There is no such language.", text, LANGUAGES)
    if name == "rdap_bootstrap" and not text.startswith(("https://", "http://")):
        problems.error(node.place, "rdap_bootstrap must be a URL.", text, ("https://data.iana.org/rdap/",))
    if name == "cache":
        return {name: text if text == NO_CACHE else str(path.parent / text)}
    if name == "store":
        return {name: text if "://" in text or text == NO_STORE else str(path.parent / text)}
    if name == "tls_authorities":
        return {name: _authorities(path.parent / text, node, problems)}
    return {name: (path.parent / text) if name in ("tables", "catalogue") else text}


def _authorities(path: Path, node: Node, problems: Problems) -> Path:
    """Return the path of a file of certificates; read now, so that a mistake in it is told before anything is asked."""
    try:
        ssl.create_default_context(cafile=path)
    except OSError as error:  # an SSLError is one
        said = "holds no certificate in PEM form" if isinstance(error, ssl.SSLError) else f"cannot be read ({error.strerror})"
        problems.error(node.place, f"tls_authorities must name a file of certificates (PEM); this one {said}.", str(path))
    return path


def _breadth(text: str, node: Node, problems: Problems) -> dict[str, Any]:
    accepted = tuple(breadth.value for breadth in Breadth)
    if text in accepted:
        return {"breadth": Breadth(text)}
    problems.error(node.place, "There is no such breadth.", text, accepted)
    return {}


def _flag(name: str, text: str, node: Node, problems: Problems) -> bool:
    if text not in ("true", "false"):
        problems.error(node.place, f"{name} must be true or false.", text, ("true", "false"))
    return text == "true"


def _number(name: str, text: str, node: Node, problems: Problems) -> float:
    low, high = _NUMBERS[name]
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        problems.error(node.place, f"{name} must be a number of seconds from {low:g} to {high:g}.", text)
    return value


def _count(name: str, text: str, node: Node, problems: Problems) -> int:
    low, high = _COUNTS[name]
    if not _is_number(text, 7) or not low <= int(text) <= high:
        problems.error(node.place, f"{name} must be a whole number from {low} to {high}.", text)
        return low
    return int(text)


def _rates(node: Node, problems: Problems) -> tuple[tuple[str, float], ...]:
    low, high = RATES
    found: list[tuple[str, float]] = []
    if not isinstance(node, Mapping):
        problems.error(node.place, "rdap_rates must be a mapping of a registry's host, or *, to questions a second.")
        return ()
    for host, value in node.entries:
        text = value.text if isinstance(value, Scalar) else ""
        try:
            rate = float(text)
        except ValueError:
            rate = float("nan")
        if not low <= rate <= high:
            problems.error(value.place, f"The rate must be a number of questions a second from {low:g} to {high:g}.", text)
        found.append((host.text.lower(), rate))
    return tuple(found)


def _resolver(node: Node, problems: Problems) -> ResolverAddress | None:
    text = node.text if isinstance(node, Scalar) else ""
    try:
        return parse_resolver(text)
    except ConfigurationError as error:
        problems.error(node.place, str(error), text)
        return None


def _vantage(node: Node, problems: Problems) -> dict[str, Any]:
    if isinstance(node, Scalar):
        return {"vantage": read_text(node, "vantage", problems)}
    fields = open_mapping(node, "vantage", ("label", "asn", "country"), problems, ("label",))
    if fields is None:
        return {}
    found: dict[str, Any] = {"vantage": read_text(fields.get("label"), "label", problems)}
    asn = fields.get("asn")
    if asn is not None:
        text = asn.text if isinstance(asn, Scalar) else ""
        if not _is_number(text, 10) or int(text) >= 2**32:
            problems.error(asn.place, "asn must be the number of an autonomous system.", text)
        else:
            found["vantage_asn"] = int(text)
    if fields.get("country") is not None:
        found["vantage_country"] = read_country(fields.get("country"), "country", problems)
    return found


def _is_number(text: str, digits: int) -> bool:
    """Say whether the text is a plain number of at most so many digits: `int` takes more than is meant, and refuses long ones."""
    return text.isascii() and text.isdigit() and len(text) <= digits


def parse_resolver(text: str) -> ResolverAddress:
    """Return the resolver of `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`."""
    host, port = text, 53
    head, colon, tail = text.rpartition(":")
    if colon and _is_number(tail, 5) and (":" not in head or head.endswith("]")):
        host, port = head, int(tail)
    try:
        address = canonical_address(host)
    except InvalidName as error:
        raise ConfigurationError(
            f"{text!r} is no address of a resolver.", advice="Give one such as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53."
        ) from error
    if not 0 < port < 65536:
        raise ConfigurationError(f"{port} is no port.", advice="A port is a number from 1 to 65535.")
    return ResolverAddress(address, port)
