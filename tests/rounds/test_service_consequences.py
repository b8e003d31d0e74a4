"""Corrective actions, appeals and complaints: opened by the verdict, written by the laboratory, ended by somebody of the other side."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.rounds import queries, service
from lims.rounds.models import CapaCase, Objection
from lims.rounds.queries import following, records
from lims.rounds.queries.report_followup import cases_at
from lims.rounds.scoring.consequences import FIELDS
from lims.rounds.service import GateClosed
from tests.factories import PASSWORD, new_person
from tests.round_factory import DEADLINE, QUANTITATIVE, SECOND, START, VALUES, World, at, new_world

RECORD = {name: f"written: {name}" for name in FIELDS} | {"cause_code": "RMC", "effectiveness_kind": "next_round"}
LATER = DEADLINE + timedelta(days=10)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A published round: CDCD needs action, CDCB is questionable."""
    with at(START):
        made = new_world(tmp_path)
        made.to_testing(replace(QUANTITATIVE, preferred_statistic="z"))
        for lab, answers in VALUES.items():
            made.submit(lab, answers)
    with at(DEADLINE + SECOND):
        made.unblind()
        made.evaluate()
        made.opine()
        made.release()
    return made


def verdicts(world: World) -> dict[str, str]:
    with reading() as session:
        run = records.newest_evaluation(session, world.row())
    assert run is not None
    by_code = {one["participant_code"]: one["verdict"] for one in run.outcome["overall"]}
    return {lab: by_code[world.part(lab).code or ""] for lab in VALUES}


def cases(world: World) -> list[CapaCase]:
    with reading() as session:
        return following.cases_of(session, world.row())


def opened(world: World) -> CapaCase:
    """The case of CDCD in follow-up."""
    service.start_follow_up(world.coordinator, world.round_id)
    with reading() as session:
        part = world.part("CDCD")
        return next(one for one in following.cases_of(session, world.row()) if one.participant_id == part.id)


def handed_over(world: World) -> CapaCase:
    one, lab = opened(world), world.labs["CDCD"]
    service.save_case(lab["technician"], one.id, RECORD, seen=0)
    service.hand_over_case(lab["authoriser"], one.id, PASSWORD)
    return one


def hash_of(world: World, one: CapaCase) -> str:
    with reading() as session:
        return following.records_of(session, one.id)[0].content_hash


def closing(world: World) -> None:
    world.file_minutes()
    for side in ("customs", "cdc"):
        service.close_round(world.qa(side), world.round_id, PASSWORD, seen=world.seen("close"))


def independent(world: World, login: str = "reviewer.two") -> Actor:
    """A reviewer who has no part in the round and belongs to no laboratory that appeals."""
    return new_person(login, "reviewer", world.labs["CUSC"].id)


def test_the_follow_up_opens_a_case_for_each_verdict_that_needs_action(world: World) -> None:
    with at(LATER):
        bad = [lab for lab, verdict in verdicts(world).items() if verdict == "action"]
        one = opened(world)
    assert [each.participant_id for each in cases(world)] == [world.part(lab).id for lab in bad]
    assert (one.due_at - LATER, one.limit_at - LATER) == (timedelta(days=60), timedelta(days=180))
    assert one.laboratory_id == world.labs["CDCD"].id


def test_an_open_case_holds_the_closing_up_until_the_other_party_confirms(world: World) -> None:
    with at(LATER):
        one = handed_over(world)
        with pytest.raises(GateClosed) as refusal:
            closing(world)
        assert [gate.code for gate in refusal.value.gates if gate.outcome == "unmet"][:1] == ["capa_closed"]
        service.judge_case(world.reviewer("customs"), one.id, "confirmed", "", PASSWORD, seen=hash_of(world, one))
        closing(world)
    assert world.state() == "closed"


def test_the_own_side_never_confirms_and_nothing_unread_is_confirmed(world: World) -> None:
    with at(LATER):
        one = handed_over(world)
        with pytest.raises(Forbidden):
            service.judge_case(world.reviewer("cdc"), one.id, "confirmed", "", PASSWORD, seen=hash_of(world, one))
        with pytest.raises(Conflict):
            service.judge_case(world.reviewer("customs"), one.id, "confirmed", "", PASSWORD, seen="0" * 64)
        with pytest.raises(Invalid):
            service.judge_case(world.reviewer("customs"), one.id, "returned", " ", PASSWORD, seen=hash_of(world, one))
        service.judge_case(world.reviewer("customs"), one.id, "returned", "No evidence given.", PASSWORD, seen=hash_of(world, one))
        service.save_case(world.labs["CDCD"]["technician"], one.id, {**RECORD, "evidence": "Certificate 7"}, seen=1)
    with reading() as session:
        assert [each.version for each in following.records_of(session, one.id)] == [2, 1]


def test_a_record_with_a_gap_is_not_handed_over_and_two_writers_do_not_overwrite_each_other(world: World) -> None:
    with at(LATER):
        one, lab = opened(world), world.labs["CDCD"]
        service.save_case(lab["technician"], one.id, {**RECORD, "analysis": ""}, seen=0)
        with pytest.raises(Invalid) as refusal:
            service.hand_over_case(lab["authoriser"], one.id, PASSWORD)
        assert refusal.value.field == "analysis"
        with pytest.raises(Conflict):
            service.save_case(lab["technician"], one.id, RECORD, seen=0)
        with pytest.raises(Forbidden):
            service.hand_over_case(lab["technician"], one.id, PASSWORD)


