"""Batches of scanned tubes that are not samples yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.types import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "scan_batch",
        sa.Column("kind", sa.String(3), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("shared", sa.JSON(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("rack", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'registered', 'given_up')", name=op.f("ck_scan_batch_state")),
        sa.ForeignKeyConstraint(["opened_by"], ["app_user.id"], name=op.f("fk_scan_batch_opened_by")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_scan_batch_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_batch")),
    )
    op.create_index("ix_scan_batch_person", "scan_batch", ["laboratory_id", "opened_by", "state"])
    op.create_table(
        "scanned_tube",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(200), nullable=False),
        sa.Column("raw", sa.String(200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("sample_number", sa.String(40), nullable=False),
        sa.Column("scanned_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["scan_batch.id"], name=op.f("fk_scanned_tube_batch_id")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_scanned_tube_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scanned_tube")),
        sa.UniqueConstraint("batch_id", "number", name=op.f("uq_scanned_tube_batch_id_number")),
    )
    op.create_index("ix_scanned_tube_laboratory_id", "scanned_tube", ["laboratory_id"])


def downgrade() -> None:
    op.drop_table("scanned_tube")
    op.drop_table("scan_batch")
