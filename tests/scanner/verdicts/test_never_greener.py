"""A failure never makes a verdict greener and never accuses, and neither does asking less: tried on random scenes and claims of every kind."""

from __future__ import annotations

import os

from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import Claim
from herkomst.scanner.model.verdict import Reason, Status
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scenes import Story, claims, find_losses, narrow, stories

EXAMPLES = int(os.environ.get("HERKOMST_EXAMPLES", "25"))
"""Scenes a property is tried on; the long form is scripts/stress verdicts."""
CLAIMS_A_SCENE = 12
RED = (Status.CONTRADICTED, Status.PARTLY)


@st.composite
def stories_with_claims(draw: st.DrawFn) -> tuple[Story, list[Claim]]:
    story = draw(stories())
    return story, draw(st.lists(claims(story.assets), min_size=CLAIMS_A_SCENE, max_size=CLAIMS_A_SCENE))


@settings(max_examples=EXAMPLES, deadline=None)
@given(told=stories_with_claims())
def test_losing_any_source_makes_no_verdict_greener_and_accuses_nobody(told: tuple[Story, list[Claim]]) -> None:
    story, listed = told
    observations = story.observations()
    before = story.judge(listed)
    for loss in find_losses(observations):
        for old, new in zip(before, story.judge(listed, loss.remains(observations, story.scene)), strict=True):
            said = (loss.what, new.claim, new.operator, new.expected, old.status, new.status, new.reason)
            assert new.status.rank <= old.status.rank, said
            assert new.status not in RED or old.status in RED, said


@settings(max_examples=EXAMPLES, deadline=None)
@given(told=stories_with_claims(), data=st.data())
def test_losing_two_sources_is_never_greener_than_losing_one(told: tuple[Story, list[Claim]], data: st.DataObject) -> None:
    story, listed = told
    observations = story.observations()
    losses = list(find_losses(observations))
    one, *more = data.draw(st.lists(st.sampled_from(losses), min_size=2, max_size=4))
    first = story.judge(listed, one.remains(observations, story.scene))
    gone = one.gone.union(*(loss.gone for loss in more))
    failures = [*one.failures, *(failure for loss in more for failure in loss.failures)]
    kept = [item for item in observations if item.id not in gone]
    for old, new in zip(first, story.judge(listed, Evidence(kept, failures, story.scene.not_asked)), strict=True):
        said = ([loss.what for loss in (one, *more)], new.claim, new.expected, old.status, new.status)
        assert new.status.rank <= old.status.rank, said
        assert new.status not in RED or old.status in RED, said


@settings(max_examples=EXAMPLES * 4, deadline=None)
@given(told=stories_with_claims())
def test_a_run_that_asks_less_is_never_greener_and_accuses_nobody_else(told: tuple[Story, list[Claim]]) -> None:
    story, listed = told
    observations = story.observations()
    full = story.judge(listed)
    for old, new in zip(full, story.judge(listed, narrow(observations, story.scene)), strict=True):
        said = (new.claim, new.operator, new.expected, old.status, new.status, new.reason)
        assert new.status.rank <= old.status.rank, said
        assert new.status not in RED or old.status in RED, said
        assert new.reason is not Reason.NOT_ASKED or new.not_asked, said
