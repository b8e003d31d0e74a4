"""`python -m tests.coverage_run` (make prove-statistics): how often the intervals hold the truth, printed share by share.

The seed and the number of draws stand with each test; the run repeats itself on the same versions.
"""

from __future__ import annotations

import platform
import sys
import time
from contextlib import redirect_stdout
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

FILE = Path(__file__).parent / "statistics/test_coverage.py"


class Lines:
    """A pytest plugin: what the tests recorded, and which of them failed."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.passed, self.failed = 0, 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        self.passed, self.failed = self.passed + report.passed, self.failed + report.failed
        self.lines += [str(value) for name, value in report.user_properties if name == "coverage"]
        if report.failed:
            self.lines.append(f"FAILED {report.nodeid.rpartition('::')[2]}: {report.longreprtext.strip().splitlines()[-1]}")


def main() -> int:
    from tests.statistics.test_coverage import SEED

    found, started = Lines(), time.process_time()
    options = (
        "-q",
        "--no-header",
        "--no-summary",
        "--tb=short",
        "-p",
        "no:cacheprovider",
        "--noconftest",
        "-o",
        "console_output_style=classic",
    )
    with redirect_stdout(sys.stderr):
        code = pytest.main([*options, "-o", "addopts=--import-mode=importlib", str(FILE)], plugins=[found])
    versions = ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in ("numpy", "scipy"))])
    head = f"Coverage of 95 % intervals, seed {SEED}, {versions}; {datetime.now(UTC):%Y-%m-%d}"
    seconds = f"{found.passed} tests passed, {found.failed} failed; {time.process_time() - started:.0f} s of processor time"
    sys.stdout.write("\n".join([head, seconds, "", *found.lines, ""]))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
