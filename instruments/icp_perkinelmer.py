"""PerkinElmer NexION, Syngistix: a workbook with a sheet of concentrations; analytes across, their unit in the heading."""

import re
from collections.abc import Iterable
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, find_grids, heading_match, mark_of, read_grid
from instruments.chromatography import joined
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, Skipped, note
from instruments.pcr import marked_table, no_result_table
from instruments.rows import UsedRow
from instruments.tables import Sheet, Table

NAME = "icp_perkinelmer"
VERSION = "1"
TITLE = "PerkinElmer NexION, Avio (Syngistix)"
FORMATS = ("xlsx", "xls", "csv")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Acquisition Time", re.IGNORECASE)
_ANALYTE = re.compile(r"^([A-Z][a-z]?)\s*(\d{1,3}(?:\.\d+)?(?:-\d)?)?\s*\((.+)\)$")
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Sample Id", "Sample ID"),
        "reading": ("R",),
        "date": ("Acquisition Time",),
        "check": ("QC Status",),
        "dataset": ("Dataset File",),
        "method": ("Method File",),
    },
    ("sample", "date", "dataset", "method"),
    said=("check",),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match([grid for _, grids in found[1] for grid in grids], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[tuple[Sheet, list[Grid]]]] | None:
    table = marked_table(file, options, _MARKER)
    sheets = [(sheet, find_grids(_FORM, sheet, lambda row: False)) for sheet in table.visible()] if table else []
    sheets = [(sheet, grids) for sheet, grids in sheets if grids]
    return (table, sheets) if table and sheets else None


def _chosen(sheets: list[tuple[Sheet, list[Grid]]], chosen: str | None) -> list[Grid]:
    """The sheet a person named, the sheet "Concentrations", or the only one that there is."""
    for name in (chosen, "Concentrations"):
        for sheet, grids in sheets:
            if name is not None and (sheet.name or "").strip() == name.strip():
                return grids
        if name is not None and name == chosen:
            raise ParseError("no_such_sheet", 'There is no result table on a sheet "%(sheet)s".', sheet=name)
    if len(sheets) == 1:
        return sheets[0][1]
    names = ", ".join(str(sheet.name) for sheet, _ in sheets)
    raise ParseError("sheet_ambiguous", "Several sheets hold a result table: %(sheets)s. Choose one.", sheets=names)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Sample Id, Acquisition Time, Dataset File, Method File")
    table, sheets = found
    tables = [_analytes(grid) for grid in _chosen(sheets, options.sheet)]
    grids = [grid for analytes in tables for grid in analytes]
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes: list[UsedRow | Skipped] = []
    for analytes in tables:
        outcomes += joined(_without_curves(read_grid(_FORM, grid, mark, warnings)) for grid in analytes)
    return chem_file(_FORM, table, grids, outcomes, mark, RunInfo("PerkinElmer Syngistix"), warnings.values())


def _analytes(grid: Grid) -> list[Grid]:
    """A table for each analyte of the heading: "Ag 107 (mg/L)". A heading without a unit is no result."""
    named = {column: found for column, cell in grid.heading.cells.items() if (found := _ANALYTE.match(" ".join(cell.text.split())))}
    if not named:
        raise ParseError(
            "no_analytes",
            'The table in %(place)s has no column of an analyte with its unit, such as "Pb 208 (mg/L)". Nothing was taken.',
            grid.heading.where,
            place=grid.heading.where,
        )
    return [
        replace(
            grid,
            columns={**grid.columns, "value": column},
            target=found[1],
            channel=f"{found[1]} {found[2]}" if found[2] else None,
            unit=found[3],
        )
        for column, found in sorted(named.items())
    ]


def _without_curves(outcomes: Iterable[UsedRow | Skipped]) -> list[UsedRow | Skipped]:
    """The line "Calibration Curves" between the standards and the samples is none of them."""
    reason = note("calibration_line", "The row stands for the calibration curves; it is no sample.")
    return [
        Skipped(outcome.where, reason) if isinstance(outcome, UsedRow) and outcome.readings[0].sample == "Calibration Curves" else outcome
        for outcome in outcomes
    ]
