"""Back before results count: an amended protocol, and a panel that is withdrawn; on both engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import LimsError, RuleViolation
from lims.rounds import service
from lims.rounds.models import PTItem
from lims.rounds.queries import own_bench, own_version, records, report
from lims.rounds.queries.scoring import scoring_input
from lims.rounds.service.enrolment import truth_hash
from tests.factories import PASSWORD, new_laboratory
from tests.round_factory import DEADLINE, PANEL, QUALITATIVE, RIGHT, START, World, at, new_world, round_plan


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def codes_of(world: World) -> tuple[set[str], set[str]]:
    with reading() as session:
        return records.codes_so_far(session, world.row())


def withdraw(world: World) -> None:
    for side in ("customs", "cdc"):
        service.withdraw_items(world.qa(side), world.round_id, "item 3 leaks", PASSWORD, seen=world.seen("withdraw_items"))


def amend(world: World) -> None:
    for side in ("customs", "cdc"):
        service.amend_protocol(world.qa(side), world.round_id, "another limit", PASSWORD, seen=world.seen("amend"))


def items(world: World, batch: int) -> list[PTItem]:
    with reading() as session:
        return records.items_of(session, world.row(), batch)


def test_an_amended_protocol_gets_a_new_version_and_is_approved_before_the_enrolment_opens_again(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        people, items = codes_of(world)
        with pytest.raises(LimsError):
            service.amend_protocol(world.qa("customs"), world.round_id, " ", PASSWORD, seen=world.seen("amend"))
        service.amend_protocol(world.qa("customs"), world.round_id, "another limit", PASSWORD, seen=world.seen("amend"))
        assert world.state() == "preparing"
        service.amend_protocol(world.qa("cdc"), world.round_id, "another limit", PASSWORD, seen=world.seen("amend"))
        row = world.row()
        assert (row.state, row.protocol_version, row.sealed_at, world.part("CDCB").state) == ("designed", 2, None, "enrolled")
        plan = round_plan(replace(QUALITATIVE, percent_score_threshold=90))
        service.revise_plan(world.coordinator, world.round_id, plan)
        with pytest.raises(RuleViolation) as refusal:
            service.open_enrolment(world.coordinator, world.round_id)
        assert refusal.value.code == "rounds.amendment_open"
        world.agree()
        with pytest.raises(RuleViolation):
            service.revise_plan(world.coordinator, world.round_id, plan)
        service.open_enrolment(world.coordinator, world.round_id)
        world.prepare()
    after_people, after_items = codes_of(world)
    assert len(after_people) == 8 and people < after_people
    assert len(after_items) == 2 * len(items) and items < after_items


def test_after_items_are_withdrawn_nothing_submitted_so_far_counts_and_it_stays_readable(world: World) -> None:
    with at(START):
        world.to_testing()
        world.submit("CDCB", RIGHT)
        people, items = codes_of(world)
        old_boxes = dict(world.box_codes)
        withdraw(world)
        assert (world.state(), world.part("CDCB").state, world.part("CDCB").received_at) == ("preparing", "enrolled", None)
        assert world.part("CDCB").code not in people
        with pytest.raises(RuleViolation):
            world.send()
        service.define_items(world.coordinator, world.round_id, PANEL)
        world.pack()
        world.send()
        with pytest.raises(LimsError):
            service.confirm_receipt(world.labs["CDCB"]["technician"], world.round_id, old_boxes["CDCB"])
        for lab in world.labs:
            world.receive(lab)
        with pytest.raises(RuleViolation):
            world.sign("CDCB")
        for lab in ("CUSA", "CUSC"):
            world.submit(lab, RIGHT)
    with at(DEADLINE):
        service.close_due_rounds()
    with reading() as session:
        actor = world.labs["CDCB"]["technician"]
        bench = own_bench(session, actor, world.round_id)
        assert bench.counted is None and bench.newest is None and len(bench.versions) == 3
        saved, values = own_version(session, actor, world.round_id, 3)
        assert saved.status == "signed" and {value.code for value in values} <= items
        scored = {one.participant_code for one in scoring_input(session, world.coordinator, world.row()).reported}
    assert scored == {world.part("CUSA").code, world.part("CUSC").code}
    assert world.part("CDCB").state == "no_response"


def test_the_truth_of_a_withdrawn_panel_stays_readable_and_proved_and_the_next_one_has_to_be_written(world: World) -> None:
    with at(START):
        world.to_testing()
        sealed = world.row().truth_hash
        withdraw(world)
        with pytest.raises(RuleViolation) as refusal:
            service.seal_truth(world.coordinator, world.round_id)
        assert refusal.value.code == "rounds.truth_missing"
        other = tuple(replace(draft, expected_code="NEG" if draft.number == 1 else draft.expected_code) for draft in PANEL)
        service.define_items(world.coordinator, world.round_id, other)
    assert [item.expected_code for item in items(world, 1)] == ["POS", "POS", "WPOS", "NEG", "NEG"]
    assert [item.expected_code for item in items(world, 2)] == ["NEG", "POS", "WPOS", "NEG", "NEG"]
    with reading() as session:
        ended = records.ended_batches(session, world.row())
        known = records.people_who_know(session, world.row())
    assert [(one.batch, one.truth_hash, one.sealed_at, one.reason) for one in ended] == [(1, sealed, START, "item 3 leaks")]
    assert truth_hash(items(world, 1)) == sealed
    assert {world.coordinator.user_id, world.qa("customs").user_id} <= known  # the second person at the dispatch saw the boxes
    assert world.qa("cdc").user_id not in known


def test_the_protocol_before_an_amendment_stays_on_record_and_items_may_be_taken_out(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        amend(world)
        assert [item.expected_code for item in items(world, 2)] == ["POS", "POS", "WPOS", "NEG", "NEG"]
        plan = round_plan(replace(QUALITATIVE, percent_score_threshold=Decimal("90")), items=PANEL[:4])
        service.revise_plan(world.coordinator, world.round_id, plan)
        world.agree()
        service.open_enrolment(world.coordinator, world.round_id)
        world.prepare()
    assert (len(items(world, 1)), len(items(world, 2))) == (5, 4)
    assert len(world.numbers("CDCB")) == 4
    with reading() as session:
        ended = records.ended_batches(session, world.row())
        deviations = report._protocol(session, world.coordinator, world.row()).deviations
    assert deviations == (f"{START.isoformat()}: another limit",)
    assert [(one.protocol_version, one.protocol["scoring"]["percent_score_threshold"]) for one in ended] == [(1, "80")]
    assert world.row().protocol["scoring"]["percent_score_threshold"] == "90"


def test_criteria_are_not_amended_once_results_were_signed_of_a_withdrawn_panel_too(world: World) -> None:
    with at(START):
        world.to_testing()
        world.submit("CDCB", RIGHT)
        withdraw(world)
        with pytest.raises(RuleViolation) as refusal:
            amend(world)
    assert (refusal.value.code, world.state()) == ("rounds.gates_closed", "preparing")
    assert "1 submissions exist already. Criteria are never changed after the first submission." in str(refusal.value)


def test_an_amended_protocol_is_complete_before_anybody_signs_it(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        amend(world)
        plan = round_plan(QUALITATIVE)
        service.revise_plan(world.coordinator, world.round_id, replace(plan, words=replace(plan.words, contacts="")))
        with pytest.raises(RuleViolation) as refusal:
            world.agree()
    assert "The protocol lacks: contacts." in str(refusal.value)


@pytest.mark.parametrize(("step", "state"), [("amend", "preparing"), ("withdraw_items", "testing")])
def test_only_qa_managers_of_the_parties_each_once_send_a_round_back(world: World, step: str, state: str) -> None:
    verb: Callable[..., object] = {"amend": service.amend_protocol, "withdraw_items": service.withdraw_items}[step]
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        if state == "testing":
            world.send()
            world.receive("CDCB")
        stranger = new_laboratory("CUSX", "customs", "CUX")["qa_manager"]
        others = [world.labs["CUSA"][role] for role in ("coordinator", "technician", "authoriser", "reviewer", "administrator")]
        for actor in (*others, stranger):
            with pytest.raises(LimsError) as refusal:
                verb(actor, world.round_id, "a reason", PASSWORD, seen=world.seen(step))
            assert refusal.value.status in (403, 404)
        verb(world.qa("customs"), world.round_id, "a reason", PASSWORD, seen=world.seen(step))
        for actor in (world.qa("customs"), world.labs["CUSC"]["qa_manager"]):
            with pytest.raises(RuleViolation) as refusal:
                verb(actor, world.round_id, "a reason", PASSWORD, seen=world.seen(step))
            assert refusal.value.code == "rounds.approved_already"
        assert world.state() == state
