"""What the DNS says about a target: where a name leads, who receives and sends its mail, who serves its zone.

For a declared domain everything is asked at once; only an SPF include and the wider zone are asked after what names them. A host
met on the way is asked for its addresses, an address for its name.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Coroutine
from typing import Any, ClassVar, Self

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.dns.inquiry import ADDRESS_TYPES, COLLECTOR, Inquiry, fits
from herkomst.collectors.dns.leads import follow
from herkomst.collectors.dns.selectors import DKIM_SELECTORS
from herkomst.collectors.dns.spf import SpfWalk
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.config.settings import Settings
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import DnsChain, DnsNoAnswer, DnsRRset, SpfPolicy, SpfTerm
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.names import WILDCARD_LABEL, registrable_domain

DEADLINE_SHARE = 0.9
"""Of the target's deadline: the rest is for returning what was collected before the engine ends the collector."""


class DnsCollector:
    """Asks the run's resolver; opens nothing of its own."""

    name: ClassVar[str] = COLLECTOR
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.DOMAIN, TargetKind.HOST, TargetKind.ADDRESS})
    provides: ClassVar[frozenset[str]] = frozenset({DnsRRset.kind, DnsNoAnswer.kind, DnsChain.kind, SpfTerm.kind, SpfPolicy.kind})
    concurrency: ClassVar[int] = 64

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run."""
        return cls(settings)

    def not_asked(self) -> frozenset[str]:
        """Return nothing: the DNS is asked in every run, offline too."""
        return frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """Return nothing: the collector reads no dataset."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Ask all that matters about one target; a question that is still open near the deadline ends in a time-out."""
        inquiry = Inquiry(target.value, lane)
        try:
            async with asyncio.timeout(self._settings.target_deadline_s * DEADLINE_SHARE):
                await _ASK[target.kind](inquiry, target.value)
        except TimeoutError:
            inquiry.give_up("the time for this target was up")
        leads = follow(inquiry, target)
        return Findings(inquiry.observations(), leads, inquiry.failures(), inquiry.raws())

    async def close(self) -> None:
        """Release nothing: the resolver is the run's."""


async def _ask_domain(inquiry: Inquiry, name: str) -> None:
    registrable = registrable_domain(name)
    hosts = [name, f"www.{name}"] if registrable == name else [name]
    await _all(
        *(_ask_host(inquiry, host) for host in hosts if fits(host)),
        inquiry.ask(name, "MX"),
        inquiry.ask(name, "SOA"),
        _ask_name_servers(inquiry, name),
        _ask_caa(inquiry, name),
        _ask_spf(inquiry, name),
        _ask_dmarc(inquiry, name, registrable),
        _ask_autodiscover(inquiry, name),
        _ask_dkim(inquiry, name),
        _ask_wildcard(inquiry, name),
    )


async def _ask_host(inquiry: Inquiry, name: str) -> None:
    await _all(*(inquiry.ask(name, rdtype) for rdtype in ADDRESS_TYPES))


async def _ask_address(inquiry: Inquiry, address: str) -> None:
    await inquiry.ask(ipaddress.ip_address(address).reverse_pointer, "PTR")


async def _ask_name_servers(inquiry: Inquiry, name: str) -> None:
    """Ask for NS at the name and, where it is no zone apex, at the closest name above it that has them (RFC 9499).

    Above the registrable domain the walk goes on only while a name exists without name servers of its own, as under a platform's
    zone: the zone above a name that does not exist serves somebody else.
    """
    registrable = registrable_domain(name)
    names = [ancestor for ancestor in _ancestors(name) if "." in ancestor or ancestor == name]
    await _all(inquiry.ask(name, "NS"), *(inquiry.prefetch(ancestor, "NS") for ancestor in names[1:]))
    above = False
    for ancestor in names:
        outcome = await inquiry.ask(ancestor, "NS")
        above = above or ancestor == registrable or registrable is None
        if isinstance(outcome, Reply) and outcome.outcome is Outcome.ANSWER:
            return
        if above and not (isinstance(outcome, Reply) and outcome.outcome is Outcome.NODATA):
            return


