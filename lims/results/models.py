"""Results: versions that are only added, each leading back to its file, place, person and time."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lims.db.base import Base, Owned
from lims.marks import N_
from lims.samples.models import Sample

STATUSES = ("value", "not_detected", "censored", "invalid", "missing")
#: the ring and the word of each status
STATUS_WORDS = {
    "value": ("full", N_("value")), "not_detected": ("empty", N_("not detected")), "censored": ("half", N_("beyond a limit")),
    "invalid": ("cross", N_("not usable")), "missing": ("dashed", N_("empty")),
}  # fmt: skip


class Result(Owned, Base):
    """One value for one sample and target. A correction is a new version of the same ``line``; nothing is overwritten.

    ``value_text`` is what the file or the person said and is what is shown; ``value`` is computed with.
    """

    __tablename__ = "result"
    __table_args__ = (
        UniqueConstraint("line_id", "version"),
        CheckConstraint("status IN ('value', 'not_detected', 'censored', 'invalid', 'missing')", name="status"),
        CheckConstraint("(comparator IS NULL) = (status <> 'censored')", name="comparator"),
        Index("ix_result_laboratory", "laboratory_id", "recorded_at", "id"),
        Index("ix_result_sample", "sample_id"),
        Index("ix_result_upload", "upload_id"),
    )

    line_id: Mapped[uuid.UUID]
    version: Mapped[int] = mapped_column(default=1)
    reason: Mapped[str] = mapped_column(String(400), default="")
    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id"))
    target: Mapped[str] = mapped_column(String(120))
    quantity: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(16))
    value_text: Mapped[str] = mapped_column(String(120))
    value: Mapped[Decimal | None]
    comparator: Mapped[str | None] = mapped_column(String(2))
    unit: Mapped[str | None] = mapped_column(String(30))
    replicate: Mapped[int | None]
    flags: Mapped[list[Any]]
    position: Mapped[str | None] = mapped_column(String(20))
    upload_id: Mapped[uuid.UUID | None]
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    parser: Mapped[str | None] = mapped_column(String(60))
    parser_version: Mapped[str | None] = mapped_column(String(20))
    source: Mapped[str | None] = mapped_column(String(120))
    #: the version of the assay rule that interpreted it, the hash of its content, and how: run, computed and chosen result, sentences
    rule_id: Mapped[uuid.UUID | None]
    rule_hash: Mapped[str | None] = mapped_column(String(64))
    reasoning: Mapped[dict[str, Any] | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    sample: Mapped[Sample] = relationship(lazy="raise")


class ResultReview(Owned, Base):
    """A second person has reviewed one version of a result."""

    __tablename__ = "result_review"
    __table_args__ = (UniqueConstraint("result_id"),)

    result_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.id"))
    reviewed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    reviewer_name: Mapped[str] = mapped_column(String(120))
    reviewed_at: Mapped[datetime]


class ResultWithdrawal(Owned, Base):
    """A result was taken back with its whole upload; the row stays readable."""

    __tablename__ = "result_withdrawal"
    __table_args__ = (UniqueConstraint("result_id"),)

    result_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.id"))
    reason: Mapped[str] = mapped_column(String(400))
    withdrawn_at: Mapped[datetime]
