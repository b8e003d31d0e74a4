"""Questions before scoring: found by rule at the lock, asked without a value, answered by the laboratory, decided by two persons."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.rounds import service
from lims.rounds.queries import questions, records
from lims.rounds.queries.report import score_of
from lims.rounds.scoring.questions import below_own_limits
from lims.rounds.service import GateClosed
from lims.statistics.assessment.plan import ReportedInput, ScoringPlan
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, QUANTITATIVE, SECOND, START, VALUES, World, at, new_world

#: a thousand times too little on item 1
SLIPPED = {**VALUES, "CUSC": {1: "1.30", 2: "3.10"}}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A locked round in which CUSC took a wrong unit on item 1."""
    with at(START):
        made = new_world(tmp_path)
        made.to_testing(QUANTITATIVE)
        for lab, answers in SLIPPED.items():
            made.submit(lab, answers)
    with at(DEADLINE + SECOND):
        service.close_if_due(made.round_id)
    return made


def found_in(world: World) -> list[questions.Question]:
    with reading() as session:
        return questions.questions_of(session, world.row())


def decide(world: World, outcome: str = "excluded_invalid", side: str = "cdc") -> None:
    service.decide_question(world.coordinator, world.round_id, 1, outcome, "unit slip admitted", world.qa(side).login, PASSWORD)


def answered(world: World) -> None:
    service.ask_laboratory(world.coordinator, world.round_id, 1)
    service.answer_question(world.labs["CUSC"]["authoriser"], world.round_id, 1, "corrected", "per uL; should be 4.30", PASSWORD)


def test_the_lock_screens_by_itself_and_the_flag_holds_the_unblinding_up(world: World) -> None:
    one = found_in(world)[0]
    assert ("unit_factor" in one.flag.kinds, one.flag.item_numbers, one.participant.code) == (True, [1], world.part("CUSC").code)
    assert len(one.item_codes) == 1
    with at(DEADLINE + SECOND), pytest.raises(GateClosed) as refusal:
        world.unblind()
    assert "blunders_closed" in {gate.code for gate in refusal.value.gates if gate.outcome == "unmet"}


def test_a_question_asked_answered_and_decided_leaves_the_value_out_and_stands_in_the_report(world: World) -> None:
    with at(DEADLINE + SECOND):
        answered(world)
        decide(world)
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    with reading() as session:
        run = records.newest_evaluation(session, world.row())
        report = records.reports_of(session, world.row())[0]
        signed = records.last_signed(session, world.row())
        kept = records.values_of(session, signed[world.part("CUSC").id])
    assert run is not None
    one = next(each for each in score_of(run).scores if each.participant_code == world.part("CUSC").code and each.item_number == 1)
    assert (one.verdict, [reason.code for reason in one.reasons][:1]) == ("not_evaluated", ["excluded_invalid"])
    assert "1.30" in {value.value_text for value in kept}
    book = openpyxl.load_workbook(io.BytesIO(world.blobs.get(report.blob_sha256)))
    sheet = next(each for each in book.worksheets if each.title.startswith("11"))
    text = "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value)
    assert "per uL; should be 4.30" in text and "unit slip admitted" in text


def test_the_rules_look_once_at_the_same_results(world: World) -> None:
    with at(DEADLINE + SECOND):
        service.screen_for(world.coordinator, world.round_id)
        service.screen_for(world.coordinator, world.round_id)
    with reading() as session:
        assert len(questions.screenings_of(session, world.row())) == 1
    assert len(found_in(world)) == 1


def test_a_laboratory_that_was_not_asked_finds_no_question(world: World) -> None:
    with at(DEADLINE + SECOND):
        with pytest.raises(NotFound):
            service.answer_question(world.labs["CUSC"]["authoriser"], world.round_id, 1, "confirmed", "", PASSWORD)
        service.ask_laboratory(world.coordinator, world.round_id, 1)
        with pytest.raises(NotFound):
            service.answer_question(world.labs["CDCB"]["authoriser"], world.round_id, 1, "confirmed", "", PASSWORD)
        with pytest.raises(Forbidden):
            service.answer_question(world.labs["CUSC"]["technician"], world.round_id, 1, "confirmed", "", PASSWORD)
        with pytest.raises(NotFound):
            service.ask_laboratory(world.coordinator, world.round_id, 9)


