"""What the tests of the reports share: a municipality's story, attributed and judged by the real rules, and its knowledge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Claim, Operator, Role, SaidBy, Scope, ScopePart, Supplier
from herkomst.scanner.model.observation import Observation, RawAnswer
from herkomst.scanner.model.run import KnowledgeVersion, Run, RunResult, Vantage
from herkomst.scanner.verdicts.judge import judge_claim
from scene import KNOWLEDGE, Scene

STARTED = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def claim(key: str, *values: str, negated: bool = False, said_by: SaidBy = SaidBy.SUPPLIER, **details: object) -> Claim:
    operator = Operator.NOT if negated else Operator.IS
    return Claim(key, operator, values, said_by, **details)  # type: ignore[arg-type]  # fields of Claim


@dataclass(frozen=True)
class Story:
    """One system of the story."""

    name: str
    scene: Scene
    assets: tuple[str, ...]
    claims: tuple[Claim, ...]

    def result(self, run: Run) -> RunResult:
        system = replace(self.scene.system(self.assets, self.claims), name=self.name)
        pictures = self.scene.pictures(self.assets)
        context = Context(KNOWLEDGE, system, self.scene.on, self.scene.not_asked)
        verdicts = tuple(judge_claim(system, item, pictures, context) for item in self.claims)
        seen = {item.id: item for item in self.scene.observations(self.assets)}
        return RunResult(run, (system,), verdicts, pictures, tuple(self.scene.failures), seen)


def case_system() -> Story:
    """A case system under a Dutch brand: web in an Azure range in the Netherlands, acceptance in Dublin, mail at Microsoft 365."""
    scene = Scene(supplier=Supplier("Voorbeeld Software B.V."), absent_roles=frozenset({Role.DATABASE}))
    zaken, proef, oud = "zaken.voorbeeld.example", "proef.voorbeeld.example", "oud.voorbeeld.example"
    scene.host(zaken, "192.0.2.10").range("192.0.2.10", "azure", "westeurope").origin("192.0.2.10", 8075, "MICROSOFT")
    scene.host(proef, "192.0.2.20").range("192.0.2.20", "azure", "northeurope").origin("192.0.2.20", 8075, "MICROSOFT")
    scene.absent(oud)
    scene.mx("voorbeeld.example", "voorbeeld.mail.protection.outlook.com").spf("voorbeeld.example", "bulkmail.example")
    scene.host("voorbeeld.mail.protection.outlook.com", "192.0.2.30").origin("192.0.2.30", 8075, "MICROSOFT")
    scene.rrset("voorbeeld.example", "NS", "ns1.polderhost.example", "ns2.polderhost.example")
    scene.host("ns1.polderhost.example", "198.51.100.1").origin("198.51.100.1", 64510, "POLDERHOST")
    scene.host("ns2.polderhost.example", "198.51.100.2").origin("198.51.100.2", 64510, "POLDERHOST")
    scene.host("voorbeeld.example", "203.0.113.5", via=("voorbeeld.cdn.cloudflare.net",)).origin(
        "203.0.113.5", 13335, "CLOUDFLARE"
    )
    parts = (ScopePart("productie", (zaken,)), ScopePart("acceptatie", (proef,)))
    offer = {"source": "offerte 2026-03 p. 12", "as_of": date(2026, 3, 1)}
    return Story(
        "zaaksysteem",
        scene,
        ("voorbeeld.example", zaken, proef, oud),
        (
            claim("web.country", "NL", **offer),
            claim("web.country", "NL", scope=Scope(parts=parts), **offer),
            claim("web.country", "NL", scope=Scope(assets=(zaken,)), **offer),
            claim("web.jurisdiction", "EU", said_by=SaidBy.POLICY),
            claim("mail.inbound.provider", "microsoft-365", **offer),
            claim("mail.mailbox.country", "NL", **offer),
            claim("dns.provider", "polderhost", **offer),
            claim("subprocessors", "polderhost", "microsoft-365", source="verwerkersovereenkomst bijlage 2"),
            claim("development.country", "NL", document="verklaring.pdf", valid_until=date(2027, 3, 1), source="verklaring.pdf"),
        ),
    )


def portal() -> Story:
    """A portal at a Dutch host whose take-over is announced, with one name server that gave no answer."""
    scene = Scene(supplier=Supplier("Aangekondigd B.V."))
    loket, traag = "loket.voorbeeld.example", "traag.voorbeeld.example"
    scene.host(loket, "203.0.113.80").origin("203.0.113.80", 64506, "AANGEKONDIGD").location("203.0.113.80", "NL")
    scene.registration("203.0.113.80", "NL").rdap("203.0.113.80", "Aangekondigd B.V.", "NL")
    scene.fail(traag, "A").fail(traag, "AAAA")
    return Story(
        "loket",
        scene,
        (loket, traag),
        (
            claim("web.jurisdiction", "EU", said_by=SaidBy.POLICY, scope=Scope(assets=(loket,))),
            claim("web.country", "NL", source="https://loket.example/over"),
            claim("web.network", "aangekondigd", scope=Scope(assets=(loket,))),
        ),
    )


def make_run(vantage: str = "kantoor") -> Run:
    return Run(
        "run-20261123",
        STARTED,
        datetime(2026, 11, 23, 10, 3, tzinfo=UTC),
        True,
        "0.1.0",
        Vantage(vantage, ("192.0.2.53:53",), 64500, "NL"),
        (
            KnowledgeVersion("catalogue", "2026.10", "2026-10-01", 412),
            KnowledgeVersion("cloud ranges", "2026-11-20", "2026-11-20", 98123),
            KnowledgeVersion("as numbers", "2026-06", "2026-06", 512000),
        ),
    )


def together(*results: RunResult) -> RunResult:
    """Return the results of several systems as those of one run."""
    observations: dict[str, Observation] = {}
    for result in results:
        observations |= result.observations
    return RunResult(
        results[0].run,
        tuple(system for result in results for system in result.systems),
        tuple(verdict for result in results for verdict in result.verdicts),
        tuple(picture for result in results for picture in result.pictures),
        tuple(failure for result in results for failure in result.failures),
        observations,
    )


@pytest.fixture(scope="session")
def story() -> RunResult:
    run = make_run()
    return together(case_system().result(run), portal().result(run))


@pytest.fixture(scope="session")
def inspected(story: RunResult) -> RunResult:
    """The same without systems and claims, as `inspect` has it."""
    return replace(story, systems=(), verdicts=())


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return KNOWLEDGE


@pytest.fixture
def no_raws() -> dict[str, RawAnswer]:
    return {}
