"""Samples, their custody (append-only), the counters of their numbers, and their search words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import ExactDecimal, Instant

revision = "0003"
down_revision = "0002"

STATES = (
    "registered", "in_transit", "received", "accepted", "accepted_deviation", "under_test", "retest", "referred", "tested", "reviewed",
    "reported", "corrected", "retained", "rejected", "transferred", "disposed", "returned", "cancelled", "lost",
)  # fmt: skip
#: texts of the sample that are never null: name and width
TEXTS = {
    "external_number": 80, "sending_organisation": 120, "sending_laboratory": 120, "port": 20, "sampling_point": 120, "sampler": 60,
    "purpose": 20, "quantity_text": 40, "unit": 30, "container": 80, "medium": 80, "priority": 12, "event_number": 40,
    "confidentiality": 20, "hazard_class": 2, "biosafety_level": 6, "transport_category": 20, "permit_number": 60, "inactivation": 200,
    "transport_condition": 20, "logger_number": 40, "handed_over_by": 60, "received_by": 120, "condition": 20, "proposed_decision": 20,
    "reason_code": 20, "reason_note": 400, "decided_by": 120, "location": 120,
}  # fmt: skip
INSTANTS = ("sampled_at", "due_at", "received_at", "decided_at")
INDEXES = {
    "ix_sample_newest": ("id",),
    "ix_sample_status": ("status", "id"),
    "ix_sample_status_since": ("status", "status_since", "id"),
    "ix_sample_kind": ("kind", "id"),
    "ix_sample_matrix": ("matrix", "id"),
    "ix_sample_received": ("received_at", "id"),
    "ix_sample_status_received": ("status", "received_at", "id"),
    "ix_sample_due": ("due_at", "id"),
    "ix_sample_external": ("external_number",),
}


def upgrade() -> None:
    _sample()
    _custody()
    op.create_table(
        "number_series",
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_number_series_laboratory_id"),
        sa.PrimaryKeyConstraint("laboratory_id", "year", "kind", name="pk_number_series"),
    )
    op.create_table(
        "sample_word",
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(80).with_variant(sa.String(80, collation="C"), "postgresql"), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_sample_word_laboratory_id"),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_sample_word_sample_id"),
        sa.PrimaryKeyConstraint("laboratory_id", "word", "sample_id", name="pk_sample_word"),
    )


def downgrade() -> None:
    op.drop_table("sample_word")
    op.drop_table("number_series")
    release(op, "custody_event")
    op.drop_table("custody_event")
    op.drop_table("sample")


def _sample() -> None:
    op.create_table(
        "sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("matrix", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("status_since", Instant(), nullable=False),
        sa.Column("has_been_reported", sa.Boolean(), nullable=False),
        sa.Column("registered_at", Instant(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(80), nullable=True),
        sa.Column("quantity", ExactDecimal(), nullable=True),
        sa.Column("analytes", sa.JSON(), nullable=False),
        sa.Column("arrival_temperature", ExactDecimal(), nullable=True),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("approver_id", sa.Uuid(), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.Column("labels_printed", sa.Integer(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.String(width), nullable=False) for name, width in TEXTS.items()),
        *(sa.Column(name, Instant(), nullable=True) for name in INSTANTS),
        sa.CheckConstraint(f"status IN ({', '.join(repr(state) for state in STATES)})", name="ck_sample_status"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_sample_laboratory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sample"),
        sa.UniqueConstraint("laboratory_id", "number", name="uq_sample_laboratory_id_number"),
        sa.UniqueConstraint("laboratory_id", "idempotency_key", name="uq_sample_laboratory_id_idempotency_key"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "sample", ["laboratory_id", *columns])


def _custody() -> None:
    op.create_table(
        "custody_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(30), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(120), nullable=False),
        sa.Column("status_before", sa.String(20), nullable=False),
        sa.Column("status_after", sa.String(20), nullable=False),
        sa.Column("handed_over_by", sa.String(60), nullable=False),
        sa.Column("received_by", sa.String(120), nullable=False),
        sa.Column("temperature", ExactDecimal(), nullable=True),
        sa.Column("quantity_left", ExactDecimal(), nullable=True),
        sa.Column("reason_code", sa.String(20), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("raw_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_custody_event_laboratory_id"),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name="fk_custody_event_sample_id"),
        sa.PrimaryKeyConstraint("id", name="pk_custody_event"),
    )
    op.create_index("ix_custody_event_sample_id", "custody_event", ["sample_id", "id"])
    protect(op, "custody_event")
