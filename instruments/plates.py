"""Plate blocks: a heading with the column numbers, lines that begin with the row letter, several blocks for reads, wavelengths, plates."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from instruments.contract import ParseError
from instruments.plate_values import layout_role
from instruments.rows import identifier
from instruments.tables import Cell, Row, Sheet

_LETTER = re.compile(r"^(?:[A-Z]|A[A-F])$")
_NUMBER = re.compile(r"^0?([1-9]\d?)(?:\.0)?$")
MOST_COLUMNS, FEWEST_COLUMNS = 48, 2


@dataclass(frozen=True)
class Line:
    """A line of a block: its row letter (None when it names none), the text right of the wells; in a list, its one well's number."""

    letter: str | None
    row: Row
    tail: str
    number: int | None = None


@dataclass(frozen=True)
class Grid:
    """A block as it stands: the heading, the text in its corner, cell column -> plate column, the lines, the text above."""

    sheet: Sheet
    heading: Row
    corner: str
    columns: Mapping[int, int]
    lines: tuple[Line, ...]
    above: tuple[Row, ...]

    def cells(self) -> Iterable[Cell]:
        return (line.row.cells[column] for line in self.lines for column in self.columns if column in line.row.cells)


@dataclass(frozen=True)
class Well:
    """What a layout says of a well: the sample's text, its role, and further remarks (dilution, nominal value, group)."""

    sample: str | None
    role: str
    flags: tuple[str, ...] = ()


def grids_in(sheet: Sheet) -> list[Grid]:
    """Every plate block of a sheet, in order. Column numbers with a gap or a repetition are refused: wells would be misplaced."""
    grids: list[Grid] = []
    rows, number, last = sheet.rows, 0, 0
    while number < len(rows):
        end = number + 1
        for columns in runs_of(rows[number]):
            lines, stop = _lines(rows, number, columns)
            if lines:
                _demand_whole(rows[number], columns)
                corner = rows[number].text(min(columns) - 1)
                grids.append(Grid(sheet, rows[number], corner, columns, lines, rows[max(last, number - 30) : number]))
                end = max(end, stop)
        last = end if end > number + 1 else last
        number = end
    return grids


def runs_of(row: Row) -> list[dict[int, int]]:
    """The runs of consecutive numbers of a row, each as cell column -> plate column; a run begins at any number."""
    if row.fault is not None or len(row.cells) < FEWEST_COLUMNS:
        return []
    runs: list[dict[int, int]] = []
    run: dict[int, int] = {}
    for column, cell in sorted(row.cells.items()):
        found = _NUMBER.match(cell.trimmed) if len(cell.text) < 20 else None
        value = int(found[1]) if found else 0
        if run and column - 1 in run and value == run[column - 1] + 1:
            run[column] = value
        else:
            run = {column: value} if 0 < value <= MOST_COLUMNS else {}
            runs.append(run)
    return [run for run in runs if len(run) >= FEWEST_COLUMNS and min(run) >= 1]


def _demand_whole(heading: Row, columns: Mapping[int, int]) -> None:
    beside = [heading.text(column) for column in (max(columns) + 1, min(columns) - 1)]
    if any(_NUMBER.match(text) for text in beside) or max(columns.values()) > MOST_COLUMNS:
        raise ParseError(
            "plate_columns_broken",
            "The column numbers of the plate in %(place)s have a gap or a repetition; the wells cannot be placed. Export the file again.",
            place := heading.where,
            place=place,
        )


def _lines(rows: Sequence[Row], heading: int, columns: Mapping[int, int]) -> tuple[tuple[Line, ...], int]:
    """The lines of a block, and the number of the row after it. A line without letter inside is kept, to be skipped with a reason."""
    first, last = min(columns), max(columns)
    lines: list[Line] = []
    letter: str | None = None
    number = heading + 1
    while number < len(rows) and _follows(rows[number - 1], rows[number]):
        row = rows[number]
        label = row.text(first - 1).upper()
        filled = sum(column in row.cells for column in columns)
        if row.fault is not None and lines:
            lines.append(Line(None, row, ""))
        elif _LETTER.match(label):
            letter = label
            lines.append(Line(letter, row, row.text(last + 1)))
        elif letter is None or filled < FEWEST_COLUMNS or _is_heading(row, columns, label):
            break
        else:
            lines.append(Line(letter if not label else None, row, row.text(last + 1)))
        number += 1
    return (tuple(lines) if letter is not None else ()), number


def _is_heading(row: Row, columns: Mapping[int, int], label: str) -> bool:
    """Whether a line is the heading of the next block; under a blank label, a line of values may hold 1 and 2 side by side too."""
    runs = runs_of(row)
    return bool(runs) if label else any(run.get(min(columns)) == 1 and len(run) == len(row.cells) for run in runs)


def _follows(above: Row, row: Row) -> bool:
    """Whether a row stands right below another (a workbook leaves blank rows out) and is not blank."""
    if row.where.startswith("line "):
        return not row.is_blank()
    return int(row.where.rpartition("!")[2]) == int(above.where.rpartition("!")[2]) + 1


def layout_of(grid: Grid) -> dict[str, Well]:
    """The wells of a block that holds sample names; a second line of a letter (concentration or dilution) becomes a remark."""
    wells: dict[str, Well] = {}
    for line in grid.lines:
        for column, number in grid.columns.items():
            cell = line.row.cells.get(column)
            if cell is None or line.letter is None:
                continue
            position = f"{line.letter}{number}"
            if position in wells:
                wells[position] = replace(wells[position], flags=(*wells[position].flags, _remark(wells[position].role, cell.trimmed)))
            else:
                sample = identifier(cell)
                wells[position] = Well(sample.text, layout_role(cell.trimmed), () if sample.fault is None else ("sample not readable",))
    return wells


def _remark(role: str, text: str) -> str:
    """A second line of a letter: the nominal value of a standard, the dilution of a sample; words stay as they are."""
    if not text[:1].isdigit():
        return text
    return f"nominal {text}" if role in ("standard", "calibrator") else f"dilution {text}"
