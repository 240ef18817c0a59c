"""All observations and failures of a run, indexed by what was asked."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import (
    Content,
    DnsChain,
    DnsNoAnswer,
    DnsRRset,
    GeofeedEntry,
    IpLocation,
    IpOrigin,
    IpRange,
    IpRegistration,
    IpSpecialUse,
    Observation,
    RdapNetwork,
    RttBound,
    SpfPolicy,
    SpfTerm,
)

C = TypeVar("C", bound=Content)
ADDRESS_CONTENT = (IpSpecialUse, IpRange, IpOrigin, IpRegistration, IpLocation, RdapNetwork, GeofeedEntry, RttBound)
DNS_KIND = DnsRRset.kind


class Evidence:
    """Look-ups over what was collected. `not_asked` holds the kinds of the sources that were switched off.

    The order of observations never matters: where several answer one question, they are sorted by id.
    """

    def __init__(
        self, observations: Iterable[Observation], failures: Iterable[Failure] = (), not_asked: Iterable[str] = ()
    ) -> None:
        self.not_asked = tuple(sorted(set(not_asked)))
        self._rrsets: dict[tuple[str, str], Observation] = {}
        self._no_answers: dict[tuple[str, str], Observation] = {}
        self._chains: dict[str, Observation] = {}
        self._policies: dict[str, Observation] = {}
        self._terms: dict[str, list[Observation]] = defaultdict(list)
        self._by_address: dict[str, list[Observation]] = defaultdict(list)
        self._by_subject: dict[str, list[Observation]] = defaultdict(list)
        self._failures: dict[tuple[str, str], list[Failure]] = defaultdict(list)
        for observation in sorted(observations, key=lambda item: item.id):
            self._add(observation)
        for failure in sorted(failures, key=lambda item: item.id):
            self._failures[failure.subject, failure.kind].append(failure)

    def _add(self, observation: Observation) -> None:
        content = observation.content
        self._by_subject[observation.subject].append(observation)
        if isinstance(content, DnsRRset):
            self._rrsets[content.name, content.rdtype] = observation
        elif isinstance(content, DnsNoAnswer):
            self._no_answers[content.name, content.rdtype] = observation
        elif isinstance(content, DnsChain):
            self._chains[content.name] = observation
        elif isinstance(content, SpfPolicy):
            self._policies[content.root] = observation
        elif isinstance(content, SpfTerm):
            self._terms[content.root].append(observation)
        elif isinstance(content, ADDRESS_CONTENT):
            self._by_address[content.address].append(observation)

    # -- DNS --------------------------------------------------------------------------------------------------------

    def rrset(self, name: str, rdtype: str) -> tuple[DnsRRset, str] | None:
        """Return the record set of a name and the observation's id."""
        return _content(self._rrsets.get((name, rdtype)), DnsRRset)

    def no_answer(self, name: str, rdtype: str) -> tuple[DnsNoAnswer, str] | None:
        """Return the "no" to a question and the observation's id."""
        return _content(self._no_answers.get((name, rdtype)), DnsNoAnswer)

    def chain(self, name: str) -> tuple[DnsChain, str] | None:
        """Return the CNAME chain of a name; None where the name is no alias."""
        return _content(self._chains.get(name), DnsChain)

    def spf_policy(self, name: str) -> tuple[SpfPolicy, str] | None:
        """Return how the SPF policy of a name evaluated."""
        return _content(self._policies.get(name), SpfPolicy)

    def spf_terms(self, name: str) -> tuple[tuple[SpfTerm, str], ...]:
        """Return the terms of the SPF policy of a name, nested ones included."""
        return tuple(_pairs(self._terms.get(name, ()), SpfTerm))

    def dns_failure(self, name: str, rdtype: str, subject: str = "") -> Failure | None:
        """Return the failure of a question, or of the whole DNS collection of `subject`, or None where it was answered.

        A question without answer and without failure was never asked; it counts as a failure, since nothing is known.
        """
        if (name, rdtype) in self._rrsets or (name, rdtype) in self._no_answers:
            return None
        for holder in (name, subject):
            for failure in self._failures.get((holder, DNS_KIND), ()):
                if failure.scope in (rdtype if holder == name else "", ""):
                    return failure
        return Failure("dns", name, DNS_KIND, FailureReason.CANCELLED, True, rdtype)

    def spf_failure(self, name: str) -> Failure | None:
        """Return the failure of reading the SPF policy of an included name; None where it was read or not asked for."""
        failures = self._failures.get((name, DNS_KIND), ())
        return next((failure for failure in failures if failure.scope in ("TXT", "")), None)

    def known_dns_failure(self, name: str) -> Failure | None:
        """Return the recorded failure of any question about a name; a question that was never asked is none."""
        failures = self._failures.get((name, DNS_KIND), ())
        return failures[0] if failures else None

    def policy_failures(self, name: str) -> tuple[Failure, ...]:
        """Return what of the SPF policy of a name could not be read, or was left out for its size."""
        return tuple(failure for kind in (SpfPolicy.kind, SpfTerm.kind) for failure in self._failures.get((name, kind), ()))

    def aliases_under(self, suffix: str) -> tuple[tuple[str, str, str], ...]:
        """Return (name, where it leads, observation id) for every alias below `suffix`, hop by hop, by name."""
        found: dict[tuple[str, str], str] = {}
        for content, oid in self.rrsets_under(suffix, "CNAME"):
            found.update({(content.name, value): oid for value in content.values})
        for name, observation in sorted(self._chains.items()):
            if name.endswith("." + suffix) and isinstance(observation.content, DnsChain):
                for hop in observation.content.hops:
                    found.setdefault((name, hop), observation.id)
        return tuple((name, hop, oid) for (name, hop), oid in found.items())

    def rrsets_under(self, suffix: str, rdtype: str) -> tuple[tuple[DnsRRset, str], ...]:
        """Return the record sets of one type of all names below `suffix`, by name."""
        return tuple(
            (observation.content, observation.id)
            for (name, asked), observation in sorted(self._rrsets.items())
            if asked == rdtype and name.endswith("." + suffix) and isinstance(observation.content, DnsRRset)
        )

    def dns_failures_under(self, suffix: str, rdtype: str) -> tuple[Failure, ...]:
        """Return the failed questions of one type for names below `suffix`."""
        return tuple(
            failure
            for (subject, kind), failures in sorted(self._failures.items())
            if kind == DNS_KIND and subject.endswith("." + suffix)
            for failure in failures
            if failure.scope in (rdtype, "")
        )

    # -- addresses --------------------------------------------------------------------------------------------------

    def about(self, address: str, content_type: type[C]) -> tuple[tuple[C, str], ...]:
        """Return what is known of an address (or of a declared network) in one kind, with the ids."""
        return tuple(_pairs(self._by_address.get(address, ()), content_type))

    def address_failures(self, address: str) -> tuple[Failure, ...]:
        """Return the sources that were asked about an address and failed, reverse DNS included."""
        reverse = reverse_name(address)
        return tuple(
            failure
            for (subject, kind), failures in self._failures.items()
            if subject == address or (reverse and subject == reverse and kind == DNS_KIND)
            for failure in failures
        )

    def addresses_under(self, subject: str) -> tuple[str, ...]:
        """Return the addresses or segments that were described under a target, such as a declared network."""
        return tuple(
            sorted(
                {item.content.address for item in self._by_subject.get(subject, ()) if isinstance(item.content, ADDRESS_CONTENT)}
            )
        )

    def has_answers(self, address: str) -> bool:
        """Say whether anything at all is known of an address."""
        return address in self._by_address


def reverse_name(address: str) -> str:
    """Return the owner name of the PTR record of an address; empty for a network."""
    try:
        return ipaddress.ip_address(address).reverse_pointer
    except ValueError:
        return ""


def _content(observation: Observation | None, content_type: type[C]) -> tuple[C, str] | None:
    if observation is None or not isinstance(observation.content, content_type):
        return None
    return observation.content, observation.id


def _pairs(observations: Iterable[Observation], content_type: type[C]) -> Iterable[tuple[C, str]]:
    for observation in observations:
        if isinstance(observation.content, content_type):
            yield observation.content, observation.id
