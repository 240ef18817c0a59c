"""The servers that other tests rely on say why they are not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers.real import require_program, run_nsd


def test_a_missing_program_is_a_skip_that_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Debian package nsd"):
        require_program("no-such-program", "nsd")


def test_a_missing_program_is_an_error_where_ci_promises_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Debian package nsd"):
        require_program("no-such-program", "nsd")


def test_a_server_that_does_not_start_shows_what_it_said(tmp_path: Path) -> None:
    require_program("nsd", "nsd")
    with (
        pytest.raises(pytest.fail.Exception, match=r"did not start:\n.+"),
        run_nsd(tmp_path / "nsd", {'bad"name': "no zone at all"}),
    ):
        pass
