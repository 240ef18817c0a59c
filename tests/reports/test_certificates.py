"""Certificates in words: once for several addresses, with the names of others, and with what is wrong with one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from herkomst.reports.build import build_inspect
from herkomst.reports.words import load_words
from herkomst.scanner.model.run import RunResult
from scene import KNOWLEDGE, Scene

NAME = "voorbeeld.example"
FOUR, SIX = "192.0.2.1", "2001:db8::1"


def certificates(scene: Scene, story: RunResult, language: str = "en") -> tuple[str, ...]:
    seen = {item.id: item for item in scene.observations((NAME,))}
    result = replace(story, pictures=scene.pictures((NAME,)), observations=seen, systems=(), verdicts=())
    (system,) = build_inspect(result, load_words(language), KNOWLEDGE).systems
    return system.certificates


def test_a_certificate_that_several_addresses_show_is_worded_once(story: RunResult) -> None:
    scene = Scene().certificate(NAME, FOUR, NAME, "elders.example")
    subject, content = scene.contents[0]
    scene.see(subject, replace(content, address=SIX))  # type: ignore[type-var]  # a dataclass, as all contents are
    assert certificates(scene, story) == (
        f"{NAME} ({FOUR}, {SIX}, port 443) shows a certificate for elders.example, {NAME}, issued by CN=Zegelhuis, "
        "valid from 1 October 2026 to 30 December 2026. Problem: none",
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "for unknown, issued by unknown, valid from unknown to unknown. Problem: it is for other names"),
        ("nl", "voor onbekend, uitgegeven door onbekend, geldig van onbekend tot onbekend. Probleem: het is voor andere namen"),
    ],
)
def test_of_a_certificate_with_a_problem_only_the_problem_is_told(story: RunResult, language: str, said: str) -> None:
    (worded,) = certificates(Scene().certificate(NAME, FOUR, problem="hostname_mismatch"), story, language)
    assert worded.endswith(said)


def test_a_problem_without_words_is_shown_as_it_is(story: RunResult) -> None:
    (worded,) = certificates(Scene().certificate(NAME, FOUR, problem="x509_v_err_77"), story)
    assert worded.endswith("Problem: x509_v_err_77")
