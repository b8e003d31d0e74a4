"""Power of a round: laboratories needed for a consensus, for precision figures, for a signal at all, and the chance to detect a bias.

p laboratories, n results each; sigma_pt, s, s_star and u in the unit of the results; probabilities between 0 and 1. The normal distribution
with known SDs is assumed throughout: plans are made before there are data. Every planned number is the smallest that reaches the aim.
"""

from __future__ import annotations

import math
from statistics import NormalDist

from lims.statistics.assigned import largest_possible_z, negligibility, u_robust
from lims.statistics.intervals import normal_quantile
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.planning import MOST, smallest


def laboratories_for_signal(limit: float = 3.0) -> int:
    """Smallest p with (p - 1) / sqrt(p) >= limit: below it no laboratory can reach the limit against mean and SD of the same data.

    See `assigned.largest_possible_z`. Examples: 11 for action at 3, 6 for warning at 2.
    """
    p = 2
    while not _at_least(largest_possible_z(p), limit):
        p += 1
    return p


def laboratories_for_consensus(s_star: float, sigma_pt: float) -> Number:
    """Smallest p for which u(x_pt) = 1.25 s* / sqrt(p) of a robust consensus is negligible, u < 0.3 sigma_pt (ISO 13528:2022, 9.2.1).

    Example: s* = sigma_pt: 18 laboratories; s* = 0.5 sigma_pt: 5.
    """
    if not (s_star >= 0 and sigma_pt > 0):
        raise ValueError(f"s* >= 0 and sigma_pt > 0 are expected, not {s_star}, {sigma_pt}")
    p = smallest(lambda p: _is_negligible(u_robust(s_star, p), sigma_pt), 1)
    return NotCalculable("plan_not_reachable", {"most": MOST}) if p is None else p


def repeatability_uncertainty(p: int, n: int) -> Number:
    """A_r = 1.96 sqrt(1 / (2 p (n - 1))): the estimate of s_r lies within A_r of sigma_r (as a share of it) with probability 95 %.

    ISO 5725-1:1994, 6.3 and Table 1, p laboratories with n results. Example: p = 5, n = 2: 0.62.
    """
    if p < 1 or n < 2:
        return NotCalculable("too_few_values", {"n": min(p, n), "least": 2})
    return 1.96 * math.sqrt(1.0 / (2.0 * p * (n - 1)))


def reproducibility_uncertainty(p: int, n: int, gamma: float) -> Number:
    """A_R for s_R, gamma = sigma_R / sigma_r >= 1: 1.96 sqrt((p (1 + n (gamma^2 - 1))^2 + (n - 1)(p - 1)) / (2 gamma^4 n^2 (p - 1) p)).

    ISO 5725-1:1994, 6.3. Example: p = 5, n = 2, gamma = 2: 0.61; more replicates do not help, more laboratories do.
    """
    if gamma < 1:
        raise ValueError(f"gamma >= 1 is expected (s_R is never below s_r), not {gamma}")
    if p < 2 or n < 1:
        return NotCalculable("too_few_values", {"n": p if p < 2 else n, "least": 2 if p < 2 else 1})
    squared = gamma * gamma
    above = p * (1.0 + n * (squared - 1.0)) ** 2 + (n - 1) * (p - 1)
    return 1.96 * math.sqrt(above / (2.0 * squared * squared * n * n * (p - 1) * p))


def laboratories_for_precision(uncertainty: float, n: int, gamma: float | None = None) -> Number:
    """Smallest p with A_r (without gamma) or A_R (with gamma) at most `uncertainty`. Example: 0.3, n = 2, gamma = 2: 18."""
    if not uncertainty > 0:
        raise ValueError(f"an uncertainty above 0 is expected, not {uncertainty}")
    p = smallest(lambda p: _at_most(_precision_uncertainty(p, n, gamma), uncertainty), 2)
    return NotCalculable("plan_not_reachable", {"most": MOST}) if p is None else p


def signal_probability(bias: float, sigma_pt: float, s: float, *, n: int = 1, u_x_pt: float = 0.0, limit: float = 3.0) -> float:
    """Probability that a laboratory with this bias gets |z| >= limit; the mean of n results is scored.

    z = (mean - x_pt) / sigma_pt is normal with mean bias / sigma_pt and SD sqrt(s^2 / n + u(x_pt)^2) / sigma_pt, s the laboratory's own SD.
    For a consensus of few laboratories see `laboratories_for_signal` first: there the true probability is lower, down to 0.
    Example: bias 3 sigma_pt: 0.5 whatever n; bias 4 sigma_pt, s = sigma_pt, n = 1: 0.841.
    """
    if not (sigma_pt > 0 and s >= 0 and u_x_pt >= 0 and n >= 1 and limit > 0):
        raise ValueError("sigma_pt > 0, s >= 0, u >= 0, n >= 1 and limit > 0 are expected")
    return _two_sided(bias / sigma_pt, math.hypot(s / math.sqrt(n), u_x_pt) / sigma_pt, limit)


def bias_test_power(bias: float, s: float, n: int, *, u_x_pt: float = 0.0, alpha: float = 0.05) -> float:
    """Power of a round of n results to show a bias: two-sided normal test of mean - x_pt, SD sqrt(s^2 / n + u(x_pt)^2) taken as known.

    Example: bias = s, n = 8: 0.807; with n = 7: 0.754.
    """
    if not (s >= 0 and u_x_pt >= 0 and n >= 1):
        raise ValueError("s >= 0, u >= 0 and n >= 1 are expected")
    spread, quantile = math.hypot(s / math.sqrt(n), u_x_pt), normal_quantile(1.0 - alpha)
    return _two_sided(bias, spread, quantile * spread) if spread > 0 else float(bias != 0)


def results_for_bias(bias: float, s: float, power: float = 0.8, *, u_x_pt: float = 0.0, alpha: float = 0.05) -> Number:
    """Smallest number of results whose test has at least this power (`bias_test_power`).

    u(x_pt) does not shrink with n: a bias near it can never be shown, `plan_not_reachable`. Example: bias = s: 8; bias = s / 2: 32.
    """
    if not 0.0 < power < 1.0:
        raise ValueError(f"a power between 0 and 1 is expected, not {power}")
    n = smallest(lambda n: bias_test_power(bias, s, n, u_x_pt=u_x_pt, alpha=alpha) >= power, 1)
    return NotCalculable("plan_not_reachable", {"most": MOST}) if n is None else n


def _two_sided(centre: float, spread: float, limit: float) -> float:
    if spread == 0:
        return float(abs(centre) >= limit)
    normal = NormalDist()
    return normal.cdf((centre - limit) / spread) + normal.cdf((-centre - limit) / spread)


def _is_negligible(u: Number, sigma_pt: float) -> bool:
    found = negligibility(u, sigma_pt)
    return not isinstance(found, NotCalculable) and found.is_negligible


def _precision_uncertainty(p: int, n: int, gamma: float | None) -> Number:
    return repeatability_uncertainty(p, n) if gamma is None else reproducibility_uncertainty(p, n, gamma)


def _at_least(value: Number, least: float) -> bool:
    return not isinstance(value, NotCalculable) and value >= least


def _at_most(value: Number, most: float) -> bool:
    return not isinstance(value, NotCalculable) and value <= most
