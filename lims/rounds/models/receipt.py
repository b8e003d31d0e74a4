"""What a laboratory found when it opened its box, item by item. Only ever added; the newest finding of an item counts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned
from lims.rounds.lifecycle.findings import CONDITIONS
from lims.rounds.models.plan import one_of


class ItemFinding(Owned, Base):
    """The condition of one coded item on arrival."""

    __tablename__ = "item_finding"
    __table_args__ = (
        CheckConstraint(one_of("condition", tuple(CONDITIONS)), name="condition"),
        Index("ix_item_finding_participant_id", "participant_id"),
        Index("ix_item_finding_round_id", "round_id"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    item_code_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("item_code.id"))
    condition: Mapped[str] = mapped_column(String(12))
    remark: Mapped[str] = mapped_column(String(200), default="")
    found_at: Mapped[datetime]
    found_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    found_by_name: Mapped[str] = mapped_column(String(120))
