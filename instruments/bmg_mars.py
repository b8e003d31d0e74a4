"""BMG Labtech MARS: the microplate view (one block for each data set) and the list view (one line for each well)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table
from instruments.plate_readings import Block, parse_blocks
from instruments.plate_values import ABSORBANCE, OTHER, Measured, many_values, mode_of, no_plate, started, ucum, wavelength
from instruments.plates import Grid, Well, grids_in, layout_of
from instruments.tables import Row, Sheet, Table
from instruments.well_lists import WellList, blocks_of, find_list

NAME = "bmg_mars"
VERSION = "1"
TITLE = "BMG Labtech MARS (CLARIOstar, FLUOstar, SPECTROstar)"
FORMATS = ("csv", "txt", "xlsx", "xls")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Test ?name\s*:|Testname\s*:", re.IGNORECASE)
_FACT = re.compile(
    r"\b(User|Benutzer|Path|Pfad|Test run no\.|Test ?ID|Testlauf-Nr\.|Test ?name|Date|Datum|Time|Uhrzeit|ID1|ID2|ID3)\s*:\s*"
)
_NAMES = {
    "benutzer": "user",
    "datum": "date",
    "uhrzeit": "time",
    "testname": "test name",
    "test id": "test run no.",
    "testid": "test run no.",
}
_DATA = re.compile(r"raw data|rohdaten|blank corrected|leerwert|average|linear regression|4-parameter|based on|calculat", re.IGNORECASE)
_CURVES = re.compile(r"\b(?:spectrum|kinetic|time \[s\]|wavelength \[nm\]|well scan|spektrum|kinetik)\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Found:
    """The sheet with results, the facts of its head, its blocks or its list."""

    table: Table
    sheet: Sheet
    facts: dict[str, str]
    where: str


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _found(file, options)
    if found is None:
        return Match(0)
    reason = note("mars_head", "The head names a BMG test run with user, path and IDs (%(where)s).", where=found.where)
    return Match(95, (reason,))


def _found(file: RawFile, options: ParseOptions) -> _Found | None:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        facts, where = _facts(sheet.rows[:20])
        if table and {"test name", "date"} <= facts.keys() and ("id1" in facts or "test run no." in facts):
            return _Found(table, sheet, facts, where)
    return None


def _facts(rows: Sequence[Row]) -> tuple[dict[str, str], str]:
    """The head is "Name: text" pairs, several on a line, split at the delimiter or not."""
    facts: dict[str, str] = {}
    where = ""
    for row in rows:
        text = ",".join(row.text(column) for column in range(row.width))
        matches = list(_FACT.finditer(text))
        for match, after in zip(matches, [*matches[1:], None], strict=False):
            name = match[1].casefold()
            facts.setdefault(_NAMES.get(name, name), text[match.end() : after.start() if after else None].strip(" ,;"))
            where = where or row.where
    return facts, where


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _found(file, options)
    if found is None:
        raise no_plate(TITLE, "Test name, Date, Raw Data, 1 2 3 ... 12, A ... H")
    grids = grids_in(found.sheet)
    head = _mode(found.sheet, grids[0].heading if grids else None)
    blocks = _grid_blocks(grids, head) if grids else _list_blocks(found.sheet, head)
    if not blocks:
        raise no_plate(TITLE, "Raw Data, 1 2 3 ... 12, A ... H")
    facts = found.facts
    at, doubt = started(f"{facts.get('date', '')} {facts.get('time', '')}", options)
    run = RunInfo(
        None, None, None, facts.get("user"), facts.get("test name"), at, None, "local" if at else None, _plate_name(facts)
    )  # fmt: skip
    return parse_blocks(NAME, VERSION, found.table, blocks, options, run, [doubt] if doubt else [])


def _plate_name(facts: dict[str, str]) -> str | None:
    return " / ".join(facts[name] for name in ("id1", "id2", "id3") if facts.get(name)) or None


def _mode(sheet: Sheet, before: Row | None) -> Measured:
    """The line of the head that names the measurement, such as "Absorbance" or "Fluorescence (FI)"; curves are refused."""
    for row in sheet.rows[:30]:
        if row is before:
            break
        text = row.text(0)
        if _CURVES.search(text):
            raise many_values(row, text)
        if len(row.cells) == 1 and ":" not in text and not _DATA.search(text) and (mode := mode_of(text)):
            return mode
    return OTHER


def _grid_blocks(grids: Sequence[Grid], mode: Measured) -> list[Block]:
    layout: dict[str, Well] = {}
    blocks: list[tuple[Grid, str]] = []
    for grid in grids:
        title = next((row.text(0) for row in reversed(grid.above) if row.cells), "") or grid.corner
        if re.match(r"(?:content|layout|inhalt|sample ids?|proben)", title, re.IGNORECASE):
            layout |= layout_of(grid)
        else:
            blocks.append((grid, title))
    return [_block(grid, title, mode, layout or None) for grid, title in blocks]


def _block(grid: Grid, title: str, mode: Measured, layout: dict[str, Well] | None) -> Block:
    measured, channel, flags = described(title, mode)
    return Block(grid.lines, grid.columns, title, channel, measured, layout, flags=flags)


def described(title: str, mode: Measured) -> tuple[Measured, str | None, tuple[str, ...]]:
    """Measurement, wavelength and flags of a data set, by its title ("Raw Data (450 1)", "Blank corrected based on ...")."""
    is_raw = re.match(r"\s*(?:\d+\.\s*)?(?:raw data|rohdaten)", title, re.IGNORECASE) is not None
    if re.search(r"conc|regression|4-parameter|fit\b", title, re.IGNORECASE):
        unit = re.search(r"\[([^\]]+)\]", title)
        return Measured("concentration", ucum(unit[1]) if unit else None), None, ("calculated",)
    inside = re.search(r"\(([^()]*)\)\s*$", title)
    channel = wavelength(re.sub(r"\s\d{1,2}$", "", inside[1])) if inside else wavelength(title)
    measured = mode_of(title) or mode
    return measured if measured != OTHER or channel is None else OTHER, channel, () if is_raw else ("calculated",)


def _list_blocks(sheet: Sheet, mode: Measured) -> list[Block]:
    found: WellList | None = find_list(sheet, lambda text: _DATA.search(text) is not None)
    if found is None:
        return []
    return blocks_of(found, lambda title: described(title, mode if mode != OTHER else ABSORBANCE if "abs" in title.casefold() else OTHER))
