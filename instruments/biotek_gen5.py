"""BioTek Gen5: the export as text or Excel, with its procedure, layout and one line for each plate row and read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table
from instruments.plate_readings import Block, parse_blocks
from instruments.plate_values import (
    ABSORBANCE,
    FLUORESCENCE,
    LUMINESCENCE,
    OTHER,
    Measured,
    many_values,
    no_plate,
    started,
    ucum,
    wavelength,
)
from instruments.plates import Grid, Line, Well, grids_in, layout_of
from instruments.tables import Row, Sheet, Table

NAME = "biotek_gen5"
VERSION = "1"
TITLE = "BioTek Gen5 (Synergy, Epoch, ELx800)"
FORMATS = ("txt", "csv", "xlsx", "xls")
MATURITY = "tested on real files"

_MARKER = re.compile(rb"Reader Type|Procedure Details|Protocol File Path|Software Version", re.IGNORECASE)
_FACTS = ("software version", "experiment file path", "protocol file path", "plate number", "date", "time", "reader type",
          "reader serial number", "reading type")  # fmt: skip
_LABELS = ("well id", "conc/dil", "name", "sample id")
_KINETIC = re.compile(r"^Start Kinetic|\b(?:Kinetic|Spectrum|Spectral|Area Scan)\b")


@dataclass(frozen=True)
class _Plate:
    """One plate of the export: its facts, its read steps by name, its blocks."""

    facts: dict[str, str]
    reads: dict[str, Measured]
    grids: tuple[Grid, ...]


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        facts = _facts(sheet.rows[:120])
        known = [name for name in _FACTS if name in facts]
        has_words = any(row.text(0).casefold() in ("procedure details", "results") for row in sheet.rows)
        if len(known) >= 3 and "reader type" in known and has_words:
            return Match(95, (note("gen5_facts", "The head of the file names a Gen5 reader, plate and procedure."),))
    return Match(0)


def _facts(rows: Sequence[Row]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for row in rows:
        name = row.text(0).casefold().rstrip(":")
        if name in _FACTS:
            facts.setdefault(name, next((row.text(column) for column in sorted(row.cells) if column > 0), ""))
    return facts


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    plates = [plate for sheet in (table.visible() if table else ()) for plate in _plates(sheet)]
    if table is None or not plates:
        raise no_plate(TITLE, "Results, 1 2 3 ... 12, A ... H")
    blocks = [block for plate in plates for block in _blocks(plate, len(plates) > 1)]
    if not blocks:
        raise no_plate(TITLE, "Results, 1 2 3 ... 12, A ... H")
    facts = plates[0].facts
    at, doubt = started(f"{facts.get('date', '')} {facts.get('time', '')}", options)
    run = RunInfo(
        _said(facts.get("reader type")), _said(facts.get("reader serial number")), facts.get("software version"), None,
        facts.get("experiment file path") or None, at, None, "local" if at else None,
        facts.get("plate number") if len(plates) == 1 else None,
    )  # fmt: skip
    return parse_blocks(NAME, VERSION, table, blocks, options, run, [doubt] if doubt else [], _words_below(table, blocks))


def _said(text: str | None) -> str | None:
    return text if text and text.casefold() not in ("n/a", "unknown") else None


def _plates(sheet: Sheet) -> list[_Plate]:
    """The file cut where a new plate begins; a kinetic or spectral read has times instead of row letters and is refused."""
    starts = [number for number, row in enumerate(sheet.rows) if row.text(0).casefold().rstrip(":") == "plate number"] or [0]
    grids = grids_in(sheet)
    plates = []
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(sheet.rows)], strict=True):
        rows = sheet.rows[start:end]
        inside = tuple(grid for grid in grids if grid.heading in rows)
        if inside or any(row.text(0).casefold() == "results" for row in rows):
            plates.append(_Plate(_facts(rows), _reads(rows), inside))
    return plates


def _reads(rows: Sequence[Row]) -> dict[str, Measured]:
    """What each read step measures, by its name ("Read" names it, the lines below say how)."""
    reads: dict[str, Measured] = {}
    name = ""
    for row in rows:
        how = row.text(1)
        if row.text(0).casefold() == "read":
            name = how
            reads.setdefault(name, OTHER)
            _refuse_kinetic(row, how)
        elif name and not row.text(0) and how:
            _refuse_kinetic(row, how)
            found = ABSORBANCE if "Absorbance" in how else FLUORESCENCE if "Fluorescence" in how else LUMINESCENCE
            if found is not LUMINESCENCE or "Luminescence" in how:
                reads[name] = found
        elif row.text(0):
            name = ""
            if row.text(0).startswith("Start Kinetic"):
                _refuse_kinetic(row, row.text(0))
    return reads


def _refuse_kinetic(row: Row, how: str) -> None:
    if _KINETIC.search(how):
        raise many_values(row, how)


def _blocks(plate: _Plate, are_several: bool) -> list[Block]:
    layout: dict[str, Well] = {}
    blocks: list[Block] = []
    for grid in plate.grids:
        labels = {line.tail.casefold() for line in grid.lines}
        title = next((row.text(0) for row in reversed(grid.above) if row.cells), "")
        if title.casefold() == "layout" or labels <= set(_LABELS):
            layout |= _layout(grid)
            continue
        by_label: dict[str, list[Line]] = {}
        for line in grid.lines:
            by_label.setdefault(line.tail or title, []).append(line)
        blocks += [_block(label, lines, grid, plate) for label, lines in by_label.items()]
    name = plate.facts.get("plate number", "") if are_several else None
    return [replace(block, layout=layout or None, plate=name) for block in blocks]


def _layout(grid: Grid) -> dict[str, Well]:
    """Only the lines of well ids, names and dilutions: a letter's first line is the id."""
    wells = layout_of(grid)
    return {position: well for position, well in wells.items() if well.sample is not None}


def _block(label: str, lines: Sequence[Line], grid: Grid, plate: _Plate) -> Block:
    """A line's label: the read and its wavelength, or a calculation ("Blank ...", "[Concentration]")."""
    name = next((name for name in sorted(plate.reads, key=len, reverse=True) if name and name in label), None)
    measured = plate.reads[name] if name else next(iter(plate.reads.values()), OTHER) if _is_plain_read(label, plate) else OTHER
    is_raw = name is not None and label.startswith(name)
    if "conc" in label.casefold():
        found = re.search(r"\(([^)]+)\)", label)
        measured, is_raw = Measured("concentration", ucum(found[1]) if found else None), False
    flags = () if is_raw or _is_plain_read(label, plate) else ("calculated",)
    return Block(
        tuple(lines), grid.columns, label, wavelength(label) if measured.quantity != "concentration" else None, measured, flags=flags
    )


def _is_plain_read(label: str, plate: _Plate) -> bool:
    """A label that is only a wavelength belongs to the one read of the plate."""
    return re.fullmatch(r"\d{3,4}(?:,\d{3,4})?|\d+/\d+,\d+/\d+", label) is not None and len(set(plate.reads.values())) == 1


def _words_below(table: Table, blocks: Sequence[Block]) -> list[Note]:
    """Tables below the plate, such as the curve's fit, are named and not read."""
    last = max((block.lines[-1].row.where for block in blocks), key=lambda where: int(re.split(r"[ !]", where)[-1]))
    seen = False
    notes = []
    for sheet in table.visible():
        for row in sheet.rows:
            if seen and len(row.cells) == 1 and row.text(0):
                notes.append(
                    note("section_unread", 'The section "%(section)s" (%(where)s) was not read.', section=row.text(0), where=row.where)
                )
            seen = seen or row.where == last
    return notes
