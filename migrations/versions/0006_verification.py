"""Records of the built-in verification of the statistics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "verification_run",
        sa.Column("run_at", Instant(), nullable=False),
        sa.Column("run_by", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("program_version", sa.String(length=40), nullable=False),
        sa.Column("platform", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("unsupported", sa.JSON(), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_verification_run_laboratory_id")),
        sa.ForeignKeyConstraint(["run_by"], ["app_user.id"], name=op.f("fk_verification_run_run_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_run")),
    )
    op.create_index("ix_verification_run_laboratory", "verification_run", ["laboratory_id", "run_at", "id"], unique=False)
    protect(op, "verification_run")


def downgrade() -> None:
    release(op, "verification_run")
    op.drop_index("ix_verification_run_laboratory", table_name="verification_run")
    op.drop_table("verification_run")