async def _ask_caa(inquiry: Inquiry, name: str) -> None:
    """Ask for CAA at the name and, while there is none, at each name above it (RFC 8659 section 3).

    A failure ends the climb: what stands there would have come first.
    """
    names = _ancestors(name)
    await _all(inquiry.ask(name, "CAA"), *(inquiry.prefetch(ancestor, "CAA") for ancestor in names[1:]))
    for ancestor in names:
        outcome = await inquiry.ask(ancestor, "CAA")
        if isinstance(outcome, NoReply) or outcome.outcome is Outcome.ANSWER:
            return


async def _ask_spf(inquiry: Inquiry, name: str) -> None:
    walk = SpfWalk(name)
    try:
        await walk.run(inquiry.ask)
    finally:
        # also when the deadline ends it: a party that was seen must not get lost with those that were not
        _note_spf(inquiry, walk)


def _note_spf(inquiry: Inquiry, walk: SpfWalk) -> None:
    for term in walk.terms:
        inquiry.note(term, inquiry.raw_of(term.path[-1], "TXT"))
    policy = walk.policy()
    if policy is not None:
        inquiry.note(policy, inquiry.raw_of(walk.root, "TXT"))
    else:
        failed = walk.failed or NoReply(walk.root, "TXT", FailureReason.TIMEOUT)
        detail = f"{failed.rdtype} of {failed.name} could not be read"
        inquiry.note_failure(walk.root, SpfPolicy.kind, failed.reason, failed.rdtype, detail, retryable=failed.retryable)
    if walk.left_out:
        detail = f"{walk.left_out} terms beyond the first {len(walk.terms)} were left out"
        inquiry.note_failure(walk.root, SpfTerm.kind, FailureReason.TOO_LARGE, "TXT", detail, retryable=False)


async def _ask_dmarc(inquiry: Inquiry, name: str, registrable: str | None) -> None:
    # a name without a policy of its own has that of its organisation (RFC 7489 section 6.6.3)
    owners = {f"_dmarc.{name}", f"_dmarc.{registrable or name}"}
    await _all(*(inquiry.ask(owner, "TXT") for owner in sorted(owners) if fits(owner)))


async def _ask_autodiscover(inquiry: Inquiry, name: str) -> None:
    host, service = f"autodiscover.{name}", f"_autodiscover._tcp.{name}"
    if fits(host):
        await _all(
            *(inquiry.ask_with_alias(host, rdtype) for rdtype in ADDRESS_TYPES),
            *([inquiry.ask(service, "SRV")] if fits(service) else []),
        )


async def _ask_dkim(inquiry: Inquiry, name: str) -> None:
    owners = (f"{selector}._domainkey.{name}" for selector in DKIM_SELECTORS)
    await _all(*(inquiry.ask_with_alias(owner, "TXT") for owner in owners if fits(owner)))


async def _ask_wildcard(inquiry: Inquiry, name: str) -> None:
    """Ask for names that nobody publishes, so that a selector or autodiscover that is only a wildcard can be told (RFC 4592)."""
    host, selector = f"{WILDCARD_LABEL}.{name}", f"{WILDCARD_LABEL}._domainkey.{name}"
    questions = (*((host, rdtype) for rdtype in ADDRESS_TYPES), (selector, "TXT"))
    await _all(*(inquiry.ask_with_alias(owner, rdtype) for owner, rdtype in questions if fits(owner)))


async def _all(*parts: Coroutine[Any, Any, object]) -> None:
    """Run all parts at once and wait for all of them, also when the deadline ends them: `gather` would leave some behind."""
    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(part)


def _ancestors(name: str) -> list[str]:
    """Return the name and every name above it, the top-level domain last."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


_ASK = {TargetKind.DOMAIN: _ask_domain, TargetKind.HOST: _ask_host, TargetKind.ADDRESS: _ask_address}
