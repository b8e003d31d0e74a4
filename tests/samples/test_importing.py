"""The page that imports a filled sheet: look first, then register, then correct the rest."""

from __future__ import annotations

import html
import io
import re

import openpyxl
from sqlalchemy import func, select

from lims.db.session import reading
from lims.samples.models import Sample
from tests.factories import TwoLaboratories, browser_of, csrf_of

SHEET = "external_number,matrix,surface,remarks\n001,SURF,outer_box,\n002,SURF,roof,<b>x</b>\n003,SURF,wall,call 13800138000\n"


def count() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Sample)) or 0


def uploaded(browser, content: bytes, name: str = "port.csv", kind: str = ""):
    data = {"csrf_token": csrf_of(browser), "kind": kind, "file": (io.BytesIO(content), name)}
    return browser.post("/samples/import", data=data, content_type="multipart/form-data")


def carried(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in re.findall(r'name="(csrf_token|kind|name|content)" value="([^"]*)"', page)}


def test_a_sheet_is_shown_before_it_is_registered_and_the_rest_comes_back_as_a_workbook(two_laboratories: TwoLaboratories, app):
    browser = browser_of(app, two_laboratories.a["technician"])
    page = uploaded(browser, SHEET.encode()).text
    assert count() == 0
    assert "Register 1 sample<" in page
    assert "expected one of: outer_box" in page
    assert "looks like a telephone number" in page
    assert "<b>x</b>" not in page
    accepted = browser.post("/samples/import/accept", data=carried(page)).text
    assert count() == 1
    assert "CUSA-" in accepted
    workbook = browser.post("/samples/import/errors.xlsx", data=carried(accepted))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.data)).worksheets[0]
    assert [sheet.cell(row, 1).value for row in (2, 3)] == ["002", "003"]
    again = browser.post("/samples/import/accept", data=carried(page))
    assert (again.status_code, count()) == (200, 1)


def test_a_file_that_cannot_be_read_is_refused_on_the_page(two_laboratories: TwoLaboratories, app):
    browser = browser_of(app, two_laboratories.a["technician"])
    answer = uploaded(browser, b"%PDF-1.7 x", "a.pdf")
    assert (answer.status_code, "PDF document" in answer.text) == (400, True)
    assert uploaded(browser, b"").status_code == 400
    assert uploaded(browser, b"external_number,matrix\n1,NPS\n").status_code == 400


def test_a_strange_heading_is_shown_as_expected_and_found(two_laboratories: TwoLaboratories, app):
    browser = browser_of(app, two_laboratories.a["technician"])
    page = uploaded(browser, b"external_number,matrix,surface,colour\n1,SURF,wall,red\n").text
    assert "colour" in page
    assert "samples/import/accept" not in page


def test_a_template_is_downloaded_and_who_may_not_register_is_refused(two_laboratories: TwoLaboratories, app):
    browser = browser_of(app, two_laboratories.a["technician"])
    assert browser.get("/samples/import/template/TRV.xlsx").data.startswith(b"PK")
    assert browser.get("/samples/import/template/XXX.xlsx").status_code == 404
    auditor = browser_of(app, two_laboratories.a["auditor"])
    assert auditor.get("/samples/import").status_code == 403
