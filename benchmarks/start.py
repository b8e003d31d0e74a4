"""What it costs to start: the help of the command line, beside an interpreter that imports the web and database libraries."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measure import Row, Work

GROUP = "start"


def _process(*arguments: str) -> Work:
    def work() -> None:
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)

    return work


def rows() -> list[Row]:
    light, heavy = "import flask, sqlalchemy", "import flask, sqlalchemy, scipy.stats, openpyxl"
    ours = _process("-m", "lims", "--help")
    return [Row(GROUP, "lims --help", "1 process", ours, _process("-c", light), light, limit=1.0, peers={heavy: _process("-c", heavy)})]
