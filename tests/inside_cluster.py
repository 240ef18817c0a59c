"""A Kubernetes cluster as the collector describes it, built without one: observations for the judging tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from herkomst.collectors.kubernetes.registry import KINDS
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Organisation, Role, SaidBy, Scope, System
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.kubernetes import (
    KubeCluster,
    KubeCoverage,
    KubeLink,
    KubeObject,
    KubeOutcome,
    KubePods,
    KubeRelation,
    explored_assets,
    read_scope,
)
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.verdicts.judge import judge_claim
from inside_account import AT, embedded_knowledge

NAME = "productie"
REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
OWN_REGISTRY = "registry.voorbeeld.example"
ORGANISATION = Organisation("Gemeente Voorbeeld")
CONTENT_KINDS = (KubeCluster.kind, KubeCoverage.kind, KubeObject.kind, KubePods.kind)


@dataclass
class Cluster:
    """One cluster; every kind is listed to its end unless `lose` says otherwise."""

    asset_value: str = NAME
    server: str = "192.0.2.10:6443"
    version: str = "v1.31.2"
    groups: tuple[str, ...] = ()
    objects: list[KubeObject | KubePods] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    outside: list[Observation] = field(default_factory=list)
    lost: dict[str, KubeOutcome] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return read_scope(self.asset_value).read_as

    def node(
        self,
        provider_id: str = "",
        *,
        region: str = "",
        zone: str = "",
        labelled_by: str = "",
        addresses: tuple[str, ...] = (),
        virtual: str = "",
        name: str = "",
        labels: tuple[tuple[str, str], ...] = (),
    ) -> Cluster:
        places = tuple((key, value) for key, value in ((REGION, region), (ZONE, zone)) if value)
        said = (("labelled_by", labelled_by), ("virtual", virtual))
        return self.add(
            "nodes",
            name or f"node-{len(self.objects)}",
            provider_id=provider_id,
            labels=(*labels, *places),
            addresses=addresses,
            attributes=tuple(pair for pair in said if pair[1]),
        )

    def pods(
        self,
        *nodes: str,
        image: str = f"{OWN_REGISTRY}/zaken:1",
        namespace: str = "zaken",
        labels: tuple[tuple[str, str], ...] = (("app", "zaken"),),
        owner: str = "Deployment zaken",
        group: str = "apps",
        claims: tuple[str, ...] = (),
    ) -> Cluster:
        placed = tuple((node, 1) for node in nodes)
        self.objects.append(KubePods(self.target, namespace, owner, labels, (image,), placed, "default", claims, group))
        return self

    def volume(
        self, driver: str, *, zone: tuple[str, str] = ("", ""), claim: str = "zaken/data", name: str = "", server: str = ""
    ) -> Cluster:
        labels = ((f"affinity {zone[0]}", zone[1]),) if zone[0] else ()
        said = (("claim", claim), ("server", server))
        return self.add(
            "persistentvolumes",
            name or f"pv-{len(self.objects)}",
            driver=driver,
            labels=labels,
            attributes=tuple(pair for pair in said if pair[1]),
        )

    def link(self, resource: str, relation: KubeRelation, target: str, namespace: str = "zaken", **attributes: str) -> Cluster:
        links = (KubeLink(relation, target),) if target else ()
        name = f"{resource.partition('.')[0]}-{len(self.objects)}"
        self.objects.append(
            KubeObject(self.target, resource, namespace, name, links=links, attributes=tuple(sorted(attributes.items())))
        )
        return self

    def add(self, resource: str, name: str, namespace: str = "", **more: object) -> Cluster:
        self.objects.append(KubeObject(self.target, resource, namespace, name, **more))  # type: ignore[arg-type]  # fields of it
        return self

    def lose(self, resource: str, reason: FailureReason = FailureReason.DENIED) -> Cluster:
        """Let one list fail, and what it gave be unknown."""
        self.lost[resource] = KubeOutcome.DENIED
        kept = [item for item in self.objects if resource != ("pods" if isinstance(item, KubePods) else item.resource)]
        self.objects = kept
        self.failures.append(Failure("kubernetes", self.target, KubeObject.kind, reason, retryable=False, scope=resource))
        return self

    def contents(self) -> Iterable[Content]:
        yield KubeCluster(self.target, self.server, self.version, tuple(kind.question for kind in KINDS), groups=self.groups)
        for kind in KINDS:
            yield KubeCoverage(self.target, kind.resource, "", self.lost.get(kind.resource, KubeOutcome.COMPLETE), 1)
        yield from self.objects

    def observations(self) -> list[Observation]:
        return [
            *(Observation(self.target, "kubernetes", "test", AT, content) for content in self.contents()),
            *self.outside,
        ]

    def picture(self, evidence: Evidence | None = None, asset: Asset | None = None) -> Picture:
        found = evidence or Evidence(self.observations(), self.failures)
        declared = asset or Asset(AssetKind.KUBERNETES, self.asset_value)
        return attribute(declared, found, Outlook(embedded_knowledge(), ORGANISATION, AT.date()))

    def judge(
        self,
        key: str,
        *values: str,
        operator: Operator = Operator.IS,
        evidence: Evidence | None = None,
        scope: Scope = Scope(),  # noqa: B008 - a frozen value can be shared
        absent: Iterable[Role] = (),
    ) -> Verdict:
        claim = Claim(key, operator, values, SaidBy.SUPPLIER, scope=scope)
        declared = Asset(AssetKind.KUBERNETES, self.asset_value)
        system = System("zaken", ORGANISATION, None, (declared,), frozenset(absent), (claim,))
        pictures = [self.picture(evidence, asset) for asset in explored_assets(system)]
        return judge_claim(system, claim, pictures, Context(embedded_knowledge(), system, date(2026, 11, 23)))


def without(cluster: Cluster, lost: Observation) -> Evidence:
    """Return what is known when one observation is replaced by the failure of the list that gave it."""
    kept = [item for item in cluster.observations() if item.id != lost.id]
    content = lost.content
    scope = "pods" if isinstance(content, KubePods) else getattr(content, "resource", "")
    failure = Failure("kubernetes", lost.subject, lost.kind, FailureReason.TIMEOUT, retryable=True, scope=scope)
    return Evidence(kept, [*cluster.failures, failure])
