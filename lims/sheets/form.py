"""Reading a form that people filled: every sheet with its cells, their kinds and whether a formula stands in them.

``read_form`` runs in a guarded child: plain values in, plain values out. Nothing is guessed and nothing is calculated.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

from instruments.contract import ParseError, RawFile
from instruments.tables import Sheet, column_name, forget, read_table
from lims.errors import Invalid, RuleViolation
from lims.sandbox import Sandbox
from lims.sheets.filled import shown_cell

AT_ONCE = 2
_places = threading.BoundedSemaphore(AT_ONCE)

#: row from 1, column from 0, text, kind, whether it is a formula
PlainCell = tuple[int, int, str, str, bool]
PlainSheet = tuple[str, list[PlainCell]]


class FormCell(NamedTuple):
    """One filled cell."""

    row: int
    column: int
    text: str
    kind: str = "text"
    is_formula: bool = False

    @property
    def address(self) -> str:
        """Where it stands, such as B7."""
        return address(self.row, self.column)


def address(row: int, column: int) -> str:
    """B7 for row 7 (from 1) and column 1 (from 0)."""
    return f"{column_name(column)}{row}"


def sheets_of(name: str, content: bytes) -> list[PlainSheet]:
    """Read a form in a guarded child; Invalid when it cannot be read, RuleViolation when others are being read just now."""
    if not _places.acquire(timeout=20):
        raise RuleViolation("sheets.busy", "Other files are being read just now. Try again in a minute.")
    try:
        with Sandbox() as sandbox:
            found: list[PlainSheet] = sandbox.run("lims.sheets.form:read_form", name, content)
        return found
    except ParseError as error:
        raise Invalid(f"sheets.{error.code}", error.message, field="file", **error.params) from error
    finally:
        _places.release()


def read_form(name: str, content: bytes) -> list[PlainSheet]:
    """Every sheet of a workbook by name; raises ParseError when the bytes are no table file."""
    try:
        table = read_table(RawFile(name, content))
    finally:
        forget()
    return [(sheet.name or "", _cells(sheet)) for sheet in table.sheets]


def _cells(sheet: Sheet) -> list[PlainCell]:
    found: list[PlainCell] = []
    for row in sheet.rows:
        number = int("".join(filter(str.isdigit, row.where.rpartition("!")[2])) or 0)
        for column, cell in row.cells.items():
            told = shown_cell(cell)
            found.append((number, column, told.text, told.kind, address(number, column) in sheet.formulas or told.kind == "formula"))
    return found
