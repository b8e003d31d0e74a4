"""What every table shares: typed mappings, time-ordered keys, names of constraints, the owner of a row."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

import uuid_utils.compat
from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from lims.db.types import ExactDecimal, Instant, Json, Uuid


def new_key() -> uuid.UUID:
    """A UUID of version 7: unique without asking anyone, ordered by the time it was made."""
    return uuid_utils.compat.uuid7()


class Base(DeclarativeBase):
    """The root of all mapped classes."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        Decimal: ExactDecimal,
        uuid.UUID: Uuid,
        dict[str, Any]: Json,
        list[Any]: Json,
    }
    #: Tables whose rows are records of the audit trail itself, or mere traffic, are not audited again.
    is_audited: ClassVar[bool] = True
    #: Columns that the audit trail must never repeat (password hashes, sealed truth).
    unaudited_columns: ClassVar[frozenset[str]] = frozenset()


class Keyed:
    """A row with a time-ordered key of its own."""

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_key)


class Owned(Keyed):
    """A row that belongs to one laboratory."""

    @declared_attr
    def laboratory_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(Uuid, ForeignKey("laboratory.id"), nullable=False)


class Versioned:
    """A row that two people may edit: the second save of the same version is a conflict."""

    row_version: Mapped[int] = mapped_column(default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.row_version}
