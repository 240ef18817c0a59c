"""What the records of a recorded domain show of a mailbox platform, read without the program and without its catalogue.

It says which labels rest on little, and how well a disagreement is founded. Kinds of sign are counted, never records: two DKIM
selectors are one sign. The names are those that the three platforms tell their customers to publish (their set-up guides, 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

OTHER = "other"
TOKEN = "token"  # noqa: S105 - a kind of record, no password
CLEAR_SIGNS = 2
"""How many independent signs make a mailbox platform clear; a token is a contract, and helps only beside a sign of mail."""

PLATFORMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "microsoft": {
        "mx": ("mail.protection.outlook.com", "mx.microsoft"),
        "dkim": ("onmicrosoft.com", "dkim.mail.microsoft"),
        "autodiscover": ("autodiscover.outlook.com", "autodiscover-s.outlook.com", "outlook.office365.com"),
        "spf": ("spf.protection.outlook.com",),
    },
    "google": {
        "mx": ("google.com", "googlemail.com"),
        "dkim": ("domainkey.google.com",),
        "autodiscover": ("google.com",),
        "spf": ("_spf.google.com", "aspmx.googlemail.com"),
    },
    "amazon": {
        "mx": (
            "inbound-smtp.eu-west-1.amazonaws.com",
            "inbound-smtp.us-east-1.amazonaws.com",
            "inbound-smtp.us-west-2.amazonaws.com",
        ),
        "autodiscover": ("awsapps.com",),
    },
}


@dataclass(frozen=True, slots=True)
class Shown:
    """The kinds of sign (`mx`, `dkim`, `autodiscover`, `spf`, `token`) that name each platform; platforms without one are left out."""

    kinds: Mapping[str, frozenset[str]]

    def of(self, platform: str) -> frozenset[str]:
        """Return the kinds of sign that name a platform."""
        return self.kinds.get(platform, frozenset())

    def is_clear(self, platform: str) -> bool:
        """Say whether at least two kinds of sign name the platform, one of them a sign of mail; an MX decides alone."""
        kinds = self.of(platform)
        return "mx" in kinds or (len(kinds) >= CLEAR_SIGNS and kinds != {TOKEN})

    @property
    def clear(self) -> frozenset[str]:
        """The platforms that are clear; with none, and no sign of mail that names one, the class `other` is."""
        found = frozenset(platform for platform in self.kinds if self.is_clear(platform))
        is_empty = all(kinds <= {TOKEN} for kinds in self.kinds.values())
        return found or (frozenset({OTHER}) if is_empty else frozenset())

    def __str__(self) -> str:
        listed = (f"{platform} by {', '.join(sorted(kinds))}" for platform, kinds in sorted(self.kinds.items()))
        return "; ".join(listed) or "no platform"


def read_signs(records: Mapping[str, Any]) -> Shown:
    """Return what the records of one line show. SPF counts where the domain's own policy, not an included one, names the platform."""
    names = {
        "mx": (*records.get("mx", ()), *records.get("mx_cnames", {}).values()),
        "dkim": tuple(records.get("dkim", {}).values()),
        "autodiscover": tuple(records.get("autodiscover", {}).values()),
        "spf": tuple(_included(records.get("spf") or "")),
    }
    tokens = records.get("txt_verifications", {})
    found: dict[str, frozenset[str]] = {}
    for platform, suffixes in PLATFORMS.items():
        kinds = {kind for kind, listed in names.items() if _any_under(listed, suffixes.get(kind, ()))}
        if platform in tokens:
            kinds.add(TOKEN)
        if kinds:
            found[platform] = frozenset(kinds)
    return Shown(found)


def _included(policy: str) -> Iterable[str]:
    for term in policy.lower().split():
        mechanism, separator, name = term.lstrip("+?~").partition(":")
        if separator and mechanism == "include":
            yield name
        elif term.startswith("redirect="):
            yield term.removeprefix("redirect=")


def _any_under(names: Iterable[str], suffixes: tuple[str, ...]) -> bool:
    """Say whether a name is one of the suffixes or lies under it, at a label boundary."""
    folded = [name.lower().rstrip(".") for name in names]
    return any(name == suffix or name.endswith("." + suffix) for name in folded for suffix in suffixes)
