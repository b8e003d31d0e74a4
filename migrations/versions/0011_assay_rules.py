"""Versioned assay rules and what they said of a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0011"
down_revision = "0010"

DRAFT, VERSION, WITHDRAWAL, OVERRIDE = "assay_rule_draft", "assay_rule", "assay_rule_withdrawal", "interpretation_override"


def upgrade() -> None:
    _drafts()
    _versions()
    _withdrawals()
    _overrides()
    for table in (VERSION, WITHDRAWAL, OVERRIDE):
        protect(op, table)


def downgrade() -> None:
    for table in (OVERRIDE, WITHDRAWAL, VERSION):
        release(op, table)
    for table in (OVERRIDE, WITHDRAWAL, VERSION, DRAFT):
        op.drop_table(table)


def _drafts() -> None:
    op.create_table(
        DRAFT,
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafter_name", sa.String(120), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("returned", sa.String(400), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        *_own(DRAFT),
        sa.CheckConstraint("state IN ('draft', 'proposed', 'approved', 'discarded')", name=op.f("ck_assay_rule_draft_state")),
        sa.ForeignKeyConstraint(["drafted_by"], ["app_user.id"], name=op.f("fk_assay_rule_draft_drafted_by")),
    )
    op.create_index("ix_assay_rule_draft_state", DRAFT, ["laboratory_id", "state", "id"])


def _versions() -> None:
    op.create_table(
        VERSION,
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("analyte", sa.String(80), nullable=False),
        sa.Column("method", sa.String(80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("active_from", Instant(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafter_name", sa.String(120), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approver_name", sa.String(120), nullable=False),
        sa.Column("approved_at", Instant(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        *_own(VERSION),
        sa.CheckConstraint("drafted_by <> approved_by", name=op.f("ck_assay_rule_two_persons")),
        sa.ForeignKeyConstraint(["drafted_by"], ["app_user.id"], name=op.f("fk_assay_rule_drafted_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["app_user.id"], name=op.f("fk_assay_rule_approved_by")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_assay_rule_signature_id")),
        sa.UniqueConstraint("laboratory_id", "name", "version", name=op.f("uq_assay_rule_laboratory_id_name_version")),
    )
    op.create_index("ix_assay_rule_analyte", VERSION, ["laboratory_id", "analyte", "id"])


def _withdrawals() -> None:
    op.create_table(
        WITHDRAWAL,
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawer_name", sa.String(120), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=False),
        *_own(WITHDRAWAL),
        sa.ForeignKeyConstraint(["rule_id"], ["assay_rule.id"], name=op.f("fk_assay_rule_withdrawal_rule_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["app_user.id"], name=op.f("fk_assay_rule_withdrawal_withdrawn_by")),
        sa.UniqueConstraint("rule_id", name=op.f("uq_assay_rule_withdrawal_rule_id")),
    )


def _overrides() -> None:
    op.create_table(
        OVERRIDE,
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("computed", sa.String(16), nullable=False),
        sa.Column("chosen", sa.String(16), nullable=False),
        sa.Column("reasoning_hash", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asker_name", sa.String(120), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signer_name", sa.String(120), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        *_own(OVERRIDE),
        sa.CheckConstraint("asked_by <> signed_by", name=op.f("ck_interpretation_override_two_persons")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_interpretation_override_upload_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_interpretation_override_sample_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["assay_rule.id"], name=op.f("fk_interpretation_override_rule_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["app_user.id"], name=op.f("fk_interpretation_override_asked_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["app_user.id"], name=op.f("fk_interpretation_override_signed_by")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_interpretation_override_signature_id")),
    )
    op.create_index("ix_interpretation_override_upload", OVERRIDE, ["upload_id", "sample_id", "id"])


def _own(table: str) -> list[sa.Column[object] | sa.Constraint]:
    """What every row of a laboratory has."""
    return [
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f(f"fk_{table}_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
