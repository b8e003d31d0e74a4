"""Records of homogeneity and transport stability of the items of a batch, each signed by a checker."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned


class PreparationRecord(Owned, Base):
    """One version of a record; the newest counts. Only ever added. What was measured stays out of the audit trail: it tells the level."""

    __tablename__ = "preparation_record"
    __table_args__ = (
        UniqueConstraint("round_id", "batch", "item_number", "kind", "version"),
        CheckConstraint("kind IN ('homogeneity', 'stability')", name="kind"),
        CheckConstraint("conclusion IN ('passed', 'not_passed', 'not_concluded')", name="conclusion"),
        CheckConstraint("analyst_id <> checker_id", name="two_persons"),
        Index("ix_preparation_record_laboratory_id", "laboratory_id"),
    )
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"measured", "figures", "u", "judged_by"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    batch: Mapped[int]
    item_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    measured: Mapped[dict[str, Any]]
    figures: Mapped[dict[str, Any]]
    u: Mapped[str] = mapped_column(String(40))
    judged_by: Mapped[dict[str, Any]]  # expected result, or assigned value and sigma_pt, as they were
    conclusion: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(200))
    analyst_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    analyst_name: Mapped[str] = mapped_column(String(120))
    checker_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    checker_name: Mapped[str] = mapped_column(String(120))
    recorded_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))
