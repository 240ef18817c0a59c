"""The whole program against real servers: unbound, which validates, in front of nsd with a signed zone and a damaged one."""

from __future__ import annotations

import json
from typing import Any, Protocol

import pytest
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.model.observation import DnsNoAnswer, DnsRRset
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.store import Store
from running import run_program, write_settings


class Servers(Protocol):
    nsd_port: int
    unbound_port: int


class Checked:
    """What `herkomst check` said about the real zones, and what it kept."""

    def __init__(self, code: int, document: Any, result: RunResult) -> None:
        self.code = code
        self.document = document
        self.result = result

    def verdict(self, name: str) -> tuple[str, str | None]:
        (found,) = [item for item in self.document["verdicts"] if item["system"] == name]
        return found["status"], found["reason"]

    def rrset(self, name: str, rdtype: str) -> DnsRRset:
        contents = {item.content for item in self.result.observations.values() if isinstance(item.content, DnsRRset)}
        (found,) = {item for item in contents if (item.name, item.rdtype) == (name, rdtype)}
        return found


@pytest.fixture(scope="module")
def checked(laboratory: Laboratory, dns_servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("real")
    config = write_settings(laboratory.settings(), folder, store=str(folder / "store.db"), dns_timeout_s=5)
    names = ("signed.example", "whole.broken.example", "bad.broken.example", "plain.example", "loop1.plain.example")
    resolver = ("--resolver", f"127.0.0.1:{dns_servers.unbound_port}")
    done = run_program(
        "check", *names, "--claim", "web.country=NL", "--format", "json", "--config", config, *resolver, folder=folder
    )
    assert done.stderr == ""
    with Store.open(str(folder / "store.db")) as store:
        return Checked(done.returncode, json.loads(done.stdout), store.load_result())


def test_a_validated_answer_carries_its_mark_into_the_store(checked: Checked) -> None:
    assert checked.rrset("signed.example", "A") == DnsRRset("signed.example", "A", ("192.0.2.40",), authenticated=True)
    assert not checked.rrset("plain.example", "A").authenticated
    assert checked.verdict("signed.example") == ("consistent", None)


def test_a_name_whose_signature_is_wrong_is_not_measured(checked: Checked) -> None:
    assert checked.verdict("bad.broken.example") == ("not_measured", "servfail")
    seen = {item.content.values for item in checked.result.observations.values() if isinstance(item.content, DnsRRset)}
    assert ("192.0.2.66",) not in seen  # the forged address is nowhere


def test_its_sibling_in_the_same_zone_is_judged_by_its_own_evidence(checked: Checked) -> None:
    assert checked.verdict("whole.broken.example") == ("consistent", None)
    assert checked.rrset("whole.broken.example", "A").authenticated
    (verdict,) = [item for item in checked.result.verdicts if item.system == "whole.broken.example"]
    assert {checked.result.observations[identity].subject for identity in verdict.evidence} <= {
        "whole.broken.example",
        "192.0.2.50",
    }


def test_a_loop_of_aliases_is_not_measured(checked: Checked) -> None:
    assert checked.verdict("loop1.plain.example") == ("not_measured", "too_deep")


def test_no_such_name_and_no_such_type_are_answers(checked: Checked) -> None:
    said = {
        (item.content.name, item.content.rdtype): item.content.outcome.value
        for item in checked.result.observations.values()
        if isinstance(item.content, DnsNoAnswer)
    }
    assert said["www.signed.example", "A"] == "nxdomain"
    assert said["signed.example", "MX"] == "nodata"


def test_the_exit_code_says_that_something_was_not_measured(checked: Checked) -> None:
    assert checked.code == 3
    assert {item["reason"] for item in checked.document["failures"] if item["subject"] == "bad.broken.example"} == {"servfail"}
