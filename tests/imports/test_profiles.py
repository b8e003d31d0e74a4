"""Profiles without code: from an example to a saved version that reads the laboratory's own files, and nobody else's."""

from __future__ import annotations

import io
import json
import re
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import worker
from lims.db.session import reading
from lims.errors import Invalid, NotFound, RuleViolation
from lims.imports import profile_queries, queries, service
from lims.imports.profile_content import content_of, fields_of
from lims.imports.service import Example
from tests.factories import TwoLaboratories, browser_of, csrf_of

TABLE = (
    "Appareil;TOC-X;;\r\nNuméro;Paramètre;Valeur;Unité\r\nW-0001;TOC;2,150;mg/l C\r\nW-0001;TOC;2,170;mg/l C\r\n"
    "W-0002;TOC;<0,300;mg/l C\r\nW-0003;TOC;hors service;mg/l C\r\nMoyenne;TOC;2,160;mg/l C\r\n"
).encode()
MEANINGS = {"Numéro": "sample", "Paramètre": "target", "Valeur": "concentration", "Unité": "unit"}


def mapped(row, **fields: str):
    given = {**fields_of(row.content), "units": "mg/l C = mg/L", "summary_words": "Moyenne", **fields}
    return content_of(row.content, given, MEANINGS, ["Numéro", "Valeur"])


def saved(actor, name: str = "toc_x"):
    row = service.start_profile(actor, Example("toc.csv", TABLE))
    row = service.change_profile(actor, row.id, name, "TOC-X", mapped(row), row.heading_row)
    return service.save_profile(actor, row.id)


def test_a_profile_from_an_example_reads_a_file_that_was_refused(laboratories: TwoLaboratories):
    actor, bench = laboratories.a["authoriser"], laboratories.a["technician"]
    first = service.store_upload(bench, "toc.csv", TABLE).upload
    worker.work_once()
    with reading() as session:
        assert queries.upload(session, bench, first.id).state == "refused"
    row = saved(actor)
    assert (row.version, row.state) == (1, "saved")
    again = service.read_again(bench, first.id, {"parser": f"profile:{row.id}"})
    worker.work_once()
    with reading() as session:
        upload = queries.upload(session, bench, again.id)
        found = [(one.sample, one.status, one.value, one.unit) for one in queries.readings(session, upload.id, bench)]
    assert upload.state == "review" and upload.found["profile"] == "toc_x 1" and upload.options["profile_id"] == str(row.id)
    assert found == [
        ("W-0001", "value", "2.150", "mg/L"), ("W-0001", "value", "2.170", "mg/L"), ("W-0002", "censored", "0.300", "mg/L"),
        ("W-0003", "invalid", None, "mg/L"),
    ]  # fmt: skip
    assert [one["where"] for one in upload.found["rows"]["skipped"]] == ["line 7"]


def test_a_saved_version_does_not_change_and_the_next_one_stands_beside_it(laboratories: TwoLaboratories):
    actor = laboratories.a["authoriser"]
    row = saved(actor)
    with pytest.raises(RuleViolation):
        service.change_profile(actor, row.id, "other", "", row.content, 0)
    with pytest.raises(RuleViolation):
        service.save_profile(actor, row.id)
    draft = service.next_version(actor, row.id)
    assert (draft.state, draft.version, draft.example_sha256) == ("draft", None, row.example_sha256)
    assert service.save_profile(actor, draft.id).version == 2
    with reading() as session:
        assert [one.version for one in profile_queries.offered(session, actor)] == [2]


def test_a_profile_that_cannot_read_its_example_is_not_saved(laboratories: TwoLaboratories):
    actor = laboratories.a["authoriser"]
    row = service.start_profile(actor, Example("toc.csv", TABLE))
    with pytest.raises(Invalid) as incomplete:
        service.save_profile(actor, row.id)
    assert incomplete.value.code == "imports.profile_incomplete"
    content = {**mapped(row), "markers": ["No such heading"]}
    service.change_profile(actor, row.id, "toc_x", "", content, row.heading_row)
    with pytest.raises(RuleViolation) as unread:
        service.save_profile(actor, row.id)
    assert unread.value.code == "imports.profile_example"


@pytest.mark.parametrize("name", ["", "A b", "slan", "x" * 41, "../up"])
def test_a_name_is_plain_and_not_that_of_a_shipped_profile(laboratories: TwoLaboratories, name: str):
    actor = laboratories.a["authoriser"]
    row = service.start_profile(actor, Example("toc.csv", TABLE))
    with pytest.raises(Invalid) as refused:
        service.change_profile(actor, row.id, name, "", mapped(row), row.heading_row)
    assert refused.value.field == "name"


def test_an_example_that_is_no_table_is_refused(laboratories: TwoLaboratories):
    actor = laboratories.a["authoriser"]
    for content in (b"", b"\x89PNG\r\n\x1a\n" + bytes(50)):
        with pytest.raises(Invalid) as refused:
            service.start_profile(actor, Example("x.csv", content))
        assert refused.value.field == "example"


