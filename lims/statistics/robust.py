"""Robust location and scale of one list of results: median, MADe, quartiles, nIQR, Algorithm A, and the rules for two and three results.

All functions take a one-dimensional sequence of p finite numbers in one unit; locations and scales come back in that unit. Order does not
matter. An empty or too short list, or a value that is nan or infinite, gives a `NotCalculable`. Censored values ("< 5") must be taken out,
or replaced by a recorded policy, before they come here. Clauses: ISO 13528:2022, Annex C unless named otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lims.statistics.algorithm_a import (
    ALGORITHM_A_FACTOR_EXACT,
    ALGORITHM_A_FACTOR_ISO,
    ALGORITHM_A_K,
    MADE_ISO,
    AlgorithmA,
    State,
    Stopping,
    algorithm_a,
    winsorised_factor,
)
from lims.statistics.outcome import Input, NotCalculable, Number, finite, known
from lims.statistics.values import FloatArray, Values, as_array, mean_of, sd_of

__all__ = [
    "ALGORITHM_A_FACTOR_EXACT",
    "ALGORITHM_A_FACTOR_ISO",
    "ALGORITHM_A_K",
    "MADE_EXACT",
    "MADE_ISO",
    "NIQR_FACTOR",
    "AlgorithmA",
    "FloatArray",
    "QuartileRule",
    "Quartiles",
    "State",
    "Stopping",
    "Values",
    "algorithm_a",
    "as_array",
    "mad",
    "made",
    "mean",
    "median",
    "niqr",
    "quartiles",
    "robust_cv_percent",
    "small_sample_sd",
    "standard_deviation",
    "winsorised_factor",
]

MADE_EXACT: Final = 1.482602218505602  # 1 / Phi^-1(0.75)
NIQR_FACTOR: Final = 0.7413  # text of C.2.3; 1 / (2 Phi^-1(0.75)) to four figures
THREE_RESULTS_FACTOR_ISO: Final = 0.798  # text of D.1.4.2; sqrt(2 / pi) to three figures

QuartileRule = Literal[6, 7, 8]


@dataclass(frozen=True, slots=True)
class Quartiles:
    """Lower and upper quartile under the named rule (Hyndman and Fan type 6, 7 or 8)."""

    q1: float
    q3: float
    rule: QuartileRule

    @property
    def iqr(self) -> float:
        return self.q3 - self.q1


def mean(x: Values) -> Number:
    """Arithmetic mean, sum(x_i) / p. Example: ISO 13528:2022 E.12, allergen B, p = 29: 7.66."""
    array = as_array(x)
    return array if isinstance(array, NotCalculable) else finite(mean_of(array), "mean")


def standard_deviation(x: Values) -> Number:
    """Sample standard deviation, sqrt(sum((x_i - mean)^2) / (p - 1)); p >= 2. Example: E.12, allergen B: 2.90."""
    array = as_array(x, least=2)
    return array if isinstance(array, NotCalculable) else finite(sd_of(array), "standard_deviation")


@np.errstate(over="ignore")
def median(x: Values) -> Number:
    """Median (C.2.1): the middle value, or the mean of the two middle ones. Example: Table E.5, atrazine, p = 34: 0.2620."""
    array = as_array(x)
    return array if isinstance(array, NotCalculable) else finite(float(np.median(array)), "median")


@np.errstate(over="ignore")
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


@np.errstate(over="ignore")
def quartiles(x: Values, rule: QuartileRule = 7) -> Quartiles | NotCalculable:
    """Quartiles by linear interpolation between the ordered results.

    rule 7: position 1 + (p - 1) q (Excel QUARTILE.INC, numpy "linear"), reproduces ISO 13528:2022 Table E.5.
    rule 6: position (p + 1) q (Minitab, SPSS, Excel QUARTILE.EXC), clipped to the smallest and largest result.
    rule 8: position (p + 1/3) q + 1/3, clipped likewise: median-unbiased whatever the distribution, the one that Hyndman and Fan recommend.
    C.2.3 leaves the choice open, and it can change a verdict: of 4.0 4.5 4.7 4.9 5.0 5.0 5.3 5.7 6.2 the quartiles are
    4.7 and 5.3 under rule 7, 4.6 and 5.5 under rule 6. Hyndman and Fan, The American Statistician 50 (1996) 361.
    """
    methods: dict[int, Literal["weibull", "linear", "median_unbiased"]] = {6: "weibull", 7: "linear", 8: "median_unbiased"}
    if rule not in methods:
        raise ValueError(f"quartile rule 6, 7 or 8 is expected, not {rule}")
    array = as_array(x)
    if isinstance(array, NotCalculable):
        return array
    q1, q3 = np.quantile(array, [0.25, 0.75], method=methods[rule])
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


@np.errstate(over="ignore")
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
        return finite(math.fsum(np.abs(array - np.median(array)) / (factor * 3)), "standard_deviation")
    return NotCalculable("small_number_rule_absent", {"n": int(array.size)})


def _mad(array: FloatArray) -> float:
    return float(np.median(np.abs(array - np.median(array))))
