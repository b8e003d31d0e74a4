"""Agilent MSD ChemStation: the workbook of a quantitation report, one sheet for one injection."""

import re
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.chromatography import amounts_or_areas, instant
from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Sheet, Table

NAME = "agilent_chemstation"
VERSION = "1"
TITLE = "Agilent MSD ChemStation (GC-MS quantitation)"
FORMATS = ("xls", "xlsx", "csv")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Compound Name", re.IGNORECASE)
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "number": ("Comp #",),
        "target": ("Compound Name",),
        "time": ("RT (min)",),
        "area": ("Area",),
        "value": ("Amount",),
        "unit": ("Units",),
        "quality": ("Q-value",),
    },
    ("number", "target", "time", "quality"),
    noted=("time", "area", "quality"),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    has_facts = any(_facts(grid.sheet) for grid in found[1])
    return Match(*heading_match(found[1], 95 if has_facts else 70))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = marked_table(file, options, _MARKER)
    sheets = [sheet for sheet in table.visible() if options.sheet in (None, sheet.name)] if table else []
    grids = [replace(grid, sample=_facts(sheet).get("sample name")) for sheet in sheets for grid in find_grids(_FORM, sheet)]
    return (table, grids) if table and grids else None


def _facts(sheet: Sheet) -> dict[str, str]:
    """The lines above the table: "Sample Name: H2O-0001" in one cell."""
    pairs = [row.text(0).partition(":") for row in sheet.rows[:12]]
    return {name.strip().casefold(): text.strip() for name, sign, text in pairs if sign and text.strip()}


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Comp #, Compound Name, RT (min), Amount, Q-value")
    table, grids = found
    for grid in grids:
        demand(_FORM, grid)
    form, grids, notes = amounts_or_areas(_FORM, grids)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(form, grid, mark, warnings)]
    facts = _facts(grids[0].sheet)
    started = instant(facts.get("acquired date", ""))
    run = RunInfo("Agilent ChemStation", run_name=facts.get("data file name"), started_at=started, zone="local" if started else None)
    return chem_file(form, table, grids, outcomes, mark, run, (*notes, *warnings.values()))
