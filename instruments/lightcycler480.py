"""Roche LightCycler 480: the table of results and the analysis export."""

import re
from collections.abc import Mapping
from dataclasses import replace

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, Reading, RunInfo, note
from instruments.pcr import Block, PcrFormat, ct_rules, first_block, marked_table, no_result_table, parse_blocks
from instruments.rows import with_call
from instruments.tables import Row, Table
from instruments.values import texts

NAME = "lightcycler480"
VERSION = "1"
TITLE = "Roche LightCycler 480"
FORMATS = ("txt", "csv")
MATURITY = "tested on real files"

_MARKER = re.compile(rb"Selected Filter|CrossingPoint|Include\tColor", re.IGNORECASE)
_TITLE = re.compile(r"^Experiment:\s*(.*?)\s+Selected Filter:\s*(.+)$")
_NEGATIVE, _POSITIVE = texts(["pdcNegative"]), texts(["pdcPositive"])


def _adjust(reading: Reading, row: Row, columns: Mapping[str, int]) -> Reading:
    """A standard has a concentration in its own column; the call stands beside a blank crossing point."""
    given = row.text(columns.get("standard", -1))
    if reading.role == "unknown" and given.strip("0.,") and re.fullmatch(r"[\d.,]+(?:[eE][+-]?\d+)?", given):
        reading = replace(reading, role="standard")
    return with_call(reading, row.text(columns.get("call", -1)), _NEGATIVE, _POSITIVE)


_RESULTS = PcrFormat(
    NAME,
    VERSION,
    {
        "omit": ("include",),
        "colour": ("color", "colour"),
        "position": ("pos",),
        "sample": ("name",),
        "ct": ("cp",),
        "standard": ("standard",),
        "flag": ("status",),
    },
    ("omit", "colour", "position", "sample"),
    ct_rules(),
    {},
    omitted=frozenset({"false", "0"}),
    adjust=_adjust,
)
_ANALYSIS = PcrFormat(
    NAME,
    VERSION,
    {
        "run": ("experiment name",),
        "omit": ("included",),
        "position": ("position",),
        "sample": ("sample name",),
        "ct": ("crossing point",),
        "standard": ("standard",),
        "flag": ("status codes",),
        "call": ("call",),
    },
    ("run", "position", "sample"),
    ct_rules(),
    {},
    omitted=frozenset({"false", "0"}),
    adjust=_adjust,
)


def recognises(file: RawFile, options: ParseOptions) -> Match:
    found = _results(file, options)
    if found is None:
        return Match(0)
    where = found[2].heading.where
    return Match(90, (note("headings_of_family", "The result table has the headings of this family in %(where)s.", where=where),))


def _results(file: RawFile, options: ParseOptions) -> tuple[Table, PcrFormat, Block] | None:
    table = marked_table(file, options, _MARKER)
    for form in (_RESULTS, _ANALYSIS) if table else ():
        if table and (block := first_block(table, form, options.sheet)):
            return table, form, block
    return None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    found = _results(file, options)
    if found is None:
        raise no_result_table(TITLE, "Include, Color, Pos, Name, Cp")
    table, form, block = found
    title = _TITLE.match(block.sheet.rows[0].text(0))
    names = {row.text(block.columns["run"]) for row in block.rows} if "run" in block.columns else set()
    run_name = title[1] if title else names.pop() if len(names) == 1 else None
    block = replace(block, channel=title[2].strip() if title else None)  # the filter stands for the dye of all rows
    return parse_blocks(form, table, [block], options, RunInfo("LightCycler 480", run_name=run_name))
