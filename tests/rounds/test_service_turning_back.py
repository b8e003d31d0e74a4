"""Back before results count: an amended protocol, and a panel that is withdrawn; on both engines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import LimsError, RuleViolation
from lims.rounds import service
from lims.rounds.queries import own_bench, own_version, records
from lims.rounds.queries.scoring import scoring_input
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, PANEL, QUALITATIVE, RIGHT, START, World, at, new_world, round_plan


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def codes_of(world: World) -> tuple[set[str], set[str]]:
    with reading() as session:
        return records.codes_so_far(session, world.row())


def pack_again(world: World) -> None:
    service.define_items(world.coordinator, world.round_id, PANEL)
    service.seal_truth(world.coordinator, world.round_id)
    for lab in world.labs:
        box = service.Box("three layers", "UN3373", "-20")
        world.box_codes[lab] = service.record_dispatch(world.coordinator, world.round_id, world.part(lab).id, box).box_code


def test_an_amended_protocol_gets_a_new_version_and_is_approved_before_the_enrolment_opens_again(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        people, items = codes_of(world)
        with pytest.raises(LimsError):
            service.amend_protocol(world.qa("customs"), world.round_id, " ", PASSWORD)
        service.amend_protocol(world.qa("customs"), world.round_id, "another limit", PASSWORD)
        assert world.state() == "preparing"
        service.amend_protocol(world.qa("cdc"), world.round_id, "another limit", PASSWORD)
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
        for side in ("customs", "cdc"):
            service.withdraw_items(world.qa(side), world.round_id, "item 3 leaks", PASSWORD)
        assert (world.state(), world.part("CDCB").state, world.part("CDCB").received_at) == ("preparing", "enrolled", None)
        assert world.part("CDCB").code not in people
        with pytest.raises(RuleViolation):
            world.send()
        pack_again(world)
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
