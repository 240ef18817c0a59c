"""Third parties that records name beside the endpoints: receivers of reports, who serves the mail policy, hosts of mail programs.

DMARC (RFC 7489 section 6.3) and TLS-RPT (RFC 8460 section 3) name who receives reports on the domain's mail; an alias of the MTA-STS
host (RFC 8461 section 3.2) who serves its policy; service records (RFC 6186) where mailboxes and calendars are reached. Each is a party
that sees something of the mail, as an SPF include is; what the catalogue does not know is a party all the same, but not which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import match_names, name_seen, same_organisation
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.breadth import MAIL_SERVICES, SERVICES
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.placement import Gap, NamedParty, NameSeen, Party, Sign, SignKind
from herkomst.scanner.names import MAX_NAME, WILDCARD_LABEL, canonical_name, registrable_domain

_Name = tuple[str, str]
"""A name and the id of the observation that names it."""


@dataclass(frozen=True, slots=True)
class PartyPicture:
    """The parties named, the look-ups that could have named one and failed, and the organisation's own names met."""

    parties: tuple[NamedParty, ...] = ()
    gaps: tuple[Gap, ...] = ()
    names: tuple[NameSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What one kind of record showed: names to match with signatures of `record`, and what failed."""

    role: Role
    owner: str
    origin: str
    record: SignatureRecord
    names: tuple[_Name, ...] = ()
    failures: tuple[Failure, ...] = ()


def attribute_parties(subject: str, evidence: Evidence, outlook: Outlook) -> PartyPicture:
    """Return the third parties that the mail records of a domain name beside its endpoints."""
    found = (
        _dmarc(subject, evidence),
        _delivery_reports(subject, evidence),
        _policy_host(subject, evidence),
        _services(subject, evidence),
    )
    return PartyPicture(
        tuple(dict.fromkeys(party for item in found for party in _parties(subject, item, outlook))),
        tuple(Gap(subject, item.role, item.owner, item.failures) for item in found if item.failures),
        # the domain of a mail address is no host: only what is connected to is a name of the inventory
        tuple(seen for item in found if item.origin for seen in name_seen(subject, item.names, item.origin)),
    )


def _parties(subject: str, found: _Found, outlook: Outlook) -> Iterator[NamedParty]:
    for name, oid in found.names:
        if same_organisation(name, subject):
            continue
        matches = match_names(((name, oid),), found.record, SignKind.REPORT, outlook)
        unknown = Sign(SignKind.REPORT, Party(registrable_domain(name) or name), oid, name)
        yield NamedParty(subject, found.role, name, matches[0][0] if matches else unknown)


# -- reports --------------------------------------------------------------------------------------------------------


def _dmarc(subject: str, evidence: Evidence) -> _Found:
    """Return the receivers in the policy of the name, or of its organisation where it has none (RFC 7489 section 6.6.3)."""
    owners = dict.fromkeys((f"_dmarc.{subject}", f"_dmarc.{registrable_domain(subject) or subject}"))
    for owner in owners:
        found = _receivers(Role.MAIL_OUTBOUND, owner, "v=dmarc1", ("rua", "ruf"), subject, evidence)
        if found.names or found.failures or _records(owner, "v=dmarc1", evidence):
            return found
    return _Found(Role.MAIL_OUTBOUND, subject, "", SignatureRecord.REPORT)


def _delivery_reports(subject: str, evidence: Evidence) -> _Found:
    return _receivers(Role.MAIL_INBOUND, f"_smtp._tls.{subject}", "v=tlsrptv1", ("rua",), subject, evidence)


def _receivers(role: Role, owner: str, version: str, tags: tuple[str, ...], subject: str, evidence: Evidence) -> _Found:
    records = _records(owner, version, evidence)
    if not records:
        return _Found(role, owner, "", SignatureRecord.REPORT, failures=_failed(owner, "TXT", subject, evidence))
    names = [(host, oid) for value, oid in records for host in _receiver_hosts(value, tags)]
    return _Found(role, owner, "", SignatureRecord.REPORT, tuple(dict.fromkeys((*names, *_aliases(owner, evidence)))))


def _records(owner: str, version: str, evidence: Evidence) -> list[tuple[str, str]]:
    """Return the TXT values at a name that begin with a version tag, whatever the spaces and case."""
    answer = evidence.rrset(owner, "TXT")
    values = answer[0].values if answer else ()
    return [(value, answer[1]) for value in values if value.replace(" ", "").lower().startswith(version)] if answer else []


def _receiver_hosts(record: str, tags: tuple[str, ...]) -> Iterator[str]:
    for part in record.split(";"):
        tag, _, uris = part.partition("=")
        if tag.strip().lower() in tags:
            for uri in uris.split(","):
                host = _host_of(uri.strip())
                if host:
                    yield host


def _host_of(uri: str) -> str | None:
    """Return the host of `https:` or the mail domain of `mailto:`; None where there is none. A size limit (`!10m`) is no part of it."""
    scheme, _, rest = uri.partition(":")
    if scheme.lower() == "mailto":
        text = rest.rpartition("@")[2].partition("!")[0].partition("?")[0]
    elif scheme.lower() == "https":
        text = rest.lstrip("/").partition("/")[0].partition("!")[0].rpartition("@")[2].partition(":")[0]
    else:
        return None
    try:
        return canonical_name(text)
    except InvalidName:
        return None


# -- hosts ----------------------------------------------------------------------------------------------------------


def _policy_host(subject: str, evidence: Evidence) -> _Found:
    """Return who serves the MTA-STS policy that the domain announces: where its record or the policy's host is an alias."""
    owner, host = f"_mta-sts.{subject}", f"mta-sts.{subject}"
    records = _records(owner, "v=stsv1", evidence)
    if not records:
        failures = _failed(owner, "TXT", subject, evidence)
        return _Found(Role.MAIL_INBOUND, owner, "mta-sts", SignatureRecord.CNAME, failures=failures)
    names = dict.fromkeys((*_aliases(owner, evidence), *_aliases(host, evidence)))
    failures = _failed(host, "CNAME", subject, evidence)
    return _Found(Role.MAIL_INBOUND, owner, "mta-sts", SignatureRecord.CNAME, tuple(names), failures)


def _services(subject: str, evidence: Evidence) -> _Found:
    """Return the hosts in service records, and where the host `autoconfig` leads."""
    owners = [f"{service}._tcp.{subject}" for service in MAIL_SERVICES]
    if SERVICES in evidence.not_asked:
        return _found_services(subject, (), _failed(owners[0], "SRV", subject, evidence))
    names: dict[_Name, None] = {}
    failures: list[Failure] = []
    for owner in owners:
        answer = evidence.rrset(owner, "SRV")
        if answer is None:
            failures.extend(_failed(owner, "SRV", subject, evidence))
        else:
            targets = (value.rpartition(" ")[2] for value in answer[0].values)
            names.update(dict.fromkeys((target, answer[1]) for target in targets if target not in ("", ".")))
    settings, unknown = _settings_host(subject, evidence)
    return _found_services(subject, (*names, *settings), (*failures, *unknown))


def _found_services(subject: str, names: tuple[_Name, ...], failures: tuple[Failure, ...]) -> _Found:
    return _Found(Role.MAIL_MAILBOX, subject, "srv", SignatureRecord.AUTODISCOVER, tuple(dict.fromkeys(names)), failures)


def _settings_host(subject: str, evidence: Evidence) -> tuple[tuple[_Name, ...], tuple[Failure, ...]]:
    """Return where the host `autoconfig` leads, unless every unknown name beside it leads there too (RFC 4592), and what failed."""
    owner, probe = f"autoconfig.{subject}", f"{WILDCARD_LABEL}.{subject}"
    names, wildcard = _aliases(owner, evidence), {name for name, _ in _aliases(probe, evidence)}
    unknown = evidence.known_dns_failure(probe) if names else None
    if unknown is not None:  # any of these may be a wildcard's answer
        return (), (unknown,)
    return tuple(item for item in names if item[0] not in wildcard), _failed(owner, "CNAME", subject, evidence)


def _aliases(name: str, evidence: Evidence) -> tuple[_Name, ...]:
    """Return every name that an alias leads through, with the observation's id."""
    answer = evidence.rrset(name, "CNAME")
    found = dict.fromkeys(answer[0].values, answer[1]) if answer else {}
    for chain, oid in evidence.chains(name):
        for hop in chain.hops:
            found.setdefault(hop, oid)
    return tuple(found.items())


def _failed(name: str, rdtype: str, subject: str, evidence: Evidence) -> tuple[Failure, ...]:
    """Return the failure of a question; a name that is too long to exist is not asked for, and cannot have failed."""
    failure = evidence.dns_failure(name, rdtype, subject) if len(name) <= MAX_NAME else None
    return (failure,) if failure is not None else ()
