"""The list view of a plate: one line for each well, with its content and a column for each read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from instruments.contract import ParseError
from instruments.plate_readings import Block
from instruments.plate_values import Measured, layout_role
from instruments.plates import Line, Well
from instruments.rows import identifier
from instruments.tables import Row, Sheet
from instruments.text import heading_key

_WELL = re.compile(r"^([A-P]|A[A-F])0?([1-9]\d?)$", re.IGNORECASE)
_WELLS = frozenset(map(heading_key, ("Well", "Wells", "Well position", "Well positions", "Position", "Well ID", "Well Name", "孔", "孔位")))
_ROWS = frozenset(map(heading_key, ("Well Row", "Row", "行")))
_COLUMNS = frozenset(map(heading_key, ("Well Col", "Well Column", "Col", "Column", "列")))
_SAMPLES = ("sample", "sample name", "sample id", "name", "content", "layout", "type", "id", "样品", "样本", "样品名称")
_REMARKS = {"dilution": "dilution", "dilution factor": "dilution", "conc.": "nominal", "nominal conc.": "nominal"}
Described = tuple[Measured, str | None, tuple[str, ...]]


@dataclass(frozen=True)
class WellList:
    """A list with its heading, the columns that name the well, and the columns of reads by title."""

    sheet: Sheet
    heading: Row
    well: int | None
    row_and_column: tuple[int, int] | None
    sample: int | None
    remarks: Mapping[int, str]
    reads: Mapping[int, str]
    rows: tuple[Row, ...]

    def position(self, row: Row) -> tuple[str, str] | None:
        """The letter and number of the well a line names, or None."""
        if self.row_and_column:
            text = row.text(self.row_and_column[0]) + re.sub(r"\.0$", "", row.text(self.row_and_column[1]))
        else:
            text = row.text(self.well) if self.well is not None else ""
        found = _WELL.match(text)
        return (found[1].upper(), found[2]) if found else None


def find_list(sheet: Sheet, is_read: Callable[[str], bool]) -> WellList | None:
    """The first heading that names the wells and a column that `is_read` accepts; lines below it until one names no well."""
    for number, row in enumerate(sheet.rows[:80]):
        keys = {heading_key(cell.text): column for column, cell in reversed(row.cells.items())}
        well = next((column for key, column in keys.items() if key in _WELLS), None)
        line = next((column for key, column in keys.items() if key in _ROWS), None)
        column = next((column for key, column in keys.items() if key in _COLUMNS), None)
        pair = (line, column) if line is not None and column is not None else None
        known = {well, line, column}
        reads = {place: cell.trimmed for place, cell in row.cells.items() if place not in known and is_read(cell.trimmed)}
        if row.fault is None and reads and (well is not None or pair):
            return _list(sheet, number, well, pair, keys, reads)
    return None


def _list(
    sheet: Sheet, number: int, well: int | None, pair: tuple[int, int] | None, keys: Mapping[str, int], reads: Mapping[int, str]
) -> WellList:  # fmt: skip
    sample = next((keys[key] for key in map(heading_key, _SAMPLES) if key in keys and keys[key] not in reads), None)
    remarks = {keys[heading_key(name)]: word for name, word in _REMARKS.items() if heading_key(name) in keys}
    found = WellList(sheet, sheet.rows[number], well, pair, sample, remarks, reads, ())
    rows = [row for row in sheet.rows[number + 1 :] if not row.is_blank()]
    while rows and found.position(rows[0]) is None and rows[0].fault is None and not rows[0].text(min(reads)).replace(".", "").isdigit():
        rows.pop(0)  # units, times and temperatures between the heading and the first well
    while rows and found.position(rows[-1]) is None and rows[-1].fault is None and not any(column in rows[-1].cells for column in reads):
        rows.pop()  # words below the list
    return replace(found, rows=tuple(rows))


def blocks_of(found: WellList, described: Callable[[str], Described], plate: str | None = None) -> list[Block]:
    """Each read as a block, each well as a line of its own: a line gives one reading for each read column."""
    titles = list(found.reads.values())
    if len(set(titles)) != len(titles):
        raise ParseError(
            "two_columns_one_title",
            "Two columns of the list in %(place)s have the same title; which one counts cannot be known.",
            place := found.heading.where,
            place=place,
        )
    spots = [(row, found.position(row)) for row in found.rows]
    lines = tuple(Line(spot[0] if spot else None, row, "", int(spot[1]) if spot else None) for row, spot in spots)
    layout = {f"{spot[0]}{int(spot[1])}": well for row, spot in spots if spot and (well := _well(found, row))}
    blocks = []
    for column, title in found.reads.items():
        measured, channel, flags = described(title)
        blocks.append(Block(lines, {column: 0}, title, channel, measured, layout or None, plate, flags))
    return blocks


def _well(found: WellList, row: Row) -> Well | None:
    if found.sample is None:
        return None
    sample = identifier(row.cells.get(found.sample))
    flags = tuple(f"{word} {row.text(column)}" for column, word in found.remarks.items() if row.text(column))
    fault = ("sample not readable",) if sample.fault else ("id from number",) if sample.is_from_number else ()
    return Well(sample.text, layout_role(sample.text or ""), (*flags, *fault))
