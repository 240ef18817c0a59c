"""Macros in the domain names of SPF terms, expanded as far as nobody's sending is needed for it (RFC 7208 section 7).

`d` is the domain whose record is read, `o` the domain of the sender, which is the domain whose policy is read as a whole. All other letters
stand for something of one message (its sender, address, greeting): a name with one of these cannot be looked up here.
"""

from __future__ import annotations

import re

from herkomst.scanner.names import MAX_NAME

_MACRO = re.compile(r"%(?:\{([A-Za-z])(\d*)(r?)([.\-+,/_=]*)\}|([%_\-]))", re.IGNORECASE)
_LETTERS = frozenset("slodiphcrtv")
_ONLY_IN_EXP = frozenset("crt")
_LITERALS = {"%": "%", "_": " ", "-": "%20"}
MAX_EXPANDED = 16 * 1024
"""Longer results are no name by any reading: a name keeps its last 253 characters, and a record has 64 KB to repeat macros in."""


def are_macros_valid(text: str) -> bool:
    """Say whether every `%` begins a macro as section 7.1 writes it, with a letter that a domain name may have."""
    for match in _MACRO.finditer(text):
        letter = (match[1] or "").lower()
        if letter and (letter not in _LETTERS or letter in _ONLY_IN_EXP or match[2].lstrip("0") == "" != match[2]):
            return False
    return "%" not in _MACRO.sub("", text)


def expand(text: str, domain: str, root: str) -> str | None:
    """Return the name with its macros expanded, at most 253 characters (section 7.3); None where a message is needed for it."""
    parts: list[str] = []
    length = end = 0
    for match in _MACRO.finditer(text):
        letter = (match[1] or "").lower()
        if letter not in ("", "d", "o"):
            return None
        value = _transform({"d": domain, "o": root}[letter], match) if letter else _LITERALS[match[5]]
        parts += (text[end : match.start()], value)
        end = match.end()
        length += len(parts[-2]) + len(value)
        if length > MAX_EXPANDED:
            return None
    return _shorten("".join((*parts, text[end:])))


def _transform(value: str, match: re.Match[str]) -> str:
    """Split at the delimiters, reverse, and keep as many of the right-hand parts as the digits say."""
    labels = re.split(f"[{re.escape(match[4])}]", value) if match[4] else value.split(".")
    if match[3]:
        labels.reverse()
    keep = int(match[2]) if match[2] and len(match[2]) < 4 else len(labels)
    return ".".join(labels[-keep:] if keep else labels)


def _shorten(name: str) -> str:
    """Take labels away from the left until the name is short enough."""
    while len(name) > MAX_NAME and "." in name:
        cut = name.find(".", max(0, len(name) - MAX_NAME - 1))
        name = name[cut + 1 :] if cut >= 0 else name[name.find(".") + 1 :]
    return name
