"""The joint review: named reviewers, declared conflicts, comments under codes, changed verdicts, minutes and action items."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.rounds import service
from lims.rounds.queries import following, gates, records, review, waiting_for
from lims.rounds.service import ActionDraft, MinutesDraft
from tests.factories import PASSWORD, new_person
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, SECOND, START, World, at, new_world

MISSED = {**RIGHT, 2: "NEG", 3: "NEG"}


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A qualitative round under review; the laboratory CDCD missed a strong positive."""
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
        for lab in ("CUSA", "CUSC", "CDCB"):
            world.submit(lab, RIGHT)
        world.submit("CDCD", MISSED)
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
    return world


def override(world: World, code: str, second: str, *, item: int = 0, to: str = "warning") -> object:
    return service.override_verdict(
        world.reviewer("customs"), world.round_id, code, item, to, "The tube of this laboratory leaked on arrival.", PASSWORD, second,
        PASSWORD, seen=world.seen("score_run"),
    )  # fmt: skip


def words_of(world: World) -> str:
    with reading() as session:
        report = records.reports_of(session, world.row())[0]
    book = openpyxl.load_workbook(io.BytesIO(world.blobs.get(report.blob_sha256)))
    shown = [sheet for sheet in book if sheet.sheet_state == "visible"]
    return "\n".join(str(cell.value) for sheet in shown for row in sheet.iter_rows() for cell in row if cell.value is not None)


def test_a_reviewer_who_declares_a_conflict_writes_neither_opinion_nor_comment(world: World) -> None:
    reviewer, seen = world.reviewer("cdc"), world.seen("score_run")
    with at(DEADLINE + SECOND):
        with pytest.raises(Invalid):
            service.declare_interests(reviewer, world.round_id, " ", has_conflict=True)
        service.declare_interests(reviewer, world.round_id, "My brother heads a participant.", has_conflict=True)
        with pytest.raises(Forbidden) as refusal:
            service.write_opinion(reviewer, world.round_id, "All well.", PASSWORD, seen=seen)
        assert refusal.value.code == "review.conflict"
        with pytest.raises(Forbidden):
            service.comment(reviewer, world.round_id, "All well.")
        service.declare_interests(reviewer, world.round_id, "It ended last year.", has_conflict=False)
        service.write_opinion(reviewer, world.round_id, "All well.", PASSWORD, seen=seen)


def test_an_opinion_counts_no_longer_when_its_writer_declares_a_conflict(world: World) -> None:
    with at(DEADLINE + SECOND):
        world.opine()
        service.declare_interests(world.reviewer("cdc"), world.round_id, "I know the analyst.", has_conflict=True)
        with pytest.raises(RuleViolation) as refusal:
            service.release(world.qa("customs"), world.round_id, PASSWORD, world.blobs, seen=world.seen("release"))
    assert refusal.value.code == "rounds.gates_closed"


def test_signing_an_opinion_is_itself_the_declaration_of_no_conflict(world: World) -> None:
    with at(DEADLINE + SECOND):
        world.opine()
    with reading() as session:
        declared = review.declarations(session, world.row())
    assert {one.user_id for one in declared.values()} == {world.reviewer("customs").user_id, world.reviewer("cdc").user_id}
    assert not any(one.has_conflict for one in declared.values())


def test_where_a_party_named_its_reviewers_only_they_write_its_opinion(world: World) -> None:
    with at(DEADLINE + SECOND):
        named = new_person("expert", "reviewer", world.labs["CDCB"].id)
        with pytest.raises(NotFound):
            service.assign_reviewer(world.qa("customs"), world.round_id, named.user_id)
        service.assign_reviewer(world.qa("cdc"), world.round_id, named.user_id)
        with pytest.raises(Conflict):
            service.assign_reviewer(world.qa("cdc"), world.round_id, named.user_id)
        with pytest.raises(Forbidden) as refusal:
            service.write_opinion(world.reviewer("cdc"), world.round_id, "All well.", PASSWORD, seen=world.seen("score_run"))
        service.write_opinion(named, world.round_id, "All well.", PASSWORD, seen=world.seen("score_run"))
    assert refusal.value.code == "review.not_named"


@pytest.mark.parametrize("text", ["Laboratory CDCD must look at its cut-off.", "laboratory cdcd is late."])
def test_a_comment_names_no_laboratory(world: World, text: str) -> None:
    with at(DEADLINE + SECOND), pytest.raises(Invalid) as refusal:
        service.comment(world.reviewer("customs"), world.round_id, text)
    assert refusal.value.code == "review.laboratory_name"


