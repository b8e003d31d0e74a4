"""Dates of a column: impossible ones are faults of their row; a column that reads both day-first and month-first is asked about."""

import re
from collections.abc import Iterable
from datetime import date, time

from instruments.contract import ParseError
from instruments.tables import Cell
from instruments.text import half_width

_YEAR_FIRST = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(.+))?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[ T]+(.+))?$")
_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?$")


def order_of(column: Iterable[Cell], chosen: str | None, heading: str) -> str | None:
    """The order of day and month that the whole column proves, or that a person chose."""
    if chosen is not None:
        return chosen
    orders: set[str] = set()
    doubtful: str | None = None
    for cell in column:
        found = _YEAR_LAST.match(half_width(cell.trimmed)) if cell.kind == "text" else None
        if found is None:
            continue
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or first > 12 >= second:
            orders.add("dmy")
        elif second > 12 >= first:
            orders.add("mdy")
        elif first != second:
            doubtful = doubtful or cell.trimmed
    if len(orders) == 1 and (doubtful is None or not _mixes_separators(column)):
        return orders.pop()
    if doubtful is not None or len(orders) > 1:
        raise ParseError(
            "date_ambiguous",
            'In the column "%(column)s" the date %(date)s can be read in two ways. Choose the order of day and month.',
            heading,
            column=heading,
            date=doubtful or "",
        )
    return None


def _mixes_separators(column: Iterable[Cell]) -> bool:
    return len({found[2] for cell in column if (found := _YEAR_LAST.match(half_width(cell.trimmed)))}) > 1


def is_date(cell: Cell, order: str | None) -> bool:
    """Whether the cell is a date that exists, under the column's order."""
    if cell.kind == "date":
        return True
    text = half_width(cell.trimmed)
    if found := _YEAR_FIRST.match(text):
        return _exists(int(found[1]), int(found[2]), int(found[3]), found[4])
    if found := _YEAR_LAST.match(text):
        if order == "ymd":
            return False
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day, month = (second, first) if order == "mdy" else (first, second)
        return len(found[4]) == 4 and _exists(year, month, day, found[5])
    return False


def _exists(year: int, month: int, day: int, clock: str | None) -> bool:
    try:
        date(year, month, day)
        if clock is not None:
            found = _TIME.match(clock.strip())
            if found is None:
                return False
            time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return False
    return True
