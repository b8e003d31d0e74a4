"""A straight line through points whose two standard uncertainties are each known: maximum likelihood functional relationship.

Ripley and Thompson, Analyst 112 (1987) 377; York et al., Am. J. Phys. 72 (2004) 367.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.lines import Estimate, as_pairs
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.robust import FloatArray, Values

Points = Literal["observed", "adjusted"]
DIRECTIONS: Final = 2000  # directions of the line that are tried before the best one is refined


@dataclass(frozen=True, slots=True)
class FunctionalRelationship:
    """y = intercept + slope x with standard errors from the known uncertainties and normal intervals.

    chi2 is the weighted sum of squared residuals with df = n - 2; a small p says that the line, or the stated uncertainties, do not fit.
    """

    n: int
    intercept: Estimate
    slope: Estimate
    chi2: float
    df: int
    p: Number
    points: Points
    confidence: float


def functional_relationship(
    x: Values, y: Values, s_x: Values, s_y: Values, points: Points = "observed", confidence: float = 0.95
) -> FunctionalRelationship | NotCalculable:
    """The line that minimises sum w_i (y_i - a - b x_i)^2 with w_i = 1 / (s_y,i^2 + b^2 s_x,i^2); n >= 3 points, not all x equal.

    s_x, s_y: standard uncertainties (not expanded) of each point, 0 allowed, but not both 0 at one point (`uncertainties_zero`). The
    minimum is searched over all directions first, so that a second, local one is not taken, then refined to full precision.
    SE(b)^2 = 1 / sum w (x - mean_w)^2, SE(a)^2 = 1 / sum w + mean_w^2 SE(b)^2; the papers differ in the x used here: "observed" (default)
    the measured ones, "adjusted" (York) the estimated true ones.
    Example (1987, arsenate by two methods, n = 30): intercept 0.1064, slope 0.973.
    """
    quantile = normal_quantile(confidence)
    if points not in ("observed", "adjusted"):
        raise ValueError(f"points observed or adjusted are expected, not {points}")
    given = _checked(x, y, s_x, s_y)
    if isinstance(given, NotCalculable):
        return given
    slope = _best_slope(*given)
    if slope is None:
        return NotCalculable("slope_undefined")
    x_, y_, s_x_, s_y_ = given
    w = 1.0 / (s_y_**2 + (slope * s_x_) ** 2)
    intercept = math.fsum(w * (y_ - slope * x_)) / math.fsum(w)
    residual = y_ - intercept - slope * x_
    used = x_ if points == "observed" else x_ + w * slope * s_x_**2 * residual
    centre = math.fsum(w * used) / math.fsum(w)
    slope_error = 1.0 / math.sqrt(math.fsum(w * (used - centre) ** 2))
    error = math.sqrt(1.0 / math.fsum(w) + (centre * slope_error) ** 2)
    chi2, df = math.fsum(w * residual**2), int(x_.size) - 2
    if not math.isfinite(intercept + slope + error + chi2):
        return NotCalculable("result_not_finite", {"quantity": "slope"})
    from scipy.special import chdtrc

    found = [Estimate(v, se, _interval(v, se, quantile, confidence)) for v, se in ((intercept, error), (slope, slope_error))]
    return FunctionalRelationship(df + 2, found[0], found[1], chi2, df, float(chdtrc(df, chi2)), points, confidence)


def _checked(x: Values, y: Values, s_x: Values, s_y: Values) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray] | NotCalculable:
    pairs, errors = as_pairs(x, y, least=3), as_pairs(s_x, s_y, least=3)
    if isinstance(pairs, NotCalculable):
        return pairs
    if isinstance(errors, NotCalculable):
        return errors
    if pairs[0].size != errors[0].size:
        raise ValueError(f"an uncertainty is expected for each of {pairs[0].size} points, not {errors[0].size}")
    if (errors[0] < 0).any() or (errors[1] < 0).any():
        return NotCalculable("uncertainty_negative")
    if ((errors[0] == 0) & (errors[1] == 0)).any():
        return NotCalculable("uncertainties_zero")
    if (pairs[0] == pairs[0][0]).all():
        return NotCalculable("x_constant")
    order = np.lexsort((errors[1], errors[0], pairs[1], pairs[0]))
    return pairs[0][order], pairs[1][order], errors[0][order], errors[1][order]


def _cost(slopes: FloatArray, given: tuple[FloatArray, FloatArray, FloatArray, FloatArray]) -> tuple[FloatArray, FloatArray]:
    """The least sum for each slope, and half its derivative there; nan where a point would have an infinite weight."""
    x, y, s_x, s_y = given
    b = slopes[:, None]
    with np.errstate(all="ignore"):
        w = 1.0 / (s_y**2 + (b * s_x) ** 2)
        residual = y - b * x
        residual = residual - (w * residual).sum(axis=1, keepdims=True) / w.sum(axis=1, keepdims=True)
        return (w * residual**2).sum(axis=1), -(w * residual * x).sum(axis=1) - slopes * (w * w * s_x**2 * residual**2).sum(axis=1)


def _best_slope(*given: FloatArray) -> float | None:
    """The slope of the global minimum; None when the best line is vertical or there is none."""
    from scipy.optimize import brentq

    x, y, s_x, s_y = given
    spread = float(np.ptp(y)) / float(np.ptp(x)) or float(s_y.max()) / float(np.ptp(x)) or 1.0
    angles = (np.arange(DIRECTIONS) + 0.5) * (math.pi / DIRECTIONS) - math.pi / 2.0
    slopes = spread * np.tan(angles)
    cost = np.nan_to_num(_cost(slopes, (x, y, s_x, s_y))[0], nan=np.inf)
    best = int(np.argmin(cost))
    if not math.isfinite(cost[best]) or best in (0, DIRECTIONS - 1):
        return None

    def derivative(slope: float) -> float:
        return float(_cost(np.array([slope]), (x, y, s_x, s_y))[1][0])

    low, high = float(slopes[best - 1]), float(slopes[best + 1])
    if not derivative(low) < 0 < derivative(high):
        return None
    return float(brentq(derivative, low, high, xtol=1e-300, rtol=1e-15, maxiter=500))


def _interval(value: float, standard_error: float, quantile: float, confidence: float) -> Interval:
    return Interval(value - quantile * standard_error, value + quantile * standard_error, confidence)
