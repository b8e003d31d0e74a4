"""A study from plan to authorised scope through its services; what is locked stays locked, what is signed is what was seen."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lims import clock
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, Invalid, LimsError, NotFound, RuleViolation
from lims.validation import service
from lims.validation.analysis.design import Observation, study_of
from lims.validation.analysis.values import reported
from lims.validation.designs import default_plan
from lims.validation.queries import list_studies, records, standing, waiting_for
from lims.validation.queries.visible import study_by_id
from tests.factories import PASSWORD, new_laboratory
from tests.validation_factory import SCOPE, StudyWorld, agreeing, new_study_world

START = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)
CHANGED_PLAN = replace(default_plan("VQ_AGREE"), purpose="weaker", criteria=default_plan("VQ_AGREE").criteria[:1])


@pytest.fixture
def world(database):
    with clock.frozen(START):
        yield new_study_world()


def test_a_study_runs_from_plan_to_scope_and_its_analysis_can_be_computed_again(world: StudyWorld):
    world.to_authorised()
    with reading() as session:
        row = world.row()
        analysis = records.newest_analysis(session, row)
        scope = records.scopes_of(session, row)[0]
        moves = [one.target for one in records.steps_of(session, row, "move")]
    assert (row.state, row.decision, scope.content["laboratories"]) == ("authorised", "approved", ["CUSA", "CDCB"])
    assert moves == [
        "registered", "planned", "plan_approved", "data_collection", "data_locked", "analysis", "review", "decision", "authorised",
    ]  # fmt: skip
    assert {one["criterion"]: one["verdict"] for one in analysis.outcome["judgements"]} == {"A1": "met", "A2": "met", "A3": "met"}
    from lims.validation.analysis.design import json_of
    from lims.validation.analysis.run import analyse

    assert json.loads(json_of(analyse(study_of(analysis.input_text)))) == analysis.outcome


def test_a_person_of_no_party_finds_no_study(world: StudyWorld):
    world.register()
    stranger = new_laboratory("CDCX", "cdc", "OTH")["coordinator"]
    with reading() as session:
        assert list_studies(session, stranger).rows == []
        with pytest.raises(NotFound):
            study_by_id(session, stranger, world.study_id)
    with pytest.raises(NotFound):
        service.write_plan(stranger, world.study_id, default_plan("VQ_AGREE"))


def test_one_organisation_alone_cannot_register_a_study(world: StudyWorld):
    from tests.validation_factory import NEW

    with pytest.raises(RuleViolation, match="Two organisations"):
        service.register_study(world.coordinator, NEW, [])


def test_one_party_alone_approves_nothing_and_does_not_sign_twice(world: StudyWorld):
    world.register()
    world.plan()
    mine = world.labs["CUSA"]["qa_manager"]
    service.approve_plan(mine, world.study_id, PASSWORD, seen=world.seen("plan"))
    assert (world.row().state, world.row().plan_version) == ("planned", None)
    with pytest.raises(Conflict, match="signed this already"):
        service.approve_plan(mine, world.study_id, PASSWORD, seen=world.seen("plan"))
    with pytest.raises(Forbidden):
        service.approve_plan(world.labs["CDCB"]["qa_manager"], world.study_id, "wrong", seen=world.seen("plan"))


def test_a_plan_that_changed_since_it_was_read_is_not_signed(world: StudyWorld):
    world.register()
    world.plan()
    old = world.seen("plan")
    world.plan(CHANGED_PLAN)
    with pytest.raises(Conflict, match="changed since you opened"):
        service.approve_plan(world.labs["CUSA"]["qa_manager"], world.study_id, PASSWORD, seen=old)


def test_an_amendment_needs_a_reason_and_both_parties_and_leaves_both_versions_readable(world: StudyWorld):
    world.to_collection()
    with pytest.raises(Invalid, match="An amendment needs one"):
        service.write_plan(world.coordinator, world.study_id, CHANGED_PLAN)
    service.write_plan(world.coordinator, world.study_id, CHANGED_PLAN, "two criteria are not wanted")
    with pytest.raises(RuleViolation, match="An amendment of the plan waits"):
        service.lock_data(world.coordinator, world.study_id)
    service.approve_plan(world.labs["CUSA"]["qa_manager"], world.study_id, PASSWORD, seen=world.seen("plan"))
    assert world.row().plan_version == 1
    service.approve_plan(world.labs["CDCB"]["qa_manager"], world.study_id, PASSWORD, seen=world.seen("plan"))
    with reading() as session:
        versions = {one.version: len(one.content["criteria"]) for one in records.plans_of(session, world.row())}
    assert (world.row().plan_version, versions) == (2, {1: 3, 2: 1})


def test_an_amendment_that_is_taken_back_changes_nothing_and_blocks_nothing(world: StudyWorld):
    world.to_collection()
    service.write_plan(world.coordinator, world.study_id, CHANGED_PLAN, "a try")
    service.drop_amendment(world.coordinator, world.study_id)
    service.lock_data(world.coordinator, world.study_id)
    assert world.row().plan_version == 1


def _acts(world: StudyWorld) -> list[Callable[[], object]]:
    """Every verb that touches criteria or data."""
    wrong = Observation(0, "X", reported("negative"), reported("negative"))
    return [
        lambda: service.write_plan(world.coordinator, world.study_id, CHANGED_PLAN, "why"),
        lambda: service.approve_plan(world.labs["CUSA"]["qa_manager"], world.study_id, PASSWORD, seen=world.seen("plan")),
        lambda: service.drop_amendment(world.coordinator, world.study_id),
        lambda: service.add_rows(world.technician, world.study_id, [wrong]),
        lambda: service.exclude_row(world.technician, world.study_id, 1, "control", "seen late"),
        lambda: service.retest_row(world.technician, world.study_id, 1, "test_again", "positive"),
        lambda: service.read_item(world.technician, world.study_id, "X", 1, "positive"),
        lambda: service.open_collection(world.coordinator, world.study_id, "again"),
        lambda: service.lock_data(world.coordinator, world.study_id),
        lambda: service.analyse_study(world.coordinator, world.study_id),
        lambda: service.send_to_review(world.coordinator, world.study_id),
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 10), min_size=3, max_size=14))
def test_after_the_lock_no_order_of_verbs_changes_criteria_or_data(world: StudyWorld, order: list[int]):
    world.to_collection(rows=agreeing(12, 12, missed=1), plan=replace(default_plan("VQ_AGREE"), resolves_discordants=False))
    service.lock_data(world.coordinator, world.study_id)
    with reading() as session:
        before = records.plan_in_force(session, world.row()).content_hash, records.data_hash(session, world.row())
    for number in order:
        with contextlib.suppress(LimsError):
            _acts(world)[number]()
    with reading() as session:
        row = world.row()
        assert (records.plan_in_force(session, row).content_hash, records.data_hash(session, row)) == before
        assert [one.version for one in records.plans_of(session, row)] == [1]
        assert row.state in ("data_locked", "analysis", "review")


def test_an_exclusion_needs_a_reason_and_the_row_stays(world: StudyWorld):
    world.to_collection()
    with pytest.raises(Invalid, match="Reason of the exclusion"):
        service.exclude_row(world.technician, world.study_id, 1, "control", " ")
    service.exclude_row(world.technician, world.study_id, 1, "control", "NTC positive")
    with pytest.raises(Conflict, match="left out already"):
        service.exclude_row(world.technician, world.study_id, 1, "control", "NTC positive")
    with reading() as session:
        assert len(records.rows_of(session, world.row())) == 120
        assert [one.row_number for one in records.exclusions_of(session, world.row())] == [1]


def test_a_discordant_result_is_repeated_by_both_then_decided_by_the_third_and_stays_as_it_was(world: StudyWorld):
    world.to_collection(rows=agreeing(missed=1))
    with pytest.raises(RuleViolation, match="lack the third method: S001"):
        service.lock_data(world.coordinator, world.study_id)
    with pytest.raises(RuleViolation, match="repeat both methods first"):
        service.retest_row(world.technician, world.study_id, 1, "third_method", "positive", "sequencing")
    with pytest.raises(RuleViolation, match="not discordant"):
        service.retest_row(world.technician, world.study_id, 2, "test_again", "positive")
    for kind, result in (("test_again", "positive"), ("reference_again", "positive"), ("third_method", "negative")):
        service.retest_row(world.technician, world.study_id, 1, kind, result, "sequencing")
    world.analyse()
    with reading() as session:
        outcome = records.newest_analysis(session, world.row()).outcome
    ppa = {one["variant"]: (one["x"], one["n"]) for one in (*outcome["results"], *outcome["sensitivity"])
           if one["characteristic"] == "ppa" and not one["stratum"] and one["variant"] in ("plan", "resolved")}  # fmt: skip
    assert ppa == {"plan": (59, 60), "resolved": (59, 59)}


def test_two_readers_read_blinded_and_the_second_reading_makes_the_row(world: StudyWorld):
    from tests.validation_factory import NEW

    new = replace(NEW, template_code="VQ_READERS")
    world.register(new)
    world.plan()
    world.approve()
    service.open_collection(world.coordinator, world.study_id)
    one, other = world.technician, world.labs["CDCB"]["technician"]
    with pytest.raises(RuleViolation, match="read blinded"):
        service.add_rows(one, world.study_id, agreeing(1, 1))
    service.read_item(one, world.study_id, "A1", 1, "positive")
    with pytest.raises(Conflict, match="read it already"):
        service.read_item(one, world.study_id, "A1", 2, "negative")
    with pytest.raises(RuleViolation, match="read as the other reader"):
        service.read_item(one, world.study_id, "A2", 2, "negative")
    with pytest.raises(RuleViolation, match="read by one reader only: A1"):
        service.read_item(other, world.study_id, "A2", 2, "negative")
        service.read_item(one, world.study_id, "A2", 1, "negative")
        service.lock_data(world.coordinator, world.study_id)
    service.read_item(other, world.study_id, "A1", 2, "negative")
    with reading() as session:
        rows = [records.observation_of(found) for found in records.rows_of(session, world.row())]
    assert [(row.item, row.test.call, row.second.call) for row in rows] == [("A2", "negative", "negative"), ("A1", "positive", "negative")]


def test_who_gave_data_does_not_review_and_a_decision_needs_both_opinions(world: StudyWorld):
    world.to_collection()
    world.analyse()
    qa = world.labs["CUSA"]["qa_manager"]
    with pytest.raises(RuleViolation, match="A reviewer of each party"):
        service.decide(qa, world.study_id, "approved", "", PASSWORD, seen=world.seen("decision"))
    world.review()
    service.decide(qa, world.study_id, "approved", "", PASSWORD, seen=world.seen("decision"))
    partner = world.labs["CDCB"]["qa_manager"]
    service.decide(partner, world.study_id, "rejected", "", PASSWORD, seen=world.seen("decision"))
    assert world.row().state == "review"  # two parties that do not agree decide nothing
    service.decide(qa, world.study_id, "rejected", "", PASSWORD, seen=world.seen("decision"))
    assert (world.row().state, world.row().decision) == ("decision", "rejected")
    with pytest.raises(RuleViolation, match="does not allow"):
        service.authorise_scope(qa, world.study_id, SCOPE, PASSWORD, seen=world.seen("scope"))


def test_more_data_opens_the_collection_for_new_rows_only(world: StudyWorld):
    world.to_collection()
    world.analyse()
    world.review()
    world.decide("more_data")
    service.open_collection(world.coordinator, world.study_id, "interval too wide")
    service.add_rows(world.technician, world.study_id, agreeing(5, 5))
    with pytest.raises(RuleViolation, match="was locked and analysed"):
        service.exclude_row(world.technician, world.study_id, 1, "control", "seen late")
    with pytest.raises(RuleViolation, match="cannot change any more"):
        service.write_plan(world.coordinator, world.study_id, CHANGED_PLAN, "why")
    world.analyse()
    with reading() as session:
        assert [one.version for one in records.analyses_of(session, world.row())] == [2, 1]


def test_a_method_in_use_is_watched_revalidated_and_withdrawn(world: StudyWorld):
    world.to_authorised()
    service.record_surveillance(world.coordinator, world.study_id, "lot_check", "Lot L2: 10 of 10", is_in_order=True)
    assert world.row().state == "surveillance"
    with pytest.raises(RuleViolation, match="Write why"):
        service.revalidate(world.coordinator, world.study_id, " ")
    service.revalidate(world.coordinator, world.study_id, "new lot of the kit")
    assert (world.row().state, world.row().cycle, world.row().plan_version) == ("planned", 2, None)
    world.plan()
    world.approve()
    world.collect()
    world.analyse()
    world.review()
    world.decide("approved_with_limits", "adults only")
    world.authorise(replace(SCOPE, valid_until=date(2028, 1, 1)))
    with reading() as session:
        assert [one.cycle for one in records.scopes_of(session, world.row())] == [2, 1]
    qa = world.labs["CDCB"]["qa_manager"]
    with pytest.raises(Forbidden):
        service.withdraw_study(qa, world.study_id, "kit recalled", "wrong")
    service.withdraw_study(qa, world.study_id, "kit recalled", PASSWORD)
    assert world.row().state == "withdrawn"


def test_each_person_is_shown_what_waits_and_nobody_else(world: StudyWorld):
    def titles(actor):
        with reading() as session:
            return [one.title for one in waiting_for(session, actor)]

    lab = world.labs["CDCB"]
    world.register()
    assert (titles(world.coordinator), titles(lab["coordinator"])) == (["Study %(code)s: write the plan"], [])
    world.plan()
    assert titles(lab["qa_manager"]) == ["Study %(code)s: approve the plan"]
    world.approve()
    assert titles(lab["qa_manager"]) == []
    world.collect()
    assert titles(lab["technician"]) == ["Study %(code)s: add data"]
    world.analyse()
    assert titles(lab["reviewer"]) == ["Study %(code)s: write the opinion"]
    world.review()
    assert (titles(lab["reviewer"]), titles(lab["qa_manager"])) == ([], ["Study %(code)s: sign the decision"])
    world.decide()
    assert titles(lab["qa_manager"]) == ["Study %(code)s: sign the authorised scope"]


def test_the_facts_of_a_fresh_study_are_empty(world: StudyWorld):
    world.register()
    with reading() as session:
        facts = standing.facts(session, world.coordinator, world.row())
    assert (facts.has_plan, facts.rows, facts.analysis_version, facts.parties) == (False, 0, 0, frozenset({"CUS", "CDC"}))
