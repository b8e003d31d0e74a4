"""The pages of samples, as a browser sees them."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims.db.session import reading
from lims.samples import queries, service
from lims.samples.queries import Filters
from lims.samples.service import Decision, Receipt
from lims.signatures.queries import signatures_of
from tests.factories import PASSWORD, TwoLaboratories, browser_of, csrf_of, seen_on
from tests.sample_factory import accepted, registered

TYPED = {
    "external_number": "００41829", "matrix": "NPS", "purpose": "monitoring", "confidentiality": "partners", "priority": "urgent",
    "pseudonym": "7Q-4KD-92", "category": "fever", "conveyance_number": "3U8694", "sampled_at": "2026-05-19 08:30", "quantity": "3.0",
    "unit": "mL", "analytes": ["SARSCOV2", "FLUA"], "port": "CN-TFU", "sampling_point": "Bay 2",
}  # fmt: skip


@pytest.fixture
def laboratories_of_app(two_laboratories: TwoLaboratories) -> TwoLaboratories:
    return two_laboratories


@pytest.fixture
def browser(app: Flask, laboratories_of_app: TwoLaboratories) -> FlaskClient:
    return browser_of(app, laboratories_of_app.a["technician"])


def newest(actor) -> list:
    with reading() as session:
        return queries.page(session, actor, Filters()).rows


def test_a_sample_is_registered_shown_and_the_next_one_keeps_the_shared_fields(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    token = csrf_of(browser)
    answer = browser.post("/samples/new?kind=TRV", data={**TYPED, "csrf_token": token, "next": "1"})
    assert answer.status_code == 302, answer.text
    row = newest(laboratories_of_app.a["technician"])[0]
    assert (row.external_number, row.details["pseudonym"], row.analytes) == ("0041829", "7Q-4KD-92", ["SARSCOV2", "FLUA"])
    following = browser.get(answer.location).text
    assert f"{row.number} is registered." in following
    assert 'value="3U8694"' in following and 'value="2026-05-19 08:30"' in following
    assert "7Q-4KD-92" not in following and "0041829" not in following
    page = browser.get(f"/samples/{row.id}").text
    for words in (
        "0041829",
        "nasopharyngeal swab",
        "SARS-CoV-2, influenza A virus",
        "2026-05-19 08:30",
        "3.0 mL",
        "Registered",
        "3U8694",
        "Urgent",
    ):
        assert words in page, words


def test_after_an_error_every_input_is_kept_and_every_problem_told(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    typed = {
        **TYPED,
        "csrf_token": csrf_of(browser),
        "quantity": "-3",
        "sampled_at": "yesterday",
        "category": "",
        "remarks": "call 13812345678",
    }
    answer = browser.post("/samples/new?kind=TRV", data=typed)
    assert answer.status_code == 400
    assert "Error: Register a sample" in answer.text
    for kept in ('value="-3"', 'value="yesterday"', "call 13812345678", 'value="3U8694"', 'value="7Q-4KD-92"'):
        assert kept in answer.text, kept
    for told in ("expected a day and a time", 'href="#sampled_at"', 'aria-invalid="true"'):
        assert told in answer.text, told
    typed["sampled_at"] = "2026-05-19 08:30"
    answer = browser.post("/samples/new?kind=TRV", data=typed)
    for told in ("expected 0 or more", "this kind of sample needs it", "138…78 looks like a telephone number"):
        assert told in answer.text, told
    assert newest(laboratories_of_app.a["technician"]) == []


@pytest.mark.parametrize("kind", ["TRV", "FOD", "ENV"])
def test_every_kind_has_its_form_in_both_languages(app: Flask, laboratories_of_app: TwoLaboratories, kind: str):
    browser = browser_of(app, laboratories_of_app.a["technician"])
    english = browser.get(f"/samples/new?kind={kind}").text
    browser.post("/language", data={"csrf_token": csrf_of(browser), "language": "zh_CN"})
    chinese = browser.get(f"/samples/new?kind={kind}").text
    assert "Register a sample" in english and "登记样品" in chinese
    assert re.findall(r' name="([a-z_]+)"', english) == re.findall(r' name="([a-z_]+)"', chinese)
    assert browser.get("/samples/new?kind=XXX").status_code == 404


def test_a_tube_is_scanned_received_with_a_deviation_and_signed_by_the_authoriser(app: Flask, laboratories_of_app: TwoLaboratories):
    technician, authoriser = laboratories_of_app.a["technician"], laboratories_of_app.a["authoriser"]
    row = registered(technician)
    bench, desk = browser_of(app, technician), browser_of(app, authoriser)
    found = bench.get("/samples/receive?code=００４１８２９&code_raw=００４１８２９")
    assert found.status_code == 302
    assert str(row.id) in found.location
    typed = {
        "csrf_token": csrf_of(bench),
        "arrival_temperature": "9.6",
        "condition": "intact",
        "decision": "accepted_deviation",
        "note": "warm",
    }
    refused = bench.post(found.location, data=typed)
    assert refused.status_code == 400
    assert "choose the reason" in refused.text and 'value="9.6"' in refused.text
    assert bench.post(found.location, data={**typed, "reason_code": "TEMP"}).status_code == 302
    assert "An authoriser who did not propose the decision signs it." in bench.get(f"/samples/{row.id}/receive").text
    assert bench.post(f"/samples/{row.id}/approve", data={"csrf_token": csrf_of(bench), "password": PASSWORD}).status_code == 403
    assert row.number in desk.get("/").text
    form = {"csrf_token": csrf_of(desk), "seen": seen_on(desk.get(f"/samples/{row.id}/receive").text, f"/samples/{row.id}/approve")}
    wrong = desk.post(f"/samples/{row.id}/approve", data={**form, "password": "wrong"})
    assert wrong.status_code == 403
    assert "the password does not match" in wrong.text
    assert desk.post(f"/samples/{row.id}/approve", data={**form, "password": PASSWORD}).status_code == 302
    page = desk.get(f"/samples/{row.id}").text
    for words in ("Accepted with deviation", "TEMP transport temperature out of range", "9.6 ℃", "signed", authoriser.name):
        assert words in page, words
    with reading() as session:
        received = next(step for step in queries.custody(session, technician, row.id) if step.verb == "received")
    assert received.raw_code == "００４１８２９"


def test_a_misread_number_an_unknown_one_and_a_doubled_one_are_told_apart(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    technician = laboratories_of_app.a["technician"]
    row = registered(technician, external_number="DOUBLE")
    registered(technician, external_number="DOUBLE")
    registered(laboratories_of_app.b["technician"], external_number="FOREIGN")
    wrong = row.number[:-1] + ("0" if row.number[-1] != "0" else "1")
    assert "The check character does not fit" in browser.get(f"/samples/receive?code={wrong}").text
    assert "No sample FOREIGN" in browser.get("/samples/receive?code=FOREIGN").text
    assert "Several samples have this external number" in browser.get("/samples/receive?code=DOUBLE").text


def test_the_list_filters_pages_and_exports_what_it_shows(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    technician = laboratories_of_app.a["technician"]
    for n in range(51):
        registered(technician, external_number=f"E{n:02d}")
    serum = accepted(technician, matrix="SER", external_number="=1+1")
    first = browser.get("/samples/").text
    assert first.count('name="selected"') == 50
    later = re.search(r'href="(/samples/\?after=[^"]+)"', first)
    assert later
    second = browser.get(later[1]).text
    assert second.count('name="selected"') == 2
    filtered = browser.get("/samples/?status=accepted&matrix=SER&q=血清").text
    assert filtered.count('name="selected"') == 1 and serum.number[:-9] in filtered
    assert "No sample fits these filters" in browser.get("/samples/?q=nosuch").text
    rows = browser.get("/samples/export.csv?matrix=SER").data.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("Sample no.,External no.,Kind,Matrix,Status")
    assert rows[1].startswith(f"{serum.number},'=1+1,Traveller,serum,Awaiting test")
    assert "Matrix serum" in rows[-1] and technician.name in rows[-1]
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(browser.get("/samples/export.xlsx?matrix=SER").data)).active
    assert [sheet["A3"].value, sheet["B3"].value, sheet["B3"].data_type] == [serum.number, "=1+1", "s"]


def test_labels_are_recorded_once_and_shown_as_sheet_and_single(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    technician = laboratories_of_app.a["technician"]
    rows = [registered(technician), registered(technician)]
    answer = browser.post("/samples/labels", data={"csrf_token": csrf_of(browser), "selected": [str(row.id) for row in rows]})
    assert answer.status_code == 302
    for _again in range(2):
        sheet = browser.get(answer.location).text
        assert sheet.count("<svg") == 1 and "labels-sheet.css" in sheet
        assert sheet.count("scale(") == 2
    single = browser.get(answer.location.replace("layout=sheet", "layout=single")).text
    assert single.count("<svg") == 2 and "labels-single.css" in single
    assert [row.labels_printed for row in newest(technician)] == [1, 1]
    assert browser.get(f"/samples/{rows[0].id}/label.svg").content_type.startswith("image/svg+xml")
    assert browser.post("/samples/labels", data={"csrf_token": csrf_of(browser)}).status_code == 302
    assert "0 samples chosen" in browser.get("/samples/").text


def test_a_sample_is_sent_and_cancelled_only_by_typing_its_number(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    technician = laboratories_of_app.a["technician"]
    one, two = registered(technician), registered(technician)
    token = csrf_of(browser)
    assert browser.post(f"/samples/{one.id}/send", data={"csrf_token": token}).status_code == 302
    browser.post(f"/samples/{two.id}/cancel", data={"csrf_token": token, "typed": "yes"})
    assert "Not cancelled" in browser.get(f"/samples/{two.id}").text
    browser.post(f"/samples/{two.id}/cancel", data={"csrf_token": token, "typed": two.number})
    assert [row.status for row in newest(technician)] == ["cancelled", "in_transit"]
    assert browser.post(f"/samples/{two.id}/send", data={"csrf_token": token}).status_code == 422


@pytest.mark.assurance("A2")
def test_every_route_with_a_sample_is_not_found_for_another_laboratory(app: Flask, laboratories_of_app: TwoLaboratories):
    technician = laboratories_of_app.a["technician"]
    row = service.receive_sample(technician, registered(technician).id, Receipt(decision=Decision("rejected", "LEAK")))
    stranger = browser_of(app, laboratories_of_app.b["authoriser"])
    token = csrf_of(stranger)
    asked = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("samples.") or not rule.arguments & {"sample_id", "number"}:
            continue
        address = rule.build({"sample_id": row.id, "number": row.number})[1]
        for method in rule.methods & {"GET", "POST"}:
            answer = stranger.open(
                address, method=method, data={"csrf_token": token, "password": PASSWORD, "typed": row.number, "decision": "accepted"}
            )
            assert answer.status_code == 404, (method, address, answer.status_code)
            assert "CUSA" not in answer.text.replace(row.number, "")
            asked += 1
    assert asked >= 9
    assert stranger.get(f"/samples/labels?selected={row.id.hex}").status_code == 404
    assert stranger.post("/samples/labels", data={"csrf_token": token, "selected": str(row.id)}).status_code == 404
    assert row.number not in stranger.get("/samples/?q=0041829").text
    assert row.number not in stranger.get("/samples/export.csv").text
    kept = newest(technician)[0]
    assert (kept.row_version, kept.status, kept.labels_printed) == (row.row_version, "received", 0)


@pytest.mark.assurance("A7")
def test_fields_that_the_form_does_not_have_reach_no_column(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    hostile = {"status": "reported", "number": "X", "laboratory_id": str(laboratories_of_app.b.id), "registered_by": "x",
               "has_been_reported": "1",
               "labels_printed": "9", "decided_by": "x", "id": "0" * 32}  # fmt: skip
    assert browser.post("/samples/new?kind=TRV", data={**hostile, **TYPED, "csrf_token": csrf_of(browser)}).status_code == 302
    row = newest(laboratories_of_app.a["technician"])[0]
    assert (row.status, row.labels_printed, row.decided_by, row.has_been_reported) == ("registered", 0, "", False)
    assert row.laboratory_id == laboratories_of_app.a.id and row.number != "X"


@pytest.mark.assurance("A5")
def test_who_may_not_register_or_see_is_refused(app: Flask, laboratories_of_app: TwoLaboratories):
    auditor = browser_of(app, laboratories_of_app.a["auditor"])
    assert auditor.get("/samples/").status_code == 200
    assert auditor.get("/samples/new").status_code == auditor.get("/samples/receive").status_code == 403
    coordinator = browser_of(app, laboratories_of_app.a["coordinator"])
    assert coordinator.get("/samples/").status_code == 403


@pytest.mark.assurance("W4")
def test_hostile_text_stays_text_on_every_page(browser: FlaskClient, laboratories_of_app: TwoLaboratories):
    technician = laboratories_of_app.a["technician"]
    hostile = '"><script>alert(1)</script>{{7*7}}'
    row = registered(technician, external_number=hostile, sampling_point=hostile, remarks=hostile)
    for address in (
        "/samples/",
        f"/samples/{row.id}",
        f"/samples/{row.id}/receive",
        f"/samples/labels?selected={row.id.hex}",
        "/samples/?q=" + hostile,
    ):
        page = browser.get(address).text
        assert "<script>alert" not in page, address
        assert "49" not in re.findall(r'"&gt;.{0,60}', page), address


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_decision_that_changed_after_the_page_was_opened_is_not_signed(app: Flask, laboratories_of_app: TwoLaboratories, language: str):
    technician, authoriser = laboratories_of_app.a["technician"], laboratories_of_app.a["authoriser"]
    row = registered(technician)
    service.receive_sample(technician, row.id, Receipt(decision=Decision("accepted_deviation", "TEMP", "9.6 ℃")))
    desk, page, action = browser_of(app, authoriser), f"/samples/{row.id}/receive", f"/samples/{row.id}/approve"
    desk.post("/language", data={"csrf_token": csrf_of(desk), "language": language})
    fields = {"csrf_token": csrf_of(desk), "password": PASSWORD}
    seen = seen_on(desk.get(page).text, action)
    service.withdraw_decision(technician, row.id, "seen again")
    service.decide(technician, row.id, Decision("rejected", "LEAK", "tube 2 leaks"))
    refused = desk.post(action, data={**fields, "seen": seen})
    says = {"en": "changed since you opened the page. It is shown as it stands now", "zh_CN": "自您打开页面后已有改动"}
    assert refused.status_code == 409 and says[language] in refused.text and "LEAK" in refused.text
    assert desk.post(action, data=fields).status_code == 409
    with reading() as session:
        assert signatures_of(session, "sample", row.id) == []
        assert queries.sample(session, technician, row.id).status == "received"
    assert desk.post(action, data={**fields, "seen": seen_on(refused.text, action)}).status_code == 302
    with reading() as session:
        assert [one.meaning for one in signatures_of(session, "sample", row.id)] == ["decision: rejected"]
