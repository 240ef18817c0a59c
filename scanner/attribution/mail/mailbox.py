"""Where the mailboxes are: at the platforms that are clear, else at a host that may hold them, with the hints beside it.

A platform's own host is a front door, so its addresses are not attributed. What only hints at a platform names no provider: the host and
the platform are then both candidates, and nothing is contradicted by either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, place, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.exchangers import Exchanger
from herkomst.scanner.attribution.mail.platforms import Platform, unseen_aliases
from herkomst.scanner.attribution.mail.signs import MailboxSigns
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Placement


def place_mailbox(
    subject: str,
    exchangers: tuple[Exchanger, ...],
    signs: MailboxSigns,
    platforms: Sequence[Platform],
    evidence: Evidence,
    outlook: Outlook,
) -> tuple[Placement, ...]:
    """Return one placement for each platform that is named; where none is clear, also one for each host where the mailboxes may be."""
    platform_failures = (*signs.platform_failures, *unseen_aliases(exchangers))
    failures = (*platform_failures, *signs.policy_failures)
    ids = tuple(item.evidence for item in exchangers)
    base = Endpoint(subject, Role.MAIL_MAILBOX, subject, (), signs.contract, name_failures=failures, evidence=ids)
    endpoints = [_at_platform(base, platform) for platform in platforms]
    if not any(platform.is_clear for platform in platforms):
        # behind gateways the policy could have named the platform; beside an own server it could have made a hint clear
        policy_decides = bool(platforms) or all(item.is_gateway for item in exchangers)
        in_question = failures if policy_decides else platform_failures
        unknown = replace(base, service_signs=signs.weak, names_provider=False, role_failures=in_question)
        hosts = _possible_hosts(subject, exchangers, signs)
        endpoints = [*(replace(unknown, name=host.name, host=host) for host in hosts), *endpoints] or [unknown]
    return tuple(item for endpoint in endpoints for item in place(endpoint, evidence, outlook))


def _at_platform(base: Endpoint, platform: Platform) -> Endpoint:
    return replace(
        base,
        name=platform.signs[0].detail or base.subject,
        service_signs=platform.signs,
        names_provider=platform.is_clear,
        role_failures=platform.in_question,
    )


def _possible_hosts(subject: str, exchangers: Iterable[Exchanger], signs: MailboxSigns) -> tuple[HostAnswer, ...]:
    """Return the hosts where mailboxes may be: what autodiscover leads to, else the MX hosts that are no gateway."""
    host = signs.autodiscover
    if host is not None and (host.addresses or host.failures) and (host.aliases or same_organisation(host.name, subject)):
        return (replace(host, name=host.final_name),)
    return tuple(item.host for item in exchangers if not item.is_gateway)
