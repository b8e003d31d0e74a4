"""The demonstration in a real browser; skipped with a plain reason where Chromium or Playwright is absent."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.running import CHROMIUM, Desk, Running, Watched, demonstration, prepare, start_chromium


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need the browser; loading and serving take their time on a busy machine."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(1500))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demonstration, loaded once and served, with further rounds prepared for the journeys."""
    with demonstration(tmp_path_factory.mktemp("demonstration") / "home") as running:
        prepare(running)
        yield running


@pytest.fixture(scope="session")
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A browser before the running demonstration."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed (make test installs it)")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is absent (apt-get install chromium)")
    running: Running = request.getfixturevalue("demo")
    with playwright.sync_playwright() as engine:
        browser = start_chromium(engine)
        yield Desk(browser, running)
        browser.close()


@pytest.fixture
def page_of(desk: Desk) -> Iterator[Callable[..., Watched]]:
    """``page_of(user, language, width)``: a page in which the user is; every page is closed at the end, and none had a problem to tell."""
    opened: list[Watched] = []

    def open_page(user: str, language: str = "en", width: int = 1280) -> Watched:
        opened.append(desk.page_of(user, language, width))
        return opened[-1]

    yield open_page
    problems = [problem for one in opened for problem in one.problems]
    for one in opened:
        one.page.context.close()
    assert problems == []


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots go: LIMS_TEST_SCREENSHOTS keeps them."""
    kept = os.environ.get("LIMS_TEST_SCREENSHOTS")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
