"""Label selectors as people write them for kubectl."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.selector import BadSelector, read_selector

LABELS = {"app": "zaken", "tier": "web", "app.kubernetes.io/name": "zaken"}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("app=zaken", True),
        ("app==zaken,tier=web", True),
        ("app = zaken , tier != api", True),
        ("app!=zaken", False),
        ("other!=zaken", True),
        ("tier in (web, api)", True),
        ("tier notin (web,api)", False),
        ("other notin (web)", True),
        ("app", True),
        ("!app", False),
        ("!other", True),
        ("app.kubernetes.io/name=zaken", True),
        ("app=", False),
    ],
)
def test_labels_are_held_against_every_requirement(text: str, *, fits: bool) -> None:
    assert read_selector(text).fits(LABELS) is fits


@pytest.mark.parametrize(
    "text", ["app=zaken and tier", "((", "app in web", "=zaken", "app=a b", ",", "app=zaken,", "app in (a(b)"]
)
def test_a_text_that_is_no_selector_is_refused_with_its_requirement(text: str) -> None:
    with pytest.raises(BadSelector):
        read_selector(text)
