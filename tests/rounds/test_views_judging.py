"""The pages of submitting, judging and releasing, in browsers of the persons who use them."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from lims import blobs, worker
from lims.db.session import Actor, reading
from lims.rounds.queries import own_bench, records
from tests.factories import PASSWORD, browser_of, csrf_of, seen_on
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, SECOND, START, VALUES, World, at, new_world

LANGUAGES = ("en", "zh_CN")


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    """A qualitative round under test; its files go to the store of the application."""
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
    world.blobs = blobs.store()
    return world


@pytest.fixture
def measured(app: Flask, tmp_path: Path) -> World:
    """A quantitative round in which everybody has submitted."""
    with at(START):
        (world := new_world(tmp_path)).to_testing(QUANTITATIVE)
        for lab, answers in VALUES.items():
            world.submit(lab, answers)
    world.blobs = blobs.store()
    return world


def path(world: World, tail: str = "") -> str:
    return f"/rounds/{world.row().code}/{tail}"


def send(browser: FlaskClient, url: str, **fields: object):
    return browser.post(url, data={"csrf_token": csrf_of(browser), **fields})


def form_of(world: World, lab: str, answers: dict[int, str], **changes: object) -> dict[str, object]:
    """The form as a technician of ``lab`` fills it, with the version that it was opened with."""
    head = {"method_code": "QRTPCR", "tested_on": "2026-05-04", "is_independent": "y"}
    fields: dict[str, object] = {**head, "base_version": versions(world, lab)}
    for code, number in world.numbers(lab).items():
        name = "result_code" if world.scoring.kind == "qualitative" else "value"
        fields[f"{code}-{name}"] = answers.get(number, "")
        if answers.get(number) == "POS":
            fields[f"{code}-ct-N"] = "31.2"
    return {**fields, **changes}


def versions(world: World, lab: str) -> int:
    with reading() as session:
        return len(own_bench(session, world.labs[lab]["technician"], world.round_id).versions)


def statuses(world: World, lab: str) -> list[str]:
    with reading() as session:
        return [one.status for one in reversed(own_bench(session, world.labs[lab]["technician"], world.round_id).versions)]


def test_results_go_from_draft_over_hand_over_to_the_signature_of_another_person(app: Flask, world: World) -> None:
    url = path(world, "submit")
    with at(START):
        technician, authoriser = browser_of(app, world.labs["CUSA"]["technician"]), browser_of(app, world.labs["CUSA"]["authoriser"])
        page = technician.get(url).text
        assert all(f'id="{code}-result_code"' in page for code in world.numbers("CUSA"))
        assert send(technician, url, act="save", **form_of(world, "CUSA", RIGHT)).status_code == 302
        assert send(technician, url, act="hand_over", **form_of(world, "CUSA", RIGHT)).status_code == 302
        assert statuses(world, "CUSA") == ["draft", "handed_over"]
        assert 'id="sign"' in authoriser.get(url).text
        wrong = send(authoriser, f"{url}/sign", version=2, password="wrong")
        assert wrong.status_code == 403 and "the password does not match" in wrong.text and "data-show" in wrong.text
        assert statuses(world, "CUSA") == ["draft", "handed_over"]
        assert send(authoriser, f"{url}/sign", version=2, password=PASSWORD).status_code == 302
    assert statuses(world, "CUSA") == ["draft", "handed_over", "signed"]
    assert world.part("CUSA").state == "submitted"


def test_who_entered_the_results_is_refused_as_the_one_who_signs(app: Flask, world: World) -> None:
    url = path(world, "submit")
    with at(START):
        browser = browser_of(app, world.labs["CUSA"]["authoriser"])
        send(browser, url, act="hand_over", **form_of(world, "CUSA", RIGHT))
        assert "You entered results yourself" in browser.get(url).text
        refused = send(browser, f"{url}/sign", version=2, password=PASSWORD)
    assert refused.status_code == 422 and "You entered results yourself" in refused.text
    assert statuses(world, "CUSA") == ["draft", "handed_over"]


def test_a_save_without_change_makes_no_version(app: Flask, world: World) -> None:
    with at(START):
        browser = browser_of(app, world.labs["CUSA"]["technician"])
        for _time in range(2):
            assert send(browser, path(world, "submit"), act="save", **form_of(world, "CUSA", RIGHT)).status_code == 302
    assert versions(world, "CUSA") == 1


def test_what_is_missing_is_listed_and_nothing_is_handed_over(app: Flask, world: World) -> None:
    with at(START):
        browser = browser_of(app, world.labs["CUSA"]["technician"])
        answer = send(browser, path(world, "submit"), act="hand_over", **form_of(world, "CUSA", {1: "POS"}, tested_on=""))
    assert answer.status_code == 400
    assert answer.text.count("has neither a result nor a reason") >= 4 and "Test date" in answer.text
    assert statuses(world, "CUSA") == ["draft"]


def test_an_unreadable_number_is_told_under_its_row_and_what_was_typed_stays(app: Flask, measured: World) -> None:
    url = path(measured, "submit")
    with at(START):
        code = next(iter(measured.numbers("CUSA")))
        browser = browser_of(app, measured.labs["CUSA"]["technician"])
        answer = send(browser, url, act="save", **form_of(measured, "CUSA", {1: "4.5", 2: "3.2"}, **{f"{code}-value": "4,52x"}))
    assert answer.status_code == 400
    assert f"Item {code}, value: read 4,52x" in answer.text and 'value="4,52x"' in answer.text and 'aria-invalid="true"' in answer.text


def test_a_version_saved_meanwhile_is_shown_and_the_input_stays(app: Flask, world: World) -> None:
    url = path(world, "submit")
    with at(START):
        first, second = browser_of(app, world.labs["CUSA"]["technician"]), browser_of(app, world.labs["CUSA"]["technician2"])
        mine = form_of(world, "CUSA", {**RIGHT, 1: "IND"})
        send(second, url, act="save", **form_of(world, "CUSA", RIGHT))
        answer = send(first, url, act="save", **mine)
    assert answer.status_code == 409
    assert "Somebody saved version 1" in answer.text and "Version 1 of" in answer.text
    assert '<option value="IND" selected>' in answer.text
    assert versions(world, "CUSA") == 1


def test_one_second_after_the_deadline_the_page_says_so_with_weekday_hour_and_zone(app: Flask, world: World) -> None:
    browser = browser_of(app, world.labs["CUSA"]["technician"])
    with at(START):
        world.draft("CUSA", RIGHT)
    with at(DEADLINE - SECOND):
        assert "The deadline has passed" not in browser.get(path(world, "submit")).text
    with at(DEADLINE + SECOND):
        browser = browser_of(app, world.labs["CUSA"]["technician"])
        assert send(browser, path(world, "submit"), act="save", **form_of(world, "CUSA", RIGHT, instrument="X")).status_code == 302
        page = browser.get(path(world, "submit")).text
    assert world.state() == "locked"
    assert "accepted, listed and not scored" in page and "2026-05-20 Wed 17:00 (Beijing time UTC+8)" in page


def test_could_not_test_needs_a_reason(app: Flask, world: World) -> None:
    url = path(world, "submit/could-not-test")
    with at(START):
        browser = browser_of(app, world.labs["CUSA"]["authoriser"])
        assert send(browser, url, reason=" ").status_code == 400
        assert send(browser, url, reason="thermocycler broken").status_code == 302
    assert world.part("CUSA").state == "could_not_test"


def test_who_knows_the_codes_enters_nothing(app: Flask, world: World) -> None:
    with at(START):
        browser = browser_of(app, world.coordinator)
        assert browser.get(path(world, "submit")).status_code == 403
        assert send(browser, path(world, "submit"), act="save").status_code == 403


def judge(app: Flask, world: World) -> tuple[FlaskClient, str]:
    """Lock, unblind and evaluate on the pages; the coordinator's browser and the address of the desk."""
    desk = browser_of(app, world.coordinator)
    assert send(desk, path(world, "lock")).status_code == 302
    wrong = send(desk, path(world, "unblind"), login=world.qa("cdc").login, password="wrong")
    assert wrong.status_code == 403 and "data-show" in wrong.text and world.state() == "locked"
    assert send(desk, path(world, "unblind"), login=world.qa("cdc").login, password=PASSWORD).status_code == 302
    assert send(desk, path(world, "evaluate")).status_code == 302
    assert 'data-job="/jobs/' in desk.get(path(world, "evaluation")).text
    assert worker.work_once()
    return desk, path(world, "evaluation")


