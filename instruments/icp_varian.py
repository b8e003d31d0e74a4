"""Varian and Agilent Vista-PRO, 700 series (ICP Expert): one line for each element, intensities at its end."""

import re
from collections.abc import Mapping
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Table

NAME = "icp_varian"
VERSION = "1"
TITLE = "Varian, Agilent ICP-OES (Vista-PRO, ICP Expert)"
FORMATS = ("csv", "txt", "xlsx")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Solution Label", re.IGNORECASE)
_FLAGS = {"u": "below calibration", "o": "over range", "x": "over range", "!": "not calibrated"}


def _adjust(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    """The corrected concentration (weight, volume, dilution) stands beside the one of the solution; over range is no value."""
    corrected = row.text(columns.get("corrected", -1))
    if corrected and corrected != reading.raw.strip():
        unit = row.text(columns["corrected"] + 1)
        reading = replace(reading, flags=(*reading.flags, f"Corr Con {corrected} {unit}".strip()))
    said = row.text(columns.get("flag", -1))
    meaning = _FLAGS.get(said.casefold())
    if said and meaning:
        reading = replace(reading, flags=(*reading.flags, meaning))
    if meaning == "over range" and reading.status == "value":
        return replace(reading, status="invalid", value=None)
    return reading


_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Solution Label",),
        "task": ("Type",),
        "target": ("Element",),
        "flag": ("Flags",),
        "value": ("Soln Conc",),
        "unit": ("Units",),
        "corrected": ("Corr Con", "Corr Conc"),
        "dilution": ("DF",),
        "rsd": ("RSD",),
    },
    ("sample", "target"),
    noted=("dilution",),
    said=("flag",),
    looked_at=("corrected",),
    adjust=_adjust,
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
        raise no_result_table(TITLE, "Solution Label, Type, Element, Soln Conc, Units")
    table, grids = found
    grids = [replace(grid, heading=_with_replicates(grid)) for grid in grids]
    for grid in grids:
        demand(_FORM, grid)
        if grid.columns.get("unit") != grid.columns["value"] + 1:
            raise _unit_elsewhere(grid)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(_FORM, grid, mark, warnings)]
    return chem_file(_FORM, table, grids, outcomes, mark, RunInfo("Varian ICP-OES"), warnings.values())


def _with_replicates(grid: Grid) -> Row:
    """The heading as wide as the widest row: the intensities of the replicates have no headings of their own."""
    return replace(grid.heading, width=max(grid.heading.width, *(row.width for row in grid.rows), 0))


def _unit_elsewhere(grid: Grid) -> ParseError:
    return ParseError(
        "unit_elsewhere",
        "In %(place)s the unit does not stand beside the concentration, so it may belong to another column. Nothing was taken.",
        grid.heading.where,
        place=grid.heading.where,
    )
