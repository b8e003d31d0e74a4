"""Applied Biosystems QuantStudio, ViiA 7 and Design & Analysis / Diomni: result tables as text, CSV and Excel."""

import re
from decimal import Decimal

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, Skipped, note
from instruments.controls import ControlRules, judge, role_of_name
from instruments.quantstudio.results import Results, results_in, run_info
from instruments.rows import UsedRow, identifier, numbered, without_duplicates
from instruments.tables import Row, Table, column_name, read_table
from instruments.text import has_control_characters
from instruments.values import TextRules, decide_mark, evidence, interpret, texts

NAME = "quantstudio"
VERSION = "1"
TITLE = "QuantStudio, ViiA 7, Design & Analysis"
FORMATS = ("txt", "csv", "xlsx", "xls")
MATURITY = "tested on real files"

CODE_PAGES = ("cp1252",)  # Western Windows writes the sign after "QuantStudio" so
RULES = TextRules(not_detected=texts(["Undetermined"]), lowest=Decimal(0), highest=Decimal(100))
CONTROLS = ControlRules(required=(("ntc", "negative_control"), ("positive_control", "standard", "calibrator")))
_TASKS = {
    "unknown": "unknown",
    "ntc": "ntc",
    "standard": "standard",
    "positive_control": "positive_control",
    "positive control": "positive_control",
    "negative_control": "negative_control",
    "negative control": "negative_control",
    "ipc": "internal_control",
    "blocked_ipc": "blank",
}
_MARKER = re.compile(rb"Experiment Type|Block Type|Instrument Type")


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = _table(file, options)
    if table is None:
        return Match(0)
    for sheet in table.visible():
        results = results_in(sheet, table)
        if results is not None:
            return _match(results)
    return Match(0)


def _match(results: Results) -> Match:
    instrument = results.facts.get("instrument type", "")
    heading = note("quantstudio_heading", "The result table has the headings Well and CT, CRT or Cq.")
    if re.search(r"quantstudio|viia", instrument, re.IGNORECASE):
        named = note("instrument_named", "The file names its instrument: %(instrument)s.", instrument=instrument)
        return Match(95, (named, heading))
    if instrument:
        return Match(15, (note("other_instrument", "The file names another instrument: %(instrument)s.", instrument=instrument),))
    if {"block type", "chemistry"} <= set(results.facts):
        return Match(70, (heading, note("quantstudio_facts", "Block type and chemistry stand above the table.")))
    return Match(10, (heading,))


def _table(file: RawFile, options: ParseOptions) -> Table | None:
    """The file as a table; None when it is text without any of the words these programs write (its encoding is then not ours to judge)."""
    is_text = not file.content.startswith((b"PK", b"\xd0\xcf"))
    if is_text and not _MARKER.search(file.content[:200_000].replace(b"\0", b"")):
        return None
    return read_table(file, options, CODE_PAGES)


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = _table(file, options)
    results = _chosen(table, options) if table else None
    if table is None or results is None:
        raise ParseError("no_result_table", "The file holds no QuantStudio result table (headings Well and CT). Export the Results sheet.")
    if not results.rows:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    ct_cells = [row.cells[results.columns["ct"]] for row in results.rows if results.columns["ct"] in row.cells]
    mark = options.decimal_mark or decide_mark(evidence(ct_cells, Decimal(100)), None, ".", "CT")
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    warnings: list[Note] = []
    for row in results.rows:
        outcome = _read_row(row, results, mark, warnings)
        if isinstance(outcome, Skipped):
            skipped.append(outcome)
        else:
            used.append(UsedRow(row.where, (outcome,)))
    used, identical = without_duplicates(used)
    readings = numbered(used)
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        len(results.rows),
        len(used),
        (*skipped, *identical),
        run_info(results.facts),
        table.encoding,
        table.delimiter,
        mark,
        results.sheet.name,
        None,
        judge(readings, CONTROLS),
        (*{str(each): each for each in warnings}.values(), *_about(readings)),
        results.unread,
    )


