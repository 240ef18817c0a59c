"""Names in every form on the command line and in lists: understood with a remark, or refused with advice, in bounded time."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from herkomst.scanner.cli.assets import named_on_command_line, read_names
from herkomst.scanner.errors import UsageError
from herkomst.scanner.model.claim import Asset, AssetKind
from running import run_program

Herkomst = Callable[..., Any]
NAME = "archief.mijnvoorbeeld.example"


def read_list(path: Path, *names: str) -> tuple[tuple[Asset, ...], tuple[str, ...]]:
    return read_names(named_on_command_line(Namespace(names=list(names), input=path)))


def test_a_pasted_url_and_an_e_mail_address_are_understood_with_a_remark(herkomst: Herkomst) -> None:
    said = herkomst(
        "inspect", f"https://ik:geheim@{NAME.upper()}:8443/pad?x=y", "info@contact-voorbeeld.example", "--format", "jsonl"
    )
    assert said.code == 0
    assert f'"subject":"{NAME}"' in said.out.replace(": ", ":")
    assert f"was taken as {NAME}, the host name of a URL." in said.err
    assert "was taken as contact-voorbeeld.example, the domain of an e-mail address." in said.err
    assert "geheim" not in said.err + said.out
    assert herkomst("inspect", f"https://{NAME}/", "--quiet").err == ""


def test_the_same_name_in_many_forms_is_one_subject(herkomst: Herkomst) -> None:
    said = herkomst("inspect", NAME, f"{NAME}.", NAME.upper(), f"http://{NAME}", "--format", "jsonl")
    assert said.out.count("\n") == 1


def test_nonsense_is_refused_with_advice_all_at_once(herkomst: Herkomst) -> None:
    said = herkomst("check", NAME, "geen naam", "\x1b[31m<script>", "a..example", "--claim", "web.country=NL")
    assert (said.code, said.out) == (2, "")
    for part in ("geen naam", "without spaces or a path", "<script>", "Remove the double or leading dot"):
        assert part in said.err
    assert "\x1b" not in said.err


def test_bytes_that_are_no_text_on_the_command_line_are_refused(tmp_path: Path) -> None:
    done = run_program("inspect", "caf\udce9.example", "--offline", folder=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_no_name_at_all_is_refused(herkomst: Herkomst, tmp_path: Path) -> None:
    assert herkomst("check").code == 2
    said = herkomst("inspect")
    assert said.code == 2
    assert "--input FILE" in said.err
    empty = tmp_path / "leeg.txt"
    empty.write_text("\n# only a comment\n\n")
    assert herkomst("inspect", "--input", empty).code == 2
    assert herkomst("inspect", "").code == 2


# -- lists ----------------------------------------------------------------------------------------------------------


def test_a_list_may_have_a_mark_at_its_begin_comments_and_any_line_end(tmp_path: Path) -> None:
    path = tmp_path / "lijst.txt"
    path.write_bytes("\ufeff# namen\r\n a.example \r\n\r\nB.EXAMPLE.\nmünchen.example".encode())
    assets, remarks = read_list(path, "c.example")
    assert [asset.value for asset in assets] == ["c.example", "a.example", "b.example", "xn--mnchen-3ya.example"]
    assert remarks == ()


def test_a_list_is_read_from_stdin(config: Path, tmp_path: Path) -> None:
    done = run_program(
        "inspect", "--input", "-", "--format", "jsonl", "--config", config, folder=tmp_path, stdin=f"{NAME}\n{NAME}\n"
    )
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1


def test_a_hundred_thousand_names_with_duplicates_are_read_in_seconds(tmp_path: Path) -> None:
    lines = [f"naam{number}.voorbeeld.example" for number in range(60_000)] + [
        f"https://naam{number}.voorbeeld.example/" for number in range(40_000)
    ]
    lines = lines[::2] + lines[1::2]
    path = tmp_path / "lijst.txt"
    path.write_text("\n".join(lines))
    began = monotonic()
    assets, remarks = read_list(path)
    assert monotonic() - began < 20
    assert len(assets) == 60_000
    assert len(remarks) == 21  # not one for each of the 40,000
    assert remarks[-1] == "... and 39980 more."


@pytest.mark.parametrize(
    "content", [b"x" * 1_000_000, bytes(range(256)) * 500, b"\x00" * 1_000_000, b"\xff\xfea\x00.\x00n\x00l\x00\n\x00"]
)
def test_a_file_that_is_no_list_of_names_is_refused_in_bounded_time(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lijst.bin"
    path.write_bytes(content)
    began = monotonic()
    with pytest.raises(UsageError) as caught:
        read_list(path)
    assert monotonic() - began < 5
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 20_000
    assert str(caught.value).replace("\n", "").isprintable()


def test_a_list_full_of_nonsense_shows_the_first_lines_and_counts_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "lijst.txt"
    path.write_text("geen naam\n" * 1000)
    with pytest.raises(UsageError) as caught:
        read_list(path)
    said = str(caught.value).splitlines()
    assert said[0].startswith(f"{path}:1: ")
    assert said[19].startswith(f"{path}:20: ")
    assert said[20:] == ["... and 980 more."]


def test_a_name_of_a_megabyte_is_refused(herkomst: Herkomst) -> None:
    said = herkomst("inspect", "a." * 500_000 + "example")
    assert said.code == 2
    assert len(said.err) < 500


@pytest.mark.parametrize("path", ["none.txt", "."])
def test_a_list_that_cannot_be_read_is_named(herkomst: Herkomst, path: str) -> None:
    said = herkomst("inspect", "--input", path)
    assert said.code == 2
    assert f"{path} cannot be read" in said.err


def test_names_addresses_and_networks_are_kept_apart() -> None:
    assets, _ = read_names([("", "192.0.2.1"), ("", "192.0.2.1/32"), ("", "a.example")])
    assert [asset.kind for asset in assets] == [AssetKind.ADDRESS, AssetKind.NETWORK, AssetKind.DOMAIN]
