"""Detection limit by a dose-response line on the dose itself and not on its logarithm.

P(positive) = F(a + b d), F as in `lod`, by maximum likelihood. The logarithm is the rule (`lod`), since a dilution series is even on it and
a dose is never below 0. On the dose itself the zero dose is an ordinary level and stays in. Morgan, Analysis of Quantal Response Data
(1992), 2.2; Fieller, J. R. Stat. Soc. B 16 (1954) 175.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from lims.statistics.binomial_glm import BinomialFit, Link, fit_binomial, quantile
from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.lod import Amounts, as_levels, overlap
from lims.statistics.outcome import NotCalculable, Number, finite


@dataclass(frozen=True, slots=True)
class LinearDetectionLimit:
    """The dose found with probability p, with both intervals, and the line behind it; in the unit of the dose, the slope in its inverse.

    se and cov: of intercept and slope. g = z^2 V_b / b^2: at 1 or above Fieller's set is unbounded. An end below 0 means that a limit of 0
    is not excluded by the data; it is given as it comes out.
    """

    p: float
    link: Link
    natural_response: float
    intercept: float
    slope: float
    se: tuple[float, float]
    cov: float
    deviance: float
    pearson_chi2: float
    df: int
    lod: Number
    se_lod: Number
    ci_delta: Interval | NotCalculable
    ci_fieller: Interval | NotCalculable
    g: Number
    is_extrapolated: bool


def linear_detection_limit(
    dose: Amounts, x: Amounts, n: Amounts, p: float = 0.95, link: Link = "probit", confidence: float = 0.95, natural_response: float = 0.0
) -> LinearDetectionLimit | NotCalculable:
    """LoD = (F^-1(p) - a) / b. Delta: SE^2 = (V_a + 2 m V_ab + m^2 V_b) / b^2; Fieller: all m with (Q - a - b m)^2 <= z^2 Var(a + b m).

    What is refused: see `lod.overlap`, here with the zero dose; a slope of 0 or below is `slope_not_positive`.
    Example: 1, 4, 7, 10, 10 of 10 at 0, 1, 2, 3, 4, probit: intercept -1.3700, slope 1.0714, LoD95 2.814.
    """
    lack = overlap(dose, x, n, with_zero=True)
    if lack is not None:
        return lack
    doses, hits, trials = as_levels(dose, x, n)
    unit = float(doses.max())  # the fit is one of the share of the largest dose: the unit of the dose has no part in it
    found = fit_binomial(hits, trials, np.column_stack([np.ones_like(doses), doses / unit]), link, natural=natural_response)
    if isinstance(found, NotCalculable):
        return found
    lod, se, delta, fieller, g = _limits(found, quantile(p, link), normal_quantile(confidence), confidence, unit)
    a, b = (float(value) for value in found.coefficients)
    errors = (math.sqrt(float(found.covariance[0, 0])), math.sqrt(float(found.covariance[1, 1])) / unit)
    is_outside = not isinstance(lod, NotCalculable) and not float(doses.min()) <= lod <= unit
    return LinearDetectionLimit(
        p, link, natural_response, a, b / unit, errors, float(found.covariance[0, 1]) / unit, found.deviance, found.pearson_chi2, found.df,
        lod, se, delta, fieller, g, is_outside,
    )  # fmt: skip


Limits = tuple[Number, Number, Interval | NotCalculable, Interval | NotCalculable, Number]


def _limits(found: BinomialFit, target: float, z: float, confidence: float, unit: float) -> Limits:
    """The limit, its standard error, both intervals and g; the fit is in shares of `unit`."""
    v = found.covariance
    a, b = (float(value) for value in found.coefficients)
    if b <= 1e-9 * math.sqrt(float(v[1, 1])):  # 0 but for rounding
        reason = NotCalculable("slope_not_positive")
        return reason, reason, reason, reason, reason
    m, g = (target - a) / b, z * z * float(v[1, 1]) / (b * b)
    variance = float(v[0, 0] + 2.0 * m * v[0, 1] + m * m * v[1, 1])
    se = math.sqrt(max(0.0, variance)) / b
    delta = _scaled(m - z * se, m + z * se, confidence, unit)
    fieller: Interval | NotCalculable = NotCalculable("interval_unbounded", {"g": round(g, 4)})
    if g < 1.0:
        ratio = float(v[0, 1] / v[1, 1])
        centre = m + g / (1.0 - g) * (m + ratio)
        half = z / (b * (1.0 - g)) * math.sqrt(max(0.0, variance - g * float(v[0, 0] - ratio * v[0, 1])))
        fieller = _scaled(centre - half, centre + half, confidence, unit)
    return finite(m * unit, "lod"), finite(se * unit, "lod"), delta, fieller, g


def _scaled(lower: float, upper: float, confidence: float, unit: float) -> Interval | NotCalculable:
    low, high = finite(lower * unit, "lod"), finite(upper * unit, "lod")
    if isinstance(low, NotCalculable):
        return low
    return high if isinstance(high, NotCalculable) else Interval(low, high, confidence)
