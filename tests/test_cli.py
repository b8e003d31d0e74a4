"""The command starts at once and imports no heavy library before it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["scipy", "openpyxl", "flask", "sqlalchemy", "numpy"])
def test_the_command_line_starts_without(module: str):
    code = f"import sys, lims.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_version_prints_the_version():
    answer = subprocess.run([sys.executable, "-m", "lims", "version"], capture_output=True, text=True)
    assert answer.stdout.strip() == "0.1.0"


def test_an_unknown_command_is_refused_with_a_hint():
    answer = subprocess.run([sys.executable, "-m", "lims", "nonsense"], capture_output=True, text=True)
    assert answer.returncode == 2
    assert "No such command" in answer.stderr
