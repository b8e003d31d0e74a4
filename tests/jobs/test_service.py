"""A job is taken by one worker at a time, survives the death of its worker, and has one effect."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lims import clock, worker
from lims.accounts.models import Organisation
from lims.db.engine import Database
from lims.db.session import Actor, reading, transaction
from lims.errors import NotFound, RuleViolation
from lims.jobs import queries, service
from lims.jobs.models import Job
from lims.jobs.service import ClaimedJob, Progress
from tests.factories import TwoLaboratories, new_laboratory

MOMENT = datetime(2026, 6, 1, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def actor(database: Database) -> Actor:
    with clock.frozen(MOMENT - timedelta(days=1)):
        return new_laboratory("CUSA", "customs", "CUS")["technician"]


def asked(actor: Actor, kind: str = "tests.work") -> uuid.UUID:
    with transaction(actor, "asked") as session:
        return service.enqueue(session, actor, kind, uuid.uuid4(), {"code": uuid.uuid4().hex[:8]}).id


def row_of(key: uuid.UUID) -> Job:
    with reading() as session:
        return session.scalars(select(Job).where(Job.id == key)).one()


def effects() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Organisation.code).where(Organisation.name_en == "effect")))


def add_effect(job: ClaimedJob) -> None:
    """The effect and the end of the job in one transaction, as every handler does it."""
    with transaction(job.actor, "effect") as session:
        if service.finish(session, job):
            session.add(Organisation(code=job.payload["code"], name_en="effect", name_zh="结果", side="other"))


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[str, worker.Handler]:
    """Handlers of this test's own kinds of work, beside those of the program."""
    known: dict[str, worker.Handler] = {"tests.work": lambda job, _progress: add_effect(job)}
    shipped = worker.handler_of
    monkeypatch.setattr(worker, "handler_of", lambda kind: known[kind] if kind in known else shipped(kind))
    return known


def test_work_is_done_in_the_order_it_was_asked_for(actor: Actor, handlers: dict[str, worker.Handler]):
    keys = []
    for number in range(3):
        with clock.frozen(MOMENT + number * SECOND):
            keys.append(asked(actor))
    taken = []
    while (job := service.claim()) is not None:
        taken.append(job.id)
        add_effect(job)
    assert taken == keys
    assert {row_of(key).state for key in keys} == {"done"}
    assert len(effects()) == 3


def test_a_claimed_job_carries_the_person_who_asked(actor: Actor):
    key = asked(actor)
    job = service.claim()
    assert job is not None
    assert (job.id, job.actor.user_id, job.actor.laboratory_id, job.actor.roles) == (key, actor.user_id, actor.laboratory_id, actor.roles)
    assert (row_of(key).state, job.attempt) == ("running", 1)


def test_a_refused_transaction_asks_for_nothing(actor: Actor):
    with pytest.raises(ZeroDivisionError), transaction(actor, "asked") as session:
        service.enqueue(session, actor, "tests.work", uuid.uuid4())
        raise ZeroDivisionError
    assert service.claim() is None


@pytest.mark.assurance("D3")
def test_the_job_of_a_dead_worker_is_free_when_its_lease_ends_and_has_one_effect(actor: Actor):
    with clock.frozen(MOMENT):
        key = asked(actor)
        dead = service.claim()
    with clock.frozen(MOMENT + service.LEASE):
        assert service.claim() is None
    with clock.frozen(MOMENT + service.LEASE + SECOND):
        second = service.claim()
        assert (dead is not None, second is not None) == (True, True)
        assert (second.id, second.attempt) == (key, 2)  # type: ignore[union-attr]
        add_effect(second)  # type: ignore[arg-type]
        add_effect(dead)  # type: ignore[arg-type]
    assert (row_of(key).state, len(effects())) == ("done", 1)


@pytest.mark.assurance("D3")
def test_a_handler_that_dies_before_its_commit_leaves_nothing_and_is_tried_again(actor: Actor, handlers: dict[str, worker.Handler]):
    class Death(BaseException):
        """What no handler catches: the process ends here."""

    def dying(job: ClaimedJob, progress: Progress) -> None:
        with transaction(job.actor, "effect"):
            add_effect(job)
            raise Death

    working = handlers["tests.work"]
    with clock.frozen(MOMENT):
        key = asked(actor)
        handlers["tests.work"] = dying
        with pytest.raises(Death):
            worker.work_once()
        assert (row_of(key).state, effects()) == ("running", [])
        assert not worker.work_once()
    handlers["tests.work"] = working
    with clock.frozen(MOMENT + service.LEASE + SECOND):
        assert worker.work_once()
        assert not worker.work_once()
    assert (row_of(key).state, row_of(key).attempts, len(effects())) == ("done", 2, 1)


