"""After SIGKILL every acknowledged save, signature and score run is there, and none is there by half."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from lims import worker
from lims.audit.service import verify_chains
from lims.db.engine import Database
from lims.db.session import reading
from lims.jobs.models import Job
from lims.jobs.service import LEASE
from lims.rounds import service
from lims.rounds.queries import records
from lims.rounds.queries.report import score_of
from lims.rounds.service.entries import content_hash
from lims.signatures.queries import signatures_of
from tests.factories import PASSWORD
from tests.killing import KILLS, Acknowledge, killed
from tests.round_factory import DEADLINE, QUANTITATIVE, START, VALUES, World, at, new_world


def under_test(folder: Path) -> World:
    with at(START):
        world = new_world(folder)
        world.to_testing(QUANTITATIVE)
    return world


def check_submissions(world: World, lab: str, acknowledged: list[str]) -> None:
    """Every acknowledged version stands with all its values, and every signature with its version."""
    with reading() as session:
        row, own = world.row(), world.part(lab)
        versions = records.versions_of(session, own)
        assert [one.version for one in versions] == list(range(len(versions), 0, -1))
        assert {int(word) for word in acknowledged} <= {one.version for one in versions}
        for one in versions[:6]:
            values = records.values_of(session, one)
            assert len(values) == 2
            assert one.content_hash == content_hash(row, own.code, one, values)
            before = versions[-(one.version - 1)] if one.version > 1 else None
            assert (one.status == "signed") == bool(before and signatures_of(session, "submission", before.id))
        assert (own.state == "submitted") == any(one.status == "signed" for one in versions)


@pytest.mark.assurance("D1")
def test_a_killed_process_leaves_every_acknowledged_version_whole(database: Database, tmp_path: Path) -> None:
    world, chance = under_test(tmp_path), random.Random(7)
    entry = world.entry("CDCB", VALUES["CDCB"])

    def work(acknowledge: Acknowledge) -> None:
        with at(START):
            while True:
                acknowledge(str(service.save_draft(world.labs["CDCB"]["technician"], world.round_id, entry).version))
                version = service.hand_over(world.labs["CDCB"]["technician"], world.round_id).version
                acknowledge(str(version))
                signed = service.sign_submission(world.labs["CDCB"]["authoriser"], world.round_id, PASSWORD, version=version)
                acknowledge(str(signed.version))

    for _ in range(KILLS):
        acknowledged = killed(database, work, chance)
        assert acknowledged
        check_submissions(world, "CDCB", acknowledged)
    assert not [chain for chain in verify_chains() if chain.broken_at]


@pytest.mark.assurance("D3")
def test_a_killed_worker_leaves_a_whole_score_run_or_none_and_its_job_goes_on(database: Database, tmp_path: Path) -> None:
    world, chance = under_test(tmp_path), random.Random(11)
    with at(START):
        for lab, answers in VALUES.items():
            world.submit(lab, answers)
    now = DEADLINE
    with at(now):
        world.unblind()
        service.evaluate_round(world.coordinator, world.round_id)  # loads the statistics before the first fork
    for _ in range(KILLS):
        now += 2 * LEASE
        with at(now):
            service.request_evaluation(world.coordinator, world.round_id)

        def work(acknowledge: Acknowledge) -> None:
            with at(now):  # noqa: B023
                acknowledge("started")
                while True:
                    worker.work_once()

        killed(database, work, chance, longest=0.25)
        check_runs(world)
    with at(now + 2 * LEASE):
        while worker.work_once():
            pass
    check_runs(world)
    with reading() as session:
        assert {job.state for job in session.query(Job)} <= {"done", "failed"}
    assert not [chain for chain in verify_chains() if chain.broken_at]


def check_runs(world: World) -> None:
    """As many score runs as jobs are done, and each one whole."""
    with reading() as session:
        runs = records.evaluations_of(session, world.row())
        done = sum(job.state == "done" for job in session.query(Job))
    assert [run.version for run in runs] == list(range(len(runs), 0, -1))
    assert len(runs) == done + 1
    assert all(score_of(run).input_hash == run.input_hash for run in runs[:2])
