"""Dated records of verification runs; never changed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned


class VerificationRun(Owned, Base):
    """One run over the shipped reference cases: what ran where, how many cases were met, which were not."""

    __tablename__ = "verification_run"
    __table_args__ = (Index("ix_verification_run_laboratory", "laboratory_id", "run_at", "id"),)

    run_at: Mapped[datetime]
    run_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    person_name: Mapped[str] = mapped_column(String(120))
    program_version: Mapped[str] = mapped_column(String(40))
    platform: Mapped[dict[str, Any]]
    total: Mapped[int]
    passed: Mapped[int]
    #: one mapping for each field that was not met: id, field, expected, got
    failed: Mapped[list[Any]]
    unsupported: Mapped[list[Any]]
    record_sha256: Mapped[str] = mapped_column(String(64))
