"""The pages of uploads through a browser: upload, check, decide, accept, undo; nothing for another laboratory."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims.db.session import reading
from lims.results import queries as results
from tests.factories import TwoLaboratories, accepted_sample, browser_of
from tests.paths import shared
from tests.upload_factory import CLEAN, CONTROLS, DOUBTFUL, put, rows_to_decide, send, table, upload_at, uploaded, work


@pytest.fixture
def laboratories(two_laboratories: TwoLaboratories) -> TwoLaboratories:
    for external in ("S-0001", "S-0002"):
        accepted_sample(two_laboratories.a, external)
    return two_laboratories


@pytest.fixture
def browser(app: Flask, laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, laboratories.a["technician"])


def test_a_file_is_uploaded_checked_decided_accepted_and_undone(browser: FlaskClient, laboratories: TwoLaboratories):
    waiting = put(browser, table(DOUBTFUL))
    path = waiting.request.path
    assert "data-job=" in waiting.text and "waits to be read" in waiting.text
    work()
    page = browser.get(path).text
    assert "3 rows for you to decide" in page
    assert page.index("S-OOO2") < page.index("QC-X"), "in the order of the file"
    assert "one looks alike" in page and "Take for S-0002" in page and "An import never makes samples" in page
    assert "Run counts" in page and "H12" in page
    assert "3 rows are not decided" in page and 'action="' + path + "/accept" not in page
    alike, first, _second = rows_to_decide(page)
    candidate = re.findall(r'value="(match:[0-9a-f-]+)"', page)[0]
    number = first.removeprefix("row-")
    page = send(browser, f"{path}/decide", **{alike: candidate, first: "park", f"all-{number}": "1"}, reason="compared with the tube").text
    assert "Every row is decided" in page and "compared with the tube" in page
    assert "Accept 3 results" in page
    page = send(browser, f"{path}/accept").text
    assert "3 results are accepted" in page and "can be undone until" in page
    assert upload_at(path, laboratories).state == "accepted"
    assert "QC-X" in browser.get("/uploads/parked").text
    page = send(browser, f"{path}/undo", reason="").text
    assert "Reason: empty" in page
    page = send(browser, f"{path}/undo", reason="wrong plate").text
    assert "3 results were taken back" in page and "wrong plate" in page
    with reading() as session:
        assert results.of_upload(session, laboratories.a["technician"], upload_at(path, laboratories).id) == []


def test_a_row_is_matched_by_a_typed_number_and_a_wrong_one_is_named(browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, table(DOUBTFUL))
    row = rows_to_decide(browser.get(path).text)[1].removeprefix("row-")
    page = send(browser, f"{path}/decide", **{f"number-{row}": "NOBODY-1"}).text
    assert "No sample NOBODY-1" in page and "3 rows for you to decide" in page
    page = send(browser, f"{path}/decide", **{f"number-{row}": "S-0001", f"all-{row}": "1"}).text
    assert "2 rows are decided" in page and "1 row for you to decide" in page


def test_saving_the_table_unchanged_changes_nothing(browser: FlaskClient):
    path = uploaded(browser, table(DOUBTFUL))
    row = rows_to_decide(browser.get(path).text)[1]
    send(browser, f"{path}/decide", **{row: "park"})
    assert "nothing was changed" in send(browser, f"{path}/decide", **{row: "park"}).text


def test_a_failed_control_is_overridden_by_another_authoriser_only(app: Flask, browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, table(CLEAN, [CONTROLS[0], "H12,NTC,NTC,N,22.10"]))
    page = browser.get(path).text
    assert "Run does not count" in page and "Control failed or absent" in page and "/override" not in page
    assert send(browser, f"{path}/override", reason="because").status_code == 403
    authoriser = browser_of(app, laboratories.a["authoriser"])
    assert "/override" in authoriser.get(path).text
    assert "Reason: empty" in send(authoriser, f"{path}/override", reason=" ").text
    page = send(authoriser, f"{path}/override", reason="carry-over in H12 only").text
    assert "carry-over in H12 only" in page and "Overridden" in page
    assert "2 results are accepted" in send(browser, f"{path}/accept").text


def test_the_rows_add_up_and_are_compared_with_earlier_results(browser: FlaskClient, laboratories: TwoLaboratories):
    first = uploaded(browser, table(CLEAN))
    assert "2 + 2 + 0 + 0 + 0 = 4; 4 + 0 = 4" in browser.get(first).text
    assert "new 2, same 0, changed 0" in browser.get(first).text
    send(browser, f"{first}/accept")
    page = browser.get(uploaded(browser, table(["A1,S-0001,UNKNOWN,N,24.50", "A2,S-0002,UNKNOWN,N,33.00"]), "again.csv")).text
    assert "new 0, same 1, changed 1" in page and "2 readings repeat a test that has a result already" in page
    path = re.findall(r'action="(/uploads/[0-9a-f-]+)/accept"', page)[0]
    assert "have a result already" in send(browser, f"{path}/accept").text
    assert "Reason: empty" in send(browser, f"{path}/accept", repeat="version").text
    assert "2 results are accepted" in send(browser, f"{path}/accept", repeat="version", reason="new extraction").text


def test_a_parked_row_of_an_accepted_upload_is_matched_later(app: Flask, browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, table([*CLEAN, "B2,S-0009,UNKNOWN,N,31.20"]))
    row = rows_to_decide(browser.get(path).text)[0]
    send(browser, f"{path}/decide", **{row: "park"})
    send(browser, f"{path}/accept")
    match = f"{path}/rows/{row.removeprefix('row-')}/match"
    assert match in browser.get("/uploads/parked").text
    assert "No sample S-0009" in send(browser, match, number="S-0009").text
    assert "Type the number" in send(browser, match).text
    accepted_sample(laboratories.a, "S-0009")
    auditor = browser_of(app, laboratories.a["auditor"])
    assert match not in auditor.get("/uploads/parked").text
    assert send(auditor, match, number="S-0009").status_code == 403
    assert send(browser_of(app, laboratories.b["authoriser"]), match, number="S-0009").status_code == 404
    assert "The row is matched" in send(browser, match, number="S-0009").text
    upload = upload_at(path, laboratories)
    with reading() as session:
        rows = results.of_upload(session, laboratories.a["technician"], upload.id)
        assert sorted((one.sample.external_number, one.value_text, one.sample.status) for one in rows)[-1] == ("S-0009", "31.20", "tested")
    assert match not in browser.get("/uploads/parked").text
    assert "does not wait parked" in send(browser, match, number="S-0009").text


def test_several_files_are_followed_together_and_the_same_file_again_adds_nothing(browser: FlaskClient):
    files = [(io.BytesIO(table(CLEAN)), "one.csv"), (io.BytesIO(table(DOUBTFUL)), "two.csv")]
    page = send(browser, "/uploads/new", files=files)
    assert page.request.path == "/uploads/together" and "one.csv" in page.text and "two.csv" in page.text
    assert page.text.count("data-job=") == 2 and "2 of 2 wait to be read" in page.text
    work()
    after = browser.get(page.request.full_path).text
    assert "0 of 2 wait" in after and "data-job=" not in after and after.count("to check") >= 2
    again = put(browser, table(CLEAN), "renamed.csv")
    assert "was uploaded before" in again.text and "renamed.csv" not in again.text


@pytest.mark.parametrize(("content", "sentence"), [(b"", "0 bytes"), (b"x" * 50_000_001, "at most 50 MB")])
def test_an_empty_or_a_huge_file_is_refused_on_the_form(browser: FlaskClient, content: bytes, sentence: str):
    page = put(browser, content)
    assert page.status_code in (400, 413)
    assert sentence in page.text or page.status_code == 413


def test_no_file_at_all_is_said_at_the_field(browser: FlaskClient):
    page = send(browser, "/uploads/new")
    assert page.status_code == 400 and "Choose at least one file." in page.text


def test_a_name_with_a_path_or_markup_is_shown_as_text(browser: FlaskClient):
    page = browser.get(uploaded(browser, table(CLEAN), "..\\..\\<script>alert(1)<.csv")).text
    assert "<script>alert(1)" not in page and "&lt;script&gt;alert(1)&lt;.csv" in page


def test_a_strange_file_shows_its_refusal_and_can_be_read_in_another_way(browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "picture.csv")
    page = browser.get(path).text
    assert "The file was not read" in page and "not read" in page and 'name="parser"' in page
    again = send(
        browser, f"{path}/again", parser="generic_table", encoding="gb18030", delimiter=";", decimal_mark=",", date_order="", sheet=""
    )
    assert again.request.path != path and "is read again" in again.text
    new = upload_at(again.request.path, laboratories)
    assert new.options == {"parser": "generic_table", "encoding": "gb18030", "delimiter": ";", "decimal_mark": ","}


def test_an_upload_under_review_is_read_differently_as_a_new_one(browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, table(CLEAN))
    again = send(browser, f"{path}/again", parser="", encoding="utf-8", delimiter=",", decimal_mark="", date_order="", sheet="")
    work()
    assert upload_at(path, laboratories).state == "undone"
    assert "2 results of 2 samples" in browser.get(again.request.path).text


def test_the_original_comes_back_byte_for_byte(browser: FlaskClient):
    path = uploaded(browser, table(DOUBTFUL), "plate.csv")
    answer = browser.get(f"{path}/original")
    assert answer.data == table(DOUBTFUL)
    assert "attachment" in answer.headers["Content-Disposition"] and "plate.csv" in answer.headers["Content-Disposition"]


def test_the_list_is_narrowed_by_state_and_exported(browser: FlaskClient):
    uploaded(browser, table(CLEAN))
    assert "run.csv" in browser.get("/uploads/?state=review").text
    assert "run.csv" not in browser.get("/uploads/?state=refused").text
    answer = browser.get("/uploads/export.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf") and "run.csv" in answer.data.decode("utf-8-sig")


ROUTES = ["", "/original", "/decide", "/decide/park", "/override", "/accept", "/undo", "/again"]


@pytest.mark.assurance("A2")
@pytest.mark.parametrize("route", ROUTES)
def test_another_laboratory_finds_nothing_on_any_route(app: Flask, browser: FlaskClient, laboratories: TwoLaboratories, route: str):
    path = uploaded(browser, table(CLEAN))
    number = upload_at(path, laboratories).number
    stranger = browser_of(app, laboratories.b["authoriser"])
    answer = stranger.get(path + route) if route in ("", "/original") else send(stranger, path + route, reason="x")
    assert answer.status_code == 404
    assert number not in answer.text and "run.csv" not in answer.text
    assert "run.csv" not in stranger.get("/uploads/").text + stranger.get("/uploads/export.csv").text
    assert upload_at(path, laboratories).state == "review"


def test_an_auditor_reads_and_changes_nothing(app: Flask, browser: FlaskClient, laboratories: TwoLaboratories):
    path = uploaded(browser, table(CLEAN))
    auditor = browser_of(app, laboratories.a["auditor"])
    assert auditor.get(path).status_code == 200
    assert send(auditor, f"{path}/accept").status_code == 403
    assert auditor.get("/uploads/new").status_code == 403


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    "name", ["appbio_quantstudio_example01.txt", "appbio_quantstudio_example04.txt", "appbio_quantstudio_example09.xlsx"]
)
def test_a_real_file_is_drawn_in_both_languages(browser: FlaskClient, name: str, language: str):
    content = shared("instrument-files", "real", "quantstudio", name).read_bytes()
    path = uploaded(browser, content, name)
    send(browser, "/language", language=language)
    page = browser.get(f"{path}?target=0&well=A1")
    assert page.status_code == 200
    assert 'class="plate' in page.text and "data-problem" in page.text
    assert ("需要您决定" if language == "zh_CN" else "rows for you to decide") in page.text
    for other in ("/uploads/", "/uploads/new", "/uploads/parked"):
        assert browser.get(other).status_code == 200


def test_a_form_without_its_token_is_refused(browser: FlaskClient):
    path = uploaded(browser, table(CLEAN))
    assert browser.post(f"{path}/accept").status_code == 400
