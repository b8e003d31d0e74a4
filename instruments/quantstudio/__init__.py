"""Applied Biosystems QuantStudio, ViiA 7 and Design & Analysis / Diomni: result tables as text, CSV and Excel."""

import re

from instruments.contract import Match, ParsedFile, ParseOptions, RawFile, note
from instruments.quantstudio.results import experiment_table, parse_results, results_in

NAME = "quantstudio"
VERSION = "1"
TITLE = "QuantStudio, ViiA 7, Design & Analysis"
FORMATS = ("txt", "csv", "xlsx", "xls")
MATURITY = "tested on real files"


def recognises(file: RawFile, options: ParseOptions) -> Match:
    table = experiment_table(file, options)
    results = next((found for sheet in table.visible() if (found := results_in(sheet))), None) if table else None
    if results is None:
        return Match(0)
    instrument = results.facts.get("instrument type", "")
    heading = note("quantstudio_heading", "The result table has the headings Well and CT, CRT or Cq.")
    if re.search(r"quantstudio|viia", instrument, re.IGNORECASE):
        named = note("instrument_named", "The file names its instrument: %(instrument)s.", instrument=instrument)
        return Match(95, (named, heading))
    if instrument:
        return Match(15, (note("other_instrument", "The file names another instrument: %(instrument)s.", instrument=instrument),))
    if {"block type", "chemistry"} <= set(results.facts):
        return Match(70, (heading, note("quantstudio_facts", "Block type and chemistry stand above the table.")))
    return Match(10, (heading,))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    return parse_results(NAME, VERSION, file, options)
