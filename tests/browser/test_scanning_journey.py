"""Thirty tubes registered with a scanner and the keyboard alone: no mouse, a duplicate, an undo, full width, an ended login."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.running import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

PageOf = Callable[..., Watched]
TUBES = [f"{n:07d}" for n in range(88101, 88131)]


def scan(page: Page, code: str) -> None:
    """What a scanner does: the characters into what has the focus, then Enter."""
    with page.expect_navigation():
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def go_to(page: Page, selector: str) -> None:
    """Tab until the field has the focus."""
    for _ in range(400):
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def choose(page: Page, selector: str, typed: str) -> None:
    go_to(page, selector)
    page.keyboard.type(typed)


def shared_values(page: Page) -> None:
    go_to(page, "#expected")
    page.keyboard.type("30")
    choose(page, "#rack", "96")
    choose(page, "#matrix", "naso")
    choose(page, "#category", "screen")
    choose(page, "#conveyance_number", "3U8694")
    with page.expect_navigation():
        page.keyboard.press("Control+s")


def pseudonyms(page: Page) -> None:
    """Down the column, newest on top: Enter goes to the cell below."""
    go_to(page, "input[name='tube-30-pseudonym']")
    for n in range(30, 0, -1):
        page.keyboard.type(f"9H-48-{n:02d}")
        page.keyboard.press("Enter")


def mistakes(page: Page) -> None:
    """The same tube again, taken back; then a tube whose scanner sends full-width digits."""
    scan(page, TUBES[3])
    assert "is already number 4 of this batch" in page.locator(".last-scan.bad").inner_text()
    with page.expect_navigation():
        page.keyboard.press("Control+z")
    assert page.locator(".last-scan.bad").count() == 0
    scan(page, TUBES[10].translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789"}))
    assert "turned into half-width" in page.locator(".last-scan").inner_text()


def gone_on(page: Page) -> None:
    """The unfinished batch, after a new sign-in."""
    page.goto("/samples/batch")
    page.locator("tbody a").first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for code in TUBES[11:]:
        scan(page, code)


def test_thirty_tubes_are_registered_by_keyboard_alone(page_of: PageOf, pictures: Path) -> None:
    page = page_of("tech1.cusb").page
    page.goto("/samples/batch")
    go_to(page, "button[value=TRV]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    shared_values(page)
    for code in TUBES[:10]:
        scan(page, code)
    mistakes(page)
    page.context.clear_cookies()  # the login ends
    page = page_of("tech1.cusb").page
    gone_on(page)
    page.screenshot(path=pictures / "scanning.png", full_page=True)
    pseudonyms(page)
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    text = page.locator("main").inner_text()
    page.screenshot(path=pictures / "scanning-done.png", full_page=True)
    assert "30 samples are registered" in text and "This batch is finished." in text
