"""``python -m benchmarks [group]``: measure, print the ratios, keep them in benchmarks/latest.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import agreement, lists, plate_files, register, report, robust, start
from benchmarks.measure import Measured, Row, measure

MODULES = (start, register, lists, robust, agreement, report, plate_files)
LATEST = Path(__file__).parent / "latest.json"
LIBRARIES = ("flask", "sqlalchemy", "numpy", "scipy", "openpyxl", "python-calamine")
LINE = "{:<12} {:<24} {:<10} {:>10} {:>10} {:>8} {:>8}  {}"


def line(measured: Measured) -> str:
    row = measured.row
    judged = "" if measured.is_within else "  OVER"
    peers = "; ".join(f"{measured.ours / seconds:.2f} x {name}" for name, seconds in measured.peers.items())
    return LINE.format(
        row.group,
        row.name,
        row.size,
        f"{measured.ours * 1000:.2f} ms",
        f"{measured.floor * 1000:.2f} ms",
        f"{measured.ratio:.2f}",
        f"<= {row.limit:g}",
        peers + judged,
    )


def machine() -> dict[str, object]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def _merged(measured: list[dict[str, object]]) -> list[dict[str, object]]:
    """What was measured now, and what was kept of the groups that were left out."""
    groups = {row["group"] for row in measured}
    kept = json.loads(LATEST.read_text())["rows"] if LATEST.exists() else []
    return [*(row for row in kept if row["group"] not in groups), *measured]


def main(only: str | None) -> int:
    groups = {module.GROUP for module in MODULES}
    if only is not None and only not in groups:
        print(f"There is no group {only}. The groups are: {', '.join(sorted(groups))}.")
        return 2
    chosen: list[Row] = [row for module in MODULES if only in (None, module.GROUP) for row in module.rows()]
    print(LINE.format("group", "work", "size", "ours", "floor", "ratio", "allowed", "ours / peer"))
    results = []
    for row in chosen:
        results.append(measure(row))
        print(line(results[-1]), flush=True)
    LATEST.write_text(json.dumps({"machine": machine(), "rows": _merged([result.as_json() for result in results])}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
