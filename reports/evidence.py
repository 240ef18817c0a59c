"""One sentence for each observation kind: what was seen, and no more than that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeAlias

from herkomst.reports.words import Words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model import observation as seen
from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsResource
from herkomst.scanner.model.identity import Plain, plain
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.kubernetes import KubeCluster, KubeContexts, KubeCoverage, KubeObject, KubePods
from herkomst.scanner.names import display

MAX_VALUES = 12
Values: TypeAlias = dict[str, str]


def word_content(content: seen.Content, words: Words, knowledge: Knowledge) -> str:
    """Return the content of an observation in one sentence; a kind without words of its own is shown field by field."""
    make = _WORDED.get(content.kind)
    if make is None:
        fields = plain(content)
        pairs = [f"{name} {_flat(value)}" for name, value in fields.items()] if isinstance(fields, dict) else []
        return words.say("evidence.other", kind=content.kind, fields="; ".join(pairs))
    return words.say(f"evidence.{content.kind}", **make(content, words, knowledge))


def _flat(value: Plain) -> str:
    return ", ".join(_flat(item) for item in value) if isinstance(value, list) else display(str(value))


def some_of(values: Iterable[str], words: Words) -> str:
    """Return values in a row, cut where there are many; the word for none where there are none."""
    shown = [display(value) for value in values]
    rest = [f"… (+{len(shown) - MAX_VALUES})"] if len(shown) > MAX_VALUES else []
    return ", ".join(shown[:MAX_VALUES] + rest) or words.say("evidence.none")


def _rrset(content: seen.DnsRRset, words: Words, _: Knowledge) -> Values:
    return {"name": content.name, "rdtype": content.rdtype, "values": some_of(content.values, words)}


def _no_answer(content: seen.DnsNoAnswer, words: Words, _: Knowledge) -> Values:
    return {"name": content.name, "rdtype": content.rdtype, "outcome": words.of("no_answer", content.outcome)}


def _chain(content: seen.DnsChain, words: Words, _: Knowledge) -> Values:
    return {"name": content.name, "hops": some_of(content.hops, words), "ended": words.of("chain_end", content.ended)}


def _delegation(content: seen.DnsDelegation, words: Words, _: Knowledge) -> Values:
    signed = {True: words.say("evidence.signed"), False: words.say("evidence.unsigned"), None: words.say("evidence.unknown")}
    return {
        "name": content.name,
        "parent": content.parent,
        "said_by": content.said_by,
        "servers": some_of(content.servers, words),
        "glue": some_of(content.glue, words),
        "signed": signed[content.has_ds],
    }


def _spf_term(content: seen.SpfTerm, words: Words, _: Knowledge) -> Values:
    return {
        "root": content.root,
        "qualifier": content.qualifier,
        "mechanism": content.mechanism,
        "value": content.value,
        "path": some_of(content.path, words),
    }


def _spf_policy(content: seen.SpfPolicy, words: Words, _: Knowledge) -> Values:
    return {
        "root": content.root,
        "lookups": str(content.lookups),
        "void_lookups": str(content.void_lookups),
        "problem": content.problem or words.say("evidence.none"),
    }


def _special_use(content: seen.IpSpecialUse, words: Words, _: Knowledge) -> Values:
    return {"address": content.address, "use": words.of("special_use", content.use)}


def _range(content: seen.IpRange, words: Words, knowledge: Knowledge) -> Values:
    provider = knowledge.provider(content.provider)
    region = content.border_group or content.region
    return {
        "address": content.address,
        "prefix": content.prefix,
        "provider": provider.name if provider else content.provider,
        "region": region or words.say("evidence.none"),
        "scope": words.of("range_scope", content.scope),
    }


def _origin(content: seen.IpOrigin, words: Words, _: Knowledge) -> Values:
    holders = (*content.holders, *[""] * len(content.asns))
    networks = [f"AS{asn} {holder}".strip() for asn, holder in zip(content.asns, holders, strict=False)]
    return {"address": content.address, "prefix": content.prefix, "networks": some_of(networks, words)}


def _in_country(content: seen.IpRegistration | seen.IpLocation | seen.GeofeedEntry, words: Words, _: Knowledge) -> Values:
    country = words.country(content.country) if content.country else words.say("evidence.none")
    return {"address": content.address, "prefix": content.prefix, "country": country}


def _rdap(content: seen.RdapNetwork, words: Words, _: Knowledge) -> Values:
    unknown = words.say("evidence.unknown")
    country = content.holder_country or content.country
    return {
        "address": content.address,
        "handle": content.handle or content.name,
        "prefixes": some_of(content.prefixes, words),
        "holder": content.holder or unknown,
        "country": words.country(country) if country else unknown,
    }


def _rtt(content: seen.RttBound, words: Words, _: Knowledge) -> Values:
    return {
        "address": content.address,
        "probe": content.probe,
        "rtt_ms": f"{content.rtt_ms:g}",
        "countries": some_of((words.country(code) for code in content.countries), words),
    }


def _certificate(content: seen.TlsChain, words: Words, _: Knowledge) -> Values:
    unknown = words.say("evidence.unknown")
    return {
        "name": content.name,
        "address": content.address,
        "port": str(content.port),
        "names": unknown if content.problem else some_of(content.names, words),
        "issuer": content.issuer or unknown,
        "not_before": _day(content.not_before, words),
        "not_after": _day(content.not_after, words),
        "problem": words.of("certificate", content.problem) if content.problem else words.say("evidence.none"),
    }


def _day(instant: str, words: Words) -> str:
    try:
        return words.day(datetime.fromisoformat(instant))
    except ValueError:
        return display(instant) or words.say("evidence.unknown")


def _no_service(content: seen.TlsNoService, _: Words, __: Knowledge) -> Values:
    return {"name": content.name, "address": content.address, "port": str(content.port)}


def _aws_account(content: AwsAccount, words: Words, _: Knowledge) -> Values:
    return {
        "account": content.account,
        "partition": content.partition,
        "regions": some_of(content.regions, words),
        "regions_not_enabled": some_of(content.regions_not_enabled, words),
        "rights": words.of("aws_rights", content.rights),
        "beyond": some_of(content.allowed_beyond_reading, words),
    }


def _aws_coverage(content: AwsCoverage, words: Words, _: Knowledge) -> Values:
    return {
        "account": content.account,
        "region": content.region,
        "service": content.service or "*",
        "outcome": words.of("aws_outcome", content.outcome),
        "calls": str(content.calls),
        "unread": some_of(content.unread, words),
    }


def _aws_resource(content: AwsResource, words: Words, _: Knowledge) -> Values:
    return {
        "account": content.account,
        "service": content.service,
        "type": content.type,
        "id": content.id,
        "region": content.region,
        "zone": content.outpost or content.zone or words.say("evidence.none"),
        "links": some_of((f"{link.relation} {link.target}" for link in content.links), words),
        "encrypted_by": content.key or words.say("evidence.none"),
    }


def _inventory_file(content: InventoryFile, words: Words, _: Knowledge) -> Values:
    return {
        "source": display(content.source),
        "format": content.format,
        "as_of": content.as_of or words.say("evidence.unknown"),
        "resources": str(content.resources),
        "unread": some_of((f"{display(name)} ({count})" for name, count in content.unread), words),
    }


def _inventory_resource(content: InventoryResource, words: Words, _: Knowledge) -> Values:
    return {
        "source": display(content.source),
        "type": display(content.type),
        "id": display(content.id),
        "place": display(content.zone or content.region) or words.say("evidence.unknown"),
    }


def _cluster(content: KubeCluster, words: Words, _: Knowledge) -> Values:
    unknown = words.say("evidence.unknown")
    return {
        "cluster": display(content.cluster),
        "server": display(content.server),
        "version": display(content.version),
        "missing": some_of(content.missing, words) if content.rights_known else unknown,
        "beyond": some_of(content.beyond, words) if content.rights_known else unknown,
    }


def _contexts(content: KubeContexts, words: Words, _: Knowledge) -> Values:
    return {"contexts": some_of(content.contexts, words)}


def _kube_coverage(content: KubeCoverage, words: Words, _: Knowledge) -> Values:
    return {
        "cluster": display(content.cluster),
        "resource": display(content.resource),
        "namespace": display(content.namespace) or "*",
        "outcome": words.of("kube_outcome", content.outcome),
        "objects": str(content.objects),
    }


def _kube_object(content: KubeObject, words: Words, _: Knowledge) -> Values:
    name = f"{content.namespace}/{content.name}" if content.namespace else content.name
    return {
        "cluster": display(content.cluster),
        "resource": display(content.resource),
        "name": display(name),
        "driver": display(content.provider_id or content.driver) or words.say("evidence.none"),
        "labels": some_of((f"{key}={value}" for key, value in content.labels), words),
        "reached": some_of((*content.addresses, *content.names), words),
        "links": some_of((f"{link.relation} {link.target}" for link in content.links), words),
        "images": some_of(content.images, words),
    }


def _kube_pods(content: KubePods, words: Words, _: Knowledge) -> Values:
    return {
        "cluster": display(content.cluster),
        "namespace": display(content.namespace),
        "owner": display(content.owner) or words.say("evidence.none"),
        "nodes": some_of((f"{name or '-'} ({count})" for name, count in content.nodes), words),
        "images": some_of(content.images, words),
        "claims": some_of(content.claims, words),
    }


_WORDED: dict[str, Callable[[Any, Words, Knowledge], Values]] = {
    seen.DnsRRset.kind: _rrset,
    seen.DnsNoAnswer.kind: _no_answer,
    seen.DnsChain.kind: _chain,
    seen.DnsDelegation.kind: _delegation,
    seen.SpfTerm.kind: _spf_term,
    seen.SpfPolicy.kind: _spf_policy,
    seen.IpSpecialUse.kind: _special_use,
    seen.IpRange.kind: _range,
    seen.IpOrigin.kind: _origin,
    seen.IpRegistration.kind: _in_country,
    seen.IpLocation.kind: _in_country,
    seen.GeofeedEntry.kind: _in_country,
    seen.RdapNetwork.kind: _rdap,
    seen.RttBound.kind: _rtt,
    seen.TlsChain.kind: _certificate,
    seen.TlsNoService.kind: _no_service,
    AwsAccount.kind: _aws_account,
    AwsCoverage.kind: _aws_coverage,
    AwsResource.kind: _aws_resource,
    InventoryFile.kind: _inventory_file,
    InventoryResource.kind: _inventory_resource,
    KubeCluster.kind: _cluster,
    KubeContexts.kind: _contexts,
    KubeCoverage.kind: _kube_coverage,
    KubeObject.kind: _kube_object,
    KubePods.kind: _kube_pods,
}
