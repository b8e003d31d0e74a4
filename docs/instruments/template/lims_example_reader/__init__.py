"""Example reader: a title line, a heading, one result in each row. Copy this module and change it to your instrument."""

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, note
from instruments.rows import UsedRow, about, identifier, numbered, place
from instruments.tables import Row, Table, read_table
from instruments.values import TextRules, decide_mark, evidence, interpret, texts

NAME = "example_reader"
VERSION = "1"
TITLE = "Example reader"
FORMATS = ("txt", "csv")
MATURITY = "tested on an example"

TITLE_LINE = b"EXAMPLE READER"
HEADINGS = ["Position", "Sample", "Analyte", "Result", "Unit"]
# Only texts that the instrument is known to write for "nothing found". A blank is missing, never "not detected".
RULES = TextRules(not_detected=texts(["< LLD", "not found"]), missing=texts(["n/a"]))


def recognises(file: RawFile, options: ParseOptions) -> Match:
    """By content, never by name. 95: the maker's own title; 0: not ours. What cannot be known is left to others."""
    if not file.content.removeprefix(b"\xef\xbb\xbf").startswith(TITLE_LINE):
        return Match(0)
    return Match(95, (note("example_title", "The first line is the title of the example reader."),))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    """Every row below the heading becomes a reading or a reason; nothing is guessed, nothing is left out in silence."""
    table = read_table(file, options)
    rows = table.sheets[0].rows
    start = next((number for number, row in enumerate(rows) if [row.text(column) for column in range(5)] == HEADINGS), None)
    if start is None:
        raise ParseError("example_no_heading", "The file has no heading Position, Sample, Analyte, Result, Unit. Export it again.")
    below = [row for row in rows[start + 1 :] if not row.is_blank()]
    mark = options.decimal_mark or decide_mark(evidence(row.cells[3] for row in below if 3 in row.cells), None, ".", "Result")
    outcomes = [(row, _reading(row, mark)) for row in below]
    used = [UsedRow(row.where, (one,)) for row, one in outcomes if isinstance(one, Reading)]
    skipped = tuple(one for _, one in outcomes if isinstance(one, Skipped))
    readings = numbered(used)
    return ParsedFile(
        NAME, VERSION, readings, len(below), len(used), skipped, RunInfo(instrument=TITLE), table.encoding, table.delimiter, mark,
        warnings=tuple(about(readings)), unread=_unread(table, start),
    )  # fmt: skip


def _reading(row: Row, mark: str) -> Reading | Skipped:
    sample = identifier(row.cells.get(1))
    fault = row.fault or sample.fault
    if fault is None and row.width != len(HEADINGS):
        fault = note("example_width", "The row has another number of fields than the heading; its cells may have moved.")
    if fault is not None:
        return Skipped(row.where, fault)
    cell = row.cells.get(3)
    outcome = interpret(cell, RULES, mark)
    raw, source = (cell.text, cell.source) if cell else ("", place(row, 3))
    return Reading(
        row.text(0) or None, sample.text, "unknown", row.text(2) or None, None, "concentration", raw, outcome.status, outcome.value,
        outcome.comparator, row.text(4) or None, None, outcome.flags, source,
    )  # fmt: skip


def _unread(table: Table, heading: int) -> tuple[Note, ...]:
    lines = [row for row in table.sheets[0].rows[1:heading] if not row.is_blank()]
    return (note("example_unread", "Lines above the heading that were not read: %(count)s.", count=len(lines)),) if lines else ()
