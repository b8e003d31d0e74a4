"""Screening for blunders before scoring: signs of a wrong unit, sign, digit, row or file, with the numbers that speak for them.

A flag is a question to the laboratory, never a change, and never an exclusion by itself (ISO 13528:2022, 5.5.3.1 asks for the removal of
obvious blunders before any robust method). No standard gives rules; these are ours, conservative on purpose: a value must be far from
where the others are AND become a good one by the one simple slip that the flag names. All thresholds are recorded options.
Stated rate, held by a test: on clean simulated rounds fewer than 1 round in 100 gets any flag (5 of 2,000 when last counted).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims.statistics.copied_rows import repeated_rows
from lims.statistics.slips import distances, explained_by_slip
from lims.statistics.submissions import BlunderFlag, BlunderOptions, ItemReferences, Reports, item_references, measurand_of, scale_of

__all__ = ["BlunderFlag", "BlunderOptions", "Reports", "Screening", "screen"]


@dataclass(frozen=True, slots=True)
class Screening:
    """All flags in a fixed order, the options they were found with, and the items that could not be screened for single values."""

    flags: tuple[BlunderFlag, ...]
    options: BlunderOptions
    items_without_reference: tuple[str, ...]


def screen(reports: Reports, options: BlunderOptions | None = None) -> Screening:
    """Flags of a round: slips of single values, interchanged items, equal rows, files and repeated submissions.

    Example: five laboratories report 5.0 to 5.4 mg/kg, one 5100: unit_factor with power 3, mended 5.1.
    """
    chosen = options or BlunderOptions()
    references = item_references(reports, chosen)
    flags = [flag for row in range(len(reports.laboratories)) for flag in _of_row(reports, row, references, chosen)]
    flags += repeated_rows(reports, references, chosen)
    flags.sort(key=lambda flag: (flag.rows, flag.code, flag.items))
    unknown = tuple(item for item, is_known in zip(reports.items, references.is_known, strict=True) if not is_known)
    return Screening(tuple(flags), chosen, unknown)


def _of_row(reports: Reports, row: int, references: ItemReferences, options: BlunderOptions) -> list[BlunderFlag]:
    far = []
    for column, value in enumerate(reports.values[row].tolist()):
        is_there = references.is_known[column] and math.isfinite(value)
        if is_there and max(_distances(reports, references, value, column)) > options.far * references.doubt[column]:
            far.append(column)
    flags = _interchanged(reports, row, far, references, options)
    for column in far:
        value, centre, sd = float(reports.values[row, column]), float(references.centre[column]), float(references.sd[column])
        is_log = scale_of(reports, column) == "log10"
        for code, evidence in explained_by_slip(value, centre, sd, is_log, float(references.doubt[column]), options):
            where = {"reported": value, "centre": centre, "sd": sd, "distance": abs(value - centre) / sd}
            flags.append(BlunderFlag(code, (reports.laboratories[row],), (row,), (reports.items[column],), {**where, **evidence}))
    return flags


def _distances(reports: Reports, references: ItemReferences, value: float, column: int) -> tuple[float, float]:
    is_log = scale_of(reports, column) == "log10"
    return distances(value, float(references.centre[column]), float(references.sd[column]), is_log)


def _interchanged(reports: Reports, row: int, far: list[int], references: ItemReferences, options: BlunderOptions) -> list[BlunderFlag]:
    """Items whose values fit when they change places: each far value belongs to the nearest other item of its measurand, in a ring."""
    target: dict[int, int] = {}
    mended: dict[int, float] = {}
    for column in far:
        value = float(reports.values[row, column])
        others = [other for other in far if other != column and measurand_of(reports, other) == measurand_of(reports, column)]
        fits = sorted((max(_distances(reports, references, value, other)), other) for other in others)
        if fits and fits[0][0] <= options.near * references.doubt[fits[0][1]]:
            mended[column], target[column] = fits[0]
    flags = []
    for ring in rings(target):
        distance = min(max(_distances(reports, references, float(reports.values[row, column]), column)) for column in ring)
        evidence = {"least_distance": distance, "largest_distance_mended": max(mended[column] for column in ring)}
        names = tuple(reports.items[column] for column in ring)
        flags.append(BlunderFlag("swapped_items", (reports.laboratories[row],), (row,), names, evidence))
    return flags


def rings(target: dict[int, int]) -> list[tuple[int, ...]]:
    """The closed rings of a mapping, each in ascending order. Example: {0: 2, 2: 0, 1: 2}: (0, 2)."""
    found: set[tuple[int, ...]] = set()
    for start in target:
        ring = [start]
        while target.get(ring[-1]) is not None and target[ring[-1]] not in ring:
            ring.append(target[ring[-1]])
        if target.get(ring[-1]) == start:
            found.add(tuple(sorted(ring)))
    return sorted(found)
