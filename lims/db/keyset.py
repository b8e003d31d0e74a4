"""Pages of long lists by key: the next page begins after the last row seen, however deep in the list it is."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from lims.errors import Invalid
from lims.marks import N_

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursors of its neighbours (None where there is none)."""

    rows: list[Row]
    earlier: str | None
    later: str | None


def page_of(
    session: Session, query: Select[Any], keys: Sequence[InstrumentedAttribute[Any]], cursor: str | None = None, size: int = 50,
    *, is_descending: bool = True,
) -> Page[Row]:  # fmt: skip
    """One page of ``query``, ordered by ``keys`` (the last one unique, none of them NULL), all in one direction.

    ``cursor`` comes from a neighbouring page; Invalid when it was made up.
    """
    backwards, values = _read(cursor, keys) if cursor else (False, None)
    descending = is_descending != backwards
    if values is not None:
        row_key = tuple_(*keys)
        bound = tuple_(*values)
        query = query.where(row_key < bound if descending else row_key > bound)
    query = query.order_by(None).order_by(*(key.desc() if descending else key.asc() for key in keys)).limit(size + 1)
    rows: list[Row] = list(session.scalars(query))
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    has_earlier = has_more if backwards else values is not None
    has_later = True if backwards else has_more
    earlier = _write(True, rows[0], keys) if rows and has_earlier else None
    later = _write(False, rows[-1], keys) if rows and has_later else None
    return Page(rows, earlier, later)


def _write(backwards: bool, row: Any, keys: Sequence[InstrumentedAttribute[Any]]) -> str:
    values = [getattr(row, key.key) for key in keys]
    plain = [
        value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, uuid.UUID) else value for value in values
    ]
    return base64.urlsafe_b64encode(json.dumps([backwards, plain], ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str, keys: Sequence[InstrumentedAttribute[Any]]) -> tuple[bool, list[Any]]:
    try:
        backwards, plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [_typed(key.type.python_type, value) for key, value in zip(keys, plain, strict=True)]
    except (ValueError, TypeError, KeyError, UnicodeDecodeError) as error:
        raise Invalid("pages.cursor", N_("This page address is damaged. Open the list again.")) from error
    return bool(backwards), values


def _typed(kind: type, value: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value)
    if kind is uuid.UUID:
        return uuid.UUID(value)
    if not isinstance(value, kind):
        raise TypeError(value)
    return value
