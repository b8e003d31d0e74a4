"""Samples, their custody, the counters of their numbers, and the words they are found by."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned
from lims.db.types import Uuid
from lims.samples.lifecycle.states import STATES

#: Words are compared byte by byte, so that a beginning is a range on both engines.
WORD = String(80).with_variant(String(80, collation="C"), "postgresql")
_STATES = ", ".join(f"'{state}'" for state in STATES)


class Sample(Owned, Versioned, Base):
    """One sample of one laboratory: the common fields, and ``details`` with the fields of its kind as text."""

    __tablename__ = "sample"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "number"),
        UniqueConstraint("laboratory_id", "idempotency_key"),
        CheckConstraint(f"status IN ({_STATES})", name="status"),
        Index("ix_sample_newest", "laboratory_id", "id"),
        Index("ix_sample_status", "laboratory_id", "status", "id"),
        Index("ix_sample_status_since", "laboratory_id", "status", "status_since", "id"),
        Index("ix_sample_kind", "laboratory_id", "kind", "id"),
        Index("ix_sample_matrix", "laboratory_id", "matrix", "id"),
        Index("ix_sample_received", "laboratory_id", "received_at", "id"),
        Index("ix_sample_status_received", "laboratory_id", "status", "received_at", "id"),
        Index("ix_sample_due", "laboratory_id", "due_at", "id"),
        Index("ix_sample_external", "laboratory_id", "external_number"),
    )

    number: Mapped[str] = mapped_column(String(40))
    external_number: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(3))
    matrix: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    status_since: Mapped[datetime]
    has_been_reported: Mapped[bool] = mapped_column(default=False)
    registered_at: Mapped[datetime]
    registered_by: Mapped[uuid.UUID | None]
    idempotency_key: Mapped[str | None] = mapped_column(String(80))

    sending_organisation: Mapped[str] = mapped_column(String(120), default="")
    sending_laboratory: Mapped[str] = mapped_column(String(120), default="")
    port: Mapped[str] = mapped_column(String(20), default="")
    sampling_point: Mapped[str] = mapped_column(String(120), default="")
    sampled_at: Mapped[datetime | None]
    sampler: Mapped[str] = mapped_column(String(60), default="")
    purpose: Mapped[str] = mapped_column(String(20))

    quantity: Mapped[Decimal | None]
    quantity_text: Mapped[str] = mapped_column(String(40), default="")
    unit: Mapped[str] = mapped_column(String(30), default="")
    container: Mapped[str] = mapped_column(String(80), default="")
    medium: Mapped[str] = mapped_column(String(80), default="")

    analytes: Mapped[list[Any]]
    priority: Mapped[str] = mapped_column(String(12))
    due_at: Mapped[datetime | None]
    event_number: Mapped[str] = mapped_column(String(40), default="")
    confidentiality: Mapped[str] = mapped_column(String(20))

    hazard_class: Mapped[str] = mapped_column(String(2), default="")
    biosafety_level: Mapped[str] = mapped_column(String(6), default="")
    transport_category: Mapped[str] = mapped_column(String(20), default="")
    permit_number: Mapped[str] = mapped_column(String(60), default="")
    inactivation: Mapped[str] = mapped_column(String(200), default="")

    transport_condition: Mapped[str] = mapped_column(String(20), default="")
    logger_number: Mapped[str] = mapped_column(String(40), default="")
    handed_over_by: Mapped[str] = mapped_column(String(60), default="")
    received_by: Mapped[str] = mapped_column(String(120), default="")
    received_at: Mapped[datetime | None]
    arrival_temperature: Mapped[Decimal | None]
    condition: Mapped[str] = mapped_column(String(20), default="")

    proposed_decision: Mapped[str] = mapped_column(String(20), default="")
    proposed_by: Mapped[uuid.UUID | None]
    approver_id: Mapped[uuid.UUID | None]
    reason_code: Mapped[str] = mapped_column(String(20), default="")
    reason_note: Mapped[str] = mapped_column(String(400), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(120), default="")

    location: Mapped[str] = mapped_column(String(120), default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    labels_printed: Mapped[int] = mapped_column(default=0)
    details: Mapped[dict[str, Any]]


class CustodyEvent(Owned, Base):
    """One step of a sample's way. Rows are only added; a mistake is corrected by a further entry."""

    __tablename__ = "custody_event"
    __table_args__ = (Index("ix_custody_event_sample_id", "sample_id", "id"),)

    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id"))
    verb: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(String(120))
    status_before: Mapped[str] = mapped_column(String(20), default="")
    status_after: Mapped[str] = mapped_column(String(20), default="")
    handed_over_by: Mapped[str] = mapped_column(String(60), default="")
    received_by: Mapped[str] = mapped_column(String(120), default="")
    temperature: Mapped[Decimal | None]
    quantity_left: Mapped[Decimal | None]
    reason_code: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    raw_code: Mapped[str] = mapped_column(String(80), default="")


class NumberSeries(Base):
    """The last serial given out per laboratory, year and kind; raised in the transaction that uses it."""

    __tablename__ = "number_series"
    is_audited: ClassVar[bool] = False

    laboratory_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("laboratory.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int]


class SampleWord(Base):
    """A word, or two neighbouring Chinese characters, by which a sample is found. Written from the sample, never by hand."""

    __tablename__ = "sample_word"
    is_audited: ClassVar[bool] = False

    laboratory_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("laboratory.id"), primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)
    sample_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("sample.id"), primary_key=True)


class ScanBatch(Owned, Versioned, Base):
    """Tubes that one person scans one after the other, until they are registered. A draft: the samples are audited, it is not.

    ``shared`` holds the values, as typed, that the next scans take over.
    """

    __tablename__ = "scan_batch"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'registered', 'given_up')", name="state"),
        Index("ix_scan_batch_person", "laboratory_id", "opened_by", "state"),
    )
    is_audited: ClassVar[bool] = False

    kind: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(12), default="open")
    shared: Mapped[dict[str, Any]]
    expected: Mapped[int | None]
    rack: Mapped[int] = mapped_column(default=0)
    opened_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class ScannedTube(Owned, Base):
    """One scan of a batch: its code as kept and as sent, its place in the racks, its values as typed, the number it got."""

    __tablename__ = "scanned_tube"
    __table_args__ = (UniqueConstraint("batch_id", "number"), Index("ix_scanned_tube_laboratory_id", "laboratory_id"))
    is_audited: ClassVar[bool] = False

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scan_batch.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(200))
    raw: Mapped[str] = mapped_column(String(200))
    place: Mapped[int | None]
    values: Mapped[dict[str, Any]]
    sample_number: Mapped[str] = mapped_column(String(40), default="")
    scanned_at: Mapped[datetime]
