"""Tables of small spectrometers and fluorometers: one measurement on each line, with its sample, concentration, unit and ratios."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from instruments.contract import Note, ParsedFile, ParseError, ParseOptions, Reading, RunInfo, Skipped, note
from instruments.plate_readings import judge_plate
from instruments.plate_values import Measured, layout_role, mark_of, outcome, ucum
from instruments.rows import UsedRow, about, identifier, numbered, place
from instruments.tables import Row, Sheet, Table, unread_sheets
from instruments.text import heading_key

RATIO = Measured("other", "1", Decimal(100))


@dataclass(frozen=True)
class Column:
    """A column of values: what it is called, what it measures, and the column of its unit where the heading has none."""

    column: int
    target: str
    measured: Measured
    unit_column: int | None = None


@dataclass(frozen=True)
class Measurements:
    """A table with its heading and the columns that are read."""

    table: Table
    sheet: Sheet
    heading: Row
    rows: tuple[Row, ...]
    sample: int
    position: int | None
    values: tuple[Column, ...]
    others: Mapping[str, int]


def columns_by_key(row: Row) -> dict[str, list[int]]:
    """Every column of a heading by its key; some programs write a title twice ("Units")."""
    columns: dict[str, list[int]] = {}
    for column, cell in sorted(row.cells.items()):
        columns.setdefault(heading_key(cell.text), []).append(column)
    return columns


def only(columns: Mapping[str, Sequence[int]], *titles: str) -> int | None:
    """The column with one of these titles, the first title first; twice the same title is not guessed about."""
    for title in titles:
        found = columns.get(heading_key(title), ())
        if len(found) > 1:
            raise ParseError("title_twice", 'The title "%(title)s" stands over two columns; which one counts cannot be known.', title=title)
        if found:
            return found[0]
    return None


def parse_measurements(
    name: str, version: str, found: Measurements, options: ParseOptions, run: RunInfo, warnings: Sequence[Note]
) -> ParsedFile:
    """Every line as readings or a reason. Ratios, which are small, settle what a comma means for the concentrations."""
    if not found.rows:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    mark = _mark(found, options)
    widths = _widths(found)
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    for row in found.rows:
        sample = identifier(row.cells.get(found.sample))
        fault = row.fault or sample.fault or _width_fault(row, found, widths)
        if fault is None and sample.text is None and not any(each.column in row.cells for each in found.values):
            fault = note("line_without_value", "The line names no sample and holds no measurement.")
        if fault is not None:
            skipped.append(Skipped(row.where, fault))
            continue
        used.append(UsedRow(row.where, tuple(_readings(row, found, mark, sample.text, sample.is_from_number))))
    readings = numbered(used)
    return ParsedFile(
        name,
        version,
        readings,
        len(used) + len(skipped),
        len(used),
        tuple(skipped),
        run,
        found.table.encoding,
        found.table.delimiter,
        mark,
        found.sheet.name,
        controls=judge_plate(readings),
        warnings=(*warnings, *about(readings)),
        unread=(*_unread(found), *unread_sheets(found.table, found.sheet)),
    )


def _mark(found: Measurements, options: ParseOptions) -> str:
    mark: str | None = None
    for each in sorted(found.values, key=lambda value: value.measured.highest is None):
        cells = [row.cells[each.column] for row in found.rows if each.column in row.cells]
        if cells:
            mark = mark_of(cells, options, each.measured, each.target, mark)
    return mark or "."


def _widths(found: Measurements) -> frozenset[int]:
    counted = Counter(row.width for row in found.rows if row.fault is None)
    return frozenset({found.heading.width, found.heading.width + 1, *(width for width, count in counted.most_common(1) if count > 1)})


def _width_fault(row: Row, found: Measurements, widths: frozenset[int]) -> Note | None:
    if not row.where.startswith("line ") or row.width in widths:
        return None
    return note(
        "wrong_field_count", "The line has %(found)s fields; the others have %(expected)s.", found=row.width, expected=found.heading.width
    )


def _readings(row: Row, found: Measurements, mark: str, sample: str | None, is_from_number: bool) -> list[Reading]:
    """The concentration always, a ratio only where there is one."""
    position = row.text(found.position) if found.position is not None else ""
    spot = position if re.fullmatch(r"[A-P]\d{1,2}", position) else None
    flags = ("id from number",) if is_from_number else ()
    readings = []
    for each in found.values:
        cell = row.cells.get(each.column)
        if cell is None and each.measured is RATIO:
            continue
        result = outcome(cell, mark)
        unit = each.measured.unit if each.unit_column is None else ucum(row.text(each.unit_column))
        readings.append(
            Reading(
                spot, sample, layout_role(sample or ""), each.target, None, each.measured.quantity, cell.text if cell else "",
                result.status, result.value, result.comparator, unit, None, (*flags, *result.flags),
                cell.source if cell else place(row, each.column),
            )
        )  # fmt: skip
    return readings


def _unread(found: Measurements) -> list[Note]:
    known = {found.sample, found.position, *found.others.values()}
    known |= {each.column for each in found.values} | {each.unit_column for each in found.values}
    titles = ", ".join(cell.trimmed for column, cell in sorted(found.heading.cells.items()) if column not in known)
    return [note("unread_columns", "Columns that were not read: %(columns)s.", columns=titles)] if titles else []