def test_a_round_goes_from_the_lock_to_the_downloaded_workbook(app: Flask, measured: World) -> None:
    with at(START):
        desk, url = judge(app, measured)
        assert "Score run" in desk.get(f"{url}/1").text
        reviewers = {side: browser_of(app, measured.reviewer(side)) for side in ("customs", "cdc")}
        seen = seen_on(reviewers["cdc"].get(url).text, path(measured, "check"))
        assert send(reviewers["cdc"], path(measured, "check"), password=PASSWORD, seen=seen).status_code == 302
        assert send(desk, path(measured, "start-review")).status_code == 302
        refused = send(reviewers["cdc"], path(measured, "review/opinion"), text="All in order.", password="wrong", seen=seen)
        assert refused.status_code == 403 and "All in order.</textarea>" in refused.text
        for side, browser in reviewers.items():
            assert send(browser, path(measured, "review/opinion"), text=f"By {side}.", password=PASSWORD, seen=seen).status_code == 302
        for side in ("customs", "cdc"):
            browser = browser_of(app, measured.qa(side))
            seen = seen_on(browser.get(path(measured, "review")).text, path(measured, "review/release"))
            assert browser.get(path(measured, "report")).status_code == 404
            assert send(browser, path(measured, "review/release"), password=PASSWORD, seen=seen).status_code == 302
        assert measured.state() == "published"
        member = browser_of(app, measured.labs["CDCD"]["technician"])
        file = member.get(path(measured, "report/1/workbook"))
        listing = member.get(path(measured, "report")).text.replace("<wbr>", "")
    assert f"{measured.row().code}_report_v1.xlsx" in file.headers["Content-Disposition"]
    assert load_workbook(BytesIO(file.data)).sheetnames
    with reading() as session:
        assert records.reports_of(session, measured.row())[0].blob_sha256 in listing


