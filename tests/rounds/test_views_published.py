"""The pages of a published round for those who judge: what is offered, what is missing for it, and what the counts leave out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import blobs, seals
from lims.db.session import reading
from lims.rounds import service
from lims.rounds.queries import following
from lims.rounds.report.checking import check
from lims.rounds.scoring.consequences import FIELDS
from tests.factories import PASSWORD, browser_of, csrf_of
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, START, VALUES, World, at, new_world


@pytest.fixture
def measured(app: Flask, tmp_path: Path) -> World:
    """A quantitative round, published, in which a laboratory has an action verdict."""
    with at(START):
        (world := new_world(tmp_path)).to_testing(QUANTITATIVE)
        for lab, answers in VALUES.items():
            world.submit(lab, answers)
    world.blobs = blobs.store()
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    return world


def path(world: World, tail: str) -> str:
    return f"/rounds/{world.row().code}/{tail}"


def close(browser: FlaskClient, world: World):
    form = {"csrf_token": csrf_of(browser), "password": PASSWORD, "seen": world.seen("close")}
    return browser.post(path(world, "review/close"), data=form)


def end_cases(world: World) -> None:
    """Every corrective action written, handed over and confirmed by the other side."""
    record = {name: f"written: {name}" for name in FIELDS} | {"cause_code": "RMC", "effectiveness_kind": "next_round"}
    with reading() as session:
        opened = following.cases_of(session, world.row())
    for case in opened:
        lab = next(code for code in VALUES if world.part(code).id == case.participant_id)
        service.save_case(world.labs[lab]["technician"], case.id, record, seen=0)
        service.hand_over_case(world.labs[lab]["authoriser"], case.id, PASSWORD)
        with reading() as session:
            seen = following.records_of(session, case.id)[0].content_hash
        other = world.reviewer("customs" if lab.startswith("CDC") else "cdc")
        service.judge_case(other, case.id, "confirmed", "", PASSWORD, seen=seen)


def test_closing_is_offered_when_its_conditions_are_met_and_says_before_what_is_missing(app: Flask, measured: World) -> None:
    with at(DEADLINE):
        browser = browser_of(app, measured.qa("cdc"))
        page = browser.get(path(measured, "review")).text
        assert "the round goes to follow-up first." in page and 'data-opens="close"' not in page and 'id="close"' not in page
        refused = close(browser, measured)
        assert refused.status_code == 422 and "cannot take this step yet" in refused.text
        service.start_follow_up(measured.coordinator, measured.round_id)
        assert 'data-opens="close"' not in browser.get(path(measured, "review")).text
        end_cases(measured)
        assert "The minutes of the review meeting are not filed." in browser.get(path(measured, "review")).text
        measured.file_minutes()
        assert 'data-opens="close"' in browser.get(path(measured, "review")).text
        assert close(browser, measured).status_code == 302
        again = browser.get(path(measured, "review")).text
        assert "Your organisation has signed the closing already" in again and 'data-opens="close"' not in again
        assert measured.state() == "follow_up"


def test_the_note_tells_that_the_organiser_is_left_out_of_the_counts(app: Flask, measured: World) -> None:
    with at(DEADLINE):
        page = browser_of(app, measured.qa("cdc")).get(path(measured, "evaluation/1")).text
    assert "4 laboratories with valid results" in page
    assert "its results are left out of consensus, median and group values, for which 3 results remain." in page


def test_a_participant_downloads_the_own_certificate_and_nobody_else_does(app: Flask, measured: World) -> None:
    with at(DEADLINE):
        lab = next(iter(VALUES))
        own = browser_of(app, measured.labs[lab]["technician"])
        assert "Certificate of results" in own.get(path(measured, "mine")).text
        page = own.get(path(measured, "mine/certificate"))
        assert page.status_code == 200 and measured.part(lab).code in page.text
        answer = own.get(path(measured, "mine/certificate/workbook?language=en"))
        assert check(answer.data, seals.sealer().public_key)["origin"] == "proven"
        assert own.get(path(measured, "mine/certificate/workbook?language=xx")).status_code == 404
        again = own.get(path(measured, "report/1/workbook?language=en"))
        assert check(again.data, seals.sealer().public_key)["state"] == "holds"


def test_no_certificate_before_publication(app: Flask, tmp_path: Path) -> None:
    with at(START):
        (world := new_world(tmp_path)).to_testing(QUANTITATIVE)
        lab = next(iter(VALUES))
        own = browser_of(app, world.labs[lab]["technician"])
        assert own.get(path(world, "mine/certificate")).status_code == 404
        assert own.get(path(world, "mine/certificate/workbook")).status_code == 404


def test_what_was_published_stays_readable_while_it_is_corrected(app: Flask, measured: World) -> None:
    lab = next(iter(VALUES))
    with at(DEADLINE):
        own = browser_of(app, measured.labs[lab]["technician"])
        before = own.get(path(measured, "mine")).text
        assert "A correction of this report is under way." not in before
        for side in ("customs", "cdc"):
            reason, seen = "a wrong factor of a dilution", measured.seen("return")
            service.return_to_analysis(measured.qa(side), measured.round_id, reason, PASSWORD, seen=seen)
        assert measured.state() == "analysing"
        for page in ("mine", "mine/certificate", "report"):
            answer = own.get(path(measured, page))
            assert answer.status_code == 200 and "A correction of this report is under way." in answer.text
        assert check(own.get(path(measured, "mine/certificate/workbook")).data, seals.sealer().public_key)["state"] == "holds"
        measured.evaluate()
        assert own.get(path(measured, "evaluation/2")).status_code == 404


def test_the_certificate_names_the_matrix_and_does_not_show_its_code(app: Flask, measured: World) -> None:
    with at(DEADLINE):
        page = browser_of(app, measured.labs["CUSA"]["technician"]).get(path(measured, "mine/certificate")).text
    assert "nasopharyngeal swab" in page.lower() and "鼻咽拭子" in page and ">NPS<" not in page


def test_the_evaluation_page_shows_the_parts_of_the_uncertainty_and_what_was_screened(app: Flask, measured: World) -> None:
    with at(DEADLINE):
        browser = browser_of(app, measured.qa("cdc"))
        page = browser.get(path(measured, "evaluation/1")).text
        assert "Uncertainty of the assigned values" in page and "u<sub>hom</sub>" in page
        assert "Not stated in the protocol and not included." in page and "Signs of slips" in page


@pytest.mark.assurance("A5")
def test_before_publication_the_bench_alone_sees_the_own_results(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
        world.submit("CUSA", RIGHT)
        page = f"/rounds/{world.row().code}"
        own = world.labs["CUSA"]
        for role in ("technician", "authoriser"):
            assert browser_of(app, own[role]).get(f"{page}/submit").status_code == 200
        for role in ("qa_manager", "auditor", "reviewer"):
            browser = browser_of(app, own[role])
            assert browser.get(f"{page}/submit").status_code == browser.get(f"{page}/submit/1").status_code == 403
            assert f"{page}/submit" not in browser.get(page).text
