"""The annual plan, stock of items, shipments and receipt item by item."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0012"
down_revision = "0011"

PROTECTED = ("plan_consent", "stock_entry", "item_finding")


def upgrade() -> None:
    _plan_line()
    _plan_consent()
    _stock_entry()
    _item_finding()
    for table in PROTECTED:
        protect(op, table)


def downgrade() -> None:
    for table in PROTECTED:
        release(op, table)
    for index in ("ix_item_finding_participant_id", "ix_item_finding_round_id"):
        op.drop_index(index, table_name="item_finding")
    op.drop_table("item_finding")
    op.drop_index("ix_stock_entry_round_id", table_name="stock_entry")
    op.drop_table("stock_entry")
    op.drop_index("ix_plan_consent_plan_line_id", table_name="plan_consent")
    op.drop_table("plan_consent")
    for index in ("ix_plan_line_month", "ix_plan_line_scheme_id", "ix_plan_line_state", "ix_plan_line_round_id"):
        op.drop_index(index, table_name="plan_line")
    op.drop_table("plan_line")


def _key(table: str, name: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"))


def _plan_line() -> None:
    table = "plan_line"
    op.create_table(
        table,
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("measurand_code", sa.String(40), nullable=False),
        sa.Column("matrix_code", sa.String(40), nullable=False),
        sa.Column("template_code", sa.String(20), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("turn_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'agreed', 'opened', 'withdrawn')", name=op.f("ck_plan_line_state")),
        sa.CheckConstraint("(state = 'opened') = (round_id IS NOT NULL)", name=op.f("ck_plan_line_opened")),
        _key(table, "scheme_id", "scheme"), _key(table, "organisation_id", "organisation"), _key(table, "turn_id", "organisation"),
        _key(table, "round_id", "round"), _key(table, "proposed_by_id", "app_user"), _key(table, "laboratory_id", "laboratory"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
    )  # fmt: skip
    op.create_index("ix_plan_line_month", table, ["month", "id"])
    op.create_index("ix_plan_line_scheme_id", table, ["scheme_id", "month", "id"])
    op.create_index("ix_plan_line_state", table, ["state", "month", "id"])
    op.create_index("ix_plan_line_round_id", table, ["round_id"], unique=True)


def _plan_consent() -> None:
    table = "plan_consent"
    op.create_table(
        table,
        sa.Column("plan_line_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("user_name", sa.String(120), nullable=False),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _key(table, "plan_line_id", "plan_line"), _key(table, "organisation_id", "organisation"), _key(table, "user_id", "app_user"),
        _key(table, "signature_id", "signature"), _key(table, "laboratory_id", "laboratory"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_consent")),
        sa.UniqueConstraint("plan_line_id", "organisation_id", name=op.f("uq_plan_consent_plan_line_id_organisation_id")),
    )  # fmt: skip
    op.create_index("ix_plan_consent_plan_line_id", table, ["plan_line_id"])


def _stock_entry() -> None:
    table = "stock_entry"
    op.create_table(
        table,
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('made', 'homogeneity', 'stability', 'broken')", name=op.f("ck_stock_entry_kind")),
        sa.CheckConstraint("units > 0", name=op.f("ck_stock_entry_units")),
        _key(table, "round_id", "round"), _key(table, "recorded_by_id", "app_user"), _key(table, "laboratory_id", "laboratory"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_entry")),
    )  # fmt: skip
    op.create_index("ix_stock_entry_round_id", table, ["round_id", "batch", "item_number"])


def _item_finding() -> None:
    table = "item_finding"
    op.create_table(
        table,
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("item_code_id", sa.Uuid(), nullable=False),
        sa.Column("condition", sa.String(12), nullable=False),
        sa.Column("remark", sa.String(200), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("found_by_id", sa.Uuid(), nullable=False),
        sa.Column("found_by_name", sa.String(120), nullable=False),
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "condition IN ('intact', 'thawed', 'leaking', 'broken', 'unreadable', 'missing')", name=op.f("ck_item_finding_condition")
        ),
        _key(table, "round_id", "round"), _key(table, "participant_id", "participant"), _key(table, "item_code_id", "item_code"),
        _key(table, "found_by_id", "app_user"), _key(table, "laboratory_id", "laboratory"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_finding")),
    )  # fmt: skip
    op.create_index("ix_item_finding_participant_id", table, ["participant_id"])
    op.create_index("ix_item_finding_round_id", table, ["round_id"])
