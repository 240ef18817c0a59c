"""Where a declared name leads a browser: its addresses and aliases, and what its HTTPS record names beside them (RFC 9460).

An HTTPS record is read by most browsers before they connect. A target in it is a further endpoint, an address in it (a hint) one more
address of the endpoint; a question for it that failed leaves the role open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, alias_signs, name_seen, place, resolve_host
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ProviderKind
from herkomst.scanner.model.observation import NoAnswer
from herkomst.scanner.model.placement import Absence, Gap, NameSeen, Placement, Sign, SignKind
from herkomst.scanner.model.service_binding import ServiceBinding, read_service_binding
from herkomst.scanner.names import registrable_domain

SERVICE_BINDING = "HTTPS"


@dataclass(frozen=True, slots=True)
class WebPicture:
    """What serves the web, and online services behind an alias, of one declared name and of `www` beside it."""

    placements: tuple[Placement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    absences: tuple[Absence, ...] = ()
    names: tuple[NameSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class _Bindings:
    """The HTTPS records of a name, the observation's id, and the failure where the question was not answered."""

    records: tuple[ServiceBinding, ...] = ()
    evidence: str = ""
    failure: Failure | None = None


def attribute_web(subject: str, evidence: Evidence, outlook: Outlook) -> WebPicture:
    """Return the web endpoints of a declared name, and of the name `www` beside a registrable domain."""
    beside = (f"www.{subject}",) if registrable_domain(subject) == subject else ()
    pictures = [_attribute_name(subject, name, evidence, outlook) for name in (subject, *beside)]
    return WebPicture(
        tuple(item for picture in pictures for item in picture.placements),
        tuple(item for picture in pictures for item in picture.gaps),
        tuple(item for picture in pictures for item in picture.absences),
        tuple(item for picture in pictures for item in picture.names),
    )


def _attribute_name(subject: str, name: str, evidence: Evidence, outlook: Outlook) -> WebPicture:
    host = resolve_host(name, evidence, subject)
    bindings = _read_bindings(name, host, subject, evidence)
    host = _with_aliased_targets(_with_hints(host, bindings, ""), bindings, evidence)
    targets = [target for target in dict.fromkeys(item.target for item in bindings.records) if _is_elsewhere(target, host)]
    gaps = tuple(Gap(subject, role, name, (bindings.failure,)) for role in (Role.WEB, Role.SAAS) if bindings.failure)
    placements = [item for target in targets for item in _place_target(subject, target, bindings, evidence, outlook)]
    names = name_seen(subject, ((target, bindings.evidence) for target in targets), "https")
    if host.outcome is not None:
        # nobody declared the www name: its absence is no news
        is_absent = name == subject and not targets
        absences = (Absence(subject, Role.WEB, name, host.outcome, host.evidence),) if is_absent else ()
        return WebPicture(tuple(placements), gaps, absences, names)
    signs, edge = alias_signs(host, outlook)
    placements = [*_place_web(Endpoint(subject, Role.WEB, name, signs, edge=edge, host=host), evidence, outlook), *placements]
    if host.aliases_unknown:  # an alias could have named an online service
        gaps = (*gaps, Gap(subject, Role.SAAS, name, host.failures))
    return WebPicture(tuple(placements), gaps, (), (*name_seen(subject, host.aliases, "cname"), *names))


def _read_bindings(name: str, host: HostAnswer, subject: str, evidence: Evidence) -> _Bindings:
    """Return the HTTPS records; a name that does not exist has none (RFC 8020)."""
    answer = evidence.rrset(name, SERVICE_BINDING)
    if answer is not None:
        records = (read_service_binding(value) for value in answer[0].values)
        return _Bindings(tuple(item for item in records if item is not None), answer[1])
    if host.outcome == NoAnswer.NXDOMAIN.value:
        return _Bindings()
    return _Bindings(failure=evidence.dns_failure(name, SERVICE_BINDING, subject))


def _with_hints(host: HostAnswer, bindings: _Bindings, target: str) -> HostAnswer:
    hints = [hint for item in bindings.records if item.target == target for hint in item.hints]
    new = [hint for hint in dict.fromkeys(hints) if hint not in host.addresses]
    if not new:
        return host
    return replace(host, addresses=(*host.addresses, *new), outcome=None, evidence=(*host.evidence, bindings.evidence))


def _with_aliased_targets(host: HostAnswer, bindings: _Bindings, evidence: Evidence) -> HostAnswer:
    """Add the addresses of a target that the aliases lead through as well: asked by its own name, it can answer with others."""
    on_the_way = {name for name, _ in host.aliases}
    for target in dict.fromkeys(item.target for item in bindings.records if item.target in on_the_way):
        led = resolve_host(target, evidence)
        host = replace(
            host,
            addresses=tuple(dict.fromkeys((*host.addresses, *led.addresses))),
            outcome=None if led.addresses else host.outcome,
            failures=tuple(dict.fromkeys((*host.failures, *led.failures))),
            evidence=(*host.evidence, *led.evidence),
        )
    return host


def _is_elsewhere(target: str, host: HostAnswer) -> bool:
    return bool(target) and target != host.name and target not in {name for name, _ in host.aliases}


def _place_target(subject: str, target: str, bindings: _Bindings, evidence: Evidence, outlook: Outlook) -> Iterable[Placement]:
    """Return the placements of a host that an HTTPS record names; its name and aliases are signs, as those of a CNAME are."""
    host = resolve_host(target, evidence)
    led = replace(host, aliases=((target, bindings.evidence), *host.aliases))
    signs, edge = alias_signs(led, outlook)
    signs = tuple(replace(sign, kind=SignKind.HTTPS) if sign.evidence == bindings.evidence else sign for sign in signs)
    host = _with_hints(host, bindings, target)
    endpoint = Endpoint(subject, Role.WEB, target, signs, edge=edge, evidence=(bindings.evidence,), host=host)
    return _place_web(endpoint, evidence, outlook)


def _place_web(endpoint: Endpoint, evidence: Evidence, outlook: Outlook) -> Iterator[Placement]:
    """Yield the placements of a web endpoint, and of the online service that its aliases name."""
    yield from place(endpoint, evidence, outlook)
    services: tuple[Sign, ...] = tuple(sign for sign in endpoint.service_signs if _is_saas(sign.party.provider, outlook))
    if services:
        yield from place(replace(endpoint, role=Role.SAAS, service_signs=services), evidence, outlook)


def _is_saas(provider_id: str | None, outlook: Outlook) -> bool:
    provider = outlook.knowledge.provider(provider_id) if provider_id else None
    return provider is not None and ProviderKind.SAAS in provider.kinds and ProviderKind.HOSTING not in provider.kinds
