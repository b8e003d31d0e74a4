"""The audit trail: one row per change, chained per laboratory."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Keyed


class AuditEvent(Keyed, Base):
    """Who changed what, when and why. ``chain`` is the laboratory's id, or "system" where a row belongs to none."""

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_audit_event_subject", "subject", "subject_id"),
        Index("ix_audit_event_laboratory", "laboratory_id", "recorded_at", "id"),
    )
    is_audited: ClassVar[bool] = False

    laboratory_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("laboratory.id"))
    recorded_at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(10))
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[uuid.UUID | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(String(400))
    chain: Mapped[str] = mapped_column(String(36))
    seq: Mapped[int]
    algorithm: Mapped[str] = mapped_column(String(10))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of each chain; locked last, in order of the chain's name."""

    __tablename__ = "audit_head"
    is_audited: ClassVar[bool] = False

    chain: Mapped[str] = mapped_column(String(36), primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
