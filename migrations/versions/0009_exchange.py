"""Result forms that were taken over, and the answers to repeated requests of programs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0009"
down_revision = "0008"

UPLOAD, ANSWER = "form_upload", "remembered_answer"


def upgrade() -> None:
    op.create_table(
        UPLOAD,
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.Column("refused_rows", sa.Integer(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_by_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_form_upload_round_id")),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name=op.f("fk_form_upload_participant_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_form_upload_submission_id")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["app_user.id"], name=op.f("fk_form_upload_accepted_by_id")),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_form_upload_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_upload")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_form_upload_submission_id")),
    )
    op.create_index("ix_form_upload_laboratory_id", UPLOAD, ["laboratory_id", "file_sha256"])
    op.create_table(
        ANSWER,
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name=op.f("fk_remembered_answer_laboratory_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remembered_answer")),
        sa.UniqueConstraint("laboratory_id", "key", name=op.f("uq_remembered_answer_laboratory_id_key")),
    )
    protect(op, UPLOAD)
    protect(op, ANSWER)


def downgrade() -> None:
    for table in (ANSWER, UPLOAD):
        release(op, table)
    op.drop_table(ANSWER)
    op.drop_index("ix_form_upload_laboratory_id", table_name=UPLOAD)
    op.drop_table(UPLOAD)
