"""A plate of optical densities from any reader: blocks named in their corner, title or at the end of each line."""

import re
from collections.abc import Sequence

from instruments.contract import Match, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table
from instruments.plate_readings import Block, parse_blocks
from instruments.plate_values import Measured, many_values, mode_of, no_plate, outcome, ucum, wavelength
from instruments.plates import Grid, Line, Well, grids_in, layout_of
from instruments.tables import Sheet, Table

NAME = "elisa_generic"
VERSION = "1"
TITLE = "Plate of optical densities (any reader)"
FORMATS = ("csv", "txt", "xlsx", "xls")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb'[\t;,|]\s*"?0?1"?\s*[\t;,|]\s*"?0?2"?\s*[\t;,|]\s*"?0?3|[\r\n]"?A"?[\t;,|]')
_LAYOUT = re.compile(
    r"^(?:samples?(?: names?| ids?)?|layout|plate ?map|content|well ids?|样品|样本|样品名称|样本编号|布局|加样表|孔位布局)$", re.IGNORECASE
)
_CURVES = re.compile(r"kinetic|\bcycle\b|spectrum|\bscan\b|动力学|time \[|时间\(s\)", re.IGNORECASE)
_NAMED = re.compile(
    r"Reader Type|Reader Serial|Gen5|\bTest ?name\s*:|\bBMG\b|EnVision|SkanIt|Measurement results|Measurement mode|Magellan|i-control|Tecan"
    r"|##BLOCKS|SoftMax|xPONENT|Luminex",
    re.IGNORECASE,
)  # programs with parsers of their own: a file of theirs that they do not recognise is not a plate of just any reader
_SURE, _HEAD = 65, 60


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    grids = _grids(table) if table else []
    values = [grid for grid in grids if not _is_layout(grid) and _are_numbers(grid)]
    if table is None or not values or _is_of_a_named_program(table):
        return Match(0)
    where = values[0].heading.where
    return Match(_SURE, (note("plate_block", "A plate of numbers with row letters and column numbers stands in %(where)s.", where=where),))


def _grids(table: Table) -> list[Grid]:
    return [grid for sheet in table.visible() for grid in grids_in(sheet)]


def _is_of_a_named_program(table: Table) -> bool:
    rows = [row for sheet in table.visible() for row in (*sheet.rows[:_HEAD], *sheet.rows[-_HEAD:])]
    return any(_NAMED.search(cell.text) for row in rows for cell in row.cells.values())


def _title(grid: Grid) -> str:
    """The nearest line above the block that holds words."""
    if not grid.above:
        return ""
    words = next((row for row in reversed(grid.above) if row.cells), None)
    return words.text(min(words.cells)) if words and len(words.cells) <= 3 else ""


def _is_layout(grid: Grid) -> bool:
    return _LAYOUT.match(grid.corner.strip(":： ")) is not None or (
        not grid.corner and _LAYOUT.match(_title(grid).strip(":： ")) is not None
    )


def _are_numbers(grid: Grid) -> bool:
    cells = list(grid.cells())
    statuses = [outcome(cell, mark).status for mark in ".," for cell in cells]
    return bool(cells) and 2 * max(
        sum(status in ("value", "censored") for status in half) for half in (statuses[: len(cells)], statuses[len(cells) :])
    ) >= len(cells)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    sheets = [sheet for sheet in table.visible() if grids_in(sheet)] if table else []
    if table is None or not sheets:
        raise no_plate(TITLE, "1 2 3 ... 12, A ... H")
    blocks, unread = [], []
    for sheet in sheets:
        _refuse_curves(sheet)
        grids = grids_in(sheet)
        layouts = [grid for grid in grids if _is_layout(grid)]
        values = [grid for grid in grids if not _is_layout(grid) and _are_numbers(grid)]
        others = [grid for grid in grids if grid not in values and grid not in layouts]
        unread += [
            note("section_unread", 'The section "%(section)s" (%(where)s) was not read.', section=each.corner or _title(each) or "-",
                 where=each.heading.where)
            for each in others
        ]  # fmt: skip
        for number, grid in enumerate(values):
            blocks += _blocks(grid, _layout_for(grid, number, layouts, values), _mode_of_sheet(sheet))
    _demand_names(blocks)
    return parse_blocks(NAME, VERSION, table, blocks, options, RunInfo(), (), unread)


def _refuse_curves(sheet: Sheet) -> None:
    for row in sheet.rows:
        if len(row.cells) <= 3 and (text := next((cell.trimmed for cell in row.cells.values() if _CURVES.search(cell.text)), None)):
            raise many_values(row, text)


def _layout_for(grid: Grid, number: int, layouts: Sequence[Grid], values: Sequence[Grid]) -> dict[str, Well] | None:
    """One layout is that of all blocks; as many as blocks belong to them in order; any other number is not guessed about."""
    if not layouts:
        return None
    if len(layouts) not in (1, len(values)):
        raise ParseError(
            "layouts_do_not_fit",
            "%(layouts)s plate layouts stand beside %(blocks)s plate blocks; which belongs to which is not known. Export each plate alone.",
            grid.heading.where,
            layouts=len(layouts),
            blocks=len(values),
        )
    return layout_of(layouts[0] if len(layouts) == 1 else layouts[number])


def _mode_of_sheet(sheet: Sheet) -> Measured | None:
    """What the words of the sheet outside of its blocks name, if all of them name the same."""
    modes = {mode for row in sheet.rows if len(row.cells) <= 3 for cell in row.cells.values() if (mode := mode_of(cell.text))}
    return modes.pop() if len(modes) == 1 else None


def _blocks(grid: Grid, layout: dict[str, Well] | None, of_sheet: Measured | None) -> list[Block]:
    """One block for each label at the end of the lines, or one for the whole grid."""
    by_label: dict[str, list[Line]] = {}
    for line in grid.lines:
        by_label.setdefault(line.tail, []).append(line)
    title = _title(grid)
    plate = title if re.match(r"(?:plate|microplate|板|孔板)\s*\S", title, re.IGNORECASE) else None
    blocks = []
    for label, lines in by_label.items():
        name = label or grid.corner or ("" if plate else title) or "OD"
        measured = _measured(f"{label} {grid.corner} {title}", of_sheet, grid)
        channel = wavelength(label) or wavelength(grid.corner) or (None if plate else wavelength(title))
        blocks.append(
            Block(tuple(lines), grid.columns, name, channel if measured.quantity != "concentration" else None, measured, layout, plate)
        )
    return blocks


def _measured(words: str, of_sheet: Measured | None, grid: Grid) -> Measured:
    if re.search(r"\bconc|浓度", words, re.IGNORECASE):
        unit = re.search(r"[\[(]([^\])]+)[\])]", words)
        return Measured("concentration", ucum(unit[1]) if unit else None)
    found = mode_of(words) or of_sheet
    if found is None:
        raise ParseError(
            "plate_not_named",
            "The plate in %(place)s does not say what its numbers are (absorbance, fluorescence, concentration). "
            "Write it into the corner of the block, such as OD450, or export it with its header.",
            place := grid.heading.where,
            place=place,
        )
    return found


def _demand_names(blocks: Sequence[Block]) -> None:
    """Several blocks of one name without plate names may be times, plates or repeats: a person is asked."""
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
