"""Corbett and Qiagen Rotor-Gene: the export of analysed data, one table for each channel and page."""

import re
from collections.abc import Mapping

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import Block, PcrFormat, block_at, ct_rules, find_heading, marked_table, no_result_table, parse_blocks
from instruments.tables import Row, Sheet, Table

NAME = "rotorgene"
VERSION = "1"
TITLE = "Rotor-Gene 3000, 6000, Q"
FORMATS = ("csv", "txt")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Corbett|Rotor-?Gene|Given Conc", re.IGNORECASE)
_CHANNEL = re.compile(r"\banalysis of (.+?)(?:\s*\(Page \d+\))?$", re.IGNORECASE)
_FORM = PcrFormat(
    NAME,
    VERSION,
    {"position": ("no",), "sample": ("name",), "task": ("type",), "ct": ("ct",), "mean": ("rep. ct",), "flag": ("ct comment",)},
    ("position", "sample", "task", "mean"),
    ct_rules("NEG (NTC)", "NEG (Multi Ct)"),
    {
        "unknown": "unknown",
        "standard": "standard",
        "ntc": "ntc",
        "nrt": "negative_control",
        "negative control": "negative_control",
        "positive control": "positive_control",
        "calibrator": "calibrator",
    },
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    table, blocks = found
    above = " ".join(cell.text for row in table.sheets[0].rows[:12] for cell in row.cells.values())
    where = blocks[0].heading.where
    heading = note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where)
    return Match(95 if re.search(r"corbett|rotor-?gene", above, re.IGNORECASE) else 65, (heading,))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, list[Block]] | None:
    table = marked_table(file, options, _MARKER)
    blocks = _blocks(table.sheets[0]) if table else []
    return (table, blocks) if table and blocks else None


def _blocks(sheet: Sheet) -> list[Block]:
    blocks, start = [], 0
    while found := find_heading(sheet, _FORM, start):
        number, columns = found
        end = next((later for later in range(number + 1, len(sheet.rows)) if _ends(sheet.rows[later])), len(sheet.rows))
        block = block_at(sheet, number, columns, end)
        blocks.append(Block(sheet, block.heading, columns, block.rows, _channel(sheet, number), below=block.below))
        start = end
    return blocks


def _ends(row: Row) -> bool:
    """A table ends where the title of the next one stands; blank lines lie between."""
    return _CHANNEL.search(row.text(0)) is not None or row.text(0).casefold() in ("standard curve", "analysis settings")


def _channel(sheet: Sheet, number: int) -> str | None:
    for row in reversed(sheet.rows[:number]):
        if row.is_blank():
            continue
        found = _CHANNEL.search(row.text(0))
        return found[1].strip() if found else None
    return None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "No., Name, Type, Ct, Rep. Ct")
    table, blocks = found
    return parse_blocks(_FORM, table, blocks, options, _run(_facts(blocks[0])))


def _facts(block: Block) -> Mapping[str, str]:
    facts: dict[str, str] = {}
    for row in block.sheet.rows:
        if row is block.heading:
            break
        if row.text(1):
            facts.setdefault(row.text(0).casefold(), row.text(1))
    return facts


def _run(facts: Mapping[str, str]) -> RunInfo:
    """The date is taken only where day and month cannot be mistaken for each other."""
    date, time = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", facts.get("date", "")), facts.get("time", "")
    started = None
    if date and re.fullmatch(r"\d{2}:\d{2}:\d{2}", time):
        first, second = int(date[1]), int(date[2])
        if first > 12 >= second or first == second:
            started = f"{date[3]}-{second:02}-{first:02}T{time}"
        elif second > 12 >= first:
            started = f"{date[3]}-{first:02}-{second:02}T{time}"
    zone = "local" if started else None
    return RunInfo("Rotor-Gene", None, None, facts.get("operator"), facts.get("file"), started, None, zone)
