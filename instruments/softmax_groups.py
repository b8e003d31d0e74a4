"""The group tables of SoftMax Pro: samples, their wells, values, results, and what the document itself judged of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instruments.contract import ControlVerdict, Note, Reading, Skipped, note
from instruments.plate_values import Measured, outcome, ucum
from instruments.plates import Well
from instruments.rows import UsedRow, identifier, place
from instruments.tables import Cell, Row
from instruments.text import heading_key

_WELL = re.compile(r"^([A-P])0?([1-9]\d?)$")
_ROLES = (
    (re.compile(r"standard|calibrat", re.IGNORECASE), "standard"),
    (re.compile(r"blank", re.IGNORECASE), "blank"),
    (re.compile(r"control|spike|\bqc\b", re.IGNORECASE), "qc"),
)
_RESULT = frozenset(map(heading_key, ("Result", "Results", "AdjResult", "Adj.Result", "Concentration Result")))
_VALUE = frozenset(map(heading_key, ("Value", "Values", "OD", "OD Value", "RFU", "WellValues")))
_WELLS = frozenset(map(heading_key, ("Wells", "Well")))


@dataclass(frozen=True)
class Group:
    """A group: its name, the heading of its table, the rows, and each column's formula where the file lists them."""

    name: str
    heading: Row
    rows: tuple[Row, ...]
    formulas: Mapping[int, str]

    @property
    def role(self) -> str:
        return next((role for words, role in _ROLES if words.search(self.name)), "unknown")

    def column(self, keys: frozenset[str], formula: str) -> int | None:
        """The column of a formula, or of a title where the formulas are not listed."""
        by_formula = next((column for column, text in self.formulas.items() if text.startswith(formula)), None)
        if by_formula is not None and by_formula in self.heading.cells:
            return by_formula
        return next((column for column, cell in self.heading.cells.items() if heading_key(cell.text) in keys), None)

    @property
    def wells(self) -> int | None:
        return self.column(_WELLS, "!WellIDs")

    @property
    def values(self) -> int | None:
        return self.column(_VALUE, "!WellValues")

    @property
    def result(self) -> int | None:
        return next((column for column, cell in self.heading.cells.items() if heading_key(cell.text) in _RESULT), None)

    @property
    def nominal(self) -> int | None:
        return next((column for column, cell in self.heading.cells.items() if cell.trimmed.casefold().startswith("concentration")), None)

    @property
    def judged(self) -> list[int]:
        """Columns whose cells say Pass or Fail."""
        return [column for column in self.heading.cells if any(row.text(column) in ("Pass", "Fail") for row in self.rows)]


def group_of(name: str, rows: Sequence[Row]) -> Group | None:
    """A group from the rows of its block; None when it has no table of wells."""
    heading = next((number for number, row in enumerate(rows) if {heading_key(c.text) for c in row.cells.values()} & _WELLS), None)
    if heading is None:
        return None
    table: list[Row] = []
    for row in rows[heading + 1 :]:
        if row.fault is None and (row.is_blank() or row.text(0) in ("Group Column", "Group Summaries")):
            break
        table.append(row)
    start = next((number for number, row in enumerate(rows) if row.text(0) == "Group Column"), len(rows))
    formulas = {int(row.text(0)) - 1: row.text(2) for row in rows[start:] if row.text(0).isdigit() and row.text(2)}
    return Group(name, rows[heading], tuple(table), formulas)


def unit_of(groups: Sequence[Group]) -> str | None:
    """The unit of the standards ("Concentration ng/mL"), which is that of what is read from their curve."""
    units = {text for group in groups if group.nominal is not None for text in [_unit(group.heading.text(group.nominal))] if text}
    return ucum(units.pop()) if len(units) == 1 else None


def _unit(title: str) -> str:
    return re.sub(r"^concentration\s*", "", title, flags=re.IGNORECASE).strip(" ()[]")


