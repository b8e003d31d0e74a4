"""Boxes, what lies in them, the manifest as it was frozen, and the receipt with what was found."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.custody.lifecycle.boxes import FOUND, PURPOSES, STATES
from lims.db.base import Base, Owned, Versioned


def _one_of(name: str, codes: tuple[str, ...]) -> str:
    return f"{name} IN ({', '.join(repr(code) for code in codes)})"


class Box(Owned, Versioned, Base):
    """A box of the sender's laboratory for another one; like a round it is shared by two, once it is dispatched."""

    __tablename__ = "box"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "number"),
        CheckConstraint(_one_of("state", tuple(STATES)), name="state"),
        CheckConstraint(_one_of("purpose", tuple(PURPOSES)), name="purpose"),
        Index("ix_box_sender", "laboratory_id", "id"),
        Index("ix_box_receiver", "receiver_id", "id"),
        Index("ix_box_number", "number"),
    )

    number: Mapped[str] = mapped_column(String(40))
    receiver_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("laboratory.id"))
    purpose: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(20), default="")
    packaging: Mapped[str] = mapped_column(String(10), default="")
    condition: Mapped[str] = mapped_column(String(20), default="")
    permit_number: Mapped[str] = mapped_column(String(60), default="")
    escort: Mapped[str] = mapped_column(String(60), default="")
    second_escort: Mapped[str] = mapped_column(String(60), default="")
    dry_ice_kg: Mapped[str] = mapped_column(String(12), default="")
    is_dry_ice_marked: Mapped[bool] = mapped_column(default=False)
    logger_number: Mapped[str] = mapped_column(String(40), default="")
    carrier: Mapped[str] = mapped_column(String(80), default="")
    waybill: Mapped[str] = mapped_column(String(60), default="")
    remarks: Mapped[str] = mapped_column(String(400), default="")
    dispatched_at: Mapped[datetime | None]
    dispatched_by: Mapped[str] = mapped_column(String(120), default="")
    received_at: Mapped[datetime | None]


class BoxItem(Owned, Base):
    """A sample in a box, at a place of its manifest. ``settled`` is how the sender ended the matter of one that did not arrive."""

    __tablename__ = "box_item"
    __table_args__ = (
        UniqueConstraint("box_id", "place"),
        UniqueConstraint("box_id", "sample_id"),
        Index("ix_box_item_sample_id", "sample_id"),
        Index("ix_box_item_laboratory_id", "laboratory_id"),
    )

    box_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("box.id"))
    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id"))
    place: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    settled: Mapped[str] = mapped_column(String(10), default="")
    settled_by: Mapped[str] = mapped_column(String(120), default="")
    settled_at: Mapped[datetime | None]
    settled_note: Mapped[str] = mapped_column(String(400), default="")


class BoxManifest(Owned, Base):
    """What the box carried when it left, exactly as the sender signed it. Rows are only added."""

    __tablename__ = "box_manifest"
    __table_args__ = (UniqueConstraint("box_id"), Index("ix_box_manifest_laboratory_id", "laboratory_id"))

    box_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("box.id"))
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime]


class BoxReceipt(Owned, Base):
    """The one receipt of a box, by the receiver's laboratory. Rows are only added."""

    __tablename__ = "box_receipt"
    __table_args__ = (UniqueConstraint("box_id"), Index("ix_box_receipt_laboratory_id", "laboratory_id"))

    box_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("box.id"))
    counted: Mapped[int]
    expected: Mapped[int]
    temperature: Mapped[Decimal | None]
    condition: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(400), default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    signed_by: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime]


class BoxFinding(Owned, Base):
    """What the receiver found for one place of the manifest, or a surplus tube (place None). Rows are only added."""

    __tablename__ = "box_finding"
    __table_args__ = (
        UniqueConstraint("receipt_id", "place"),
        CheckConstraint(_one_of("found", tuple(FOUND)), name="found"),
        Index("ix_box_finding_laboratory_id", "laboratory_id"),
    )

    receipt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("box_receipt.id"))
    place: Mapped[int | None]
    code: Mapped[str] = mapped_column(String(80))
    found: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")
    sample_number: Mapped[str] = mapped_column(String(40), default="")
