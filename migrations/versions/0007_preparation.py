"""Records of homogeneity and transport stability."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0007"
down_revision = "0006"

TABLE = "preparation_record"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("u", sa.String(40), nullable=False),
        sa.Column("judged_by", sa.JSON(), nullable=False),
        sa.Column("conclusion", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("analyst_id", sa.Uuid(), nullable=False),
        sa.Column("analyst_name", sa.String(120), nullable=False),
        sa.Column("checker_id", sa.Uuid(), nullable=False),
        sa.Column("checker_name", sa.String(120), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('homogeneity', 'stability')", name=op.f("ck_preparation_record_kind")),
        sa.CheckConstraint("conclusion IN ('passed', 'not_passed', 'not_concluded')", name=op.f("ck_preparation_record_conclusion")),
        sa.CheckConstraint("analyst_id <> checker_id", name=op.f("ck_preparation_record_two_persons")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_preparation_record_round_id")),
        sa.ForeignKeyConstraint(["analyst_id"], ["app_user.id"], name=op.f("fk_preparation_record_analyst_id")),
        sa.ForeignKeyConstraint(["checker_id"], ["app_user.id"], name=op.f("fk_preparation_record_checker_id")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_preparation_record_signature_id")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_preparation_record_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_record")),
        sa.UniqueConstraint(
            "round_id", "batch", "item_number", "kind", "version",
            name=op.f("uq_preparation_record_round_id_batch_item_number_kind_version"),
        ),
    )  # fmt: skip
    op.create_index("ix_preparation_record_laboratory_id", TABLE, ["laboratory_id"])
    protect(op, TABLE)


def downgrade() -> None:
    release(op, TABLE)
    op.drop_index("ix_preparation_record_laboratory_id", table_name=TABLE)
    op.drop_table(TABLE)
