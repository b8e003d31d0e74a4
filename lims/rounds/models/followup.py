"""Questions about possible blunders between the lock and the unblinding: what was screened, flagged, asked, answered and decided."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned
from lims.rounds.models.plan import one_of

STEPS = ("asked", "answered", "decided")


class BlunderScreening(Owned, Base):
    """One screening of the results that counted then. Only ever added."""

    __tablename__ = "blunder_screening"
    __table_args__ = (UniqueConstraint("round_id", "input_hash"), Index("ix_blunder_screening_laboratory_id", "laboratory_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    batch: Mapped[int]
    input_hash: Mapped[str] = mapped_column(String(64))
    n_flags: Mapped[int]
    screened_at: Mapped[datetime]


class BlunderFlag(Owned, Base):
    """A sign of a slip in the results of one participant: a question, never a change. What speaks for it stays out of the trail."""

    __tablename__ = "blunder_flag"
    __table_args__ = (UniqueConstraint("round_id", "number"), Index("ix_blunder_flag_laboratory_id", "laboratory_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"evidence", "participant_id", "submission_id"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    batch: Mapped[int]
    number: Mapped[int]
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    codes: Mapped[str] = mapped_column(String(200))  # every kind of slip that would explain it, in one line
    item_numbers: Mapped[list[Any]]
    evidence: Mapped[dict[str, Any]]
    found_at: Mapped[datetime]

    @property
    def kinds(self) -> list[str]:
        """Every kind of slip that would explain it."""
        return self.codes.split()


class BlunderStep(Owned, Base):
    """The question, the answer, or the decision under one flag, each once. ``text`` of an answer may hold values: not in the trail."""

    __tablename__ = "blunder_step"
    __table_args__ = (
        UniqueConstraint("flag_id", "step"),
        CheckConstraint(one_of("step", STEPS), name="step"),
        CheckConstraint("outcome IN ('', 'confirmed', 'corrected', 'keep', 'excluded_invalid', 'not_scored')", name="outcome"),
        CheckConstraint("second_user_id IS NULL OR second_user_id <> user_id", name="two_persons"),
        CheckConstraint("(step = 'decided') = (second_user_id IS NOT NULL)", name="second_person"),
        Index("ix_blunder_step_laboratory_id", "laboratory_id"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"text"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    flag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("blunder_flag.id"))
    step: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    second_user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    second_user_name: Mapped[str] = mapped_column(String(120), default="")
    recorded_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    signature_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signature.id"))
