"""Queue, claim and finish jobs. The effect and the completion of a job share one transaction: at least once, one effect."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import SYSTEM, Actor, reading, transaction
from lims.errors import LimsError, NotFound
from lims.jobs import queries
from lims.jobs.models import Job
from lims.marks import N_

LEASE = timedelta(minutes=5)
ATTEMPTS_ALLOWED = 3

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ClaimedJob:
    """What a handler is given: plain values, and the person for whom it works."""

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    payload: dict[str, Any]
    actor: Actor
    attempt: int


def enqueue(session: Session, actor: Actor, kind: str, subject_id: uuid.UUID, payload: dict[str, Any] | None = None) -> Job:
    """Ask for long work inside the transaction that makes it necessary."""
    if actor.user_id is None or actor.laboratory_id is None:
        raise NotFound()
    job = Job(
        laboratory_id=actor.laboratory_id,
        user_id=actor.user_id,
        kind=kind,
        subject_id=subject_id,
        payload=payload or {},
        queued_at=clock.now(),
    )
    session.add(job)
    session.flush()
    return job


def claim() -> ClaimedJob | None:
    """Take the oldest free job with a lease, in one short transaction; None when there is nothing to do."""
    from lims.accounts import queries as accounts

    with transaction(SYSTEM, "claimed a job") as session:
        job = queries.claimable(session, clock.now())
        if job is None:
            return None
        if job.attempts >= ATTEMPTS_ALLOWED:
            _fail(
                job,
                "jobs.gave_up",
                N_("The work was interrupted %(attempts)s times and is given up. Start it again."),
                {"attempts": job.attempts},
            )
            return claim()
        job.state, job.attempts, job.lease_ends_at = "running", job.attempts + 1, clock.now() + LEASE
        user = accounts.user_by_id(session, job.user_id)
        if user is None:
            raise NotFound()
        actor = accounts.actor_for(session, user, job.laboratory_id, clock.now())
        return ClaimedJob(job.id, job.kind, job.subject_id, dict(job.payload), actor, job.attempts)


def finish(session: Session, claimed: ClaimedJob) -> bool:
    """Mark the job done inside the transaction of its effect; False when another worker has taken it over or finished it."""
    is_ours = (Job.id == claimed.id) & (Job.state == "running") & (Job.attempts == claimed.attempt)
    changed = session.execute(update(Job).where(is_ours).values(state="done", finished_at=clock.now(), done=Job.total))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def fail(claimed: ClaimedJob, error: Exception) -> None:
    """Show the failure to the person: the error's own sentence, or a request number for a fault of ours.

    A worker whose lease ended changes nothing once another has taken the job.
    """
    with transaction(SYSTEM, "a job failed") as session:
        job = queries.still_run(session, claimed.id, claimed.attempt)
        if job is None:
            return
        if isinstance(error, LimsError):
            _fail(job, error.code, error.sentence, {key: str(value) for key, value in error.values.items()})
        else:
            number = str(job.id)[-8:]
            _fail(
                job,
                "jobs.fault",
                N_("The work stopped by a fault of the program, number %(number)s. Nothing was saved; start it again."),
                {"number": number},
            )


def report_progress(claimed: ClaimedJob, done: int, total: int) -> None:
    """Note how far a running job is and renew its lease; outside the transaction of its effect."""
    with transaction(SYSTEM, "progress of a job") as session:
        job = queries.still_run(session, claimed.id, claimed.attempt)
        if job is not None:
            job.done, job.total, job.lease_ends_at = done, total, clock.now() + LEASE


def describe(actor: Actor, job_id: uuid.UUID) -> Job:
    """One of the actor's own jobs."""
    with reading() as session:
        return queries.job_of(session, actor, job_id)


def _fail(job: Job, code: str, sentence: str, values: dict[str, Any]) -> None:
    job.state, job.finished_at = "failed", clock.now()
    job.failure = {"code": code, "sentence": sentence, "values": values}
