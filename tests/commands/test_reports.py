"""``lims report verify``: 0 when all holds, 1 with the cells when something was changed, 2 when the file is no report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lims import seals
from lims.rounds.report import build
from tests.paths import ROOT
from tests.report_factory import quantitative
from tests.tampering import number, with_cell


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.xlsx"
    path.write_bytes(build(quantitative(6), seals.open_sealer(tmp_path / "issuer")))
    return path


def verified(path: Path, home: Path, *options: str) -> tuple[int, str]:
    environment = {**os.environ, "LIMS_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "lims", "report", "verify", str(path), *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, cwd=ROOT)
    return done.returncode, done.stdout + done.stderr


def test_a_report_holds_with_the_key_given_or_that_of_the_installation(report: Path, tmp_path: Path):
    code, said = verified(report, tmp_path / "nowhere", "--key", str(tmp_path / "issuer" / seals.PUBLIC_FILE))
    assert (code, "Sealed with the key that is trusted here." in said) == (0, True)
    code, said = verified(report, tmp_path / "issuer")
    assert (code, "Sealed with the key that is trusted here." in said) == (0, True)


def test_without_a_key_the_origin_is_not_proven(report: Path, tmp_path: Path):
    code, said = verified(report, tmp_path / "nowhere")
    assert (code, "Numbers consistent, origin not proven" in said) == (0, True)


def test_a_changed_report_ends_with_1_and_its_cell(report: Path, tmp_path: Path):
    report.write_bytes(with_cell(report.read_bytes(), "statistics", "D7", number("5.92")))
    code, said = verified(report, tmp_path / "issuer")
    assert code == 1
    assert "6 统计 Statistics!D7  value or formula: shown 5.92; recomputed 5.52" in said


def test_another_key_than_the_one_given_ends_with_1(report: Path, tmp_path: Path):
    seals.open_sealer(tmp_path / "other")
    code, said = verified(report, tmp_path / "nowhere", "--key", str(tmp_path / "other" / seals.PUBLIC_FILE))
    assert (code, "sealed with another key than the one given" in said) == (1, True)


def test_what_is_no_report_ends_with_2(tmp_path: Path):
    path = tmp_path / "text.xlsx"
    path.write_text("no workbook")
    code, said = verified(path, tmp_path)
    assert (code, "Not a report of this program." in said) == (2, True)
