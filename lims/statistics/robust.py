"""Robust location and scale of one list of results: median, MADe, quartiles, nIQR, Algorithm A, and the rules for two and three results.

All functions take a one-dimensional sequence of p finite numbers in one unit; locations and scales come back in that unit. Order does not
matter. An empty or too short list, or a value that is nan or infinite, gives a `NotCalculable`. Censored values ("< 5") must be taken out,
or replaced by a recorded policy, before they come here. Clauses: ISO 13528:2022, Annex C unless named otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lims.statistics.outcome import Input, NotCalculable, Number, finite, known

FloatArray = NDArray[np.float64]
Values = Sequence[float] | FloatArray

MADE_EXACT: Final = 1.482602218505602  # 1 / Phi^-1(0.75)
MADE_ISO: Final = 1.483  # text of C.2.2
NIQR_FACTOR: Final = 0.7413  # text of C.2.3; 1 / (2 Phi^-1(0.75)) to four figures
ALGORITHM_A_K: Final = 1.5
ALGORITHM_A_FACTOR_ISO: Final = 1.134  # text of C.3.1, formula (C.10)
ALGORITHM_A_FACTOR_EXACT: Final = 1.133392655462487  # winsorised_factor(1.5)
THREE_RESULTS_FACTOR_ISO: Final = 0.798  # text of D.1.4.2; sqrt(2 / pi) to three figures
RESOLUTION: Final = 2e-15  # a scale below this part of the largest result is rounding noise of binary numbers: 0

QuartileRule = Literal[6, 7]
Stopping = Literal["convergence", "third_figure"]
State = Literal["converged", "all_equal", "collapsed", "not_converged"]


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower and upper quartile under the named rule (Hyndman and Fan type 6 or 7)."""

    q1: float
    q3: float
    rule: QuartileRule

    @property
    def iqr(self) -> float:
        return self.q3 - self.q1


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


def as_array(x: Values, least: int = 1) -> FloatArray | NotCalculable:
    """Return x as a one-dimensional array of at least `least` finite numbers, or the reason."""
    array = np.asarray(x, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"a one-dimensional list of results is expected, not {array.ndim} dimensions")
    if array.size < least:
        return NotCalculable("too_few_values", {"n": int(array.size), "least": least})
    if not np.isfinite(array).all():
        return NotCalculable("value_not_finite", {"quantity": "reported_value"})
    return array


def mean(x: Values) -> Number:
    """Arithmetic mean, sum(x_i) / p. Example: ISO 13528:2022 E.12, allergen B, p = 29: 7.66."""
    array = as_array(x)
    return array if isinstance(array, NotCalculable) else finite(float(array.mean()), "mean")


def standard_deviation(x: Values) -> Number:
    """Sample standard deviation, sqrt(sum((x_i - mean)^2) / (p - 1)); p >= 2. Example: E.12, allergen B: 2.90."""
    array = as_array(x, least=2)
    return array if isinstance(array, NotCalculable) else finite(_sd(array), "standard_deviation")


def median(x: Values) -> Number:
    """Median (C.2.1): the middle value, or the mean of the two middle ones. Example: Table E.5, atrazine, p = 34: 0.2620."""
    array = as_array(x)
    return array if isinstance(array, NotCalculable) else finite(float(np.median(array)), "median")


def mad(x: Values) -> Number:
    """Raw median absolute deviation, median |x_i - median(x)| (C.2.2 without its factor). 0 when half of the results or more are equal."""
    array = as_array(x)
    return array if isinstance(array, NotCalculable) else finite(_mad(array), "mad")


def made(x: Values, factor: float = MADE_EXACT) -> Number:
    """Scaled median absolute deviation MADe = factor * MAD (C.2.2).

    Default is the exact factor 1 / Phi^-1(0.75) = 1.4826; the text of the standard rounds it to 1.483 (`MADE_ISO`).
    Example: Table E.5, atrazine: 0.0386.
    """
    raw = mad(x)
    return raw if isinstance(raw, NotCalculable) else finite(factor * raw, "made")


def quartiles(x: Values, rule: QuartileRule = 7) -> Quartiles | NotCalculable:
    """Quartiles by linear interpolation between the ordered results.

    rule 7: position 1 + (p - 1) q (Excel QUARTILE.INC, numpy "linear"), reproduces ISO 13528:2022 Table E.5.
    rule 6: position (p + 1) q (Minitab, SPSS, Excel QUARTILE.EXC), clipped to the smallest and largest result.
    C.2.3 leaves the choice open, and it can change a verdict: of 4.0 4.5 4.7 4.9 5.0 5.0 5.3 5.7 6.2 the quartiles are
    4.7 and 5.3 under rule 7, 4.6 and 5.5 under rule 6. Hyndman and Fan, The American Statistician 50 (1996) 361.
    """
    if rule not in (6, 7):
        raise ValueError(f"quartile rule 6 or 7 is expected, not {rule}")
    array = as_array(x)
    if isinstance(array, NotCalculable):
        return array
    method: Literal["weibull", "linear"] = "weibull" if rule == 6 else "linear"
    q1, q3 = np.quantile(array, [0.25, 0.75], method=method)
    if not math.isfinite(q3 - q1):
        return NotCalculable("result_not_finite", {"quantity": "iqr"})
    return Quartiles(float(q1), float(q3), rule)


def niqr(x: Values, rule: QuartileRule = 7, factor: float = NIQR_FACTOR) -> Number:
    """Normalised interquartile range nIQR = 0.7413 (Q3 - Q1) (C.2.3). Example: Table E.5, atrazine: 0.0402 (rule 7)."""
    found = quartiles(x, rule)
    return found if isinstance(found, NotCalculable) else finite(factor * found.iqr, "niqr")


