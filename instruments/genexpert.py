"""Cepheid GeneXpert Dx: the result report as CSV. Ct 0 means not detected; an invalid test gives no result at all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, Status, note
from instruments.controls import ControlRules, judge
from instruments.pcr import marked_table, no_result_table
from instruments.rows import UsedRow, identifier, numbered, place
from instruments.tables import Row, Table
from instruments.text import has_control_characters, heading_key
from instruments.values import TextRules, folded, interpret, texts

NAME = "genexpert"
VERSION = "1"
TITLE = "Cepheid GeneXpert Dx (report as CSV)"
FORMATS = ("csv", "txt")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"RESULT TABLE", re.IGNORECASE)
_RULES = TextRules(not_detected=texts(["0", "0.0", "0.00"]), missing=texts(["NA", "N/A"]))
_CONTROLS = ControlRules(required=())  # each cartridge carries its own controls
_INTERNAL = frozenset({"spc", "cic", "sac", "ic", "iac", "sva", "proc", "pcc"})
_CALL = re.compile(
    r"^(.*?)\s*\b(NOT DETECTED|NEGATIVE|DETECTED.*|POSITIVE.*|TRACE.*|INVALID|ERROR|NO RESULT.*|INDETERMINATE)$", re.IGNORECASE
)
_VOID = ("INVALID", "ERROR", "NO RESULT", "INDETERMINATE")


@dataclass(frozen=True)
class _Test:
    """One cartridge: the facts of its report, the rows of its analytes, the line of its overall result."""

    facts: Mapping[str, Row]
    heading: Row
    columns: Mapping[str, int]
    rows: tuple[Row, ...]

    def fact(self, name: str) -> str:
        text = self.facts[name].text(1) if name in self.facts else ""
        return "" if text.startswith("<") else text

    @property
    def is_void(self) -> bool:
        """Whether the instrument itself says that the test failed."""
        said = self.fact("test result").upper()
        return said.startswith(_VOID) or self.fact("error status").upper() not in ("", "OK")

    @property
    def role(self) -> str:
        kind = self.fact("test type").casefold()
        if kind in ("", "specimen"):
            return "unknown"
        return "negative_control" if kind.startswith("neg") else "positive_control" if kind.startswith("pos") else "qc"


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    tests = _tests(table) if table else []
    if not tests:
        return Match(0)
    where = tests[0].heading.where
    heading = note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where)
    return Match(95 if "cartridge s/n" in tests[0].facts else 70, (heading,))


def _tests(table: Table) -> list[_Test]:
    """The reports of the file; optical data and details that follow a report are no results."""
    rows = table.sheets[0].rows
    starts = [number for number, row in enumerate(rows) if _first(row) == "result table"]
    tests = []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=False):
        number = next((one for one in range(start, end) if _columns(rows[one])), None)
        if number is not None:
            facts = {_first(row): row for row in reversed(rows[start:number])}
            tests.append(_Test(facts, rows[number], _columns(rows[number]), _until_blank(rows, number + 1, end)))
    return tests


def _first(row: Row) -> str:
    return row.text(0).strip("\ufeff ").casefold()


def _columns(row: Row) -> dict[str, int]:
    keys = {heading_key(cell.text): column for column, cell in row.cells.items()}
    return keys if {"analytename", "analyteresult"} <= set(keys) else {}


def _until_blank(rows: Sequence[Row], start: int, end: int) -> tuple[Row, ...]:
    stop = next((number for number in range(start, end) if rows[number].is_blank()), end)
    return tuple(rows[start:stop])


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    tests = _tests(table) if table else []
    if table is None or not tests:
        raise no_result_table(TITLE, "Analyte Name, Ct, Analyte Result")
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    for test in tests:
        if "ct" not in test.columns:
            raise ParseError("no_ct_heading", "The analyte table has no column Ct. Nothing was taken; export it again.", test.heading.where)
        for row, outcome in [(row, _analyte(row, test)) for row in test.rows] + _overall(test):
            if isinstance(outcome, Skipped):
                skipped.append(outcome)
            else:
                used.append(UsedRow(row.where, outcome))
    readings = numbered(used)
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        len(used) + len(skipped),
        len(used),
        tuple(skipped),
        _run(tests[0], options),
        table.encoding,
        table.delimiter,
        ".",
        controls=judge(readings, _CONTROLS),
        unread=_unread(table),
    )


def _analyte(row: Row, test: _Test) -> tuple[Reading, ...] | Skipped:
    sample = identifier(test.facts["sample id"].cells.get(1) if "sample id" in test.facts else None)
    fault = row.fault or sample.fault or _odd(row, test)
    if fault is not None:
        return Skipped(row.where, fault)
    name, cell = row.text(test.columns["analytename"]), row.cells.get(test.columns["ct"])
    call, check = row.text(test.columns["analyteresult"]), row.text(test.columns.get("probecheckresult", -1))
    outcome = interpret(cell, _RULES, ".")
    flags = [
        *outcome.flags,
        *([call] if call and call != "NA" else []),
        *([f"probe check {check}"] if check not in ("", "PASS", "NA") else []),
    ]
    status: Status = outcome.status
    if test.is_void or call.upper().startswith(_VOID) or any(flag.startswith("probe check") for flag in flags):
        status, flags = "invalid", [*flags, "test invalid"]
    elif (call.upper(), status) in (("NEG", "value"), ("POS", "not_detected")):
        status, flags = "invalid", [*flags, "call contradicts value"]
    is_qc = re.fullmatch(r"QC-?\d*", name, re.IGNORECASE)
    role = "internal_control" if name.casefold() in _INTERNAL else "qc" if is_qc else test.role
    value = outcome.value if status in ("value", "censored") else None
    raw, source = (cell.text, cell.source) if cell else ("", place(row, test.columns["ct"]))
    return (Reading(None, sample.text, role, name, None, "ct", raw, status, value, None, "{Ct}", None, tuple(flags), source),)


def _odd(row: Row, test: _Test) -> Note | None:
    if any(has_control_characters(row.text(column)) for column in test.columns.values()):
        return note("control_characters", "The row holds invisible control characters.")
    if row.width != test.heading.width or not row.text(test.columns["analytename"]):
        return note(
            "wrong_field_count",
            "The row has %(found)s fields where %(expected)s are expected; its cells may have moved.",
            found=row.width,
            expected=test.heading.width,
        )
    return None


def _overall(test: _Test) -> list[tuple[Row, tuple[Reading, ...] | Skipped]]:
    """The result in words, one reading for each part: "Ebola GP DETECTED|Ebola NP DETECTED|"."""
    row = test.facts.get("test result")
    if row is None or not row.text(1):
        return []
    sample = identifier(test.facts["sample id"].cells.get(1) if "sample id" in test.facts else None)
    if fault := row.fault or sample.fault:
        return [(row, Skipped(row.where, fault))]
    parts = [part.strip() for part in row.text(1).split("|") if part.strip()]
    return [(row, tuple(_spoken(part, test, row, sample.text) for part in parts))] if parts else []


def _spoken(part: str, test: _Test, row: Row, sample: str | None) -> Reading:
    found = _CALL.match(part)
    call = found[2].strip() if found else part
    target = (found[1].strip() if found else "") or test.fact("assay") or None
    flags: tuple[str, ...] = ()
    status: Status = "invalid"
    if found is None:
        flags = ("text not known",)
    elif not test.is_void and not call.upper().startswith(_VOID):
        status = "not_detected" if folded(call) in ("not detected", "negative") else "value"
        flags = (call,) if status == "value" else ()
    source = row.cells[1].source
    return Reading(None, sample, test.role, target, None, "qualitative", call, status, None, None, None, None, flags, source)


def _run(test: _Test, options: ParseOptions) -> RunInfo:
    texts_ = [test.fact(name) for name in ("start time", "end time", "expiration date")]
    order = options.date_order or _order(texts_)
    started, ended = _iso(texts_[0], order), _iso(texts_[1], order)
    return RunInfo(
        "GeneXpert",
        test.fact("instrument s/n") or None,
        " ".join(filter(None, ("GeneXpert Dx", test.fact("s/w version")))),
        test.fact("user") or None,
        test.fact("assay") or None,
        started,
        ended,
        "local" if started else None,
        kit_lot=test.fact("reagent lot id") or None,
    )


def _order(dates: Sequence[str]) -> str | None:
    """Day first or month first, when one of the report's own dates proves it."""
    pairs = [(int(found[1]), int(found[2])) for text in dates if (found := re.match(r"(\d\d)/(\d\d)/\d\d", text))]
    orders = {"dmy" if first > 12 else "mdy" for first, second in pairs if (first > 12) != (second > 12)}
    return orders.pop() if len(orders) == 1 else None


def _iso(text: str, order: str | None) -> str | None:
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d\d) (\d\d:\d\d:\d\d)", text)
    if found is None or order not in ("dmy", "mdy"):
        return None
    day, month = (found[1], found[2]) if order == "dmy" else (found[2], found[1])
    return f"20{found[3]}-{month}-{day}T{found[4]}" if int(month) <= 12 and int(day) <= 31 else None


def _unread(table: Table) -> tuple[Note, ...]:
    names = ("Detail", "Melt Peaks", "OPTICAL DATA", "Run History")
    present = [name for name in names if any(_first(row) == name.casefold() for row in table.sheets[0].rows)]
    return tuple(note("other_section", "The section %(section)s was not read.", section=name) for name in present)
