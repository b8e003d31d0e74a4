"""Invitrogen Qubit (2.0, 3, 4, Flex): the concentration in the tube and that of the sample."""

import re
from collections.abc import Mapping, Sequence

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.measured_rows import Column, Measurements, columns_by_key, only, parse_measurements
from instruments.pcr import marked_table
from instruments.plate_values import Measured, no_plate, started
from instruments.tables import Row
from instruments.text import heading_key

NAME = "qubit"
VERSION = "1"
TITLE = "Invitrogen Qubit (2.0, 3, 4, Flex)"
FORMATS = ("csv", "txt", "xlsx")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Qubit|Assay Conc", re.IGNORECASE)
_TUBE = ("Qubit\u00ae tube conc.", "Qubit tube conc.", "Assay Conc.", "Assay conc.", "Qubit\ufffd tube conc.")
_SAMPLE = ("Original sample conc.", "Stock Conc.", "Original sample concentration")
_NAMES = ("Sample Name", "Test Name", "Name", "Sample ID")
_DATES = ("Test Date", "Date/Time", "Date", "Run Date")


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _found(file, options)
    if found is None:
        return Match(0)
    where = found.heading.where
    return Match(95, (note("qubit_heading", "The headings are those of Qubit: conc. of tube and of sample (%(where)s).", where=where),))


def _found(file: RawFile, options: ParseOptions) -> Measurements | None:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        for number, row in enumerate(sheet.rows[:30]):
            columns = columns_by_key(row)
            tube, original, name = only(columns, *_TUBE), only(columns, *_SAMPLE), only(columns, *_NAMES)
            if table is None or row.fault is not None or tube is None or original is None or name is None:
                continue
            values = [_column(row, columns, column) for column in (tube, original)]
            others = {title: column for title in _DATES if (column := only(columns, title)) is not None}
            rows = tuple(each for each in sheet.rows[number + 1 :] if not each.is_blank())
            return Measurements(table, sheet, row, rows, name, only(columns, "Well", "Tube"), tuple(values), others)
    return None


def _column(heading: Row, columns: Mapping[str, Sequence[int]], column: int) -> Column:
    """The unit stands in the next column, or in a column that names the value it belongs to."""
    title = heading.text(column)
    named = columns.get(heading_key(f"Units ({title})"), columns.get(heading_key(f"{title} Units"), ()))
    after = column + 1 if heading_key(heading.text(column + 1)) in ("units", "unit") else None
    unit = named[0] if len(named) == 1 else after
    return Column(column, title, Measured("concentration", None), unit)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _found(file, options)
    if found is None:
        raise no_plate(TITLE, "Test Name, Qubit tube conc., Units, Original sample conc., Units")
    column = next(iter(found.others.values()), None)
    at, doubt = started(found.rows[0].text(column), options) if column is not None and found.rows else (None, None)
    assay = only(columns_by_key(found.heading), "Assay Name", "Assay Type", "Assay")
    assays = {row.text(assay) for row in found.rows} - {""} if assay is not None else set()
    run = RunInfo("Qubit", run_name=assays.pop() if len(assays) == 1 else None, started_at=at, zone="local" if at else None)
    return parse_measurements(NAME, VERSION, found, options, run, [doubt] if doubt else [])
