"""Where the result table of the file is, and the facts written around it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from instruments.contract import Note, RunInfo, note
from instruments.tables import Row, Sheet, Table, unread_sheets

_COLUMNS = {
    "well": ("well",),
    "position": ("well position",),
    "sample": ("sample name", "sample"),
    "target": ("target name", "target"),
    "task": ("task",),
    "channel": ("reporter",),
    "ct": ("ct", "crt", "cq", "cт"),
    "omit": ("omit",),
    "amp_status": ("amp status",),
}
_FLAG_COLUMNS = (
    "highsd",
    "noamp",
    "expfail",
    "offscale",
    "badrox",
    "noisy",
    "spike",
    "thalgfail",
    "blfail",
    "ctfail",
    "outlierrg",
    "cqconf",
    "highqt",
)


@dataclass(frozen=True)
class Results:
    """The result table of the file: its sheet, heading row, columns and rows, and the facts written above it."""

    sheet: Sheet
    columns: Mapping[str, int]
    flag_columns: Mapping[str, int]
    rows: tuple[Row, ...]
    width: int
    facts: Mapping[str, str]
    unread: tuple[Note, ...]


def results_in(sheet: Sheet, table: Table) -> Results | None:
    facts: dict[str, str] = {}
    section: str | None = None
    sections = [row.text(0) for row in sheet.rows if is_section(row)]
    for number, row in enumerate(sheet.rows):
        if is_section(row):
            section = row.text(0)
        elif (columns := _columns(row)) and (section == "[Results]" or "[Results]" not in sections):
            return _until_next_section(sheet, table, number, columns, facts, sections)
        elif section is None:
            _collect_fact(row, facts)
    return None


def is_section(row: Row) -> bool:
    return row.text(0).startswith("[") and row.text(0).endswith("]")


def _collect_fact(row: Row, facts: dict[str, str]) -> None:
    first = row.text(0)
    if first.startswith("* ") and "=" in first:
        key, _, value = first[2:].partition("=")
    elif row.text(1):
        key, value = first, re.sub(r"^(\d+)\.0$", r"\1", row.text(1))
    else:
        return
    if value.strip() not in ("", "NA"):
        facts.setdefault(key.strip().casefold(), value.strip())


def _columns(row: Row) -> dict[str, int] | None:
    headings = {cell.trimmed.casefold(): column for column, cell in reversed(row.cells.items())}
    found = {name: headings[word] for name, words in _COLUMNS.items() for word in reversed(words) if word in headings}
    return found if "ct" in found and ("well" in found or "position" in found) and ("task" in found or "omit" in found) else None


def _until_next_section(
    sheet: Sheet,
    table: Table,
    number: int,
    columns: dict[str, int],
    facts: dict[str, str],
    sections: list[str],
) -> Results:
    rows = []
    for row in sheet.rows[number + 1 :]:
        if is_section(row):
            break
        if not row.is_blank():
            rows.append(row)
    while (
        rows
        and set(rows[-1].cells) <= {0, 1}
        and not rows[-1].text(0)[:1].isdigit()
        and rows[-1].fault is None
        and len(rows[-1].text(0)) > 3
    ):
        _collect_fact(rows.pop(), facts)  # "Analysis Type", "Endogenous Control" ... below the table
    heading = sheet.rows[number]
    flags = {cell.trimmed: column for column, cell in heading.cells.items() if cell.trimmed.casefold() in _FLAG_COLUMNS}
    known = {*columns.values(), *flags.values()}
    others = ", ".join(cell.trimmed for column, cell in sorted(heading.cells.items()) if column not in known)
    unread = [note("unread_columns", "Columns that were not read: %(columns)s.", columns=others)] if others else []
    unread += [note("other_section", "The section %(section)s was not read.", section=name) for name in sections if name != "[Results]"]
    return Results(sheet, columns, flags, tuple(rows), heading.width, facts, (*unread, *unread_sheets(table, sheet)))


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
