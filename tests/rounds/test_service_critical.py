"""A critical error that the protocol sends to review is decided by a reviewer, with reason and signature, before the publication."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from lims import blobs
from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, Invalid
from lims.rounds import service
from lims.rounds.queries import following, records, report
from tests.factories import PASSWORD, browser_of, csrf_of
from tests.round_factory import DEADLINE, RIGHT, START, World, at, new_world

MISSED = {**RIGHT, 1: "NEG"}  # the strong positive


def reviewed(tmp_path: Path) -> World:
    """A qualitative round under review in which one laboratory missed the strong positive; both opinions are signed."""
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        for lab in world.labs:
            world.submit(lab, MISSED if lab == "CDCD" else RIGHT)
    world.blobs = blobs.store()
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
    return world


def decide(world: World, reason: str, decision: str = "unsatisfactory", who: str = "reviewer", seen: str | None = None) -> None:
    actor, code = world.labs["CUSA"][who], world.part("CDCD").code or ""
    now = world.seen("score_run") if seen is None else seen
    service.decide_critical_error(actor, world.round_id, code, decision, reason, PASSWORD, seen=now)


def test_nothing_is_released_before_the_case_was_decided_and_the_report_prints_it(database: Database, tmp_path: Path) -> None:
    world = reviewed(tmp_path)
    with at(DEADLINE):
        with pytest.raises(service.GateClosed) as closed:
            service.release(world.qa("customs"), world.round_id, PASSWORD, world.blobs, seen=world.seen("release"))
        assert f"a reviewer has still to decide about: {world.part('CDCD').code}." in str(closed.value.values["reasons"])
        for refusal, arguments in (
            (Invalid, {"reason": " "}), (Invalid, {"reason": "seen", "decision": "perhaps"}),
            (Conflict, {"reason": "seen", "seen": "0" * 64}),
            (Forbidden, {"reason": "seen", "who": "technician"}),
        ):  # fmt: skip
            with pytest.raises(refusal):
                decide(world, **arguments)
        decide(world, "the raw curve is negative")
        with pytest.raises(Conflict):
            decide(world, "another view")
        world.release()
        assert world.state() == "published"
        with reading() as session:
            row = world.row()
            run, issue = records.newest_evaluation(session, row), records.reports_of(session, row)[0]
            assert run is not None
            printed = [one.text for one in report.report_input(session, world.coordinator, row, run, issue).opinions]
    assert any("to be regarded as unsatisfactory" in text and "the raw curve is negative" in text for text in printed)


@pytest.mark.parametrize(("decision", "cases"), [("unsatisfactory", 1), ("stands", 0)])
def test_a_critical_error_found_unsatisfactory_opens_a_case(tmp_path: Path, database: Database, decision: str, cases: int) -> None:
    world = reviewed(tmp_path)
    with at(DEADLINE):
        decide(world, "the raw curve is negative", decision)
        world.release()
        if cases:
            service.start_follow_up(world.coordinator, world.round_id)
        else:
            with pytest.raises(service.GateClosed):
                service.start_follow_up(world.coordinator, world.round_id)
        with reading() as session:
            found = following.cases_of(session, world.row())
    assert [(one.kind, one.verdict, one.item_numbers) for one in found] == [("capa", "action", [1])] * cases


def test_the_review_page_asks_for_the_decision_and_shows_it_afterwards(app: Flask, tmp_path: Path) -> None:
    world = reviewed(tmp_path)
    with at(DEADLINE):
        browser, path = browser_of(app, world.reviewer("customs")), "/rounds/R-26-01/review"
        page = browser.get(path).text
        assert "Critical errors sent to review" in page and "a reviewer has still to decide about" in page
        form = re.search(rf'action="{path}/critical-error".*?</form>', page, re.S)
        assert form is not None
        fields = dict(re.findall(r'name="(participant|seen)" value="([^"]+)"', form.group()))
        data = {"csrf_token": csrf_of(browser), **fields, "decision": "stands", "decision_reason": "a swapped tube"}
        refused = browser.post(f"{path}/critical-error", data={**data, "password": "wrong"})
        assert refused.status_code == 403 and 'value="a swapped tube"' in refused.text
        assert browser.post(f"{path}/critical-error", data={**data, "password": PASSWORD}).status_code == 302
        shown = browser.get(path).text
    assert "the computed verdict stands" in shown and "a swapped tube" in shown and "critical-error" not in shown
