"""Thermo Xcalibur, LCquan: the workbook of a quantitation, one sheet for each component. NF is "not found", NA "does not apply"."""

import re
from dataclasses import replace

from instruments.chemistry import RULES, ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.chromatography import amounts_or_areas, with_limits
from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Sheet, Table

NAME = "thermo_xcalibur"
VERSION = "1"
TITLE = "Thermo Xcalibur, LCquan (quantitation workbook)"
FORMATS = ("xls", "xlsx")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"\bPeak Status\b")
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Sample Name",),
        "file_name": ("Filename",),
        "task": ("Sample Type",),
        "value": ("Calc Amt",),
        "unit": ("Units",),
        "status": ("Peak Status",),
        "area": ("Area",),
        "time": ("RT",),
        "position": ("Vial",),
        "dilution": ("Dilution Factor",),
        "number": ("Sample ID",),
        "response": ("Response",),
        "level": ("Level",),
    },
    ("file_name", "task", "status", "area"),
    rules=with_limits((), ("NF",), RULES),
    noted=("time", "area", "dilution", "number"),
    said=("status",),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match(found[1], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = marked_table(file, options, _MARKER)
    sheets = [sheet for sheet in table.visible() if options.sheet in (None, sheet.name)] if table else []
    grids = [grid for sheet in sheets for grid in _grids(sheet)]
    return (table, grids) if table and grids else None


def _grids(sheet: Sheet) -> list[Grid]:
    """The table of a component's sheet: it ends where a line is left out; the component is named above it."""
    component = _component(sheet)
    found = find_grids(_FORM, sheet, Row.is_blank)
    grids = [replace(grid, rows=_without_gap(grid), target=component) for grid in found]
    return [grid for grid in grids if grid.rows and component is not None]


def _component(sheet: Sheet) -> str | None:
    above = sheet.rows[:8]
    for heading, row in zip(above, above[1:], strict=False):
        if heading.text(0) == "Component Name" and "Filename" not in row.text(0):
            return row.text(0) or None
    return None


def _without_gap(grid: Grid) -> tuple[Row, ...]:
    rows: list[Row] = []
    last = _line(grid.heading)
    for row in grid.rows:
        if _line(row) != last + 1:
            break
        rows.append(row)
        last = _line(row)
    return tuple(rows)


def _line(row: Row) -> int:
    return int(row.where.rpartition("!")[2])


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Component Name; Filename, Sample Type, Calc Amt, Peak Status, Area")
    table, grids = found
    for grid in grids:
        demand(_FORM, grid)
    form, grids, notes = amounts_or_areas(_FORM, grids)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(form, grid, mark, warnings)]
    return chem_file(form, table, grids, outcomes, mark, RunInfo("Thermo Xcalibur"), (*notes, *warnings.values()))
