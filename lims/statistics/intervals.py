"""Confidence intervals of a proportion x / n.

x successes in n independent trials, counts without unit; proportions between 0 and 1 (not percent). confidence is the two-sided level, its
normal quantile is exact (1.959964 for 0.95, not 1.96). n = 0 gives `no_trials`. The ends are exact: at x = 0 the lower limit is 0.0, at
x = n the upper limit is 1.0, never 1e-17. The product uses Wilson in rounds and on screens, Clopper-Pearson in validation plans and
verdicts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.tables import LARGEST_COUNT

Method = Literal["wilson", "clopper_pearson"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A two-sided confidence interval."""

    lower: float
    upper: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Proportion:
    """A proportion with its counts and its interval; without trials both are reasons."""

    x: int
    n: int
    value: Number
    interval: Interval | NotCalculable
    method: Method


def normal_quantile(confidence: float) -> float:
    """Two-sided normal quantile, Phi^-1((1 + confidence) / 2); 0 < confidence < 1. Example: 0.95 gives 1.959964."""
    return -NormalDist().inv_cdf((1.0 - checked_confidence(confidence)) / 2.0)


def checked_confidence(confidence: float) -> float:
    """The level itself; outside 0 < confidence < 1 a ValueError."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence between 0 and 1 is expected, not {confidence}")
    return confidence


def proportion(x: int, n: int, confidence: float = 0.95, method: Method = "wilson", empty: NotCalculable | None = None) -> Proportion:
    """x / n with its interval; `empty` is the reason to give when n = 0 (default `no_trials`). Example: 49 of 50: 0.98."""
    interval = wilson(x, n, confidence) if method == "wilson" else clopper_pearson(x, n, confidence)
    if isinstance(interval, NotCalculable):
        reason = interval if empty is None else empty
        return Proportion(x, n, reason, reason, method)
    return Proportion(x, n, x / n, interval, method)


def wilson(x: int, n: int, confidence: float = 0.95) -> Interval | NotCalculable:
    """Wilson's score interval without continuity correction.

    (p + z^2/2n +- z sqrt(p (1 - p) / n + z^2 / 4 n^2)) / (1 + z^2 / n), p = x / n.
    Wilson, J. Am. Stat. Assoc. 22 (1927) 209; Newcombe, Stat. Med. 17 (1998) 857, Table I: 81 of 263 gives 0.2553 to 0.3662.
    """
    quantile = normal_quantile(confidence)
    if _checked(x, n) == 0:
        return NotCalculable("no_trials")
    p, ratio = x / n, quantile * quantile / n
    centre = p + ratio / 2.0
    half = quantile * math.sqrt(p * (1.0 - p) / n + ratio / (4.0 * n))
    lower = 0.0 if x == 0 else max(0.0, (centre - half) / (1.0 + ratio))
    upper = 1.0 if x == n else min(1.0, (centre + half) / (1.0 + ratio))
    return Interval(lower, upper, confidence)


def clopper_pearson(x: int, n: int, confidence: float = 0.95) -> Interval | NotCalculable:
    """Exact interval of Clopper and Pearson, Biometrika 26 (1934) 404, by quantiles of the beta distribution.

    Lower: B(alpha/2; x, n - x + 1), upper: B(1 - alpha/2; x + 1, n - x), alpha = 1 - confidence, also at x = 0 and x = n.
    Examples: 81 of 263 gives 0.2527 to 0.3676 (Newcombe 1998, Table I); 5 of 5 gives 0.4782 to 1.
    """
    from scipy.special import betaincinv

    normal_quantile(confidence)
    if _checked(x, n) == 0:
        return NotCalculable("no_trials")
    tail = (1.0 - confidence) / 2.0
    lower = 0.0 if x == 0 else float(betaincinv(x, n - x + 1, tail))
    upper = 1.0 if x == n else float(betaincinv(x + 1, n - x, 1.0 - tail))
    return Interval(lower, upper, confidence)


def agresti_coull(x: int, n: int, confidence: float = 0.95) -> Interval | NotCalculable:
    """Interval of Agresti and Coull, The American Statistician 52 (1998) 119, as published: NOT cut to [0, 1].

    p~ +- z sqrt(p~ (1 - p~) / n~) with n~ = n + z^2, p~ = (x + z^2 / 2) / n~. Example: 3 of 3 gives 0.3825 to 1.0560.
    """
    quantile = normal_quantile(confidence)
    if _checked(x, n) == 0:
        return NotCalculable("no_trials")
    trials = n + quantile * quantile
    p = (x + quantile * quantile / 2.0) / trials
    half = quantile * math.sqrt(p * (1.0 - p) / trials)
    return Interval(p - half, p + half, confidence)


def jeffreys(x: int, n: int, confidence: float = 0.95) -> Interval | NotCalculable:
    """Equal-tailed Jeffreys interval: quantiles of beta(x + 1/2, n - x + 1/2) (Brown, Cai and DasGupta, Stat. Sci. 16 (2001) 101).

    Equal-tailed as it stands, so at x = 0 and x = n the ends are not moved to 0 and 1. Example: 3 of 3 gives 0.4644 to 0.9998.
    """
    from scipy.special import betaincinv

    normal_quantile(confidence)
    if _checked(x, n) == 0:
        return NotCalculable("no_trials")
    tail = (1.0 - confidence) / 2.0
    return Interval(float(betaincinv(x + 0.5, n - x + 0.5, tail)), float(betaincinv(x + 0.5, n - x + 0.5, 1.0 - tail)), confidence)


def _checked(x: int, n: int) -> int:
    if not 0 <= x <= n <= LARGEST_COUNT or x != int(x) or n != int(n):
        raise ValueError(f"whole numbers with 0 <= x <= n are expected, n up to 2^53, not x = {x}, n = {n}")
    return n
