"""Texts that do not fit their column are refused with a sentence, on every database alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, event
from sqlalchemy.orm import Mapper

from lims.errors import Invalid
from lims.marks import N_


def refuse_what_does_not_fit(mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    """Called for every row before it is written."""
    for attribute in mapper.column_attrs:
        column, text = attribute.columns[0], getattr(row, attribute.key)
        if not isinstance(column.type, String) or not isinstance(text, str):
            continue
        if column.type.length is not None and len(text) > column.type.length:
            sentence = N_("The text \"%(start)s...\" is %(length)s characters long; at most %(limit)s fit. Shorten it.")
            raise Invalid("rounds.too_long", sentence, field=attribute.key, start=text[:20], length=len(text), limit=column.type.length)
        if "\x00" in text:
            sentence = N_("The text contains a character that cannot be kept. Type it again.")
            raise Invalid("rounds.control_character", sentence, field=attribute.key)


def guard(*kinds: type) -> None:
    """Check every row of these classes."""
    for kind in kinds:
        event.listen(kind, "before_insert", refuse_what_does_not_fit)
        event.listen(kind, "before_update", refuse_what_does_not_fit)
