"""Rows that agree more than independent laboratories do: copied results, the same file, a submission sent twice."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Final

import numpy as np

from lims.statistics.submissions import BlunderFlag, BlunderOptions, Code, ItemReferences, Reports, resolution_of
from lims.statistics.values import FloatArray

PRIOR_PAIRS: Final = 20
EQUAL_NORMAL: Final = 1.0 / (2.0 * math.sqrt(math.pi))  # density of the difference of two normal results at 0, times their SD


def repeated_rows(reports: Reports, references: ItemReferences, options: BlunderOptions) -> list[BlunderFlag]:
    """Flags duplicate_submission, identical_file and identical_results, by pairs of rows.

    duplicate_submission: one laboratory in two rows; items are those with equal figures. identical_file: one digest in rows of different
    laboratories. identical_results: at least options.least_identical items with exactly the same figures, so many that independent
    laboratories would reach it in any pair of the round with a chance below options.alpha.
    """
    return _same_laboratory(reports) + _same_file(reports) + _same_figures(reports, references, options)


def _same_laboratory(reports: Reports) -> list[BlunderFlag]:
    return [
        _pair("duplicate_submission", reports, first, second, _equal_items(reports, first, second))
        for first, second in _sharing(list(reports.laboratories))
    ]


def _same_file(reports: Reports) -> list[BlunderFlag]:
    pairs = _sharing(list(reports.digests or ()))
    return [
        _pair("identical_file", reports, first, second, _equal_items(reports, first, second))
        for first, second in pairs
        if reports.laboratories[first] != reports.laboratories[second]
    ]


def _same_figures(reports: Reports, references: ItemReferences, options: BlunderOptions) -> list[BlunderFlag]:
    values, p = reports.values, len(reports.laboratories)
    resolutions = np.array([resolution_of(values[:, column]) for column in range(values.shape[1])])
    pairs = p * (p - 1) // 2
    flags = []
    for first in range(p - 1):
        counts = (values[first] == values[first + 1 :]).sum(axis=1)
        for second in (np.flatnonzero(counts >= options.least_identical) + first + 1).tolist():
            if reports.laboratories[first] == reports.laboratories[second]:
                continue
            chances = _chances(values, resolutions, (first, second), references, options)
            equal = _equal_items(reports, first, second)
            common = int((np.isfinite(values[first]) & np.isfinite(values[second])).sum())
            chance = min(1.0, pairs * at_least(chances, len(equal)))
            if chance <= options.alpha:
                evidence = {"n_common": float(common), "chance": chance, "expected_identical": float(chances.sum())}
                flags.append(_pair("identical_results", reports, first, second, equal, evidence))
    return flags


def _chances(
    values: FloatArray, resolutions: FloatArray, rows: tuple[int, int], references: ItemReferences, options: BlunderOptions
) -> FloatArray:
    """Chance of equal figures on each item that both rows have: how often others agree, or what rounding explains, the larger.

    Two normal results of one sd, rounded to steps r, agree with a chance of about r / (2 sqrt(pi) sd); laboratories with the same
    bias differ by a part of it only. An item without reference is given the chance 1: it says nothing.
    """
    there = np.isfinite(values[rows[0]]) & np.isfinite(values[rows[1]])
    rest = np.delete(values, rows, axis=0)
    by_rounding = EQUAL_NORMAL * resolutions / (options.within_share * references.sd)
    by_rounding = np.where(references.is_known, by_rounding, 1.0)[there]
    chances: FloatArray = np.minimum(np.maximum(_shrunk(rest[:, there], by_rounding), by_rounding), 1.0)
    return chances


def at_least(chances: FloatArray, k: int) -> float:
    """Chance that k or more of independent events with these chances happen. Example: two events of 1/2, k = 2: 1/4."""
    reached = np.zeros(k + 1)
    reached[0] = 1.0
    for chance in chances.tolist():
        moved = reached * chance
        reached -= moved
        reached[1:] += moved[:-1]
        reached[k] += moved[k]
    return float(reached[k])


def _shrunk(rest: FloatArray, expected: FloatArray) -> FloatArray:
    """Share of equal pairs of the other laboratories on each item, drawn to what is expected as if that were 20 pairs more."""
    equal, pairs = np.zeros(expected.size), np.zeros(expected.size)
    for column in range(expected.size):
        results = rest[np.isfinite(rest[:, column]), column]
        counts = np.unique(results, return_counts=True)[1]
        equal[column], pairs[column] = (counts * (counts - 1)).sum() / 2.0, results.size * (results.size - 1) / 2.0
    share: FloatArray = (equal + PRIOR_PAIRS * expected) / (pairs + PRIOR_PAIRS)
    return share


def _sharing(labels: list[str | None] | list[str]) -> list[tuple[int, int]]:
    """All pairs of rows with the same label."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, label in enumerate(labels):
        if label is not None:
            rows[label].append(row)
    return [(first, second) for group in rows.values() for at, first in enumerate(group) for second in group[at + 1 :]]


def _equal_items(reports: Reports, first: int, second: int) -> tuple[str, ...]:
    equal = reports.values[first] == reports.values[second]
    return tuple(item for item, is_equal in zip(reports.items, equal.tolist(), strict=True) if is_equal)


def _pair(
    code: Code, reports: Reports, first: int, second: int, items: tuple[str, ...], evidence: dict[str, float] | None = None
) -> BlunderFlag:
    laboratories = (reports.laboratories[first], reports.laboratories[second])
    numbers = {"n_identical": float(len(items)), **(evidence or {})}
    return BlunderFlag(code, laboratories, (first, second), items, numbers)
