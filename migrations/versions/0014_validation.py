"""Studies of rapid-detection methods, from plan to authorised scope."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0014"
down_revision = "0013"

PROTECTED = (
    "validation_plan", "validation_step", "validation_row", "validation_exclusion", "validation_retest", "validation_reading",
    "validation_analysis", "authorised_scope",
)  # fmt: skip


def upgrade() -> None:
    _validation_study()
    _validation_party()
    _validation_plan()
    _validation_step()
    _validation_row()
    _validation_exclusion()
    _validation_retest()
    _validation_reading()
    _validation_analysis()
    _authorised_scope()
    for table in PROTECTED:
        protect(op, table)


def downgrade() -> None:
    for table in reversed(PROTECTED):
        release(op, table)
        op.drop_table(table)
    op.drop_table("validation_party")
    op.drop_table("validation_study")


def _validation_study() -> None:
    op.create_table(
        "validation_study",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("title_zh", sa.String(200), nullable=False),
        sa.Column("template_code", sa.String(20), nullable=False),
        sa.Column("method_name", sa.String(200), nullable=False),
        sa.Column("comparator_name", sa.String(200), nullable=False),
        sa.Column("measurand_code", sa.String(40), nullable=False),
        sa.Column("matrix_code", sa.String(40), nullable=False),
        sa.Column("ethics_number", sa.String(80), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=True),
        sa.Column("locked_at", Instant(), nullable=True),
        sa.Column("locked_rows", sa.Integer(), nullable=False),
        sa.Column("locked_hash", sa.String(64), nullable=True),
        sa.Column("decision", sa.String(24), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('registered', 'planned', 'plan_approved', 'data_collection', 'data_locked', 'analysis', 'review', 'decision', "
            "'authorised', 'surveillance', 'withdrawn')", name=op.f("ck_validation_study_state")),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name=op.f("fk_validation_study_created_by_id")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_study_laboratory_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_validation_study_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_study")),
        sa.UniqueConstraint("code", name=op.f("uq_validation_study_code")),
    )  # fmt: skip
    op.create_index("ix_validation_study_laboratory_id", "validation_study", ["laboratory_id"])
    op.create_index("ix_validation_study_method_name", "validation_study", ["method_name"])
    op.create_index("ix_validation_study_state", "validation_study", ["state", "id"])


def _validation_party() -> None:
    op.create_table(
        "validation_party",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_validation_party_organisation_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_party_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_party")),
        sa.UniqueConstraint("study_id", "organisation_id", name=op.f("uq_validation_party_study_id_organisation_id")),
    )  # fmt: skip
    op.create_index("ix_validation_party_organisation_id", "validation_party", ["organisation_id"])


def _validation_plan() -> None:
    op.create_table(
        "validation_plan",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("is_amendment", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_plan_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_plan_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_plan_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_plan")),
        sa.UniqueConstraint("study_id", "version", name=op.f("uq_validation_plan_study_id_version")),
    )  # fmt: skip
    op.create_index("ix_validation_plan_laboratory_id", "validation_plan", ["laboratory_id"])


def _validation_step() -> None:
    op.create_table(
        "validation_step",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(20), nullable=False),
        sa.Column("source", sa.String(16), nullable=True),
        sa.Column("target", sa.String(16), nullable=True),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(2000), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=True),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "step IN ('move', 'approve_plan', 'drop_amendment', 'opinion', 'decision', 'scope', "
            "'lot_check', 'round_check', 'agreement_check')", name=op.f("ck_validation_step_step")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_step_laboratory_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_validation_step_organisation_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_validation_step_signature_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_step_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_step_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_step")),
        sa.UniqueConstraint("study_id", "place", name=op.f("uq_validation_step_study_id_place")),
    )  # fmt: skip
    op.create_index("ix_validation_step_laboratory_id", "validation_step", ["laboratory_id"])


def _validation_row() -> None:
    op.create_table(
        "validation_row",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("raw_hash", sa.String(64), nullable=False),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("source_note", sa.String(200), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("source IN ('manual', 'paste', 'sheet', 'upload', 'round', 'reading')", name=op.f("ck_validation_row_source")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_row_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_row_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_row_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_row")),
        sa.UniqueConstraint("study_id", "number", name=op.f("uq_validation_row_study_id_number")),
    )  # fmt: skip
    op.create_index("ix_validation_row_laboratory_id", "validation_row", ["laboratory_id"])


def _validation_exclusion() -> None:
    op.create_table(
        "validation_exclusion",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("reason_code", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("excluded_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_exclusion_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_exclusion_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_exclusion_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_exclusion")),
        sa.UniqueConstraint("study_id", "row_number", name=op.f("uq_validation_exclusion_study_id_row_number")),
    )  # fmt: skip
    op.create_index("ix_validation_exclusion_laboratory_id", "validation_exclusion", ["laboratory_id"])


def _validation_retest() -> None:
    op.create_table(
        "validation_retest",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("method_name", sa.String(200), nullable=False),
        sa.Column("retested_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('test_again', 'reference_again', 'third_method')", name=op.f("ck_validation_retest_kind")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_retest_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_retest_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_retest_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_retest")),
        sa.UniqueConstraint("study_id", "row_number", "kind", name=op.f("uq_validation_retest_study_id_row_number_kind")),
    )  # fmt: skip
    op.create_index("ix_validation_retest_laboratory_id", "validation_retest", ["laboratory_id"])


def _validation_reading() -> None:
    op.create_table(
        "validation_reading",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("reader", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(16), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint('reader IN (1, 2)', name=op.f("ck_validation_reading_reader")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_reading_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_reading_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_reading_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_reading")),
        sa.UniqueConstraint("study_id", "cycle", "item", "reader", name=op.f("uq_validation_reading_study_id_cycle_item_reader")),
        sa.UniqueConstraint("study_id", "cycle", "item", "user_id", name=op.f("uq_validation_reading_study_id_cycle_item_user_id")),
    )  # fmt: skip
    op.create_index("ix_validation_reading_laboratory_id", "validation_reading", ["laboratory_id"])


def _validation_analysis() -> None:
    op.create_table(
        "validation_analysis",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("data_hash", sa.String(64), nullable=False),
        sa.Column("input_text", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.String(64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("outcome_hash", sa.String(64), nullable=False),
        sa.Column("software_version", sa.String(40), nullable=False),
        sa.Column("analysed_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_validation_analysis_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_validation_analysis_study_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name=op.f("fk_validation_analysis_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_analysis")),
        sa.UniqueConstraint("study_id", "version", name=op.f("uq_validation_analysis_study_id_version")),
    )  # fmt: skip
    op.create_index("ix_validation_analysis_laboratory_id", "validation_analysis", ["laboratory_id"])


def _authorised_scope() -> None:
    op.create_table(
        "authorised_scope",
        sa.Column("study_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("authorised_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_authorised_scope_laboratory_id")),
        sa.ForeignKeyConstraint(["study_id"], ["validation_study.id"], name=op.f("fk_authorised_scope_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorised_scope")),
        sa.UniqueConstraint("study_id", "version", name=op.f("uq_authorised_scope_study_id_version")),
    )  # fmt: skip
    op.create_index("ix_authorised_scope_laboratory_id", "authorised_scope", ["laboratory_id"])
