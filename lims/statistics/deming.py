"""Deming regression: a straight line through pairs when both measurements have errors.

Linnet, Stat. Med. 9 (1990) 1463 (weighted); Clin. Chem. 39 (1993) 424 (jackknife); CLSI EP09. x is the comparison, y the test
measurement, in one unit; n pairs. error_ratio is lambda = var(error of x) / var(error of y), stated because others define the inverse.
The slope does not depend on which of two inverse conventions is used, only on getting the right one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lims.statistics.intervals import normal_quantile
from lims.statistics.lines import Estimate, as_pairs, mean_of, sum_of_products, t_interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.robust import FloatArray, Values

Errors = Literal["analytical", "jackknife"]
Lines = tuple[FloatArray, FloatArray]  # intercepts, slopes
MAX_ITERATIONS: Final = 1000
TOLERANCE: Final = 1e-12  # change of both parameters, relative to the larger of 1 and their size


@dataclass(frozen=True, slots=True)
class Deming:
    """y = intercept + slope x, with standard errors and t intervals (n - 2 degrees of freedom)."""

    n: int
    intercept: Estimate
    slope: Estimate
    error_ratio: float
    weighted: bool
    errors: Errors
    confidence: float


def deming(
    x: Values, y: Values, error_ratio: float = 1.0, errors: Errors = "analytical", confidence: float = 0.95
) -> Deming | NotCalculable:
    """Deming's line with a constant ratio of error variances; n >= 3.

    With S the sums of squares and products about the means, d = lambda S_yy - S_xx and h = sqrt(d^2 + 4 lambda S_xy^2):
    slope = (d + h) / (2 lambda S_xy) = 2 S_xy / (h - d); intercept = mean(y) - slope mean(x).
    "analytical": SE(slope)^2 = slope^2 (1 - r^2) / (r^2 (n - 2)), SE(intercept) = SE(slope) sqrt(mean(x^2)). "jackknife": see `_jackknife`.
    The line is undefined when x is constant, or when S_xy = 0 and x does not spread more than y (`slope_undefined`).
    Example: the points (0, 0), (1, 2), (2, 1), (3, 3) give slope 1 and intercept 0 with lambda = 1, as their symmetry about y = x asks.
    """
    pairs = _checked(x, y, error_ratio, confidence)
    if isinstance(pairs, NotCalculable):
        return pairs
    x_, y_ = pairs
    n, mean_x, mean_y = int(x_.size), mean_of(x_), mean_of(y_)
    dx, dy = x_ - mean_x, y_ - mean_y
    s_xx, s_yy, s_xy = (sum_of_products(*pair) for pair in ((dx, dx), (dy, dy), (dx, dy)))
    if not math.isfinite(s_xx * s_yy):
        return NotCalculable("result_not_finite", {"quantity": "slope"})
    part = float(_slope_part(np.array(s_xx), np.array(s_yy), np.array(s_xy), error_ratio))
    slope = part * s_xy
    intercept = mean_y - slope * mean_x
    if not math.isfinite(slope + intercept):
        return NotCalculable("slope_undefined")
    if errors == "jackknife":
        return _jackknife(x_, y_, (intercept, slope), _without_each, error_ratio, confidence)
    error = part * math.sqrt(max(s_xx * s_yy - s_xy * s_xy, 0.0) / (n - 2))
    constant_error = error * math.sqrt(sum_of_products(x_, x_) / n)
    if not math.isfinite(constant_error):
        return NotCalculable("result_not_finite", {"quantity": "slope"})
    found = [Estimate(value, se, t_interval(value, se, n - 2, confidence)) for value, se in ((intercept, constant_error), (slope, error))]
    return Deming(n, found[0], found[1], error_ratio, False, "analytical", confidence)


def weighted_deming(x: Values, y: Values, error_ratio: float = 1.0, confidence: float = 0.95) -> Deming | NotCalculable:
    """Deming's line when the errors grow in proportion to the level (Linnet 1990), standard errors by jackknife; n >= 3.

    Weights 1 / level^2, level = (x^ + lambda y^) / (1 + lambda) with the points (x^, y^) on the line that belong to each pair; repeated
    from the unweighted line until both parameters stand still (relative change 1e-12; Linnet leaves the end open).
    A level of 0 or below has no proportional error (`levels_not_positive`); an iteration that goes in circles is `not_converged`.
    Example: ferritin, third period (Ripley and Thompson's data set of package deming, n = 20): 2.3679 + 0.9625 x, SE 0.5478 and 0.0186.
    """
    pairs = _checked(x, y, error_ratio, confidence)
    if isinstance(pairs, NotCalculable):
        return pairs
    x_, y_ = pairs
    with np.errstate(all="ignore"):
        full = _weighted_lines(x_, y_, np.ones((1, x_.size)), error_ratio)
        if isinstance(full, NotCalculable):
            return full
        line = (float(full[0][0]), float(full[1][0]))
        return _jackknife(x_, y_, line, _weighted_without_each, error_ratio, confidence)


def _checked(x: Values, y: Values, error_ratio: float, confidence: float) -> Lines | NotCalculable:
    """The pairs in a fixed order, so that the order they come in does not matter to the last digit."""
    normal_quantile(confidence)
    if not (error_ratio > 0 and math.isfinite(error_ratio)):
        raise ValueError(f"an error ratio above 0 is expected, not {error_ratio}")
    pairs = as_pairs(x, y, least=3)
    if isinstance(pairs, NotCalculable):
        return pairs
    order = np.lexsort((pairs[1], pairs[0]))
    x_, y_ = pairs[0][order], pairs[1][order]
    return NotCalculable("x_constant") if x_[0] == x_[-1] else (x_, y_)


def _slope_part(s_xx: FloatArray, s_yy: FloatArray, s_xy: FloatArray, ratio: float) -> FloatArray:
    """slope / S_xy in the form that does not cancel; nan or infinite where there is no slope."""
    d = ratio * s_yy - s_xx
    h = np.hypot(d, 2.0 * math.sqrt(ratio) * s_xy)
    with np.errstate(all="ignore"):
        part: FloatArray = np.where(d < 0, 2.0 / (h - d), (d + h) / (2.0 * ratio * s_xy * s_xy))
    return part


def _jackknife(
    x: FloatArray,
    y: FloatArray,
    line: tuple[float, float],
    without_each: Callable[[FloatArray, FloatArray, float], Lines | NotCalculable],
    ratio: float,
    confidence: float,
) -> Deming:
    """Standard errors from the n lines with one pair left out: pseudo-values n full - (n - 1) left out, their SD / sqrt(n).

    The interval is centred on the estimate itself, not on the mean of the pseudo-values. When a left-out line does not exist, neither do
    the standard errors.
    """
    n, left_out = int(x.size), without_each(x, y, ratio)
    found = []
    for number, value in enumerate(line):
        lack = left_out if isinstance(left_out, NotCalculable) else None
        if isinstance(left_out, NotCalculable) or not np.isfinite(left_out[number]).all():
            reason = lack or NotCalculable("slope_undefined")
            found.append(Estimate(value, reason, reason))
            continue
        pseudo = n * value - (n - 1) * left_out[number]
        error = float(pseudo.std(ddof=1)) / math.sqrt(n)
        found.append(Estimate(value, error, t_interval(value, error, n - 2, confidence)))
    return Deming(n, found[0], found[1], ratio, without_each is _weighted_without_each, "jackknife", confidence)


def _without_each(x: FloatArray, y: FloatArray, ratio: float) -> Lines:
    """The n lines without one pair each, from the sums of all: S loses n / (n - 1) of the pair's product of deviations."""
    n = int(x.size)
    mean_x, mean_y, share = mean_of(x), mean_of(y), n / (n - 1)
    dx, dy = x - mean_x, y - mean_y
    s_xx, s_yy, s_xy = (float(a @ b) - share * a * b for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    slopes = _slope_part(s_xx, s_yy, s_xy, ratio) * s_xy
    return (mean_y - dy / (n - 1)) - slopes * (mean_x - dx / (n - 1)), slopes


def _weighted_without_each(x: FloatArray, y: FloatArray, ratio: float) -> Lines | NotCalculable:
    return _weighted_lines(x, y, 1.0 - np.eye(x.size), ratio)


def _weighted_lines(x: FloatArray, y: FloatArray, chosen: FloatArray, ratio: float) -> Lines | NotCalculable:
    """The weighted lines through the pairs that each row of `chosen` (k x n, 0 or 1) names, all iterated together."""
    intercepts, slopes = _lines(x, y, chosen, ratio)
    for _ in range(MAX_ITERATIONS):
        residual = y - intercepts[:, None] - slopes[:, None] * x
        share = residual / (1.0 + ratio * slopes[:, None] ** 2)
        level = (x + ratio * slopes[:, None] * share + ratio * (y - share)) / (1.0 + ratio)
        if not np.isfinite(level).all():
            return NotCalculable("slope_undefined")
        before = np.stack((intercepts, slopes))
        intercepts, slopes = _lines(x, y, np.where(chosen > 0, level, np.inf) ** -2.0, ratio)
        now = np.stack((intercepts, slopes))
        if (np.abs(now - before) <= TOLERANCE * np.maximum(1.0, np.abs(now))).all():
            return NotCalculable("levels_not_positive") if (level[chosen > 0] <= 0).any() else (intercepts, slopes)
    return NotCalculable("not_converged", {"iterations": MAX_ITERATIONS})


def _lines(x: FloatArray, y: FloatArray, weights: FloatArray, ratio: float) -> Lines:
    w = weights / weights.sum(axis=1, keepdims=True)
    mean_x, mean_y = w @ x, w @ y
    dx, dy = x - mean_x[:, None], y - mean_y[:, None]
    s_xx, s_yy, s_xy = ((w * a * b).sum(axis=1) for a, b in ((dx, dx), (dy, dy), (dx, dy)))
    slopes = _slope_part(s_xx, s_yy, s_xy, ratio) * s_xy
    return mean_y - slopes * mean_x, slopes
