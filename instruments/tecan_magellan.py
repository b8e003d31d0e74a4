"""Tecan Magellan (list of wells with its measurements below) and i-control (blocks with "<>" in the corner)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import marked_table
from instruments.plate_readings import Block, parse_blocks
from instruments.plate_values import OTHER, Measured, many_values, mode_of, no_plate, started, ucum, wavelength
from instruments.plates import Grid, grids_in
from instruments.tables import Row, Sheet, Table
from instruments.well_lists import WellList, blocks_of, find_list

NAME = "tecan_magellan"
VERSION = "1"
TITLE = "Tecan Magellan, i-control (Infinite, Sunrise, Spark)"
FORMATS = ("xlsx", "xls", "txt", "csv", "asc")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Measurement mode|Magellan|i-control|Tecan", re.IGNORECASE)
_FACT = re.compile(r"^([A-Za-z][A-Za-z. #]+?)\s*[:#]\s*(.*)$")
_SUMMARY = re.compile(r"mean|average|st\.? ?dev|\bsd\b|\bcv\b|replicate|dilution|well|layout|sample|experimental|\bid\b", re.IGNORECASE)
_CURVES = re.compile(r"kinetic|\bcycle|spectrum|\bscan\b|wavel\. range|multiple reads", re.IGNORECASE)


@dataclass(frozen=True)
class _Measurement:
    """One measurement as the words below (or above) the wells describe it."""

    mode: Measured
    channel: str | None


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        facts = [name.casefold() for name, _, _ in _facts(sheet.rows)]
        if "measurement mode" in facts and "measurement wavelength" in facts and _list(sheet):
            return Match(95, (note("magellan_list", "A list of well positions is followed by Magellan's measurement parameters."),))
        if any(grid.corner == "<>" for grid in grids_in(sheet)) and _is_i_control(sheet):
            return Match(95, (note("i_control_block", "The file names Tecan i-control; its plate block has <> in the corner."),))
    return Match(0)


def _is_i_control(sheet: Sheet) -> bool:
    return any("tecan" in cell.text.casefold() or "i-control" in cell.text for row in sheet.rows[:30] for cell in row.cells.values())


def _facts(rows: Sequence[Row]) -> list[tuple[str, str, Row]]:
    """Lines of the form "Name: text", or the name and its text in two cells."""
    facts = []
    for row in rows:
        text = row.text(0)
        found = _FACT.match(text)
        after = next((row.text(column) for column in sorted(row.cells) if column > 0), "")
        if found:
            facts.append((found[1].strip(), found[2].strip() or after, row))
        elif text and after and len(row.cells) <= 3:
            facts.append((text, after, row))
    return facts


def _list(sheet: Sheet) -> WellList | None:
    return find_list(sheet, lambda title: _SUMMARY.search(title) is None)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        grids = [grid for grid in grids_in(sheet) if grid.corner == "<>"]
        listed = None if grids else _list(sheet)
        if table is not None and (grids or listed):
            _refuse_curves(sheet)
            blocks = _list_blocks(sheet, listed) if listed else [_grid_block(grid, sheet) for grid in grids]
            return _parsed(table, sheet, blocks, options)
    raise no_plate(TITLE, "Well positions, Label1, Measurement mode, Measurement wavelength")


def _parsed(table: Table, sheet: Sheet, blocks: Sequence[Block], options: ParseOptions) -> ParsedFile:
    facts = {name.casefold(): text for name, text, _ in reversed(_facts(sheet.rows))}
    moment = re.sub(r",?\s*time:\s*", " ", facts.get("date", "") or facts.get("start time", ""), flags=re.IGNORECASE)
    clock = facts.get("time", "")
    at, doubt = started(moment if " " in moment.strip() else f"{moment} {clock}", options)
    run = RunInfo(
        facts.get("device") or facts.get("instrument"), facts.get("serial number") or facts.get("instrument serial number"),
        facts.get("application"), facts.get("user"), None, at, None, "local" if at else None, facts.get("plate-id") or None,
    )  # fmt: skip
    return parse_blocks(NAME, VERSION, table, blocks, options, run, [doubt] if doubt else [])


def _refuse_curves(sheet: Sheet) -> None:
    for name, text, row in _facts(sheet.rows):
        if _CURVES.search(name) or (name.casefold() in ("mode", "measurement mode") and _CURVES.search(text)):
            raise many_values(row, f"{name} {text}".strip())


def _list_blocks(sheet: Sheet, listed: WellList) -> list[Block]:
    """The measurements below belong to the labels in their order; where their numbers differ, nothing is assigned."""
    labels = [title for title in listed.reads.values() if _is_label(title)]
    found = _measurements(sheet)
    by_label: Mapping[str, _Measurement] = dict(zip(labels, found, strict=True)) if len(labels) == len(found) else {}

    def described(title: str) -> tuple[Measured, str | None, tuple[str, ...]]:
        if title in by_label:
            return by_label[title].mode, by_label[title].channel, ()
        unit = re.search(r"[\[(]([^\])]+)[\])]\s*$", title)
        if "conc" in title.casefold():
            return Measured("concentration", ucum(unit[1]) if unit else None), None, ("calculated",)
        return OTHER, None, () if _is_label(title) else ("calculated",)

    return blocks_of(listed, described)


def _is_label(title: str) -> bool:
    return re.fullmatch(r"(?:label|measurement|raw data|messung)\s*\d*", title, re.IGNORECASE) is not None


def _measurements(sheet: Sheet) -> list[_Measurement]:
    """Mode, wavelength and unit of each measurement, in the order of the file."""
    measurements: list[_Measurement] = []
    for name, text, _ in _facts(sheet.rows):
        key = name.casefold()
        if key == "measurement mode":
            measurements.append(_Measurement(mode_of(text) or OTHER, None))
        elif measurements and "wavelength" in key and "bandwidth" not in key:
            last = measurements.pop()
            channel = wavelength(text)
            measurements.append(_Measurement(last.mode, f"{last.channel}, {channel}" if last.channel and channel else channel))
    return measurements


def _grid_block(grid: Grid, sheet: Sheet) -> Block:
    """The lines above a block of i-control say its label, mode and wavelength."""
    rows = sheet.rows[: sheet.rows.index(grid.heading)]
    facts = {name.casefold(): text for name, text, _ in _facts(rows)}
    label = facts.get("label") or next((row.text(0) for row in reversed(rows) if re.match(r"Label: ?\S|Label\d", row.text(0))), "Label1")
    mode = mode_of(facts.get("mode", "")) or OTHER
    waves = [wavelength(text) for name, text in facts.items() if "wavelength" in name and "bandwidth" not in name]
    channel = ", ".join(wave for wave in dict.fromkeys(waves) if wave) or None
    return Block(grid.lines, grid.columns, label.removeprefix("Label: "), channel, mode)
