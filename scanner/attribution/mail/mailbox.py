"""Where the mailboxes are.

What names the mailbox platform, strongest first: the MX where it is the platform's own, a DKIM selector or autodiscover name that leads
to it; an SPF include only behind a gateway. A token in TXT proves a contract, not where mail lands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, place, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.inbound import Exchanger
from herkomst.scanner.attribution.mail.signs import MailboxSigns
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRole
from herkomst.scanner.model.placement import Placement, Sign


def place_mailbox(
    subject: str, exchangers: tuple[Exchanger, ...], signs: MailboxSigns, evidence: Evidence, outlook: Outlook
) -> tuple[Placement, ...]:
    """Return one placement for each platform that is shown; else one for the host where the mailboxes may be."""
    platform = [sign for item in exchangers for sign, signature in item.signs if signature.role is SignatureRole.MAILBOX]
    strong = [*platform, *signs.strong]
    behind_gateway = all(item.is_gateway for item in exchangers)
    weak_parties = _distinct(signs.weak, outlook)
    if not strong and behind_gateway and len(weak_parties) == 1:
        strong = list(signs.weak)
    ids = tuple(item.evidence for item in exchangers)
    # an alias of a mail host that was not seen could have named the platform, or a gateway in front of it
    unseen = tuple(failure for item in exchangers if item.host.aliases_unknown for failure in item.host.failures)
    platform_failures = (*signs.platform_failures, *unseen)
    failures = (*platform_failures, *signs.policy_failures)
    base = Endpoint(subject, Role.MAIL_MAILBOX, subject, (), signs.contract, name_failures=failures, evidence=ids)
    if strong:
        return tuple(
            item for group in _distinct(strong, outlook) for item in place(_at_platform(base, group, signs), evidence, outlook)
        )
    # beside an own server, or with two platforms in one policy, an SPF include says who may send, not where the mailboxes are
    in_question = platform_failures + (signs.policy_failures if behind_gateway else ())
    unknown = replace(base, service_signs=signs.weak, names_provider=False, role_failures=in_question)
    hosts = _own_mailbox_hosts(subject, exchangers, signs)
    if not hosts:
        return place(unknown, evidence, outlook)
    return tuple(item for host in hosts for item in place(replace(unknown, name=host.name, host=host), evidence, outlook))


def _at_platform(base: Endpoint, group: list[Sign], signs: MailboxSigns) -> Endpoint:
    """Return the endpoint at a platform; where all that names it may be a wildcard's answer, nothing can be judged of it."""
    in_question = signs.platform_failures if signs.doubtful.issuperset(group) else ()
    name = group[0].detail or base.subject
    return replace(base, name=name, service_signs=tuple(group), role_failures=in_question)


def _own_mailbox_hosts(subject: str, exchangers: Iterable[Exchanger], signs: MailboxSigns) -> tuple[HostAnswer, ...]:
    """Return the hosts where mailboxes may be: what autodiscover leads to, else the MX hosts that are no gateway."""
    host = signs.autodiscover
    if host is not None and (host.addresses or host.failures) and (host.aliases or same_organisation(host.name, subject)):
        return (replace(host, name=host.final_name),)
    return tuple(item.host for item in exchangers if not item.is_gateway)


def _distinct(signs: Iterable[Sign], outlook: Outlook) -> list[list[Sign]]:
    """Group signs by party, in the order in which the parties are first named."""
    groups: list[list[Sign]] = []
    for sign in signs:
        for group in groups:
            if outlook.knowledge.same_party(group[0].party, sign.party, outlook.on):
                group.append(sign)
                break
        else:
            groups.append([sign])
    return groups
