"""The first rows of a table file, as they stand: what a person needs to say which column is which."""

from dataclasses import dataclass

from instruments.contract import NO_ANSWERS, ParseError, ParseOptions, RawFile
from instruments.tables import Cell, Row, Sheet, forget, read_table

MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 30, 40, 60


@dataclass(frozen=True)
class _Shown:
    """A sheet with its first filled rows, and which of them is most likely the heading."""

    sheet: Sheet
    rows: tuple[Row, ...]

    @property
    def heading(self) -> int:
        """The first row of which at least three cells are words, and none a number, with a filled row below it."""
        for number, row in enumerate(self.rows[:-1]):
            cells = [cell for cell in row.cells.values() if cell.trimmed]
            if len(cells) >= 3 and all(cell.kind == "text" and not cell.trimmed.replace(".", "").isdigit() for cell in cells):
                return number
        return 0


def first_rows(file: RawFile, options: ParseOptions = NO_ANSWERS) -> dict[str, object]:
    """Plain values: sheet, encoding, delimiter, rows as (place, texts by column), and the number of the row that looks like the heading."""
    try:
        table = read_table(file, options)
        shown = max((_shown(sheet) for sheet in table.visible()), key=lambda one: len(one.rows), default=None)
        if shown is None or not shown.rows:
            raise ParseError("no_data", "The file holds blank lines only. Export it again from the instrument.")
        rows = [(row.where, {str(column): cell.text[:MOST_TEXT] for column, cell in _first(row)}) for row in shown.rows]
        return {
            "sheet": shown.sheet.name,
            "encoding": table.encoding,
            "delimiter": table.delimiter,
            "rows": rows,
            "heading": shown.heading,
        }
    finally:
        forget()


def _shown(sheet: Sheet) -> _Shown:
    return _Shown(sheet, tuple([row for row in sheet.rows if row.fault is None and not row.is_blank()][:MOST_ROWS]))


def _first(row: Row) -> list[tuple[int, Cell]]:
    return [(column, cell) for column, cell in sorted(row.cells.items()) if column < MOST_COLUMNS]
