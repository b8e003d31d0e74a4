"""Agilent, Varian SpectrAA flame AA: blocks of a method and range; a sample over one range is measured again in the next one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from instruments.chemistry import RULES, amount, role_in
from instruments.chemistry_words import is_statistic, quantity_of, unit_of
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, note
from instruments.pcr import marked_table, no_result_table
from instruments.rows import UsedRow, about, identifier, numbered, place
from instruments.tables import Row, Sheet, Table, unread_sheets
from instruments.values import decide_mark, evidence

NAME = "agilent_flame_aa"
VERSION = "1"
TITLE = "Agilent, Varian SpectrAA (flame AA)"
FORMATS = ("xlsx", "xls", "csv")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"M[^\n]{1,3}thode ?:|Method ?:", re.IGNORECASE)
_METHOD = re.compile(r"^(?:Méthode|Method)\s*:\s*(([A-Z][a-z]?)\b.*)$", re.IGNORECASE)
_HEAD = frozenset({"analyste", "analyst", "feuille de travail", "worksheet", "méthodes", "methods", "date départ", "date started"})
_SAMPLE, _VALUE, _UNIT, _RSD, _ABSORBANCE = 0, 1, 3, 4, 5
_OVER = "over range"


@dataclass(frozen=True)
class _Block:
    """The rows measured with one method in one range."""

    title: str
    element: str
    rows: tuple[Row, ...]


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    table, sheet, blocks = found
    head = {row.text(0).casefold().rstrip(": ") for row in sheet.rows[:8]}
    if len(head & _HEAD) < 3:
        return Match(0)
    where = blocks[0].rows[0].where if blocks[0].rows else sheet.rows[0].where
    reason = note(
        "blocks_of_methods",
        "%(count)s methods with their rows stand below the head of a worksheet (first row: %(where)s).",
        count=len(blocks),
        where=where,
    )
    return Match(95, (reason,))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, Sheet, list[_Block]] | None:
    table = marked_table(file, options, _MARKER)
    for sheet in table.visible() if table else ():
        if options.sheet in (None, sheet.name) and (blocks := _blocks(sheet)):
            return (table, sheet, blocks) if table else None
    return None


def _blocks(sheet: Sheet) -> list[_Block]:
    starts = [(number, found) for number, row in enumerate(sheet.rows) if (found := _METHOD.match(row.text(0)))]
    ends = [*(number for number, _ in starts[1:]), len(sheet.rows)]
    return [
        _Block(found[1].strip(), found[2], tuple(row for row in sheet.rows[start + 1 : end] if not row.is_blank()))
        for (start, found), end in zip(starts, ends, strict=False)
    ]


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Méthode: ...; sample, concentration, unit")
    table, sheet, blocks = found
    mark, warnings = _mark(blocks, options, table), dict[str, Note]()
    outcomes = [_read(row, block, mark, warnings) for block in blocks for row in block.rows]
    used = [outcome for outcome in outcomes if isinstance(outcome, UsedRow)]
    if not used:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    readings = numbered(_in_range(used))
    columns = note("columns_by_place", "The table has no headings: sample, concentration and unit were read by their places.")
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        len(outcomes),
        len(used),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Skipped)),
        RunInfo("Agilent SpectrAA", run_name=_fact(sheet, "feuille de travail", "worksheet")),
        table.encoding,
        table.delimiter,
        mark,
        sheet.name,
        warnings=(columns, *warnings.values(), *about(readings)),
        unread=tuple(unread_sheets(table, sheet)),
    )


def _fact(sheet: Sheet, *names: str) -> str | None:
    return next((row.text(1) for row in sheet.rows[:8] if row.text(0).casefold().rstrip(": ") in names and row.text(1)), None)


def _mark(blocks: Iterable[_Block], options: ParseOptions, table: Table) -> str:
    rows = [row for block in blocks for row in block.rows]
    found = evidence(row.cells[_VALUE] for row in rows if _VALUE in row.cells)
    numbers = evidence(cell for row in rows for column, cell in row.cells.items() if column > _UNIT)
    otherwise = next(iter(numbers.proven)) if len(numbers.proven) == 1 else "." if table.delimiter == "," else None
    return options.decimal_mark or decide_mark(found, None, otherwise if found.ambiguous else ".", "Conc.")


def _read(row: Row, block: _Block, mark: str, warnings: dict[str, Note]) -> UsedRow | Skipped:
    sample, cell = identifier(row.cells.get(_SAMPLE)), row.cells.get(_VALUE)
    unit, unknown = unit_of(row.text(_UNIT))
    fault = row.fault or sample.fault
    if fault is None and sample.text is not None and is_statistic(sample.text):
        fault = note("statistics_row", 'The row is a statistic ("%(word)s"), not a sample.', word=sample.text)
    if fault is None and (sample.text is None or unit is None):
        fault = note("not_in_place", "The row does not have a sample, a concentration and a unit in their places, so it is no result.")
    if fault is not None:
        return Skipped(row.where, fault)
    outcome = amount(cell, RULES, mark)
    role, by_name = role_in("", sample.text, {}, warnings)
    absorbance = row.text(_ABSORBANCE)
    flags = (*by_name, *outcome.flags, *unknown, f"range {block.title}", *((f"Abs {absorbance}",) if absorbance else ()))
    reading = Reading(
        None,
        sample.text,
        role,
        block.element,
        None,
        quantity_of(unit, "concentration"),
        cell.text if cell else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        unit,
        None,
        flags,
        cell.source if cell else place(row, _VALUE),
    )
    return UsedRow(row.where, (reading,))


def _in_range(rows: list[UsedRow]) -> list[UsedRow]:
    """A sample over one range and within another has the value of that one; over all ranges it has none."""
    within = {(one.sample, one.target) for row in rows for one in row.readings if one.status == "value"}
    return [
        UsedRow(
            row.where, tuple(_replaced(one) if _OVER in one.flags and (one.sample, one.target) in within else one for one in row.readings)
        )
        for row in rows
    ]


def _replaced(reading: Reading) -> Reading:
    flags = tuple(flag for flag in reading.flags if flag != "limit not stated")
    return replace(reading, status="invalid", value=None, comparator=None, flags=(*flags, "in range elsewhere"))
