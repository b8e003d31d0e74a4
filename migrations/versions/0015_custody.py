"""Storage places, boxes between laboratories, portions of samples, disposal."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import ExactDecimal, Instant

revision = "0015"
down_revision = "0014"

BOX, ITEM, MANIFEST, RECEIPT, FINDING = "box", "box_item", "box_manifest", "box_receipt", "box_finding"
ONLY_ADDED = (MANIFEST, RECEIPT, FINDING)
TABLES = (BOX, ITEM, MANIFEST, RECEIPT, FINDING)


def _create(table: str, columns: list[sa.Column[Any]], links: dict[str, str], *rules: sa.Constraint) -> None:
    """A table of a laboratory with its own key, and the tables that its columns name."""
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


def _index(table: str, *columns: str, name: str = "") -> None:
    op.create_index(name or f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _check(table: str, name: str, *codes: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} IN ({', '.join(repr(code) for code in codes)})", name=op.f(f"ck_{table}_{name}"))


def _key(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, length: int) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=False)


def _number(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _amount(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, ExactDecimal(), nullable=nullable)


def _instant(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant(), nullable=nullable)


def upgrade() -> None:
    _boxes()
    _receipts()
    for table in ONLY_ADDED:
        protect(op, table)


def _boxes() -> None:
    transport = {
        "category": 20, "packaging": 10, "condition": 20, "permit_number": 60, "escort": 60, "second_escort": 60, "dry_ice_kg": 12,
        "logger_number": 40, "carrier": 80, "waybill": 60, "remarks": 400,
    }  # fmt: skip
    _create(
        BOX,
        [
            _text("number", 40), _key("receiver_id"), _text("purpose", 10), _text("state", 10), _instant("opened_at"),
            _text("opened_by", 120),
            *(_text(name, length) for name, length in transport.items()),
            sa.Column("is_dry_ice_marked", sa.Boolean(), nullable=False), _instant("dispatched_at", nullable=True),
            _text("dispatched_by", 120), _instant("received_at", nullable=True), _number("row_version"),
        ],
        {"receiver_id": "laboratory"},
        _unique(BOX, "laboratory_id", "number"),
        _check(BOX, "state", "packing", "dispatched", "received", "given_up"),
        _check(BOX, "purpose", "referral", "transfer", "return"),
    )  # fmt: skip
    _index(BOX, "laboratory_id", "id", name="ix_box_sender")
    _index(BOX, "receiver_id", "id", name="ix_box_receiver")
    _index(BOX, "number")
    _create(
        ITEM,
        [
            _key("box_id"), _key("sample_id"), _number("place"), _text("number", 40), _text("settled", 10), _text("settled_by", 120),
            _instant("settled_at", nullable=True), _text("settled_note", 400),
        ],
        {"box_id": BOX, "sample_id": "sample"},
        _unique(ITEM, "box_id", "place"),
        _unique(ITEM, "box_id", "sample_id"),
    )  # fmt: skip
    _index(ITEM, "sample_id")
    _index(ITEM, "laboratory_id")
    _create(
        MANIFEST,
        [
            _key("box_id"), sa.Column("content", sa.JSON(), nullable=False), _text("content_hash", 64), _text("signed_by", 120),
            _instant("signed_at"),
        ],
        {"box_id": BOX},
        _unique(MANIFEST, "box_id"),
    )  # fmt: skip
    _index(MANIFEST, "laboratory_id")


def _receipts() -> None:
    _create(
        RECEIPT,
        [
            _key("box_id"), _number("counted"), _number("expected"), _amount("temperature", nullable=True), _text("condition", 20),
            _text("note", 400), _text("content_hash", 64), _text("signed_by", 120), _instant("signed_at"),
        ],
        {"box_id": BOX},
        _unique(RECEIPT, "box_id"),
    )  # fmt: skip
    _index(RECEIPT, "laboratory_id")
    _create(
        FINDING,
        [
            _key("receipt_id"), _number("place", nullable=True), _text("code", 80), _text("found", 12), _text("note", 200),
            _text("sample_number", 40),
        ],
        {"receipt_id": RECEIPT},
        _unique(FINDING, "receipt_id", "place"),
        _check(FINDING, "found", "not_scanned", "arrived", "damaged", "missing", "surplus"),
    )  # fmt: skip
    _index(FINDING, "laboratory_id")


def downgrade() -> None:
    for table in ONLY_ADDED:
        release(op, table)
    for table in reversed(TABLES):
        op.drop_table(table)
