"""The units of each item: made, used up, broken. Only ever added; what is packed is counted from the distribution records."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned
from lims.rounds.lifecycle.stock import STOCK_KINDS
from lims.rounds.models.plan import one_of


class StockEntry(Owned, Base):
    """One entry in the stock of one item of a batch."""

    __tablename__ = "stock_entry"
    __table_args__ = (
        CheckConstraint(one_of("kind", STOCK_KINDS), name="kind"),
        CheckConstraint("units > 0", name="units"),
        Index("ix_stock_entry_round_id", "round_id", "batch", "item_number"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    batch: Mapped[int]
    item_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    units: Mapped[int]
    note: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(120))
