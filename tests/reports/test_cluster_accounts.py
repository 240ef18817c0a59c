"""Account ids that a cluster shows are masked like those of a declared account."""

from __future__ import annotations

from datetime import UTC, datetime

from herkomst.reports.accounts import mask_accounts
from herkomst.scanner.model.claim import Asset, AssetKind, Organisation, System
from herkomst.scanner.model.kubernetes import KubeLink, KubeObject, KubePods, KubeRelation
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.run import Run, RunResult, Vantage

CONTEXT = "arn:aws:eks:eu-central-1:111122223333:cluster/productie"
AT = datetime(2026, 11, 27, tzinfo=UTC)


def test_an_account_in_an_arn_or_a_registry_is_masked_and_other_digits_stay() -> None:
    role = "eks.amazonaws.com/role-arn=arn:aws:iam::444455556666:role/zaken"
    account = KubeObject(CONTEXT, "serviceaccounts", "zaken", "zaken", links=(KubeLink(KubeRelation.ACTS_AS, role),))
    images = ("777788889999.dkr.ecr.eu-central-1.amazonaws.com/zaken:1",)
    pods = KubePods(CONTEXT, "zaken", "Job nacht-202611270300", (), images, (("node-123456789012", 1),))
    found = {item.id: item for item in (Observation(CONTEXT, "kubernetes", "test", AT, content) for content in (account, pods))}
    system = System("zaken", Organisation("Gemeente Voorbeeld"), assets=(Asset(AssetKind.KUBERNETES, CONTEXT),))
    result = RunResult(Run("1", AT, AT, True, "1", Vantage("test")), (system,), observations=found)

    shown = mask_accounts(result)

    text = repr((shown.systems, list(shown.observations.values())))
    for number in ("111122223333", "444455556666", "777788889999"):
        assert number not in text
        assert f"********{number[-4:]}" in text
    assert "nacht-202611270300" in text
    assert "node-123456789012" in text
