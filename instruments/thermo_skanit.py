"""Thermo SkanIt (Varioskan, Multiskan): blocks of each step with their sample names, as a workbook or text."""

import re
from collections.abc import Sequence
from dataclasses import replace

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table
from instruments.plate_readings import Block, parse_blocks
from instruments.plate_values import OTHER, Measured, many_values, mode_of, no_plate, started, ucum, wavelength
from instruments.plates import Grid, Well, grids_in, layout_of
from instruments.tables import Row, Table

NAME = "thermo_skanit"
VERSION = "1"
TITLE = "Thermo SkanIt (Varioskan LUX, Multiskan)"
FORMATS = ("xlsx", "xls", "txt", "csv")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"SkanIt|Measurement results", re.IGNORECASE)
_PLATE = re.compile(r"^Plate \S.*$")
_STEP = re.compile(r"^(?!Plate\b)[A-Z][A-Za-z ()-]+ \d+$")
_CURVES = re.compile(r"^(?:Kinetic|Spectrum|Multipoint|Reading \d+|Time \[)")
_NO_VALUES = {"signal": "Signal", "dilution factor": "Dilution factor", "residual": "Residual", "cv%": "CV%"}


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    if table is None:
        return Match(0)
    words = {row.text(0).casefold() for sheet in table.visible() for row in sheet.rows[:12]}
    said = any("skanit" in cell.text.casefold() for sheet in table.visible() for row in sheet.rows[:40] for cell in row.cells.values())
    if "measurement results" in words and (said or "session information" in words):
        return Match(95, (note("skanit_session", "The file has SkanIt's measurement results and session information."),))
    return Match(0)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    grids = [grid for sheet in (table.visible() if table else ()) for grid in grids_in(sheet)]
    if table is None or not grids:
        raise no_plate(TITLE, "Measurement results, Abs, 1 2 3 ... 12, A ... H")
    _refuse_curves(table)
    layouts = _layouts(grids)
    blocks, unread = [], []
    raw = next((mode for grid in grids if (mode := mode_of(_step(grid)))), OTHER)
    for grid in grids:
        if not _is_layout(grid) and (key := grid.corner.casefold()) in _NO_VALUES:
            unread.append(_not_read(_NO_VALUES[key], grid))
        elif not _is_layout(grid):
            plate = _plate(grid)
            blocks.append(replace(_block(grid, raw), plate=plate, layout=layouts.get(plate)))
    if not blocks:
        raise no_plate(TITLE, "Measurement results, Abs, 1 2 3 ... 12, A ... H")
    plates = {block.plate for block in blocks}
    named = plates.pop() if len(plates) == 1 else None
    if not plates:
        blocks = [replace(block, plate=None) for block in blocks]
    run, doubt = _run(table, options, named)
    return parse_blocks(NAME, VERSION, table, _unique(blocks), options, run, [doubt] if doubt else [], [*unread, *_lists(table)])


def _not_read(title: str, grid: Grid) -> Note:
    return note("section_unread", 'The section "%(section)s" (%(where)s) was not read.', section=title, where=grid.heading.where)


def _refuse_curves(table: Table) -> None:
    for sheet in table.visible():
        for row in sheet.rows:
            if len(row.cells) == 1 and _CURVES.match(row.text(0)):
                raise many_values(row, row.text(0))


def _above(grid: Grid) -> Sequence[Row]:
    """All rows of the sheet above a block, the nearest first."""
    rows = grid.sheet.rows
    return rows[: rows.index(grid.heading)][::-1]


def _step(grid: Grid) -> str:
    return next((row.text(0) for row in _above(grid) if len(row.cells) <= 3 and _STEP.match(row.text(0))), grid.corner)


def _plate(grid: Grid) -> str | None:
    """The plate a block belongs to; the layout sheet names it beside "Name"."""
    for row in _above(grid):
        if _PLATE.match(row.text(0)) and row.text(0) != "Plate template":
            return row.text(0)
        if row.text(0) == "Name" and row.text(1):
            return row.text(1)
    return None


def _is_layout(grid: Grid) -> bool:
    return grid.corner.casefold() in ("sample", "", "samples") or grid.sheet.name == "Layout definitions"


def _layouts(grids: Sequence[Grid]) -> dict[str | None, dict[str, Well]]:
    """The wells of each plate: from the layout's own sheet where there is one, else from the first block of sample names."""
    layouts: dict[str | None, dict[str, Well]] = {}
    for grid in sorted((grid for grid in grids if _is_layout(grid)), key=lambda grid: grid.sheet.name != "Layout definitions"):
        layouts.setdefault(_plate(grid), layout_of(grid))
    return layouts


def _block(grid: Grid, raw: Measured) -> Block:
    step, corner = _step(grid), grid.corner.casefold()
    unit = re.search(r"\[([^\]]+)\]", grid.corner)
    if corner.startswith("conc"):
        return Block(
            grid.lines, grid.columns, step, None, Measured("concentration", ucum(unit[1]) if unit else None), flags=("calculated",)
        )
    waves = [wavelength(row.text(0)) for row in _above(grid)[:14] if "wavelength" in row.text(0).casefold() or " nm" in row.text(0)]
    is_raw = mode_of(step) is not None and corner != "value"
    measured = mode_of(step) or mode_of(grid.corner) or (raw if corner == "blank subtracted" else OTHER)
    channel = next((wave for wave in waves if wave), None) if measured != OTHER else None
    return Block(grid.lines, grid.columns, step, channel, measured, flags=() if is_raw else ("calculated",))


def _unique(blocks: Sequence[Block]) -> list[Block]:
    """Two blocks of one step, plate and wavelength: the step's name alone does not tell them apart, so nothing is taken."""
    seen: set[tuple[object, ...]] = set()
    for block in blocks:
        key = (block.target, block.channel, block.plate)
        if key in seen:
            raise ParseError(
                "several_blocks_one_name",
                'Several plate blocks are named "%(name)s" (%(place)s); what sets them apart is not known. Export one read for each file.',
                place := block.lines[0].row.where,
                name=block.target,
                place=place,
            )
        seen.add(key)
    return list(blocks)


def _run(table: Table, options: ParseOptions, plate: str | None) -> tuple[RunInfo, Note | None]:
    facts: dict[str, str] = {}
    for sheet in table.visible():
        for row in sheet.rows[:40]:
            cells = [row.text(column) for column in sorted(row.cells)]
            if len(cells) == 2:
                key = cells[0].casefold().rstrip(":")
                facts.setdefault(f"{(sheet.name or '').casefold()} {key}" if key == "name" else key, cells[1])
    at, doubt = started(facts.get("execution time", ""), options)
    run = RunInfo(
        facts.get("instrument information name") or facts.get("instrument name"), facts.get("serial number"),
        facts.get("report generated with sw version") or facts.get("executed with"), facts.get("executed by"),
        facts.get("session name"), at, None, "local" if at else None, plate,
    )  # fmt: skip
    return run, doubt


def _lists(table: Table) -> list[Note]:
    """Lists such as the fitted points of a curve are named and not read."""
    return [
        note("section_unread", 'The section "%(section)s" (%(where)s) was not read.', section=_titles(row), where=row.where)
        for sheet in table.visible()
        for row in sheet.rows
        if row.text(0).casefold() == "well" and len(row.cells) > 2
    ]


def _titles(row: Row) -> str:
    return ", ".join(row.text(column) for column in sorted(row.cells))
