"""Bio-Rad CFX, C1000, iQ5 and MyiQ: quantification results as CSV, text and Excel."""

import re

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import Block, PcrFormat, ct_rules, first_block, marked_table, no_result_table, parse_blocks
from instruments.tables import Table

NAME = "biorad_cfx"
VERSION = "1"
TITLE = "Bio-Rad CFX, C1000, iQ5, MyiQ"
FORMATS = ("csv", "txt", "xlsx", "xls")
MATURITY = "tested on real files"

_MARKER = re.compile(rb"Fluor", re.IGNORECASE)
_FORM = PcrFormat(
    NAME,
    VERSION,
    {
        "position": ("well",),
        "channel": ("fluor",),
        "task": ("content", "type"),
        "target": ("target",),
        "sample": ("sample", "identifier"),
        "ct": ("cq", "ct", "threshold cycle (c(t))", "threshold cycle (ct)", "c(t)"),
    },
    ("position", "channel", "task", "sample"),
    ct_rules("N/A", "NaN"),  # the column of means says 0.00 beside it; it is never read
    {
        "unkn": "unknown",
        "unknown": "unknown",
        "std": "standard",
        "ntc": "ntc",
        "nrt": "negative_control",
        "neg ctrl": "negative_control",
        "pos ctrl": "positive_control",
        "blank": "blank",
        "blnk": "blank",
    },
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    where = found[1].heading.where
    return Match(90, (note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where),))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, Block] | None:
    table = marked_table(file, options, _MARKER)
    block = first_block(table, _FORM, options.sheet) if table else None
    return (table, block) if table and block else None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Well, Fluor, Content, Sample, Cq")
    table, block = found
    facts: dict[str, str] = {}
    for sheet in table.visible():
        for row in sheet.rows[:40]:
            if row is block.heading:
                break
            if row.text(0) and row.text(1):
                facts.setdefault(row.text(0).casefold().rstrip(":"), row.text(1))
    run = RunInfo(
        "Bio-Rad CFX" if "base serial number" in facts or "cfx maestro version" in facts else None,
        facts.get("base serial number"),
        facts.get("cfx maestro version") or facts.get("cfx manager version"),
        facts.get("created by user"),
        facts.get("file name"),
    )
    return parse_blocks(_FORM, table, [block], options, run)
