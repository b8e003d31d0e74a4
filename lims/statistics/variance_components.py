"""Variance components of nested designs (days and runs, sites and days) and of one-way designs, by the method of moments.

CLSI EP05-A3 (20 days x 2 runs x 2 replicates; 3 sites x 5 days x 5 replicates), EP15-A3 (5 days x 5 replicates), ISO 5725-3; unbalanced
designs by analysis of variance of type 1 (Searle, Casella, McCulloch, Variance Components, 1992, chapter 3). Degrees of freedom and
intervals of sums of components: Satterthwaite, Biometrics Bulletin 2 (1946) 110. Variances are in the squared unit of the results.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.lines import mean_of, sum_of_products
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.values import RESOLUTION, FloatArray, Values, as_array

SMALLEST: Final = sys.float_info.min / sys.float_info.epsilon  # below it a square has lost digits


@dataclass(frozen=True, slots=True)
class Component:
    """One source of variation: the line of the analysis of variance and its variance component.

    signed is the moment estimate as it comes out; variance is that, or 0 when it is negative. df_component and interval: Satterthwaite,
    from `signed` and the mean squares; a component of 0 has none (`variance_component_zero`).
    """

    source: str
    sum_of_squares: float
    df: int
    mean_square: float
    signed: float
    variance: float
    df_component: Number
    interval: Interval | NotCalculable

    @property
    def sd(self) -> float:
        return math.sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Combined:
    """A sum of components with Satterthwaite's degrees of freedom and the chi-squared interval of the variance."""

    variance: float
    df: Number
    interval: Interval | NotCalculable

    @property
    def sd(self) -> float:
        return math.sqrt(self.variance)

    @property
    def sd_interval(self) -> Interval | NotCalculable:
        if isinstance(self.interval, NotCalculable):
            return self.interval
        return Interval(math.sqrt(self.interval.lower), math.sqrt(self.interval.upper), self.interval.confidence)


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Mean, components from the outermost source to the error, and their sums.

    `total` is the sum of all (negative ones as 0); `within_outer` leaves the outermost source out: the within-laboratory variance of a
    design of several sites. expected holds the coefficients of the components in the expected mean squares, row by row.
    """

    n: int
    mean: float
    components: tuple[Component, ...]
    total: Combined
    within_outer: Combined
    expected: tuple[tuple[float, ...], ...]
    confidence: float

    @property
    def error(self) -> Component:
        return self.components[-1]

    @property
    def cv_percent(self) -> Number:
        """Total standard deviation as percent of the mean."""
        return NotCalculable("location_zero") if self.mean == 0 else 100.0 * self.total.sd / abs(self.mean)


def nested_anova(
    y: Values, outer: Sequence[Hashable], inner: Sequence[Hashable], names: tuple[str, str] = ("day", "run"), confidence: float = 0.95
) -> VarianceComponents | NotCalculable:
    """Components of y ~ outer / inner: inner levels count within their outer level, whatever they are called; unbalanced designs too.

    Sums of squares of type 1; expected mean squares with the coefficients of the design; moment estimates, a negative one recorded in
    `signed` and counted as 0. Degrees of freedom of the total: Satterthwaite on mean squares rebuilt from the components after negative
    ones are 0, so that the total and its degrees of freedom belong together. Each level needs replicates somewhere (`no_replicates`), and
    there must be two outer levels (`too_few_levels`).
    Example (EP05-A2 data of package VCA, third set): day 12.231, run 7.031, error 16.284, total 35.546 with 50.13 degrees of freedom.
    """
    array = as_array(y)
    if len(y) != len(outer) or len(y) != len(inner):
        raise ValueError(f"a level is expected for each of {len(y)} results, not {len(outer)} and {len(inner)}")
    if isinstance(array, NotCalculable):
        return array
    outer_of = _numbered(list(outer))
    inner_of = _numbered(list(zip(outer_of.tolist(), inner, strict=True)))
    return _components(array, [outer_of, inner_of], (*names, "error"), confidence)


def one_way(groups: Sequence[Values], name: str = "between", confidence: float = 0.95) -> VarianceComponents | NotCalculable:
    """Components between and within groups (EP15-A3: days or runs); groups of unequal size are allowed, empty ones do not count.

    var_within = MS_within; var_between = (MS_between - MS_within) / n0, n0 = (N - sum n_i^2 / N) / (k - 1).
    Example (package VCA, five days of three results): between 1.818128, within 3.375212, total 5.193341.
    """
    used = [as_array(group) for group in groups if len(group)]
    arrays = [group for group in used if not isinstance(group, NotCalculable)]
    if len(arrays) < len(used):
        return NotCalculable("value_not_finite", {"quantity": "reported_value"})
    if not arrays:
        return NotCalculable("too_few_values", {"n": 0, "least": 1})
    level = np.repeat(np.arange(len(arrays)), [group.size for group in arrays])
    return _components(np.concatenate(arrays), [level], (name, "error"), confidence)


def _numbered(levels: Sequence[Hashable]) -> NDArray[np.int64]:
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(level, len(numbers)) for level in levels], dtype=np.int64)


def _components(
    y: FloatArray, levels: list[NDArray[np.int64]], names: tuple[str, ...], confidence: float
) -> VarianceComponents | NotCalculable:
    normal_quantile(confidence)
    n, counts = int(y.size), [np.bincount(level) for level in levels]
    sizes = [1, *(len(count) for count in counts), n]
    df = [below - above for above, below in zip(sizes, sizes[1:], strict=False)]
    if df[0] < 1:
        return NotCalculable("too_few_levels", {"n": sizes[1], "least": 2})
    if min(df) < 1:
        return NotCalculable("no_replicates")
    centre = mean_of(y)
    squares = [_resolved(square, y) for square in _sums_of_squares(y - centre, levels, counts)]
    ms = np.array([square / freedom for square, freedom in zip(squares, df, strict=True)])
    if not (math.isfinite(centre) and np.isfinite(ms).all()):
        return NotCalculable("result_not_finite", {"quantity": "mean_square"})
    expected = _expected_mean_squares(levels, counts, df, n)
    inverse: FloatArray = np.linalg.inv(expected).astype(np.float64)
    signed = inverse @ ms
    variances = np.where(signed > 0, signed, 0.0)
    found = []
    for k, name in enumerate(names):
        freedom, interval = _satterthwaite(inverse[k], ms, df, confidence)
        found.append(Component(name, squares[k], df[k], float(ms[k]), float(signed[k]), float(variances[k]), freedom, interval))
    rebuilt = expected @ variances
    total, within = (
        Combined(float(part.sum()), *_satterthwaite(weights.sum(axis=0), rebuilt, df, confidence))
        for part, weights in ((variances, inverse), (variances[1:], inverse[1:]))
    )
    rows = tuple(tuple(float(cell) for cell in row) for row in expected)
    return VarianceComponents(n, centre, tuple(found), total, within, rows, confidence)


def _resolved(square: float, y: FloatArray) -> float:
    """The sum of squares, or 0 where it is nothing but the rounding noise of binary numbers, or too small to have its digits."""
    noise = RESOLUTION * float(np.abs(y).max())
    return square if math.sqrt(square / y.size) > noise and square > y.size * SMALLEST else 0.0


def _sums_of_squares(y: FloatArray, levels: list[NDArray[np.int64]], counts: list[NDArray[np.int64]]) -> list[float]:
    """Sums of squares of type 1, outermost first: of the level means about the means of the level above, and of the results."""
    above, squares = np.zeros_like(y), []
    for level, count in zip(levels, counts, strict=True):
        order = np.lexsort((y, level))  # one order for one set of results: sums do not depend on the order given
        starts = np.concatenate(([0], np.cumsum(count)[:-1]))
        means = np.bincount(level[order], weights=y[order]) / count
        means = np.clip(means, y[order][starts], y[order][starts + count - 1])[level]  # the mean of equal results is that result
        squares.append(sum_of_products(means - above, means - above))
        above = means
    return [*squares, sum_of_products(y - above, y - above)]


def _expected_mean_squares(levels: list[NDArray[np.int64]], counts: list[NDArray[np.int64]], df: list[int], n: int) -> FloatArray:
    """Coefficient of each component (column) in each expected mean square (row); the last column, the error, is 1.

    Component c of a source with levels of n_c results enters the sum of squares of a source s by the difference of sum n_c^2 / (size of
    the level of s around it) and the same with the level above s.
    """
    k = len(levels)
    around = [np.zeros(n, dtype=np.int64), *levels]
    sizes = [np.array([n]), *counts]
    coefficients = np.zeros((k + 1, k + 1))
    coefficients[:, k] = 1.0
    for column, (level, count) in enumerate(zip(levels, counts, strict=True)):
        # sum over results of n_c / n_around: each result carries its level's size once
        carried = [math.fsum(count[level] / sizes[depth][around[depth]]) for depth in range(column + 2)]
        for row in range(column + 1):
            coefficients[row, column] = (carried[row + 1] - carried[row]) / df[row]
    return coefficients


def _satterthwaite(weights: FloatArray, ms: FloatArray, df: list[int], confidence: float) -> tuple[Number, Interval | NotCalculable]:
    """Degrees of freedom of sum w_k MS_k, (sum w MS)^2 / sum ((w MS)^2 / df), and the chi-squared interval of that variance."""
    parts = weights * ms
    variance = float(parts.sum())
    if not variance > 0:
        lack = NotCalculable("variance_component_zero")
        return lack, lack
    from scipy.special import chdtri

    shares = parts / float(np.abs(parts).max())  # squares of tiny variances would leave the range of numbers
    freedom = float(shares.sum()) ** 2 / float((shares * shares / np.array(df)).sum())
    tail = (1.0 - confidence) / 2.0
    smallest = float(chdtri(freedom, 1.0 - tail))
    if not smallest > freedom * variance / 1e300:  # so few degrees of freedom that the data set no upper limit
        return freedom, NotCalculable("interval_unbounded")
    return freedom, Interval(freedom * variance / float(chdtri(freedom, tail)), freedom * variance / smallest, confidence)
