"""What follows a verdict: corrective actions with every version of their record, appeals and complaints with their decisions."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned
from lims.rounds.models.plan import one_of

CASE_STATES = ("open", "filled", "confirmed", "void")


class CapaCase(Owned, Versioned, Base):
    """One corrective action (kind capa) or self-check of the laboratory that owns the row."""

    __tablename__ = "capa_case"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("kind IN ('capa', 'self_check')", name="kind"),
        CheckConstraint(one_of("state", CASE_STATES), name="state"),
        Index("ix_capa_case_laboratory_id", "laboratory_id", "state"),
        Index("ix_capa_case_round_id", "round_id", "state"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(12))
    verdict: Mapped[str] = mapped_column(String(16))
    item_numbers: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(400), default="")
    opened_at: Mapped[datetime]
    opened_by_name: Mapped[str] = mapped_column(String(120))
    due_at: Mapped[datetime]
    limit_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class CapaRecord(Owned, Base):
    """One version of what the laboratory wrote. Only ever added; its text stays out of the trail."""

    __tablename__ = "capa_record"
    __table_args__ = (UniqueConstraint("case_id", "version"), Index("ix_capa_record_laboratory_id", "laboratory_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"content"})

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("capa_case.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    saved_at: Mapped[datetime]


class CapaStep(Owned, Base):
    """A signed hand-over by the laboratory, or the judgement of a reviewer of the other party, on one version."""

    __tablename__ = "capa_step"
    __table_args__ = (
        CheckConstraint("step IN ('handed_over', 'confirmed', 'returned')", name="step"),
        Index("ix_capa_step_laboratory_id", "laboratory_id"),
        Index("ix_capa_step_case_id", "case_id"),
    )

    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("capa_case.id"))
    record_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("capa_record.id"))
    step: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(400), default="")
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    signed_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class Objection(Owned, Base):
    """An appeal against a verdict, or a complaint, of the laboratory that owns the row. Only ever added."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("kind IN ('appeal', 'complaint')", name="kind"),
        Index("ix_objection_laboratory_id", "laboratory_id"),
        Index("ix_objection_round_id", "round_id"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"text"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    evaluation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evaluation.id"))
    number: Mapped[str] = mapped_column(String(24))
    kind: Mapped[str] = mapped_column(String(10))
    item_number: Mapped[int | None]
    verdict: Mapped[str] = mapped_column(String(16), default="")
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    raised_at: Mapped[datetime]


class ObjectionDecision(Owned, Base):
    """The signed decision of an appeal or the answer to a complaint. Only ever added, once."""

    __tablename__ = "objection_decision"
    __table_args__ = (
        UniqueConstraint("objection_id"),
        CheckConstraint("outcome IN ('upheld', 'partly', 'rejected', 'answered')", name="outcome"),
        Index("ix_objection_decision_laboratory_id", "laboratory_id"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"text"})

    objection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("objection.id"))
    outcome: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    decided_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))
