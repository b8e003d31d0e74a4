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
CASE, RECORD, CASE_STEP, OBJECTION, DECISION = "capa_case", "capa_record", "capa_step", "objection", "objection_decision"
ONLY_ADDED = (SCREENING, FLAG, STEP, RECORD, CASE_STEP, OBJECTION, DECISION)
TABLES = (SCREENING, FLAG, STEP, CASE, RECORD, CASE_STEP, OBJECTION, DECISION)
MORE_INDEXES = (
    ("ix_capa_case_round_id", CASE, ("round_id", "state")), ("ix_capa_step_case_id", CASE_STEP, ("case_id",)),
    ("ix_objection_round_id", OBJECTION, ("round_id",)),
)  # fmt: skip


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
    op.create_index(f"ix_{table}_laboratory_id", table, ["laboratory_id", "state"] if table == CASE else ["laboratory_id"])


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
    _corrective_actions()
    _objections()
    for name, table, columns in MORE_INDEXES:
        op.create_index(name, table, list(columns))
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
        [_key("round_id"), _number("batch"), _number("number"), _key("participant_id"), _key("submission_id"), _text("codes", 200),
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


def _corrective_actions() -> None:
    _create(
        CASE,
        [_key("round_id"), _key("participant_id"), _key("evaluation_id"), _text("number", 24), _text("kind", 12), _text("verdict", 16),
         _json("item_numbers"), _text("state", 12), _text("reason", 400), _at("opened_at"), _text("opened_by_name", 120), _at("due_at"),
         _at("limit_at"), _at("closed_at", True), _number("row_version")],
        {"round_id": "round", "participant_id": "participant", "evaluation_id": "evaluation"},
        _unique(CASE, "round_id", "number"),
        _check(CASE, "kind", "kind IN ('capa', 'self_check')"),
        _check(CASE, "state", "state IN ('open', 'filled', 'confirmed', 'void')"),
    )  # fmt: skip
    _create(
        RECORD,
        [_key("case_id"), _number("version"), _json("content"), _text("content_hash", 64), _key("user_id"), _text("user_name", 120),
         _at("saved_at")],
        {"case_id": CASE, "user_id": "app_user"},
        _unique(RECORD, "case_id", "version"),
    )  # fmt: skip
    _create(
        CASE_STEP,
        [_key("case_id"), _key("record_id"), _text("step", 12), _text("text", 400), _key("user_id"), _text("user_name", 120),
         _key("organisation_id"), _at("signed_at"), _text("content_hash", 64), _key("signature_id")],
        {"case_id": CASE, "record_id": RECORD, "user_id": "app_user", "organisation_id": "organisation", "signature_id": "signature"},
        _check(CASE_STEP, "step", "step IN ('handed_over', 'confirmed', 'returned')"),
    )  # fmt: skip


def _objections() -> None:
    _create(
        OBJECTION,
        [_key("round_id"), _key("participant_id"), _key("evaluation_id", True), _text("number", 24), _text("kind", 10),
         sa.Column("item_number", sa.Integer(), nullable=True), _text("verdict", 16), _text("text", None), _key("user_id"),
         _text("user_name", 120), _at("raised_at")],
        {"round_id": "round", "participant_id": "participant", "evaluation_id": "evaluation", "user_id": "app_user"},
        _unique(OBJECTION, "round_id", "number"),
        _check(OBJECTION, "kind", "kind IN ('appeal', 'complaint')"),
    )  # fmt: skip
    _create(
        DECISION,
        [_key("objection_id"), _text("outcome", 10), _text("text", None), _key("user_id"), _text("user_name", 120), _key("organisation_id"),
         _at("decided_at"), _text("content_hash", 64), _key("signature_id")],
        {"objection_id": OBJECTION, "user_id": "app_user", "organisation_id": "organisation", "signature_id": "signature"},
        _unique(DECISION, "objection_id"),
        _check(DECISION, "outcome", "outcome IN ('upheld', 'partly', 'rejected', 'answered')"),
    )  # fmt: skip


def downgrade() -> None:
    for table in ONLY_ADDED:
        release(op, table)
    for name, table, _columns in MORE_INDEXES:
        op.drop_index(name, table_name=table)
    for table in reversed(TABLES):
        op.drop_index(f"ix_{table}_laboratory_id", table_name=table)
        op.drop_table(table)
