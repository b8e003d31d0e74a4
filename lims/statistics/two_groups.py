"""Difference of the means of two independent groups without assuming equal variances, and of two laboratories on the same items."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lims.statistics.intervals import Interval, checked_confidence
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.values import FloatArray, Values, as_array, mean_of, resolved, sd_of


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """mean(a) - mean(b) with Welch's standard error, degrees of freedom and interval, in the unit of the values."""

    difference: float
    standard_error: float
    degrees_of_freedom: Number
    interval: Interval | NotCalculable


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Mean of the differences a_i - b_i with Student's interval, in the unit of the values; sd is that of the differences."""

    n: int
    difference: float
    sd: float
    standard_error: float
    degrees_of_freedom: Number
    interval: Interval | NotCalculable


def paired_difference(
    a: Values, b: Values, confidence: float = 0.95, sources: Sequence[FloatArray] = ()
) -> PairedDifference | NotCalculable:
    """Mean of d_i = a_i - b_i with mean +- t(n - 1) SD(d) / sqrt(n): the bias between two laboratories that measured the same n items.

    n >= 2; the interval is wide at small n (n = 2: t = 12.7, n = 5: 2.78) and that is the honest answer. The items should lie in a range
    where the difference does not depend on the level; otherwise take logarithms, or Bland-Altman's plot. All differences equal: no interval
    (`scale_missing`), the difference stays; equal means up to the resolution of a, b and the sources they were computed from. Lists of
    unequal length: ValueError.
    Example: R's data set sleep (Student 1908), group 1 against 2: -1.58, SD 1.2300, df 9, 95 % interval -2.4599 to -0.7001.
    """
    if len(a) != len(b):
        raise ValueError(f"pairs are expected, not {len(a)} and {len(b)} results")
    checked_confidence(confidence)
    first, second = as_array(a, least=2), as_array(b, least=2)
    if isinstance(first, NotCalculable):
        return first
    if isinstance(second, NotCalculable):
        return second
    d = first - second
    mean, sd = mean_of(d), resolved(sd_of(d), first, second, *sources)
    if not (math.isfinite(mean) and math.isfinite(sd)):
        return NotCalculable("result_not_finite", {"quantity": "difference"})
    if sd == 0:
        lack = NotCalculable("scale_missing")
        return PairedDifference(int(d.size), mean, 0.0, 0.0, lack, lack)
    from scipy.special import stdtrit

    se, df = sd / math.sqrt(d.size), float(d.size - 1)
    half = float(stdtrit(df, (1.0 + confidence) / 2.0)) * se
    return PairedDifference(int(d.size), mean, sd, se, df, Interval(mean - half, mean + half, confidence))


def welch_difference(a: Values, b: Values, confidence: float = 0.95, sources: Sequence[FloatArray] = ()) -> MeanDifference | NotCalculable:
    """mean(a) - mean(b) with the interval of Welch, Biometrika 34 (1947) 28.

    SE^2 = s_a^2 / n_a + s_b^2 / n_b; df = SE^4 / (s_a^4 / (n_a^2 (n_a - 1)) + s_b^4 / (n_b^2 (n_b - 1))) (Satterthwaite);
    difference +- t(df) SE. Each group needs 2 values or more. Both variances 0, up to the resolution of a, b and the sources
    they were computed from: no interval (`scale_missing`), the difference stays.
    Example: R's data set sleep (Student 1908), extra of group 1 against group 2: -1.58, df 17.776, 95 % interval -3.3655 to 0.2055.
    """
    checked_confidence(confidence)
    first, second = as_array(a, least=2), as_array(b, least=2)
    if isinstance(first, NotCalculable):
        return first
    if isinstance(second, NotCalculable):
        return second
    difference = mean_of(first) - mean_of(second)
    parts = [(resolved(sd_of(x), x, *sources) ** 2 / x.size, x.size - 1) for x in (first, second)]
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
