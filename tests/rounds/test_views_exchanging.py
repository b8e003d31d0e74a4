"""The pages of the result form: download, upload, look, accept, correct; in both languages, and never another's."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import browser_of, csrf_of
from tests.form_factory import LAB, FilledForm, answered
from tests.round_factory import QUALITATIVE, RIGHT, START, World, at, new_world


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with at(START):
        yield


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    world = new_world(tmp_path)
    world.to_testing(QUALITATIVE)
    return world


@pytest.fixture
def browser(app: Flask, world: World) -> FlaskClient:
    return browser_of(app, world.labs[LAB]["technician"])


def upload(browser: FlaskClient, world: World, content: bytes, name: str = "form.xlsx") -> Any:
    path = f"/rounds/{world.row().code}/submit/form"
    return browser.post(path, data={"csrf_token": csrf_of(browser), "file": (BytesIO(content), name)})


def carried(page: str, action: str) -> dict[str, str]:
    """What the form of this action carries on the page."""
    form = re.search(rf'<form method="post" action="[^"]*{re.escape(action)}">.*?</form>', page, re.S)
    assert form, page
    return dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form.group(0)))


def test_a_form_is_downloaded_filled_uploaded_looked_at_and_accepted(browser: FlaskClient, world: World) -> None:
    code = world.row().code
    page = browser.get(f"/rounds/{code}/submit").text
    assert f"/rounds/{code}/submit/form.xlsx" in page and f"/rounds/{code}/submit/form" in page
    answer = browser.get(f"/rounds/{code}/submit/form.xlsx")
    assert answer.status_code == 200 and f"{code}-{world.part(LAB).code}.xlsx" in answer.headers["Content-Disposition"]
    form = answered(world)
    form.cell(form.codes()[0], "Result").value = "PERHAPS"
    looked = upload(browser, world, form.bytes())
    assert looked.status_code == 200 and "PERHAPS" in looked.text and world.version(LAB) == 0
    assert "What would be changed" in looked.text and "Accept as a new version" in looked.text
    errors = browser.post(f"/rounds/{code}/submit/form/errors.xlsx", data=carried(looked.text, "errors.xlsx"))
    assert errors.status_code == 200 and FilledForm(errors.data).codes() == [form.codes()[0]]
    done = browser.post(f"/rounds/{code}/submit/form/accept", data=carried(looked.text, "accept"), follow_redirects=True)
    assert "Saved as version 1 without the refused rows: 1." in done.text and world.version(LAB) == 1
    again = browser.post(f"/rounds/{code}/submit/form/accept", data={**carried(looked.text, "accept")}, follow_redirects=True)
    assert "The form says what version 1 says already; nothing was changed." in again.text and world.version(LAB) == 1
    corrected = FilledForm(errors.data)
    corrected.cell(corrected.codes()[0], "Result").value = "POS"
    second = upload(browser, world, corrected.bytes(), "form.errors.xlsx")
    browser.post(f"/rounds/{code}/submit/form/accept", data=carried(second.text, "accept"))
    assert world.version(LAB) == 2


def test_a_refused_file_stays_on_the_page_with_its_sentence(browser: FlaskClient, world: World) -> None:
    for content, said in ((b"", "Choose a file that is not empty."), (b"a,b\n1,2\n", "is no result form of this system")):
        answer = upload(browser, world, content)
        assert answer.status_code == 400 and said in answer.text
    browser.post("/language", data={"csrf_token": csrf_of(browser), "language": "zh_CN"})
    assert "不是本系统的结果报告单" in upload(browser, world, b"a,b\n1,2\n").text
    assert "不是为本实验室制作的" in upload(browser, world, answered(world, "CUSA").bytes()).text
    assert world.version(LAB) == 0


def test_over_a_newer_version_the_person_is_told(browser: FlaskClient, world: World) -> None:
    looked = upload(browser, world, answered(world).bytes())
    world.draft(LAB, {**RIGHT, 1: "NEG"})
    told = browser.post(f"/rounds/{world.row().code}/submit/form/accept", data=carried(looked.text, "accept"))
    assert told.status_code == 409 and "Nothing was lost" in told.text and world.version(LAB) == 1


def test_who_knows_the_codes_or_takes_no_part_gets_no_form(app: Flask, world: World) -> None:
    code = world.row().code
    assert browser_of(app, world.coordinator).get(f"/rounds/{code}/submit/form.xlsx").status_code == 403
    assert browser_of(app, world.labs[LAB]["auditor"]).get(f"/rounds/{code}/submit/form").status_code == 403
