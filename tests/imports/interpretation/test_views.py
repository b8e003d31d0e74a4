"""A rule is written, approved and used on its pages; the review page shows the run before the samples."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from lims.db.session import reading
from lims.imports import rule_queries, service
from lims.imports.rule_content import content_of, fields_of
from tests.factories import PASSWORD, OneLaboratory, TwoLaboratories, accepted_sample, browser_of, csrf_of
from tests.imports.interpretation.test_service import ROWS, outcomes, recorded, uploaded
from tests.imports.rules import CONTENT, approved, run_table


@pytest.fixture
def lab(laboratories: TwoLaboratories) -> OneLaboratory:
    for number in ROWS:
        accepted_sample(laboratories.a, number)
    return laboratories.a


def typed(**changes: str) -> dict[str, object]:
    fields = {**fields_of(CONTENT), **changes}
    return {name: value for name, value in fields.items() if value not in (None, False)}


def test_the_fields_of_the_page_hold_the_whole_rule():
    kept = content_of({name: value or "" for name, value in fields_of(CONTENT).items()})
    assert kept == {**CONTENT, "positive_targets": "2", "replicates": {"count": "1", "combine": "all_agree"}}


def test_a_rule_is_written_handed_over_approved_and_listed(app: Flask, lab: OneLaboratory):
    writer, signer = browser_of(app, lab["technician"]), browser_of(app, lab["qa_manager"])
    page = writer.post("/uploads/rules/new", data={"csrf_token": csrf_of(writer)}, follow_redirects=True)
    address = page.request.path
    wrong = writer.post(address, data={**typed(targets="ORF1ab; 40; 38"), "csrf_token": csrf_of(writer), "action": "propose"})
    assert wrong.status_code == 400
    assert "A grey zone ends before its cut-off." in wrong.text
    assert "ORF1ab; 40; 38" in wrong.text
    done = writer.post(address, data={**typed(), "csrf_token": csrf_of(writer), "action": "propose"}, follow_redirects=True)
    assert "You drafted this rule; another person must approve it." in done.text
    shown = signer.get(address).text
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen is not None
    bad = signer.post(f"{address}/approve", data={"csrf_token": csrf_of(signer), "seen": seen[1], "password": "no"}, follow_redirects=True)
    assert "the password does not match" in bad.text
    data = {"csrf_token": csrf_of(signer), "seen": seen[1], "password": PASSWORD}
    page = signer.post(f"{address}/approve", data=data, follow_redirects=True)
    assert "approves this version of the assay rule" in page.text
    for view in ("used", "all"):
        assert "SARS-CoV-2, two targets" in writer.get(f"/uploads/rules?view={view}&q=ncov").text
    assert "ncov" not in re.sub(r"value=\"nothing\"", "", writer.get("/uploads/rules?q=nothing").text)
    export = writer.get("/uploads/rules/export.csv").get_data(as_text=True)
    assert 'ncov,1,"SARS-CoV-2, two targets",SARSCOV2,QRTPCR,in use' in export
    assert writer.get(page.request.path + "/file").get_json()["targets"] == CONTENT["targets"]
    gone = signer.post(page.request.path + "/withdraw", data={"csrf_token": csrf_of(signer), "reason": "wrong"}, follow_redirects=True)
    assert "Taken out of use by" in gone.text
    with reading() as session:
        assert rule_queries.last_version(session, lab["technician"], "ncov") == 1


def test_the_review_page_shows_the_run_first_and_why_of_each_sample(app: Flask, lab: OneLaboratory):
    approved(lab)
    upload = uploaded(lab["technician"], run_table(ROWS))
    browser = browser_of(app, lab["technician"])
    page = browser.get(f"/uploads/{upload.id}").text
    places = [page.index(text) for text in ("Run valid", "No-template control (NTC)", "Results by the rule", "All readings")]
    assert places == sorted(places)
    assert "ORF1ab: Ct 24.50 (line 2) is not above the cut-off 38: positive." in page
    assert "Accept 8 results" in page
    assert "override-1" not in page
    answer = browser.post(f"/uploads/{upload.id}/accept", data={"csrf_token": csrf_of(browser)}, follow_redirects=True)
    assert "8 results are accepted" in answer.text
    row = recorded(lab["technician"], upload)["S-0001"]
    shown = browser.get(f"/results/{row.id}").text
    assert "Interpreted by the assay rule" in shown
    assert "N: Ct 25.10 (line 3) is not above the cut-off 38: positive." in shown


def test_a_run_that_does_not_count_blocks_the_page_until_another_rule_is_chosen(app: Flask, lab: OneLaboratory):
    approved(lab, controls=[{**CONTENT["controls"][1], "ct_high": "22"}])
    upload = uploaded(lab["technician"], run_table(ROWS))
    browser = browser_of(app, lab["technician"])
    page = browser.get(f"/uploads/{upload.id}").text
    assert "Run invalid" in page
    assert "By the rule ncov the run does not count: every sample is repeated" in page
    data = {"csrf_token": csrf_of(browser), "rule": ""}
    assert "Without a rule the readings" in browser.post(f"/uploads/{upload.id}/rule", data=data, follow_redirects=True).text
    assert browser.post(f"/uploads/{upload.id}/rule", data={**data, "rule": "x"}).status_code == 404


def test_an_override_is_signed_on_the_page_by_a_second_person(app: Flask, lab: OneLaboratory):
    approved(lab)
    upload = uploaded(lab["technician"], run_table(ROWS))
    key = outcomes(lab["technician"], upload)["S-0003"].sample_id
    browser = browser_of(app, lab["authoriser"])
    page = browser.get(f"/uploads/{upload.id}").text
    form = re.search(rf'action="(/uploads/[^"]+/{key}/override)".*?name="seen" value="(\w+)"', page, re.DOTALL)
    assert form is not None
    data = {"csrf_token": csrf_of(browser), "seen": form[2], "chosen": "indeterminate", "reason": "curve looked at",
            "login": lab["qa_manager"].login, "password": PASSWORD}  # fmt: skip
    refused = browser.post(form[1], data={**data, "login": lab["authoriser"].login}, follow_redirects=True)
    assert "A second person must sign" in refused.text
    answer = browser.post(form[1], data=data, follow_redirects=True)
    assert "overridden; the rule gives: repeat" in answer.text
    assert "curve looked at" in answer.text
    service.accept_upload(lab["technician"], upload.id)
    row = recorded(lab["technician"], upload)["S-0003"]
    shown = browser.get(f"/results/{row.id}").text
    assert "Overridden to" in shown
    assert lab["qa_manager"].name in shown
