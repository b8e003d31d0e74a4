"""Algorithm A of ISO 13528:2022, C.3.1: robust mean and robust standard deviation of one list of results.

The list is put in order first, so the result is the same for every order of the results. `algorithm_a_columns.py` runs the same
arithmetic over all measurands of a round at once, with the same figures to the last bit.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal, NamedTuple

import numpy as np

from lims.statistics.outcome import NotCalculable
from lims.statistics.values import RESOLUTION, FloatArray, Values, as_array, middle_of, sd_of

MADE_ISO: Final = 1.483  # text of C.2.2
ALGORITHM_A_K: Final = 1.5
ALGORITHM_A_FACTOR_ISO: Final = 1.134  # text of C.3.1, formula (C.10)
ALGORITHM_A_FACTOR_EXACT: Final = 1.133392655462487  # winsorised_factor(1.5)
MAX_ITERATIONS: Final = 5000

Stopping = Literal["convergence", "third_figure"]
State = Literal["converged", "all_equal", "collapsed", "not_converged"]


@dataclass(frozen=True, slots=True)
class AlgorithmA:
    """Robust mean x_star and robust standard deviation s_star with everything needed to repeat the run.

    state: converged; all_equal (every result the same, s_star = 0); collapsed (so many equal results that the iteration runs to
    s_star = 0); not_converged (max_iterations reached, the values are the last ones). With s_star = 0 no score can be built on it.
    """

    x_star: float
    s_star: float
    p: int
    iterations: int
    state: State
    winsorised_low: int  # results below x_star - k s_star in the last step
    winsorised_high: int
    start: Literal["made", "sd"]  # the scale the iteration began with
    k: float
    s_factor: float
    mad_factor: float
    stopping: Stopping

    @property
    def winsorised(self) -> int:
        return self.winsorised_low + self.winsorised_high

    @property
    def is_degenerate(self) -> bool:
        return self.state in ("all_equal", "collapsed")


def winsorised_factor(k: float) -> float:
    """Factor that makes the SD of a normal sample, winsorised at mean +- k SD, unbiased for the SD (exact form of 1.134).

    1 / sqrt(2 Phi(k) - 1 - 2 k phi(k) + 2 k^2 (1 - Phi(k))); k > 0, no unit. k = 1.5 gives 1.13339265546.
    """
    if not k > 0:
        raise ValueError(f"k > 0 is expected, not {k}")
    normal = NormalDist()
    inside = 1.0 - 2.0 * normal.cdf(-k)
    return 1.0 / math.sqrt(inside - 2.0 * k * normal.pdf(k) + 2.0 * k * k * normal.cdf(-k))


@np.errstate(over="ignore")
def algorithm_a(
    x: Values,
    *,
    k: float = ALGORITHM_A_K,
    s_factor: float = ALGORITHM_A_FACTOR_ISO,
    mad_factor: float = MADE_ISO,
    stopping: Stopping = "convergence",
    tolerance: float = 1e-10,
    max_iterations: int = MAX_ITERATIONS,
) -> AlgorithmA | NotCalculable:
    """Robust mean and standard deviation by Algorithm A with iterated scale (C.3.1, formulae C.5 to C.10); p >= 2.

    Start: x* = median(x), s* = mad_factor * MAD, or the sample SD when that is 0. Repeat: delta = k s*; pull every result into
    [x* - delta, x* + delta]; x* = mean, s* = s_factor * SD of the pulled results.
    The standard leaves the end of the iteration open. "convergence" (default): both changes are at most tolerance * s*, so the result does
    not depend on unit or origin. "third_figure": the third significant figures of x* and s* no longer change; depends on both.
    s_factor: 1.134 is the text, `ALGORITHM_A_FACTOR_EXACT` the unrounded value (0.05 to 0.2 % in s*).
    Edge cases: see `AlgorithmA.state`. Example: Table E.5, atrazine, p = 34: x* = 0.2570, s* = 0.0395.
    """
    array = as_array(x, least=2)
    if isinstance(array, NotCalculable):
        return array
    if not (k > 0 and s_factor > 0 and mad_factor > 0 and tolerance > 0 and max_iterations > 0):
        raise ValueError("k, the factors, the tolerance and the number of iterations must be positive")
    array = np.sort(array)
    centre = middle_of(array)
    scale = mad_factor * middle_of(np.sort(np.abs(array - centre)))
    start: Literal["made", "sd"] = "made" if scale > RESOLUTION * abs(centre) else "sd"
    scale = scale if start == "made" else sd_of(array)
    if not math.isfinite(scale + float(array[-1]) - float(array[0])):
        return NotCalculable("result_not_finite", {"quantity": "s_star"})
    run = _Run(centre, 0.0, 0, "all_equal", 0, 0)
    if scale > RESOLUTION * abs(centre):
        run = _iterate(array, centre, scale, k, s_factor, stopping, tolerance, max_iterations)
    return AlgorithmA(
        run.x_star, run.s_star, int(array.size), run.iterations, run.state, run.low, run.high, start, k, s_factor, mad_factor, stopping
    )


class _Run(NamedTuple):
    x_star: float
    s_star: float
    iterations: int
    state: State
    low: int
    high: int


def _iterate(
    array: FloatArray, centre: float, scale: float, k: float, s_factor: float, stopping: Stopping, tolerance: float, max_iterations: int
) -> _Run:
    """Run the iteration on the sorted (x - centre) / scale: each step needs two binary searches and the running sums, not the data.

    A spread is noise below the resolution of the median, or of the nearest other result: however far away an outlier lies, the results in
    the middle keep their digits.
    """
    p = int(array.size)
    scaled = (array - centre) / scale
    sums, squares = (running.tolist() for running in (_frommiddle_of(scaled), _frommiddle_of(scaled * scaled)))
    ordered: list[float] = scaled.tolist()
    nearest = min(abs(value) for value in ordered if value)  # the nearest result that is not the median itself
    floor = RESOLUTION * max(abs(centre) / scale, nearest)
    location, spread = 0.0, 1.0
    for step in range(1, max_iterations + 1):
        lower, upper = location - k * spread, location + k * spread
        low, kept = bisect_left(ordered, lower), bisect_right(ordered, upper)
        high = p - kept
        total = low * lower + high * upper + (sums[kept] - sums[low])
        square = low * lower * lower + high * upper * upper + (squares[kept] - squares[low])
        before, change = (location, spread), abs(total / p - location)
        location = total / p
        new_spread = s_factor * math.sqrt(max(square - total * location, 0.0) / (p - 1))
        change, spread = max(change, abs(new_spread - spread)), new_spread
        if spread <= floor:
            return _Run(centre, 0.0, step, "collapsed", 0, 0)
        after = (centre + scale * location, scale * spread)
        if stopping == "convergence":
            is_over = change <= tolerance * spread
        else:
            is_over = _third_figures(after) == _third_figures((centre + scale * before[0], scale * before[1]))
        if is_over:
            return _Run(*after, step, "converged", low, high)
    return _Run(centre + scale * location, scale * spread, max_iterations, "not_converged", low, high)


def _frommiddle_of(values: FloatArray) -> FloatArray:
    """Running sums that start in the middle, so that a distant outlier cannot drown the sums of the results it does not belong to."""
    middle = int(values.size) // 2
    left = np.cumsum(values[:middle][::-1])[::-1]
    return np.concatenate([-left, [0.0], np.cumsum(values[middle:])])


def _third_figures(pair: tuple[float, float]) -> tuple[str, str]:
    return f"{pair[0]:.2e}", f"{pair[1]:.2e}"
