"""Worklists: the plan of a run, made from samples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "worklist",
        sa.Column("number", sa.String(16), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("method", sa.String(120), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("maker_name", sa.String(120), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_worklist_laboratory_id")),
        sa.ForeignKeyConstraint(["made_by"], ["app_user.id"], name=op.f("fk_worklist_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worklist")),
        sa.UniqueConstraint("laboratory_id", "number", name=op.f("uq_worklist_laboratory_id_number")),
    )
    op.create_index("ix_worklist_laboratory", "worklist", ["laboratory_id", "made_at", "id"])
    protect(op, "worklist")


def downgrade() -> None:
    release(op, "worklist")
    op.drop_table("worklist")
