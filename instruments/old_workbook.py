"""XLS (the binary workbook before 2007), through python-calamine. Run in a child process: it is foreign code on foreign bytes."""

import datetime
import io

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from instruments import containers
from instruments.contract import ParseError
from instruments.tables import MAX_CELLS, MAX_FIELD, Cell, Kind, Row, Sheet, column_name
from instruments.workbook import number_text

Value = int | float | str | bool | datetime.time | datetime.date | datetime.datetime | datetime.timedelta


def read_old_workbook(content: bytes) -> tuple[Sheet, ...]:
    """Every sheet of the file. Where the library itself breaks down (a panic of its Rust part), the file is damaged."""
    try:
        return _sheets(content)
    except BaseException as error:  # a panic is no Exception; everything else goes on as it was
        if type(error).__name__ != "PanicException":
            raise
        raise containers.damaged() from error


def _sheets(content: bytes) -> tuple[Sheet, ...]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError as error:
        raise ParseError("encrypted", "The file is protected by a password. Save it without one.") from error
    except (CalamineError, OSError) as error:
        raise containers.damaged() from error
    sheets = []
    for data in book.sheets_metadata:
        try:
            sheet = book.get_sheet_by_name(data.name)
            is_hidden = data.visible != SheetVisibleEnum.Visible
            merged = tuple((first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or [])
            sheets.append(Sheet(data.name, _rows(data.name, sheet.to_python(skip_empty_area=False)), is_hidden, merged))
        except CalamineError:
            continue  # a chart or macro sheet
    if not sheets:
        raise containers.damaged()
    return tuple(sheets)


def _rows(name: str, grid: list[list[Value]]) -> tuple[Row, ...]:
    if sum(len(line) for line in grid) > MAX_CELLS:
        raise ParseError("too_many_cells", "The table has more than %(limit)s filled cells. Export the result table only.", limit=MAX_CELLS)
    rows = []
    for number, line in enumerate(grid, start=1):
        cells = {}
        for column, value in enumerate(line):
            text, kind = _text(value)
            source = f"{name}!{column_name(column)}{number}"
            if len(text) > MAX_FIELD:
                raise ParseError("cell_too_long", "The cell %(cell)s has more than %(limit)s characters.", cell=source, limit=MAX_FIELD)
            if text.strip():
                cells[column] = Cell(text, kind, source)
        if cells:
            rows.append(Row(f"{name}!{number}", cells, max(cells) + 1))
    return tuple(rows)


def _text(value: Value) -> tuple[str, Kind]:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE", "boolean"
    if isinstance(value, int | float):
        text = repr(value)
        return number_text(text.removesuffix(".0")), "number"
    if isinstance(value, str):
        return value, "text"
    return str(value) if isinstance(value, datetime.timedelta) else value.isoformat(), "date"
