"""Applied Biosystems "analysis_result.txt": one line for each well and detector, followed by its curves; not detected is the last cycle."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from instruments.contract import Match, Note, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import Block, PcrFormat, block_at, ct_rules, find_heading, marked_table, no_result_table, parse_blocks
from instruments.tables import Row, Table
from instruments.text import heading_key
from instruments.values import texts

NAME = "abi_sds_session"
VERSION = "1"
TITLE = "Applied Biosystems session export (analysis_result.txt)"
FORMATS = ("txt", "csv")
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Session Name|Rn values", re.IGNORECASE)
_CURVES = frozenset({"rn values", "delta rn values", "ddct values"})
_CYCLES = 40
_FORM = PcrFormat(
    NAME,
    VERSION,
    {
        "position": ("well",),
        "sample": ("sample name",),
        "target": ("detector",),
        "task": ("task",),
        "ct": ("ct",),
        "mean": ("avg ct",),
    },
    ("position", "sample", "target", "task", "mean"),
    ct_rules("Undetermined"),
    {"target": "unknown", "unknown": "unknown", "ntc": "ntc", "standard": "standard", "endogenous control": "internal_control"},
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    table, block, curves = found
    heading = note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=block.heading.where)
    is_named = heading_key(table.sheets[0].rows[0].text(0)) == "sessionname"
    return Match(95 if is_named and curves else 80 if is_named or curves else 40, (heading,))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, Block, list[Row]] | None:
    table = marked_table(file, options, _MARKER)
    found = find_heading(table.sheets[0], _FORM) if table else None
    if table is None or found is None:
        return None
    block = block_at(table.sheets[0], *found)
    curves = [row for row in block.rows if row.text(0).casefold() in _CURVES]
    return table, replace(block, rows=tuple(row for row in block.rows if row.text(0).casefold() not in _CURVES)), curves


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Well, Sample Name, Detector, Task, Ct, Avg Ct")
    table, block, curves = found
    first = block.sheet.rows[0]
    run = RunInfo(run_name=(first.text(1) or None) if heading_key(first.text(0)) == "sessionname" else None)
    return parse_blocks(_form(_cycles(curves)), table, [block], options, run, _unread(curves))


def _cycles(curves: Sequence[Row]) -> int:
    """The number of cycles is the length of a curve."""
    lengths = {len(row.cells) - 1 for row in curves if row.text(0).casefold() == "rn values"}
    return lengths.pop() if len(lengths) == 1 else _CYCLES


def _form(cycles: int) -> PcrFormat:
    """A Ct at the last cycle is how this export writes "not detected"; the other usual cycle numbers are no Ct either."""
    silent = texts(["Undetermined", f"{cycles}", f"{cycles}.0"])
    cut_offs = frozenset(Decimal(number) for number in (40, 45, 50)) - {Decimal(cycles)}
    return replace(_FORM, rules=replace(_FORM.rules, not_detected=silent, cut_offs=cut_offs))


def _unread(curves: Sequence[Row]) -> list[Note]:
    return [note("curves_unread", "%(count)s lines of curves were not read.", count=len(curves))] if curves else []
