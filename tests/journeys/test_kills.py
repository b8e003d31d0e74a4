"""SIGKILL while uploads are accepted, results signed and rounds evaluated, all at once: each act is there whole or not at all."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from lims import clock, worker
from lims.audit.models import AuditEvent
from lims.audit.service import verify_chains
from lims.db.engine import Database
from lims.db.session import reading
from lims.imports import service as imports
from lims.imports.models import Upload
from lims.jobs.models import Job
from lims.results.models import Result
from lims.rounds import service as rounds
from lims.rounds.models import Evaluation, Participant, ReportedValue, Submission
from lims.samples.models import Sample
from lims.signatures.models import Signature
from tests.factories import PASSWORD, OneLaboratory, accepted_sample
from tests.journeys.kills import WORKS, Killer
from tests.round_factory import QUANTITATIVE, VALUES, World, new_world

ROWS = 2  # results of each upload
CONTROLS = ("G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    """A round under test and a round to be evaluated, on the real clock."""
    return new_world(tmp_path)


def present_round(world: World) -> uuid.UUID:
    """A round whose deadline lies ahead, under test in all laboratories."""
    now = clock.now()
    world.plan(QUANTITATIVE, deadline=now + timedelta(days=10), month=f"{now:%Y-%m}")
    world.agree()
    world.enrol()
    world.prepare()
    world.send()
    for lab in world.labs:
        world.receive(lab)
    return world.round_id


def round_to_evaluate(world: World) -> uuid.UUID:
    key = present_round(world)
    head = {"method_code": "RT-PCR", "tested_on": f"{clock.now() - timedelta(days=1):%Y-%m-%d}", "amplification_kit": "Kit"}
    for lab, values in VALUES.items():
        rounds.save_draft(world.labs[lab]["technician"], key, replace(world.entry(lab, values), head=head))
        world.hand_over(lab)
        world.sign(lab)
    rounds.lock_round(world.coordinator, key)
    world.unblind()
    return key


def waiting_uploads(laboratory: OneLaboratory, count: int) -> list[str]:
    keys = []
    for number in range(count):
        names = [f"K-{number}-{row}" for row in range(ROWS)]
        for name in names:
            accepted_sample(laboratory, name)
        lines = [f"A{row},{name},UNKNOWN,N,24.50" for row, name in enumerate(names, 1)]
        content = "\r\n".join(["Well,Sample,Task,Target,Ct", *lines, *CONTROLS, ""]).encode()
        keys.append(str(imports.store_upload(laboratory["technician"], f"run-{number}.csv", content).upload.id))
    while worker.work_once():
        pass
    return keys


class Bench:
    """The prepared database, the killer, and what must hold after each kill."""

    def __init__(self, world: World, database: Database, folder: Path, lives: int) -> None:
        self.database = database
        self.part_in = world.labs["CDCB"]
        self.evaluated = round_to_evaluate(world)
        self.signed = present_round(world)
        participant = world.part("CDCB")
        self.participant_id = participant.id
        plan = {
            "url": database.url, "files": str(folder / "files"),
            "accept": {
                "technician": world.labs["CUSA"]["technician"].login, "uploads": waiting_uploads(world.labs["CUSA"], 2 * lives + 4),
            },
            "sign": {
                "round": str(self.signed), "technician": self.part_in["technician"].login, "password": PASSWORD,
                "authoriser": self.part_in["authoriser"].login, "items": list(world.numbers("CDCB")), "unit": QUANTITATIVE.unit,
            },
            "evaluate": {"round": str(self.evaluated), "coordinator": world.coordinator.login},
        }  # fmt: skip
        self.killer = Killer(plan, seed=lives)
        self.unacknowledged = 0

    def kill(self, lives: int) -> None:
        for life in range(lives):
            self.killer.kill_all_works_once()
            self._wait_for_the_server()
            self.check()
            if life % 10 == 0:
                self.check_chains()

    def _wait_for_the_server(self) -> None:
        """PostgreSQL ends the sessions of the dead a moment later."""
        if self.database.dialect == "sqlite":
            return
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        end = time.monotonic() + 30
        with self.database.engine.connect() as connection:
            while connection.scalar(text(others)):
                assert time.monotonic() < end, "a session of a killed process lives on"
                connection.rollback()  # within one transaction the server shows the same list again
                time.sleep(0.02)

    def check(self) -> None:
        with reading() as session:
            accepted = self._check_uploads(session)
            versions = self._check_submissions(session)
            runs = self._check_jobs(session)
        self.unacknowledged = accepted + versions + runs
        assert self.unacknowledged <= len(self.killer.lives)

    def check_chains(self) -> None:
        """Every chain is whole, and so is the file."""
        assert {report.broken_at for report in verify_chains()} == {None}
        if self.database.dialect == "sqlite":
            with self.database.engine.connect() as connection:
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"

    def _check_uploads(self, session: Any) -> int:
        """Each upload is accepted with all results and tested samples, or waits with none; returns how many were not acknowledged."""
        results = Counter(session.scalars(select(Result.upload_id)))
        states = {row.id: row.state for row in session.scalars(select(Upload))}
        accepted = {key for key, state in states.items() if state == "accepted"}
        assert set(states.values()) <= {"accepted", "review"}
        assert results == dict.fromkeys(accepted, ROWS)
        assert _count(session, Sample, Sample.status == "tested") == ROWS * len(accepted)
        assert _count(session, AuditEvent, AuditEvent.subject == "result", AuditEvent.action == "bulk") == len(accepted)
        acknowledged = {uuid.UUID(key) for key in self.killer.said("accept")}
        assert acknowledged <= accepted
        return len(accepted - acknowledged)

    def _check_submissions(self, session: Any) -> int:
        """Versions follow each other without a hole, each with all values; each signed one has its signature."""
        own = select(Submission).where(Submission.participant_id == self.participant_id)
        rows = list(session.scalars(own.order_by(Submission.version)))
        status = {str(row.version): row.status for row in rows}
        assert list(status) == [str(number) for number in range(1, len(rows) + 1)]
        values = Counter(session.scalars(select(ReportedValue.submission_id)))
        assert {values[row.id] for row in rows} <= {2}
        signed = [row for row in rows if row.status == "signed"]
        signatures = set(session.scalars(select(Signature.id).where(Signature.laboratory_id == self.part_in.id)))
        assert {row.signature_id for row in signed} <= signatures
        handed = {row.id for row in rows if row.status == "handed_over"}
        assert _count(session, Signature, Signature.subject == "submission", Signature.subject_id.in_(handed)) == len(signed)
        state = session.scalar(select(Participant.state).where(Participant.id == self.participant_id))
        assert state == ("submitted" if signed else "draft" if rows else "received")
        acts = [(act, kind) for act, kind in (("draft", "draft"), ("hand over", "handed_over"), ("sign", "signed"))]
        acknowledged = {version: kind for act, kind in acts for version in self.killer.said(act)}
        assert acknowledged.items() <= status.items()
        return len(status) - len(acknowledged)

    def _check_jobs(self, session: Any) -> int:
        """A job that is done has exactly one score run, any other none; returns how many requests were not acknowledged."""
        jobs = {row.id: row for row in session.scalars(select(Job).where(Job.kind == "rounds.evaluate"))}
        runs = Counter(session.scalars(select(Evaluation.reason)))
        assert runs == {row.payload["reason"]: 1 for row in jobs.values() if row.state == "done"}
        versions = sorted(session.scalars(select(Evaluation.version)))
        assert versions == list(range(1, len(versions) + 1))
        assert all(row.attempts == 3 for row in jobs.values() if row.state == "failed")
        acknowledged = {uuid.UUID(key) for key in self.killer.said("ask")}
        assert acknowledged <= set(jobs)
        return len(set(jobs) - acknowledged)

    def resume(self) -> Counter[str]:
        """A worker that nobody kills does what is left; returns the jobs' states."""
        time.sleep(0.5)  # the last lease ends
        while worker.work_once():
            pass
        self.check()
        self.check_chains()
        with reading() as session:
            return Counter(session.scalars(select(Job.state).where(Job.kind == "rounds.evaluate")))

    def summary(self) -> str:
        lives = list(self.killer.lives.values())
        at_work = Counter(life.work for life in lives if life.was_at_work)
        with reading() as session:
            resumed = _count(session, Job, Job.kind == "rounds.evaluate", Job.state == "done", Job.attempts > 1)
        in_act = ", ".join(f"{work} {at_work[work]}" for work in WORKS)
        return (
            f"{self.database.dialect}: {len(lives)} kills, of these in the middle of an act: {in_act}. "
            f"{sum(life.acknowledged for life in lives)} acts acknowledged, none lost, none half; {self.unacknowledged} more were whole "
            f"before they could be acknowledged. {resumed} jobs resumed after the death of their worker, one effect each. Chains whole."
        )


def _count(session: Any, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


@pytest.fixture
def bench(world: World, database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    prepared = Bench(world, database, tmp_path, request.param)
    yield prepared
    prepared.killer.close()


@pytest.mark.assurance("D1", "D3")
@pytest.mark.parametrize("bench", [2], indirect=True)
def test_six_kills_leave_nothing_half_and_lose_nothing(bench: Bench):
    bench.kill(2)
    assert set(bench.resume()) <= {"done", "failed"}


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.assurance("D1", "D3")
@pytest.mark.parametrize("bench", [34], indirect=True)
def test_a_hundred_kills_leave_nothing_half_and_lose_nothing(bench: Bench, capsys: pytest.CaptureFixture[str]):
    bench.kill(34)
    assert set(bench.resume()) <= {"done", "failed"}
    with capsys.disabled():
        print(f"\n{bench.summary()}")  # noqa: T201
    assert sum(life.was_at_work for life in bench.killer.lives.values()) > 34