def test_each_step_is_taken_once_and_with_all_it_needs(world: World) -> None:
    with at(DEADLINE + SECOND):
        with pytest.raises(RuleViolation) as refusal:
            decide(world)
        assert refusal.value.code == "rounds.not_asked"
        service.ask_laboratory(world.coordinator, world.round_id, 1)
        with pytest.raises(Conflict):
            service.ask_laboratory(world.coordinator, world.round_id, 1)
        with pytest.raises(Invalid):
            service.answer_question(world.labs["CUSC"]["authoriser"], world.round_id, 1, "corrected", " ", PASSWORD)
        with pytest.raises(Forbidden):
            service.answer_question(world.labs["CUSC"]["authoriser"], world.round_id, 1, "confirmed", "", "wrong")
        with pytest.raises(Invalid):
            service.decide_question(world.coordinator, world.round_id, 1, "keep", " ", world.qa("cdc").login, PASSWORD)
        with pytest.raises(Invalid):
            service.decide_question(world.coordinator, world.round_id, 1, "replace", "r", world.qa("cdc").login, PASSWORD)
        decide(world, "keep")
        with pytest.raises(Conflict):
            decide(world)
        with pytest.raises(Conflict):
            service.answer_question(world.labs["CUSC"]["authoriser"], world.round_id, 1, "confirmed", "", PASSWORD)


def test_the_second_person_belongs_to_the_other_party(world: World) -> None:
    with at(DEADLINE + SECOND):
        service.ask_laboratory(world.coordinator, world.round_id, 1)
        with pytest.raises(RuleViolation) as refusal:
            decide(world, side="customs")
        assert refusal.value.code == "rounds.second_of_other_party"
        with pytest.raises(Forbidden):
            service.decide_question(world.coordinator, world.round_id, 1, "keep", "r", world.labs["CDCB"]["technician"].login, PASSWORD)
        decide(world)
    assert found_in(world)[0].state == "decided"


def test_a_question_on_results_that_were_replaced_no_longer_counts(world: World) -> None:
    with at(DEADLINE + SECOND):
        later = DEADLINE + timedelta(days=3)
        for side in ("customs", "cdc"):
            service.extend_deadline(world.qa(side), world.round_id, later, "box delayed", PASSWORD, seen=world.seen("deadline"))
        world.submit("CUSC", VALUES["CUSC"])
    with at(DEADLINE + timedelta(days=3, seconds=1)):
        service.close_if_due(world.round_id)
        assert [one.counts for one in found_in(world)] == [False]
        world.unblind()
    assert world.state() == "analysing"


def test_after_the_unblinding_nothing_is_asked_or_decided(world: World) -> None:
    with at(DEADLINE + SECOND):
        answered(world)
        decide(world)
        world.unblind()
        with pytest.raises(RuleViolation):
            service.ask_laboratory(world.coordinator, world.round_id, 1)


def test_a_number_below_the_own_limit_of_detection_is_a_question_on_a_linear_scale_only() -> None:
    linear = ScoringPlan(kind="quantitative", measurand="Pb", unit="mg/kg", sigma_pt=Decimal("0.1"))
    reported = (
        ReportedInput("A2B", 1, value="0.02"), ReportedInput("A2B", 2, relation="<", value="0.05"), ReportedInput("C3D", 1, value="0.02"),
    )  # fmt: skip
    found = below_own_limits(linear, reported, {"A2B": "0.05", "C3D": "about 5"})
    assert [(one.participant_codes, one.item_numbers) for one in found] == [(("A2B",), (1,))]
    assert below_own_limits(QUANTITATIVE, reported, {"A2B": "0.05"}) == ()