def test_what_is_exported_is_imported_the_same(laboratories: TwoLaboratories):
    row = saved(laboratories.a["authoriser"])
    text = profile_queries.text_of(row)
    other = service.import_profile(laboratories.b["authoriser"], text.encode())
    assert (other.name, other.title, other.content, other.state) == (row.name, row.title, row.content, "draft")
    assert service.save_profile(laboratories.b["authoriser"], other.id).version == 1


@pytest.mark.parametrize("text", [b"{", b"[]", b'{"name": "x", "version": "1", "columns": {"price": ["P"]}}', b"\xff\xfe\x00"])
def test_a_faulty_profile_file_is_refused_by_name(laboratories: TwoLaboratories, text: bytes):
    with pytest.raises(Invalid) as refused:
        service.import_profile(laboratories.a["authoriser"], text)
    assert refused.value.field == "profile"


def test_a_shipped_profile_is_copied_and_stays(laboratories: TwoLaboratories):
    row = service.copy_shipped(laboratories.a["authoriser"], "slan")
    assert row.name == "slan_own" and "based_on" not in row.content and row.content["file_words"] == ["SLAN", "宏石"]
    with pytest.raises(NotFound):
        service.copy_shipped(laboratories.a["authoriser"], "../default")


def test_another_laboratory_neither_sees_nor_uses_it(laboratories: TwoLaboratories):
    row = saved(laboratories.a["authoriser"])
    other = laboratories.b["authoriser"]
    for act in (service.save_profile, service.withdraw_profile, service.next_version):
        with pytest.raises(NotFound):
            act(other, row.id)
    with pytest.raises(NotFound):
        service.store_upload(laboratories.b["technician"], "toc.csv", TABLE, {"parser": f"profile:{row.id}"})
    with reading() as session:
        assert profile_queries.profiles(session, other) == []


def test_a_withdrawn_profile_is_not_offered_and_not_used(laboratories: TwoLaboratories):
    actor = laboratories.a["authoriser"]
    row = saved(actor)
    service.withdraw_profile(actor, row.id)
    with pytest.raises(RuleViolation):
        service.store_upload(laboratories.a["technician"], "toc.csv", TABLE, {"parser": f"profile:{row.id}"})
    with pytest.raises(NotFound):
        service.store_upload(laboratories.a["technician"], "toc.csv", TABLE, {"parser": "profile:x"})


@pytest.fixture
def browser(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["authoriser"])


def send(browser: FlaskClient, path: str, **values: object):
    return browser.post(path, data={"csrf_token": csrf_of(browser), **values}, follow_redirects=True)


def test_the_page_leads_from_an_example_to_a_profile_that_an_upload_can_choose(browser: FlaskClient, app: Flask, two_laboratories):
    page = send(browser, "/uploads/profiles/new", example=(io.BytesIO(TABLE), "toc.csv"))
    assert page.status_code == 200 and "Paramètre" in page.text, page.text[:2000]
    path = page.request.path
    values = {
        "name": "toc_x", "title": "TOC-X", "heading_row": "1", "heading": list(MEANINGS), "meaning": list(MEANINGS.values()),
        "marker": ["Numéro", "Valeur"], "units": "mg/l C = mg/L", "summary_words": "Moyenne", "missing": "-; N/A", "decimal_mark": "",
    }  # fmt: skip
    shown = send(browser, f"{path}/preview", **values)
    assert shown.status_code == 200 and "2.150" in shown.text and "<html" not in shown.text
    assert "2.150" not in browser.get(path).text, "a preview keeps nothing"
    done = send(browser, path, **values, action="save")
    assert "is saved as version 1" in done.text
    assert "disabled" in done.text and 'name="action"' not in done.text
    choice = re.search(r'value="(profile:[0-9a-f-]+)"', browser_of(app, two_laboratories.a["technician"]).get("/uploads/new").text)
    assert choice is not None
    assert "profile:" not in browser_of(app, two_laboratories.b["technician"]).get("/uploads/new").text
    exported = json.loads(browser.get(f"{path}/file").data)
    assert (exported["name"], exported["version"], exported["columns"]["sample"]) == ("toc_x", "1", ["Numéro"])


def test_what_was_typed_stays_when_the_page_refuses(browser: FlaskClient):
    path = send(browser, "/uploads/profiles/new", example=(io.BytesIO(TABLE), "toc.csv")).request.path
    page = send(
        browser, path, name="Not Good", title="kept title", heading_row="1", heading=list(MEANINGS), meaning=list(MEANINGS.values())
    )
    assert page.status_code == 400 and "kept title" in page.text and "expected 2 to 40 small letters" in page.text


def test_the_list_shows_own_and_shipped_profiles_and_buttons_to_those_who_may(browser: FlaskClient, app: Flask, two_laboratories):
    send(browser, "/uploads/profiles/shipped/slan/copy")
    page = browser.get("/uploads/profiles").text
    assert "slan_own" in page and "Hongshi" in page and "/copy" in page
    bench = browser_of(app, two_laboratories.a["technician"])
    assert "/copy" not in bench.get("/uploads/profiles").text
    assert send(bench, "/uploads/profiles/shipped/slan/copy").status_code == 403
    assert browser.get(f"/uploads/profiles/{uuid.uuid4()}").status_code == 404
