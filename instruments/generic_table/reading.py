"""From the rows below the headings to readings: every row gives readings or a reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from instruments.contract import Note, ParsedFile, ParseError, ParseOptions, Reading, Skipped, note
from instruments.controls import role_of_name
from instruments.generic_table.account import controls_of, unread_of, warnings_of
from instruments.generic_table.dates import is_date, order_of
from instruments.generic_table.layout import Layout, ValueColumn
from instruments.generic_table.profile import Profile
from instruments.rows import UsedRow, identifier, numbered, place, with_internal_control, without_duplicates
from instruments.tables import Cell, Row, Table
from instruments.text import half_width, has_control_characters, heading_key
from instruments.values import Outcome, decide_mark, evidence, folded, interpret

_QUANTITY_OF_UNIT = {
    "mg/kg": "mass_fraction",
    "ug/kg": "mass_fraction",
    "g/kg": "mass_fraction",
    "ng/g": "mass_fraction",
    "mg/L": "concentration",
    "ug/L": "concentration",
    "g/L": "concentration",
    "ng/mL": "concentration",
    "ng/uL": "concentration",
    "[IU]/mL": "concentration",
    "{copies}/mL": "copies",
    "{copies}/uL": "copies",
    "{copies}": "copies",
}


@dataclass(frozen=True)
class _Context:
    """What holds for every row of the table."""

    profile: Profile
    layout: Layout
    marks: Mapping[int, str]
    date_order: str | None

    def cell(self, row: Row, role: str) -> Cell | None:
        return row.cells.get(self.layout.columns.get(role, -1))

    def text(self, row: Row, role: str) -> str:
        return row.text(self.layout.columns.get(role, -1))


def read_layout(table: Table, profile: Profile, layout: Layout, options: ParseOptions, parser: str, version: str) -> ParsedFile:
    rows = [row for row in layout.sheet.rows[layout.first :] if not row.is_blank()]
    if not rows:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    context = _Context(profile, layout, _marks(rows, profile, layout, table, options), _date_order(rows, layout, profile, options))
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    for row in rows:
        fault = _fault(row, context)
        readings = () if fault else _readings(row, context)
        if fault is not None:
            skipped.append(Skipped(row.where, fault))
        else:
            used.append(UsedRow(row.where, readings))
    used, identical = without_duplicates(used)
    readings = numbered(with_internal_control(used, profile.internal_targets))
    marks = sorted(set(context.marks.values()))
    return ParsedFile(
        parser,
        version,
        readings,
        len(rows),
        len(used),
        (*skipped, *identical),
        encoding=table.encoding,
        delimiter=table.delimiter,
        decimal_mark=marks[0] if len(marks) == 1 else None,
        sheet=layout.sheet.name,
        profile=profile.label,
        controls=controls_of(readings, profile),
        warnings=tuple(warnings_of(readings, profile)),
        unread=tuple(unread_of(table, layout)),
    )


def _cells(rows: list[Row], column: int) -> list[Cell]:
    return [row.cells[column] for row in rows if column in row.cells]


def _marks(rows: list[Row], profile: Profile, layout: Layout, table: Table, options: ParseOptions) -> dict[int, str]:
    """The decimal mark of each result column: declared, proven by the column, or proven by the rest of the file."""
    declared = options.decimal_mark or profile.decimal_mark
    found = {value.column: evidence(_cells(rows, value.column), profile.range.get(value.role, (None, None))[1]) for value in layout.values}
    proven = {mark for each in found.values() if len(each.proven) == 1 for mark in each.proven}
    otherwise = proven.pop() if len(proven) == 1 else None
    for value in layout.values:
        ambiguous = found[value.column].ambiguous
        if otherwise is None and ambiguous and all("," not in number for number in ambiguous) and _writes_points(table, layout):
            otherwise = "."
    return {value.column: decide_mark(found[value.column], declared, otherwise, layout.headings[value.column]) for value in layout.values}


def _writes_points(table: Table, layout: Layout) -> bool:
    """Comma-separated fields and Chinese tables leave the point as the only decimal mark."""
    return table.delimiter == "," or any("\u4e00" <= sign <= "\u9fff" for heading in layout.headings.values() for sign in heading)


def _date_order(rows: list[Row], layout: Layout, profile: Profile, options: ParseOptions) -> str | None:
    column = layout.columns.get("date")
    if column is None:
        return None
    return order_of(_cells(rows, column), options.date_order or profile.date_order, layout.headings[column])


def _fault(row: Row, context: _Context) -> Note | None:
    """Why a row gives no reading, or None."""
    if row.fault is not None:
        return row.fault
    layout = context.layout
    if layout.sheet.name is None and (row.width < layout.width or any(column >= layout.width for column in row.cells)):
        return note(
            "wrong_field_count",
            "The row has %(found)s fields where %(expected)s are expected; its cells may have moved.",
            found=row.width,
            expected=layout.width,
        )
    if aside := _not_a_result(row, context):
        return aside
    if any(column not in layout.headings and column != layout.columns["sample"] for column in row.cells):
        return note("cell_without_heading", "The row has a cell outside of the headings; its cells may have moved.")
    sample = identifier(context.cell(row, "sample"))
    if sample.fault is not None:
        return sample.fault
    position = context.text(row, "position")
    if sample.text is None and not position:
        return note("no_sample", "The row names neither a sample nor a position.")
    if any(has_control_characters(row.text(column)) for column in layout.used_columns):
        return note("control_characters", "The row holds invisible control characters.")
    date = context.cell(row, "date")
    if date is not None and not is_date(date, context.date_order):
        return note("impossible_date", 'The date "%(date)s" does not exist or is not a date.', date=date.trimmed[:40])
    return None


def _not_a_result(row: Row, context: _Context) -> Note | None:
    if all(row.text(column) == heading for column, heading in context.layout.headings.items()):
        return note("repeated_heading", "The row repeats the headings.")
    if context.profile.columns.get(heading_key(context.text(row, "sample"))) == "sample":
        raise ParseError(
            "second_table", "A second table begins in %(place)s. Export one table, or give a profile.", row.where, place=row.where
        )
    words = [folded(row.text(column)) for column in sorted(row.cells)[:2]]
    sample = folded(context.text(row, "sample"))
    if sample in context.profile.end_words or words[0] in context.profile.end_words:
        return note("end_mark", "The row marks the end of the table.")
    for word in (sample, words[0]):
        bare = re.split(":", word)[0].strip()
        if word in context.profile.summary_words or (bare != word and bare in context.profile.summary_words):
            return note("summary_row", 'The row is a summary or a signature ("%(word)s"), not a sample.', word=word[:40])
    return None


def _readings(row: Row, context: _Context) -> tuple[Reading, ...]:
    readings = [_reading(row, value, context) for value in context.layout.values]
    internal = [reading for reading in readings if folded(reading.target or "") in context.profile.internal_targets]
    if not internal or len(readings) == len(internal):
        return tuple(readings)
    has_internal = all(reading.status == "value" for reading in internal)
    return tuple(reading if reading in internal else _beside_internal(reading, has_internal) for reading in readings)


def _beside_internal(reading: Reading, has_internal: bool) -> Reading:
    """In a wide table with an internal control a blank Ct is the no-call, and counts for a sample only when the control came up."""
    is_blank = reading.status == "missing" and reading.raw == ""
    if reading.quantity != "ct" or (not is_blank and reading.status != "not_detected"):
        return reading
    if has_internal or reading.role in ("ntc", "negative_control"):
        flags = tuple(flag for flag in reading.flags if flag != "blank")
        return replace(reading, status="not_detected", flags=(*flags, "blank beside internal control") if is_blank else flags)
    return replace(reading, status="invalid", flags=(*reading.flags, "internal control missing"))


def _reading(row: Row, value: ValueColumn, context: _Context) -> Reading:
    cell = row.cells.get(value.column)
    sample = identifier(context.cell(row, "sample"))
    unit, unit_flags = _unit(row, value, context)
    quantity = _quantity(value, unit)
    outcome = interpret(
        cell, context.profile.rules(quantity if quantity in ("ct", *context.profile.range) else value.role), context.marks[value.column]
    )
    outcome, spoken = _with_call(outcome, cell, row, value, context)
    target = value.target or context.text(row, "target") or None
    flags = (*outcome.flags, *unit_flags, *(("id from number",) if sample.is_from_number else ()))
    taken = spoken or cell
    return Reading(
        context.text(row, "position") or None,
        sample.text,
        _role(row, sample.text, target, context),
        target,
        value.channel or context.text(row, "channel") or None,
        "qualitative" if outcome.is_qualitative else quantity,
        taken.text if taken else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        None if outcome.is_qualitative else unit,
        _replicate(context.text(row, "replicate")),
        flags,
        taken.source if taken else place(row, value.column),
    )


def _with_call(outcome: Outcome, cell: Cell | None, row: Row, value: ValueColumn, context: _Context) -> tuple[Outcome, Cell | None]:
    """The call in words beside a number: it speaks where the number is blank, is kept as a flag otherwise, and may not contradict."""
    column = value.call if value.call is not None else context.layout.columns.get("call", -1)
    call = row.cells.get(column)
    if call is None or not call.trimmed:
        return outcome, None
    said = folded(call.text)
    text = context.profile.text
    if cell is None and said in text.get("negative", frozenset()) | text.get("not_detected", frozenset()):
        return Outcome("not_detected"), call
    if outcome.status == "not_detected" and said in text.get("positive", frozenset()):
        return Outcome("invalid", flags=(call.trimmed, "call contradicts value")), None
    return replace(outcome, flags=(*outcome.flags, call.trimmed)), None


def _unit(row: Row, value: ValueColumn, context: _Context) -> tuple[str | None, tuple[str, ...]]:
    if value.role == "ct":
        return "{Ct}", ()
    text = half_width(value.unit or context.text(row, "unit")).strip()
    if not text:
        return None, ()
    code = context.profile.units.get(text)
    return (code, ()) if code else (None, (f"unit {text}",))


def _quantity(value: ValueColumn, unit: str | None) -> str:
    if value.role == "result":
        return _QUANTITY_OF_UNIT.get(unit or "", "other")
    return value.role


def _role(row: Row, sample: str | None, target: str | None, context: _Context) -> str:
    profile = context.profile
    told = profile.role_texts.get(half_width(context.text(row, "role")).casefold())
    if told is not None and told != "unknown":
        return told
    for text in (sample, context.text(row, "sample_name")):
        if text and (named := role_of_name(text, profile.role_names)):
            return named
    return "internal_control" if target and folded(target) in profile.internal_targets else "unknown"


def _replicate(text: str) -> int | None:
    found = re.fullmatch(r"(\d{1,4})(?:\.0)?", text)
    return int(found[1]) if found and int(found[1]) > 0 else None
