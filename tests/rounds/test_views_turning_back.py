"""The dialogs in which QA managers send a round back, and what laboratories and coordinator see afterwards."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests.factories import PASSWORD, browser_of, csrf_of
from tests.round_factory import RIGHT, START, at, new_world

PAGE = "/rounds/R-26-01"


def test_qa_managers_withdraw_the_items_and_then_amend_the_protocol(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        world.draft("CDCB", RIGHT)
        code = next(iter(world.numbers("CDCB")))
        judges = [browser_of(app, world.qa(side)) for side in ("customs", "cdc")]
        for step, label, state in (("withdraw-items", "Withdraw the items", "preparing"), ("amend", "Amend the protocol", "designed")):
            for browser in judges:
                assert label in browser.get(PAGE).text
                form = {"csrf_token": csrf_of(browser), "reason": "item 3 leaks"}
                refused = browser.post(f"{PAGE}/{step}", data={**form, "password": "wrong"})
                assert refused.status_code >= 400 and 'value="item 3 leaks"' in refused.text
                assert browser.post(f"{PAGE}/{step}", data={**form, "password": PASSWORD}).status_code == 302
            assert world.state() == state
            assert code in browser_of(app, world.labs["CDCB"]["technician"]).get(f"{PAGE}/submit/1").text
        coordinator = browser_of(app, world.coordinator)
        assert "Revise the plan" in coordinator.get(PAGE).text
        assert coordinator.get(f"{PAGE}/plan").status_code == 200
        assert "Approve the protocol" in judges[0].get(PAGE).text


def test_after_a_withdrawn_submission_the_amendment_is_blocked_with_its_reason(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        world.submit("CDCB", RIGHT)
        world.withdraw_items()
        page = browser_of(app, world.qa("cdc")).get(PAGE).text
        assert "1 submissions exist already. Criteria are never changed after the first submission." in page
        assert f'action="{PAGE}/amend"' not in page
