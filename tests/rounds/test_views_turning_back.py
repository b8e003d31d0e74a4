"""The dialogs in which QA managers send a round back, and what laboratories and coordinator see afterwards."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from lims.rounds import service
from tests.factories import PASSWORD, browser_of, csrf_of, seen_on
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
                form["seen"] = seen_on(browser.get(PAGE).text, f"{PAGE}/{step}")
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


def strong_words(page: str) -> list[str]:
    """The events of the record, oldest first."""
    record = page[page.index('<ol class="plain timeline"') :]
    return re.findall(r'<span class="strong">([^<]+)</span>', record)[::-1]


def test_the_record_keeps_the_true_order_of_what_happened_in_one_instant(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        world.withdraw_items()
        page = browser_of(app, world.coordinator).get(PAGE).text
    assert strong_words(page) == [
        "planned", "protocol signed", "protocol signed", "protocol approved", "enrolling", "codes drawn", "preparing items", "truth sealed",
        "second person at the dispatch", "dispatched", "testing", "withdrawal of the items approved", "withdrawal of the items approved",
        "preparing items", "codes drawn", "truth sealed",
    ]  # fmt: skip


def test_participants_are_told_why_the_items_were_withdrawn_and_the_coordinator_still_reads_their_truth(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        sealed = world.row().truth_hash or ""
        for side in ("customs", "cdc"):
            service.withdraw_items(world.qa(side), world.round_id, "the panel was warm", PASSWORD, seen=world.seen("withdraw_items"))
        told = browser_of(app, world.labs["CDCD"]["technician"]).get(PAGE).text
        assert "The items were withdrawn: do not test them." in told and "Reason: the panel was warm" in told
        items = browser_of(app, world.coordinator).get(f"{PAGE}/items").text
    assert "Withdrawn panel, batch 1" in items and "the panel was warm" in items
    assert f"hash {sealed[:12]}; the items below give the same hash." in items
    assert "weak positive" in items[items.index("Withdrawn panel") :]
