"""The page on which anybody who is signed in sees whether a report is untouched."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import seals
from lims.rounds.report import build
from lims.rounds.views import verifying
from lims.web.pace import Pace
from tests.factories import TwoLaboratories, browser_of, csrf_of
from tests.report_factory import quantitative
from tests.tampering import number, with_cell


@pytest.fixture(autouse=True)
def slow_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "pace", Pace(times=2, seconds=60))


@pytest.fixture
def browser(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["technician"])


def dropped(browser: FlaskClient, content: bytes) -> tuple[int, str]:
    form = {"csrf_token": csrf_of(browser), "file": (BytesIO(content), "report.xlsx")}
    answer = browser.post("/reports/verify", data=form, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_an_untouched_report_is_told_so_and_a_changed_one_by_sheet_and_cell(browser: FlaskClient):
    content = build(quantitative(), seals.sealer())
    status, page = dropped(browser, content)
    assert status == 200
    assert "Untouched: every number was computed again" in page
    assert "Sealed with the key that is trusted here." in page
    status, page = dropped(browser, with_cell(content, "statistics", "P14", number("1.52")))
    assert "Changed: the report is not as it was sealed." in page
    assert all(words in page for words in ("6 统计 Statistics", "P14", "1.52", "2.52"))


def test_too_many_files_in_a_minute_are_refused(browser: FlaskClient):
    assert [dropped(browser, b"no workbook")[0] for _ in range(3)] == [200, 200, 429]


def test_without_a_file_the_page_says_what_to_do(browser: FlaskClient):
    answer = browser.post("/reports/verify", data={"csrf_token": csrf_of(browser)})
    assert answer.status_code == 400
    assert "Choose the report&#39;s workbook" in answer.get_data(as_text=True)


def test_what_is_larger_than_five_megabytes_is_not_read(browser: FlaskClient):
    assert "larger than 5 MB" in dropped(browser, b"0" * 5_000_001)[1]


def test_nobody_verifies_without_signing_in(client: FlaskClient):
    assert client.get("/reports/verify").status_code in (302, 401)


def test_the_public_key_is_given_to_everybody_and_the_private_one_to_nobody(browser: FlaskClient, settings: object):
    answer = browser.get("/reports/key")
    assert answer.data == seals.sealer().public_pem()
    assert seals.sealer().fingerprint in browser.get("/reports/verify").get_data(as_text=True)


def test_a_pace_forgets_after_its_time(monkeypatch: pytest.MonkeyPatch):
    instant = [0.0]
    monkeypatch.setattr("lims.web.pace.time.monotonic", lambda: instant[0])
    pace = Pace(times=1, seconds=10)
    asked = [pace.admits("a"), pace.admits("a"), pace.admits("b")]
    instant[0] = 11.0
    assert [*asked, pace.admits("a")] == [True, False, True, True]


def test_the_private_key_is_its_owners_alone(tmp_path: Path):
    made = seals.open_sealer(tmp_path)
    assert (tmp_path / seals.KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert seals.public_key_of((tmp_path / seals.PUBLIC_FILE).read_bytes()) == made.public_key
    assert seals.open_sealer(tmp_path).fingerprint == made.fingerprint
