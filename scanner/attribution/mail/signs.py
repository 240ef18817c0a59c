"""What the records beside the MX show of the mailbox: DKIM selectors, autodiscover, SPF and tokens, without the answers of wildcards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import HostAnswer, match_names, name_seen, resolve_host
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.mail.selectors import Selectors
from herkomst.scanner.attribution.mail.spf import TextRecords
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import Signature, SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import NameSeen, Sign, SignKind
from herkomst.scanner.names import WILDCARD_LABEL


@dataclass(frozen=True, slots=True)
class MailboxSigns:
    """What the records beside the MX show of the mailbox.

    `doubtful` are the strong signs that may be a wildcard's answer, since the probe for one failed. `platform_failures` could have
    shown another strong sign, `policy_failures` a weak one. `autodiscover` is the host that autodiscover leads to where that is no
    platform's; `discovers_other` says whether it, or a service record, names such a host at all.
    """

    strong: tuple[Sign, ...]
    doubtful: frozenset[Sign]
    weak: tuple[Sign, ...]
    contract: tuple[Sign, ...]
    autodiscover: HostAnswer | None
    discovers_other: bool
    names: tuple[NameSeen, ...]
    platform_failures: tuple[Failure, ...]
    policy_failures: tuple[Failure, ...]


def mailbox_signs(subject: str, selectors: Selectors, texts: TextRecords, evidence: Evidence, outlook: Outlook) -> MailboxSigns:
    """Return what DKIM selectors, autodiscover, SPF and TXT tokens show of the mailboxes of a domain."""
    dkim = _platforms(selectors.matches)
    discovery = _discover(subject, evidence)
    aliased, targeted = (
        _platforms(match_names(names, SignatureRecord.AUTODISCOVER, SignKind.AUTODISCOVER, outlook))
        for names in (discovery.aliases, discovery.targets)
    )
    sure_names = (*(discovery.aliases if discovery.is_sure else ()), *discovery.targets)
    return MailboxSigns(
        strong=tuple(dict.fromkeys((*dkim, *aliased, *targeted))),
        doubtful=frozenset((*(() if selectors.is_sure else dkim), *(() if discovery.is_sure else aliased))) - set(targeted),
        weak=texts.chosen,
        contract=texts.tokens,
        autodiscover=None if aliased else discovery.host,
        discovers_other=len(targeted) < len(discovery.targets) or (not aliased and discovery.leads_somewhere),
        names=name_seen(subject, dict.fromkeys(sure_names), "autodiscover"),
        platform_failures=(*selectors.failures, *discovery.failures),
        policy_failures=texts.failures,
    )


def _platforms(matches: Iterable[tuple[Sign, Signature]]) -> tuple[Sign, ...]:
    return tuple(sign for sign, signature in matches if signature.role is SignatureRole.MAILBOX)


@dataclass(frozen=True, slots=True)
class _Discovery:
    """What autodiscover shows: the names that its host leads to, those in its service record, the host, and the failed questions.

    `is_sure` is false where the probe for a wildcard failed, so that the host and its names may be one's answer.
    """

    aliases: tuple[tuple[str, str], ...]
    targets: tuple[tuple[str, str], ...]
    host: HostAnswer | None
    failures: tuple[Failure, ...]
    is_sure: bool

    @property
    def leads_somewhere(self) -> bool:
        """Whether the name exists: with an alias, or with an address."""
        return bool(self.aliases) or (self.host is not None and bool(self.host.addresses))


def _discover(subject: str, evidence: Evidence) -> _Discovery:
    host = resolve_host(f"autodiscover.{subject}", evidence, subject)
    alias = evidence.rrset(host.name, "CNAME")
    named = (*host.aliases, *((value, oid) for content, oid in ([alias] if alias else []) for value in content.values))
    # an alias names a party even where its target has no address
    is_there = (host.outcome is None or bool(named)) and not _is_wildcard(host, subject, evidence)
    probe_failure = evidence.known_dns_failure(f"{WILDCARD_LABEL}.{subject}") if is_there else None
    service = f"_autodiscover._tcp.{subject}"
    srv = evidence.rrset(service, "SRV")
    srv_failure = evidence.dns_failure(service, "SRV", subject)
    targets = [(value.rpartition(" ")[2], srv[1]) for value in srv[0].values] if srv else []
    failures = (*(() if named else host.failures), probe_failure, srv_failure)
    return _Discovery(
        tuple(dict.fromkeys(named)) if is_there else (),
        tuple(target for target in targets if target[0] not in ("", ".")),
        host if is_there else None,
        tuple(failure for failure in failures if failure is not None),
        probe_failure is None,
    )


def _is_wildcard(host: HostAnswer, subject: str, evidence: Evidence) -> bool:
    """Say whether a name leads just where every unknown name beside it leads (RFC 4592); an alias is compared without its addresses."""
    probe = resolve_host(f"{WILDCARD_LABEL}.{subject}", evidence, subject)
    led, asked = ([name for name, _ in answer.aliases] for answer in (probe, host))
    if asked or led:
        return led == asked
    return bool(probe.addresses) and set(probe.addresses) == set(host.addresses)
