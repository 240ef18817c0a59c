"""The lean reader of messages agrees with dnspython on whatever comes; `scripts/stress codec` asks this a million times."""

from __future__ import annotations

from pathlib import Path

import pytest
from codec_agreement import Tally, compare, recorded_samples, run_chunk
from herkomst.collectors.dns.client.codec import decode_ordinary
from herkomst.collectors.dns.client.question import Question
from herkomst.lab.laboratory import Laboratory
from wire_messages import Messages, Sample

COUNT = 1_500


def test_generated_and_damaged_messages_are_read_as_dnspython_reads_them() -> None:
    tally = run_chunk(seed=20261125, count=COUNT)
    assert tally.faults == []
    assert (tally.counts["compared"], tally.counts["mutated"]) == (COUNT, COUNT)
    assert tally.counts["malformed"] > COUNT / 20
    assert tally.counts["ordinary"] > COUNT / 4


def test_no_ordinary_message_is_left_to_dnspython() -> None:
    messages = Messages(seed=7)
    ordinary = [sample for sample in (messages.sample() for _ in range(COUNT)) if sample.is_ordinary]
    assert len(ordinary) > COUNT / 4
    assert [item for item in ordinary if decode_ordinary(item.wire, Question(item.name, item.rdtype)) is None] == []


def test_recorded_answers_are_read_as_dnspython_reads_them(shared: Path) -> None:
    with Laboratory() as laboratory:  # whose tables are small
        tables = laboratory.settings().tables
        samples = recorded_samples(shared / "data" / "recorded", 200, countries=("lu", "hr"), lines=15, tables=tables)
    tally = Tally()
    for sample in samples:
        compare(sample, tally)
    assert len(samples) > 100
    assert tally.faults == []
    assert tally.counts["left to dnspython"] == 0


POINTER_LOOPS = {
    "to-itself": "c027",
    "to-each-other": "0161c02b0162c027",
    "forwards": "c0ff",
    "into-its-own-labels": "0161c027",
}


@pytest.mark.parametrize("name", POINTER_LOOPS.values(), ids=POINTER_LOOPS)
def test_a_compression_pointer_that_leads_nowhere_ends_the_reading(name: str) -> None:
    header = "000081800001000100000000"
    question = "0161076578616d706c6500" + "00050001"
    data = bytes.fromhex(name)
    record = bytes.fromhex("c00c" + "00050001" + "0000012c") + len(data).to_bytes(2, "big") + data
    wire = bytes.fromhex(header + question) + record
    assert decode_ordinary(wire, Question("a.example", "CNAME")) is None
    tally = Tally()
    compare(Sample(wire, "a.example", "CNAME"), tally)
    assert (tally.faults, tally.counts["malformed"]) == ([], 1)
