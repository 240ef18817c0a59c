"""The files of this project that git has, or, without git, those that lie in its folders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", ".hypothesis", ".src", "__pycache__", "build", "dist"}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def files() -> tuple[Path, ...]:
    """Return every file that git has and that is still there, as a path below the root."""
    if not (ROOT / ".git").exists():
        return tuple(path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file() and not NOT_OURS & set(path.parts))
    # a checkout may belong to somebody else than the one who runs its tests
    command = ["git", "-c", "safe.directory=*", "-C", ROOT, "ls-files", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(Path(name) for name in listed if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def texts(root: Path, files: tuple[Path, ...]) -> dict[Path, str]:
    """Return the text of every file that is one."""
    found = {}
    for path in files:
        content = (root / path).read_bytes()
        if b"\0" not in content:
            found[path] = content.decode("utf-8")
    return found


@pytest.fixture(scope="session")
def python_files(texts: dict[Path, str]) -> dict[Path, str]:
    """Return every Python file, scripts without an ending included."""
    return {path: text for path, text in texts.items() if path.suffix == ".py" or text.startswith("#!/usr/bin/env python")}