def published(world: World) -> None:
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()


def people(world: World) -> dict[str, Actor]:
    return {
        "coordinator": world.coordinator, "qa": world.qa("cdc"), "reviewer": world.reviewer("cdc"),
        "technician": world.labs["CDCD"]["technician"], "own qa": world.labs["CDCD"]["qa_manager"],
        "auditor": world.labs["CDCB"]["auditor"],
    }  # fmt: skip


def test_a_draft_evaluation_is_there_for_those_who_judge_alone(app: Flask, measured: World) -> None:
    with at(DEADLINE):
        measured.unblind()
        measured.evaluate()
        found = {name: browser_of(app, one).get(path(measured, "evaluation/1")).status_code for name, one in people(measured).items()}
        reviews = {name: browser_of(app, one).get(path(measured, "review")).status_code for name, one in people(measured).items()}
        mine = browser_of(app, measured.labs["CDCD"]["technician"]).get(path(measured, "mine")).status_code
    judges = {"coordinator": 200, "qa": 200, "reviewer": 200, "own qa": 200}
    assert found == judges | {"technician": 404, "auditor": 404}
    assert reviews == found
    assert mine == 404


def test_before_the_unblinding_nobody_sees_an_evaluation(app: Flask, measured: World) -> None:
    with at(START):
        for one in people(measured).values():
            browser = browser_of(app, one)
            assert [browser.get(path(measured, tail)).status_code for tail in ("evaluation/1", "review", "report", "mine")] == [404] * 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_participant_sees_codes_and_the_own_result_and_nobody_else(app: Flask, measured: World, language: str) -> None:
    published(measured)
    with at(DEADLINE):
        browser = browser_of(app, measured.labs["CDCD"]["technician"])
        send(browser, "/language", language=language)
        tails = ("submit", "evaluation/1", "evaluation/1?score=en", "report", "mine")
        pages = {tail: browser.get(path(measured, tail)) for tail in tails}
    others = [measured.labs[lab] for lab in ("CUSA", "CUSC", "CDCB")]
    for tail, page in pages.items():
        assert page.status_code == 200, tail
        for lab in others:
            canaries = [str(lab.id), lab.row.name_en, lab.row.name_zh, *(str(one.user_id) for one in lab.people.values())]
            canaries += [one.name for role, one in lab.people.items() if role in ("technician", "authoriser", "reviewer")]
            assert [one for one in canaries if one in page.text] == [], tail
            assert [code for code in measured.numbers(lab.row.code) if code in page.text] == [], tail
    assert measured.part("CDCD").code in pages["mine"].text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_both_kinds_speaks_both_languages(app: Flask, world: World, language: str) -> None:
    with at(START):
        for lab in world.labs:
            world.submit(lab, RIGHT if lab != "CDCB" else {**RIGHT, 3: "NEG"})
    published(world)
    words = {"en": "Not concluded from this round", "zh_CN": "本轮次不作出的结论"}
    with at(DEADLINE):
        browser = browser_of(app, world.qa("cdc"))
        send(browser, "/language", language=language)
        pages = {tail: browser.get(path(world, tail)) for tail in ("evaluation", "evaluation/1", "review", "report", "mine")}
    assert {page.status_code for page in pages.values()} == {200}
    assert words[language] in pages["evaluation/1"].text and "PABAK" in pages["evaluation/1"].text


def test_a_foreign_laboratory_finds_no_page_of_the_round(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE, "CUSA", "CUSC", "CDCB")
        browser = browser_of(app, world.labs["CDCD"]["technician"])
        for tail in ("submit", "evaluation", "evaluation/1", "review", "report", "mine"):
            assert browser.get(path(world, tail)).status_code == 404, tail


def test_the_return_to_the_analysis_takes_both_parties_and_a_reason(app: Flask, measured: World) -> None:
    published(measured)
    with at(DEADLINE):
        for side in ("customs", "cdc"):
            browser = browser_of(app, measured.qa(side))
            where, form = path(measured, "review/return"), {"password": PASSWORD, "seen": measured.seen("return")}
            assert [send(browser, where, reason=reason, **form).status_code for reason in ("", "wrong figure")] == [422, 302]
        assert measured.state() == "analysing"
        published_stays = browser_of(app, measured.labs["CDCD"]["technician"]).get(path(measured, "evaluation/1"))
        assert published_stays.status_code == 200
