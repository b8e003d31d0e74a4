"""Long work: a row per job, written in the transaction that asks for it, claimed by a worker with a lease."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned


class Job(Owned, Base):
    """One piece of long work and how far it is. Traffic, not record: its effect is audited, not its progress."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        Index("ix_job_state", "state", "queued_at"),
        Index("ix_job_user", "user_id", "queued_at"),
    )
    is_audited: ClassVar[bool] = False

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[uuid.UUID]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    queued_at: Mapped[datetime]
    lease_ends_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    failure: Mapped[dict[str, Any] | None]
