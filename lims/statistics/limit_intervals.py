"""How certain a limit of blank and a limit of detection are: intervals of a quantile and of LoB + z SD. CLSI EP17-A2 gives none itself.

Results in one unit. Nonparametric: order statistics, which holds for every distribution (David and Nagaraja, Order Statistics, 7.1).
Parametric: the noncentral t distribution of (quantile - mean) / SD, exact for normal results (Hahn and Meeker, Statistical Intervals, 4.4).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from lims.statistics.detection_limit import Rule
from lims.statistics.intervals import Interval, checked_confidence
from lims.statistics.outcome import NotCalculable
from lims.statistics.robust import Values, as_array
from lims.statistics.values import FloatArray, mean_of, resolved, sd_of


def quantile_interval(x: Values, p: float, rule: Rule = "nonparametric", confidence: float = 0.95) -> Interval | NotCalculable:
    """Interval of the quantile p of the distribution that x came from.

    nonparametric: from the largest rank r with P(Bin(n, p) < r) <= alpha / 2 to the smallest s with P(Bin(n, p) >= s) <= alpha / 2. Too few
    results for one of the ranks: `interval_unbounded` with the least n of the upper one. Example: n = 100, p = 0.95: ranks 90 and 100.
    parametric: mean + k SD, k the tail quantiles of t(n - 1, z sqrt(n)) / sqrt(n). Equal results: `scale_missing`.
    """
    tail = (1.0 - checked_confidence(confidence)) / 2.0
    if not 0.0 < p < 1.0 or rule not in ("nonparametric", "parametric"):
        raise ValueError(f"a probability between 0 and 1 and a known rule are expected, not {p} and {rule}")
    values = as_array(x, least=2)
    if isinstance(values, NotCalculable):
        return values
    return _by_ranks(np.sort(values), p, tail, confidence) if rule == "nonparametric" else _normal(values, p, tail, confidence)


def detection_interval(blank: Interval, sd: float, df: int, beta: float, confidence: float = 0.95) -> Interval | NotCalculable:
    """From the lower end of the limit of blank plus z times the lower limit of the SD, to both upper ones, z of 1 - beta.

    SD limits: sd sqrt(df / chi2). With both parts at 1 - alpha / 2 the limit of detection is covered with 1 - alpha at least (Bonferroni).
    Example: blank 2 to 3, SD 1 on 54 degrees of freedom, beta 0.05, confidence 0.95: 3.385 to 5.026.
    """
    tail = (1.0 - checked_confidence(confidence)) / 2.0
    if df < 1:
        return NotCalculable("no_degrees_of_freedom")
    from scipy.special import chdtri

    z = NormalDist().inv_cdf(1.0 - beta)
    low, high = (sd * math.sqrt(df / float(chdtri(df, share))) for share in (tail, 1.0 - tail))
    return Interval(blank.lower + z * low, blank.upper + z * high, confidence)


def _by_ranks(ordered: FloatArray, p: float, tail: float, confidence: float) -> Interval | NotCalculable:
    from scipy.special import betainc

    n = int(ordered.size)
    ranks = np.arange(n)
    below = betainc(n - ranks, ranks + 1, 1.0 - p)  # P(Bin <= k), k = 0 to n - 1
    r = int((below <= tail).sum())  # ranks whose value lies above the quantile seldom enough
    s = int((1.0 - below > tail).sum()) + 1
    if r < 1 or s > n:
        return NotCalculable("interval_unbounded", {"n": n, "least": math.ceil(math.log(tail) / math.log(max(p, 1.0 - p)))})
    return Interval(float(ordered[r - 1]), float(ordered[s - 1]), confidence)


def _normal(values: FloatArray, p: float, tail: float, confidence: float) -> Interval | NotCalculable:
    from scipy.special import nctdtrit

    n, sd = int(values.size), resolved(sd_of(values), values)
    if sd == 0.0:
        return NotCalculable("scale_missing")
    root, centre = math.sqrt(n), NormalDist().inv_cdf(p) * math.sqrt(n)
    low, high = (mean_of(values) + float(nctdtrit(n - 1, centre, share)) / root * sd for share in (tail, 1.0 - tail))
    return Interval(low, high, confidence)
