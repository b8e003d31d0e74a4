"""Abbott m2000rt: the result log. Two tables of cycle numbers (target dye, control dye) and the results as reported; -1.00 is no cycle."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from instruments.contract import Match, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, note
from instruments.controls import ControlRules, judge
from instruments.pcr import marked_table, no_result_table
from instruments.rows import UsedRow, identifier, numbered, place
from instruments.tables import Row, Sheet, Table
from instruments.text import has_control_characters, heading_key
from instruments.values import Outcome, TextRules, decimal_text, interpret, texts

NAME = "abbott_m2000"
VERSION = "1"
TITLE = "Abbott m2000 RealTime (result log)"
FORMATS = ("log", "txt")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"ReportedResult", re.IGNORECASE)
_CYCLES = TextRules(not_detected=texts(["-1.00", "-1"]), lowest=Decimal(0), highest=Decimal(100))
_DYE = re.compile(r"^(Target|Control) Dye \[(.+)\]")
_ASSAY = re.compile(r"Assay \[(.+?)\]")
_AMOUNT = re.compile(r"^([<>]?)\s*([\d.,]+)\s+(Copies / mL|IU / mL)$", re.IGNORECASE)
_UNITS = {"copies / ml": "{copies}/mL", "iu / ml": "[IU]/mL"}
_CONTROLS = ControlRules(required=(("negative_control",), ("positive_control",)))


@dataclass(frozen=True)
class _Section:
    """A table of the log: what its rows are (target, control or result), the dye, heading, columns by heading, rows."""

    kind: str
    dye: str | None
    heading: Row
    columns: Mapping[str, int]
    rows: tuple[Row, ...]

    def text(self, row: Row, name: str) -> str:
        return row.text(self.columns.get(name, -1))


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = marked_table(file, options, _MARKER)
    result = next((each for each in _sections(table.sheets[0]) if each.kind == "result"), None) if table else None
    if table is None or result is None:
        return Match(0)
    heading = note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=result.heading.where)
    return Match(95 if "m2000" in _facts(table.sheets[0]).get("ad app type", "") else 80, (heading,))


def _sections(sheet: Sheet) -> list[_Section]:
    kind, dye, sections = "target", None, []
    for number, row in enumerate(sheet.rows):
        if found := _DYE.match(row.text(0)):
            kind, dye = found[1].casefold(), found[2]
        keys = {heading_key(cell.text): column for column, cell in row.cells.items()}
        if {"location", "well", "sampleid", "sampletype", "status"} <= set(keys):
            sections.append(_Section("result", None, row, keys, tuple(_below(sheet, number))))
        elif {"location", "well", "cn"} <= set(keys):
            sections.append(_Section(kind, dye, row, keys, tuple(_below(sheet, number))))
    return sections


def _below(sheet: Sheet, number: int) -> Iterator[Row]:
    """The rows of a table: up to a blank line, a ruled line or the parameters of the next dye."""
    for row in sheet.rows[number + 1 :]:
        if row.is_blank() or row.text(0).startswith("==") or (row.fault is None and len(row.cells) == 1):
            return
        yield row


def _facts(sheet: Sheet) -> dict[str, str]:
    return {row.text(0).casefold(): row.text(1) for row in reversed(sheet.rows[:60]) if row.text(1)}


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = marked_table(file, options, _MARKER)
    sections = _sections(table.sheets[0]) if table else []
    result = next((each for each in sections if each.kind == "result"), None)
    if table is None or result is None:
        raise no_result_table(TITLE, "Location, Well, SampleId, SampleType, ReportedResult")
    for section in sections:
        _demand(section)
    samples = {result.text(row, "location"): row for row in result.rows}
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    for section in sections:
        for row in section.rows:
            outcome = _read(row, section, result, samples.get(section.text(row, "location")), _assay(table.sheets[0]))
            if isinstance(outcome, Skipped):
                skipped.append(outcome)
            else:
                used.append(UsedRow(row.where, (outcome,)))
    return _file(table, numbered(used), used, skipped)


def _file(table: Table, readings: tuple[Reading, ...], used: list[UsedRow], skipped: list[Skipped]) -> ParsedFile:
    seen = len(used) + len(skipped)
    if seen == 0:
        raise ParseError("no_results", "The result table has its headings but no rows. Nothing was taken.")
    run = _run(_facts(table.sheets[0]))
    unread = note("other_section", "The section %(section)s was not read.", section="Assay Calibration Information")
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        seen,
        len(used),
        tuple(skipped),
        run,
        table.encoding,
        table.delimiter,
        ".",
        controls=judge(readings, _CONTROLS),
        unread=(unread,),
    )


def _demand(section: _Section) -> None:
    needed = ("reportedresult", "sampleid") if section.kind == "result" else ("cn", "ct")
    missing = [name for name in needed if name not in section.columns]
    if missing:
        raise ParseError(
            "no_column",
            "The table in %(place)s has no column %(names)s. Nothing was taken; export it again.",
            section.heading.where,
            place=section.heading.where,
            names=", ".join(missing),
        )


def _read(row: Row, section: _Section, result: _Section, owner: Row | None, assay: str | None) -> Reading | Skipped:
    """A row of cycle numbers belongs to the sample of its location."""
    sample = identifier(owner.cells.get(result.columns["sampleid"])) if owner else identifier(None)
    position = section.text(row, "location")
    fault = row.fault or sample.fault
    if fault is None and not re.fullmatch(r"[A-H]\d{1,2}", position):
        fault = note("not_a_result_row", "The row has no well position, so it is no result.")
    if fault is None and section.kind != "result" and row.width < section.heading.width - 1:
        fault = note(
            "wrong_field_count",
            "The row has %(found)s fields where %(expected)s are expected; its cells may have moved.",
            found=row.width,
            expected=section.heading.width,
        )
    if fault is None and any(has_control_characters(cell.trimmed) for cell in row.cells.values()):
        fault = note("control_characters", "The row holds invisible control characters.")
    if fault is not None:
        return Skipped(row.where, fault)
    role = _role(owner, result) if owner else "unknown"
    if section.kind == "result":
        return _reported(row, section, position, sample.text, role)
    return _cycles(row, section, position, sample.text, role, assay)


def _cycles(row: Row, section: _Section, position: str, sample: str | None, role: str, assay: str | None) -> Reading:
    """The Ct; where the cycle number (CN) says otherwise, the instrument did not accept it."""
    cell, number = row.cells.get(section.columns["ct"]), section.text(row, "cn")
    outcome = interpret(cell, _CYCLES, ".")
    if cell is not None and number != cell.trimmed:
        outcome = Outcome("invalid", flags=(*outcome.flags, f"CN {number}"))
    tags = section.text(row, "tags")
    is_control = section.kind == "control"
    return Reading(
        position,
        sample,
        "internal_control" if is_control else role,
        "IC" if is_control else assay,
        section.dye,
        "ct",
        cell.text if cell else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        "{Ct}",
        None,
        (*outcome.flags, *((tags,) if tags else ())),
        cell.source if cell else place(row, section.columns["ct"]),
    )


def _reported(row: Row, section: _Section, position: str, sample: str | None, role: str) -> Reading:
    cell = row.cells.get(section.columns["reportedresult"])
    said = cell.trimmed if cell else ""
    plain = section.text(row, "invariantreportedresult") if "invariantreportedresult" in section.columns else said
    outcome, unit = _amount(said, plain)
    faults = [section.text(row, name) for name in ("errorcode", "errordescription")]
    is_void = section.text(row, "status").casefold() not in ("", "valid") or any(faults)
    flags = (*outcome.flags, *(text for text in (section.text(row, "flags"), section.text(row, "interpretation"), *faults) if text))
    if is_void:
        outcome = Outcome("invalid", flags=("test invalid",))
        flags = (*flags, "test invalid")
    elif _is_outside(outcome, row, section):
        outcome, flags = Outcome("invalid"), (*flags, "out of range")
    return Reading(
        position,
        sample,
        role,
        section.text(row, "assayname") or None,
        None,
        "concentration" if unit == "[IU]/mL" else "copies",
        cell.text if cell else "",
        outcome.status,
        outcome.value,
        outcome.comparator,
        unit,
        None,
        flags,
        cell.source if cell else place(row, section.columns["reportedresult"]),
    )


def _amount(said: str, invariant: str) -> tuple[Outcome, str | None]:
    """ "96,181 Copies / mL": the thousands are proven by the second column, which writes the same number without them."""
    if not said:
        return Outcome("missing", flags=("blank",)), None
    if said.casefold() in ("not detected", "target not detected"):
        return Outcome("not_detected"), None
    found, plain = _AMOUNT.match(said), _AMOUNT.match(invariant)
    if found is None or plain is None:
        return Outcome("invalid", flags=("text not known",)), None
    value, second = decimal_text(found[2], "."), decimal_text(plain[2], ".")
    if value is None or second is None or Decimal(value) != Decimal(second) or found[1] != plain[1]:
        return Outcome("invalid", flags=("not a number",)), None
    return Outcome("censored" if found[1] else "value", value, found[1] or None), _UNITS[found[3].casefold()]


def _is_outside(outcome: Outcome, row: Row, section: _Section) -> bool:
    """Whether a control lies outside of the range that the log states for it."""
    lowest, highest = (decimal_text(section.text(row, name), ".") for name in ("controlrangemin", "controlrangemax"))
    if outcome.status != "value" or outcome.value is None or lowest is None or highest is None:
        return False
    return not Decimal(lowest) <= Decimal(outcome.value) <= Decimal(highest)


def _role(owner: Row, result: _Section) -> str:
    kind, name = result.text(owner, "sampletype").casefold(), result.text(owner, "controlname").casefold()
    if kind == "control":
        return "negative_control" if name.startswith("neg") else "positive_control" if name.startswith("pos") else "qc"
    return "calibrator" if kind.startswith("cal") else "unknown"


def _assay(sheet: Sheet) -> str | None:
    return next((found[1] for row in sheet.rows[:80] if (found := _ASSAY.search(row.text(0)))), None)


def _run(facts: Mapping[str, str]) -> RunInfo:
    return RunInfo(
        "Abbott m2000",
        facts.get("ad serial num"),
        facts.get("ad sw version"),
        facts.get("operator id ad"),
        facts.get("run name") or facts.get("ad app name"),
        _instant(facts.get("time stamp ad start", "")),
        _instant(facts.get("time stamp ad end", "")),
        "local",
        facts.get("plate name"),
        facts.get("gpr lot number"),
    )


def _instant(text: str) -> str | None:
    found = re.fullmatch(r"(\d{4})/(\d{2})/(\d{2}) (\d{2}):(\d{2}:\d{2}) ([AP]M)", text)
    if found is None:
        return None
    hour = int(found[4]) % 12 + (12 if found[6] == "PM" else 0)
    return f"{found[1]}-{found[2]}-{found[3]}T{hour:02}:{found[5]}"
