"""The names in a certificate (RFC 5280 section 4.2.1.6): which of them are hosts of the organisation that a declared name belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.names import registrable_domain

WILDCARD = "*."
"""How the name of a wildcard begins (RFC 9525 section 6.3): it stands for many names, and is no host."""


def own_names(names: Iterable[str], subject: str) -> tuple[str, ...]:
    """Return the names under the registrable domain of the subject, sorted, wildcards among them; none for a public suffix."""
    domain = registrable_domain(subject)
    return tuple(sorted({name for name in names if domain and registrable_domain(name.removeprefix(WILDCARD)) == domain}))


def own_hosts(names: Iterable[str], subject: str) -> tuple[str, ...]:
    """Return the names that may be hosts of the subject's organisation: its own names, without the wildcards."""
    return tuple(name for name in own_names(names, subject) if not name.startswith(WILDCARD))
