"""A pytest plugin for .ci/run: there, a test of a browser, PostgreSQL, LibreOffice or an assurance row must not be skipped."""

import pytest

MUST_RUN = {"browser", "postgresql", "office", "assurance"}
skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail") and MUST_RUN & set(report.keywords):
        skipped.append(f"{report.nodeid}: {report.longreprtext.strip()}")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(f"{report.nodeid}: {report.longreprtext.strip()}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped:
        terminalreporter.section("must run here, but were skipped")
        for line in skipped:
            terminalreporter.write_line(line)
