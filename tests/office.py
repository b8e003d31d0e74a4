"""LibreOffice as an independent calculator; the tests that need it say plainly when it is absent."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

REASON = "LibreOffice (soffice) is not installed, so nothing recalculates the workbook"


def converted(content: bytes, folder: Path, kind: str = "xlsx") -> Path:
    """The workbook opened, recalculated and saved by LibreOffice, with a profile of its own in ``folder``."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip(REASON)
    source, target = folder / "source.xlsx", folder / "converted"
    source.write_bytes(content)
    profile = (folder / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir", str(target), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    result = target / f"source.{kind}"
    assert result.exists(), done.stdout + done.stderr
    return result
