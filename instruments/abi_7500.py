"""Applied Biosystems 7000, 7300, 7500 (SDS 1.x and 2.x) and StepOne: the document export and the experiment export."""

import re
from datetime import datetime

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import Block, PcrFormat, ct_rules, first_block, marked_table, no_result_table, parse_blocks
from instruments.quantstudio.results import experiment_table, parse_results, results_in
from instruments.tables import Table
from instruments.text import heading_key

NAME = "abi_7500"
VERSION = "1"
TITLE = "Applied Biosystems 7000, 7300, 7500, StepOne"
FORMATS = ("csv", "txt", "xls", "xlsx")
MATURITY = "tested on real files"

_INSTRUMENT = re.compile(r"7[0357]00|step ?one", re.IGNORECASE)
_MARKER = re.compile(rb"Detector", re.IGNORECASE)
_FORM = PcrFormat(
    NAME,
    VERSION,
    {
        "position": ("well", "well position"),
        "sample": ("sample name",),
        "target": ("detector", "detector name"),
        "task": ("task",),
        "channel": ("reporter",),
        "ct": ("ct", "cq"),
        "omit": ("omit",),
    },
    ("position", "sample", "target", "task"),
    ct_rules("Undetermined", "Undet."),
    {
        "unknown": "unknown",
        "target": "unknown",
        "ntc": "ntc",
        "standard": "standard",
        "calibrator": "calibrator",
        "endogenous control": "internal_control",
        "endo": "internal_control",
        "ipc": "internal_control",
        "ipc+": "internal_control",
        "blocked ipc": "blank",
        "ipc-": "blank",
    },
)
_OWN = frozenset({"filtered", "stddevct", "std.dev.ct", "stddevqty", "quantity"})
_FOREIGN = frozenset({"avgct", "plate", "pos"})


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = experiment_table(file, options)
    for sheet in table.visible() if table else ():
        results = results_in(sheet)
        if results and _INSTRUMENT.search(instrument := results.facts.get("instrument type", "")):
            return Match(95, (note("instrument_named", "The file names its instrument: %(instrument)s.", instrument=instrument),))
    found = _document(file, options)
    return _match(*found) if found else Match(0)


def _match(table: Table, block: Block) -> Match:
    keys = {heading_key(cell.text) for cell in block.heading.cells.values()}
    instrument = _facts(block).get("instrument type", "")
    if keys & _FOREIGN or (instrument and not _INSTRUMENT.search(instrument)):
        return Match(0)
    heading = note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=block.heading.where)
    if instrument:
        return Match(95, (note("instrument_named", "The file names its instrument: %(instrument)s.", instrument=instrument), heading))
    return Match(80 if keys & _OWN else 40, (heading,))


def _document(file: RawFile, options: ParseOptions) -> tuple[Table, Block] | None:
    table = marked_table(file, options, _MARKER)
    block = first_block(table, _FORM, options.sheet) if table else None
    return (table, block) if table and block else None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _document(file, options)
    if found is None:
        if experiment_table(file, options) is None:
            raise no_result_table(TITLE, "Well, Sample Name, Detector, Task, Ct")
        return parse_results(NAME, VERSION, file, options)
    table, block = found
    return parse_blocks(_FORM, table, [block], options, _run(_facts(block)))


def _facts(block: Block) -> dict[str, str]:
    """ "Operator: X" above the table; a date with commas stands in several cells."""
    facts: dict[str, str] = {}
    for row in block.sheet.rows:
        if row is block.heading:
            break
        text = ", ".join(cell.trimmed for _, cell in sorted(row.cells.items()))
        key, sign, value = text.partition(":")
        if sign and value.strip():
            facts.setdefault(key.strip().casefold(), value.strip())
        elif text.startswith("SDS v"):
            facts["software"] = text
    return facts


def _run(facts: dict[str, str]) -> RunInfo:
    started: str | None
    try:  # the program writes the instrument's local time, without a zone
        started = datetime.strptime(facts.get("run date", ""), "%A, %B %d, %Y %H:%M:%S").isoformat()  # noqa: DTZ007
    except ValueError:
        started = None
    return RunInfo(
        instrument=facts.get("instrument type"),
        software=facts.get("software"),
        operator=facts.get("operator") or facts.get("user"),
        run_name=facts.get("document name"),
        started_at=started,
        zone="local" if started else None,
    )
