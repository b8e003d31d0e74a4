"""PerkinElmer (Revvity) EnVision: plate blocks with their plate information, and the list of wells; several plates in one file."""

import re
from collections.abc import Sequence
from dataclasses import replace

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table
from instruments.plate_readings import Block, parse_blocks
from instruments.plate_values import ABSORBANCE, OTHER, Measured, mode_of, no_plate, started
from instruments.plates import Grid, Well, grids_in
from instruments.tables import Row, Sheet, Table

NAME = "pe_envision"
VERSION = "1"
TITLE = "PerkinElmer EnVision"
FORMATS = ("csv", "xlsx")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"EnVision|Plate information", re.IGNORECASE)
_PLATE = frozenset({"plate", "barcode", "measurement date"})
_RESULTS = re.compile(r"^(Results|Calculated results)\s+(?:for\s+)?(\S.*)$", re.IGNORECASE)
_CODES = {"U": "unknown", "S": "standard", "B": "blank", "C": "qc", "N": "negative_control", "P": "positive_control", "M": "calibrator"}


def plain(text: str) -> str:
    """A text without the ="..." that keeps a spreadsheet from changing it."""
    found = re.fullmatch(r'="?(.*?)"?', text.strip())
    return found[1] if found else text.strip()


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        where = next((row.where for row in sheet.rows[:60] if {cell.trimmed.casefold() for cell in row.cells.values()} >= _PLATE), None)
        titles = {row.text(0).casefold() for row in sheet.rows}
        if where and ("plate information" in titles or any("envision" in title for title in titles)):
            return Match(95, (note("envision_head", "The file has EnVision's plate information in %(where)s.", where=where),))
    return Match(0)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    sheets = [sheet for sheet in table.visible() if grids_in(sheet)] if table else []
    if table is None or not sheets:
        raise no_plate(TITLE, "Plate information, Results for ..., 01 02 03 ... 12, A ... H")
    facts = _facts(sheets[0].rows)
    blocks = [block for sheet in sheets for block in _blocks(sheet)]
    at, doubt = started(facts.get("assay started", ""), options)
    plates = {block.plate for block in blocks}
    run = RunInfo(
        facts.get("nickname"), facts.get("serial#") or facts.get("serial number"), _software(table), None,
        facts.get("protocol name"), at, None, "local" if at else None, plates.pop() if len(plates) == 1 else None,
    )  # fmt: skip
    warnings = [doubt] if doubt else []
    if any(block.measured == OTHER for block in blocks):
        warnings.append(note("read_mode_unknown", "The file does not name what was measured; the values stand without quantity and unit."))
    return parse_blocks(NAME, VERSION, table, blocks, options, run, warnings)


def _facts(rows: Sequence[Row]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for row in rows:
        value = next((row.text(column) for column in sorted(row.cells) if column > 0), "")
        if row.text(0) and value:
            facts.setdefault(row.text(0).casefold().rstrip(": "), plain(value))
    return facts


def _software(table: Table) -> str | None:
    said = [row.text(0) for sheet in table.visible() for row in sheet.rows[-30:] if row.text(0).startswith("Exported with")]
    return said[0].removeprefix("Exported with ").strip() if said else None


def _blocks(sheet: Sheet) -> list[Block]:
    """Result blocks with the plate they stand under; platemaps belong to the plate they name."""
    maps: dict[str | None, dict[str, Well]] = {}
    blocks: list[Block] = []
    plate: str | None = None
    for grid in grids_in(sheet):
        title = next((row.text(0) for row in reversed(grid.above) if len(row.cells) == 1), "")
        found = _RESULTS.match(title)
        if found is None:
            named = next((row.text(max(row.cells)) for row in reversed(grid.above) if row.text(0).casefold() == "plate"), None)
            maps[named] = maps.get(named, {}) | _layout(grid)
            continue
        plate = _plate_above(grid) or plate
        flags = ("calculated",) if found[1].casefold().startswith("calculated") else ()
        blocks.append(Block(grid.lines, grid.columns, found[2], _channel(found[2]), _measured(found[2]), plate=plate, flags=flags))
    layouts = {name: wells for name, wells in maps.items() if wells}
    return [replace(block, layout=layouts.get((block.plate or "").partition(" ")[0])) for block in blocks]


def _plate_above(grid: Grid) -> str | None:
    """The plate's number (and barcode) in the plate information right above a block."""
    for heading, row in zip(grid.above, grid.above[1:], strict=False):
        names = {cell.trimmed.casefold(): column for column, cell in heading.cells.items()}
        if names.keys() >= _PLATE:
            barcode = plain(row.text(names["barcode"]))
            return row.text(names["plate"]) + (f" {barcode}" if barcode else "")
    return None


def _layout(grid: Grid) -> dict[str, Well]:
    """A platemap: "-" is undefined, a letter the kind of well, with its number where it has one."""
    wells = {}
    for line in grid.lines:
        for column, number in grid.columns.items():
            text = plain(line.row.text(column))
            if line.letter is not None and text not in ("", "-"):
                role = _CODES.get(text[0].upper()) if re.fullmatch(r"[A-Za-z]\d*", text) else None
                wells[f"{line.letter}{number}"] = Well(text, role or "unknown")
    return wells


def _measured(label: str) -> Measured:
    """The label says absorbance ("A450(1)", "Abs 450"), fluorescence or luminescence; otherwise the file does not say."""
    return ABSORBANCE if re.match(r"A\d{3}\b", label) else mode_of(label) or OTHER


def _channel(label: str) -> str | None:
    found = re.match(r"(?:A|Abs\w*\s*)(\d{3})\b", label)
    return f"{found[1]} nm" if found else None
