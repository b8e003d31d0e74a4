"""A day at the bench, in the browser: a sample is registered, labelled, received; an instrument file is read, accepted, reviewed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.running import Watched
from tests.paths import shared

if TYPE_CHECKING:
    from playwright.sync_api import Page

PageOf = Callable[..., Watched]
HERE = Path(__file__).parent
EXTERNAL = "0077123"
REAL = ("instrument-files", "real", "quantstudio", "appbio_quantstudio_example01.txt")


def press(page: Page, name: str) -> None:
    """Press the button or link of this name and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=False).first.click()


def upload(page: Page, name: str, content: bytes) -> None:
    """Upload a file and wait until the worker has read it and the page shows it."""
    page.goto("/uploads/new")
    page.locator("[name=files]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})
    press(page, "Upload")
    page.locator("#controls").wait_for(timeout=180_000)  # the page follows the job by itself


def register(page: Page, pictures: Path) -> str:
    """Register a sample and look at its label; the address of its page."""
    page.goto("/samples/new?kind=ENV")
    page.locator("[name=external_number]").fill(EXTERNAL)
    page.locator("[name=matrix]").select_option("SURF")
    page.locator("[name=surface]").select_option("outer_box")
    page.get_by_role("checkbox", name="SARS-CoV-2", exact=False).first.check()
    page.screenshot(path=pictures / "sample-new.png")
    press(page, "Register the sample")
    assert EXTERNAL in page.locator("main").inner_text()
    address: str = page.url
    press(page, "Print label")
    assert page.locator(".label-page svg").get_by_text(EXTERNAL).count()
    page.screenshot(path=pictures / "sample-label.png")
    return address


def receive(page: Page, pictures: Path) -> None:
    """Scan the tube and accept the sample."""
    page.goto("/samples/receive")
    page.locator("[data-scan]").fill(EXTERNAL)
    with page.expect_navigation():
        page.locator("[data-scan]").press("Enter")
    page.locator("[name=arrival_temperature]").fill("4.6")
    page.locator("[name=decision][value=accepted]").check()
    page.screenshot(path=pictures / "sample-receive.png")
    press(page, "Save the receipt")
    assert page.locator("h1 ~ *, .head").get_by_text("Awaiting test").count()


def read_and_accept(page: Page, pictures: Path) -> None:
    """Upload the plate, see its controls and the row that names no sample, park that row, accept the others."""
    content = (HERE / "data" / "plate.csv").read_text("utf-8").replace("@SAMPLE@", EXTERNAL)
    upload(page, "plate-browser.csv", content.encode())
    assert page.locator("#controls").get_by_text("passed", exact=True).count() >= 3
    assert page.locator("#problems").get_by_text("UNKNOWN-TUBE").count()
    page.screenshot(path=pictures / "upload-check.png", full_page=True)
    page.locator("#problems select").first.select_option("park")
    press(page, "Save the decisions")
    press(page, "Accept 2 results")
    assert page.get_by_text("Accepted by").count()
    page.screenshot(path=pictures / "upload-accepted.png")


def test_a_sample_from_registration_to_a_reviewed_result(page_of: PageOf, pictures: Path):
    page = page_of("tech1.cusc").page
    sample = register(page, pictures)
    receive(page, pictures)
    read_and_accept(page, pictures)

    second = page_of("tech2.cusc").page
    second.goto("/results/")
    rows = second.locator("tbody tr", has_text=EXTERNAL)
    assert rows.count() == 2
    for place in range(2):
        rows.nth(place).locator("input[type=checkbox]").check()
    second.screenshot(path=pictures / "results-review.png")
    press(second, "Review the ticked results")
    assert second.locator("tbody tr", has_text=EXTERNAL).count() == 0
    second.goto(sample)
    assert second.get_by_text("27.41").count()
    second.screenshot(path=pictures / "sample-reviewed.png", full_page=True)


def test_who_recorded_a_result_finds_no_box_to_tick_and_is_refused_without_one(page_of: PageOf):
    page, number = page_of("tech1.cdca").page, "0053000"  # a sample of the demonstration that waits for its test
    content = (HERE / "data" / "plate.csv").read_text("utf-8").replace("@SAMPLE@", number)
    upload(page, "plate-own.csv", content.encode())
    page.locator("#problems select").first.select_option("park")
    press(page, "Save the decisions")
    press(page, "Accept 2 results")
    page.goto("/results/")
    assert page.locator("tbody tr", has_text=number).count() == 0, "own entries are not offered for review"
    page.goto("/results/?own=1")
    own = page.locator("tbody tr", has_text=number)
    assert own.count() == 2
    assert page.locator("tbody input[type=checkbox]").count() == 0
    keys = [(row.locator("a[href^='/results/']").first.get_attribute("href") or "").rsplit("/", 1)[-1] for row in own.all()]
    token = page.locator("input[name=csrf_token]").first.get_attribute("value") or ""
    answer = page.request.post("/results/review", headers={"Accept-Language": "en"}, form={"csrf_token": token, "selected": keys[0]})
    assert "another person must review them" in answer.text()
    second = page_of("tech2.cdca").page
    second.goto("/results/")
    assert second.locator("tbody tr", has_text=number).locator("input[type=checkbox]").count() == 2, "nothing was reviewed"


def test_a_real_file_shows_its_controls_its_rows_and_what_was_not_read(page_of: PageOf, pictures: Path):
    page = page_of("tech1.cdcc").page
    file = shared(*REAL)
    upload(page, file.name, file.read_bytes())
    text = page.locator("main").inner_text()
    assert "quantstudio" in text.lower()
    assert page.locator("#controls").is_visible()
    assert page.locator("#problems").get_by_text("1SAMPLE_1.1").count()
    assert page.locator("#unread").is_visible()
    assert re.search(r"\d+ rows for you to decide", text)
    page.screenshot(path=pictures / "upload-real.png", full_page=True)
