"""The pages of results through a browser: review of others' entries, correction, where a value comes from."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import worker
from lims.db.session import reading
from lims.imports import service as imports
from lims.results import queries
from lims.results.models import Result
from tests.factories import TwoLaboratories, accepted_sample, browser_of, csrf_of

FILE = "\r\n".join(
    ["Well,Sample,Task,Target,Ct", "A1,S-0001,UNKNOWN,N,24.50", "A2,S-0002,UNKNOWN,N,Undetermined", "G12,PC,Positive Control,N,22",
     "H12,NTC,NTC,N,Undetermined", ""]
).encode()  # fmt: skip


@pytest.fixture
def results(two_laboratories: TwoLaboratories) -> list[Result]:
    """Two results that technician 1 of laboratory A brought in."""
    for external in ("S-0001", "S-0002"):
        accepted_sample(two_laboratories.a, external)
    actor = two_laboratories.a["technician"]
    upload = imports.store_upload(actor, "run.csv", FILE).upload
    while worker.work_once():
        pass
    imports.accept_upload(actor, upload.id)
    with reading() as session:
        return queries.of_upload(session, actor, upload.id)


@pytest.fixture
def own(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["technician"])


@pytest.fixture
def second(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["technician2"])


def send(browser: FlaskClient, path: str, **values: object):
    return browser.post(path, data={"csrf_token": csrf_of(browser), **values}, follow_redirects=True)


@pytest.mark.assurance("A6")
def test_own_entries_are_shown_locked_with_the_sentence(own: FlaskClient, results: list[Result]):
    page = own.get("/results/?own=1").text
    assert "another person must review them" in page and "S-0001" in page
    assert 'name="selected"' not in page
    assert "No result waits for your review" in own.get("/results/").text
    refused = send(own, "/results/review", selected=[str(row.id) for row in results])
    assert "You entered 2 of these results" in refused.text


def test_results_of_others_are_ticked_and_reviewed_together(second: FlaskClient, results: list[Result]):
    page = second.get("/results/").text
    assert page.count('name="selected"') == 2 and "24.50" in page and "Undetermined" in page
    assert "2 results are reviewed" in send(second, "/results/review", selected=[str(row.id) for row in results]).text
    assert "No result waits for your review" in second.get("/results/").text


def test_nothing_ticked_or_nonsense_is_said_in_words(second: FlaskClient, results: list[Result]):
    assert "No result is ticked" in send(second, "/results/review").text
    assert "No such result" in send(second, "/results/review", selected=["nonsense"]).text


def test_a_result_leads_to_its_upload_and_is_corrected_as_a_new_version(second: FlaskClient, results: list[Result]):
    path = f"/results/{results[0].id}"
    page = second.get(path).text
    assert f"/uploads/{results[0].upload_id}" in page and "line 2" in page
    refused = send(second, f"{path}/amend", value="24,6", reason="misread")
    assert refused.status_code == 400 and "expected a number" in refused.text and 'value="24,6"' in refused.text
    assert "Reason: empty" in send(second, f"{path}/amend", value="24.60", reason="").text
    page = send(second, f"{path}/amend", value="24.60", reason="misread").text
    assert "Version 2 is recorded" in page and "24.50" in page and "24.60" in page and "misread" in page
    assert "This version was corrected" in second.get(path).text


def test_the_sample_page_shows_its_results(second: FlaskClient, results: list[Result]):
    page = second.get(f"/samples/{results[0].sample_id}").text
    assert f"/results/{results[0].id}" in page and "not reviewed yet" in page


def test_all_results_are_listed_narrowed_and_exported(second: FlaskClient, results: list[Result]):
    assert "24.50" in second.get("/results/all").text
    assert "No result for this target" in second.get("/results/all?target=E").text
    answer = second.get("/results/export.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "24.50" in answer.data.decode("utf-8-sig") and "line 2" in answer.data.decode("utf-8-sig")


@pytest.mark.assurance("A2")
def test_another_laboratory_finds_nothing(app: Flask, two_laboratories: TwoLaboratories, results: list[Result]):
    stranger = browser_of(app, two_laboratories.b["authoriser"])
    path = f"/results/{results[0].id}"
    assert stranger.get(path).status_code == 404
    assert send(stranger, f"{path}/amend", value="1", reason="x").status_code == 404
    assert "No such result" in send(stranger, "/results/review", selected=[str(results[0].id)]).text
    for address in ("/results/", "/results/?own=1", "/results/all", "/results/export.csv"):
        assert "S-0001" not in stranger.get(address).text


def test_an_auditor_reads_and_changes_nothing(app: Flask, two_laboratories: TwoLaboratories, results: list[Result]):
    auditor = browser_of(app, two_laboratories.a["auditor"])
    path = f"/results/{results[0].id}"
    page = auditor.get(path)
    assert page.status_code == 200 and "Record the correction" not in page.text
    assert send(auditor, "/results/review", selected=[str(results[0].id)]).status_code == 403
    assert send(auditor, f"{path}/amend", value="1", reason="x").status_code == 403
    with reading() as session:
        assert len(queries.versions(session, two_laboratories.a["technician"], results[0].line_id)) == 1


def test_the_pages_speak_chinese(second: FlaskClient, results: list[Result]):
    send(second, "/language", language="zh_CN")
    assert "结果审核" in second.get("/results/").text
    assert "来源" in second.get(f"/results/{results[0].id}").text
