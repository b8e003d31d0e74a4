"""The verification page: run by those who keep the quality records, kept dated, read by the own laboratory alone."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from lims import worker
from lims.db.session import reading
from lims.statistics.reference import shipped_cases
from lims.verification.models import VerificationRun
from tests.factories import TwoLaboratories, browser_of, csrf_of

PATH = "/statistics/verify/"


@pytest.fixture
def auditor(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["auditor"])


def start(browser: FlaskClient) -> str:
    answer = browser.post(PATH, data={"csrf_token": csrf_of(browser)})
    assert answer.status_code == 302
    return str(answer.location)


def test_before_the_first_run_the_page_says_so(auditor: FlaskClient):
    assert "Not yet run here" in auditor.get(PATH).text


@pytest.mark.assurance("R8")
def test_a_run_shows_its_progress_and_then_the_record_of_all_cases(auditor: FlaskClient):
    where = start(auditor)
    assert "Progress" in auditor.get(where).text
    while worker.work_once():
        pass
    page = auditor.get(where).text
    total = len(list(shipped_cases()))
    assert f">{total}<" in page and "all met" in page
    assert f"{total} / {total}" in auditor.get(PATH).text


def test_the_record_is_a_workbook_that_names_every_case(auditor: FlaskClient):
    where = start(auditor)
    while worker.work_once():
        pass
    answer = auditor.get(f"{where}/record.xlsx")
    book = load_workbook(BytesIO(answer.data))
    written = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {case["id"] for case in shipped_cases()} <= written
    with reading() as session:
        row = session.scalars(select(VerificationRun)).one()
    assert row.person_name in written
    assert any(row.program_version in one for one in written)


def test_another_laboratory_finds_neither_record_nor_running_job(app: Flask, auditor: FlaskClient, two_laboratories: TwoLaboratories):
    where = start(auditor)
    other = browser_of(app, two_laboratories.b["auditor"])
    assert other.get(where).status_code == 404
    while worker.work_once():
        pass
    assert other.get(where).status_code == 404
    assert other.get(f"{where}/record.xlsx").status_code == 404
    assert "Not yet run here" in other.get(PATH).text


def test_a_technician_may_not_open_it(app: Flask, two_laboratories: TwoLaboratories):
    assert browser_of(app, two_laboratories.a["technician"]).get(PATH).status_code == 403


def test_a_second_press_leads_to_the_run_that_still_waits(auditor: FlaskClient):
    first = start(auditor)
    assert start(auditor) == first
