"""Are two groups of laboratories equivalent within a limit? Bias between groups inside a round, and two one-sided tests (TOST).

A difference that is not significant proves nothing: with few laboratories it never is. Equivalence has to be shown, against a limit set
before the results are seen. Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval
from lims.statistics.outcome import Input, NotCalculable, Number, is_number
from lims.statistics.two_groups import MeanDifference, PairedDifference, paired_difference, welch_difference

Verdict = Literal["equivalent", "not_equivalent", "inconclusive", "not_evaluated"]
LaboratoriesByItems = Sequence[Sequence[Input]]


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Both one-sided tests of lower < difference < upper at level alpha; p is the larger P value, interval the one of 1 - 2 alpha.

    verdict: equivalent (the interval lies within the limits, the same as p < alpha); not_equivalent (it lies outside); inconclusive (it
    crosses a limit); not_evaluated with the reason.
    """

    lower: float
    upper: float
    alpha: float
    t_lower: Number
    t_upper: Number
    p: Number
    interval: Interval | NotCalculable
    verdict: Verdict
    reason: NotCalculable | None


@dataclass(frozen=True, slots=True)
class GroupBias:
    """First group minus second group over the items that both measured, in the unit of the values.

    by_laboratory: Welch over the laboratories' mean deviations; what another set of laboratories of the two groups would show.
    by_item: paired over the items' group means; what these laboratories would show on other items. With complete data the difference is
    one.
    """

    items: int
    items_left_out: int
    laboratories: tuple[int, int]
    by_laboratory: MeanDifference | NotCalculable
    by_item: PairedDifference | NotCalculable
    equivalence_by_laboratory: Equivalence | None  # None: no limit stated
    equivalence_by_item: Equivalence | None


def equivalence(
    found: MeanDifference | PairedDifference | NotCalculable, limit: float, alpha: float = 0.05, lower: float | None = None
) -> Equivalence:
    """t_lower = (d - lower) / SE, t_upper = (upper - d) / SE; p = max of the upper tails of t with the degrees of freedom of d.

    limit > 0 is the upper limit, lower the lower one (default -limit), in the unit of d. A difference without standard error hands its
    reason on: too few values, or no variance at all (`scale_missing`), where no test can be made however small the difference.
    Example: R's sleep, Welch, limit 0.5: t -1.272 and 2.449, p 0.89: not shown; limit 4: p 0.0054, equivalent.
    """
    floor = -limit if lower is None else lower
    if not (math.isfinite(limit) and math.isfinite(floor) and floor < limit and 0.0 < alpha < 0.5):
        raise ValueError(f"lower < upper limit and 0 < alpha < 0.5 are expected, not {floor}, {limit} and {alpha}")
    if isinstance(found, NotCalculable):
        return _not_evaluated(found, floor, limit, alpha)
    d, se, df = found.difference, found.standard_error, found.degrees_of_freedom
    if isinstance(df, NotCalculable):
        return _not_evaluated(df, floor, limit, alpha)
    from scipy.special import stdtr, stdtrit

    t_lower, t_upper = (d - floor) / se, (limit - d) / se
    p = max(float(stdtr(df, -t_lower)), float(stdtr(df, -t_upper)))
    half = float(stdtrit(df, 1.0 - alpha)) * se
    interval = Interval(d - half, d + half, 1.0 - 2.0 * alpha)
    verdict: Verdict = "equivalent" if p < alpha else "inconclusive"
    if interval.lower > limit or interval.upper < floor:
        verdict = "not_equivalent"
    return Equivalence(floor, limit, alpha, t_lower, t_upper, p, interval, verdict, None)


def _not_evaluated(reason: NotCalculable, lower: float, upper: float, alpha: float) -> Equivalence:
    return Equivalence(lower, upper, alpha, reason, reason, reason, reason, "not_evaluated", reason)


def group_bias(
    first: LaboratoriesByItems, second: LaboratoriesByItems, limit: float | None = None, confidence: float = 0.95, alpha: float = 0.05
) -> GroupBias:
    """Bias of two groups of laboratories on shared items; first and second: laboratories x items, None (or a reason) where there is no
    value.

    Items that one group did not measure are left out and counted, as are laboratories without a value on a shared item. by_laboratory: each
    value minus the item's midpoint (m_1i + m_2i) / 2 of the group means, averaged per laboratory, then Welch's difference. by_item:
    m_1i - m_2i, paired. One item: by_laboratory is Welch's difference of the results, by_item has too few values. Items of unlike levels
    need a common scale (logarithms, or percent of the assigned value) before they come here.
    Example: two items, groups 10, 11 / 20, 21 and 12, 13 / 22, 23 (each laboratory one higher): bias -2 both ways.
    """
    if len({len(row) for row in (*first, *second)}) > 1:
        raise ValueError("all laboratories need one entry for each item")
    one, other = _as_matrix(first), _as_matrix(second)
    shared = np.isfinite(one).any(axis=0) & np.isfinite(other).any(axis=0) if one.size and other.size else np.zeros(0, dtype=bool)
    items = max(one.shape[1], other.shape[1])
    if not shared.any():
        lack = NotCalculable("no_pairs")
        none = None if limit is None else equivalence(lack, limit, alpha)
        return GroupBias(0, items, (0, 0), lack, lack, none, none)
    one, other = _rows_with_values(one[:, shared]), _rows_with_values(other[:, shared])
    means = [np.array([math.fsum(column[np.isfinite(column)]) / np.isfinite(column).sum() for column in x.T]) for x in (one, other)]
    centre = (means[0] + means[1]) / 2.0
    deviations = [[_mean_of_known(row - centre) for row in x] for x in (one, other)]
    sources = [x[np.isfinite(x)] for x in (one, other)]
    by_laboratory = welch_difference(deviations[0], deviations[1], confidence, sources)
    by_item = paired_difference(means[0], means[1], confidence, sources)
    over_laboratories, over_items = (None if limit is None else equivalence(bias, limit, alpha) for bias in (by_laboratory, by_item))
    used, laboratories = int(shared.sum()), (one.shape[0], other.shape[0])
    return GroupBias(used, items - used, laboratories, by_laboratory, by_item, over_laboratories, over_items)


def _as_matrix(group: LaboratoriesByItems) -> NDArray[np.float64]:
    """Laboratories x items, nan where there is no value."""
    rows = [[float(value) if is_number(value) and math.isfinite(value) else math.nan for value in row] for row in group]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(group[0]) if group else 0)


def _rows_with_values(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[np.isfinite(values).any(axis=1)]


def _mean_of_known(row: NDArray[np.float64]) -> float:
    known = row[np.isfinite(row)]
    return math.fsum(known) / int(known.size)
