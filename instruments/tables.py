"""Every table file as sheets of rows of cells with their addresses: CSV, TSV, XLSX and XLS, read by content and never by name."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from instruments import containers
from instruments.contract import NO_ANSWERS, Note, ParseError, ParseOptions, RawFile, note
from instruments.text import decode, lines_of

MAX_CELLS = 2_000_000
MAX_FIELD = 65_536
DELIMITERS = ("\t", ";", ",", "|")

Kind = Literal["text", "number", "date", "boolean", "formula", "error"]


class Cell(NamedTuple):
    """A cell's text exactly as stored (a number as its decimal text), what kind of cell it is, and where."""

    text: str
    kind: Kind
    source: str

    @property
    def trimmed(self) -> str:
        return self.text.strip()


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its non-blank cells by column (0 = A) and its width; `fault` says why its cells cannot be trusted."""

    where: str
    cells: dict[int, Cell]
    width: int
    fault: Note | None = None

    def text(self, column: int) -> str:
        cell = self.cells.get(column)
        return "" if cell is None else cell.text.strip()

    def is_blank(self) -> bool:
        return self.fault is None and not any(cell.trimmed for cell in self.cells.values())


@dataclass(frozen=True)
class Sheet:
    """One sheet (a text file is one sheet without a name). `merged` holds (first row, first column, last row, last column), from 0.

    `formulas` names the cells of a workbook that hold a formula, those with a stored value too."""

    name: str | None
    rows: tuple[Row, ...]
    is_hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """The file as sheets, and how it was read."""

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str | None = None
    delimiter: str | None = None
    unread: tuple[Note, ...] = field(default=())

    def visible(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if not sheet.is_hidden)


@cache
def column_name(column: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_table(file: RawFile, options: ParseOptions = NO_ANSWERS, code_pages: tuple[str, ...] = ()) -> Table:
    """Read a file of any supported kind; refusals are ParseError. The last file read is remembered until `forget`."""
    kind = containers.kind_of(file)
    table = _read_text(file, options.encoding, options.delimiter, code_pages) if kind == "text" else _read_book(file, kind)
    if not any(not row.is_blank() for sheet in table.sheets for row in sheet.rows):
        raise ParseError("no_data", "The file holds blank lines only. Export it again from the instrument.")
    return table


def forget() -> None:
    """Let go of the files remembered: several parsers look at one file, but no file is kept for the next."""
    _read_book.cache_clear()
    _read_text.cache_clear()


@lru_cache(maxsize=1)
def _read_book(file: RawFile, kind: str) -> Table:
    if kind == "xlsx":
        from instruments.workbook import read_workbook

        return Table("xlsx", read_workbook(file.content))
    from instruments.old_workbook import read_old_workbook

    return Table("xls", read_old_workbook(file.content))


@lru_cache(maxsize=2)
def _read_text(file: RawFile, encoding: str | None, delimiter: str | None, code_pages: tuple[str, ...]) -> Table:
    decoded = decode(file.content, encoding, code_pages)
    lines = lines_of(decoded.text)
    sign = delimiter or delimiter_of(lines)
    return Table("text", (Sheet(None, tuple(split_lines(lines, sign))),), decoded.encoding, sign)


def delimiter_of(lines: Iterable[str]) -> str:
    """The sign that splits the most lines into the same number of fields; tab, semicolon, comma, bar in this order when even."""
    best, most = DELIMITERS[0], 0
    sample = [line for _, line in zip(range(2_000), (line for line in lines if line.strip()), strict=False)]
    for delimiter in DELIMITERS:
        counts: dict[int, int] = {}
        for line in sample:
            found = _outside_quotes(line).count(delimiter)
            if found:
                counts[found] = counts.get(found, 0) + 1
        if counts and max(counts.values()) > most:
            best, most = delimiter, max(counts.values())
    return best


def _outside_quotes(line: str) -> str:
    return line if '"' not in line else "".join(line.split('"')[::2])


def split_lines(lines: list[str], delimiter: str) -> Iterable[Row]:
    """Rows of a text table. A quoted field may run over several lines, but only if it is closed in the same way it was opened."""
    total, number = 0, 0
    while number < len(lines):
        fields, taken, fault = _record(lines, number, delimiter)
        where = f"line {number + 1}"
        if fault is None and any(len(text) > MAX_FIELD for text in fields):
            fault = note("field_too_long", "A field has more than %(limit)s characters.", limit=MAX_FIELD)
        cells = {} if fault else {column: Cell(text, "text", where) for column, text in enumerate(fields) if text.strip()}
        total += len(cells)
        if total > MAX_CELLS:
            raise ParseError(
                "too_many_cells", "The table has more than %(limit)s filled cells. Export the result table only.", limit=MAX_CELLS
            )
        yield Row(where, cells, len(fields), fault)
        number += taken


def _record(lines: list[str], number: int, delimiter: str) -> tuple[list[str], int, Note | None]:
    line = lines[number]
    if '"' not in line:
        return line.split(delimiter), 1, None
    fields, is_open, opened_at = _quoted(line, delimiter)
    if not is_open:
        return fields, 1, None
    joined, taken = line, 1
    while number + taken < len(lines) and taken < 50 and len(joined) <= MAX_FIELD:
        joined += "\n" + lines[number + taken]
        taken += 1
        longer, still_open, _ = _quoted(joined, delimiter)
        if not still_open:
            return longer, taken, None
    literal = line[opened_at:]
    if delimiter not in literal:  # the last field of its line merely begins with a quotation mark
        return [*fields[:-1], literal], 1, None
    return fields, 1, note("quote_not_closed", "A quotation mark opens in field %(field)s and is never closed.", field=len(fields))


def _quoted(line: str, delimiter: str) -> tuple[list[str], bool, int]:
    """Fields of a line with quotation marks; whether the last one is still open; where that one begins."""
    fields: list[str] = []
    start = 0
    while True:
        if line[start : start + 1] != '"':
            end = line.find(delimiter, start)
            fields.append(line[start:] if end < 0 else line[start:end])
        else:
            text, end = _quoted_field(line, start, delimiter)
            fields.append(text)
            if end == -2:
                return fields, True, start
        if end < 0:
            return fields, False, start
        start = end + 1


def _quoted_field(line: str, start: int, delimiter: str) -> tuple[str, int]:
    """The text of the quoted field at `start`, and where its delimiter stands (-1: line ends, -2: never closed)."""
    position, parts = start + 1, []
    while True:
        close = line.find('"', position)
        if close < 0:
            return line[start + 1 :], -2
        parts.append(line[position:close])
        if line[close + 1 : close + 2] == '"':
            parts.append('"')
            position = close + 2
            continue
        end = line.find(delimiter, close + 1)
        rest = line[close + 1 :] if end < 0 else line[close + 1 : end]
        return "".join(parts) + rest.rstrip(), end


def unread_sheets(table: Table, used: Sheet) -> list[Note]:
    """The sheets that were not read, hidden ones by that name."""
    notes = []
    for sheet in table.sheets:
        if sheet is used:
            continue
        if sheet.is_hidden:
            notes.append(note("hidden_sheet", 'The hidden sheet "%(sheet)s" was not read.', sheet=sheet.name))
        elif sheet.rows:
            notes.append(note("other_sheet", 'The sheet "%(sheet)s" was not read.', sheet=sheet.name))
    return notes
