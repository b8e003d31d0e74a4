"""A place where a command cannot write is answered by a sentence and exit code 1."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lims.commands.writing import write
from lims.errors import LimsError
from tests.paths import ROOT


def lims(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("LIMS_")}
    environment = {**kept, "LIMS_HOME": str(home), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "lims", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    with pytest.raises(LimsError, match="There is no folder .*nowhere"):
        write(tmp_path / "nowhere" / "a.xlsx", b"x")
    with pytest.raises(LimsError, match="is a folder"):
        write(tmp_path, b"x")
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(LimsError, match="cannot be written: Not a directory"):
        write(tmp_path / "file" / "a.xlsx", b"x")
    assert (tmp_path / "file").read_bytes() == b"kept"


def test_the_commands_say_it(tmp_path: Path):
    home, cases = tmp_path / "home", tmp_path / "cases"
    cases.mkdir()
    (cases / "a.json").write_text(
        '[{"id": "line", "method": "ols", "input": {"x": [1, 2, 3], "y": [3, 5, 8]}, "expected": {"slope": 2.5}, "rel_tol": 1e-9}]'
    )
    assert lims(home, "init").returncode == 0
    for words in (("samples", "template", "TRV"), ("statistics", "verify", str(cases))):
        answer = lims(home, *words, "-o", str(tmp_path / "nowhere" / "a.xlsx"))
        assert (answer.returncode, "There is no folder" in answer.stderr, "Traceback" in answer.stderr) == (1, True, False)
