"""Hach DR3900, DR6000: the log of measurements. Each line may be one quoted field, so that it is split twice."""

import re
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Cell, Row, Sheet, Table, delimiter_of, split_lines

NAME = "hach_dr3900"
VERSION = "1"
TITLE = "Hach DR3900, DR6000"
FORMATS = ("csv", "txt")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"DR ?[36]900|DR ?[56]000|Multiple Determination", re.IGNORECASE)
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Sample ID:",),
        "number": ("Sample Number",),
        "program": ("Program",),
        "dilution": ("Dilution",),
        "lot": ("Lot #:",),
        "value": ("Result",),
        "unit": ("Unit",),
        "target": ("Name",),
        "error": ("Error",),
        "aqa": ("AQA",),
        "determination": ("Multiple Determination",),
        "channel": ("Wavelength1",),
    },
    ("sample", "program", "dilution", "target", "error"),
    noted=("dilution", "program"),
    said=("aqa",),
    faults=("error",),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    return Match(*heading_match(found[1], 95 if re.search(r"DR ?\d{4}", found[0].sheets[0].rows[0].text(0)) else 80))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = marked_table(file, options, _MARKER)
    if table is None:
        return None
    table = _split_again(table)
    grids = find_grids(_FORM, table.sheets[0])
    return (table, grids) if grids else None


def _split_again(table: Table) -> Table:
    """Lines that are one quoted field each hold a table of their own."""
    rows = table.sheets[0].rows
    filled = [row for row in rows if not row.is_blank()]
    if not filled or any(row.fault or set(row.cells) != {0} for row in filled):
        return table
    sign = delimiter_of(row.text(0) for row in filled)
    split = [_one(row, sign) if row.cells else row for row in rows]
    return replace(table, sheets=(Sheet(None, tuple(split)),), delimiter=sign)


def _one(row: Row, sign: str) -> Row:
    found = next(iter(split_lines([row.cells[0].text], sign)))
    cells = {column: Cell(cell.text, "text", row.where) for column, cell in found.cells.items()}
    return Row(row.where, cells, found.width, found.fault)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Sample ID, Program, Dilution, Result, Unit, Name, Error")
    table, grids = found
    for grid in grids:
        demand(_FORM, grid)
        demand(_FORM, grid, "unit")
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(_FORM, grid, mark, warnings)]
    return chem_file(_FORM, table, grids, outcomes, mark, _run(table), warnings.values())


def _run(table: Table) -> RunInfo:
    rows = table.sheets[0].rows
    version = next((row.text(1) for row in rows[:5] if row.text(0).casefold().startswith("instrument version")), None)
    return RunInfo(f"Hach {rows[0].text(0)}", rows[0].text(1).removeprefix("S/N").strip() or None, version)
