"""What was typed into the entry grid is not lost when the sign-in ends or the save is refused; no script is needed."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import clock
from lims.accounts import queries, service
from lims.db.session import reading
from tests.factories import PASSWORD, browser_of, csrf_of, token_in
from tests.form_factory import LAB, technician
from tests.round_factory import RIGHT, START, World, at, new_world


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with at(START):
        yield


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    world = new_world(tmp_path)
    world.to_testing()
    return world


def typed(world: World, browser: FlaskClient) -> dict[str, str]:
    """The filled grid as the page would send it."""
    answers = {f"{code}-result_code": RIGHT[number] for code, number in world.numbers(LAB).items()}
    head = {"method_code": "QRTPCR", "tested_on": "2026-05-04", "amplification_lot": '0024"<0511', "is_independent": "y"}
    return {"csrf_token": csrf_of(browser), "base_version": "0", "act": "save", **head, **answers}


def sign_out_elsewhere(browser: FlaskClient, actor: Any) -> None:
    """The login session ends on the server, the page in the browser stays open."""
    with reading() as session:
        keys = [one.id for one in queries.open_sessions(session, actor.user_id, clock.now())]
    for key in keys:
        service.end_session(actor, key)


def test_a_save_after_the_sign_in_ended_comes_back_after_the_next_one(app: Flask, world: World) -> None:
    browser, path = browser_of(app, technician(world)), f"/rounds/{world.row().code}/submit"
    sent = typed(world, browser)
    sign_out_elsewhere(browser, technician(world))
    asked = browser.post(path, data=sent)
    assert asked.status_code == 307 and world.version(LAB) == 0
    page = browser.post(asked.headers["Location"], data=sent)
    assert "Nothing is lost" in page.text
    sealed = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert sealed is not None
    wrong = {"csrf_token": token_in(page.text), "login": technician(world).login, "password": "wrong", "kept": sealed[1], "next": path}
    assert sealed[1] in browser.post(asked.headers["Location"], data=wrong).text
    back = browser.post(asked.headers["Location"], data={**wrong, "password": PASSWORD})
    assert "What you typed is kept" in back.text
    fields = {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', back.text)}
    assert {name: fields[name] for name in sent if name != "csrf_token"} == {name: sent[name] for name in sent if name != "csrf_token"}
    assert browser.post(path, data=fields).status_code == 302 and world.version(LAB) == 1


def posted_after_the_end(browser: FlaskClient, world: World, sent: dict[str, str]) -> tuple[str, str, str]:
    """The form sent after its sign-in ended: address and text of the sign-in page, and the sealed form in it."""
    asked = browser.post(f"/rounds/{world.row().code}/submit", data=sent)
    page = browser.post(asked.headers["Location"], data=sent)
    sealed = re.search(r'name="kept" value="([^"]+)"', page.text)
    return asked.headers["Location"], page.text, sealed[1] if sealed else ""


def test_a_kept_form_is_offered_to_its_own_person_only(app: Flask, world: World) -> None:
    browser, other = browser_of(app, technician(world)), world.labs[LAB]["authoriser"]
    sent = typed(world, browser)
    sign_out_elsewhere(browser, technician(world))
    address, page, sealed = posted_after_the_end(browser, world, sent)
    answer = browser.post(
        address, data={"csrf_token": token_in(page), "login": other.login, "password": PASSWORD, "kept": sealed}, follow_redirects=True
    )
    assert answer.status_code == 200 and answer.request.method == "GET" and "What you typed is kept" not in answer.text
    assert "A form of another person was not kept for you" in answer.text and "0024&#34;&lt;0511" not in answer.text
    assert world.version(LAB) == 0


def test_the_form_of_a_sign_in_that_nobody_knows_is_not_kept(app: Flask, world: World) -> None:
    browser = browser_of(app, technician(world))
    sent = typed(world, browser)
    sign_out_elsewhere(browser, technician(world))
    with browser.session_transaction() as cookie:
        cookie.pop("_user_id", None)
    _address, page, sealed = posted_after_the_end(browser, world, sent)
    assert sealed == "" and "Nothing is lost" not in page


def test_a_form_with_a_password_or_a_foreign_seal_is_never_carried(app: Flask, world: World) -> None:
    browser, path = browser_of(app, technician(world)), f"/rounds/{world.row().code}/submit"
    token = csrf_of(browser)
    sign_out_elsewhere(browser, technician(world))
    assert browser.post(path, data={"csrf_token": token, "password": "secret"}).status_code == 302
    page = browser.get("/login")
    sent = {"csrf_token": token_in(page.text), "login": technician(world).login, "password": PASSWORD, "kept": "made.up.seal"}
    assert browser.post("/login", data=sent).status_code == 302


def test_a_refused_save_keeps_every_typed_cell(app: Flask, world: World) -> None:
    browser, path = browser_of(app, technician(world)), f"/rounds/{world.row().code}/submit"
    code = sorted(world.numbers(LAB))[0]
    answer = browser.post(path, data={**typed(world, browser), f"{code}-result_code": "PERHAPS", f"{code}-remark": "looked twice"})
    assert answer.status_code == 400 and "looked twice" in answer.text and "0024&#34;&lt;0511" in answer.text and world.version(LAB) == 0
