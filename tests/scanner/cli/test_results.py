"""What goes to stdout is for a program or a reader, in the format, width and language that were asked for; remarks go to stderr."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from herkomst.lab.laboratory import Laboratory
from running import CLEAN, PROGRAM, run_program, start_program

Herkomst = Callable[..., Any]
Validate = Callable[[str, object], None]
ESCAPE = re.compile(r"\x1b|[\x00-\x08\x0b-\x1f\x7f]")
NAMES = ("archief.mijnvoorbeeld.example", "zaken.mijnvoorbeeld.example", "belasting-voorbeeld.example")
CHECK = ("check", "zaken.mijnvoorbeeld.example", "--claim", "web.jurisdiction=EU", "--claim", "web.country=NL")


# -- formats --------------------------------------------------------------------------------------------------------


def test_check_as_json_is_as_the_schema_says(herkomst: Herkomst, validate: Validate) -> None:
    said = herkomst(*CHECK, "--format", "json")
    validate("run", said.document)
    assert [verdict["status"] for verdict in said.document["verdicts"]] == ["contradicted", "consistent"]
    assert said.document["run"]["vantage"] == "laboratory"
    assert said.err == ""


def test_scan_as_json_is_as_the_schema_says(herkomst: Herkomst, validate: Validate, served: Laboratory) -> None:
    said = herkomst("scan", served.declaration, "--format", "json")
    assert said.code == 1
    validate("run", said.document)
    assert len(said.document["verdicts"]) == len(served.expected)
    assert sum(said.document["summary"].values()) == len(served.expected)
    assert {verdict["status"] for verdict in said.document["verdicts"]} == set(said.document["summary"])


def test_inspect_as_json_is_as_the_schema_says_for_one_name_and_for_more(herkomst: Herkomst, validate: Validate) -> None:
    one, more = herkomst("inspect", NAMES[0], "--format", "json"), herkomst("inspect", *NAMES, "--format", "json")
    validate("inspect", one.document)
    validate("inspect", more.document)
    assert one.document["subject"] == NAMES[0]
    assert [item["subject"] for item in more.document] == list(NAMES)


def test_inspect_as_json_lines_is_a_document_a_name(herkomst: Herkomst, validate: Validate) -> None:
    said = herkomst("inspect", *NAMES, "192.0.2.4", "192.0.2.0/28", "--format", "jsonl")
    documents = [json.loads(line) for line in said.out.splitlines()]
    for document in documents:
        validate("inspect", document)
    assert [item["subject"] for item in documents] == [*NAMES, "192.0.2.4", "192.0.2.0/28"]
    assert all(item["placements"] for item in documents)


def test_every_evidence_id_in_a_document_is_explained_in_the_store(herkomst: Herkomst) -> None:
    document = herkomst(*CHECK, "--format", "json").document
    for verdict in document["verdicts"]:
        explained = herkomst("explain", verdict["id"])
        assert explained.code == 0
        assert all(identity in explained.out for identity in verdict["evidence"])


def test_json_lines_of_a_run_are_one_value_a_line(herkomst: Herkomst) -> None:
    said = herkomst(*CHECK, "--format", "jsonl")
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert sum("status" in line for line in lines) == 2


def test_a_stored_run_is_shown_again_in_any_format_and_language(herkomst: Herkomst, tmp_path: Path) -> None:
    made = herkomst(*CHECK, "--format", "json").document
    for form, language in product(("text", "html", "json", "jsonl"), ("nl", "en")):
        options = ("--format", form, "--lang", language)
        said = herkomst("report", *options)
        assert said.code == 0
        assert "zaken.mijnvoorbeeld.example" in said.out
        out = tmp_path / f"report.{form}"
        assert herkomst("report", made["run"]["id"], *options, "-o", out).out == ""
        assert out.read_text(encoding="utf-8") == said.out


def test_a_report_in_json_is_the_document_of_the_check(herkomst: Herkomst) -> None:
    made = herkomst(*CHECK, "--format", "json").document
    assert herkomst("report", "--format", "json").document == made


# -- text -----------------------------------------------------------------------------------------------------------


def test_text_for_a_pipe_is_plain_and_80_columns(herkomst: Herkomst, served: Laboratory) -> None:
    assert_plain(herkomst("scan", served.declaration, "--lang", "nl"))
    assert_plain(herkomst("report", "--lang", "en"))
    for language in ("nl", "en"):
        assert_plain(herkomst("inspect", *NAMES, "192.0.2.4", "--lang", language))
        assert_plain(herkomst("data", "status", "--lang", language))


def assert_plain(said: Any) -> None:
    assert said.out
    assert not ESCAPE.search(said.out)
    assert max(len(line) for line in said.out.splitlines()) <= 80


def test_the_language_is_the_readers(herkomst: Herkomst) -> None:
    assert "weersproken" in herkomst(*CHECK, "--lang", "nl").out
    english = herkomst(*CHECK, "--lang", "en").out
    assert "contradicted" in english
    assert "weersproken" not in english


def test_a_process_writes_no_escapes_to_a_pipe(config: Path, tmp_path: Path) -> None:
    done = run_program(*CHECK, "--config", config, folder=tmp_path, env={"TERM": "xterm-256color", "FORCE_COLOR": "1"})
    assert done.returncode == 1
    assert not ESCAPE.search(done.stdout + done.stderr)


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_a_terminal_gets_colour_unless_it_does_not_want_it(
    config: Path, tmp_path: Path, env: dict[str, str], coloured: bool
) -> None:
    out, err = on_a_terminal(*CHECK, "--config", config, folder=tmp_path, env=env)
    assert ("\x1b[" in out) == coloured
    assert "zaken.mijnvoorbeeld.example" in out
    assert "asked" in err  # progress, cleared at the end
    assert err.endswith("\r\x1b[K")


def test_quiet_means_no_progress(config: Path, tmp_path: Path) -> None:
    _, err = on_a_terminal(*CHECK, "--config", config, "--quiet", folder=tmp_path)
    assert err == ""


def on_a_terminal(*arguments: object, folder: Path, env: dict[str, str] | None = None) -> tuple[str, str]:
    """Run the program with stdout and stderr on a terminal each; return what they were sent."""
    read: dict[int, bytes] = {}
    masters, slaves = zip(pty.openpty(), pty.openpty(), strict=True)
    environment = {**CLEAN, "TERM": "xterm", "XDG_DATA_HOME": str(folder), **(env or {})}
    with subprocess.Popen(
        (*PROGRAM, *map(str, arguments)),
        stdin=subprocess.DEVNULL,
        stdout=slaves[0],
        stderr=slaves[1],
        cwd=folder,
        env=environment,
    ):
        for slave in slaves:
            os.close(slave)
        open_ends = set(masters)
        while open_ends:
            for end in select.select(list(open_ends), [], [], 30)[0]:
                try:
                    piece = os.read(end, 65536)
                except OSError:  # how Linux says that the other side is closed
                    piece = b""
                read[end] = read.get(end, b"") + piece
                if not piece:
                    open_ends.discard(end)
                    os.close(end)
    first, second = (read[end].decode() for end in masters)
    return first, second


# -- where it goes --------------------------------------------------------------------------------------------------


def test_a_result_goes_to_the_file_and_nothing_to_stdout(herkomst: Herkomst, validate: Validate, tmp_path: Path) -> None:
    out = tmp_path / "uit.json"
    said = herkomst(*CHECK, "--format", "json", "-o", out)
    assert (said.code, said.out) == (1, "")
    validate("run", json.loads(out.read_text()))


def test_inspected_lines_replace_what_the_file_held(herkomst: Herkomst, tmp_path: Path) -> None:
    out = tmp_path / "uit.jsonl"
    out.write_text("old\n" * 100)
    assert herkomst("inspect", NAMES[0], "--format", "jsonl", "-o", out).out == ""
    assert [json.loads(line)["subject"] for line in out.read_text().splitlines()] == [NAMES[0]]


@pytest.mark.parametrize("command", ["check", "inspect"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(
    herkomst: Herkomst, served: Laboratory, tmp_path: Path, command: str
) -> None:
    before = served.dns.asked.total()
    for out in (tmp_path, tmp_path / "none" / "uit"):
        said = herkomst(command, NAMES[0], "-o", out)
        assert said.code == 2
        assert str(out) in said.err
        assert "Give -o a file" in said.err
    assert served.dns.asked.total() == before


def test_nothing_is_kept_where_that_is_asked(herkomst: Herkomst, tmp_path: Path) -> None:
    assert herkomst(*CHECK, "--store", "none").code == 1
    assert not list(tmp_path.rglob("*.db"))
    said = herkomst("report", "--store", "none")
    assert said.code == 2
    assert "--store none" in said.err


def test_a_store_that_does_not_exist_is_not_made_by_reading_it(herkomst: Herkomst, tmp_path: Path) -> None:
    for command in (("report",), ("explain", "abc")):
        said = herkomst(*command, "--store", tmp_path / "none.db")
        assert said.code == 2
        assert "no store" in said.err
    assert not (tmp_path / "none.db").exists()


def test_the_default_store_is_below_the_users_data_folder(config: Path, tmp_path: Path) -> None:
    values = json.loads(config.read_text())
    del values["store"]
    config.write_text(json.dumps(values))
    assert run_program(*CHECK, "--config", config, folder=tmp_path).returncode == 1
    assert (tmp_path / "data" / "herkomst" / "herkomst.db").is_file()
    assert run_program("report", "--config", config, folder=tmp_path).returncode == 0


def test_verbose_says_how_much_was_asked_and_where_it_is_kept(herkomst: Herkomst, tmp_path: Path) -> None:
    assert str(tmp_path / "store.db") in herkomst(*CHECK, "-v").err
    assert "nothing is kept" in herkomst(*CHECK, "-v", "--store", "none").err
    assert herkomst(*CHECK, "-v", "--quiet").err == ""


# -- readers that go away -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(CHECK, 1), (("report",), 0), (("inspect", NAMES[0], "--format", "jsonl"), 3), (("completion", "bash"), 0)],
)
def test_a_reader_that_goes_away_hides_no_verdict_and_gives_no_traceback(
    herkomst: Herkomst, config: Path, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    herkomst(*CHECK)
    options = () if arguments[0] == "completion" else ("--config", config)
    with start_program(*arguments, *options, folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (code, "")


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    for arguments in (("data", "status"), ("completion", "bash")):
        with full.open("w") as out:
            done = subprocess.run(
                [*PROGRAM, *arguments], check=False, stdout=out, stderr=subprocess.PIPE, text=True, cwd=tmp_path
            )
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "cannot be written" in done.stderr
