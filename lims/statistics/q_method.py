"""Q method: a robust reproducibility standard deviation from the differences between laboratories (ISO 13528:2022, C.5.2.2).

Mueller and Uhlig, Biometrika 88 (2001) 353. Needs no location, withstands up to half of the laboratories being wrong, and takes single
results as well as replicates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np

from lims.statistics.differences import decimals_to_merge, pair_differences, shifted, unshifted
from lims.statistics.outcome import NotCalculable, finite
from lims.statistics.values import FloatArray, Values, as_array


@dataclass(frozen=True, slots=True)
class QMethod:
    """Robust standard deviation s_star of p laboratories with n results in all.

    share_equal is H(0), the share of pairs of laboratories without any difference. decimals says where differences were merged.
    state all_equal: no two laboratories differ, s_star = 0, and no score can be built on it.
    """

    s_star: float
    p: int
    n: int
    share_equal: float
    decimals: int
    state: Literal["calculated", "all_equal"]


class _Crossing(NamedTuple):
    """The quartile of the differences, in multiples of 10^-decimals."""

    quantile: float
    share_equal: float


def q_method(x: Values, *, decimals: int | None = None) -> QMethod | NotCalculable:
    """s* = G^-1(0.25 + 0.75 H(0)) / (sqrt(2) Phi^-1(0.625 + 0.375 H(0))) of p >= 2 single results.

    H(d) is the share of pairs with |x_j - x_i| <= d; G(0) = 0, G in the middle of each step of H, straight between those points.
    decimals: differences that agree to so many decimals are one step of H (the decimal resolution of the results, or finer); default 14
    figures of a result of middle size, recorded in the result. Without merging, equal decimal differences fall apart in binary numbers and
    s* is wrong by some per cent (trap: the 25 averages of E.13 give 0.4178 instead of 0.3969).
    Edge: all equal gives 0 (state all_equal). Example: ISO 13528:2022 Table E.5, atrazine, p = 34: 0.0426.
    """
    array = as_array(x, least=2)
    if isinstance(array, NotCalculable):
        return array
    ordered = np.sort(array)
    places = decimals_to_merge(ordered) if decimals is None else decimals
    if not math.isfinite(float(ordered[-1]) - float(ordered[0])):
        return NotCalculable("result_not_finite", {"quantity": "s_star"})
    return _result(_selected(pair_differences(ordered, places)), int(ordered.size), int(ordered.size), places)


def q_method_replicates(groups: Sequence[Values], *, decimals: int | None = None) -> QMethod | NotCalculable:
    """The Q method of p >= 2 laboratories with n_i >= 1 replicates each, numbers may differ (C.5.2.2 with n_i > 1).

    H(d) weighs each pair of results of laboratories i < j with 1 / (n_i n_j), so that every pair of laboratories counts the same;
    differences inside a laboratory do not count. s* is a reproducibility standard deviation. A laboratory without result is left out.
    Example: two results of each laboratory equal to its single result give the s* of the single results.
    """
    arrays = [as_array(group) for group in groups if len(group) > 0]
    lack = next((array for array in arrays if isinstance(array, NotCalculable)), None)
    if lack is not None or len(arrays) < 2:
        return lack or NotCalculable("too_few_values", {"n": len(arrays), "least": 2})
    laboratories = sorted((np.sort(array) for array in arrays if not isinstance(array, NotCalculable)), key=lambda array: array.tolist())
    everything = np.sort(np.concatenate(laboratories))
    places = decimals_to_merge(everything) if decimals is None else decimals
    if not math.isfinite(float(everything[-1]) - float(everything[0])):
        return NotCalculable("result_not_finite", {"quantity": "s_star"})
    found, weights = _between(laboratories, places)
    order = np.argsort(found, kind="stable")
    return _result(_weighted(found[order], weights[order]), len(laboratories), int(everything.size), places)


def _between(laboratories: list[FloatArray], decimals: int) -> tuple[FloatArray, FloatArray]:
    """All differences between results of different laboratories and the weight of each."""
    values = np.concatenate(laboratories)
    weights = np.concatenate([np.full(array.size, 1.0 / array.size) for array in laboratories])
    differences, shares, start = [], [], 0
    for array in laboratories:
        end = start + int(array.size)
        differences.append(np.abs(values[None, end:] - array[:, None]).ravel())
        shares.append(np.tile(weights[end:] / array.size, int(array.size)))
        start = end
    return np.rint(shifted(np.concatenate(differences), decimals)), np.concatenate(shares)


def _selected(found: FloatArray) -> _Crossing:
    """Where G reaches 0.25 + 0.75 H(0), from differences in any order, by selection: heights are counts of pairs."""
    whole, equal = int(found.size), int(np.count_nonzero(found == 0.0))
    if equal == whole:
        return _Crossing(0.0, 1.0)
    wanted = (whole + 3 * equal) / 4.0
    rank = max(math.ceil(wanted), equal + 1)
    found.partition(rank - 1)
    value, rest = float(found[rank - 1]), found[rank:]
    smaller = found[: rank - 1][found[: rank - 1] < value]
    at_value = rank + int(np.count_nonzero(rest == value))  # H as a count
    steps = [(value, int(smaller.size), at_value)]
    if smaller.size + at_value < 2 * wanted:  # G reaches it one step later
        larger = rest[rest > value]
        steps.append((float(larger.min()), at_value, at_value + int(np.count_nonzero(larger == larger.min()))))
    elif smaller.size > equal:
        before = float(smaller.max())
        steps.insert(0, (before, int(np.count_nonzero(smaller < before)), int(smaller.size)))
    return _between_steps(steps, wanted, equal / whole)


def _weighted(found: FloatArray, weights: FloatArray) -> _Crossing:
    """The same from ascending differences with weights: heights are sums of weights."""
    heights = np.concatenate([[0.0], np.cumsum(weights)])
    whole, equal = float(heights[-1]), float(heights[found.searchsorted(0.0, "right")])
    if float(found[-1]) == 0.0:
        return _Crossing(0.0, 1.0)
    wanted = 0.25 * whole + 0.75 * equal
    ends = np.flatnonzero(np.concatenate([found[1:] > found[:-1], [True]]))
    ends = ends[found[ends] > 0.0]
    tops = heights[ends + 1]
    bottoms = np.concatenate([[equal], tops[:-1]])
    first = min(int(np.searchsorted((tops + bottoms) / 2.0, wanted)), int(ends.size) - 1)
    chosen = range(max(first - 1, 0), first + 1)
    return _between_steps([(float(found[ends[n]]), float(bottoms[n]), float(tops[n])) for n in chosen], wanted, equal / whole)


def _between_steps(steps: Sequence[tuple[float, float, float]], wanted: float, share_equal: float) -> _Crossing:
    """Straight from the point of G before to the point at the last step; a step is (difference, H below it, H at it), G their mean."""
    value, bottom, top = steps[-1]
    before, lower = (steps[0][0], (steps[0][1] + steps[0][2]) / 2.0) if len(steps) > 1 else (0.0, 0.0)
    upper = (bottom + top) / 2.0
    return _Crossing(before + (value - before) * (wanted - lower) / (upper - lower), share_equal)


def _result(crossing: _Crossing, p: int, n: int, decimals: int) -> QMethod | NotCalculable:
    if crossing.share_equal >= 1.0 or crossing.quantile == 0.0:
        return QMethod(0.0, p, n, 1.0, decimals, "all_equal")
    factor = math.sqrt(2.0) * NormalDist().inv_cdf(0.625 + 0.375 * crossing.share_equal)
    s_star = finite(unshifted(crossing.quantile, decimals) / factor, "s_star")
    return s_star if isinstance(s_star, NotCalculable) else QMethod(s_star, p, n, crossing.share_equal, decimals, "calculated")
