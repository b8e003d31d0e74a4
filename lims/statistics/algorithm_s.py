"""Algorithm S of ISO 13528:2022, C.4: a pooled standard deviation (or range) of many laboratories that outlying ones cannot inflate.

w_1 ... w_p are the standard deviations, each with nu degrees of freedom, or the ranges of two results (nu = 1), all in one unit and >= 0.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lims.statistics.outcome import NotCalculable, finite
from lims.statistics.values import RESOLUTION, FloatArray, Values, as_array, middle_of

SHARE_ABOVE: Final = 0.1  # the limiter eta cuts off the largest tenth of normal data
TABLE_DECIMALS: Final = 3  # Table C.1 prints eta and xi with three decimals

State = Literal["converged", "all_zero", "collapsed", "not_converged"]


@dataclass(frozen=True, slots=True)
class AlgorithmS:
    """Robust pooled value w_star with everything needed to repeat the run.

    s_r is the repeatability standard deviation: w_star itself, or w_star / sqrt(2) when ranges of two were pooled. state: converged;
    all_zero; collapsed (so many zeros that the iteration runs to 0); not_converged (max_iterations reached).
    """

    w_star: float
    s_r: float
    p: int
    nu: int
    is_range: bool
    eta: float
    xi: float
    iterations: int
    limited: int  # values above eta w_star in the last step
    state: State


def algorithm_s_factors(nu: int, decimals: int | None = None) -> tuple[float, float]:
    """Limiter eta and adjustment xi for nu >= 1 degrees of freedom (C.4, Table C.1).

    eta^2 = chi2_0.9(nu) / nu; xi = 1 / sqrt(P(chi2(nu + 2) <= nu eta^2) + 0.1 eta^2). decimals = 3 rounds as the table
    prints them (compared with it for nu = 1 and 3), None leaves them. Example: nu = 1: 1.645 and 1.097, unrounded 1.64485 and 1.09680.
    """
    from scipy.special import chdtr, chdtri

    if nu < 1:
        raise ValueError(f"one degree of freedom or more is expected, not {nu}")
    square = float(chdtri(nu, SHARE_ABOVE)) / nu
    eta, xi = math.sqrt(square), 1.0 / math.sqrt(float(chdtr(nu + 2, nu * square)) + SHARE_ABOVE * square)
    return (eta, xi) if decimals is None else (round(eta, decimals), round(xi, decimals))


def algorithm_s(
    w: Values,
    nu: int,
    *,
    is_range: bool = False,
    eta: float | None = None,
    xi: float | None = None,
    tolerance: float = 1e-12,
    max_iterations: int = 5000,
) -> AlgorithmS | NotCalculable:
    """Robust pooled standard deviation (or range) w* (C.4, formulae C.12 to C.15); p >= 1.

    Start: w* = median(w), or the root mean square when that is 0. Repeat: pull every w above eta w* down to it; w* = xi times the root mean
    square of the pulled values, until the change is at most tolerance * w* (the standard leaves the end open). eta, xi default to
    the printed three decimals of Table C.1; pass `algorithm_s_factors(nu)` for the unrounded ones (0.03 % in w*).
    Ranges need nu = 1 and give s_r = w* / sqrt(2). Example: ISO 13528:2022 E.13, 25 standard deviations with nu = 3: w* = 0.34.
    """
    if nu < 1:
        return NotCalculable("too_few_values", {"n": nu, "least": 1})
    table = algorithm_s_factors(nu, TABLE_DECIMALS)
    if is_range and nu != 1:
        raise ValueError(f"a range of two results has one degree of freedom, not {nu}")
    eta, xi = table[0] if eta is None else eta, table[1] if xi is None else xi
    if not (eta > 0 and xi > 0 and tolerance > 0 and max_iterations > 0):
        raise ValueError("eta, xi, the tolerance and the number of iterations must be positive")
    array = as_array(w)
    if isinstance(array, NotCalculable):
        return array
    ordered = np.sort(array)
    if ordered[0] < 0:
        return NotCalculable("scale_negative", {"value": float(ordered[0])})
    w_star, iterations, limited, state = _iterate(ordered, eta, xi, tolerance, max_iterations)
    if isinstance(lack := finite(w_star, "w_star"), NotCalculable):
        return lack
    s_r = w_star / math.sqrt(2.0) if is_range else w_star
    return AlgorithmS(w_star, s_r, int(ordered.size), nu, is_range, eta, xi, iterations, limited, state)


def _iterate(ordered: FloatArray, eta: float, xi: float, tolerance: float, max_iterations: int) -> tuple[float, int, int, State]:
    largest = float(ordered[-1])
    if largest == 0.0:
        return 0.0, 0, 0, "all_zero"
    p, scaled = int(ordered.size), ordered / largest
    values: list[float] = scaled.tolist()
    squares = [0.0, *np.cumsum(scaled * scaled).tolist()]
    pooled = middle_of(scaled) or math.sqrt(squares[p] / p)
    for step in range(1, max_iterations + 1):
        limit = eta * pooled
        kept = bisect_right(values, limit)
        before, pooled = pooled, xi * math.sqrt((squares[kept] + (p - kept) * limit * limit) / p)
        if pooled <= RESOLUTION:
            return 0.0, step, 0, "collapsed"
        if abs(pooled - before) <= tolerance * pooled:
            return largest * pooled, step, p - kept, "converged"
    return largest * pooled, max_iterations, p - kept, "not_converged"