def test_a_case_does_not_exist_for_laboratories_that_it_does_not_concern(world: World) -> None:
    with at(LATER):
        one = opened(world)
        with reading() as session:
            for actor in (world.labs["CUSC"]["authoriser"], world.labs["CUSC"]["technician"], world.qa("customs")):
                with pytest.raises(NotFound):
                    following.case(session, actor, one.id)
            for actor in (world.labs["CDCD"]["technician"], world.qa("cdc"), world.coordinator, world.reviewer("customs")):
                assert following.case(session, actor, one.id).row.id == one.id
        with pytest.raises(NotFound):
            service.save_case(world.labs["CUSC"]["technician"], one.id, RECORD, seen=0)


def test_a_questionable_verdict_gets_a_self_check_by_decision_once(world: World) -> None:
    with at(LATER):
        lab = next(lab for lab, verdict in verdicts(world).items() if verdict == "warning")
        code, good = world.part(lab).code or "", next(lab for lab, verdict in verdicts(world).items() if verdict == "acceptable")
        one = service.open_self_check(world.coordinator, world.round_id, code, "second time above")
        assert (one.kind, one.laboratory_id) == ("self_check", world.labs[lab].id)
        with pytest.raises(Conflict):
            service.open_self_check(world.coordinator, world.round_id, code, "again")
        with pytest.raises(RuleViolation):
            service.open_self_check(world.coordinator, world.round_id, world.part(good).code or "", "why not")


def appeal(world: World) -> Objection:
    return service.raise_appeal(world.labs["CDCD"]["authoriser"], world.round_id, "the diluent was wrong", PASSWORD, item_number=1)


def test_an_appeal_is_decided_by_somebody_without_a_part_in_the_round(world: World) -> None:
    with at(LATER):
        raised = appeal(world)
        with pytest.raises(Conflict):
            appeal(world)
        for reviewer in (world.reviewer("customs"), world.labs["CDCD"]["reviewer"]):
            with pytest.raises(Forbidden):
                service.decide_appeal(reviewer, raised.id, "upheld", "seen", PASSWORD)
        with pytest.raises(GateClosed):
            closing(world)
        decided = service.decide_appeal(independent(world), raised.id, "upheld", "the diluent was wrong indeed", PASSWORD)
        with pytest.raises(Conflict):
            service.decide_appeal(independent(world, "reviewer.three"), raised.id, "rejected", "no", PASSWORD)
    assert decided.outcome == "upheld"


def test_an_appeal_comes_in_time_and_with_a_reason(world: World) -> None:
    with at(DEADLINE + timedelta(days=31)), pytest.raises(RuleViolation) as refusal:
        appeal(world)
    assert refusal.value.code == "appeals.late"
    with at(LATER):
        with pytest.raises(Invalid):
            service.raise_appeal(world.labs["CDCD"]["authoriser"], world.round_id, " ", PASSWORD)
        with pytest.raises(Forbidden):
            service.raise_appeal(world.labs["CDCD"]["technician"], world.round_id, "why", PASSWORD)


def test_a_complaint_is_answered_by_the_coordinator_and_seen_by_nobody_else(world: World) -> None:
    with at(LATER):
        raised = service.raise_complaint(world.labs["CUSC"]["authoriser"], world.round_id, "the box came warm", PASSWORD)
        with reading() as session, pytest.raises(NotFound):
            following.objection(session, world.labs["CDCB"]["authoriser"], raised.id)
        answer = service.answer_complaint(world.coordinator, raised.id, "the carrier was changed", PASSWORD)
        with pytest.raises(NotFound):
            service.decide_appeal(independent(world), raised.id, "upheld", "x", PASSWORD)
    assert answer.outcome == "answered"


def test_an_upheld_appeal_leads_to_a_corrected_report_with_its_cases_and_appeals(world: World) -> None:
    with at(LATER):
        opened(world)
        service.decide_appeal(independent(world), appeal(world).id, "upheld", "the diluent was wrong", PASSWORD)
    with at(LATER + timedelta(days=1)):
        for side in ("customs", "cdc"):
            service.return_to_analysis(world.qa(side), world.round_id, "appeal upheld: item 1", PASSWORD, seen=world.seen("return"))
        world.evaluate()
        world.opine()
        world.release()
    with reading() as session:
        report = records.reports_of(session, world.row())[0]
        assert report.version == 2 and "appeal upheld" in report.changes
        assert [one.number for one in cases_at(session, world.row(), report.issued_at)] == [one.number for one in cases(world)]
    book = openpyxl.load_workbook(io.BytesIO(world.blobs.get(report.blob_sha256)))
    sheet = next(each for each in book.worksheets if each.title.startswith("12"))
    text = "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value)
    assert f"{world.row().code}-C1" in text and f"{world.row().code}-A1" in text
    assert not any(person in text for person in ("Person", "CDCD", "authoriser"))


def test_what_waits_is_told_to_who_can_do_it(world: World) -> None:
    with at(LATER):
        one = handed_over(world)
        raised = appeal(world)
        reviewer = independent(world)
        with reading() as session:
            told = {entry.number for entry in queries.waiting_for(session, world.reviewer("customs"))}
            own = {entry.number for entry in queries.waiting_for(session, world.labs["CDCD"]["authoriser"])}
            other = {entry.number for entry in queries.waiting_for(session, reviewer)}
    assert one.number in told and one.number not in own and raised.number in other