@pytest.mark.assurance("D3")
def test_work_whose_worker_dies_three_times_is_given_up_with_a_sentence(actor: Actor):
    key = asked(actor)
    instant = clock.now()
    for attempt in range(1, 4):
        with clock.frozen(instant):
            job = service.claim()
        assert job is not None
        assert job.attempt == attempt
        instant += service.LEASE + SECOND
    with clock.frozen(instant):
        assert service.claim() is None
    row = row_of(key)
    assert row.state == "failed"
    assert row.failure is not None
    assert (row.failure["code"], row.failure["values"]) == ("jobs.gave_up", {"attempts": 3})


@pytest.mark.assurance("D3")
def test_a_worker_that_lost_its_lease_neither_fails_nor_renews_nor_finishes_what_another_runs(
    actor: Actor, handlers: dict[str, worker.Handler]
):
    others: list[ClaimedJob] = []

    def slow(job: ClaimedJob, progress: Progress) -> None:
        with clock.frozen(MOMENT + service.LEASE + SECOND):
            other = service.claim()
            assert other is not None
            others.append(other)
            add_effect(job)
            progress(7, 9)
        raise KeyError("too late")

    handlers["tests.work"] = slow
    with clock.frozen(MOMENT):
        key = asked(actor)
        assert worker.work_once()
    row = row_of(key)
    assert (row.state, row.attempts, row.done, row.failure, effects()) == ("running", 2, 0, None, [])
    add_effect(others[0])
    assert (row_of(key).state, len(effects())) == ("done", 1)


def test_a_refusal_fails_the_job_with_its_own_sentence(actor: Actor, handlers: dict[str, worker.Handler]):
    def refusing(job: ClaimedJob, progress: Progress) -> None:
        raise RuleViolation("tests.refused", "Line %(line)s is empty.", line=7)

    handlers["tests.work"] = refusing
    key = asked(actor)
    assert worker.work_once()
    assert row_of(key).failure == {"code": "tests.refused", "sentence": "Line %(line)s is empty.", "values": {"line": "7"}}
    assert not worker.work_once()


def test_a_fault_fails_the_job_without_telling_its_inside(actor: Actor, handlers: dict[str, worker.Handler]):
    def faulty(job: ClaimedJob, progress: Progress) -> None:
        add_effect(job)
        raise KeyError("secret inside")

    def faulty_inside(job: ClaimedJob, progress: Progress) -> None:
        with transaction(job.actor, "effect"):
            faulty(job, progress)

    handlers["tests.work"] = faulty_inside
    key = asked(actor)
    assert worker.work_once()
    row = row_of(key)
    assert (row.state, row.failure and row.failure["code"], effects()) == ("failed", "jobs.fault", [])
    assert "secret" not in str(row.failure)


def test_an_unknown_kind_of_work_fails_and_does_not_block_the_next(actor: Actor, handlers: dict[str, worker.Handler]):
    unknown, known = asked(actor, "nobody.knows"), asked(actor)
    while worker.work_once():
        pass
    assert (row_of(unknown).state, row_of(known).state) == ("failed", "done")


def test_progress_is_seen_and_renews_the_lease(actor: Actor):
    with clock.frozen(MOMENT):
        key = asked(actor)
        claimed = service.claim()
        assert claimed is not None
    with clock.frozen(MOMENT + service.LEASE - SECOND):
        service.report_progress(claimed, 40, 100)
    with clock.frozen(MOMENT + service.LEASE + SECOND):
        assert service.claim() is None
        seen = service.describe(actor, key)
        assert (seen.done, seen.total, seen.state) == (40, 100, "running")
    with clock.frozen(MOMENT + 2 * service.LEASE):
        assert service.claim() is not None


@pytest.mark.assurance("D3")
def test_two_workers_never_take_the_same_job(actor: Actor):
    keys = {asked(actor) for _job in range(20)}
    start = threading.Barrier(4)

    def work(_number: int) -> list[uuid.UUID]:
        start.wait()
        taken = []
        while (job := service.claim()) is not None:
            taken.append(job.id)
            add_effect(job)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [key for part in pool.map(work, range(4)) for key in part]
    assert (len(taken), set(taken), len(effects())) == (20, keys, 20)


@pytest.mark.assurance("A2")
def test_a_job_is_shown_to_the_person_who_asked_only(laboratories: TwoLaboratories):
    key = asked(laboratories.a["technician"])
    assert service.describe(laboratories.a["technician"], key).id == key
    for other in (laboratories.a["technician2"], laboratories.b["technician"]):
        with pytest.raises(NotFound):
            service.describe(other, key)
        with reading() as session:
            assert queries.jobs_of(session, other) == []
