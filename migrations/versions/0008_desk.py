"""Questions before scoring, corrective actions, appeals and complaints."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0008"
down_revision = "0007"

SCREENING, FLAG, STEP = "blunder_screening", "blunder_flag", "blunder_step"
ONLY_ADDED = (SCREENING, FLAG, STEP)


def _create(table: str, columns: list[sa.Column[Any]], links: dict[str, str], *rules: sa.Constraint) -> None:
    """A table of the round with its laboratory, its own key, and the tables that its columns name."""
    links = {"laboratory_id": "laboratory", **links}
    op.create_table(
        table,
        *columns,
        sa.Column("laboratory_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *rules,
        *(sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_{table}_{name}")) for name, other in links.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_laboratory_id", table, ["laboratory_id"])


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _check(table: str, name: str, sql: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{name}"))


def _key(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, length: int | None, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if length is None else sa.String(length), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _at(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=nullable)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def upgrade() -> None:
    _questions()
    for table in ONLY_ADDED:
        protect(op, table)


def _questions() -> None:
    _create(
        SCREENING,
        [_key("round_id"), _number("batch"), _text("input_hash", 64), _number("n_flags"), _at("screened_at")],
        {"round_id": "round"},
        _unique(SCREENING, "round_id", "input_hash"),
    )
    _create(
        FLAG,
        [_key("round_id"), _number("batch"), _number("number"), _key("participant_id"), _key("submission_id"), _json("kinds"),
         _json("item_numbers"), _json("evidence"), _at("found_at")],
        {"round_id": "round", "participant_id": "participant", "submission_id": "submission"},
        _unique(FLAG, "round_id", "number"),
    )  # fmt: skip
    _create(
        STEP,
        [_key("round_id"), _key("flag_id"), _text("step", 10), _text("outcome", 20), _text("text", None), _key("user_id"),
         _text("user_name", 120), _key("second_user_id", True), _text("second_user_name", 120), _at("recorded_at"),
         _text("content_hash", 64), _key("signature_id", True)],
        {"round_id": "round", "flag_id": FLAG, "user_id": "app_user", "second_user_id": "app_user", "signature_id": "signature"},
        _unique(STEP, "flag_id", "step"),
        _check(STEP, "step", "step IN ('asked', 'answered', 'decided')"),
        _check(STEP, "outcome", "outcome IN ('', 'confirmed', 'corrected', 'keep', 'excluded_invalid', 'not_scored')"),
        _check(STEP, "two_persons", "second_user_id IS NULL OR second_user_id <> user_id"),
        _check(STEP, "second_person", "(step = 'decided') = (second_user_id IS NOT NULL)"),
    )  # fmt: skip


def downgrade() -> None:
    for table in reversed(ONLY_ADDED):
        release(op, table)
        op.drop_index(f"ix_{table}_laboratory_id", table_name=table)
        op.drop_table(table)