def test_a_changed_verdict_is_signed_by_two_parties_and_prints_both_words(world: World) -> None:
    code = world.part("CDCD").code or ""
    with at(DEADLINE + SECOND):
        with pytest.raises(RuleViolation) as refusal:
            override(world, code, new_person("expert", "reviewer", world.labs["CUSC"].id).login)
        override(world, code, world.reviewer("cdc").login)
        with pytest.raises(Conflict):
            override(world, code, world.reviewer("cdc").login, to="acceptable")
        before = world.seen("release")
        world.opine()
        world.release()
    assert refusal.value.code == "review.same_party"
    assert before != world.seen("release")
    said = words_of(world)
    assert "不满意 Unsatisfactory 改为 有问题 Questionable" in said or "unsatisfactory changed to" in said.casefold()
    assert "The tube of this laboratory leaked on arrival." in said
    assert world.reviewer("cdc").name in said


def test_a_changed_overall_verdict_has_the_consequences_of_the_new_one(world: World) -> None:
    code = world.part("CDCD").code or ""
    with at(DEADLINE + SECOND):
        override(world, code, world.reviewer("cdc").login, to="acceptable")
        world.opine()
        world.release()
        with reading() as session:
            assert gates.round_facts(session, world.coordinator, world.row()).n_action_verdicts == 0
        world.file_minutes()
        with reading() as session:
            assert following.cases_of(session, world.row()) == []
        for side in ("customs", "cdc"):
            service.close_round(world.qa(side), world.round_id, PASSWORD, seen=world.seen("close"))
    assert world.state() == "closed"


def test_a_round_closes_only_with_its_minutes(world: World) -> None:
    with at(DEADLINE + SECOND):
        override(world, world.part("CDCD").code or "", world.reviewer("cdc").login, to="acceptable")
        world.opine()
        world.release()
        with pytest.raises(RuleViolation) as refusal:
            service.close_round(world.qa("cdc"), world.round_id, PASSWORD, seen=world.seen("close"))
    assert [gate.code for gate in refusal.value.gates if gate.outcome == "unmet"] == ["minutes_filed", "approved_by_all"]  # type: ignore[attr-defined]


def test_minutes_filed_before_the_release_are_printed_with_comments_and_action_items(world: World) -> None:
    code = world.part("CDCD").code or ""
    with at(DEADLINE + SECOND):
        service.comment(world.reviewer("cdc"), world.round_id, "Low volume was reported.", participant_code=code, item_number=1)
        world.file_minutes(ActionDraft("Check the pipettes", "Head of laboratory", "2026-06-20"))
        world.opine()
        world.release()
    said = words_of(world)
    for text in ("Low volume was reported.", "The verdicts stand.", "Check the pipettes", "2026-06-20", "Head of laboratory"):
        assert text in said, text


def test_minutes_are_kept_as_versions_and_an_action_item_is_done_once(world: World) -> None:
    with at(DEADLINE + SECOND):
        world.file_minutes(ActionDraft("Check the pipettes", "Head of laboratory", "2026-06-20"))
        draft = MinutesDraft("2026-05-20", "Both sides", "The verdicts stand.")
        with pytest.raises(Conflict):
            service.file_minutes(world.qa("cdc"), world.round_id, draft, (), PASSWORD, seen=0)
        service.file_minutes(world.qa("cdc"), world.round_id, draft, (), PASSWORD, seen=1)
        with reading() as session:
            assert [one.version for one in review.minutes_of(session, world.row())] == [2, 1]
            item = review.actions_of(session, world.row())[0]
            assert "rounds.meeting" in {one.endpoint for one in waiting_for(session, world.qa("cdc"))}
        with pytest.raises(Invalid):
            service.complete_action(world.qa("cdc"), item.id, "")
        service.complete_action(world.qa("cdc"), item.id, "Calibration certificate of 1 June")
        with pytest.raises(Conflict):
            service.complete_action(world.qa("cdc"), item.id, "again")
        with reading() as session:
            assert "rounds.meeting" not in {one.endpoint for one in waiting_for(session, world.qa("cdc"))}


def test_action_items_are_typed_one_a_line() -> None:
    found = service.actions_from("check | head | 2026-07-01\n\nwrite ｜ QA manager ｜ 2026-07-02\n")
    assert found == [ActionDraft("check", "head", "2026-07-01"), ActionDraft("write", "QA manager", "2026-07-02")]
    with pytest.raises(Invalid):
        service.actions_from("check the pipettes")


def test_by_the_protocol_no_meeting_waives_the_gate_with_its_printed_reason(database: Database, tmp_path: Path) -> None:
    from dataclasses import replace

    from tests.round_factory import round_plan

    words = replace(round_plan(QUALITATIVE).words, no_meeting="Two laboratories; the reviewers write to each other.")
    with at(START):
        world = new_world(tmp_path)
        world.plan(QUALITATIVE, words=words)
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
        for lab in world.box_codes:
            world.receive(lab)
            world.submit(lab, RIGHT)
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
        for side in ("customs", "cdc"):
            service.close_round(world.qa(side), world.round_id, PASSWORD, seen=world.seen("close"))
    assert "Two laboratories; the reviewers write to each other." in words_of(world)
    with reading() as session:
        gate = next(one for one in records.moves_of(session, world.row())[-1].gates if one["code"] == "minutes_filed")
    assert gate["outcome"] == "waived" and gate["params"]["reason"].startswith("Two laboratories")
