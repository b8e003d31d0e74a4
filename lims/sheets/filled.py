"""Reading a sheet that people filled: rows of cells with their kinds and places, out of XLSX, XLS or text in any usual encoding.

Nothing is guessed and nothing is calculated: a formula is a formula, a number is a number, a date is the day it shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from instruments.contract import NO_ANSWERS, ParseError, ParseOptions, RawFile
from instruments.tables import Cell, Row, Sheet, Table, column_name, forget, read_table
from instruments.text import has_control_characters, heading_key
from lims.errors import Invalid

__all__ = ["Cell", "Line", "SheetFile", "column_name", "has_control_characters", "heading_key", "read_sheet"]

#: a hidden sheet of this name holds pairs of words that a template says about itself
MARKS = "lims"
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=UTC)
_WRAPPED = re.compile(r'="([^"]*)"')


@dataclass(frozen=True)
class Line:
    """One row of the file: its number there, its filled cells by column (0 = A), and why it cannot be read, if so."""

    number: int
    cells: Mapping[int, Cell]
    is_broken: bool = False

    def text(self, column: int) -> str:
        """The trimmed text of a cell, empty where there is none."""
        cell = self.cells.get(column)
        return cell.trimmed if cell else ""


@dataclass(frozen=True)
class SheetFile:
    """The first visible sheet of a file and how it was read; ``other_sheets`` were not read."""

    lines: tuple[Line, ...]
    marks: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    other_sheets: tuple[str, ...] = ()


def read_sheet(name: str, content: bytes, knows: Callable[[str], bool] = lambda _heading: False) -> SheetFile:
    """The first visible sheet without its blank rows; raises Invalid with the sentence of the reader.

    ``knows`` says whether a text is one of the caller's headings: two of them prove a Chinese encoding that nothing else proves.
    """
    try:
        table = _read(RawFile(name, content), knows)
    except ParseError as error:
        raise Invalid(f"sheets.{error.code}", error.message, **error.params) from error
    finally:
        forget()
    first = next(sheet for sheet in (*table.visible(), *table.sheets) if any(not row.is_blank() for row in sheet.rows))
    lines = tuple(_line(number, row) for number, row in enumerate(first.rows, 1) if not row.is_blank())
    others = tuple(sheet.name or "" for sheet in table.visible() if sheet is not first and sheet.rows)
    return SheetFile(lines, _marks(table.sheets), table.encoding or "", table.delimiter or "", others)


def _read(file: RawFile, knows: Callable[[str], bool]) -> Table:
    try:
        return read_table(file, NO_ANSWERS)
    except ParseError as error:
        if error.code not in ("encoding_unknown", "encoding_doubtful"):
            raise
        table = read_table(file, ParseOptions(encoding="gb18030"))
        head = next(row for row in table.sheets[0].rows if not row.is_blank())
        if sum(knows(cell.trimmed) for cell in head.cells.values()) < 2:
            raise
        return table


def _line(number: int, row: Row) -> Line:
    place = re.search(r"\d+$", row.where)
    return Line(int(place[0]) if place else number, {column: shown_cell(cell) for column, cell in row.cells.items()}, row.fault is not None)


def shown_cell(cell: Cell) -> Cell:
    """A date as the day (and time) it shows; a text that a spreadsheet wrapped to keep its zeros without the wrapping."""
    if cell.kind == "text":
        wrapped = _WRAPPED.fullmatch(cell.trimmed)
        return Cell(wrapped[1], "text", cell.source) if wrapped else cell
    if cell.kind != "date":
        return cell
    try:
        moment = _FIRST_DAY + timedelta(seconds=round(float(cell.text) * 86400))
    except (ValueError, OverflowError):
        return cell
    text = f"{moment:%Y-%m-%d}" if (moment.hour, moment.minute, moment.second) == (0, 0, 0) else f"{moment:%Y-%m-%d %H:%M:%S}"
    return Cell(text, "date", cell.source)


def _marks(sheets: tuple[Sheet, ...]) -> dict[str, str]:
    hidden = next((sheet for sheet in sheets if sheet.is_hidden and sheet.name == MARKS), None)
    return {row.text(0): row.text(1) for row in hidden.rows if row.text(0)} if hidden else {}
