"""What a user installs has every part of the program, nothing else, and works away from the checkout (decision 0001).

The wheel is built from what git has of HEAD, so that neither a stale `build/` nor a file that was never added can hide in it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("scanner", "collectors", "config", "reports", "lab")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
READ_DATA = """
import json
from importlib.resources import files

from herkomst.config.knowledge import load_catalogue
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.vocabulary import claim_keys

tables = PrefixTables.open()
datasets = tables.datasets
tables.close()
schemas = [
    json.loads(path.read_bytes())["$schema"]
    for package in ("herkomst.config", "herkomst.reports")
    for path in files(package).joinpath("schemas").iterdir()
]
print(files("herkomst.config"), len(load_catalogue().providers), len(datasets), len(schemas), len(claim_keys()))
"""


@dataclass(frozen=True)
class BuiltWheel:
    """A wheel, the names in it, and the names of the files that git has."""

    path: Path
    names: frozenset[str]
    tracked: frozenset[str]


def ask_git(*arguments: str | Path) -> str:
    # a checkout may belong to somebody else than the one who runs its tests
    command = ("git", "-c", "safe.directory=*", "-C", ROOT, *arguments)
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def use_pip(*arguments: str | Path) -> None:
    ran = subprocess.run((sys.executable, "-m", "pip", *arguments), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> BuiltWheel:
    if not (ROOT / ".git").exists():
        message = "this is no git checkout, so there is nothing to compare a wheel with"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("wheel")
    archive, source = folder / "source.zip", folder / "source"
    ask_git("archive", "--output", archive, "HEAD")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(source)
    use_pip("wheel", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, source)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        names = frozenset(opened.namelist())
    return BuiltWheel(path, names, frozenset(ask_git("ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")) - {""})


def test_the_wheel_has_every_file_of_the_five_parts_and_no_other(wheel: BuiltWheel) -> None:
    expected = {f"herkomst/{name}" for name in wheel.tracked if name.split("/")[0] in PARTS}
    packed = {name for name in wheel.names if ".dist-info/" not in name}
    assert packed == expected


def test_the_wheel_carries_the_licence_and_the_notice(wheel: BuiltWheel) -> None:
    assert {name.split("/")[-1] for name in wheel.names if ".dist-info/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_every_folder_with_modules_is_a_listed_and_typed_package() -> None:
    folders = {path.parent for part in PARTS for path in (ROOT / part).rglob("*.py")}
    listed = PROJECT["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(".".join(("herkomst", *folder.relative_to(ROOT).parts)) for folder in folders)
    for folder in folders:
        assert (folder / "__init__.py").is_file(), folder
        assert (folder / "py.typed").is_file(), folder


@pytest.fixture(scope="session")
def programs(wheel: BuiltWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own, where only the dependencies of this one can be seen; return its bin folder."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    use_pip("--python", folder / "bin" / "python", "install", "--no-deps", "--no-index", wheel.path)
    (site,) = folder.glob("lib/python3.*/site-packages")
    # a folder named in a .pth file is searched, but its own .pth files are not read: this checkout's editable install stays out
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return folder / "bin"


def run_away_from_home(folder: Path, *command: str | Path) -> str:
    """Run a command where no checkout is near and no setting points to one; return what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def test_the_installed_program_says_its_version(programs: Path, tmp_path: Path) -> None:
    assert run_away_from_home(tmp_path, programs / "herkomst", "--version") == f"herkomst {PROJECT['project']['version']}\n"


def test_the_installed_program_reads_its_own_catalogue_tables_schemas_and_vocabulary(programs: Path, tmp_path: Path) -> None:
    place, *counts = run_away_from_home(tmp_path, programs / "python", "-W", "error", "-c", READ_DATA).split()
    assert Path(place).is_relative_to(programs.parent)
    providers, datasets, schemas, claims = map(int, counts)
    assert providers > 60
    assert datasets == 4
    assert schemas == len(list(ROOT.glob("*/schemas/*.json")))
    assert claims > 100


def test_the_installed_program_gives_the_demonstration(programs: Path, tmp_path: Path) -> None:
    said = run_away_from_home(tmp_path, programs / "herkomst", "demo", "--quiet", "-o", tmp_path / "demo")
    assert "verdicts are as the story expects." in said
    assert "</html>" in (tmp_path / "demo" / "report-nl.html").read_text("utf-8")
