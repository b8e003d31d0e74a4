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
    #: the version of the assay rule that interprets the upload
    rule_id: Mapped[uuid.UUID | None]


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


class Worklist(Owned, Base):
    """The plan of one run, never changed: which sample or control stands in which well (``layout``), for which targets."""

    __tablename__ = "worklist"
    __table_args__ = (UniqueConstraint("laboratory_id", "number"), Index("ix_worklist_laboratory", "laboratory_id", "made_at", "id"))

    number: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    method: Mapped[str] = mapped_column(String(120))
    targets: Mapped[list[Any]]
    size: Mapped[int]
    layout: Mapped[list[Any]]
    made_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    maker_name: Mapped[str] = mapped_column(String(120))
    made_at: Mapped[datetime]


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


class AssayRuleDraft(Owned, Versioned, Base):
    """A rule while people work on it: a draft changes, a proposed one waits for the signature of a second person."""

    __tablename__ = "assay_rule_draft"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'proposed', 'approved', 'discarded')", name="state"),
        Index("ix_assay_rule_draft_state", "laboratory_id", "state", "id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    content: Mapped[dict[str, Any]]
    drafted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    drafter_name: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime]
    #: why a second person gave it back
    returned: Mapped[str] = mapped_column(String(400), default="")


class AssayRule(Owned, Base):
    """One approved version of a rule; never changed. It holds from ``active_from`` until the next version does, or it is withdrawn."""

    __tablename__ = "assay_rule"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "name", "version"),
        CheckConstraint("drafted_by <> approved_by", name="two_persons"),
        Index("ix_assay_rule_analyte", "laboratory_id", "analyte", "id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    analyte: Mapped[str] = mapped_column(String(80))
    method: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    active_from: Mapped[datetime]
    drafted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    drafter_name: Mapped[str] = mapped_column(String(120))
    approved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    approver_name: Mapped[str] = mapped_column(String(120))
    approved_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class AssayRuleWithdrawal(Owned, Base):
    """A version is not used any more; what was interpreted with it stays."""

    __tablename__ = "assay_rule_withdrawal"
    __table_args__ = (UniqueConstraint("rule_id"),)

    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assay_rule.id"))
    reason: Mapped[str] = mapped_column(String(400))
    withdrawn_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    withdrawer_name: Mapped[str] = mapped_column(String(120))
    withdrawn_at: Mapped[datetime]


class InterpretationOverride(Owned, Base):
    """Two persons took another result than the rule gave; the newest of a sample counts, and both values stay."""

    __tablename__ = "interpretation_override"
    __table_args__ = (
        CheckConstraint("asked_by <> signed_by", name="two_persons"),
        Index("ix_interpretation_override_upload", "upload_id", "sample_id", "id"),
    )

    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("upload.id"))
    sample_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sample.id"))
    rule_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assay_rule.id"))
    computed: Mapped[str] = mapped_column(String(16))
    chosen: Mapped[str] = mapped_column(String(16))
    #: of the reasoning that was overridden; where readings were decided otherwise since, the override counts no more
    reasoning_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(400))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    asker_name: Mapped[str] = mapped_column(String(120))
    signed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    signer_name: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))