def read_group(group: Group, mode: Measured, unit: str | None, mark: str) -> tuple[list[UsedRow], list[Skipped]]:
    """Each line is a well with its value and, where the group has one, its result."""
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    sample: Cell | None = None
    said: tuple[str, ...] = ()
    for row in group.rows:
        wells = group.wells
        found = _WELL.match(row.text(wells)) if wells is not None else None
        if row.fault is not None or row.width != group.heading.width or found is None:
            skipped.append(Skipped(row.where, row.fault or note("group_row_without_well", "The line of the group names no well.")))
            continue
        if row.text(0):
            sample = row.cells[0]
            said = tuple(f"{group.heading.text(column)} {row.text(column)}" for column in group.judged if row.text(column) == "Fail")
        readings = _readings(group, row, (found[1] + found[2], sample), mode, unit, mark, said)
        used.append(UsedRow(row.where, readings))
    return used, skipped


def _readings(
    group: Group, row: Row, spot: tuple[str, Cell | None], mode: Measured, unit: str | None, mark: str, said: tuple[str, ...]
) -> tuple[Reading, ...]:
    columns = [(group.values, mode), (group.result, Measured("concentration", unit))]
    nominal = row.text(group.nominal) if group.nominal is not None else ""
    sample = identifier(spot[1])
    outside = next((column for column, cell in group.heading.cells.items() if cell.trimmed == "R"), None)
    flags = (
        f"group {group.name}",
        *((f"nominal {nominal}",) if nominal else ()),
        *(("outside standard range",) if outside is not None and row.text(outside) == "R" else ()),
        *said,
        "calculated",
    )
    readings = []
    for column, measured in columns:
        if column is None:
            continue
        cell = row.cells.get(column)
        found = outcome(cell, mark)
        readings.append(
            Reading(
                spot[0], sample.text, group.role, group.heading.text(column), None, measured.quantity, cell.text if cell else "",
                found.status, found.value, found.comparator, measured.unit, None, (*flags, *found.flags),
                cell.source if cell else place(row, column),
            )
        )  # fmt: skip
    return tuple(readings)


def layout_of_groups(groups: Sequence[Group]) -> dict[str, Well]:
    """What each well holds, by the groups; a well of two groups is left out, as its sample is then not one."""
    wells: dict[str, Well] = {}
    several: set[str] = set()
    for group in groups:
        sample: Cell | None = None
        for row in group.rows:
            sample = row.cells.get(0) if row.text(0) else sample
            found = _WELL.match(row.text(group.wells)) if group.wells is not None else None
            if found is None or row.fault is not None:
                continue
            position = found[1] + found[2]
            several |= {position} & wells.keys()
            wells[position] = Well(identifier(sample).text, group.role, (f"group {group.name}",))
    return {position: well for position, well in wells.items() if position not in several}


def in_several_groups(readings: Sequence[Reading]) -> list[Note]:
    """Groups number their samples from 01 on: the same text in two groups is not the same sample."""
    groups: dict[str, set[str]] = {}
    for reading in readings:
        if reading.sample is not None and reading.role == "unknown":
            groups.setdefault(reading.sample, set()).update(flag for flag in reading.flags if flag.startswith("group "))
    names = [sample for sample, found in groups.items() if len(found) > 1]
    if not names:
        return []
    return [
        note(
            "sample_in_groups",
            "Several groups hold a sample with the same text (%(samples)s); they may be different samples. Match each by its group.",
            samples=", ".join(names[:10]),
        )
    ]


def verdicts_of(group: Group) -> list[ControlVerdict]:
    """Pass or Fail of standards, controls and spikes, as the document's own rules decided."""
    if group.role == "unknown":
        return []
    verdicts = []
    for row in group.rows:
        for column in group.judged:
            if row.text(column) in ("Pass", "Fail"):
                verdicts.append(verdict(f"{group.name} {row.text(0)}", group.heading.text(column), row.text(column), row.where))
    return verdicts


def verdict(name: str, rule: str, said: str, where: str) -> ControlVerdict:
    reason = note("said_by_document", '"%(rule)s" in the file says %(said)s (%(where)s).', rule=rule, said=said, where=where)
    return ControlVerdict(name, "pass" if said == "Pass" else "fail", reason)
