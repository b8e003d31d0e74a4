"""The pages of questions before scoring, corrective actions, appeals and complaints, through the browser's door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.rounds import service
from lims.rounds.queries import following
from lims.rounds.scoring.consequences import FIELDS
from tests.factories import PASSWORD, browser_of, csrf_of
from tests.round_factory import DEADLINE, QUANTITATIVE, SECOND, START, VALUES, World, at, new_world

LATER = DEADLINE + timedelta(days=10)


@pytest.fixture
def locked(sqlite_database: Database, tmp_path: Path) -> World:
    """A locked round in which CUSC took a wrong unit on item 1."""
    with at(START):
        made = new_world(tmp_path)
        made.to_testing(replace(QUANTITATIVE, preferred_statistic="z"))
        for lab, answers in {**VALUES, "CUSC": {1: "1.30", 2: "3.10"}}.items():
            made.submit(lab, answers)
    with at(DEADLINE + SECOND):
        service.close_if_due(made.round_id)
    return made


@pytest.fixture
def published(locked: World) -> World:
    """The same round in follow-up, the slip kept."""
    with at(DEADLINE + SECOND):
        service.ask_laboratory(locked.coordinator, locked.round_id, 1)
        service.decide_question(locked.coordinator, locked.round_id, 1, "excluded_invalid", "slip", locked.qa("cdc").login, PASSWORD)
        locked.unblind()
        locked.evaluate()
        locked.opine()
        locked.release()
    with at(LATER):
        service.start_follow_up(locked.coordinator, locked.round_id)
    return locked


def post(app: Flask, actor: Actor, path: str, **data: str) -> TestResponse:
    browser = browser_of(app, actor)
    return browser.post(path, data={"csrf_token": csrf_of(browser), **data})


def test_the_coordinator_sees_a_sign_and_no_value_and_the_laboratory_a_question_and_no_sign(app: Flask, locked: World) -> None:
    code = locked.row().code
    with at(DEADLINE + SECOND):
        page = browser_of(app, locked.coordinator).get(f"/rounds/{code}/blunders").text
        assert "power of ten" in page and locked.part("CUSC").code in page
        assert not any(value in page for value in ("1.30", "1.3,", "4.50", "3.10"))
        assert browser_of(app, locked.labs["CUSC"]["authoriser"]).get(f"/rounds/{code}/blunders").status_code == 404
        assert post(app, locked.coordinator, f"/rounds/{code}/blunders/1/ask").status_code == 302
        own = browser_of(app, locked.labs["CUSC"]["authoriser"]).get(f"/rounds/{code}/blunders").text
        assert "Please confirm" in own and "power of ten" not in own
        assert browser_of(app, locked.labs["CDCB"]["authoriser"]).get(f"/rounds/{code}/blunders").status_code == 404


def test_a_correction_notice_is_read_by_the_coordinator_after_the_unblinding_only(app: Flask, locked: World) -> None:
    path, lab = f"/rounds/{locked.row().code}/blunders", locked.labs["CUSC"]["authoriser"]
    with at(DEADLINE + SECOND):
        service.ask_laboratory(locked.coordinator, locked.round_id, 1)
        given = {"outcome": "corrected", "text": "should be 4.30", "password": PASSWORD}
        assert post(app, lab, f"{path}/1/answer", **given).status_code == 302
        before = browser_of(app, locked.coordinator).get(path).text
        assert "should be 4.30" not in before and "correction notice given" in before
        decision = {"outcome": "keep", "reason": "so", "login": locked.qa("cdc").login, "password": PASSWORD}
        assert post(app, locked.coordinator, f"{path}/1/decide", **decision).status_code == 302
        locked.unblind()
        assert "should be 4.30" in browser_of(app, locked.coordinator).get(path).text


def test_a_case_is_written_handed_over_and_confirmed_on_its_page(app: Flask, published: World) -> None:
    lab = published.labs["CDCD"]
    with reading() as session:
        case = next(one for one in following.cases_of(session, published.row()) if one.laboratory_id == lab.id)
    path, record = f"/capa/{case.id}", dict.fromkeys(FIELDS, "text") | {"effectiveness_kind": "next_round", "seen": "0"}
    with at(LATER):
        assert post(app, lab["technician"], f"{path}/save", **record).status_code == 302
        assert post(app, lab["authoriser"], f"{path}/hand-over", password="wrong").status_code == 403
        assert post(app, lab["authoriser"], f"{path}/hand-over", password=PASSWORD).status_code == 302
        with reading() as session:
            seen = following.records_of(session, case.id)[0].content_hash
        judged = {"step": "confirmed", "password": PASSWORD, "seen": seen}
        assert post(app, published.reviewer("customs"), f"{path}/judge", **judged).status_code == 302
        assert "effect confirmed" in browser_of(app, lab["technician"]).get(path).text
        assert browser_of(app, published.labs["CUSC"]["technician"]).get(path).status_code == 404


def test_lists_and_files_hold_codes_and_no_names(app: Flask, published: World) -> None:
    with at(LATER):
        reviewer = browser_of(app, published.reviewer("customs"))
        for path in ("/capa/", "/capa/export.csv", "/capa/?view=open", "/capa/?view=late", "/capa/?q=nothing"):
            answer = reviewer.get(path)
            assert answer.status_code == 200 and "Laboratory CDCD" not in answer.text
        assert published.part("CDCD").code in reviewer.get("/capa/").text
        stranger = browser_of(app, published.labs["CUSC"]["technician"])
        assert published.part("CDCD").code not in stranger.get("/capa/").text


def test_an_appeal_is_raised_on_the_round_and_shown_beside_the_verdict_until_it_is_decided(app: Flask, published: World) -> None:
    lab, code = published.labs["CDCD"]["authoriser"], published.row().code
    with at(LATER):
        given = {"kind": "appeal", "item": "1", "text": "the diluent", "password": PASSWORD}
        assert post(app, lab, f"/rounds/{code}/appeal", **given).status_code == 302
        assert "Appeal open" in browser_of(app, lab).get(f"/rounds/{code}/mine").text
        assert browser_of(app, lab).get("/appeals/").status_code == 200
        other = browser_of(app, published.labs["CUSC"]["authoriser"])
        assert f"{code}-A1" in browser_of(app, lab).get("/appeals/export.csv").text
        assert f"{code}-A1" not in other.get("/appeals/export.csv").text
        assert post(app, lab, f"/rounds/{code}/appeal", **given).status_code == 409
        complaint = {"kind": "complaint", "text": "the box came late", "password": PASSWORD}
        assert post(app, lab, f"/rounds/{code}/appeal", **complaint).status_code == 302
