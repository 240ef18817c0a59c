"""All observations and failures of a run, indexed by what was asked."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsResource
from herkomst.scanner.model.breadth import DELEGATION, DKIM, INCLUDES, is_narrow, left_out_part
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.kubernetes import KubeCluster, KubeContexts, KubeCoverage, KubeObject, KubePods
from herkomst.scanner.model.observation import (
    Content,
    DnsChain,
    DnsDelegation,
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
    TlsChain,
)

C = TypeVar("C", bound=Content)
ADDRESS_CONTENT = (IpSpecialUse, IpRange, IpOrigin, IpRegistration, IpLocation, RdapNetwork, GeofeedEntry, RttBound)
CLUSTER_CONTENT = (KubeCluster, KubeContexts, KubeCoverage, KubeObject, KubePods)
DNS_KIND = DnsRRset.kind
DNS_ONLY = frozenset({DnsNoAnswer.kind, DnsChain.kind, DnsDelegation.kind, SpfPolicy.kind, SpfTerm.kind})
"""Kinds that no address can lack: of an address, the DNS is only asked for its name."""
_SELECTORS = "._domainkey."


class Evidence:
    """Look-ups over what was collected. `not_asked` holds the kinds of the sources that were switched off, and the parts left out.

    A question that the run's breadth left out is a failure (`not_asked`) for whoever looks for its answer: it could have shown
    anything, so nothing may be greener without it.

    The order of observations never matters: where several answer one question, they count together, sorted by id.
    """

    def __init__(
        self, observations: Iterable[Observation], failures: Iterable[Failure] = (), not_asked: Iterable[str] = ()
    ) -> None:
        self.not_asked = tuple(sorted(set(not_asked)))
        self._rrsets: dict[tuple[str, str], list[tuple[DnsRRset, str]]] = defaultdict(list)
        self._no_answers: dict[tuple[str, str], tuple[DnsNoAnswer, str]] = {}
        self._chains: dict[str, list[tuple[DnsChain, str]]] = defaultdict(list)
        self._delegations: dict[str, list[tuple[DnsDelegation, str]]] = defaultdict(list)
        self._policies: dict[str, tuple[SpfPolicy, str]] = {}
        self._terms: dict[str, list[tuple[SpfTerm, str]]] = defaultdict(list)
        self._by_address: dict[str, list[Observation]] = defaultdict(list)
        self._under: dict[str, set[str]] = defaultdict(set)
        self._selectors: dict[str, set[str]] = defaultdict(set)
        self._certificates: dict[str, list[tuple[TlsChain, str]]] = defaultdict(list)
        self._inside: dict[str, list[Observation]] = defaultdict(list)
        self._stated: dict[str, list[Observation]] = defaultdict(list)
        self._failures: dict[str, list[Failure]] = defaultdict(list)
        for observation in sorted(observations, key=lambda item: item.id):
            self._add(observation)
        for failure in sorted(failures, key=lambda item: item.id):
            self._failures[failure.subject].append(failure)
            self._note_selector(failure.subject)

    def _add(self, observation: Observation) -> None:
        content, oid = observation.content, observation.id
        if isinstance(content, DnsRRset):
            self._rrsets[content.name, content.rdtype].append((content, oid))
            self._note_selector(content.name)
        elif isinstance(content, DnsNoAnswer):
            self._no_answers[content.name, content.rdtype] = (content, oid)
        elif isinstance(content, DnsChain):
            self._chains[content.name].append((content, oid))
            self._note_selector(content.name)
        elif isinstance(content, DnsDelegation):
            self._delegations[content.name].append((content, oid))
        elif isinstance(content, SpfPolicy):
            self._policies[content.root] = (content, oid)
        elif isinstance(content, SpfTerm):
            self._terms[content.root].append((content, oid))
        elif isinstance(content, TlsChain):
            self._certificates[content.name].append((content, oid))
        elif isinstance(content, (AwsAccount, AwsCoverage, AwsResource)):
            self._inside[content.account].append(observation)
        elif isinstance(content, CLUSTER_CONTENT):
            self._inside[content.cluster].append(observation)
        elif isinstance(content, (InventoryFile, InventoryResource)):
            self._stated[content.source].append(observation)
        elif isinstance(content, ADDRESS_CONTENT):
            self._by_address[content.address].append(observation)
            self._under[observation.subject].add(content.address)

    def _note_selector(self, name: str) -> None:
        _, found, domain = name.partition(_SELECTORS)
        if found:
            self._selectors[domain].add(name)

    # -- DNS --------------------------------------------------------------------------------------------------------

    def rrset(self, name: str, rdtype: str) -> tuple[DnsRRset, str] | None:
        """Return the record set of a name and the observation's id; two different answers to one question count together."""
        found = self._rrsets.get((name, rdtype))
        if not found:
            return None
        values = tuple(sorted({value for content, _ in found for value in content.values}))
        content, oid = found[0]
        return (content if content.values == values else replace(content, values=values)), oid

    def no_answer(self, name: str, rdtype: str) -> tuple[DnsNoAnswer, str] | None:
        """Return the "no" to a question and the observation's id."""
        return self._no_answers.get((name, rdtype))

    def chains(self, name: str) -> tuple[tuple[DnsChain, str], ...]:
        """Return every way that the aliases of a name lead; none where the name is no alias."""
        return tuple(self._chains.get(name, ()))

    def delegations(self, zone: str) -> tuple[tuple[DnsDelegation, str], ...]:
        """Return what servers of the parent zone say of a zone; several where it was asked for several names of it."""
        return tuple(self._delegations.get(zone, ()))

    def delegation_failure(self, zone: str, subject: str) -> Failure | None:
        """Return why the parent zone is not known to name the servers of a zone; None where it is known, or the source was switched off."""
        if zone in self._delegations:
            return None
        for holder in (zone, subject):
            for failure in self._failures.get(holder, ()):
                if failure.kind == DnsDelegation.kind:
                    return failure
        if DnsDelegation.kind in self.not_asked:
            return None
        if DELEGATION in self.not_asked:
            return replace(_left_out(zone, "NS", DELEGATION), kind=DnsDelegation.kind)
        return Failure("dns", zone, DnsDelegation.kind, FailureReason.CANCELLED, True)

    def spf_policy(self, name: str) -> tuple[SpfPolicy, str] | None:
        """Return how the SPF policy of a name evaluated."""
        return self._policies.get(name)

    def spf_terms(self, name: str) -> tuple[tuple[SpfTerm, str], ...]:
        """Return the terms of the SPF policy of a name, nested ones included."""
        return tuple(self._terms.get(name, ()))

    def dns_failure(self, name: str, rdtype: str, subject: str = "") -> Failure | None:
        """Return the failure of a question, or of the whole DNS collection of `subject`, or None where it was answered.

        A question without answer and without failure was never asked; it counts as a failure, since nothing is known: left out by the
        run's breadth, or not reached.
        """
        if (name, rdtype) in self._rrsets or (name, rdtype) in self._no_answers:
            return None
        for holder in (name, subject):
            for failure in self._dns_failures(holder):
                if failure.scope in (rdtype if holder == name else "", ""):
                    return failure
        part = left_out_part(name, self.not_asked)
        if part:
            return _left_out(name, rdtype, part)
        return Failure("dns", name, DNS_KIND, FailureReason.CANCELLED, True, rdtype)

    def known_dns_failure(self, name: str, rdtype: str = "") -> Failure | None:
        """Return the recorded failure of a question about a name, or of any where no type is given; a question never asked is none."""
        failures = self._dns_failures(name)
        return next((failure for failure in failures if not rdtype or failure.scope in (rdtype, "")), None)

    def _dns_failures(self, name: str) -> list[Failure]:
        failures = self._failures.get(name)
        return [failure for failure in failures if failure.kind == DNS_KIND] if failures else []

    def policy_failures(self, name: str) -> tuple[Failure, ...]:
        """Return what of the SPF policy of a name could not be read, or was left out for its size or by the run's breadth."""
        found = tuple(failure for failure in self._failures.get(name, ()) if failure.kind in (SpfPolicy.kind, SpfTerm.kind))
        terms = self._terms.get(name, ()) if INCLUDES in self.not_asked else ()
        if any(term.mechanism in ("include", "redirect") for term, _ in terms):
            return (*found, replace(_left_out(name, "TXT", INCLUDES), kind=SpfTerm.kind))
        return found

    # -- DKIM selectors ---------------------------------------------------------------------------------------------

    def selector_aliases(self, domain: str) -> tuple[tuple[str, str, str], ...]:
        """Return (selector's name, where it leads, observation id) for every alias of a DKIM selector, hop by hop, by name."""
        found: dict[tuple[str, str], str] = {}
        for name in sorted(self._selectors.get(domain, ())):
            records, chains = self._rrsets.get((name, "CNAME"), ()), self._chains.get(name, ())
            found.update({(name, value): oid for content, oid in records for value in content.values})
            for chain, oid in chains:
                for hop in chain.hops:
                    found.setdefault((name, hop), oid)
        return tuple((name, target, oid) for (name, target), oid in found.items())

    def selector_failures(self, domain: str) -> tuple[Failure, ...]:
        """Return the failed questions whether a DKIM selector is an alias; one for all where the run asked for none."""
        if DKIM in self.not_asked:
            return (_left_out(f"{_SELECTORS[1:]}{domain}", "CNAME", DKIM),)
        failed = (self.known_dns_failure(name, "CNAME") for name in sorted(self._selectors.get(domain, ())))
        return tuple(failure for failure in failed if failure is not None)

    # -- certificates -----------------------------------------------------------------------------------------------

    def certificates(self, name: str) -> tuple[tuple[TlsChain, str], ...]:
        """Return every certificate that a name showed, those that are not to be trusted included."""
        return tuple(self._certificates.get(name, ()))

    def certificate_failures(self, name: str) -> tuple[Failure, ...]:
        """Return what of the certificates of a name could not be seen; one for all where the run's breadth left them out.

        A run that has them switched off in another way has none: that is listed, and no failure.
        """
        found = tuple(failure for failure in self._failures.get(name, ()) if failure.kind == TlsChain.kind)
        if TlsChain.kind in self.not_asked and is_narrow(self.not_asked):
            return (*found, Failure("tls", name, TlsChain.kind, FailureReason.NOT_ASKED, False, "", TlsChain.kind))
        return found

    # -- addresses --------------------------------------------------------------------------------------------------

    def about(self, address: str, content_type: type[C]) -> tuple[tuple[C, str], ...]:
        """Return what is known of an address (or of a declared network) in one kind, with the ids."""
        found = self._by_address.get(address, ())
        return tuple((item.content, item.id) for item in found if isinstance(item.content, content_type))

    def address_failures(self, address: str) -> tuple[Failure, ...]:
        """Return the sources that were asked about an address and failed, its reverse name included.

        An address of which nothing is known, not even that it was asked about, counts as one whose sources failed.
        """
        reverse = reverse_name(address)
        names = [*self._dns_failures(address), *(self._dns_failures(reverse) if reverse else ())]
        sources = [failure for failure in self._failures.get(address, ()) if failure.kind not in DNS_ONLY | {DNS_KIND}]
        if address not in self._by_address and all(failure.kind != IpRange.kind for failure in sources):
            sources.append(Failure("ip_ownership", address, IpRange.kind, FailureReason.CANCELLED, True))
        return (*sources, *(replace(failure, scope="PTR") for failure in names))

    def identity_of_address(self, address: str) -> tuple[object, ...]:
        """Return what tells all that is known and not known of an address from any other such state."""
        reverse = reverse_name(address)
        return (
            address,
            tuple([item.id for item in self._by_address.get(address, ())]),
            tuple([oid for _, oid in self._rrsets.get((reverse, "PTR"), ())]),
            tuple(self._failures.get(address, ())),
            tuple(self._failures.get(reverse, ())),
        )

    def addresses_under(self, subject: str) -> tuple[str, ...]:
        """Return the addresses or segments that were described under a target, such as a declared network."""
        return tuple(sorted(self._under.get(subject, ())))

    # -- cloud accounts and clusters ------------------------------------------------------------------------------------

    def inside(self, account: str, content_type: type[C]) -> tuple[tuple[C, str], ...]:
        """Return what an account or cluster says of itself in one kind, with the ids."""
        found = self._inside.get(account, ())
        return tuple((item.content, item.id) for item in found if isinstance(item.content, content_type))

    def inside_failures(self, account: str) -> tuple[Failure, ...]:
        """Return what could not be asked of an account: of the whole of it, and of its Regions (`account/region`)."""
        kinds = (AwsAccount.kind, AwsCoverage.kind, AwsResource.kind)
        listed = (item for subject, found in self._failures.items() if subject.partition("/")[0] == account for item in found)
        return tuple(sorted((item for item in listed if item.kind in kinds), key=lambda item: item.id))

    def cluster_failures(self, target: str) -> tuple[Failure, ...]:
        """Return what could not be read of a cluster, or of the namespace that was to be read."""
        kinds = {content.kind for content in CLUSTER_CONTENT}
        return tuple(failure for failure in self._failures.get(target, ()) if failure.kind in kinds)

    def stated(self, source: str, content_type: type[C]) -> tuple[tuple[C, str], ...]:
        """Return what a holder's export says in one kind, with the ids."""
        found = self._stated.get(source, ())
        return tuple((item.content, item.id) for item in found if isinstance(item.content, content_type))

    def stated_failures(self, source: str) -> tuple[Failure, ...]:
        """Return what of an export could not be read."""
        kinds = (InventoryFile.kind, InventoryResource.kind)
        return tuple(failure for failure in self._failures.get(source, ()) if failure.kind in kinds)


@lru_cache(maxsize=4096)
def _left_out(name: str, rdtype: str, part: str) -> Failure:
    return Failure("dns", name, DNS_KIND, FailureReason.NOT_ASKED, False, rdtype, part)


@lru_cache(maxsize=4096)
def reverse_name(address: str) -> str:
    """Return the owner name of the PTR record of an address; empty for a network."""
    try:
        return ipaddress.ip_address(address).reverse_pointer
    except ValueError:
        return ""
