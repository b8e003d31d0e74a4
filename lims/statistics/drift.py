"""Drift over rounds: the slope of a laboratory's z, or of kappa, against time, with its confidence interval; kappa pooled over rounds.

times are numbers in any unit (round numbers, years); the slope is per that unit. Without times rounds are 0, 1, 2 ... One slope out of
twenty without any drift has an interval that excludes 0 at 95 %; a slope is a reason to look, not a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.kappa import CohenKappa
from lims.statistics.outcome import Input, NotCalculable, Number, is_number
from lims.statistics.values import resolved

Weighting = Literal["equal", "inverse_variance"]


@dataclass(frozen=True, slots=True)
class Drift:
    """Slope per unit of time with standard error, interval and two-sided P value of no drift.

    n rounds entered, left_out did not: no score, kappa not estimable, or (inverse_variance) a standard error of 0. df is None where the
    variances are taken as known and the normal distribution is used.
    """

    slope: Number
    standard_error: Number
    interval: Interval | NotCalculable
    p: Number
    n: int
    left_out: int
    df: int | None
    weighting: Weighting


@dataclass(frozen=True, slots=True)
class PooledKappa:
    """Common kappa of several rounds, its interval cut to [-1, 1], and the test that all rounds have the same kappa."""

    kappa: Number
    standard_error: Number
    interval: Interval | NotCalculable
    q: Number
    q_df: int
    q_p: Number
    n: int
    left_out: int


def score_drift(z: Sequence[Input], times: Sequence[float] | None = None, confidence: float = 0.95) -> Drift:
    """Least-squares slope of z on time, interval slope +- t(n - 2) SE; three scored rounds at two times or more.

    All on one line, up to the resolution of z: SE 0 and an interval without width.
    Example: z = 0, 1, 2, 2 at 0, 1, 2, 3: slope 0.7, SE 0.1732, -0.0452 to 1.4452.
    """
    points = [
        (time, float(value), 1.0)
        for time, value in zip(_times(z, times), z, strict=True)
        if is_number(value) and math.isfinite(value) and math.isfinite(time)
    ]
    return _fitted(points, len(z), "equal", confidence)


def kappa_drift(
    kappas: Sequence[CohenKappa],
    times: Sequence[float] | None = None,
    *,
    weighting: Weighting = "inverse_variance",
    confidence: float = 0.95,
) -> Drift:
    """Slope of kappa on time over rounds.

    inverse_variance (default): weights 1 / ASE^2 taken as known, SE = 1 / sqrt(sum w (t - mean t)^2), normal interval. A round of perfect
    agreement has ASE 0 and cannot be weighted: it is left out and counted, which hides good rounds; equal weights every estimable round
    alike (perfect ones too) with the t distribution. Two rounds at two times, three with equal weights.
    """
    points = [
        (time, found.kappa, 1.0 if weighting == "equal" else 1.0 / found.ase**2)
        for time, found in zip(_times(kappas, times), kappas, strict=True)
        if found.is_estimable and is_number(found.kappa) and is_number(found.ase) and (weighting == "equal" or found.ase > 0)
    ]
    return _fitted(points, len(kappas), weighting, confidence)


def pooled_kappa(kappas: Sequence[CohenKappa], confidence: float = 0.95) -> PooledKappa:
    """kappa = sum w kappa_i / sum w, w = 1 / ASE_i^2, SE = 1 / sqrt(sum w); Q = sum w (kappa_i - kappa)^2 is chi-squared with n - 1 df.

    Fleiss, Statistical Methods for Rates and Proportions (1981), chapter 13. Rounds without estimable kappa or with ASE 0 are left out and
    counted; when they are many, kappa of the summed tables is the better figure. A significant Q: no common kappa exists, show the rounds.
    """
    quantile = normal_quantile(confidence)
    points = [
        (found.kappa, 1.0 / found.ase**2)
        for found in kappas
        if found.is_estimable and is_number(found.kappa) and is_number(found.ase) and found.ase > 0
    ]
    n, left_out = len(points), len(kappas) - len(points)
    if n == 0:
        lack = NotCalculable("too_few_values", {"n": 0, "least": 1})
        return PooledKappa(lack, lack, lack, lack, 0, lack, 0, left_out)
    from scipy.special import chdtrc

    weight = math.fsum(w for _, w in points)
    kappa, se = math.fsum(w * value for value, w in points) / weight, 1.0 / math.sqrt(weight)
    q = math.fsum(w * (value - kappa) ** 2 for value, w in points)
    few = NotCalculable("too_few_values", {"n": 1, "least": 2})
    interval = Interval(max(-1.0, kappa - quantile * se), min(1.0, kappa + quantile * se), confidence)
    return PooledKappa(kappa, se, interval, q if n > 1 else few, n - 1, float(chdtrc(n - 1, q)) if n > 1 else few, n, left_out)


def _fitted(points: list[tuple[float, float, float]], rounds: int, weighting: Weighting, confidence: float) -> Drift:
    """Weighted straight line through (time, value, weight)."""
    normal_quantile(confidence)
    n, least, df = len(points), 3 if weighting == "equal" else 2, len(points) - 2 if weighting == "equal" else None
    size = max((abs(number) for time, value, _ in points for number in (time, value)), default=0.0)
    if not math.isfinite(size * size * size * size):
        lack = NotCalculable("result_not_finite", {"quantity": "slope"})
        return Drift(lack, lack, lack, lack, n, rounds - n, df, weighting)
    times = [time for time, _, _ in points]
    if n < least or (max(times) - min(times)) ** 2 == 0.0:
        reason = NotCalculable("x_constant") if n >= least else NotCalculable("too_few_values", {"n": n, "least": least})
        return Drift(reason, reason, reason, reason, n, rounds - n, df, weighting)
    weight = math.fsum(w for _, _, w in points)
    centre = math.fsum(w * time for time, _, w in points) / weight
    level = math.fsum(w * value for _, value, w in points) / weight
    spread = math.fsum(w * (time - centre) ** 2 for time, _, w in points)
    slope = math.fsum(w * (time - centre) * (value - level) for time, value, w in points) / spread
    rest = math.fsum(w * (value - level - slope * (time - centre)) ** 2 for time, value, w in points)
    se = resolved(math.sqrt(rest / df), np.array([value for _, value, _ in points])) / math.sqrt(spread) if df else 1.0 / math.sqrt(spread)
    half = _quantile(df, confidence) * se
    return Drift(slope, se, Interval(slope - half, slope + half, confidence), _p_value(slope, se, df), n, rounds - n, df, weighting)


def _quantile(df: int | None, confidence: float) -> float:
    if df is None:
        return normal_quantile(confidence)
    from scipy.special import stdtrit

    return float(stdtrit(df, (1.0 + confidence) / 2.0))


def _p_value(slope: float, se: float, df: int | None) -> Number:
    if se == 0:
        return NotCalculable("scale_missing")
    if df is None:
        return math.erfc(abs(slope / se) / math.sqrt(2.0))
    from scipy.special import betaincc

    ratio = slope / se
    return float(betaincc(0.5, df / 2, ratio * ratio / (df + ratio * ratio)))


def _times(values: Sequence[object], times: Sequence[float] | None) -> Sequence[float]:
    if times is not None and len(times) != len(values):
        raise ValueError(f"one time for each round is expected, not {len(times)} for {len(values)}")
    return [float(place) for place in range(len(values))] if times is None else times
