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
PLACE, ALIQUOT, SOURCE, STEP, STAY, MOVE = "storage_place", "aliquot", "aliquot_source", "aliquot_step", "storage_stay", "storage_move"
ONLY_ADDED = (MANIFEST, RECEIPT, FINDING, SOURCE, STEP, MOVE)
TABLES = (BOX, ITEM, MANIFEST, RECEIPT, FINDING, PLACE, ALIQUOT, SOURCE, STEP, STAY, MOVE)


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
    _places()
    _portions()
    _stays()
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


def _places() -> None:
    _create(
        PLACE,
        [
            _key("parent_id", nullable=True), _text("level", 10), _text("path", 60), _text("name", 80), _text("temperature", 12),
            _number("capacity"), _number("box_rows"), _number("box_columns"),
        ],
        {"parent_id": PLACE},
        _unique(PLACE, "laboratory_id", "path"),
        _check(PLACE, "level", "room", "freezer", "rack", "box"),
    )  # fmt: skip
    _index(PLACE, "parent_id")


def _portions() -> None:
    _create(
        ALIQUOT,
        [
            _text("number", 60), sa.Column("is_pool", sa.Boolean(), nullable=False), _amount("volume"), _amount("left"), _text("unit", 30),
            _text("state", 12), _number("thaws"), _text("location", 120), _instant("made_at"), _text("made_by", 120),
            _number("row_version"),
        ],
        {},
        _unique(ALIQUOT, "laboratory_id", "number"),
        _check(ALIQUOT, "state", "available", "used_up", "disposed", "lost"),
    )  # fmt: skip
    _index(ALIQUOT, "laboratory_id", "id", name="ix_aliquot_newest")
    _index(ALIQUOT, "laboratory_id", "state", "id", name="ix_aliquot_state")
    _create(
        SOURCE,
        [
            _key("aliquot_id"), _key("sample_id", nullable=True), _key("parent_id", nullable=True), _text("source_number", 60),
            _amount("amount"),
        ],
        {"aliquot_id": ALIQUOT, "sample_id": "sample", "parent_id": ALIQUOT},
        sa.CheckConstraint("(sample_id IS NULL) <> (parent_id IS NULL)", name=op.f("ck_aliquot_source_one_source")),
    )
    for name in ("aliquot_id", "sample_id", "parent_id", "laboratory_id"):
        _index(SOURCE, name)
    _create(
        STEP,
        [
            _key("aliquot_id"), _text("verb", 10), _amount("amount", nullable=True), _amount("left"), _instant("at"),
            _text("actor_name", 120), _text("note", 200),
        ],
        {"aliquot_id": ALIQUOT},
        _check(STEP, "verb", "made", "thawed", "taken", "divided", "disposed", "lost"),
    )  # fmt: skip
    _index(STEP, "aliquot_id", "id", name="ix_aliquot_step_aliquot_id")
    _index(STEP, "laboratory_id")


def _stays() -> None:
    _create(
        STAY,
        [
            _key("place_id"), _text("position", 4), _key("sample_id", nullable=True), _key("aliquot_id", nullable=True),
            _text("number", 60), _text("path", 60), _instant("since"),
        ],
        {"place_id": PLACE, "sample_id": "sample", "aliquot_id": ALIQUOT},
        _unique(STAY, "place_id", "position"),
        _unique(STAY, "sample_id"),
        _unique(STAY, "aliquot_id"),
        sa.CheckConstraint("(sample_id IS NULL) <> (aliquot_id IS NULL)", name=op.f("ck_storage_stay_one_thing")),
    )  # fmt: skip
    _index(STAY, "laboratory_id", "number", name="ix_storage_stay_number")
    _create(
        MOVE,
        [_text("number", 60), _text("from_place", 80), _text("to_place", 80), _instant("at"), _text("actor_name", 120), _text("note", 200)],
        {},
    )
    _index(MOVE, "laboratory_id", "id", name="ix_storage_move_newest")
    _index(MOVE, "laboratory_id", "number", "id", name="ix_storage_move_number")


def downgrade() -> None:
    for table in ONLY_ADDED:
        release(op, table)
    for table in reversed(TABLES):
        op.drop_table(table)
