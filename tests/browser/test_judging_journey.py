"""A round is judged in the browser: locked, unblinded before a witness, scored, checked, reviewed and released by both parties, read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from tests.browser.running import Desk, Watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

PageOf = Callable[..., Watched]
SHEETS = 14
PARTIES = ("cus", "cdc")


def press(page: Page, name: str) -> None:
    """Press the button of this name and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def sign(page: Page, dialog: str, password: str, **fields: str) -> None:
    """Open a dialog, fill it in, sign."""
    page.locator(f"[data-opens={dialog}]").click()
    for name, value in fields.items():
        page.locator(f"#{dialog} [name={name}]").fill(value)
    page.locator(f"#{dialog} [name=password]").fill(password)
    with page.expect_navigation():
        page.locator(f"#{dialog} button[type=submit]").click()


def lock_and_score(page: Page, code: str, witness: str, pictures: Path) -> None:
    """Lock, unblind before the witness, ask for the score run and watch its job until the run stands in the list."""
    page.goto(f"/rounds/{code}/evaluation")
    press(page, "Lock now")
    assert page.get_by_text(f"Round {code} is locked.").count()
    sign(page, "unblind", witness, login="qa.cdc")
    assert page.get_by_text(f"Round {code} is unblinded.").count()
    press(page, "Evaluate")
    page.locator("td a[href$='/evaluation/1']").wait_for()  # the page follows the job by itself
    page.screenshot(path=pictures / "judging-scored.png", full_page=True)


def opine(page: Page, code: str, password: str, text: str) -> None:
    """Write and sign an opinion."""
    page.goto(f"/rounds/{code}/review")
    page.locator("#text").fill(text)
    page.locator("#opinion-password").fill(password)
    press(page, "Sign the opinion")
    assert page.get_by_text(text).count()


def test_a_round_from_the_lock_to_the_workbook_of_its_report(page_of: PageOf, desk: Desk, pictures: Path, tmp_path: Path):
    code, passwords = desk.running.codes["ready"], desk.running.passwords
    coordinator = page_of("coordinator.cus").page
    lock_and_score(coordinator, code, passwords["qa.cdc"], pictures)

    people = {user: page_of(user).page for user in ("reviewer.cus", "reviewer.cdc", "qa.cus", "qa.cdc")}
    people["reviewer.cdc"].goto(f"/rounds/{code}/evaluation")
    sign(people["reviewer.cdc"], "check", passwords["reviewer.cdc"])
    coordinator.goto(f"/rounds/{code}/evaluation")
    press(coordinator, "Open the joint review")
    for party in PARTIES:
        opine(people[f"reviewer.{party}"], code, passwords[f"reviewer.{party}"], f"Scores and items are in order ({party}).")
    for party in PARTIES:
        page = people[f"qa.{party}"]
        page.goto(f"/rounds/{code}/review")
        assert page.get_by_text("Scores and items are in order").count() == len(PARTIES)
        page.screenshot(path=pictures / f"judging-release-{party}.png", full_page=True)
        sign(page, "release", passwords[f"qa.{party}"])

    reader = page_of("tech1.cdcc").page
    reader.goto(f"/rounds/{code}/report")
    with reader.expect_download() as download:
        reader.get_by_role("link", name="Download the workbook").click()
    download.value.save_as(tmp_path / "report.xlsx")
    book = load_workbook(tmp_path / "report.xlsx")
    assert sum(sheet.sheet_state == "visible" for sheet in book) == SHEETS
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(code in cell for cell in cells)
    assert all(any(f"Scores and items are in order ({party})." in cell for cell in cells) for party in PARTIES)
