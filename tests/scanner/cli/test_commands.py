"""The commands beside scanning: reading a stored run, checking files, what is embedded, completion, help, and the demonstration."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.cli.main import COMMANDS
from running import run_program

Herkomst = Callable[..., Any]
Validate = Callable[[str, object], None]
NAME = "archief.mijnvoorbeeld.example"
HEAVY = ("sqlalchemy", "dns", "httpx", "pydantic", "ipwhois", "yaml", "jinja2", "asyncio", "idna")


# -- help -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"]])
def test_help_and_version_import_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    program = (
        "import sys\nfrom herkomst.scanner.cli.main import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "loaded: []"
    assert done.stderr == ""


def test_help_names_every_command_and_the_exit_codes(herkomst: Herkomst) -> None:
    said = herkomst("--help", plain=True)
    assert said.code == 0
    for command in COMMANDS:
        assert command in said.out
        assert herkomst(command, "--help", plain=True).code == 0
    assert "Exit codes" in said.out


def test_the_version_is_that_of_the_package(herkomst: Herkomst) -> None:
    said = herkomst("--version", plain=True)
    assert said.code == 0
    assert said.out.startswith("herkomst 0.")


def test_no_command_shows_the_help_on_stderr(herkomst: Herkomst) -> None:
    said = herkomst(plain=True)
    assert (said.code, said.out) == (2, "")
    assert "COMMAND" in said.err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["chek", NAME], "'check'"),
        (["check", NAME, "--clam", "web.country=NL"], "--clam"),
        (["check", NAME, "--claim", "web.country"], "KEY=VALUE"),
        (["check", NAME, "--claim", "web.country=Holland"], "country code"),
        (["check", NAME, "--claim", "web.provider=microsft-365"], "microsoft-365"),
        (["check", NAME, "--lang", "fr"], "'nl', 'en'"),
        (["check", NAME, "--format", "pdf"], "'json'"),
        (["check", NAME, "--require", "attested"], "confirmed"),
        (["check", NAME, "--resolver", "dns.example"], "192.0.2.53:5353"),
        (["check", NAME, "--resolver", "127.0.0.1:²"], "192.0.2.53:5353"),
        (["check", NAME, "--config", "none.yaml"], "none.yaml"),
        (["check", NAME, "--store", "mysql://x/y"], "postgresql://"),
        (["scan", "none.yaml"], "none.yaml"),
        (["scan"], "FILE"),
        (["data", "refresh"], "'update'"),
        (["data", "update", "--only", "aws"], "aws-ip-ranges"),
        (["data", "update", "--accept", "aws"], "aws-ip-ranges"),
        (["data", "update", "--from", "no-such-folder"], "--from"),
        (["data", "status", "--from", "."], "data update"),
        (["completion", "powershell"], "'bash'"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(herkomst: Herkomst, arguments: list[str], advice: str) -> None:
    said = herkomst(*arguments, "--quiet" if arguments[0] != "completion" else "bash", plain=True)
    assert (said.code, said.out) == (2, "")
    assert advice in said.err
    assert "Traceback" not in said.err


# -- a stored run ---------------------------------------------------------------------------------------------------


def test_a_store_without_runs_says_what_to_do(herkomst: Herkomst, tmp_path: Path) -> None:
    herkomst("check", NAME, "--store", tmp_path / "other.db")
    for command in (("report", "no-such-run"), ("explain", "abc")):
        said = herkomst(*command, "--store", tmp_path / "other.db")
        assert (said.code, said.out) == (2, "")
        assert "There is no" in said.err


def test_a_file_that_is_no_store_is_left_as_it_is(herkomst: Herkomst, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all\n" * 100)
    assert herkomst("report", "--store", path).code == 2
    assert herkomst("check", NAME, "--store", path).code == 2
    assert path.read_text() == "no database at all\n" * 100


def test_a_verdict_is_explained_by_the_beginning_of_its_id(herkomst: Herkomst, served: Laboratory) -> None:
    verdicts = herkomst("scan", served.declaration, "--format", "json").document["verdicts"]
    ids = [verdict["id"] for verdict in verdicts]
    whole = herkomst("explain", ids[0])
    assert whole.code == 0
    assert herkomst("explain", ids[0][:12]).out == whole.out
    shared = next(one[:1] for one in ids if sum(other.startswith(one[:1]) for other in ids) > 1)
    ambiguous = herkomst("explain", shared)
    assert ambiguous.code == 2
    assert sum(identity in ambiguous.err for identity in ids) > 1
    unknown = herkomst("explain", "zzz")
    assert unknown.code == 2
    assert any(identity in unknown.err for identity in ids)


def test_an_explanation_is_in_the_readers_language_and_can_go_to_a_file(herkomst: Herkomst, tmp_path: Path) -> None:
    (verdict,) = herkomst("check", NAME, "--claim", "web.country=NL", "--format", "json").document["verdicts"]
    dutch = herkomst("explain", verdict["id"], "--lang", "nl").out
    assert "niet weerlegd" in dutch
    assert herkomst("explain", verdict["id"], "--lang", "nl", "-o", tmp_path / "uitleg.txt").out == ""
    assert (tmp_path / "uitleg.txt").read_text(encoding="utf-8") == dutch


def test_a_verdict_of_an_earlier_run_is_found_and_its_run_can_be_named(herkomst: Herkomst) -> None:
    first = herkomst("check", NAME, "--claim", "web.country=NL", "--format", "json").document
    second = herkomst("check", "voorbeeld.example", "--claim", "web.country=NL", "--format", "json").document
    verdict = first["verdicts"][0]["id"]
    assert herkomst("explain", verdict).code == 0
    assert herkomst("explain", verdict, "--run", first["run"]["id"]).code == 0
    assert herkomst("explain", verdict, "--run", second["run"]["id"]).code == 2


# -- files ----------------------------------------------------------------------------------------------------------


def test_good_declarations_are_valid(herkomst: Herkomst, served: Laboratory) -> None:
    examples = Path(str(resources.files("herkomst.config").joinpath("examples")))
    said = herkomst("validate", *sorted(examples.glob("*.yaml")), plain=True)
    assert said.code == 0
    assert "valid" in said.out
    told = herkomst("validate", served.declaration)
    assert told.code == 0
    assert "expired" in told.err  # a warning, and no error
    assert "1 warning" in told.out


def test_a_bad_declaration_shows_every_mistake_with_its_place(herkomst: Herkomst, tmp_path: Path) -> None:
    path = tmp_path / "fout.yaml"
    path.write_text(
        "herkomst: 1\norganisation: {name: Gemeente Voorbeeld}\nsystems:\n  - name: zaak\n    assets: {domains: [geen naam]}\n"
        "    claims:\n      - {claim: web.contry, is: [NL], said_by: supplier}\n      - {claim: web.country, is: [XX], said_by: buur}\n"
    )
    said = herkomst("validate", path, plain=True)
    assert said.code == 2
    for place in (":5:", ":7:", ":8:"):
        assert f"{path}{place}" in said.err
    assert "web.country" in said.err
    assert herkomst("scan", path, plain=True).code == 2  # a scan says the same


def test_declarations_of_a_folder_are_scanned_together(herkomst: Herkomst, tmp_path: Path) -> None:
    folder = tmp_path / "verklaringen"
    folder.mkdir()
    for number, name in enumerate((NAME, "raad.mijnvoorbeeld.example")):
        (folder / f"{number}.yaml").write_text(
            f"herkomst: 1\norganisation: {{name: Gemeente {number}}}\nsystems:\n  - name: systeem-{number}\n    assets: {{domains: [{name}]}}\n"
            "    claims:\n      - {claim: web.country, is: [NL], said_by: policy}\n"
        )
    verdicts = herkomst("scan", folder, "--format", "json").document["verdicts"]
    assert [(item["system"], item["status"]) for item in verdicts] == [("systeem-0", "consistent"), ("systeem-1", "contradicted")]


# -- what is embedded -----------------------------------------------------------------------------------------------


def test_the_datasets_and_their_ages_are_shown(herkomst: Herkomst) -> None:
    said = herkomst("data", "status", "--format", "json", plain=True)
    assert said.code == 0
    datasets = said.document["datasets"]
    assert len(datasets) >= 5
    assert all(item["name"] and item["version"] and item["as_of"] and item["rows"] > 0 for item in datasets)
    text = herkomst("data", "status", "--lang", "nl", plain=True)
    assert all(item["name"] in text.out for item in datasets)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_completion_script_is_what_its_shell_accepts(herkomst: Herkomst, shell: str) -> None:
    said = herkomst("completion", shell, plain=True)
    assert said.code == 0
    assert "herkomst" in said.out
    if shell == "bash":
        done = subprocess.run(["bash", "-n"], check=False, input=said.out, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert all(command in said.out for command in COMMANDS)


# -- the demonstration ----------------------------------------------------------------------------------------------


def test_the_demonstration_writes_its_files_in_under_forty_seconds(tmp_path: Path, validate: Validate) -> None:
    folder = tmp_path / "demo: #1"  # a name that YAML would read otherwise
    began = monotonic()
    done = run_program("demo", "-o", folder, "--lang", "nl", folder=tmp_path)
    assert monotonic() - began < 40  # the laboratory's AWS takes most of it; half as long on a machine that is at rest
    assert (done.returncode, done.stderr) == (0, "")
    assert "weersproken" in done.stdout
    assert "omgevingsloket" in done.stdout  # the cloud part
    assert max(map(len, done.stdout.splitlines()[:-3])) <= 80
    assert str(folder / "report-nl.html") in done.stdout
    for language in ("nl", "en"):
        assert (folder / f"report-{language}.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        document = json.loads((folder / f"run-{language}.json").read_text(encoding="utf-8"))
        validate("run", document)
    # the laboratory is gone, and what it left can still be read
    contradicted = next(item for item in document["verdicts"] if item["status"] == "contradicted")
    for command in (("report", "--format", "json"), ("explain", contradicted["id"])):
        again = run_program(*command, "--config", folder / "settings.yaml", folder=tmp_path)
        assert (again.returncode, again.stderr) == (0, "")
        assert contradicted["id"] in again.stdout


def test_the_demonstration_says_where_it_cannot_write(herkomst: Herkomst, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = herkomst("demo", "-o", tmp_path / "file", plain=True)
    assert said.code == 2
    assert "cannot be made" in said.err
