"""Looking up jobs: one's own only."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.jobs.models import Job


def job_of(session: Session, actor: Actor, job_id: uuid.UUID) -> Job:
    """One of the actor's own jobs; any other is NotFound."""
    row = session.scalar(select(Job).where(Job.id == job_id, Job.user_id == actor.user_id))
    if row is None:
        raise NotFound()
    return row


def jobs_of(session: Session, actor: Actor, limit: int = 50) -> list[Job]:
    """The actor's newest jobs."""
    return list(session.scalars(select(Job).where(Job.user_id == actor.user_id).order_by(Job.queued_at.desc(), Job.id.desc()).limit(limit)))


def open_count(session: Session, actor: Actor) -> int:
    """How many of the actor's jobs wait or run."""
    query = select(func.count()).select_from(Job).where(Job.user_id == actor.user_id, Job.state.in_(("queued", "running")))
    return session.scalar(query) or 0


def open_job(session: Session, actor: Actor, kind: str) -> Job | None:
    """The actor's oldest job of a kind that still waits or runs."""
    query = select(Job).where(Job.user_id == actor.user_id, Job.kind == kind, Job.state.in_(("queued", "running")))
    return session.scalar(query.order_by(Job.queued_at, Job.id).limit(1))


def latest_for(session: Session, kind: str, subject_id: uuid.UUID) -> Job | None:
    """The newest job of a kind on one subject, which the caller may see."""
    return session.scalar(
        select(Job).where(Job.kind == kind, Job.subject_id == subject_id).order_by(Job.queued_at.desc(), Job.id.desc()).limit(1)
    )


def claimable(session: Session, now: datetime) -> Job | None:
    """The oldest job that nobody works on: queued, or running with a lease that has ended (its worker died)."""
    is_free = or_(Job.state == "queued", (Job.state == "running") & (Job.lease_ends_at < now))
    return session.scalar(select(Job).where(is_free).order_by(Job.queued_at, Job.id).limit(1).with_for_update(skip_locked=True))


def still_run(session: Session, job_id: uuid.UUID, attempt: int) -> Job | None:
    """The job, locked, while it runs in this attempt; None when it ended or another worker has taken it."""
    return session.scalar(select(Job).where(Job.id == job_id, Job.state == "running", Job.attempts == attempt).with_for_update())
