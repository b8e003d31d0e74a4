"""`lims instruments check` finds what breaks the contract: in the module, in what it reads, and against its golden files."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lims.commands.instruments import instruments

BEGINNING = """
from instruments.contract import Match, ParsedFile, ParseError, ParseOptions, RawFile, Reading, note, Skipped
NAME, VERSION, TITLE, FORMATS, MATURITY = "made", "1", "Made", ("txt",), "test"
def recognises(file, options):
    return Match(90 if file.content.startswith(b"MADE") else 0)
def reading(raw, source, value=None):
    return Reading(None, "S1", "unknown", "X", None, "other", raw, "value", value or raw, None, None, 1, (), source)
def refuse(file):
    if not file.content.startswith(b"MADE"):
        raise ParseError("not_made", "It is no file of this reader.")
"""
GOOD = """
def parse(file, options):
    refuse(file)
    return ParsedFile(NAME, VERSION, (reading("5.6", "line 2"),), 1, 1, (), encoding="utf-8")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.txt").write_text("MADE\n5.6\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def checked(folder: Path, name: str, code: str, *options: str) -> Result:
    (folder / f"{name}.py").write_text(code, "utf-8")
    return CliRunner().invoke(instruments, ["check", name, str(folder / "files"), *options])


def test_a_good_parser_passes_and_its_golden_file_is_kept(folder: Path):
    result = checked(folder, "good_one", BEGINNING + GOOD, "--write")
    assert result.exit_code == 0, result.output
    assert "a.txt: 1 rows seen = 1 used + 0 skipped, 1 readings" in result.output
    assert checked(folder, "good_one", BEGINNING + GOOD).exit_code == 0
    (folder / "files" / "a.txt").write_text("MADE\n5.6\n\n", "utf-8")
    result = checked(folder, "good_one", BEGINNING + GOOD)
    assert result.exit_code == 1 and "It differs from a.txt.json." in result.output


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("no_names", "NAME = 'x'", "The module lacks VERSION"),
        ("not_there_at_all_", "import nothing_of_the_kind", "The module cannot be imported"),
        ("greedy", BEGINNING.replace('90 if file.content.startswith(b"MADE") else 0', "90") + GOOD, "takes an empty file for its own"),
        ("breaks", BEGINNING + "def parse(file, options):\n    return 1 / 0\n", "breaks off on an empty file: ZeroDivisionError"),
        (
            "reads_all",
            BEGINNING + GOOD.replace("    refuse(file)\n", ""),
            "reads an empty file; a file that is not its own must be refused",
        ),
        ("elsewhere", BEGINNING + GOOD.replace('"line 2"', '"line 1"'), "The text '5.6' does not stand at line 1."),
        ("invents", BEGINNING + GOOD.replace('reading("5.6"', 'reading("6.5"'), "The text '6.5' does not stand at line 2."),
        (
            "differs",
            "import itertools\nCOUNT = itertools.count()\n" + BEGINNING + GOOD.replace('"line 2")', '"line 2", str(next(COUNT)))'),
            "Two readings of the same bytes differ.",
        ),
        ("loses", BEGINNING + GOOD.replace("1, 1, ()", "2, 1, ()"), "refused (rows_do_not_add_up)"),
        ("writes", BEGINNING + GOOD.replace("    return", "    open('x.txt', 'w')\n    return"), "tried something that is not allowed"),
    ],
)
def test_what_breaks_the_contract_is_said(folder: Path, name: str, code: str, sentence: str):
    result = checked(folder, name, code)
    assert sentence in result.output, result.output
    assert result.exit_code == 1


def test_a_folder_without_files_is_refused(folder: Path):
    (folder / "files" / "a.txt").unlink()
    assert checked(folder, "good_two", BEGINNING + GOOD).exit_code == 2
