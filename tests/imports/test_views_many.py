"""Many rows, many files, and rows parked across uploads, through a browser."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import TwoLaboratories, accepted_sample, browser_of
from tests.upload_factory import CLEAN, DOUBTFUL, rows_to_decide, send, table, uploaded


@pytest.fixture
def laboratories(two_laboratories: TwoLaboratories) -> TwoLaboratories:
    for external in ("S-0001", "S-0002"):
        accepted_sample(two_laboratories.a, external)
    return two_laboratories


@pytest.fixture
def browser(app: Flask, laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, laboratories.a["technician"])


def test_many_rows_are_ticked_and_decided_at_once(browser: FlaskClient):
    path = uploaded(browser, table(DOUBTFUL))
    page = browser.get(path).text
    assert 'name="selected" value="3"' in page and f'formaction="{path}/decide/park"' in page
    page = send(browser, f"{path}/decide/park", selected=["4", "5"], reason="not of this laboratory").text
    assert "2 rows are decided" in page and "1 row for you to decide" in page and "not of this laboratory" in page
    assert "nothing was changed" in send(browser, f"{path}/decide/park").text


def test_every_row_of_the_shown_list_is_decided_without_ticking(browser: FlaskClient):
    path = uploaded(browser, table(DOUBTFUL))
    page = browser.get(f"{path}?list=open").text
    assert "All 3 rows of this list" in page and 'name="all" value="3"' in page and "S-0002" in page
    changed = send(browser, f"{path}/decide/park", list="open", all="4")
    assert changed.status_code == 409 and "The list has changed" in changed.text
    assert "3 rows are decided" in send(browser, f"{path}/decide/park", list="open", all="3").text


def test_a_refused_row_is_named_and_the_ticks_and_choices_stay(browser: FlaskClient):
    path = uploaded(browser, table(DOUBTFUL))
    page = send(browser, f"{path}/decide/match", selected=["1", "3"])
    assert page.status_code == 422 and "Row 3" in page.text and "one looks alike" in page.text
    assert re.search(r'value="3" form="chosen"[^>]* checked', page.text)
    alike, first, second = rows_to_decide(page.text)
    number = first.removeprefix("row-")
    page = send(browser, f"{path}/decide", **{second: "park", f"number-{number}": "NOBODY-1"})
    assert page.status_code == 422 and "No sample NOBODY-1" in page.text and 'value="NOBODY-1"' in page.text
    assert "3 rows for you to decide" in page.text and '<option value="park" selected>' in page.text


def test_rows_to_decide_stand_first_in_the_table_of_all_readings(browser: FlaskClient):
    page = browser.get(uploaded(browser, table(DOUBTFUL))).text
    below = page[page.index('id="readings"') :]
    assert below.index("S-OOO2") < below.index("QC-X") < below.index("S-0001")


def test_files_of_another_laboratory_are_not_followed(app: Flask, browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, table(CLEAN))
    stranger = browser_of(app, laboratories.b["technician"])
    page = stranger.get(f"/uploads/together?upload={path.rsplit('/', 1)[-1]}&upload=nonsense").text
    assert "run.csv" not in page and "No files here" in page


def test_parked_rows_are_filtered_turned_round_and_exported_with_the_candidates_of_today(
    app: Flask, browser: FlaskClient, laboratories: TwoLaboratories
):
    path = uploaded(browser, table([*CLEAN, "B2,S-0009,UNKNOWN,N,31.20", "B3,X-1,UNKNOWN,N,30.10"]))
    send(browser, f"{path}/decide/park", selected=["3", "4"], reason="not registered yet")
    page = browser.get("/uploads/parked").text
    assert page.index("X-1") < page.index("S-0009") and "could be" not in page
    oldest = browser.get("/uploads/parked?order=oldest").text
    assert oldest.index("S-0009") < oldest.index("X-1")
    assert "X-1" not in browser.get("/uploads/parked?q=s-00").text
    assert "No parked row fits" in browser.get("/uploads/parked?target=ORF1ab").text
    assert "No parked row fits" in browser.get("/uploads/parked?state=accepted").text
    later = accepted_sample(laboratories.a, "S-0009")
    assert f"could be {later.number}" in browser.get("/uploads/parked").text
    text = browser.get("/uploads/parked/export.csv?q=S-00").data.decode("utf-8-sig")
    assert "S-0009,N,31.20" in text and "not registered yet" in text and "X-1" not in text and "Sample text S-00" in text
    assert browser.get("/uploads/parked/export.xlsx").data.startswith(b"PK")
    assert "S-0009" not in browser_of(app, laboratories.b["technician"]).get("/uploads/parked/export.csv").data.decode("utf-8-sig")
