"""Beckman Coulter Access and UniCel DxI: the result list. Call and number stand in separate columns; patients are not read."""

import re

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Table

NAME = "immuno_beckman_access"
VERSION = "1"
TITLE = "Beckman Coulter Access 2, DxI"
FORMATS = ("csv", "txt", "xlsx")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Reagent Pack|Pipettor", re.IGNORECASE)
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Sample ID",),
        "position": ("Rack",),
        "target": ("Test Name",),
        "call": ("Interpretation",),
        "value": ("Result",),
        "unit": ("Units",),
        "flag": ("Flags",),
        "task": ("Sample Priority",),
        "dilution": ("Dilution",),
        "instrument": ("Instrument",),
        "pack": ("Reagent Pack Lot #",),
        "level": ("Calibrator level",),
        "rlu": ("RLU",),
    },
    ("sample", "target", "call", "rlu", "pack"),
    noted=("dilution",),
    said=("call", "flag"),
    quantity="other",
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match(found[1], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = marked_table(file, options, _MARKER)
    grids = [grid for sheet in table.visible() for grid in find_grids(_FORM, sheet)] if table else []
    return (table, grids) if table and grids else None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Sample ID, Test Name, Interpretation, Result, RLU, Reagent Pack Lot #")
    table, grids = found
    for grid in grids:
        demand(_FORM, grid)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(_FORM, grid, mark, warnings)]
    serials = {cell.trimmed for grid in grids for cell in grid.cells("instrument")}
    run = RunInfo("Beckman Coulter Access", serial=serials.pop() if len(serials) == 1 else None)
    return chem_file(_FORM, table, grids, outcomes, mark, run, warnings.values())
