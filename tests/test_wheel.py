"""The wheel holds what git holds of the program, nothing else, and works away from the checkout."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
INSIDE = {"lims": "lims", "instruments": "instruments", "templates": "lims/_shared/templates", "migrations": "lims/_shared/migrations"}


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    answer = subprocess.run([*map(str, command)], cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", folder, wheel)
    return folder


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        (record,) = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        rows = csv.reader(archive.read(record).decode().splitlines())
        return {row[0] for row in rows if not row[0].startswith(record.partition("/")[0])}


def tracked() -> set[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout: there is nothing to compare the wheel with")
    listed = run("git", "ls-files", "-z", *INSIDE, "config.py").split("\0")
    return {name for name in listed if name and (ROOT / name).exists()}


def test_the_wheel_holds_exactly_what_git_holds_of_the_program(wheel: Path):
    expected = {"lims/_shared/config.py" if name == "config.py" else _inside(name) for name in tracked()}
    assert names(wheel) == expected


def _inside(name: str) -> str:
    top, _, rest = name.partition("/")
    return f"{INSIDE[top]}/{rest}"


def test_a_stray_file_in_a_forced_folder_would_be_noticed(wheel: Path, tmp_path: Path):
    for folder in INSIDE:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for file in ("config.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / file, tmp_path)
    (tmp_path / "templates" / "notes.txt").write_text("left behind")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist", cwd=tmp_path)
    (stray,) = (tmp_path / "dist").glob("*.whl")
    assert names(stray) - names(wheel) == {"lims/_shared/templates/notes.txt"}


def test_a_wheel_made_from_the_source_archive_is_the_same(wheel: Path, tmp_path: Path):
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        source.extractall(tmp_path, filter="data")
    (folder,) = (path for path in tmp_path.iterdir() if path.is_dir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=folder)
    (rebuilt,) = tmp_path.glob("*.whl")
    assert names(rebuilt) == names(wheel)


PROBE = """
import lims
from lims.paths import shared_path
print(lims.__file__)
print(shared_path("templates") / "base.html", shared_path("migrations") / "env.py", shared_path("config.py"))
from instruments import registry
print(sorted(parser.NAME for parser in registry.parsers()))
from lims.words import translate
print(translate("Sample", "zh_CN"))
"""


def test_the_installed_wheel_finds_templates_migrations_parsers_and_chinese(installed: Path, tmp_path: Path):
    place, shared, parsers, chinese = run(sys.executable, "-c", PROBE, cwd=tmp_path, PYTHONPATH=str(installed)).splitlines()
    assert Path(place) == installed / "lims" / "__init__.py"
    assert all(Path(path).is_file() and Path(path).is_relative_to(installed / "lims" / "_shared") for path in shared.split())
    assert "quantstudio" in parsers.lower()
    assert chinese == "样品"


def test_the_installed_program_answers(installed: Path, tmp_path: Path):
    version = run(sys.executable, "-m", "lims", "version", cwd=tmp_path, PYTHONPATH=str(installed)).split()[-1]
    assert (installed / f"lims-{version}.dist-info").is_dir()
    assert "instruments" in run(installed / "bin" / "lims", "--help", cwd=tmp_path, PYTHONPATH=str(installed))
