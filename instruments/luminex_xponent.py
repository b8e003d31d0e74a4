"""Luminex xPONENT: one table for each data type, with a column for each analyte; bead counts stand beside the medians."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, note
from instruments.pcr import marked_table
from instruments.plate_readings import about_plate, judge_plate
from instruments.plate_values import OTHER, Measured, layout_role, mark_of, no_plate, outcome, started, ucum
from instruments.rows import UsedRow, identifier, numbered, place
from instruments.tables import Cell, Row, Table

NAME = "luminex_xponent"
VERSION = "1"
TITLE = "Luminex xPONENT (MAGPIX, FLEXMAP 3D, 200)"
FORMATS = ("csv",)
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"xPONENT|DataType:", re.IGNORECASE)
_LOCATION = re.compile(r"^(\d+)\((\d+),([A-P]\d{1,2})\)$")
_MFI, _BEADS = Measured("fluorescence", "{MFI}"), Measured("other", "{beads}")
_READ: Mapping[str, tuple[Measured, tuple[str, ...]]] = {
    "median": (_MFI, ()),
    "net mfi": (_MFI, ("calculated",)),
    "count": (_BEADS, ()),
    "result": (Measured("concentration", None), ("calculated",)),
    "test result": (Measured("concentration", None), ("calculated",)),
}
_NOT_ANALYTES = ("location", "sample", "total events", "notes", "comments")


@dataclass(frozen=True)
class _Part:
    """The table of one data type: its heading and the rows below."""

    kind: str
    heading: Row
    rows: tuple[Row, ...]

    def analytes(self) -> dict[int, str]:
        return {column: cell.trimmed for column, cell in self.heading.cells.items() if cell.trimmed.casefold() not in _NOT_ANALYTES}


@dataclass(frozen=True)
class _Beads:
    """Beads counted for each well and analyte, how many were wanted, and what the instrument says of the well."""

    counts: Mapping[tuple[str, str], str]
    limits: Mapping[str, str]
    said: Mapping[str, tuple[str, ...]]


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    rows = table.sheets[0].rows if table else ()
    program = next((row for row in rows[:20] if row.text(0).casefold() == "program" and row.text(1).casefold() == "xponent"), None)
    if program is None or not any(row.text(0).rstrip(":") == "DataType" for row in rows):
        return Match(0)
    return Match(
        95, (note("xponent_program", "The file names the program xPONENT (%(where)s) and has tables of data types.", where=program.where),)
    )


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    parts = _parts(table.sheets[0].rows) if table else []
    wanted = [part for part in parts if part.kind.casefold() in _READ and _columns(part)]
    if table is None or not any(part.kind.casefold() in ("median", "net mfi", "result", "test result") for part in wanted):
        raise no_plate(TITLE, "DataType: Median, Location, Sample")
    facts = _facts(table.sheets[0].rows)
    units, least = _by_analyte(parts, "units"), facts.get("min events", "")
    limits = _by_analyte(parts, "per bead count") or {analyte: least for part in wanted for analyte in part.analytes().values()}
    beads = _Beads(_counts(parts), limits, _said(parts))
    mark = mark_of(_cells(wanted), options, OTHER, "Median")
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    for part in wanted:
        for row in part.rows:
            fault = _fault(row, part)
            if fault is None:
                used.append(UsedRow(row.where, tuple(_readings(row, part, mark, units, beads))))
            else:
                skipped.append(Skipped(row.where, fault))
    return _parsed(table, used, skipped, facts, mark, parts, options)


def _parsed(
    table: Table,
    used: list[UsedRow],
    skipped: list[Skipped],
    facts: Mapping[str, str],
    mark: str,
    parts: Sequence[_Part],
    options: ParseOptions,
) -> ParsedFile:
    at, doubt = started(facts.get("batchstarttime", "") or facts.get("date", ""), options)
    readings = numbered(used)
    run = RunInfo(
        facts.get("program 3"), facts.get("sn"), f"xPONENT {facts.get('build', '')}".strip(), facts.get("operator"),
        facts.get("batch"), at, None, "local" if at else None,
    )  # fmt: skip
    found = len({(reading.position, tuple(flag for flag in reading.flags if flag.startswith("plate "))) for reading in readings})
    announced = facts.get("samples", "")
    warnings = [doubt] if doubt else []
    if announced.isdigit() and int(announced) != found:
        warnings.append(
            note("samples_fewer", "The file announces %(announced)s samples; %(found)s are in it.", announced=announced, found=found)
        )
    unread = [
        note("section_unread", 'The section "%(section)s" (%(where)s) was not read.', section=part.kind, where=part.heading.where)
        for part in parts
        if part.kind.casefold() not in (*_READ, "units", "per bead count", "warnings/errors")
    ]
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        len(used) + len(skipped),
        len(used),
        tuple(skipped),
        run,
        table.encoding,
        table.delimiter,
        mark,
        controls=judge_plate(readings),
        warnings=(*warnings, *about_plate(readings)),
        unread=tuple(unread),
    )


def _parts(rows: Sequence[Row]) -> list[_Part]:
    """The tables of the file; a data type that comes twice would give each well two values, so the file is refused."""
    starts = [number for number, row in enumerate(rows) if row.text(0).rstrip(":") == "DataType"]
    parts = []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        table = []
        for row in rows[start + 1 : end]:
            if row.fault is None and row.is_blank():
                break
            table.append(row)
        if table:
            parts.append(_Part(rows[start].text(1), table[0], tuple(table[1:])))
    kinds = [part.kind for part in parts]
    again = next((kind for kind in kinds if kinds.count(kind) > 1), None)
    if again is not None:
        raise ParseError(
            "data_type_twice", 'The data type "%(kind)s" stands in the file twice. Export each batch into a file of its own.', kind=again
        )
    return parts


def _columns(part: _Part) -> dict[str, int] | None:
    names = {cell.trimmed.casefold(): column for column, cell in part.heading.cells.items()}
    analytes = list(part.analytes().values())
    if "location" not in names or "sample" not in names:
        return None
    if len(set(analytes)) != len(analytes):
        raise ParseError(
            "two_columns_one_title",
            "Two columns of the list in %(place)s have the same title; which one counts cannot be known.",
            place := part.heading.where,
            place=place,
        )
    return names


def _facts(rows: Iterable[Row]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for row in rows:
        if row.text(0).rstrip(":") == "DataType":
            break
        name = row.text(0).casefold()
        if name == "samples" and row.text(2).casefold() == "min events":
            facts.setdefault("min events", row.text(3))
        if name == "program":
            facts.setdefault("program 3", row.text(3))
        if name and row.text(1):
            facts.setdefault(name, " ".join(filter(None, (row.text(1), row.text(2)))) if name == "date" else row.text(1))
    return {name: text for name, text in facts.items() if text}


def _by_analyte(parts: Sequence[_Part], kind: str) -> dict[str, str]:
    """The texts of a small table that has its analytes in its heading: units, beads wanted."""
    part = next((part for part in parts if part.kind.casefold() == kind), None)
    row = next((row for row in reversed(part.rows)), None) if part else None
    return {name: row.text(column) for column, name in part.analytes().items() if name != "Analyte:"} if part and row else {}


def _counts(parts: Sequence[_Part]) -> dict[tuple[str, str], str]:
    part = next((part for part in parts if part.kind.casefold() == "count"), None)
    if part is None:
        return {}
    return {(row.text(0), name): row.text(column) for row in part.rows for column, name in part.analytes().items()}


def _cells(parts: Sequence[_Part]) -> list[Cell]:
    return [row.cells[column] for part in parts for row in part.rows for column in part.analytes() if column in row.cells]


def _fault(row: Row, part: _Part) -> Note | None:
    if row.fault is not None:
        return row.fault
    if row.width != part.heading.width:
        return note(
            "wrong_field_count",
            "The line has %(found)s fields; the others have %(expected)s.",
            found=row.width,
            expected=part.heading.width,
        )
    if not _LOCATION.match(row.text(0)):
        return note("no_location", "The line names no well, such as 1(1,A1).")
    return identifier(row.cells.get((_columns(part) or {})["sample"])).fault


def _said(parts: Sequence[_Part]) -> dict[str, tuple[str, ...]]:
    """What the instrument says of a well in its table of warnings and errors ("1,A1")."""
    said: dict[str, tuple[str, ...]] = {}
    for part in parts:
        if part.kind.casefold() == "warnings/errors":
            for row in part.rows:
                said[row.text(0)] = (*said.get(row.text(0), ()), f"{row.text(1)}: {row.text(2)}"[:120])
    return said


def _few(analyte: str, spot: str, beads: _Beads) -> tuple[str, ...]:
    """Too few beads of an analyte in a well, with both numbers."""
    count, limit = beads.counts.get((spot, analyte), ""), beads.limits.get(analyte, "")
    return (f"beads {count} of {limit}",) if count.isdigit() and limit.isdigit() and int(count) < int(limit) else ()


def _readings(row: Row, part: _Part, mark: str, units: Mapping[str, str], beads: _Beads) -> Iterable[Reading]:
    """One reading for each analyte; too few beads and the instrument's own warnings are flags."""
    spot = _LOCATION.match(row.text(0))
    sample = row.text((_columns(part) or {})["sample"]) or None
    measured, flags = _READ[part.kind.casefold()]
    if spot:
        flags = (*((f"plate {spot[2]}",) if spot[2] != "1" else ()), *flags, *beads.said.get(f"{spot[2]},{spot[3]}", ()))
    for column, analyte in part.analytes().items():
        cell = row.cells.get(column)
        found = outcome(cell, mark)
        few = _few(analyte, row.text(0), beads) if measured is not _BEADS else ()
        unit = ucum(units.get(analyte, "")) if measured.quantity == "concentration" else measured.unit
        yield Reading(
            spot[3] if spot else None,
            sample,
            layout_role(sample or ""),
            f"{analyte} Net MFI" if part.kind.casefold() == "net mfi" else analyte,
            part.kind,
            measured.quantity,
            cell.text if cell else "",
            found.status,
            found.value,
            found.comparator,
            unit,
            None,
            (*flags, *few, *found.flags),
            cell.source if cell else place(row, column),
        )
