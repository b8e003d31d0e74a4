"""The page of the preparation records: figures before the signature, what was pasted stays, and a refusal that is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from lims.db.session import reading
from lims.rounds import service
from lims.rounds.queries import preparation
from tests.factories import PASSWORD, browser_of, csrf_of, seen_on
from tests.round_factory import PANEL, START, World, at, new_world

UNITS = "\n".join(["POS/26.1\tPOS/26.3"] * 10)


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.plan()
        world.agree()
        return world


def kept(world: World) -> int:
    with reading() as session:
        return len(preparation.versions(session, world.row()))


def test_the_figures_stand_on_the_page_before_the_checker_signs_them(app: Flask, world: World) -> None:
    with at(START):
        browser, path = browser_of(app, world.coordinator), f"/rounds/{world.row().code}/items/records"
        form = {"csrf_token": csrf_of(browser), "item": "1", "kind": "homogeneity", "first": UNITS}
        shown = browser.post(path, data=form)
        assert shown.status_code == 200 and "Every result lies in the expected category." in shown.text and "s(Ct)" in shown.text
        assert kept(world) == 0
        form |= {"step": "sign", "seen": seen_on(shown.text, path), "login": world.qa("customs").login}
        refused = browser.post(path, data={**form, "password": "wrong"})
        assert refused.status_code == 403 and "POS/26.1" in refused.text and 'name="seen"' in refused.text
        auditor = browser.post(path, data={**form, "login": world.labs["CUSA"]["auditor"].login, "password": PASSWORD})
        assert auditor.status_code == 422 and "cannot check the record" in auditor.text
        service.define_items(world.coordinator, world.round_id, PANEL[:1] + PANEL[2:4] + PANEL[4:] + PANEL[1:2])
        assert browser.post(path, data={**form, "seen": "0" * 64, "password": PASSWORD}).status_code == 409
        corrected = browser.post(path, data={**form, "step": "correct"})
        assert corrected.status_code == 200 and "<textarea" in corrected.text and "POS/26.1" in corrected.text
        assert kept(world) == 0
        assert browser.post(path, data={**form, "password": PASSWORD}).status_code == 302
        assert kept(world) == 1 and "passed" in browser.get(path).text


@pytest.mark.parametrize(("language", "why"), [("en", 'is in state "dispatched"'), ("zh_CN", "已发放")])
def test_a_record_after_the_dispatch_is_refused_with_a_sentence_on_the_page(app: Flask, world: World, language: str, why: str) -> None:
    with at(START):
        world.enrol()
        world.prepare()
        world.send()
        browser, path = browser_of(app, world.coordinator), f"/rounds/{world.row().code}/items/records"
        token = csrf_of(browser)
        browser.post("/language", data={"csrf_token": token, "language": language})
        for form in ({}, {"item": "1", "kind": "homogeneity", "first": UNITS}, {"step": "sign", "item": "1", "kind": "homogeneity"}):
            refused = browser.post(path, data={"csrf_token": token, **form})
            main = refused.text[refused.text.index('id="main"') :]
            assert refused.status_code == 422 and why in main.replace("&#34;", '"') and 'role="alert"' in main
    assert kept(world) == 0


def test_a_stale_record_says_on_the_page_what_was_changed(app: Flask, world: World) -> None:
    from dataclasses import replace

    with at(START):
        world.measure(1, "homogeneity", UNITS)
        service.define_items(world.coordinator, world.round_id, [replace(PANEL[0], expected_code="NEG"), *PANEL[1:]])
        page = browser_of(app, world.coordinator).get(f"/rounds/{world.row().code}/items/records").text
    assert "Counts no longer, changed after it: expected result. Enter it again." in page
