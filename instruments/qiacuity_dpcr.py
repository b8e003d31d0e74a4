"""Qiagen QIAcuity digital PCR: copies per microlitre with their partitions; no positive partition means not detected."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, Reading, RunInfo, note
from instruments.controls import ControlRules
from instruments.pcr import Block, PcrFormat, first_block, marked_table, no_result_table, parse_blocks
from instruments.tables import Row, Table
from instruments.values import TextRules, texts

NAME = "qiacuity_dpcr"
VERSION = "1"
TITLE = "Qiagen QIAcuity (digital PCR)"
FORMATS = ("csv",)
MATURITY = "tested on a real file"

_MARKER = re.compile(rb"Partitions \(valid\)", re.IGNORECASE)
_COPIES = ("conc. [copies/µL]", "concentration (copies/µL)", "concentration (copies/μL)", "conc. [copies/μL]", "concentration (copies/uL)")


def _adjust(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    """Copies, not cycles. A control is positive or negative by its own column; without positive partitions nothing was found."""
    reading = replace(
        reading, quantity="copies", unit="{copies}/uL", flags=tuple(flag for flag in reading.flags if flag != "role from name")
    )
    if reading.role == "qc":
        kind = row.text(columns.get("control_type", -1)).casefold()
        reading = replace(reading, role="positive_control" if "pos" in kind else "negative_control" if "neg" in kind else "qc")
    positive, valid = row.text(columns["positive"]), row.text(columns["valid"])
    if not re.fullmatch(r"\d+", positive) or not re.fullmatch(r"\d+", valid) or int(valid) == 0 or int(positive) > int(valid):
        return replace(reading, status="invalid", value=None, comparator=None, flags=(*reading.flags, "no valid partitions"))
    if reading.status != "value" or reading.value is None:
        return reading
    if (int(positive) == 0) != (Decimal(reading.value) == 0):
        return replace(reading, status="invalid", value=None, flags=(*reading.flags, "partitions contradict value"))
    return replace(reading, status="not_detected", value=None) if int(positive) == 0 else reading


_FORM = PcrFormat(
    NAME,
    VERSION,
    {
        "sample": ("sample/NTC/control",),
        "task": ("type",),
        "target": ("target",),
        "channel": ("channel", "dye"),
        "control_type": ("control type",),
        "ct": _COPIES,
        "valid": ("partitions (valid)",),
        "positive": ("partitions (positive)",),
        "plate": ("plate id",),
    },
    ("sample", "task", "target", "valid", "positive"),
    TextRules(missing=texts(["-"]), highest=Decimal(1_000_000)),
    {"sample": "unknown", "control": "qc", "non template control": "ntc", "ntc": "ntc", "reference": "standard"},
    ControlRules(required=(("ntc", "negative_control"),)),
    adjust=_adjust,
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    where = found[1].heading.where
    return Match(95, (note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where),))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, Block] | None:
    table = marked_table(file, options, _MARKER)
    block = first_block(table, _FORM, options.sheet) if table else None
    if table is None or block is None:
        return None
    wells = next((column for column in (0, 1) if column not in block.columns.values()), 0)  # the wells stand under a blank heading
    return table, replace(block, columns={**block.columns, "position": wells})


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Sample/NTC/Control, Type, Target, Partitions (valid)")
    table, block = found
    plates = {row.text(block.columns.get("plate", -1)) for row in block.rows} - {""}
    run = RunInfo("QIAcuity", plate=plates.pop() if len(plates) == 1 else None)
    return parse_blocks(_FORM, table, [block], options, run)
