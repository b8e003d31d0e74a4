"""Takes the pictures of docs/journeys from a running demonstration: ``python -m tests.browser.take_pictures [FOLDER]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser.running import Desk, demonstration, start_chromium
from tests.paths import ROOT

PICTURES = ROOT / "docs" / "pictures"
LARGEST, ALL = 200_000, 4_000_000  # bytes
OF_A_SAMPLE = "td a[href*='/samples/']:not([href*='?']) >> nth=4"
#: name of the picture: who looks, at what (a path, or what to follow from there), how high; ``{open}`` is the code of that round
SHOTS: dict[str, tuple[str, tuple[str, ...], int]] = {
    "home": ("tech1.cusa", ("/",), 560),
    "sample-new": ("tech1.cusa", ("/samples/new?kind=TRV",), 900),
    "samples": ("tech1.cusa", ("/samples/",), 600),
    "sample": ("tech1.cusa", ("/samples/", OF_A_SAMPLE), 900),
    "sample-label": ("tech1.cusa", ("/samples/", OF_A_SAMPLE, "form[action$='/labels'] button"), 420),
    "sample-receive": ("tech1.cusa", ("/samples/", "tr:nth-child(1) td a[href*='/samples/']", "main a[href*='/receive']"), 900),
    "upload-new": ("tech1.cusa", ("/uploads/new",), 480),
    "uploads": ("tech1.cusa", ("/uploads/",), 420),
    "upload-check": ("tech1.cusa", ("/uploads/", "td a[href*='/uploads/']"), 900),
    "results": ("tech2.cusa", ("/results/",), 420),
    "rounds": ("coordinator.cus", ("/rounds/",), 560),
    "round-plan": ("coordinator.cus", ("/rounds/new",), 900),
    "round": ("coordinator.cus", ("/rounds/{open}",), 780),
    "round-submit": ("tech1.cusa", ("/rounds/{open}/submit",), 900),
    "round-evaluation": ("qa.cus", ("/rounds/{quantitative}/evaluation/1",), 860),
    "round-review": ("qa.cus", ("/rounds/{quantitative}/review",), 900),
    "round-report": ("qa.cus", ("/rounds/{quantitative}/report",), 560),
    "round-mine": ("tech1.cdcc", ("/rounds/{quantitative}/mine",), 760),
}


def take_all(desk: Desk) -> None:
    """Every picture in both languages; too large ones are an error."""
    for language, tail in (("zh_CN", "zh"), ("en", "en")):
        for name, (user, steps, height) in SHOTS.items():
            take(desk, user, language, steps, height, PICTURES / f"{name}.{tail}.png")
    sizes = {path.name: path.stat().st_size for path in PICTURES.glob("*.png")}
    large = {name: size for name, size in sizes.items() if size > LARGEST}
    assert not large and sum(sizes.values()) < ALL, (large, sum(sizes.values()))


def take(desk: Desk, user: str, language: str, steps: tuple[str, ...], height: int, path: Path) -> None:
    """One picture."""
    watched = desk.page_of(user, language, 1280, height)
    page = watched.page
    for step in steps:
        if step.startswith("/"):
            page.goto(step.format(**desk.running.codes))
        else:
            with page.expect_navigation():
                page.locator(step).first.click()
    assert not watched.problems, (path.name, watched.problems)
    page.screenshot(path=path)
    page.context.close()


def main(kept: str | None = None) -> None:
    """Load, serve, take."""
    from playwright.sync_api import sync_playwright

    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as engine, demonstration(Path(kept or folder) / "home") as running:
        browser = start_chromium(engine)
        take_all(Desk(browser, running))
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:2])
