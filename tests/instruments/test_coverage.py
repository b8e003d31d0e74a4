"""The page of what is read: made from a folder of files, one line for each family, no place of this machine on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from instruments.command import list_parsers, parse_file
from instruments.coverage import coverage
from lims.commands.instruments import instruments
from tests.paths import ROOT

OWN = Path(__file__).parent


def folder_in(tmp_path: Path) -> Path:
    """Three files: one as expected, one with another count, one that nobody reads."""
    tmp_path.mkdir(exist_ok=True)
    for family, name in (("biorad_cfx", "maestro.csv"), ("rotorgene", "two_channels.csv")):
        (tmp_path / "real" / family).mkdir(parents=True)
        shutil.copy(OWN / family / name, tmp_path / "real" / family / name)
    (tmp_path / "real" / "unknown").mkdir()
    (tmp_path / "real" / "unknown" / "x.txt").write_text("nothing to be read\n", "utf-8")
    entries = [
        {"path": "real/biorad_cfx/maestro.csv", "software": "CFX | Maestro", "expected": {"n_rows": 7, "counts": "result rows"}},
        {"path": "real/rotorgene/two_channels.csv", "software": "Rotor-Gene", "expected": {"n_rows": 9, "counts": "result rows"}},
        {"path": "real/unknown/x.txt", "software": "?", "expected": {"refused": True}},
        {"path": "adversarial/y.txt", "software": "not counted", "expected": {}},
    ]
    (tmp_path / "manifest.json").write_text(json.dumps(entries), "utf-8")
    return tmp_path


def test_each_family_has_its_line(tmp_path: Path):
    page = coverage(folder_in(tmp_path), parse_file)
    assert "2 of 3 files, 2 of 3 families." in page
    assert "| biorad_cfx | CFX / Maestro | `biorad_cfx` | 1 | 1 | 7 |  |" in page
    assert "| rotorgene | Rotor-Gene | `rotorgene` | 1 | 0 | 6 | 6 rows read |" in page
    assert "| unknown | ? | - | 1 | 1 | 0 |  |" in page
    assert str(tmp_path) not in page and "not counted" not in page


def test_the_command_writes_the_page(tmp_path: Path):
    page = tmp_path / "docs" / "coverage.md"
    result = CliRunner().invoke(instruments, ["coverage", "--files", str(folder_in(tmp_path / "files")), "-o", str(page)])
    assert result.exit_code == 0, result.output
    assert page.read_text("utf-8").startswith("# Instrument files that are read")


def test_a_folder_without_manifest_is_refused(tmp_path: Path):
    assert CliRunner().invoke(instruments, ["coverage", "--files", str(tmp_path)]).exit_code == 2


def test_the_committed_page_names_every_parser():
    page = (ROOT / "docs" / "instruments" / "coverage.md").read_text("utf-8")
    assert [parser["name"] for parser in list_parsers() if f"| `{parser['name']}` |" not in page] == []
