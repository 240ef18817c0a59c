"""A system that is seen from outside and in its cluster: a scene of names and addresses beside a cluster, judged together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.kubernetes.join import join_clusters
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, SaidBy, System
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.verdicts.judge import judge_claim
from inside_account import embedded_knowledge
from inside_cluster import Cluster, without
from joined_account import MUNICIPALITY, NAME, ON
from random_scenes import find_losses
from scene import Scene, asset_of


@dataclass
class JoinedCluster:
    """A declared name and a declared cluster of one system."""

    cluster: Cluster = field(default_factory=Cluster)
    scene: Scene = field(default_factory=Scene)
    names: tuple[str, ...] = (NAME,)

    def balancer(
        self,
        address: str = "",
        hostname: str = "",
        *,
        namespace: str = "zaken",
        labels: tuple[tuple[str, str], ...] = (("app", "zaken"),),
    ) -> JoinedCluster:
        """Open the pods with some labels to the world."""
        self.cluster.add(
            "services",
            f"web-{len(self.cluster.objects)}",
            namespace,
            labels=labels,
            addresses=(address,) if address else (),
            names=(hostname,) if hostname else (),
            attributes=(("type", "LoadBalancer"),),
        )
        return self

    def outside(self) -> list[Observation]:
        return list(self.scene.observations(self.names))

    def evidence(self) -> Evidence:
        return Evidence([*self.outside(), *self.cluster.observations()], [*self.scene.failures, *self.cluster.failures])

    def losses(self) -> Iterator[tuple[str, Evidence]]:
        """Yield what is left when one source outside, one observation of the cluster, one of its lists, or all of it is not had."""
        outside, inside = self.outside(), self.cluster.observations()
        failures = [*self.scene.failures, *self.cluster.failures]
        for loss in find_losses(outside):
            kept = [item for item in outside if item.id not in loss.gone]
            yield loss.what, Evidence([*kept, *inside], [*failures, *loss.failures])
        for item in inside:
            yield item.kind, without(replace(self.cluster, outside=outside, failures=failures), item)
        for resource in sorted({content.resource for content in self.cluster.contents() if hasattr(content, "outcome")}):
            denied = replace(self.cluster, objects=list(self.cluster.objects), failures=[], lost={}).lose(resource)
            yield resource, Evidence([*outside, *denied.observations()], [*failures, *denied.failures])

    def pictures(self, evidence: Evidence | None = None) -> tuple[Picture, ...]:
        known, outlook = evidence or self.evidence(), Outlook(embedded_knowledge(), MUNICIPALITY, ON)
        return join_clusters([attribute(asset, known, outlook) for asset in self.assets()], self.assets())

    def judge(self, key: str, *values: str, operator: Operator = Operator.IS, evidence: Evidence | None = None) -> Verdict:
        claim = Claim(key, operator, values, SaidBy.SUPPLIER)
        system = System("zaken", MUNICIPALITY, None, self.assets(), frozenset(), (claim,))
        return judge_claim(system, claim, self.pictures(evidence), Context(embedded_knowledge(), system, ON))

    def assets(self) -> tuple[Asset, ...]:
        return (*map(asset_of, self.names), Asset(AssetKind.KUBERNETES, self.cluster.asset_value))
