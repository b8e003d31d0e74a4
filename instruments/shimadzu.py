"""Shimadzu GCMSsolution and LabSolutions: text with sections ("[MS Quantitative Results]"), or one table for each compound ("ID# 1")."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from instruments.chemistry import ChemFormat, Grid, chem_file, demand, find_grids, heading_match, mark_of, read_grid
from instruments.chemistry_words import TASKS
from instruments.chromatography import amounts_or_areas, stem
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, note
from instruments.pcr import marked_table, no_result_table
from instruments.tables import Row, Sheet, Table

NAME = "shimadzu"
VERSION = "1"
TITLE = "Shimadzu GCMSsolution, LabSolutions (text export)"
FORMATS = ("txt", "csv")
MATURITY = "tested on real files"

_MARKER = re.compile(rb"^\"?(ID#|\[(MS Quantitative Results|Compound Results))", re.IGNORECASE | re.MULTILINE)
_SECTION = re.compile(r"^\[(.+)\]$")
_RESULTS = re.compile(r"^(MS Quantitative Results|Compound Results\s*\(.+\))$", re.IGNORECASE)


def _adjust(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    """An internal standard is measured in every sample and is no result of it."""
    is_standard = row.text(columns.get("kind", -1)).casefold() == "istd"
    return replace(reading, role="internal_control") if is_standard else reading


_SECTIONS = ChemFormat(
    NAME,
    VERSION,
    {
        "number": ("ID#",),
        "target": ("Name",),
        "kind": ("Type",),
        "time": ("Ret.Time", "R.Time", "Ret. Time"),
        "area": ("Area",),
        "value": ("Conc.",),
        "unit": ("Unit", "Units"),
        "mode": ("Mode",),
    },
    ("number", "target", "time", "area"),
    noted=("time", "area"),
    looked_at=("number", "kind"),
    adjust=_adjust,
)
_COMPOUNDS = ChemFormat(
    NAME,
    VERSION,
    {
        "sample": ("Sample ID",),
        "sample_name": ("Sample Name",),
        "file_name": ("Data Filename",),
        "task": ("Sample Type",),
        "time": ("Ret. Time",),
        "area": ("Area",),
        "value": ("Conc.",),
        "unit": ("Unit", "Units"),
        "check": ("QC Check Results",),
        "dilution": ("Dilution Factor",),
        "position": ("Vial#",),
    },
    ("sample", "file_name", "task", "area"),
    {**TASKS, "target": "unknown"},
    noted=("time", "area", "dilution"),
    said=("check",),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    return Match(*heading_match(found[2], 95)) if found else Match(0)


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, ChemFormat, list[Grid]] | None:
    table = None if file.content.startswith((b"PK", b"\xd0\xcf")) else marked_table(file, options, _MARKER)
    if table is None:
        return None
    for form, grids in ((_SECTIONS, _of_sections(table.sheets[0])), (_COMPOUNDS, _of_compounds(table.sheets[0]))):
        if grids:
            return table, form, grids
    return None


def _of_sections(sheet: Sheet) -> list[Grid]:
    """The result sections of one injection; its sample is named in another section, or by the data file alone."""
    facts = _facts(sheet)
    sample = facts.get("sample id") or facts.get("sample name")
    flags = () if sample else ("sample from file name",)
    task = facts.get("sample type") or facts.get("type") or ""
    grids = []
    for name, rows in _sections(sheet):
        for grid in find_grids(_SECTIONS, replace(sheet, rows=rows)) if _RESULTS.match(name) else ():
            grids.append(replace(grid, sheet=sheet, sample=sample or stem(facts.get("data file name", "")), flags=flags, task=task))
    return grids


def _sections(sheet: Sheet) -> Iterator[tuple[str, tuple[Row, ...]]]:
    starts = [(number, found[1]) for number, row in enumerate(sheet.rows) if (found := _SECTION.match(row.text(0)))]
    ends = [*(number for number, _ in starts[1:]), len(sheet.rows)]
    for (start, name), end in zip(starts, ends, strict=False):
        yield name, sheet.rows[start + 1 : end]


def _facts(sheet: Sheet) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, rows in _sections(sheet):
        if name.casefold() in ("header", "sample information", "file information"):
            for row in rows:
                facts.setdefault(row.text(0).casefold(), row.text(1))
    return facts


def _of_compounds(sheet: Sheet) -> list[Grid]:
    """One table for each compound; the lines "ID#" and "Name" stand above it."""
    grids = find_grids(_COMPOUNDS, sheet, lambda row: row.is_blank() or row.text(0) == "ID#")
    places = {row.where: number for number, row in enumerate(sheet.rows)}
    named = []
    for grid in grids:
        above = sheet.rows[max(0, places[grid.heading.where] - 3) : places[grid.heading.where]]
        name = next((row.text(1) for row in above if row.text(0) == "Name" and row.text(1)), None)
        named.append(replace(grid, target=name))
    return named


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "[MS Quantitative Results]; ID#, Name, Conc.")
    table, form, grids = found
    for grid in grids:
        demand(form, grid)
        if form is _COMPOUNDS and grid.target is None:
            raise ParseError(
                "no_compound",
                "The table in %(place)s has no line above it that names its compound. Nothing was taken; export it again.",
                grid.heading.where,
                place=grid.heading.where,
            )
    form, grids, notes = amounts_or_areas(form, grids)
    mark, warnings = mark_of(grids, options, table.delimiter), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(form, grid, mark, warnings)]
    facts = _facts(table.sheets[0])
    run = RunInfo(facts.get("instrument name") or "Shimadzu", software=facts.get("application name"), run_name=facts.get("data file name"))
    return chem_file(form, table, grids, outcomes, mark, run, (*notes, *_announced(table.sheets[0]), *warnings.values()))


def _announced(sheet: Sheet) -> list[Note]:
    """A section says how many compounds it has; fewer rows than that are said."""
    notes = []
    for name, rows in _sections(sheet):
        count = next((row.text(1) for row in rows[:2] if row.text(0).casefold() in ("# of ids", "# of compounds")), "")
        held = sum(re.fullmatch(r"\d+", row.text(0)) is not None for row in rows)
        if _RESULTS.match(name) and count.isdigit() and int(count) != held:
            notes.append(
                note(
                    "rows_announced",
                    "The section %(section)s announces %(count)s compounds but holds %(held)s rows. The export may have broken off.",
                    section=name,
                    count=count,
                    held=held,
                )
            )
    return notes
