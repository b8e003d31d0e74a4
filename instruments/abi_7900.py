"""Applied Biosystems 7900HT, SDS 2.x: exports "RQ Results" and "AQ Results"."""

import re
from dataclasses import replace

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import Block, PcrFormat, block_at, ct_rules, find_heading, marked_table, no_result_table, parse_blocks
from instruments.tables import Table

NAME = "abi_7900"
VERSION = "1"
TITLE = "Applied Biosystems 7900HT (SDS 2.x)"
FORMATS = ("txt", "csv")
MATURITY = "tested on real files"

_MARKER = re.compile(rb"SDS \d", re.IGNORECASE)
_TITLE = re.compile(r"^SDS \d+(\.\d+)*$|^SDS \d+(\.\d+)* (RQ|AQ) Results$", re.IGNORECASE)
_FORM = PcrFormat(
    NAME,
    VERSION,
    {
        "position": ("pos", "well"),
        "sample": ("sample", "sample name"),
        "target": ("detector", "detector name"),
        "task": ("task",),
        "channel": ("reporter",),
        "ct": ("ct",),
        "omit": ("omit",),
        "flag": ("flag",),
    },
    ("position", "sample", "target", "task"),
    ct_rules("Undetermined"),
    {
        "unknown": "unknown",
        "target": "unknown",
        "ntc": "ntc",
        "standard": "standard",
        "calibrator": "calibrator",
        "endogenous control": "internal_control",
        "endo": "internal_control",
        "ipc": "internal_control",
    },
    is_ragged=True,
    flags=frozenset(["hmd", "fos", "lme", "naw", "ew", "bpr", "hrn", "hns", "eaf", "baf", "taf", "caf", "hsd", "gbo"]),
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    return Match(95, (note("program_named", "The first line names the program: %(program)s.", program=found[0].sheets[0].rows[0].text(0)),))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, Block] | None:
    table = marked_table(file, options, _MARKER)
    if table is None or not (sheet := table.sheets[0]).rows or not _TITLE.match(sheet.rows[0].text(0)):
        return None
    found = find_heading(sheet, _FORM)
    if found is None:
        return None
    number, columns = found
    end = next((later for later in range(number + 1, len(sheet.rows)) if sheet.rows[later].is_blank()), len(sheet.rows))
    rest = tuple(row for row in sheet.rows[end:] if not row.is_blank())
    block = block_at(sheet, number, columns, end)
    return table, replace(block, below=(*block.below, *rest))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Pos, Sample, Detector, Task, Ct")
    table, block = found
    above = block.sheet.rows[: block.sheet.rows.index(block.heading)]
    facts = {row.text(0).casefold(): row.text(1) for row in above if row.text(1)}
    program = block.sheet.rows[0].text(0)
    run = RunInfo("7900HT", None, program, facts.get("operator"), facts.get("filename"), plate=facts.get("plateid"))
    return parse_blocks(_FORM, table, [block], options, run)
