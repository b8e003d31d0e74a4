"""Difference of the means of two independent groups, without assuming equal variances."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.robust import Values, as_array


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """mean(a) - mean(b) with Welch's standard error, degrees of freedom and interval, in the unit of the values."""

    difference: float
    standard_error: float
    degrees_of_freedom: Number
    interval: Interval | NotCalculable


def welch_difference(a: Values, b: Values, confidence: float = 0.95) -> MeanDifference | NotCalculable:
    """mean(a) - mean(b) with the interval of Welch, Biometrika 34 (1947) 28.

    SE^2 = s_a^2 / n_a + s_b^2 / n_b; df = SE^4 / (s_a^4 / (n_a^2 (n_a - 1)) + s_b^4 / (n_b^2 (n_b - 1))) (Satterthwaite);
    difference +- t(df) SE. Each group needs 2 values or more. Both variances 0: no interval (`scale_missing`), the difference stays.
    Example: R's data set sleep (Student 1908), extra of group 1 against group 2: -1.58, df 17.776, 95 % interval -3.3655 to 0.2055.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence between 0 and 1 is expected, not {confidence}")
    first, second = as_array(a, least=2), as_array(b, least=2)
    if isinstance(first, NotCalculable):
        return first
    if isinstance(second, NotCalculable):
        return second
    difference = float(first.mean() - second.mean())
    parts = [(float(x.var(ddof=1)) / x.size, x.size - 1) for x in (first, second)]
    variance = sum(part for part, _ in parts)
    if not (math.isfinite(difference) and math.isfinite(variance)):
        return NotCalculable("result_not_finite", {"quantity": "difference"})
    if variance == 0:
        lack = NotCalculable("scale_missing")
        return MeanDifference(difference, 0.0, lack, lack)
    from scipy.special import stdtrit

    df = 1.0 / sum((part / variance) ** 2 / freedom for part, freedom in parts)
    half = float(stdtrit(df, (1.0 + confidence) / 2.0)) * math.sqrt(variance)
    return MeanDifference(difference, math.sqrt(variance), df, Interval(difference - half, difference + half, confidence))
