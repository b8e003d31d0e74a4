"""What result tables of chromatography have in common: several compounds in a row, peak areas where nothing was calibrated, run facts."""

import ntpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from instruments.chemistry import ChemFormat, Grid
from instruments.contract import Note, Skipped, note
from instruments.rows import UsedRow
from instruments.values import TextRules, folded

_MONTHS = {
    name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_NAMED_MONTH = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3})[ -](\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?")
AREAS = note(
    "areas_only",
    "The file holds no concentrations: nothing was calibrated. The peak areas were read instead; they are no amounts.",
)


def amounts_or_areas(form: ChemFormat, grids: Sequence[Grid]) -> tuple[ChemFormat, list[Grid], list[Note]]:
    """The tables as they are; where no row of the file holds an amount, the column of peak areas takes its place and is called so."""
    without = form.rules.missing | form.rules.not_detected | {""}
    has_amount = any(folded(cell.text) not in without for grid in grids for cell in grid.cells("value"))
    if has_amount or any("area" not in grid.columns for grid in grids):
        return form, list(grids), []
    areas = [
        replace(grid, columns={**_without(grid.columns), "value": grid.columns["area"]}, unit=None, flags=(*grid.flags, "peak area"))
        for grid in grids
    ]
    return replace(form, quantity="other", headings={**form.headings, "value": form.headings["area"]}), areas, [AREAS]


def _without(columns: Mapping[str, int]) -> dict[str, int]:
    return {meaning: column for meaning, column in columns.items() if meaning not in ("area", "unit")}


def joined(tables: Iterable[Iterable[UsedRow | Skipped]]) -> list[UsedRow | Skipped]:
    """Rows that were read once for each compound, as rows that hold all of them."""
    rows: dict[str, UsedRow | Skipped] = {}
    for table in tables:
        for outcome in table:
            known = rows.get(outcome.where)
            if isinstance(known, UsedRow) and isinstance(outcome, UsedRow):
                rows[outcome.where] = UsedRow(outcome.where, (*known.readings, *outcome.readings))
            elif known is None or isinstance(outcome, UsedRow):
                rows[outcome.where] = outcome
    return list(rows.values())


def with_limits(missing: Iterable[str], not_detected: Iterable[str], rules: TextRules) -> TextRules:
    """The rules with more texts of a family."""
    return replace(
        rules,
        missing=(rules.missing | {folded(text) for text in missing}) - {folded(text) for text in not_detected},
        not_detected=rules.not_detected | {folded(text) for text in not_detected},
    )


def stem(path: str) -> str | None:
    """The name of a data file without folder and ending."""
    return ntpath.splitext(ntpath.basename(path.strip()))[0].strip() or None


def instant(text: str) -> str | None:
    """A time with the month as a word; one with the month as a number can be read in two ways and is not taken."""
    found = _NAMED_MONTH.search(text)
    month = _MONTHS.get(found[2].casefold()) if found else None
    if found is None or month is None:
        return None
    try:
        day, clock = date(int(found[3]), month, int(found[1])), time(int(found[4]), int(found[5]), int(found[6] or 0))
    except ValueError:
        return None
    return f"{day.isoformat()}T{clock.isoformat()}"
