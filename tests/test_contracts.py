"""The walls of the house: each import contract is seen to catch a planted break, and rooms stay small."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"
LONGEST = 300

FLOORS = "Every room has its floor, and looks only down"
SLICE = "Inside a slice, too"
SCREENS = "No screen is imported by a deeper part of another slice"
HTTP = "Services and models have never heard of HTTP"
READERS = "Only imports reads instrument files"
STATISTICS = "Statistics know numbers only"
RULES = "The rules of a slice are pure"
PARSERS = "Parsers know neither the application nor its database"

BREAKS = [
    (FLOORS, "lims.db.types", "import lims.accounts.models"),
    (FLOORS, "lims.samples.service", "import lims.results.service"),
    (FLOORS, "lims.nobody_declared_this_room", ""),
    (SLICE, "lims.samples.models", "import lims.samples.service"),
    (SLICE, "lims.samples.nobody_declared_this_file", ""),
    (SCREENS, "lims.rounds.service", "import lims.samples.views"),
    (HTTP, "lims.samples.service", "import flask"),
    (HTTP, "lims.worker", "import werkzeug"),
    (READERS, "lims.samples.service", "import instruments.contract"),
    (STATISTICS, "lims.statistics.robust", "import sqlalchemy"),
    (RULES, "lims.rounds.scoring", "import sqlalchemy"),
    (PARSERS, "instruments.text", "import lims.errors"),
]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for folder in ("lims", "instruments"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.pyc", "static", "data"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(checkout: Path) -> str:
    command = [str(LINT_IMPORTS), "--no-cache"]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False).stdout


def plant(checkout: Path, module: str, line: str) -> None:
    path = checkout.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(f"{before}\n{line}\n", encoding="utf-8")


def test_the_contracts_hold_as_the_code_stands(checkout: Path):
    answer = lint(checkout)
    assert "0 broken" in answer, answer


@pytest.mark.parametrize(("contract", "module", "line"), BREAKS)
def test_a_planted_break_is_caught(checkout: Path, contract: str, module: str, line: str):
    plant(checkout, module, line)
    assert f"{contract} BROKEN" in " ".join(lint(checkout).split())


def python_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout: the files of the project are not known")
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_no_file_is_long_without_a_written_reason():
    reasons = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs" / "decisions").glob("*.md")))
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in python_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST and f"`{name}`" not in reasons} == {}
