"""Two workbooks compared as their reader sees them: the first was handed in, the second was written from the sealed data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lims.excel.book import column_letter, column_number
from lims.rounds.report.sealed import TITLE
from lims.sheets.shown import Shown, ShownCell, ShownSheet

TOLERANCE = 1e-9


class Difference(NamedTuple):
    """What differs (value, format, merged ...), where, what the file shows, and what it should show."""

    what: str
    sheet: str
    cell: str
    shown: str
    expected: str


def differences(given: Shown, made: Shown) -> Iterator[Difference]:
    """Every difference, sheet by sheet, from top to bottom."""
    expected = {sheet.title: sheet for sheet in made.sheets}
    found = {sheet.title: sheet for sheet in given.sheets}
    for title in expected.keys() - found.keys():
        yield Difference("sheet_missing", title, "", "", title)
    for title in found.keys() - expected.keys():
        yield Difference("sheet_added", title, "", title, "")
    common = [sheet.title for sheet in given.sheets if sheet.title in expected]
    wanted = [sheet.title for sheet in made.sheets if sheet.title in found]
    if common != wanted:
        yield Difference("order", common[0], "", ", ".join(common), ", ".join(wanted))
    for title in wanted:
        yield from _sheet(found[title], expected[title])
    yield from _drawn(given, made)


def _sheet(found: ShownSheet, expected: ShownSheet) -> Iterator[Difference]:
    title = found.title
    if found.is_hidden != expected.is_hidden:
        yield Difference("hidden", title, "", *("hidden" if one.is_hidden else "visible" for one in (found, expected)))
    for place in sorted(found.cells.keys() | expected.cells.keys(), key=_order):
        yield from _cell(title, place, found.cells.get(place), expected.cells.get(place))
        yield from _saved_result(found, expected, place)
    for place in sorted(found.merged ^ expected.merged, key=_order):
        yield Difference("merged", title, place, *("merged" if place in one.merged else "not merged" for one in (found, expected)))
    for what, shown, wanted in (
        ("printed", found.printed, expected.printed),
        ("hidden", found.hidden, expected.hidden),
        ("rules", found.rules, expected.rules),
        ("comments", found.comments, expected.comments),
    ):
        if shown != wanted and not (title == TITLE and what == "printed"):
            yield Difference(what, title, "", " ".join(filter(None, shown)), " ".join(filter(None, wanted)))


def _order(place: str) -> tuple[int, int, str]:
    letters, digits = re.match(r"([A-Z]*)(\d*)", place).groups()  # type: ignore[union-attr]
    return int(digits or 0), len(letters), letters


def _cell(title: str, place: str, found: ShownCell | None, expected: ShownCell | None) -> Iterator[Difference]:
    if title == TITLE:
        if _said(found) != _said(expected):
            yield Difference("seal", title, place, _said(found)[:60], _said(expected)[:60])
        return
    if found is None or expected is None or not _is_same(found, expected):
        yield Difference("value", title, place, _said(found), _said(expected))
        return
    if found.format != expected.format:
        yield Difference("format", title, place, found.format, expected.format)
    if found.ink != expected.ink:
        yield Difference("ink", title, place, found.ink or "readable", expected.ink or "readable")


def _saved_result(found: ShownSheet, expected: ShownSheet, place: str) -> Iterator[Difference]:
    """What a program saved as the result of a formula is the number at its left, which the formula recomputes."""
    cell = found.cells.get(place)
    if cell is None or cell.kind != "formula" or cell.cached is None:
        return
    letters, digits = re.match(r"([A-Z]+)(\d+)", place).groups()  # type: ignore[union-attr]
    left = expected.cells.get(f"{column_letter(column_number(letters) - 1)}{digits}")
    result = ShownCell("number", float(cell.cached)) if isinstance(cell.cached, int | float) else ShownCell("text", str(cell.cached))
    if left is not None and not _is_same(result, left):
        yield Difference("result", found.title, place, _said(result), _said(left))


def _is_same(found: ShownCell, expected: ShownCell) -> bool:
    if found.kind != expected.kind:
        return False
    if isinstance(found.value, float) and isinstance(expected.value, float):
        return abs(found.value - expected.value) <= TOLERANCE * max(1.0, abs(expected.value))
    return found.value == expected.value


def _said(cell: ShownCell | None) -> str:
    if cell is None:
        return ""
    return f"{cell.value:.15g}" if isinstance(cell.value, float) else f'"{cell.value}"' if cell.kind == "text" else str(cell.value)


def _drawn(given: Shown, made: Shown) -> Iterator[Difference]:
    """Charts that draw other cells or carry other words, and things that lie over the cells."""
    for one in set(given.charts) - set(made.charts):
        yield Difference("chart", "", "", " ".join(one)[:200], "")
    for one in set(made.charts) - set(given.charts):
        yield Difference("chart", "", "", "", " ".join(one)[:200])
    if len(given.charts) != len(made.charts) and set(given.charts) == set(made.charts):
        yield Difference("chart", "", "", str(len(given.charts)), str(len(made.charts)))
    for name in set(given.extras) - set(made.extras):
        yield Difference("extra", "", "", name, "")