def _chosen(table: Table, options: ParseOptions) -> Results | None:
    found = [results for sheet in table.visible() if (results := results_in(sheet, table))]
    if options.sheet is not None:
        return next((results for results in found if results.sheet.name == options.sheet), None)
    with_sample = [results for results in found if (results.sheet.name or "").casefold() in ("results", "primary_result")]
    return next(iter(with_sample or found), None)


def _read_row(row: Row, results: Results, mark: str, warnings: list[Note]) -> Reading | Skipped:
    columns = results.columns
    fault = _fault(row, results)
    if fault is not None:
        return Skipped(row.where, fault)
    sample = identifier(row.cells.get(columns.get("sample", -1)))
    if sample.fault is not None:
        return Skipped(row.where, sample.fault)
    position = row.text(columns.get("position", -1)) or row.text(columns.get("well", -1))
    if not re.fullmatch(r"[A-Za-z]{1,2}\d{1,2}|\d{1,5}(\.0)?", position):
        return Skipped(row.where, note("not_a_result_row", "The row has no well position, so it is no result."))
    if row.text(columns.get("omit", -1)).casefold() in ("true", "1", "yes"):
        return Skipped(row.where, note("omitted", "The well was omitted in the instrument's program."))
    target, ct = row.text(columns.get("target", -1)) or None, row.cells.get(columns["ct"])
    if sample.text is None and target is None and ct is None:
        return Skipped(row.where, note("empty_well", "The well is empty: no sample, no target, no result."))
    role, flags = _role(row.text(columns.get("task", -1)), sample.text, warnings)
    outcome = interpret(ct, RULES, mark)
    flags += [name for name, column in results.flag_columns.items() if row.text(column).casefold() == "y"]
    if sample.is_from_number:
        flags.append("id from number")
    return Reading(
        re.sub(r"\.0$", "", position),
        sample.text,
        role,
        target,
        row.text(columns.get("channel", -1)) or None,
        "ct",
        ct.text if ct else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        "{Ct}",
        None,
        (*flags, *outcome.flags),
        ct.source if ct else _place(row, columns["ct"]),
    )


def _place(row: Row, column: int) -> str:
    sheet, sign, number = row.where.rpartition("!")
    return f"{sheet}!{column_name(column)}{number}" if sign else row.where


def _fault(row: Row, results: Results) -> Note | None:
    if row.fault is not None:
        return row.fault
    if any(has_control_characters(row.text(column)) for name, column in results.columns.items() if name != "sample"):
        return note("control_characters", "The row holds invisible control characters.")
    return _misplaced(row, results)


def _misplaced(row: Row, results: Results) -> Note | None:
    """A text row that ends before its Ct, or has more fields than headings: its cells may have moved."""
    if "!" in row.where:
        return None
    if row.width < min(results.width, results.columns["ct"] + 2) or any(column >= results.width for column in row.cells):
        return note(
            "wrong_field_count",
            "The row has %(found)s fields where %(expected)s are expected; its cells may have moved.",
            found=row.width,
            expected=results.width,
        )
    return None


def _role(task: str, sample: str | None, warnings: list[Note]) -> tuple[str, list[str]]:
    role = _TASKS.get(task.casefold())
    if role is None:
        if task:
            warnings.append(note("unknown_task", 'The task "%(task)s" is not known; its wells are read as samples.', task=task))
        role = "unknown"
    by_name = role_of_name(sample) if sample and role == "unknown" else None
    return (by_name, ["role from name"]) if by_name else (role, [])


def _about(readings: tuple[Reading, ...]) -> list[Note]:
    notes = []
    if any("id from number" in reading.flags for reading in readings):
        notes.append(
            note("ids_from_numbers", "Sample numbers are stored as numbers; leading zeros would be lost. Compare them with the tubes.")
        )
    if all(reading.sample is None for reading in readings):
        notes.append(note("no_samples", "The file names no samples; it cannot be matched without a plate map."))
    if all(reading.target is None for reading in readings):
        notes.append(note("no_targets", "The file names no targets."))
    return notes
