"""Results without a network, in the browser: a form is downloaded, filled by another program, uploaded, corrected, accepted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.running import Running, Watched
from tests.form_factory import FilledForm

if TYPE_CHECKING:
    from playwright.sync_api import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS = {
    "en": ("Download the form", "Upload a filled form", "Look at the rows", "Error workbook", "Accept as a new version"),
    "zh_CN": ("下载报告单", "上传已填报告单", "查看各行", "错误工作簿", "接受并存为新版本"),
}  # fmt: skip


def download(page: Page, name: str) -> bytes:
    """What the link or button of this name gives."""
    with page.expect_download() as waiting:
        page.locator("a, button").filter(has_text=name).first.click()
    return Path(waiting.value.path()).read_bytes()


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.locator("main").locator("a, button").filter(has_text=name).last.click()


def hand_in(page: Page, content: bytes, look: str) -> None:
    page.locator("[name=file]").set_input_files({"name": "filled.xlsx", "mimeType": XLSX, "buffer": content})
    press(page, look)


@pytest.mark.parametrize(("language", "user"), [("en", "tech1.cdcb"), ("zh_CN", "tech1.cdcc")])
def test_a_form_goes_out_comes_back_filled_and_becomes_a_version(
    page_of: Callable[..., Watched], demo: Running, pictures: Path, language: str, user: str
) -> None:
    words, page = WORDS[language], page_of(user, language).page
    address = f"/rounds/{demo.codes['open']}/submit"
    page.goto(address)
    page.screenshot(path=pictures / f"form-submit-{language}.png")
    form = FilledForm(download(page, words[0]))
    form.complete()
    codes = form.codes()
    form.fill("Result", dict.fromkeys(codes, "NEG"))
    form.cell(codes[0], "Result").value = "perhaps"
    form.head(Amplification_kit_lot="００２４０511")
    press(page, words[1])
    page.screenshot(path=pictures / f"form-upload-{language}.png")
    hand_in(page, form.bytes(), words[2])
    page.screenshot(path=pictures / f"form-rows-{language}.png", full_page=True)
    assert "perhaps" in page.locator("[data-problem]").first.inner_text()
    errors = FilledForm(download(page, words[3]))
    press(page, words[4])
    assert page.locator(f"[id='{codes[1]}-result_code']").input_value() == "NEG"
    errors.cell(codes[0], "Result").value = "POS"
    press(page, words[1])
    hand_in(page, errors.bytes(), words[2])
    press(page, words[4])
    assert page.locator(f"[id='{codes[0]}-result_code']").input_value() == "POS"
    page.screenshot(path=pictures / f"form-accepted-{language}.png")
