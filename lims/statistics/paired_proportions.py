"""Difference of two proportions seen on the same items, with the score interval for pairs.

Tango, Stat. Med. 17 (1998) 891. b and c are the items that only the first, only the second found, n all items; no unit. Unlike the
t interval of `pod.paired_pod_difference` it exists without discordant pairs too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.outcome import NotCalculable


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """(b - c) / n with its score interval."""

    n: int
    difference: float
    interval: Interval


def paired_difference_score(b: int, c: int, n: int, confidence: float = 0.95) -> ScoreDifference | NotCalculable:
    """All D for which |b - c - n D| / sqrt(n (2 q + D (1 - D))) <= z, q the restricted maximum likelihood estimate of the share of c.

    q = (sqrt(B^2 - 4 A C) - B) / (2 A) with A = 2 n, B = -b - c + (2 n - b + c) D, C = -c D (1 - D). Found by bisection, between
    the estimate and -1 and 1. n = 0: `no_trials`. Example: b = 0, c = 0, n = 40: -0.0876 to 0.0876 (z^2 / (n + z^2)).
    """
    if min(b, c) < 0 or b + c > n:
        raise ValueError(f"0 or more discordant pairs among n are expected, not {b} + {c} of {n}")
    z = normal_quantile(confidence)
    if n == 0:
        return NotCalculable("no_trials")
    estimate = (b - c) / n
    lower = -1.0 if estimate == -1.0 else _root(b, c, n, z, -1.0, estimate)
    upper = 1.0 if estimate == 1.0 else _root(b, c, n, z, 1.0, estimate)
    return ScoreDifference(n, estimate, Interval(lower, upper, confidence))


def score(b: int, c: int, n: int, difference: float) -> float:
    """The score statistic of the hypothesis that the difference is `difference`; infinite where the hypothesis leaves no variance."""
    linear = -b - c + (2 * n - b + c) * difference
    product = -c * difference * (1.0 - difference)
    q = (math.sqrt(max(0.0, linear * linear - 8.0 * n * product)) - linear) / (4.0 * n)
    variance = n * (2.0 * q + difference * (1.0 - difference))
    excess = b - c - n * difference
    if variance <= 1e-14 * n:
        return 0.0 if abs(excess) <= 1e-12 * n else math.copysign(math.inf, excess)
    return excess / math.sqrt(variance)


def _root(b: int, c: int, n: int, z: float, outside: float, inside: float) -> float:
    """The border between the differences that the data refuse (towards `outside`) and those they allow."""
    for _ in range(200):
        middle = (outside + inside) / 2.0
        if abs(score(b, c, n, middle)) > z:
            outside = middle
        else:
            inside = middle
    return inside
