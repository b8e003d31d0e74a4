"""Results with their versions, and the uploads they come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import ExactDecimal, Instant

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "result",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=False),
        sa.Column("quantity", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("value_text", sa.String(length=120), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=True),
        sa.Column("comparator", sa.String(length=2), nullable=True),
        sa.Column("unit", sa.String(length=30), nullable=True),
        sa.Column("replicate", sa.Integer(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("position", sa.String(length=20), nullable=True),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("parser", sa.String(length=60), nullable=True),
        sa.Column("parser_version", sa.String(length=20), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("rule_hash", sa.String(length=64), nullable=True),
        sa.Column("reasoning", sa.JSON(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(comparator IS NULL) = (status <> 'censored')", name=op.f("ck_result_comparator")),
        sa.CheckConstraint("status IN ('value', 'not_detected', 'censored', 'invalid', 'missing')", name=op.f("ck_result_status")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_result_laboratory_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["app_user.id"], name=op.f("fk_result_recorded_by")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_result_sample_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("line_id", "version", name=op.f("uq_result_line_id_version")),
    )
    op.create_index("ix_result_laboratory", "result", ["laboratory_id", "recorded_at", "id"], unique=False)
    op.create_index("ix_result_sample", "result", ["sample_id"], unique=False)
    op.create_index("ix_result_upload", "result", ["upload_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("live_sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("parser", sa.String(length=60), nullable=True),
        sa.Column("parser_version", sa.String(length=20), nullable=True),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploader_name", sa.String(length=120), nullable=False),
        sa.Column("uploaded_at", Instant(), nullable=False),
        sa.Column("override_reason", sa.String(length=400), nullable=True),
        sa.Column("override_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("undo_reason", sa.String(length=400), nullable=True),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('queued', 'review', 'refused', 'accepted', 'undone')", name=op.f("ck_upload_state")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_upload_laboratory_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["app_user.id"], name=op.f("fk_upload_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("laboratory_id", "number", name=op.f("uq_upload_laboratory_id_number")),
    )
    op.create_index("ix_upload_laboratory", "upload", ["laboratory_id", "uploaded_at", "id"], unique=False)
    op.create_index("ix_upload_state", "upload", ["laboratory_id", "state", "uploaded_at", "id"], unique=False)
    op.create_index("uq_upload_laboratory_id_live", "upload", ["laboratory_id", "live_sha256"], unique=True)
    op.create_table(
        "result_review",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=False),
        sa.Column("reviewer_name", sa.String(length=120), nullable=False),
        sa.Column("reviewed_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_result_review_laboratory_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_result_review_result_id")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["app_user.id"], name=op.f("fk_result_review_reviewed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_review")),
        sa.UniqueConstraint("result_id", name=op.f("uq_result_review_result_id")),
    )
    op.create_table(
        "result_withdrawal",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_result_withdrawal_laboratory_id")),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name=op.f("fk_result_withdrawal_result_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result_withdrawal")),
        sa.UniqueConstraint("result_id", name=op.f("uq_result_withdrawal_result_id")),
    )
    op.create_table(
        "upload_reading",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("position", sa.String(length=20), nullable=True),
        sa.Column("sample", sa.String(length=255), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=120), nullable=True),
        sa.Column("channel", sa.String(length=60), nullable=True),
        sa.Column("quantity", sa.String(length=20), nullable=False),
        sa.Column("raw", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=True),
        sa.Column("comparator", sa.String(length=2), nullable=True),
        sa.Column("unit", sa.String(length=30), nullable=True),
        sa.Column("replicate", sa.Integer(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_upload_reading_laboratory_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_reading_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload_reading")),
        sa.UniqueConstraint("upload_id", "row", name=op.f("uq_upload_reading_upload_id_row")),
    )
    op.create_table(
        "reading_decision",
        sa.Column("reading_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("decision IN ('match', 'park', 'exclude')", name=op.f("ck_reading_decision_decision")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_reading_decision_laboratory_id")),
        sa.ForeignKeyConstraint(["reading_id"], ["upload_reading.id"], name=op.f("fk_reading_decision_reading_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_reading_decision_sample_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_reading_decision_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_decision")),
        sa.UniqueConstraint("reading_id", name=op.f("uq_reading_decision_reading_id")),
    )
    op.create_index("ix_reading_decision_parked", "reading_decision", ["laboratory_id", "decision", "id"], unique=False)
    op.create_index("ix_reading_decision_upload", "reading_decision", ["upload_id"], unique=False)
    op.create_table(
        "instrument_profile",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("example_name", sa.String(length=255), nullable=True),
        sa.Column("example_sha256", sa.String(length=64), nullable=True),
        sa.Column("heading_row", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'saved', 'withdrawn')", name=op.f("ck_instrument_profile_state")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_instrument_profile_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_profile")),
        sa.UniqueConstraint("laboratory_id", "name", "version", name=op.f("uq_instrument_profile_laboratory_id_name_version")),
    )
    op.create_index("ix_instrument_profile_laboratory", "instrument_profile", ["laboratory_id", "state", "name"], unique=False)
    protect(op, "result")
    protect(op, "result_review")
    protect(op, "result_withdrawal")
    protect(op, "upload_reading")


def downgrade() -> None:
    release(op, "result")
    release(op, "result_review")
    release(op, "result_withdrawal")
    release(op, "upload_reading")
    op.drop_index("ix_instrument_profile_laboratory", table_name="instrument_profile")
    op.drop_table("instrument_profile")
    op.drop_index("ix_reading_decision_upload", table_name="reading_decision")
    op.drop_index("ix_reading_decision_parked", table_name="reading_decision")
    op.drop_table("reading_decision")
    op.drop_table("upload_reading")
    op.drop_table("result_withdrawal")
    op.drop_table("result_review")
    op.drop_index("uq_upload_laboratory_id_live", table_name="upload")
    op.drop_index("ix_upload_state", table_name="upload")
    op.drop_index("ix_upload_laboratory", table_name="upload")
    op.drop_table("upload")
    op.drop_index("ix_result_upload", table_name="result")
    op.drop_index("ix_result_sample", table_name="result")
    op.drop_index("ix_result_laboratory", table_name="result")
    op.drop_table("result")
