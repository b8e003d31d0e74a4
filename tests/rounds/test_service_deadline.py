"""The deadline is an instant of the server's clock; what comes later is treated as the protocol says, and nothing after unblinding."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import RuleViolation
from lims.rounds import queries, service
from lims.rounds.queries import records
from lims.rounds.queries.report import score_of
from tests.factories import PASSWORD, browser_of
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, SECOND, START, World, at, new_world

LATE = '<span class="tag">late</span>'


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def submitted_in_time_by(world: World, *labs: str, late_policy: str = "list") -> None:
    with at(START):
        world.to_testing(replace(QUALITATIVE, late_policy=late_policy))  # type: ignore[arg-type]
        for lab in labs:
            world.submit(lab, RIGHT)


def handed_over_by(world: World, lab: str) -> None:
    with at(START):
        world.draft(lab, RIGHT)
        world.hand_over(lab)


@pytest.mark.assurance("C2")
def test_one_second_before_the_deadline_a_signature_is_on_time(world: World) -> None:
    submitted_in_time_by(world, "CUSA")
    handed_over_by(world, "CDCB")
    with at(DEADLINE - SECOND):
        world.sign("CDCB")
    assert (world.part("CDCB").state, world.state()) == ("submitted", "testing")


@pytest.mark.assurance("C2")
@pytest.mark.parametrize("late", [timedelta(0), SECOND])
def test_at_the_deadline_instant_the_round_is_locked_and_a_refusing_protocol_takes_nothing(world: World, late: timedelta) -> None:
    submitted_in_time_by(world, "CUSA", late_policy="refuse")
    handed_over_by(world, "CDCB")
    with at(DEADLINE + late), pytest.raises(RuleViolation) as refusal:
        world.sign("CDCB")
    assert refusal.value.code == "rounds.deadline_passed"
    assert "2026-05-20 17:00:00 (Asia/Shanghai)" in str(refusal.value)
    assert (world.state(), world.part("CDCB").state) == ("locked", "no_response")


def test_a_listing_protocol_takes_a_late_result_and_does_not_score_it(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCD")
    handed_over_by(world, "CDCB")
    with at(DEADLINE + SECOND):
        world.sign("CDCB")
        assert world.part("CDCB").state == "late"
        world.unblind()
        run = service.evaluate_round(world.coordinator, world.round_id)
    overall = {one.participant_code: one for one in score_of(run).overall}[world.part("CDCB").code or ""]
    assert (overall.state, overall.verdict) == ("late", "not_evaluated")


def test_a_marking_protocol_scores_a_late_result(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCD", late_policy="score_marked")
    handed_over_by(world, "CDCB")
    with at(DEADLINE + SECOND):
        world.sign("CDCB")
        world.unblind()
        run = service.evaluate_round(world.coordinator, world.round_id)
    overall = {one.participant_code: one for one in score_of(run).overall}[world.part("CDCB").code or ""]
    assert (overall.state, overall.verdict) == ("late", "acceptable")


def waits(world: World, lab: str, role: str) -> list[str]:
    with reading() as session:
        return [one.title % one.values for one in queries.waiting_for(session, world.labs[lab][role])]


@pytest.mark.parametrize("late_policy", ["list", "score_marked"])
def test_what_is_still_taken_late_waits_for_its_person_until_the_unblinding(world: World, late_policy: str) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", late_policy=late_policy)
    handed_over_by(world, "CDCB")
    with at(DEADLINE + SECOND):
        service.close_due_rounds()
        assert world.state() == "locked"
        assert waits(world, "CDCB", "authoriser") == ["Round R-26-01: sign the results"]
        assert waits(world, "CDCB", "technician") == waits(world, "CUSA", "authoriser") == waits(world, "CUSC", "technician") == []
        assert waits(world, "CDCD", "technician") == ["Round R-26-01: enter results"]
        world.draft("CDCD", RIGHT)
        assert waits(world, "CDCD", "technician") == ["Round R-26-01: complete the results and hand them over"]
        world.sign("CDCB")
        assert waits(world, "CDCB", "authoriser") == []
        world.hand_over("CDCD")
        assert waits(world, "CDCD", "authoriser") == ["Round R-26-01: sign the results"]
        world.unblind()
        assert waits(world, "CDCD", "authoriser") == waits(world, "CDCD", "technician") == []


def test_where_nothing_is_taken_late_nothing_waits_after_the_lock(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", late_policy="refuse")
    handed_over_by(world, "CDCB")
    with at(DEADLINE + SECOND):
        service.close_due_rounds()
        assert waits(world, "CDCB", "authoriser") == waits(world, "CDCD", "technician") == []


def test_what_was_signed_late_is_not_replaced_either(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCD", late_policy="score_marked")
    handed_over_by(world, "CDCB")
    with at(DEADLINE + SECOND):
        world.sign("CDCB")
        for act in (lambda: world.draft("CDCB", {**RIGHT, 1: "NEG"}), lambda: world.hand_over("CDCB"), lambda: world.sign("CDCB")):
            with pytest.raises(RuleViolation) as refusal:
                act()
            assert refusal.value.code == "rounds.locked"


@pytest.mark.assurance("C2")
def test_nothing_is_taken_after_the_unblinding(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCD")
    handed_over_by(world, "CDCB")
    with at(DEADLINE + SECOND):
        world.unblind()
        for act in (world.sign, world.hand_over):
            with pytest.raises(RuleViolation) as refusal:
                act("CDCB")
            assert refusal.value.code == "rounds.closed"


def test_who_submitted_in_time_cannot_change_anything_after_the_lock(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC")
    with at(DEADLINE + SECOND), pytest.raises(RuleViolation) as refusal:
        world.draft("CUSA", {**RIGHT, 1: "NEG"})
    assert refusal.value.code == "rounds.locked"


def test_the_coordinator_locks_early_only_when_everybody_has_submitted(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCB")
    with at(START):
        with pytest.raises(RuleViolation):
            service.lock_round(world.coordinator, world.round_id)
        world.submit("CDCD", RIGHT)
        service.lock_round(world.coordinator, world.round_id)
    assert world.state() == "locked"


def test_the_worker_locks_every_round_whose_deadline_has_come(world: World) -> None:
    submitted_in_time_by(world, "CUSA")
    with at(DEADLINE - SECOND):
        assert service.close_due_rounds() == 0
    with at(DEADLINE):
        assert service.close_due_rounds() == 1
        assert service.close_due_rounds() == 0
    assert [world.part(lab).state for lab in ("CUSA", "CDCB")] == ["submitted", "no_response"]


def test_both_parties_extend_the_deadline_and_reopen_a_locked_round(world: World) -> None:
    submitted_in_time_by(world, "CUSA")
    later = DEADLINE + timedelta(days=2)
    with at(DEADLINE + SECOND):
        service.extend_deadline(world.qa("customs"), world.round_id, later, "flooded road", PASSWORD, seen=world.seen("deadline"))
        assert world.state() == "locked"
        service.extend_deadline(world.qa("cdc"), world.round_id, later, "flooded road", PASSWORD, seen=world.seen("deadline"))
        assert (world.state(), world.part("CDCB").state) == ("testing", "received")
        world.submit("CDCB", RIGHT)
    assert (world.part("CDCB").state, world.row().deadline) == ("submitted", later)


def extended(world: World, later: datetime) -> None:
    """The deadline set later by both parties."""
    for side in ("customs", "cdc"):
        service.extend_deadline(world.qa(side), world.round_id, later, "flooded road", PASSWORD, seen=world.seen("deadline"))


def test_who_signed_late_is_on_time_once_the_deadline_lies_after_the_signature(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCD")
    handed_over_by(world, "CDCB")
    later = DEADLINE + timedelta(days=2)
    with at(DEADLINE + SECOND):
        world.sign("CDCB")
        assert world.part("CDCB").state == "late"
        extended(world, later)
        assert (world.state(), world.part("CDCB").state) == ("testing", "submitted")
    with at(later):
        service.close_due_rounds()
        assert world.part("CDCB").state == "submitted"
        world.unblind()
        run = service.evaluate_round(world.coordinator, world.round_id)
    overall = {one.participant_code: one for one in score_of(run).overall}[world.part("CDCB").code or ""]
    assert (overall.state, overall.verdict) == ("submitted", "acceptable")


def test_who_had_begun_late_goes_on_with_the_draft_after_the_extension(world: World) -> None:
    submitted_in_time_by(world, "CUSA")
    with at(DEADLINE + SECOND):
        world.draft("CDCB", RIGHT)
        assert world.part("CDCB").state == "no_response"
        extended(world, DEADLINE + timedelta(days=2))
        assert [world.part(lab).state for lab in ("CDCB", "CDCD")] == ["draft", "received"]
        world.hand_over("CDCB")
        world.sign("CDCB")
    assert world.part("CDCB").state == "submitted"


def test_the_list_of_versions_calls_late_what_came_after_the_deadline_that_holds(world: World, app: Flask) -> None:
    submitted_in_time_by(world, "CUSA")
    handed_over_by(world, "CDCB")
    page = f"/rounds/{world.row().code}/submit"
    with at(DEADLINE + SECOND):
        world.sign("CDCB")
        browser = browser_of(app, world.labs["CDCB"]["technician"])
        assert LATE in browser.get(page).text
        extended(world, DEADLINE + timedelta(days=2))
        assert LATE not in browser.get(page).text


@pytest.mark.assurance("C2")
def test_a_round_whose_boxes_nobody_received_locks_at_its_deadline_too(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
    with at(DEADLINE - SECOND):
        assert service.close_due_rounds() == 0
    with at(DEADLINE):
        assert service.close_due_rounds() == 1
    assert (world.state(), world.part("CDCB").state) == ("locked", "no_response")
    with at(DEADLINE + SECOND):
        extended(world, DEADLINE + timedelta(days=2))
        assert (world.state(), world.part("CDCB").state) == ("testing", "sent")
        world.receive("CDCB")
        world.submit("CDCB", RIGHT)
    assert world.part("CDCB").state == "submitted"


def test_a_box_confirmed_after_the_deadline_does_not_open_the_testing_and_late_results_need_it(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
    with at(DEADLINE + SECOND):
        service.close_due_rounds()
        with pytest.raises(RuleViolation) as refusal:
            world.draft("CDCB", RIGHT)
        assert refusal.value.code == "rounds.no_receipt"
        world.receive("CDCB")
        assert (world.state(), world.part("CDCB").state) == ("locked", "no_response")
        with pytest.raises(RuleViolation):
            world.receive("CDCB")
        world.submit("CDCB", RIGHT)
    assert (world.state(), world.part("CDCB").state) == ("locked", "late")


def test_a_draft_newer_than_the_signed_version_does_not_count(world: World) -> None:
    submitted_in_time_by(world, "CUSA", "CUSC", "CDCB", "CDCD")
    with at(START):
        world.draft("CDCB", {**RIGHT, 1: "NEG"})
    with at(DEADLINE):
        world.unblind()
        service.evaluate_round(world.coordinator, world.round_id)
    with reading() as session:
        run = records.newest_evaluation(session, world.row())
    assert run is not None
    tally = {one.participant_code: one for one in score_of(run).overall}[world.part("CDCB").code or ""].tally
    assert tally is not None and tally.correct == 5