def robust_cv_percent(location: Input, scale: Input) -> Number:
    """Robust coefficient of variation 100 * scale / location, in percent; a location of 0 gives `location_zero`."""
    values = known(("assigned_value_missing", location), ("scale_missing", scale))
    if isinstance(values, NotCalculable):
        return values
    return NotCalculable("location_zero") if values[0] == 0 else finite(100.0 * values[1] / values[0], "robust_cv_percent")


def small_sample_sd(x: Values, factor: float = THREE_RESULTS_FACTOR_ISO) -> Number:
    """Standard deviation of two or three results (ISO 13528:2022 D.1.4.2, notes 3 and 4).

    p = 2: |x_1 - x_2| / sqrt(2). p = 3: sum |x_i - median(x)| / (0.798 p), the mean absolute deviation; the exact factor is sqrt(2 / pi).
    p = 1 and p > 3 have no such rule. Example: 1.0 and 1.2 give 0.1414.
    """
    array = as_array(x, least=2)
    if isinstance(array, NotCalculable):
        return array
    if array.size == 2:
        return finite(float(abs(array[0] - array[1])) / math.sqrt(2.0), "standard_deviation")
    if array.size == 3:
        return finite(float(np.abs(array - np.median(array)).sum()) / (factor * 3), "standard_deviation")
    return NotCalculable("small_number_rule_absent", {"n": int(array.size)})


def winsorised_factor(k: float) -> float:
    """Factor that makes the SD of a normal sample, winsorised at mean +- k SD, unbiased for the SD (exact form of 1.134).

    1 / sqrt(2 Phi(k) - 1 - 2 k phi(k) + 2 k^2 (1 - Phi(k))); k > 0, no unit. k = 1.5 gives 1.13339265546.
    """
    if not k > 0:
        raise ValueError(f"k > 0 is expected, not {k}")
    normal = NormalDist()
    inside = 1.0 - 2.0 * normal.cdf(-k)
    return 1.0 / math.sqrt(inside - 2.0 * k * normal.pdf(k) + 2.0 * k * k * normal.cdf(-k))


def algorithm_a(
    x: Values,
    *,
    k: float = ALGORITHM_A_K,
    s_factor: float = ALGORITHM_A_FACTOR_ISO,
    mad_factor: float = MADE_ISO,
    stopping: Stopping = "convergence",
    tolerance: float = 1e-10,
    max_iterations: int = 5000,
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
    centre = _middle(array)
    scale = mad_factor * _middle(np.sort(np.abs(array - centre)))
    start: Literal["made", "sd"] = "made" if scale > 0 else "sd"
    scale = scale if scale > 0 else _sd(array)
    if not math.isfinite(scale + float(array[-1]) - float(array[0])):
        return NotCalculable("result_not_finite", {"quantity": "s_star"})
    run = _Run(centre, 0.0, 0, "all_equal", 0, 0)
    if scale > RESOLUTION * max(abs(float(array[0])), abs(float(array[-1]))):
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
    """Run the iteration on the sorted (x - centre) / scale: each step needs two binary searches and the running sums, not the data."""
    p = int(array.size)
    ordered = (array - centre) / scale
    middle = p // 2
    sums, squares = _from_middle(ordered, middle), _from_middle(ordered * ordered, middle)
    floor = RESOLUTION * max(abs(float(array[0])), abs(float(array[-1]))) / scale
    location, spread = 0.0, 1.0
    for step in range(1, max_iterations + 1):
        lower, upper = location - k * spread, location + k * spread
        low, high = int(ordered.searchsorted(lower)), p - int(ordered.searchsorted(upper, "right"))
        total = low * lower + high * upper + float(sums[p - high] - sums[low])
        square = low * lower * lower + high * upper * upper + float(squares[p - high] - squares[low])
        before = (centre + scale * location, scale * spread)
        change, location = abs(total / p - location), total / p
        new_spread = s_factor * math.sqrt(max(square - total * location, 0.0) / (p - 1))
        change, spread = max(change, abs(new_spread - spread)), new_spread
        after = (centre + scale * location, scale * spread)
        if spread <= floor:
            return _Run(centre, 0.0, step, "collapsed", 0, 0)
        if change <= tolerance * spread if stopping == "convergence" else _third_figures(after) == _third_figures(before):
            return _Run(*after, step, "converged", low, high)
    return _Run(centre + scale * location, scale * spread, max_iterations, "not_converged", low, high)


def _from_middle(values: FloatArray, middle: int) -> FloatArray:
    """Running sums that start in the middle, so that a distant outlier cannot drown the sums of the results it does not belong to."""
    left = np.cumsum(values[:middle][::-1])[::-1]
    return np.concatenate([-left, [0.0], np.cumsum(values[middle:])])


def _third_figures(pair: tuple[float, float]) -> tuple[str, str]:
    return f"{pair[0]:.2e}", f"{pair[1]:.2e}"


def _sd(array: FloatArray) -> float:
    if float(array.min()) == float(array.max()):
        return 0.0  # the mean of equal numbers need not be that number in binary
    residuals = array - array.mean()
    return math.sqrt(float(residuals @ residuals) / (int(array.size) - 1))


def _middle(ordered: FloatArray) -> float:
    half = int(ordered.size) // 2
    return float(ordered[half]) if ordered.size % 2 else (float(ordered[half - 1]) + float(ordered[half])) / 2.0


def _mad(array: FloatArray) -> float:
    return float(np.median(np.abs(array - np.median(array))))
