"""What every table parser does with its rows: identifiers, well names, duplicates, replicates."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from instruments.contract import Note, Reading, Skipped, note
from instruments.tables import Cell, Row, column_name
from instruments.text import has_control_characters
from instruments.values import folded

_WELL = re.compile(r"^([A-Za-z]{1,2})0*([1-9][0-9]?)$")


def well_key(position: str) -> str:
    """A1, A01 and a1 are the same well."""
    found = _WELL.match(position)
    return f"{found[1].upper()}{found[2]}" if found else position


@dataclass(frozen=True)
class Identifier:
    """A sample text exactly as in the file, trimmed only; or the reason why the cell is no identifier."""

    text: str | None
    fault: Note | None = None
    is_from_number: bool = False


def identifier(cell: Cell | None) -> Identifier:
    if cell is None or not cell.trimmed:
        return Identifier(None)
    if cell.kind in ("date", "boolean", "error", "formula"):
        return Identifier(
            None,
            note(
                "id_not_text",
                "The sample number in %(where)s is stored as %(kind)s, so its text is lost. Correct the cell.",
                where=cell.source,
                kind=cell.kind,
            ),
        )
    text = cell.trimmed
    if has_control_characters(text):
        return Identifier(
            None, note("id_control_characters", "The sample number in %(where)s holds invisible control characters.", where=cell.source)
        )
    if cell.kind == "number":
        text = re.sub(r"\.0+$", "", text)
        if not re.fullmatch(r"\d+(?:\.\d+)?", text) or len(re.sub(r"\D", "", text)) > 15:
            return Identifier(
                None,
                note(
                    "id_damaged",
                    "The sample number in %(where)s was stored as a number with more than 15 digits; its last digits are lost.",
                    where=cell.source,
                ),
            )
        return Identifier(text, is_from_number=True)
    return Identifier(text)


def place(row: Row, column: int) -> str:
    """The source of a cell that is blank."""
    sheet, sign, number = row.where.rpartition("!")
    return f"{sheet}!{column_name(column)}{number}" if sign else row.where


@dataclass(frozen=True)
class UsedRow:
    """A row that gave readings."""

    where: str
    readings: tuple[Reading, ...]


def without_duplicates(rows: Sequence[UsedRow]) -> tuple[list[UsedRow], list[Skipped]]:
    """The same well and target twice: identical rows are taken once; rows that contradict each other are all marked invalid."""
    groups: dict[tuple[object, ...], list[UsedRow]] = {}
    for row in rows:
        first = row.readings[0]
        place = well_key(first.position) if first.position else None
        key = (place, tuple((reading.target, reading.channel) for reading in row.readings)) if place else (row.where,)
        groups.setdefault(key, []).append(row)
    kept: list[UsedRow] = []
    skipped: list[Skipped] = []
    for group in groups.values():
        different: dict[tuple[object, ...], UsedRow] = {}
        for row in group:
            content = tuple((reading.sample, reading.raw.strip(), reading.status) for reading in row.readings)
            if content in different:
                skipped.append(
                    Skipped(row.where, note("identical_row", "The row says the same as %(first)s.", first=different[content].where))
                )
            else:
                different[content] = row
        kept.extend(different.values() if len(different) == 1 else (_contradicted(row) for row in different.values()))
    order = {row.where: number for number, row in enumerate(rows)}
    return sorted(kept, key=lambda row: order[row.where]), skipped


def _contradicted(row: UsedRow) -> UsedRow:
    return UsedRow(
        row.where,
        tuple(
            replace(reading, status="invalid", value=None, comparator=None, flags=(*reading.flags, "contradicting rows"))
            for reading in row.readings
        ),
    )


def with_internal_control(rows: Iterable[UsedRow], internal_targets: frozenset[str]) -> list[UsedRow]:
    """A sample whose internal control was measured and never came up cannot be negative: its negatives are invalid."""
    rows = list(rows)
    states: dict[str, set[bool]] = {}
    for row in rows:
        for reading in row.readings:
            if reading.sample is not None and (reading.target or "").casefold() in internal_targets:
                states.setdefault(reading.sample, set()).add(reading.status == "value")
    failed = {sample for sample, came_up in states.items() if True not in came_up}
    return [
        UsedRow(row.where, tuple(_without_control(reading) if reading.sample in failed else reading for reading in row.readings))
        for row in rows
    ]


def _without_control(reading: Reading) -> Reading:
    if reading.status != "not_detected" or reading.role != "unknown":
        return reading
    return replace(reading, status="invalid", flags=(*reading.flags, "internal control missing"))


def _counted(reading: Reading, number: int) -> Reading:
    """The reading with its replicate number; as `replace` does it, without checking all fields again (thousands of readings)."""
    copy = object.__new__(Reading)
    copy.__dict__.update(reading.__dict__, replicate=number)
    return copy


def numbered(rows: Iterable[UsedRow]) -> tuple[Reading, ...]:
    """Readings with their running replicate number within sample, role, target and channel, where the file gave none."""
    counts: dict[tuple[object, ...], int] = {}
    readings = []
    for row in rows:
        for reading in row.readings:
            key = (reading.sample, reading.role, reading.target, reading.channel)
            counts[key] = counts.get(key, 0) + 1
            readings.append(reading if reading.replicate is not None else _counted(reading, counts[key]))
    return tuple(readings)


def with_call(reading: Reading, call: str, negative: frozenset[str], positive: frozenset[str]) -> Reading:
    """The instrument's call beside the Ct: it makes a blank a "not detected", and may not contradict the number."""
    said = folded(call)
    flags = (*(flag for flag in reading.flags if flag != "blank"), *((call,) if call else ()))
    if said in negative and reading.status == "missing" and not reading.raw.strip():
        return replace(reading, status="not_detected", flags=flags)
    contradicts = (said in negative and reading.status == "value") or (said in positive and reading.status == "not_detected")
    if contradicts:
        return replace(reading, status="invalid", value=None, comparator=None, flags=(*flags, "call contradicts value"))
    return replace(reading, flags=(*reading.flags, *((call,) if call else ())))


def about(readings: Sequence[Reading]) -> list[Note]:
    """What a person must know of all readings together."""
    notes = []
    if any("id from number" in reading.flags for reading in readings):
        notes.append(
            note("ids_from_numbers", "Sample numbers are stored as numbers; leading zeros would be lost. Compare them with the tubes.")
        )
    if any("contradicting rows" in reading.flags for reading in readings):
        notes.append(note("contradicting_rows", "Rows for the same well and target contradict each other; they are marked invalid."))
    if readings and all(reading.sample is None for reading in readings):
        notes.append(note("no_samples", "The file names no samples; it cannot be matched without a plate map."))
    if readings and all(reading.target is None for reading in readings):
        notes.append(note("no_targets", "The file names no targets."))
    return notes
