"""Agilent MassHunter Quantitative: the batch table. Two heading rows: groups ("Lead Results") above, their columns below."""

import re
from collections.abc import Iterable
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, mark_of, read_grid
from instruments.chromatography import joined
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Sheet, Table
from instruments.text import heading_key

NAME = "agilent_masshunter"
VERSION = "1"
TITLE = "Agilent MassHunter Quantitative Analysis (batch table)"
FORMATS = ("csv", "txt", "xlsx")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Acq\. ?Date-Time|Final Conc|Calc\. ?Conc", re.IGNORECASE)
_RESULTS = re.compile(r"^(.+?)\s+Results$", re.IGNORECASE)
_CONCENTRATION = re.compile(r"^Final\.? Conc\.?\s*(?:[(\[](.+)[)\]])?$", re.IGNORECASE)
_BESIDE = {"rt": "time", "resp": "area", "area": "area", "units": "unit"}
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Name",),
        "file_name": ("Data File",),
        "task": ("Type",),
        "level": ("Level",),
        "date": ("Acq. Date-Time",),
        "dilution": ("Dil.", "Dilution"),
        "position": ("Pos.", "Vial"),
    },
    ("sample", "file_name", "task"),
    noted=("time", "area", "dilution"),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    where = found[1][1].where
    return Match(95, (note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where),))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, tuple[Sheet, Row, Row, int]] | None:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        for number, (above, below) in enumerate(zip(sheet.rows[:40], sheet.rows[1:41], strict=False)):
            groups = [cell.trimmed for cell in above.cells.values()]
            if above.fault is None and "Sample" in groups and any(map(_RESULTS.match, groups)) and _FORM.columns_of(below):
                return (table, (sheet, above, below, number + 2)) if table else None
    return None


def _group(above: Row, column: int) -> str:
    """The group a column stands in: the last name at or before it."""
    return above.text(max((start for start in above.cells if start <= column), default=-1))


def _grids(sheet: Sheet, above: Row, below: Row, start: int) -> tuple[list[Grid], list[str]]:
    """One table for each compound, and the groups that are not read: qualifiers, methods and internal standards."""
    heading = Row(below.where, below.cells, max(above.width, below.width))
    groups: dict[str, list[int]] = {}
    for column in below.cells:
        groups.setdefault(_group(above, column), []).append(column)
    own = groups.get("Sample", [])
    base = _FORM.columns_of(replace(below, cells={column: below.cells[column] for column in own})) or {}
    grids, others = [], []
    for name, columns in groups.items():
        found = _RESULTS.match(name)
        if found is None or name.casefold().startswith("qualifier") or "(ISTD)" in name:
            others += [name] if name != "Sample" else []
            continue
        grids.append(Grid(sheet, heading, {**base, **_values(below, columns, found[1])}, sheet.rows[start:], target=found[1]))
        unit = _CONCENTRATION.match(below.text(grids[-1].columns["value"]))
        grids[-1] = replace(grids[-1], unit=unit[1] if unit else None)
    return grids, others


def _values(below: Row, columns: Iterable[int], compound: str) -> dict[str, int]:
    """The final concentration, which has the dilution in it; the calculated one does not take its place."""
    places: dict[str, int] = {}
    for column in columns:
        text = below.text(column)
        if _CONCENTRATION.match(text):
            places.setdefault("value", column)
        elif meaning := _BESIDE.get(heading_key(text)):
            places.setdefault(meaning, column)
    if "value" not in places:
        raise ParseError(
            "no_concentration",
            'The results of "%(compound)s" have no column "Final Conc." (%(place)s). Nothing was taken; export it again.',
            below.where,
            compound=compound,
            place=below.where,
        )
    return places


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Sample, ... Results; Name, Data File, Type, Final Conc.")
    table, (sheet, above, below, start) = found
    grids, others = _grids(sheet, above, below, start)
    if not grids:
        raise no_result_table(TITLE, "Sample, ... Results; Name, Data File, Type, Final Conc.")
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = joined(read_grid(_FORM, grid, mark, warnings) for grid in grids)
    unread = [note("unread_columns", "Columns that were not read: %(columns)s.", columns=", ".join(others))] if others else []
    return chem_file(_FORM, table, grids, outcomes, mark, RunInfo("Agilent MassHunter"), warnings.values(), unread)
