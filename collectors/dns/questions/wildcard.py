"""Names that nobody publishes, so that a selector or autodiscover that is only a wildcard's answer can be told (RFC 4592).

The label that is sent is random, so that no zone can publish just that one; it is another for each process. What comes is noted
under `WILDCARD_LABEL`, which stands for it: the same answer is the same observation in every run, and the raw message shows what was sent.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import cache

from herkomst.collectors.dns.inquiry import ADDRESS_TYPES, fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.breadth import WILDCARD
from herkomst.scanner.names import WILDCARD_LABEL


@cache
def probe_label() -> str:
    """Return the label that this process sends: as long as the one that stands for it."""
    return "herkomst-" + secrets.token_hex(7)


def _ask(name: str) -> Iterator[Question]:
    for below, rdtypes in (("", ADDRESS_TYPES), ("_domainkey.", ("TXT",))):
        noted, sent = f"{WILDCARD_LABEL}.{below}{name}", f"{probe_label()}.{below}{name}"
        if fits(noted):
            yield from (Question(noted, rdtype, True, sent) for rdtype in rdtypes)


WILDCARDS = Group("wildcards", DOMAIN_ONLY, _ask, left_out=frozenset({WILDCARD}))
