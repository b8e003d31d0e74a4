"""The annual plan: which scheme runs in which month under whose organisation, and who agreed to it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned
from lims.rounds.lifecycle.turns import LINE_STATES
from lims.rounds.models.plan import one_of


class PlanLine(Owned, Versioned, Base):
    """One round of the year as proposed; it is never rewritten: another proposal is another line."""

    __tablename__ = "plan_line"
    __table_args__ = (
        CheckConstraint(one_of("state", LINE_STATES), name="state"),
        CheckConstraint("(state = 'opened') = (round_id IS NOT NULL)", name="opened"),
        Index("ix_plan_line_month", "month", "id"),
        Index("ix_plan_line_scheme_id", "scheme_id", "month", "id"),
        Index("ix_plan_line_state", "state", "month", "id"),
        Index("ix_plan_line_round_id", "round_id", unique=True),
    )

    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme.id"))
    month: Mapped[str] = mapped_column(String(7))
    measurand_code: Mapped[str] = mapped_column(String(40))
    matrix_code: Mapped[str] = mapped_column(String(40))
    template_code: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    turn_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))  # whose turn it was by the rule
    reason: Mapped[str] = mapped_column(String(400), default="")  # why another organises
    state: Mapped[str] = mapped_column(String(12))
    round_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("round.id"))
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    proposed_by_name: Mapped[str] = mapped_column(String(120))


class PlanConsent(Owned, Base):
    """The signed yes of one party to one line. Only ever added."""

    __tablename__ = "plan_consent"
    __table_args__ = (UniqueConstraint("plan_line_id", "organisation_id"), Index("ix_plan_consent_plan_line_id", "plan_line_id"))

    plan_line_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_line.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    basis: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))
