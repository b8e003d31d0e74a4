"""Sheet 5: the numbers that measured results are computed from, in the order in which formulas can point at them."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from lims.excel.book import Cell
from lims.excel.look import CODE, NUMBER
from lims.marks import N_
from lims.rounds.report.canvas import Paper, pair
from lims.validation.analysis.design import Observation, StudyInput
from lims.validation.analysis.parts import measured, number
from lims.validation.report.desk import FIGURE, StudyDesk, level_of

HEADS = (
    N_("Row"), N_("Level"), N_("Day"), N_("Run"), "x", "y", N_("Difference"), "ƒ", N_("Percent"), "ƒ",
)  # fmt: skip
COMPARING, BY_LEVEL = ("method_comparison",), ("linearity", "pcr_efficiency", "chemistry", "precision", "precision_verification")
X, Y, DIFFERENCE, PERCENT = "E", "F", "G", "I"

Key = TypeVar("Key", bound=Hashable)


@dataclass
class Ranges:
    """Where the columns of one part stand: of all rows (of the calibration, where there is one), of each level, of each run."""

    sheet: str
    whole: dict[str, str] = field(default_factory=dict)
    levels: dict[Decimal | None, dict[str, str]] = field(default_factory=dict)
    days: dict[Decimal | None, list[str]] = field(default_factory=dict)
    runs: dict[Decimal | None, list[str]] = field(default_factory=dict)

    def cells(self, first: int, last: int) -> dict[str, str]:
        """The four columns over these rows."""
        sheet = self.sheet.replace("'", "''")
        return {name: f"'{sheet}'!${name}${first}:${name}${last}" for name in (X, Y, DIFFERENCE, PERCENT)}


@dataclass(frozen=True)
class Line:
    """One row of the sheet."""

    row: Observation
    x: float | None
    y: float
    difference: float | None = None
    percent: float | None = None
    base: float = 0.0


def write_working(desk: StudyDesk) -> list[Ranges | None]:
    """The sheet, and the ranges of each part; None where a part has no measured results."""
    paper = desk.sheet("working", (9, 12, 9, 9, 13, 13, 13, 13, 13, 13), landscape=True)
    found: list[Ranges | None] = []
    for part in desk.report.parts:
        lines = lines_of(part.study)
        paper.section(N_("Measured results: %(design)s"), design=part.name)
        if not lines:
            paper.say(N_("None."))
            found.append(None)
            continue
        paper.head(word if word == "ƒ" else desk.words.head(word) for word in HEADS)
        found.append(_written(paper, part.study, lines))
    return found


def lines_of(study: StudyInput) -> list[Line]:
    """The rows that count, with their numbers, by level, day, run and number."""
    excluded = {one.number for one in study.exclusions}
    rows = [row for row in study.observations if row.number not in excluded]
    if study.family in COMPARING:
        return list(_compared(study, rows))
    if study.family not in BY_LEVEL:
        return []
    found = [line for row in rows if (line := _levelled(study, row)) is not None]
    return sorted(found, key=_order)


def _order(line: Line) -> tuple[object, ...]:
    row = line.row
    level = Decimal(-1) if row.level is None else row.level
    return (row.role != "calibration", row.role, level, row.strata.site, row.day, row.run, row.number)


def _compared(study: StudyInput, rows: Iterable[Observation]) -> Iterable[Line]:
    for row in rows:
        x, y = number(row.comparator, study.options), number(row.test, study.options)
        if x is not None and y is not None:
            yield Line(row, x, y, y - x, 200.0 * (y - x) / (x + y) if x + y != 0.0 else None)


def _levelled(study: StudyInput, row: Observation) -> Line | None:
    y = measured(row, study.options)
    if y is None or (study.family == "chemistry" and row.role not in ("calibration", "spiked")):
        return None
    level = None if row.level is None else float(row.level)
    if study.family == "pcr_efficiency" and study.options.level_scale == "linear":
        if level is None or level <= 0:
            return None
        level = math.log10(level)
    if study.family == "chemistry" and row.role == "spiked" and level:
        base = 0.0 if row.second is None else number(row.second, study.options)
        return None if base is None else Line(row, base, y, y - base, 100.0 * (y - base) / level)
    return Line(row, level, y)


def _written(paper: Paper, study: StudyInput, lines: Sequence[Line]) -> Ranges:
    ranges, first = Ranges(paper.sheet.title), paper.sheet.count + 1
    for line in lines:
        _line(paper, study, line)
    whole = [place for place, line in enumerate(lines) if study.family != "chemistry" or line.row.role == "calibration"]
    if whole:
        ranges.whole = ranges.cells(first + whole[0], first + whole[-1])
    if study.family in BY_LEVEL:
        chosen = [(place, line) for place, line in enumerate(lines) if line.row.role != "calibration"]
        for level, places in _runs(chosen, lambda line: line.row.level):
            ranges.levels[level] = ranges.cells(first + places[0], first + places[-1])
        for (level, *_), places in _runs(chosen, lambda line: (line.row.level, line.row.strata.site, line.row.day or line.row.run)):
            ranges.days.setdefault(level, []).append(ranges.cells(first + places[0], first + places[-1])[Y])
        for (level, *_), places in _runs(chosen, lambda line: (line.row.level, line.row.strata.site, line.row.day, line.row.run)):
            ranges.runs.setdefault(level, []).append(ranges.cells(first + places[0], first + places[-1])[Y])
    return ranges


def _runs(lines: Sequence[tuple[int, Line]], key: Callable[[Line], Key]) -> list[tuple[Key, list[int]]]:
    """The places of equal keys, in the order of the lines."""
    found: dict[Key, list[int]] = {}
    for place, line in lines:
        found.setdefault(key(line), []).append(place)
    return [(name, places) for name, places in found.items() if places[-1] - places[0] == len(places) - 1]


def _line(paper: Paper, study: StudyInput, line: Line) -> None:
    row, at = line.row, paper.sheet.count + 1
    cells: list[Cell | None] = [
        Cell(row.number, NUMBER), level_of(row.level), Cell(row.day, CODE), Cell(row.run, CODE), Cell(line.x, NUMBER), Cell(line.y, NUMBER),
    ]  # fmt: skip
    if line.difference is not None:
        cells += pair(line.difference, f"=F{at}-E{at}", FIGURE)
        percent = f"=200*(F{at}-E{at})/(E{at}+F{at})" if study.family in COMPARING else f"=100*(F{at}-E{at})/B{at}"
        cells += pair(line.percent, percent, FIGURE) if line.percent is not None else []
    paper.sheet.row(cells)
