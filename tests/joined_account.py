"""A system that is seen from outside and from inside: a scene of names and addresses beside an account, judged together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.join import join_accounts
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.model.claim import Asset, Claim, Operator, Organisation, SaidBy, Scope, System
from herkomst.scanner.model.observation import IpRange, Observation, RangeScope
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.verdicts.judge import judge_claim
from inside_account import NUMBER, REACHABLE, Account, embedded_knowledge, without, without_target
from random_scenes import find_losses
from scene import Scene, asset_of

NAME = "voorbeeld.example"
MUNICIPALITY = Organisation("Gemeente Voorbeeld")
ON = date(2026, 11, 23)


@dataclass
class Joined:
    """The assets of one system: names and addresses as a scene tells them, and an account."""

    account: Account = field(default_factory=lambda: Account(questions=REACHABLE))
    scene: Scene = field(default_factory=Scene)
    assets: tuple[str, ...] = (NAME, NUMBER)
    shared: tuple[str, ...] = ()

    def on_aws(
        self,
        address: str,
        region: str = "eu-central-1",
        group: str = "",
        services: tuple[str, ...] = ("AMAZON", "EC2"),
        scope: RangeScope = RangeScope.REGIONAL,
    ) -> Joined:
        """Put an address in AWS's published ranges."""
        entry = IpRange(address, f"{address}/28", "aws", region, group or region, services, scope, "ranges")
        self.scene.see(address, entry).origin(address, 16509, "AMAZON-02")
        return self

    def outside(self) -> list[Observation]:
        return list(self.scene.observations(tuple(asset for asset in self.assets if asset != NUMBER)))

    def evidence(self) -> Evidence:
        return Evidence([*self.outside(), *self.account.observations()], [*self.scene.failures, *self.account.failures])

    def losses(self) -> Iterator[tuple[str, Evidence]]:
        """Yield what is left when one source, outside or inside, does not answer; and when a whole Region or the account does not."""
        outside, inside = self.outside(), self.account.observations()
        failures = [*self.scene.failures, *self.account.failures]
        for loss in find_losses(outside):
            kept = [item for item in outside if item.id not in loss.gone]
            yield loss.what, Evidence([*kept, *inside], [*failures, *loss.failures])
        for item in inside:
            yield item.kind, without(self.account, item, outside)
        for subject in {item.subject for item in inside}:
            yield subject, without_target(self.account, subject, outside)
        for region, service in {(item.region, item.service) for item in self.account.resources}:
            yield f"{service} in {region}", self._denied(region, service, outside)

    def _denied(self, region: str, service: str, outside: list[Observation]) -> Evidence:
        """Return what is known when every question to a service is refused in a Region."""
        account = replace(self.account, failures=list(self.account.failures), lost=set(self.account.lost))
        account.resources = [item for item in account.resources if (item.region, item.service) != (region, service)]
        for question in account.questions:
            if question.service == service:
                account.lose(region, question.scope)
        return Evidence([*outside, *account.observations()], [*self.scene.failures, *account.failures])

    def pictures(self, evidence: Evidence | None = None) -> tuple[Picture, ...]:
        known = evidence or self.evidence()
        outlook = Outlook(embedded_knowledge(), MUNICIPALITY, ON)
        found = [attribute(asset, known, outlook) for asset in self._assets()]
        return join_accounts(found, self._assets(), self.shared)

    def judge(
        self,
        key: str,
        *values: str,
        operator: Operator = Operator.IS,
        scope: Scope = Scope(),  # noqa: B008 - a frozen value
        evidence: Evidence | None = None,
    ) -> Verdict:
        claim = Claim(key, operator, values, SaidBy.SUPPLIER, scope=scope)
        system = System("zaken", MUNICIPALITY, None, self._assets(), frozenset(), (claim,))
        return judge_claim(system, claim, self.pictures(evidence), Context(embedded_knowledge(), system, ON))

    def _assets(self) -> tuple[Asset, ...]:
        return tuple(asset_of(asset) for asset in self.assets)
