"""Sysmex XT, XS, XN: the list of results. Parameters across, the scale of their unit in the heading, a column of marks after each."""

import re
from collections.abc import Mapping
from dataclasses import replace

from instruments.chemistry import RULES, ChemFormat, Grid, chem_file, find_grids, heading_match, mark_of, read_grid
from instruments.chromatography import joined
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, note
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Table

NAME = "sysmex_csv"
VERSION = "1"
TITLE = "Sysmex XT, XS, XN (result list)"
FORMATS = ("csv", "txt")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"(?:GB|WBC)\(10[^)]*u?L\)|(?:GB|WBC)/M", re.IGNORECASE)
_PARAMETER = re.compile(r"^([^()]+?)(?:\((.+)\))?$")
_LEAST = 5  # parameters with a column of marks that make a list of this family


def _adjust(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    """The mark beside the value: low, high, or not reliable."""
    marked = row.text(columns["mark"])
    return replace(reading, flags=(*reading.flags, marked)) if marked else reading


_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("N' Echantillon", "N° Echantillon", "Sample No.", "Sample No", "Sample ID"),
        "instrument": ("ID Instrument", "Instrument ID", "Nickname"),
        "position": ("Pos. Tube", "Tube Pos.", "Position"),
        "function": ("Erreur(Fonc)", "Error(Func.)"),
        "fault": ("Erreur(Résult)", "Error(Result)"),
    },
    ("sample", "instrument"),
    rules=RULES,
    quantity="other",
    faults=("function", "fault"),
    looked_at=("instrument", "mark"),
    adjust=_adjust,
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match(found[1], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = None if file.content.startswith((b"PK", b"\xd0\xcf")) else marked_table(file, options, _MARKER)
    if table is None:
        return None
    grids = [grid for grid in find_grids(_FORM, table.sheets[0]) if len(_parameters(grid)) >= _LEAST]
    return (table, grids) if grids else None


def _parameters(grid: Grid) -> list[Grid]:
    """A table for each parameter: "GB(10/uL)" with its marks in "GB/M" beside it."""
    heading = grid.heading
    found = []
    for column, cell in sorted(heading.cells.items()):
        named = _PARAMETER.match(cell.trimmed)
        if named and heading.text(column + 1) == f"{named[1]}/M":
            columns = {**grid.columns, "value": column, "mark": column + 1}
            found.append(replace(grid, columns=columns, target=named[1], unit=named[2]))
    return found


def _is_measured(grid: Grid) -> bool:
    """A parameter without any text in value or mark was not part of the measurement."""
    return any(row.text(grid.columns["value"]) or row.text(grid.columns["mark"]) for row in grid.rows)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Sample No., WBC(10/uL), WBC/M")
    table, lists = found
    _demand_all(lists)
    grids = [grid for each in lists for grid in _parameters(each) if _is_measured(grid)]
    if not grids:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = joined(read_grid(_FORM, grid, mark, warnings) for grid in grids)
    scaled = note("units_with_powers", "The units hold powers of ten from the headings (such as 10*4/uL); nothing was converted.")
    return chem_file(_FORM, table, grids, outcomes, mark, RunInfo("Sysmex"), (scaled, *warnings.values()))


def _demand_all(lists: list[Grid]) -> None:
    """A column of marks whose parameter is not the heading before it shows that headings have moved."""
    for grid in lists:
        marks = {column for column, cell in grid.heading.cells.items() if cell.trimmed.endswith("/M")}
        lost = marks - {each.columns["mark"] for each in _parameters(grid)}
        if lost:
            column = min(lost)
            raise ParseError(
                "marks_without_value",
                'The column "%(column)s" of %(place)s does not stand beside its values; columns may have moved. Nothing was taken.',
                grid.heading.where,
                column=grid.heading.text(column),
                place=grid.heading.where,
            )
