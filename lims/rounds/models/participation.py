"""Who takes part, under which codes, what was sent to them, and every version of what they reported."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned
from lims.rounds.lifecycle.states import PARTICIPANT_STATES
from lims.rounds.models.plan import one_of


class Participant(Owned, Versioned, Base):
    """A laboratory in a round. Others know it by ``code`` alone."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("round_id", "laboratory_id"),
        UniqueConstraint("round_id", "code"),
        CheckConstraint(one_of("state", PARTICIPANT_STATES), name="state"),
        CheckConstraint("side IN ('customs', 'cdc')", name="side"),
        Index("ix_participant_laboratory_id", "laboratory_id", "round_id"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"code"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    code: Mapped[str | None] = mapped_column(String(6))
    side: Mapped[str] = mapped_column(String(10))
    is_organiser: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20))
    has_consented: Mapped[bool | None]
    enrolled_at: Mapped[datetime | None]
    enrolled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    arrival_temperature: Mapped[str] = mapped_column(String(40), default="")
    arrival_condition: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(400), default="")


class ItemCode(Owned, Base):
    """The blind code of one item for one participant; which item it is stays out of the audit trail."""

    __tablename__ = "item_code"
    __table_args__ = (
        UniqueConstraint("round_id", "code"),
        UniqueConstraint("participant_id", "item_id", "batch"),
        Index("ix_item_code_laboratory_id", "laboratory_id"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"item_id", "participant_code"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    item_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pt_item.id"))
    batch: Mapped[int]
    participant_code: Mapped[str] = mapped_column(String(6))  # as it was when this code was drawn
    code: Mapped[str] = mapped_column(String(6))
    position: Mapped[int]


class Dispatch(Owned, Base):
    """The distribution record of one box. ``box_code`` is printed inside the lid: who can type it has the box in hand."""

    __tablename__ = "dispatch"
    __table_args__ = (Index("ix_dispatch_participant_id", "participant_id"), Index("ix_dispatch_round_id", "round_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"box_code"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    batch: Mapped[int]
    box_code: Mapped[str] = mapped_column(String(6))
    packaging: Mapped[str] = mapped_column(String(200))
    un_class: Mapped[str] = mapped_column(String(20))
    temperature_set: Mapped[str] = mapped_column(String(40))
    logger: Mapped[str] = mapped_column(String(60), default="")
    carrier: Mapped[str] = mapped_column(String(120), default="")
    waybill: Mapped[str] = mapped_column(String(60), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(120))


class Submission(Owned, Base):
    """One version of what a participant reports: a save, a hand-over to the authoriser, or a signature. Only ever added."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("participant_id", "version"),
        CheckConstraint("status IN ('draft', 'handed_over', 'signed')", name="status"),
        CheckConstraint("(status = 'signed') = (authoriser_id IS NOT NULL)", name="signed_by"),
        CheckConstraint("authoriser_id IS NULL OR authoriser_id <> analyst_id", name="two_persons"),
        Index("ix_submission_laboratory_id", "laboratory_id"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    batch: Mapped[int]
    version: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    protocol_version: Mapped[int]
    head: Mapped[dict[str, Any]]
    is_independent: Mapped[bool]
    analyst_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    analyst_name: Mapped[str] = mapped_column(String(120))
    authoriser_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("app_user.id"))
    authoriser_name: Mapped[str] = mapped_column(String(120), default="")
    saved_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("signature.id"))


class ReportedValue(Owned, Base):
    """One item of one version: the text as entered beside its number. Only ever added."""

    __tablename__ = "reported_value"
    __table_args__ = (
        UniqueConstraint("submission_id", "item_code_id"),
        CheckConstraint("relation IN ('=', '<', '>')", name="relation"),
        Index("ix_reported_value_laboratory_id", "laboratory_id"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    item_code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_code.id"))
    code: Mapped[str] = mapped_column(String(6))
    result_code: Mapped[str | None] = mapped_column(String(16))
    relation: Mapped[str] = mapped_column(String(1), default="=")
    value_text: Mapped[str | None] = mapped_column(String(40))
    value: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(String(40), default="")
    expanded_u_text: Mapped[str | None] = mapped_column(String(40))
    k_text: Mapped[str | None] = mapped_column(String(40))
    replicates: Mapped[list[Any]]
    ct: Mapped[dict[str, Any]]
    internal_control: Mapped[str] = mapped_column(String(40), default="")
    could_not_test: Mapped[str] = mapped_column(String(400), default="")
    remark: Mapped[str] = mapped_column(String(400), default="")
