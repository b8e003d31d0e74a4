"""Median dose by the trimmed method of Spearman and Kaerber: no curve is assumed.

dose per level, n trials and r responses (a fraction is allowed where responses were averaged). Hamilton, Russo and Thurston, Environ.
Sci. Technol. 11 (1977) 714, correction 12 (1978) 417. Shares that fall with the dose are pooled first (adjacent violators, weighted by n).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval
from lims.statistics.lod import Amounts, as_levels
from lims.statistics.outcome import NotCalculable, Number, finite

Floats = NDArray[np.float64]
Variance = Literal["hamilton", "delta"]


@dataclass(frozen=True, slots=True)
class SpearmanKarber:
    """The median dose in the unit of the dose. On the logarithmic scale gsd = exp(SE of ln(median dose)), otherwise there is none.

    shares are the monotone ones, ordered by dose; doses of 0 are left out on the logarithmic scale.
    """

    median_dose: float
    se: float  # of ln(median dose) on the logarithmic scale
    gsd: Number
    interval: Interval
    trim: float
    z: float
    is_log_dose: bool
    variance: Variance
    doses: tuple[float, ...]
    shares: tuple[float, ...]


def monotone(shares: Floats, weights: Floats) -> Floats:
    """The closest shares that never fall, least squares with weights: neighbours that fall are pooled (Ayer et al. 1955)."""
    blocks: list[tuple[float, float, int]] = []
    for share, weight in zip(shares.tolist(), weights.tolist(), strict=True):
        block = (share, weight, 1)
        while blocks and blocks[-1][0] >= block[0]:
            mean, mass, size = blocks.pop()
            block = ((mean * mass + block[0] * block[1]) / (mass + block[1]), mass + block[1], size + block[2])
        blocks.append(block)
    return np.array([mean for mean, _, size in blocks for _ in range(size)])


def least_trim(dose: Amounts, r: Amounts, n: Amounts) -> Number:
    """The smallest trim that these data allow: max(lowest share, 1 - highest share) of the monotone shares; 0.5 or more: no median."""
    _, hits, trials = as_levels(dose, r, n)
    if hits.size == 0:
        return NotCalculable("too_few_levels", {"n": 0, "least": 2})
    shares = monotone(hits / trials, trials)
    return max(float(shares[0]), 1.0 - float(shares[-1]))


def spearman_karber(
    dose: Amounts, r: Amounts, n: Amounts, trim: float = 0.0, z: float = 1.959963984540054, is_log_dose: bool = True,
    variance: Variance = "hamilton",
) -> SpearmanKarber | NotCalculable:  # fmt: skip
    """Mean of the tolerance distribution between the shares A and 1 - A: mu = integral of x(p) dp / (1 - 2 A), x(p) piecewise linear.

    A is the trim, 0 <= A < 0.5; x the natural logarithm of the dose (or the dose). Var(mu) = sum (d mu / d p_i)^2 p_i (1 - p_i) / n_i, the
    delta method. Hamilton's printed formula is the same, but for a sign when exactly one level lies between the trims; variance "hamilton"
    (the default) keeps his, so that results equal those of the published program, "delta" is exact. Interval exp(mu -+ z SE), his program:
    z = 2. The shares must begin at A or below and end at 1 - A or above, else `trim_too_small` with the least trim. Fewer than two doses:
    `too_few_levels`. Example: Hamilton's set 4B, 0, 0, 7, 10, 10, 10 of 10 at 7.8 to 100: 19.70 (17.00 to 22.84 with z = 2).
    """
    if not 0.0 <= trim < 0.5 or z <= 0.0:
        raise ValueError(f"a trim of 0 or more and below 0.5 and a positive z are expected, not {trim} and {z}")
    doses, hits, trials = as_levels(dose, r, n)
    used = doses > 0 if is_log_dose else np.full(doses.size, True)
    doses, hits, trials = _merged(doses[used], hits[used], trials[used])
    if doses.size < 2:
        return NotCalculable("too_few_levels", {"n": int(doses.size), "least": 2})
    p = monotone(hits / trials, trials)
    needed = max(float(p[0]), 1.0 - float(p[-1]))
    if needed > trim + 1e-12:
        return NotCalculable("trim_too_small", {"trim": trim, "least": round(needed, 6)})
    x = np.log(doses) if is_log_dose else doses
    mean, slope = _mean_and_slope(x, p, trim, variance)
    se = math.sqrt(math.fsum(slope * slope * p * (1.0 - p) / trials))
    lower, upper, confidence = mean - z * se, mean + z * se, math.erf(z / math.sqrt(2.0))
    levels, shares = tuple(doses.tolist()), tuple(p.tolist())
    if not is_log_dose:
        none, plain = NotCalculable("scale_missing"), Interval(lower, upper, confidence)
        return SpearmanKarber(mean, se, none, plain, trim, z, False, variance, levels, shares)
    if max(abs(lower), abs(upper)) > 700.0:
        return NotCalculable("result_not_finite", {"quantity": "dose"})
    interval = Interval(math.exp(lower), math.exp(upper), confidence)
    return SpearmanKarber(math.exp(mean), se, finite(math.exp(se), "gsd"), interval, trim, z, True, variance, levels, shares)


def _mean_and_slope(x: Floats, p: Floats, trim: float, variance: Variance) -> tuple[float, Floats]:
    """mu and d mu / d p_i."""
    below, above = max(trim, float(p[0])), min(1.0 - trim, float(p[-1]))
    (low, low_slope), (high, high_slope) = _area(x, p, below), _area(x, p, above, from_above=True)
    slope = (high_slope - low_slope) / (1.0 - 2.0 * trim)
    first, last = int(np.searchsorted(p, below, "right")) - 1, int(np.searchsorted(p, above, "left"))
    if variance == "hamilton" and last - first == 2:
        part = (below - float(p[first])) / float(p[first + 1] - p[first])
        slope[first + 1] -= float(x[first + 1] - x[first]) * part * part / (1.0 - 2.0 * trim)
    return (high - low) / (1.0 - 2.0 * trim), slope


def _merged(doses: Floats, hits: Floats, trials: Floats) -> tuple[Floats, Floats, Floats]:
    """One level for each dose."""
    levels, position = np.unique(doses, return_inverse=True)
    responses: Floats = np.zeros(levels.size)
    exposed: Floats = np.zeros(levels.size)
    np.add.at(responses, position, hits)
    np.add.at(exposed, position, trials)
    return levels, responses, exposed


def _area(x: Floats, p: Floats, q: float, from_above: bool = False) -> tuple[float, Floats]:
    """G(q), the integral of x(p) dp from p_1 to q, and its slopes d G / d p_i.

    Whole segments are trapezoids, the last one is cut at q. Where shares are equal, q falls on the last of them from below, on the first
    from above.
    """
    last = int(np.searchsorted(p, q, "left" if from_above else "right")) - 1
    last = min(max(last, 0), p.size - 2)
    middle = (x[1:] + x[:-1]) / 2.0
    area, slope = math.fsum((np.diff(p) * middle)[:last]), np.zeros(p.size)
    slope[1 : last + 1] += middle[:last]
    slope[:last] -= middle[:last]
    gap, step = float(p[last + 1] - p[last]), float(x[last + 1] - x[last])
    if gap <= 0.0:
        return area, slope
    part = (q - float(p[last])) / gap
    area += (q - float(p[last])) * (float(x[last]) + part * step / 2.0)
    slope[last] += -float(x[last]) - step * part + step * part * part / 2.0
    slope[last + 1] += -step * part * part / 2.0
    return area, slope
