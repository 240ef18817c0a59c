"""Real mail records of one tuned country through the whole program: the goals of decision 12 hold there, whatever is changed later."""

from __future__ import annotations

import json

import pytest
import recorded
from accuracy.scores import compare, ratios

COUNTRY = "lu"
SAMPLE = 50
pytestmark = pytest.mark.skipif(
    not (recorded.RECORDED / f"{COUNTRY}.jsonl.gz").exists(), reason="the recordings beside this project are not there"
)


def test_a_recorded_country_reaches_the_goals_of_accuracy(capsys: pytest.CaptureFixture[str]) -> None:
    lines = dict(list(recorded.read_lines((COUNTRY,)).items())[:SAMPLE])
    with capsys.disabled():
        documents = list(recorded.inspect(lines))
    # a busy machine may time a question out; what was not measured is no mistake
    measured = [document for document in documents if not document["failures"]]
    pairs = [(document, json.loads(lines[document["subject"]])) for document in measured]
    compared = [compare(document, line) for document, line in pairs if line["truth"]["provider"] != recorded.LABEL_UNKNOWN]
    found = {name: share.value for name, share in ratios(compared).items()}
    assert len(compared) >= SAMPLE - 10
    assert found["agreement"] >= 0.97
    assert found["wrong_definite"] <= 0.01
    assert found["network_owner"] == 1.0


def test_the_countries_set_aside_are_not_among_the_tuned() -> None:
    assert not set(recorded.TUNED) & set(recorded.SET_ASIDE)
