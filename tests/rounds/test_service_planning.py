"""Planning: codes of rounds, what an approval covers, what may change after it, enrolment and coding."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from lims.rounds import service
from lims.rounds.queries import records
from lims.rounds.service import ItemDraft
from lims.statistics.assessment.plan import ScoringPlan
from tests.round_factory import PANEL, QUALITATIVE, QUANTITATIVE, START, World, at, new_world, round_plan


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def test_codes_of_rounds_count_in_the_installation_by_year_of_the_deadline_whoever_organises(world: World) -> None:
    with at(START):
        codes = [service.create_round(world.coordinator, world.scheme_id, round_plan(QUALITATIVE)).code for _ in range(2)]
        codes.append(service.create_round(world.labs["CDCB"]["coordinator"], world.scheme_id, round_plan(QUALITATIVE)).code)
        later = datetime.fromisoformat("2026-12-31T17:00:00+00:00")  # 1 January in Beijing
        codes.append(service.create_round(world.coordinator, world.scheme_id, round_plan(QUALITATIVE, deadline=later)).code)
    assert codes == ["R-26-01", "R-26-02", "R-26-03", "R-27-01"]


def test_a_scheme_needs_two_organisations_and_a_free_code(world: World) -> None:
    words = {"title_en": "a", "title_zh": "b", "measurand_code": "c", "matrix_code": "d"}
    with pytest.raises(Invalid):
        service.create_scheme(world.coordinator, code="S-1", party_ids=[], **words)
    with pytest.raises(Conflict):
        service.create_scheme(world.coordinator, code="S-COV", party_ids=[world.labs["CDCB"].row.organisation_id], **words)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"zone": "Mars/Olympus"}, "rounds.zone"), ({"deadline": datetime(2026, 5, 20)}, "rounds.naive_deadline")],
)
def test_a_deadline_without_a_true_zone_is_refused(world: World, change: dict[str, object], code: str) -> None:
    with at(START), pytest.raises(Invalid) as refusal:
        service.create_round(world.coordinator, world.scheme_id, round_plan(QUALITATIVE, **change))
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("scoring", "is_sealed"),
    [
        (replace(QUANTITATIVE, assigned_value_route="consensus"), True), (replace(QUANTITATIVE, design="split"), True),
        (replace(QUALITATIVE, design="split"), True),
        (QUANTITATIVE, False), (replace(QUANTITATIVE, assigned_value_route="crm"), False), (QUALITATIVE, False),
    ],
)  # fmt: skip
def test_items_are_sealed_without_a_truth_only_where_none_is_promised(world: World, scoring: ScoringPlan, is_sealed: bool) -> None:
    with at(START):
        world.plan(scoring, items=(ItemDraft(1), ItemDraft(2)))
        world.agree()
        world.enrol()
        service.start_preparing(world.coordinator, world.round_id)
        if is_sealed:
            service.seal_truth(world.coordinator, world.round_id)
        else:
            with pytest.raises(RuleViolation) as refusal:
                service.seal_truth(world.coordinator, world.round_id)
            assert refusal.value.code == "rounds.truth_missing" and "1, 2" in str(refusal.value)
    assert (world.row().sealed_at is not None) is is_sealed


def test_an_incomplete_protocol_cannot_be_approved_for_good(world: World) -> None:
    with at(START):
        plan = round_plan(replace(QUANTITATIVE, sigma_pt=None))
        world.round_id = service.create_round(world.coordinator, world.scheme_id, replace(plan, words=replace(plan.words, contacts=""))).id
        with pytest.raises(RuleViolation) as refusal:
            world.agree()
    assert "contacts" in str(refusal.value) and "verdict limits" in str(refusal.value)
    assert world.state() == "planned"


def test_after_approval_only_the_truth_may_be_written_and_after_sealing_nothing(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        service.define_items(world.coordinator, world.round_id, [replace(item, expected_code="NEG", is_strong=False) for item in PANEL])
        for changed in ([*PANEL, ItemDraft(6, expected_code="NEG")], [replace(PANEL[0], is_core=False), *PANEL[1:]]):
            with pytest.raises(RuleViolation) as refusal:
                service.define_items(world.coordinator, world.round_id, changed)
            assert refusal.value.code == "rounds.items_approved"
        service.define_items(world.coordinator, world.round_id, PANEL)
        service.seal_truth(world.coordinator, world.round_id)
        with pytest.raises(RuleViolation) as refusal:
            service.define_items(world.coordinator, world.round_id, PANEL)
    assert refusal.value.code == "rounds.sealed"
    with reading() as session:
        assert [item.expected_code for item in records.items_of(session, world.row())] == ["POS", "POS", "WPOS", "NEG", "NEG"]


def test_a_truth_with_a_hole_cannot_be_sealed(world: World) -> None:
    with at(START):
        world.plan(QUALITATIVE, items=(*PANEL[:4], ItemDraft(5)))
        world.agree()
        with pytest.raises(RuleViolation) as refusal:
            service.seal_truth(world.coordinator, world.round_id)
    assert "5" in str(refusal.value)


def test_two_laboratories_of_one_organisation_are_not_enough(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol("CUSA", "CUSC")
        with pytest.raises(RuleViolation) as refusal:
            service.start_preparing(world.coordinator, world.round_id)
        service.decline(world.labs["CDCB"]["authoriser"], world.round_id, "no capacity")
    assert "different organisations" in str(refusal.value)
    assert not world.part("CUSA").code
    assert world.part("CDCB").state == "declined"


def test_codes_are_drawn_for_each_participant_alone_and_the_organiser_is_marked(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        with reading() as session:
            codes = records.all_item_codes(session, world.row())
    assert len({code.code for code in codes}) == 20
    assert len({world.part(lab).code for lab in world.labs}) == 4
    assert [lab for lab in world.labs if world.part(lab).is_organiser] == ["CUSA"]


def test_roles_that_may_not_are_refused_before_anything_is_looked_up(world: World) -> None:
    with at(START):
        world.plan()
        for verb in (service.approve_protocol,):
            with pytest.raises(Forbidden):
                verb(world.labs["CUSA"]["technician"], world.round_id, "any", seen=world.seen("protocol"))
        with pytest.raises(Forbidden):
            service.create_round(world.qa("customs"), world.scheme_id, round_plan(QUALITATIVE))
