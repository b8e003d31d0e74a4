"""Storage places, what lies where now, every move, portions of samples, where they came from, and what was done with them."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned
from lims.storage.lifecycle.places import LEVELS
from lims.storage.lifecycle.portions import STATES, VERBS


def _one_of(name: str, codes: tuple[str, ...]) -> str:
    return f"{name} IN ({', '.join(repr(code) for code in codes)})"


class StoragePlace(Owned, Base):
    """A room, freezer, rack or box. ``capacity`` counts the places inside; of a box, its positions."""

    __tablename__ = "storage_place"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "path"),
        CheckConstraint(_one_of("level", tuple(LEVELS)), name="level"),
        Index("ix_storage_place_parent_id", "parent_id"),
    )

    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("storage_place.id"))
    level: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80), default="")
    temperature: Mapped[str] = mapped_column(String(12), default="")
    capacity: Mapped[int]
    box_rows: Mapped[int] = mapped_column(default=0)
    box_columns: Mapped[int] = mapped_column(default=0)


class Aliquot(Owned, Versioned, Base):
    """A portion of a sample or of a portion, or a pool of several."""

    __tablename__ = "aliquot"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "number"),
        CheckConstraint(_one_of("state", tuple(STATES)), name="state"),
        Index("ix_aliquot_newest", "laboratory_id", "id"),
        Index("ix_aliquot_state", "laboratory_id", "state", "id"),
    )

    number: Mapped[str] = mapped_column(String(60))
    is_pool: Mapped[bool] = mapped_column(default=False)
    volume: Mapped[Decimal]
    left: Mapped[Decimal]
    unit: Mapped[str] = mapped_column(String(30))
    state: Mapped[str] = mapped_column(String(12))
    thaws: Mapped[int] = mapped_column(default=0)
    location: Mapped[str] = mapped_column(String(120), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(120))


class AliquotSource(Owned, Base):
    """How much of which sample or portion went into a portion. Rows are only added."""

    __tablename__ = "aliquot_source"
    __table_args__ = (
        CheckConstraint("(sample_id IS NULL) <> (parent_id IS NULL)", name="one_source"),
        Index("ix_aliquot_source_aliquot_id", "aliquot_id"),
        Index("ix_aliquot_source_sample_id", "sample_id"),
        Index("ix_aliquot_source_parent_id", "parent_id"),
        Index("ix_aliquot_source_laboratory_id", "laboratory_id"),
    )

    aliquot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("aliquot.id"))
    sample_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sample.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("aliquot.id"))
    source_number: Mapped[str] = mapped_column(String(60))
    amount: Mapped[Decimal]


class AliquotStep(Owned, Base):
    """One thing done with a portion, and what was left afterwards. Rows are only added."""

    __tablename__ = "aliquot_step"
    __table_args__ = (
        CheckConstraint(_one_of("verb", tuple(VERBS)), name="verb"),
        Index("ix_aliquot_step_aliquot_id", "aliquot_id", "id"),
        Index("ix_aliquot_step_laboratory_id", "laboratory_id"),
    )

    aliquot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("aliquot.id"))
    verb: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal | None]
    left: Mapped[Decimal]
    at: Mapped[datetime]
    actor_name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(200), default="")


class StorageStay(Owned, Base):
    """What lies at a position now: a sample or a portion, one thing."""

    __tablename__ = "storage_stay"
    __table_args__ = (
        UniqueConstraint("place_id", "position"),
        UniqueConstraint("sample_id"),
        UniqueConstraint("aliquot_id"),
        CheckConstraint("(sample_id IS NULL) <> (aliquot_id IS NULL)", name="one_thing"),
        Index("ix_storage_stay_number", "laboratory_id", "number"),
    )

    place_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("storage_place.id"))
    position: Mapped[str] = mapped_column(String(4))
    sample_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sample.id"))
    aliquot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("aliquot.id"))
    number: Mapped[str] = mapped_column(String(60))
    path: Mapped[str] = mapped_column(String(60))
    since: Mapped[datetime]


class StorageMove(Owned, Base):
    """One move of a thing; an empty side is outside of the store. Rows are only added."""

    __tablename__ = "storage_move"
    __table_args__ = (
        Index("ix_storage_move_newest", "laboratory_id", "id"),
        Index("ix_storage_move_number", "laboratory_id", "number", "id"),
    )

    number: Mapped[str] = mapped_column(String(60))
    from_place: Mapped[str] = mapped_column(String(80), default="")
    to_place: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime]
    actor_name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(String(200), default="")
