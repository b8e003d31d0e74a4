"""Conflict declarations, comments and minutes of the review; past rounds from a spreadsheet."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import Instant

revision = "0013"
down_revision = "0012"

ASSIGNMENT, DECLARATION, COMMENT = "reviewer_assignment", "conflict_declaration", "review_comment"
MINUTES, ACTION, OVERRIDE = "review_minutes", "review_action", "verdict_override"
INTERIM, ARCHIVE = "interim_report", "round_archive"
ONLY_ADDED = (ASSIGNMENT, DECLARATION, COMMENT, MINUTES, OVERRIDE, INTERIM, ARCHIVE)
TABLES = (ASSIGNMENT, DECLARATION, COMMENT, MINUTES, ACTION, OVERRIDE, INTERIM, ARCHIVE)
MORE_INDEXES = (
    ("ix_conflict_declaration_round_id", DECLARATION, ("round_id",)),
    ("ix_review_comment_evaluation_id", COMMENT, ("evaluation_id",)),
    ("ix_round_archive_round_id", ARCHIVE, ("round_id", "user_id")),
)
ROUND, USER, PARTY = {"round_id": "round"}, {"user_id": "app_user"}, {"organisation_id": "organisation"}


def _create(table: str, columns: list[sa.Column[Any]], links: dict[str, str], *rules: sa.Constraint) -> None:
    """A table with its laboratory, its own key, and the tables that its columns name."""
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


def _keys(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _text(name: str, length: int | None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if length is None else sa.String(length), nullable=False)


def _number(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _at(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=nullable)


def upgrade() -> None:
    _reviewers()
    _meeting()
    _overrides()
    _issues()
    for name, table, columns in MORE_INDEXES:
        op.create_index(name, table, list(columns))
    for table in ONLY_ADDED:
        protect(op, table)


def _reviewers() -> None:
    _create(
        ASSIGNMENT,
        [*_keys("round_id", "organisation_id", "user_id"), _text("user_name", 120), *_keys("assigned_by_id"),
         _text("assigned_by_name", 120), _at("assigned_at")],
        ROUND | PARTY | USER | {"assigned_by_id": "app_user"},
        _unique(ASSIGNMENT, "round_id", "user_id"),
    )  # fmt: skip
    _create(
        DECLARATION,
        [*_keys("round_id", "organisation_id", "user_id"), _text("user_name", 120),
         sa.Column("has_conflict", sa.Boolean(), nullable=False), _text("text", 400), _at("declared_at")],
        ROUND | PARTY | USER,
    )  # fmt: skip
    _create(
        COMMENT,
        [*_keys("round_id", "evaluation_id"), _text("participant_code", 6), _number("item_number", True), _text("text", None),
         *_keys("organisation_id", "user_id"), _text("user_name", 120), _at("written_at")],
        ROUND | PARTY | USER | {"evaluation_id": "evaluation"},
    )  # fmt: skip


def _meeting() -> None:
    _create(
        MINUTES,
        [*_keys("round_id"), _number("version"), _text("held_on", 10), sa.Column("content", sa.JSON(), nullable=False),
         _text("content_hash", 64), *_keys("user_id"), _text("user_name", 120), _at("filed_at"), *_keys("signature_id")],
        ROUND | USER | {"signature_id": "signature"},
        _unique(MINUTES, "round_id", "version"),
    )  # fmt: skip
    _create(
        ACTION,
        [*_keys("round_id"), _number("number"), _number("minutes_version"), _text("what", 400), _text("person", 120), _text("due_on", 10),
         _at("done_at", True), _text("done_by_name", 120), _text("done_note", 400), _number("row_version")],
        ROUND,
        _unique(ACTION, "round_id", "number"),
    )  # fmt: skip


def _overrides() -> None:
    second = {"second_organisation_id": "organisation", "second_user_id": "app_user", "second_signature_id": "signature"}
    _create(
        OVERRIDE,
        [*_keys("round_id", "evaluation_id"), _text("participant_code", 6), _number("item_number"), _text("computed", 16),
         _text("changed_to", 16), _text("reason", 400), *_keys("organisation_id", "user_id"), _text("user_name", 120),
         *_keys("second_organisation_id", "second_user_id"), _text("second_user_name", 120), _at("changed_at"), _text("content_hash", 64),
         *_keys("signature_id", "second_signature_id")],
        ROUND | PARTY | USER | {"evaluation_id": "evaluation", "signature_id": "signature"} | second,
        _unique(OVERRIDE, "evaluation_id", "participant_code", "item_number"),
        _check(OVERRIDE, "changed_to", "changed_to IN ('acceptable', 'warning', 'action', 'not_evaluated')"),
        _check(OVERRIDE, "two_persons", "user_id <> second_user_id"),
        _check(OVERRIDE, "two_parties", "organisation_id <> second_organisation_id"),
    )  # fmt: skip


def _issues() -> None:
    _create(
        INTERIM,
        [*_keys("round_id", "evaluation_id"), _number("version"), _text("number", 40), _text("blob_sha256", 64), _at("issued_at"),
         *_keys("user_id"), _text("user_name", 120), *_keys("second_laboratory_id", "second_user_id"), _text("second_user_name", 120),
         _text("content_hash", 64), *_keys("signature_id", "second_signature_id")],
        ROUND | USER | {
            "evaluation_id": "evaluation", "second_laboratory_id": "laboratory", "second_user_id": "app_user", "signature_id": "signature",
            "second_signature_id": "signature",
        },
        _unique(INTERIM, "round_id", "version"),
    )  # fmt: skip
    _create(
        ARCHIVE,
        [*_keys("round_id", "user_id"), _text("blob_sha256", 64), _number("size"), _number("n_files"), _at("made_at")],
        ROUND | USER,
    )


def downgrade() -> None:
    for table in ONLY_ADDED:
        release(op, table)
    for name, table, _columns in MORE_INDEXES:
        op.drop_index(name, table_name=table)
    for table in reversed(TABLES):
        op.drop_index(f"ix_{table}_laboratory_id", table_name=table)
        op.drop_table(table)
