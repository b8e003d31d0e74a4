"""Agilent ChemStation and OpenLab: the printed report as text. Columns stand under a ruled line ("-----|------|") at fixed places."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from instruments.chemistry import RULES, ChemFormat, Grid, chem_file, mark_of, read_grid
from instruments.chromatography import stem
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import no_result_table
from instruments.tables import Cell, Row, Sheet, Table
from instruments.text import Decoded, decode, lines_of

NAME = "openlab_report"
VERSION = "1"
TITLE = "Agilent ChemStation, OpenLab (printed report as text)"
FORMATS = ("txt",)
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"(?:Internal|External) Standard Report|Acq\. Instrument", re.IGNORECASE)
_RULER = re.compile(r"^-{2,}(?:\|-+)+\|?$")
_END = re.compile(r"^\s*(?:Totals|=====|\d+ Warnings|Signal \d|\*\*\*)")
_SIGNAL = re.compile(r"^Signal \d+\s*:\s*(.+?)[,\s]*$")
_FORM = ChemFormat(
    NAME,
    VERSION,
    {"time": ("RetTime",), "kind": ("Type",), "standard": ("ISTD",), "area": ("Area",), "value": ("Amount",), "target": ("Name",)},
    ("time", "kind", "area", "target"),
    rules=RULES,
    noted=("time", "area"),
    looked_at=("kind", "standard"),
)


@dataclass(frozen=True)
class _Report:
    """The lines of a report, and where its result tables are ruled."""

    lines: list[str]
    decoded: Decoded
    rulers: tuple[int, ...]


def recognises(file: RawFile, options: ParseOptions) -> Match:
    report = _report(file, options)
    if report is None:
        return Match(0)
    where = f"line {report.rulers[0]}"
    return Match(95, (note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where),))


def _report(file: RawFile, options: ParseOptions) -> _Report | None:
    head = file.content[:8000].replace(b"\0", b"")
    if file.content.startswith((b"PK", b"\xd0\xcf")) or not _MARKER.search(head):
        return None
    decoded = decode(file.content, options.encoding, ("cp1252",))
    lines = lines_of(decoded.text)
    rulers = tuple(
        number
        for number, line in enumerate(lines)
        if _RULER.match(line.rstrip()) and "RetTime" in "".join(lines[max(0, number - 2) : number])
    )
    return _Report(lines, decoded, rulers) if rulers else None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    report = _report(file, options)
    if report is None:
        raise no_result_table(TITLE, "RetTime, Type, Area, Amount, Name")
    facts = _facts(report.lines)
    sheet = Sheet(None, tuple(Row(f"line {number}", {}, 0) for number in range(1, len(report.lines) + 1)))
    grids = [replace(_grid(report, ruler, sheet), sample=facts.get("sample name")) for ruler in report.rulers]
    table = Table("text", (sheet,), report.decoded.encoding, None)
    mark, warnings = mark_of(grids, options, None), dict[str, Note]()
    outcomes = [outcome for grid in grids for outcome in read_grid(_FORM, grid, mark, warnings)]
    run = RunInfo(facts.get("acq. instrument") or "Agilent ChemStation", run_name=stem(facts.get("data file", "")))
    return chem_file(_FORM, table, grids, outcomes, mark, run, (*warnings.values(), *_factors(facts)))


def _facts(lines: Sequence[str]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for line in lines[:60]:
        if line.startswith("Data File "):
            facts.setdefault("data file", line.removeprefix("Data File ").strip())
        elif found := re.match(r"^(Sample Name|Acq\. Instrument|Multiplier|Dilution)\s*:\s+(.*?)(?:\s{3,}.*)?$", line):
            facts.setdefault(found[1].casefold(), found[2].strip())
    return facts


def _factors(facts: Mapping[str, str]) -> list[Note]:
    """The report has worked a multiplier or a dilution into its amounts."""
    factors = {name: facts[name] for name in ("multiplier", "dilution") if name in facts and not re.fullmatch(r"1([.,]0*)?", facts[name])}
    if not factors:
        return []
    listed = ", ".join(f"{name} {text}" for name, text in factors.items())
    return [note("factors_applied", "The report names a factor that may be part of its amounts: %(factors)s.", factors=listed)]


def _grid(report: _Report, ruler: int, sheet: Sheet) -> Grid:
    """The table under a ruled line: its columns begin and end where the bars stand."""
    edges = _edges(report.lines[ruler])
    above = [_cut(report.lines[number], edges, number) for number in (ruler - 2, ruler - 1)]
    heading = Row(f"line {ruler - 1}", above[0], len(edges))
    columns = _FORM.columns_of(heading)
    if columns is None or "value" not in columns:
        raise ParseError(
            "no_value_column",
            "The table in %(place)s does not have exactly one column of results (%(names)s). Nothing was taken; export it again.",
            heading.where,
            place=heading.where,
            names=", ".join(_FORM.headings["value"]),
        )
    units = above[1].get(columns["value"])
    signal = next((found[1] for line in reversed(report.lines[max(0, ruler - 8) : ruler]) if (found := _SIGNAL.match(line))), None)
    rows = []
    for number in range(ruler + 1, len(report.lines)):
        if not report.lines[number].strip() or _END.match(report.lines[number]):
            break
        rows.append(_row(report.lines[number], edges, number))
    return Grid(sheet, heading, columns, tuple(rows), channel=signal, unit=units.trimmed if units else None)


def _edges(ruler: str) -> list[tuple[int, int | None]]:
    starts = [0, *(place + 1 for place, sign in enumerate(ruler) if sign == "|")]
    return list(zip(starts, [*(start - 1 for start in starts[1:]), None], strict=True))


def _cut(line: str, edges: Sequence[tuple[int, int | None]], number: int) -> dict[int, Cell]:
    parts = [line[start:end] for start, end in edges]
    return {column: Cell(part.strip(), "text", f"line {number + 1}") for column, part in enumerate(parts) if part.strip()}


def _row(line: str, edges: Sequence[tuple[int, int | None]], number: int) -> Row:
    """A line of the table; a text that stands across a bar shows that the columns have moved."""
    where = f"line {number + 1}"
    line = line.rstrip()
    crossed = any(end is not None and len(line) > end + 1 and line[end : end + 1].strip() for _, end in edges)
    if crossed:
        return Row(where, {}, len(edges), note("across_columns", "A text of the row stands across two columns; its cells may have moved."))
    return Row(where, _cut(line, edges, number), len(edges))
