"""What the methods for pairs of measurements share: lists of pairs, an estimate with its interval, and t intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.robust import FloatArray, Values, as_array


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its standard error and its two-sided interval, each a number or the reason why there is none."""

    value: Number
    standard_error: Number
    interval: Interval | NotCalculable


def as_pairs(x: Values, y: Values, least: int) -> tuple[FloatArray, FloatArray] | NotCalculable:
    """Return x and y as arrays of at least `least` finite numbers each, or the reason. Lists of unequal length are a ValueError."""
    if len(x) != len(y):
        raise ValueError(f"pairs are expected, not {len(x)} and {len(y)} values")
    first, second = as_array(x, least), as_array(y, least)
    if isinstance(first, NotCalculable):
        return first
    return second if isinstance(second, NotCalculable) else (first, second)


def sum_of_products(a: FloatArray, b: FloatArray) -> float:
    """sum a_i b_i, summed without rounding errors that depend on the order; infinite when it leaves the range of numbers."""
    with np.errstate(over="ignore"):
        products = a * b
    try:
        return math.fsum(products)
    except (OverflowError, ValueError):  # two infinities of different sign
        return math.inf


def mean_of(values: FloatArray) -> float:
    """The mean of one or more values, summed without rounding errors that depend on the order; of equal values exactly that value."""
    mean = sum_of_products(values, np.ones(values.size)) / int(values.size)
    return min(max(mean, float(values.min())), float(values.max())) if math.isfinite(mean) else mean


def t_quantile(df: float, confidence: float) -> float:
    """Two-sided quantile of Student's t, df > 0. Example: 10 degrees of freedom and 0.95 give 2.2281."""
    normal_quantile(confidence)  # refuses a confidence that is none
    from scipy.special import stdtrit

    return float(stdtrit(df, (1.0 + confidence) / 2.0))


def t_interval(value: float, standard_error: float, df: float, confidence: float) -> Interval | NotCalculable:
    """value +- t(df) standard_error."""
    if df <= 0:
        return NotCalculable("no_degrees_of_freedom")
    half = t_quantile(df, confidence) * standard_error
    if not math.isfinite(value - half) or not math.isfinite(value + half):
        return NotCalculable("result_not_finite", {"quantity": "interval"})
    return Interval(value - half, value + half, confidence)
