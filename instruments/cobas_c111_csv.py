"""Roche cobas c 111: the export of results, one line for each test; CP and CN are the control sera."""

import re
from collections.abc import Mapping
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.chemistry_words import TASKS
from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, Reading, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Table

NAME = "cobas_c111_csv"
VERSION = "1"
TITLE = "Roche cobas c 111 (export)"
FORMATS = ("csv", "txt")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Order-Time|IsSTAT")
_SERA = frozenset({"cp", "cn", "pcc1", "pcc2"})  # control serum, pathological and normal
_BEYOND = re.compile(r"^[<>] ?(?:TEST|ISE|CURV|ABS|REACT)", re.IGNORECASE)


def _adjust(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    """A control serum is no sample; a result beyond the range of the test does not count, one beyond the reference range does."""
    if (reading.sample or "").casefold() in _SERA:
        reading = replace(reading, role="qc", flags=(*reading.flags, "role from name"))
    if any(_BEYOND.match(flag) for flag in reading.flags):
        return replace(reading, status="invalid", value=None, comparator=None)
    return reading


_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Sample",),
        "target": ("Test",),
        "value": ("Result",),
        "unit": ("Unit",),
        "flag": ("Flags",),
        "serial": ("Serial",),
        "software": ("SW-Version",),
        "date": ("Date",),
        "time": ("Time",),
        "ordered": ("Order-Time",),
        "rate": ("Rate",),
    },
    ("sample", "target", "ordered", "rate", "software"),
    TASKS,
    quantity="other",
    said=("flag",),
    adjust=_adjust,
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match(found[1], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = marked_table(file, options, _MARKER)
    grids = find_grids(_FORM, table.sheets[0]) if table else []
    return (table, grids) if table and grids else None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Test, Sample, Order-Time, Result, Unit, Flags, Rate")
    table, grids = found
    for grid in grids:
        demand(_FORM, grid)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(_FORM, grid, mark, warnings)]
    return chem_file(_FORM, table, grids, outcomes, mark, _run(grids), warnings.values())


def _run(grids: list[Grid]) -> RunInfo:
    def only(meaning: str) -> str | None:
        found = {cell.trimmed for grid in grids for cell in grid.cells(meaning)}
        return found.pop() if len(found) == 1 else None

    return RunInfo("Roche cobas c 111", only("serial"), only("software"))
