"""The catalogue: reference data of all lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.types import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "catalogue_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("list_code", sa.String(40), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.String(300), nullable=False),
        sa.Column("name_zh", sa.String(300), nullable=False),
        sa.Column("certainty", sa.String(1), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_entry"),
        sa.UniqueConstraint("list_code", "code", name="uq_catalogue_entry_list_code_code"),
    )
    op.create_index("ix_catalogue_entry_order", "catalogue_entry", ["list_code", "position", "code"])


def downgrade() -> None:
    op.drop_table("catalogue_entry")
