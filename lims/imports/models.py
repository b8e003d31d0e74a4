"""Uploads of instrument files: the record of each, what was read from it, and what a person decided on each reading."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned

STATES = ("queued", "review", "refused", "accepted", "undone")


class Upload(Owned, Versioned, Base):
    """One instrument file. ``found`` holds what the parser said of the whole file: reasons, run, controls, rows, unread."""

    __tablename__ = "upload"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "number"),
        Index("uq_upload_laboratory_id_live", "laboratory_id", "live_sha256", unique=True),
        CheckConstraint("state IN ('queued', 'review', 'refused', 'accepted', 'undone')", name="state"),
        Index("ix_upload_laboratory", "laboratory_id", "uploaded_at", "id"),
        Index("ix_upload_state", "laboratory_id", "state", "uploaded_at", "id"),
    )

    number: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    #: equal to sha256 while the upload counts, NULL after it was refused or undone: the same bytes count once
    live_sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    options: Mapped[dict[str, Any]]
    parser: Mapped[str | None] = mapped_column(String(60))
    parser_version: Mapped[str | None] = mapped_column(String(20))
    found: Mapped[dict[str, Any]]
    refusal: Mapped[dict[str, Any] | None]
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    uploader_name: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[datetime]
    override_reason: Mapped[str | None] = mapped_column(String(400))
    override_by: Mapped[uuid.UUID | None]
    decided_by: Mapped[str | None] = mapped_column(String(120))
    decided_at: Mapped[datetime | None]
    undo_reason: Mapped[str | None] = mapped_column(String(400))


class UploadReading(Owned, Base):
    """One reading as the parser gave it; never changed."""

    __tablename__ = "upload_reading"
    __table_args__ = (UniqueConstraint("upload_id", "row"),)

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    row: Mapped[int]
    position: Mapped[str | None] = mapped_column(String(20))
    sample: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20))
    target: Mapped[str | None] = mapped_column(String(120))
    channel: Mapped[str | None] = mapped_column(String(60))
    quantity: Mapped[str] = mapped_column(String(20))
    raw: Mapped[str] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(16))
    value: Mapped[str | None] = mapped_column(String(80))
    comparator: Mapped[str | None] = mapped_column(String(2))
    unit: Mapped[str | None] = mapped_column(String(30))
    replicate: Mapped[int | None]
    flags: Mapped[list[Any]]
    source: Mapped[str] = mapped_column(String(120))


class ReadingDecision(Owned, Versioned, Base):
    """What becomes of a reading: the sample it belongs to, or parked, or left out; and who said so."""

    __tablename__ = "reading_decision"
    __table_args__ = (
        UniqueConstraint("reading_id"),
        CheckConstraint("decision IN ('match', 'park', 'exclude')", name="decision"),
        Index("ix_reading_decision_upload", "upload_id"),
        Index("ix_reading_decision_parked", "laboratory_id", "decision", "id"),
    )

    reading_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload_reading.id"))
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    decision: Mapped[str] = mapped_column(String(10))
    sample_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sample.id"))
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_by: Mapped[str] = mapped_column(String(120))
    decided_at: Mapped[datetime]


class InstrumentProfile(Owned, Versioned, Base):
    """How the laboratory's own table files are read. A draft changes; what is saved under a name and version never does."""

    __tablename__ = "instrument_profile"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "name", "version"),
        CheckConstraint("state IN ('draft', 'saved', 'withdrawn')", name="state"),
        Index("ix_instrument_profile_laboratory", "laboratory_id", "state", "name"),
    )

    name: Mapped[str] = mapped_column(String(40))
    #: NULL while it is a draft; counted from 1 for each name
    version: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    content: Mapped[dict[str, Any]]
    example_name: Mapped[str | None] = mapped_column(String(255))
    example_sha256: Mapped[str | None] = mapped_column(String(64))
    #: the row of the example that holds the headings, counted from 0 among its filled rows
    heading_row: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]
