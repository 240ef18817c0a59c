"""The claim vocabulary: keys, words and best statuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from herkomst.config.vocabulary import ClaimKind, ValueKind, best_possible_status, claim_keys, claim_kind, roles_of_key, split_key
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.claim import HOSTING_ROLES, Property, Role
from herkomst.scanner.model.verdict import Status


def kinds() -> list[ClaimKind]:
    found = [claim_kind(key) for key in claim_keys()]
    return [kind for kind in found if kind is not None]


@pytest.mark.parametrize(
    ("key", "outside", "inside"),
    [
        ("hosting.country", Status.CONSISTENT, Status.CONFIRMED),
        ("web.country", Status.CONFIRMED, Status.CONFIRMED),
        ("development.country", Status.ATTESTED, Status.ATTESTED),
        ("mail.inbound.provider", Status.CONFIRMED, Status.CONFIRMED),
        ("mail.mailbox.provider", Status.CONSISTENT, Status.CONSISTENT),
        ("dns.provider", Status.CONFIRMED, Status.CONFIRMED),
        ("dns.country", Status.CONSISTENT, Status.CONSISTENT),
        ("edge.provider", Status.CONFIRMED, Status.CONFIRMED),
        ("edge.jurisdiction", Status.CONSISTENT, Status.CONSISTENT),
        ("storage.country", Status.ATTESTED, Status.CONFIRMED),
        ("keys.custody", Status.ATTESTED, Status.CONFIRMED),
        ("subprocessors", Status.CONSISTENT, Status.CONSISTENT),
        ("inventory.complete", Status.CONSISTENT, Status.CONSISTENT),
        ("standards.dnssec", Status.CONFIRMED, Status.CONFIRMED),
        ("tld.jurisdiction", Status.CONFIRMED, Status.CONFIRMED),
    ],
)
def test_the_best_status_is_what_evidence_can_carry(key: str, outside: Status, inside: Status) -> None:
    assert (best_possible_status(key), best_possible_status(key, inside=True)) == (outside, inside)


def test_every_role_and_group_has_every_property() -> None:
    for head in (*Role, "hosting", "edge"):
        for prop in Property:
            assert claim_kind(f"{head}.{prop}") is not None, f"{head}.{prop}"


def test_seeing_more_never_makes_the_best_status_worse() -> None:
    for kind in kinds():
        assert kind.best_status_inside.rank >= kind.best_status_outside.rank, kind.key
        assert {kind.best_status_inside, kind.best_status_outside} <= {Status.CONFIRMED, Status.CONSISTENT, Status.ATTESTED}


def test_what_only_a_document_supports_from_outside_is_attestable() -> None:
    for kind in kinds():
        assert kind.attestable or kind.best_status_outside is not Status.ATTESTED, kind.key


def test_every_key_has_words_of_its_own_in_both_languages() -> None:
    for labels in ([kind.label_nl for kind in kinds()], [kind.label_en for kind in kinds()]):
        assert len(set(labels)) == len(labels)
        assert all(label and label == label.strip() and "{" not in label and label[0].isupper() for label in labels)


def test_a_choice_lists_what_it_accepts_and_nothing_else_does() -> None:
    for kind in kinds():
        assert bool(kind.accepted) == (kind.value_kind is ValueKind.CHOICE), kind.key


@pytest.mark.parametrize("key", ["hosting", "country", "hosting.contry", "web.country.x", "", "standards.*", "self.country"])
def test_a_key_that_does_not_exist_is_none(key: str) -> None:
    assert claim_kind(key) is None
    with pytest.raises(KnowledgeError):
        best_possible_status(key)


def test_a_key_speaks_of_the_roles_in_its_name() -> None:
    assert roles_of_key("hosting.country") == HOSTING_ROLES
    assert roles_of_key("mail.inbound.provider") == (Role.MAIL_INBOUND,)
    assert roles_of_key("edge.provider") == roles_of_key("subprocessors") == ()
    assert split_key("mail.inbound.provider") == ("mail.inbound", Property.PROVIDER)
    assert split_key("development.country") is None


def test_the_published_vocabulary_is_here_with_its_best_statuses(shared: Path) -> None:
    """C confirms, P and X reach consistent at most, A is an attestation; the exceptions follow the verdict rules instead."""
    wider = {
        "compute.country": "nodes placed by a cloud controller confirm it",
        "hosting.jurisdiction": "confirmed where every party and its top is known from sourced facts",
    }
    letters = {"C": Status.CONFIRMED, "P": Status.CONSISTENT, "X": Status.CONSISTENT, "A": Status.ATTESTED}
    rows = [
        row
        for row in csv.DictReader((shared / "claims.csv").read_text(encoding="utf-8").splitlines())
        if not row["key"].endswith(".*")
    ]
    assert len(rows) > 50
    for row in rows:
        key = row["key"]
        kind = claim_kind(key)
        assert kind is not None, key
        if key not in wider:
            assert kind.best_status_inside is letters[row["best_status"][0]], key
