"""Score runs: one job one effect, immutable versions, stale when anything changes, nothing scored with a broken seal."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from lims import worker
from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import RuleViolation
from lims.jobs import service as jobs
from lims.jobs.queries import job_of
from lims.rounds import queries, service
from lims.rounds.queries import gates, records
from lims.rounds.queries.report import score_of
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, QUANTITATIVE, START, VALUES, World, at, new_world


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    """A world whose quantitative round is unblinded."""
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUANTITATIVE)
        for lab, answers in VALUES.items():
            world.submit(lab, answers)
    with at(DEADLINE):
        world.unblind()
    return world


def write_past_the_services(database: Database, statement: str) -> None:
    with database.engine.connect().execution_options(lims_unguarded=True) as connection:
        connection.execute(text(statement))
        connection.commit()


def test_the_worker_scores_the_round_in_one_transaction_with_its_job(world: World) -> None:
    with at(DEADLINE):
        job = service.request_evaluation(world.coordinator, world.round_id, "first run")
        assert worker.work_once()
    with reading() as session:
        assert job_of(session, world.coordinator, job.id).state == "done"
        runs = records.evaluations_of(session, world.row())
    assert [(run.version, run.reason, run.started_by_name) for run in runs] == [(1, "first run", world.coordinator.name)]


def test_a_job_that_is_done_twice_leaves_one_score_run(world: World) -> None:
    with at(DEADLINE):
        service.request_evaluation(world.coordinator, world.round_id)
        claimed = jobs.claim()
        assert claimed is not None
        service.evaluate_round_job(claimed, lambda done, total: None)
        service.evaluate_round_job(claimed, lambda done, total: None)
    with reading() as session:
        assert len(records.evaluations_of(session, world.row())) == 1


def test_a_score_run_keeps_its_input_its_hash_its_options_and_the_version_of_the_program(world: World) -> None:
    with at(DEADLINE):
        run = service.evaluate_round(world.coordinator, world.round_id)
    with reading() as session:
        given = queries.values_shown(session, world.coordinator, world.row())
    assert (run.input_text, run.input_hash) == (given.text, given.hash)
    assert run.options["conventions.quartiles"] == "7" and run.software_version
    for lab in VALUES:
        assert f'"{world.part(lab).code}"' in run.input_text
        assert lab not in run.input_text


def test_a_change_of_data_makes_the_run_stale_and_blocks_every_step_to_publication(world: World, sqlite_database: Database) -> None:
    with at(DEADLINE):
        world.evaluate()
        write_past_the_services(sqlite_database, "UPDATE participant SET state = 'withdrawn' WHERE state = 'submitted' AND side = 'cdc'")
        with reading() as session:
            run = records.newest_evaluation(session, world.row())
            assert run is not None and gates.is_stale(session, world.coordinator, world.row(), run)
        for attempt in (world.opine, world.release):
            with pytest.raises(RuleViolation) as refusal:
                attempt()
            assert refusal.value.code == "rounds.stale"


def test_an_opinion_on_an_older_run_does_not_count_for_a_newer_one(world: World) -> None:
    with at(DEADLINE):
        world.evaluate()
        world.opine()
        for side in ("customs", "cdc"):
            service.return_to_analysis(world.qa(side), world.round_id, "wrong figure", PASSWORD, seen=world.seen("return"))
        world.evaluate()
        with pytest.raises(RuleViolation) as refusal:
            world.release()
    assert refusal.value.code == "rounds.gates_closed"
    assert world.state() == "reviewing"


def test_the_review_opens_only_with_a_run_that_a_second_person_checked(world: World) -> None:
    with at(DEADLINE):
        service.evaluate_round(world.coordinator, world.round_id)
        with pytest.raises(service.GateClosed) as refusal:
            service.start_review(world.coordinator, world.round_id)
    assert [gate.code for gate in refusal.value.gates if gate.outcome == "unmet"] == ["score_run_checked"]


def test_nothing_is_scored_with_a_truth_that_is_not_the_sealed_one(world: World, sqlite_database: Database) -> None:
    write_past_the_services(sqlite_database, "UPDATE pt_item SET x_pt = '9.99' WHERE number = 1")
    with at(DEADLINE), pytest.raises(RuleViolation) as refusal:
        service.evaluate_round(world.coordinator, world.round_id)
    assert refusal.value.code == "rounds.seal_broken"


def test_the_stored_score_is_the_computed_one_to_the_last_digit(world: World) -> None:
    from lims.statistics.assessment.run import score

    with at(DEADLINE):
        run = service.evaluate_round(world.coordinator, world.round_id)
    with reading() as session:
        stored = records.newest_evaluation(session, world.row())
        given = queries.values_shown(session, world.coordinator, world.row())
    assert stored is not None and stored.id == run.id
    assert score_of(stored) == score(given.plan, given.items, given.participants, given.reported)
    assert given.items[0].x_pt == Decimal("4.50")


def test_waived_gates_stay_on_record_with_their_reason(world: World) -> None:
    with reading() as session:
        dispatched = next(move for move in records.moves_of(session, world.row()) if move.target == "dispatched")
    waived = {gate["code"]: gate["sentence"] for gate in dispatched.gates if gate["outcome"] == "waived"}
    assert set(waived) == {"homogeneity_passed", "transport_stability", "transport_gate", "stock_covers"}
    assert all(sentence.startswith("Waived: ") for sentence in waived.values())
    assert dispatched.second_user_name == world.qa("customs").name
