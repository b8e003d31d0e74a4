"""A comparison round in the browser: a form filled by keyboard and handed over, signed by another person; a published round read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl import load_workbook

from tests.browser.running import Desk, Watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

PageOf = Callable[..., Watched]
ANSWERS = ("POS", "NEG", "POS", "NEG", "NEG")
SHEETS = 14


def test_a_participant_submits_by_keyboard_and_another_person_signs(page_of: PageOf, desk: Desk, pictures: Path):
    page, code = page_of("tech1.cusb").page, desk.running.codes["open"]
    page.goto(f"/rounds/{code}")
    page.screenshot(path=pictures / "round-participant.png", full_page=True)
    fill_in(page, code)
    page.screenshot(path=pictures / "round-submit.png", full_page=True)
    hand_over(page)

    other = page_of("auth.cusb").page
    assert other.get_by_text(code).count()  # it waits on the home page
    other.goto(f"/rounds/{code}/submit")
    other.locator("[data-opens=sign]").click()
    other.screenshot(path=pictures / "round-sign.png")
    other.locator("#sign-password").fill(desk.running.passwords["auth.cusb"])
    with other.expect_navigation():
        other.locator("#sign-password").press("Enter")
    assert other.get_by_text(re.compile(r"Version \d+, signed")).count()
    other.screenshot(path=pictures / "round-signed.png", full_page=True)


def fill_in(page: Page, code: str) -> None:
    """Fill the form of the own results by keyboard."""
    page.goto(f"/rounds/{code}/submit")
    page.locator("[name=method_code]").select_option("QRTPCR")
    page.locator("[name=tested_on]").fill("2026-11-20")
    first = page.locator("table#values tbody select").first
    first.focus()
    for place, answer in enumerate(ANSWERS):
        page.keyboard.type(answer)  # typing chooses; the arrow goes to the item below
        if place < len(ANSWERS) - 1:
            page.keyboard.press("Enter")
    chosen = [one.input_value() for one in page.locator("table#values tbody tr td:nth-child(2) select").all()]
    assert chosen == list(ANSWERS)
    page.locator("[name=is_independent]").focus()
    page.keyboard.press("Space")


def hand_over(page: Page) -> None:
    """Hand the filled form over to the authoriser."""
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.get_by_text("handed over, waits for the signature").count()


def test_who_entered_the_results_cannot_sign_them(page_of: PageOf, desk: Desk):
    page, code = page_of("auth.cusc").page, desk.running.codes["open"]  # may sign, but not what was entered by the same person
    fill_in(page, code)
    hand_over(page)
    page.goto(f"/rounds/{code}/submit")
    assert page.locator("[data-opens=sign]").count() == 0
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    typed = {"csrf_token": token, "password": desk.running.passwords["auth.cusc"]}
    address, english = f"/rounds/{code}/submit/sign", {"Accept-Language": "en"}
    answers = [page.request.post(address, headers=english, form={**typed, "version": str(version)}) for version in range(1, 4)]
    refused = [answer.text() for answer in answers if answer.status == 422]
    assert refused and all("You entered results yourself" in text for text in refused), refused
    page.goto(f"/rounds/{code}/submit")
    assert page.get_by_text("handed over, waits for the signature").count()
    assert page.get_by_text(re.compile(r"Version \d+, signed")).count() == 0


def test_a_published_round_is_read_by_both_sides_and_its_workbook_opens(page_of: PageOf, desk: Desk, pictures: Path, tmp_path: Path):
    code = desk.running.codes["quantitative"]
    for user in ("qa.cus", "reviewer.cdc"):
        page = page_of(user).page
        for name in ("", "evaluation", "review", "report"):
            page.goto(f"/rounds/{code}/{name}".rstrip("/"))
            page.screenshot(path=pictures / f"round-{name or 'page'}-{user}.png", full_page=True)
    page.goto(f"/rounds/{code}/evaluation/1")
    page.screenshot(path=pictures / "round-scores.png", full_page=True)
    assert page.get_by_text("Questionable").count() and page.get_by_text("Unsatisfactory").count()
    page.goto(f"/rounds/{code}/report")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the workbook").click()
    download.value.save_as(tmp_path / "report.xlsx")
    book = load_workbook(tmp_path / "report.xlsx")
    assert sum(sheet.sheet_state == "visible" for sheet in book) == SHEETS


def test_a_participant_finds_its_own_result_and_no_other_name(page_of: PageOf, desk: Desk, pictures: Path):
    page = page_of("tech1.cdcc", "zh_CN").page
    page.goto(f"/rounds/{desk.running.codes['quantitative']}/mine")
    page.screenshot(path=pictures / "round-mine-zh.png", full_page=True)
    text = page.locator("main").inner_text()
    assert "海关实验室" not in text and "疾控实验室A" not in text
