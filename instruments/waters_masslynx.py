"""Waters MassLynx, TargetLynx: the compound summary report, one table for each compound."""

import re
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.chromatography import amounts_or_areas
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Table

NAME = "waters_masslynx"
VERSION = "1"
TITLE = "Waters MassLynx, TargetLynx (compound summary)"
FORMATS = ("txt",)
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Quantify Compound Summary Report", re.IGNORECASE)
_COMPOUND = re.compile(r"^Compound\s+\d+:\s*(.+)$", re.IGNORECASE)
_FORM = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Name",),
        "text": ("Sample Text",),
        "task": ("Type", "Sample Type"),
        "time": ("RT",),
        "area": ("Area",),
        "value": ("Conc.",),
        "flag": ("Primary Flags", "Detection Flags"),
        "position": ("Vial",),
        "dilution": ("Dilution", "Dilution Factor"),
        "expected": ("Std. Conc", "Std. Conc."),
    },
    ("sample", "time", "area"),
    noted=("time", "area", "dilution"),
    said=("flag",),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match(found[1], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Grid]] | None:
    table = marked_table(file, options, _MARKER)
    if table is None or file.content.startswith((b"PK", b"\xd0\xcf")):
        return None
    sheet = table.sheets[0]
    if not any("Quantify Compound Summary Report" in row.text(0) for row in sheet.rows[:5]):
        return None
    titles = {id(row): number for number, row in enumerate(sheet.rows)}
    grids = [
        replace(grid, target=_compound(sheet.rows[: titles[id(grid.heading)]]))
        for grid in find_grids(_FORM, sheet, lambda row: row.is_blank() or _COMPOUND.match(row.text(0)) is not None)
    ]
    return (table, grids) if grids else None


def _compound(above: tuple[Row, ...]) -> str | None:
    """The compound is named in the line above its table, with nothing but blank lines between."""
    for row in reversed(above):
        if not row.is_blank():
            found = _COMPOUND.match(row.text(0))
            return found[1].strip() if found else None
    return None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Compound 1:; Name, RT, Area, Conc.")
    table, grids = found
    for grid in grids:
        demand(_FORM, grid)
        if grid.target is None:
            raise ParseError(
                "no_compound",
                "The table in %(place)s has no line above it that names its compound. Nothing was taken; export it again.",
                grid.heading.where,
                place=grid.heading.where,
            )
    form, grids, notes = amounts_or_areas(_FORM, grids)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(form, grid, mark, warnings)]
    return chem_file(form, table, grids, outcomes, mark, RunInfo("Waters MassLynx"), (*notes, *warnings.values()))
