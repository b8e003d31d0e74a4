"""The experiment export of Applied Biosystems programs: facts as "* key = value", sections in brackets, the table of [Results]."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from instruments.contract import Note, ParsedFile, ParseOptions, RawFile, RunInfo, note
from instruments.pcr import Block, PcrFormat, block_at, ct_rules, marked_table, no_result_table, parse_blocks
from instruments.tables import Row, Sheet, Table

_MARKER = re.compile(rb"Experiment Type|Block Type|Instrument Type")
FORM = PcrFormat(
    "quantstudio",
    "1",
    {
        "well": ("well",),
        "position": ("well position",),
        "sample": ("sample name", "sample"),
        "target": ("target name", "target"),
        "task": ("task",),
        "channel": ("reporter",),
        "ct": ("ct", "crt", "cq"),
        "omit": ("omit",),
        "amp_status": ("amp status",),
    },
    ("ct",),
    ct_rules("Undetermined"),
    {
        "unknown": "unknown",
        "ntc": "ntc",
        "standard": "standard",
        "positive_control": "positive_control",
        "positive control": "positive_control",
        "negative_control": "negative_control",
        "negative control": "negative_control",
        "ipc": "internal_control",
        "blocked_ipc": "blank",
    },
    is_ragged=True,
    flags=frozenset(
        ["highsd", "noamp", "expfail", "offscale", "badrox", "noisy", "spike", "thalgfail", "blfail", "ctfail", "outlierrg", "cqconf"]
        + ["highqt", "mtp"]
    ),
)


@dataclass(frozen=True)
class Results:
    """The result table of a sheet, the facts written around it, and the sections that were not read."""

    block: Block
    facts: Mapping[str, str]
    unread: tuple[Note, ...]


def experiment_table(file: RawFile, options: ParseOptions) -> Table | None:
    """The file as a table (Western Windows writes the sign after "QuantStudio" in its code page), or None."""
    return marked_table(file, options, _MARKER)


def parse_results(name: str, version: str, file: RawFile, options: ParseOptions) -> ParsedFile:
    table = experiment_table(file, options)
    results = _chosen(table, options) if table else None
    if table is None or results is None:
        raise no_result_table("QuantStudio", "Well, CT")
    form = replace(FORM, name=name, version=version)
    return parse_blocks(form, table, [results.block], options, run_info(results.facts), results.unread)


def _chosen(table: Table, options: ParseOptions) -> Results | None:
    found = [results for sheet in table.visible() if (results := results_in(sheet))]
    if options.sheet is not None:
        return next((results for results in found if results.block.sheet.name == options.sheet), None)
    with_sample = [results for results in found if (results.block.sheet.name or "").casefold() in ("results", "primary_result")]
    return next(iter(with_sample or found), None)


def results_in(sheet: Sheet) -> Results | None:
    facts: dict[str, str] = {}
    section: str | None = None
    sections = [row.text(0) for row in sheet.rows if is_section(row)]
    for number, row in enumerate(sheet.rows):
        if is_section(row):
            section = row.text(0)
        elif (section == "[Results]" or "[Results]" not in sections) and (columns := _columns(row)):
            return _until_next_section(sheet, number, columns, facts, sections)
        elif section is None:
            _collect_fact(row, facts)
    return None


def is_section(row: Row) -> bool:
    return row.text(0).startswith("[") and row.text(0).endswith("]")


def _collect_fact(row: Row, facts: dict[str, str]) -> None:
    first = row.text(0)
    if "=" in first and (first.startswith("* ") or len(row.cells) == 1):
        key, _, value = first.removeprefix("* ").partition("=")
    elif first.startswith("# ") and ":" in first:  # Design & Analysis writes its CSV so
        key, _, value = first.removeprefix("# ").partition(":")
    elif row.text(1):
        key, value = first, re.sub(r"^(\d+)\.0$", r"\1", row.text(1))
    else:
        return
    if value.strip() not in ("", "NA"):
        facts.setdefault(key.strip().casefold(), value.strip())


def _columns(row: Row) -> dict[str, int] | None:
    found = FORM.columns_of(row) or {}
    has_place = "well" in found or "position" in found
    return found if has_place and ("task" in found or "omit" in found or "target" in found) else None


def _until_next_section(sheet: Sheet, number: int, columns: dict[str, int], facts: dict[str, str], sections: list[str]) -> Results:
    end = next((later for later in range(number + 1, len(sheet.rows)) if is_section(sheet.rows[later])), None)
    block = block_at(sheet, number, columns, end)
    for row in block.below:  # "Analysis Type", "Endogenous Control" ...
        _collect_fact(row, facts)
    unread = [note("other_section", "The section %(section)s was not read.", section=name) for name in sections if name != "[Results]"]
    return Results(replace(block, below=()), facts, tuple(unread))


def run_info(facts: Mapping[str, str]) -> RunInfo:
    started, zone = _instant(facts.get("run start date/time", ""))
    ended, end_zone = _instant(
        facts.get("experiment run end time") or facts.get("run end date/time") or facts.get("run end data/time") or ""
    )
    software = facts.get("software name and version") or " ".join(filter(None, (facts.get("software name"), facts.get("software version"))))
    operator = facts.get("user name") or facts.get("experiment user name") or facts.get("operator")
    return RunInfo(
        facts.get("instrument type"),
        facts.get("instrument serial number"),
        software or None,
        operator,
        facts.get("experiment name"),
        started,
        ended,
        zone or end_zone,
        facts.get("experiment barcode") or facts.get("barcode"),
    )


_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}):(\d{2}):(\d{2})(?: ([AP]M))?(?: (\S+))?$")


def _instant(text: str) -> tuple[str | None, str | None]:
    """An ISO local time and the file's zone text; the programs write AM/PM even beside hours above 12."""
    found = _INSTANT.match(text)
    if found is None:
        return None, None
    hour = int(found[2])
    if found[5] == "PM" and hour < 12:
        hour += 12
    elif found[5] == "AM" and hour == 12:
        hour = 0
    return f"{found[1]}T{hour:02}:{found[3]}:{found[4]}", found[6] or "local"
