"""Detection limit by regression of hit rates on the logarithm of the dose: probit, logit or complementary log-log, with Fieller's interval.

dose (concentration, any unit, 0 or more), x hits in n trials per level. Doses are taken as log10; levels of dose 0 (blanks) are left out
and counted. Finney, Probit Analysis, 3rd ed. (1971); CLSI EP17-A2, 6.3. Left open there and chosen here: probit is the default link;
Fieller's interval (Finney's fiducial limits) is the default, delta offered; no heterogeneity factor. Nothing is calculated where the
likelihood has no maximum: with separated data many programs stop at an arbitrary, precise-looking slope.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lims.statistics.binomial_glm import BinomialFit, Link, fit_binomial, fit_probability, quantile
from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.outcome import NotCalculable, Number, finite

Floats = NDArray[np.float64]
Amounts = Sequence[float] | Floats
IntervalChoice = Literal["fieller", "delta"]


@dataclass(frozen=True, slots=True)
class DoseFit:
    """Line F^-1(P) = intercept + slope log10(dose), standard errors in the same order, and the fit of it."""

    link: Link
    natural_response: float  # fixed share of hits without any dose
    intercept: float
    slope_log10: float
    se: tuple[float, float]
    cov: float
    deviance: float
    pearson_chi2: float
    df: int
    p_fit: Number  # of Pearson's chi2; small: the line does not describe the hit rates
    levels: int
    zero_doses: int  # levels left out


@dataclass(frozen=True, slots=True)
class DetectionLimit:
    """Dose at which the probability of detection is p, in the unit of the dose; both intervals, `interval` is the chosen one.

    is_extrapolated: the limit lies outside the doses that were tested. g is Finney's: with g >= 1 the slope is not significant and
    Fieller's set is unbounded (`interval_unbounded`).
    """

    p: float
    log10_lod: Number
    lod: Number
    se_log10: Number
    ci_delta: Interval | NotCalculable
    ci_fieller: Interval | NotCalculable
    g: Number
    is_extrapolated: bool
    chosen: IntervalChoice
    fit: DoseFit

    @property
    def interval(self) -> Interval | NotCalculable:
        return self.ci_fieller if self.chosen == "fieller" else self.ci_delta


def as_levels(dose: Amounts, x: Amounts, n: Amounts) -> tuple[Floats, Floats, Floats]:
    """The three columns, ordered by dose, levels without trials left out. A count beyond 0 <= x <= n or a dose below 0: ValueError."""
    columns = [np.asarray(column, dtype=np.float64).reshape(-1) for column in (dose, x, n)]
    if len({column.size for column in columns}) > 1 or not all(np.isfinite(column).all() for column in columns):
        raise ValueError("dose, x and n must be finite and of one length")
    doses, hits, trials = columns
    if (doses < 0).any() or (hits < 0).any() or (hits > trials).any():
        raise ValueError("doses of 0 or more and 0 <= x <= n are expected")
    order = np.lexsort((trials, hits, doses))
    order = order[trials[order] > 0]
    return doses[order], hits[order], trials[order]


def overlap(dose: Amounts, x: Amounts, n: Amounts, with_zero: bool = False) -> NotCalculable | None:
    """None when the maximum likelihood line of the doses above 0 (with_zero: of all doses) exists, otherwise the reason.

    It exists when hits and misses overlap: the lowest dose with a hit lies below the highest dose with a miss, and the same the other
    way round. `too_few_levels`: fewer than two doses; `all_positive`, `all_negative`; `separated` with the bracket of the limit: the
    highest dose without a hit at or below it and the lowest dose without a miss. Example: 0/20, 0/20, 20/20 at 1, 10, 100: bracket 10 to
    100.
    """
    doses, hits, trials = as_levels(dose, x, n)
    if not with_zero:
        doses, hits, trials = doses[doses > 0], hits[doses > 0], trials[doses > 0]
    if np.unique(doses).size < 2:
        return NotCalculable("too_few_levels", {"n": int(np.unique(doses).size), "least": 2})
    hit, missed = doses[hits > 0], doses[hits < trials]
    if missed.size == 0 or hit.size == 0:
        most = float(doses[0] if missed.size == 0 else doses[-1])
        return NotCalculable("all_positive" if missed.size == 0 else "all_negative", {"dose": most})
    if hit[0] < missed[-1] and missed[0] < hit[-1]:
        return None
    if hit[0] < missed[-1]:
        return NotCalculable("slope_not_positive")
    never, always = doses[hits == 0], doses[hits == trials]
    bracket = {"lower": float(never[-1]) if never.size else 0.0, "upper": float(always[0]) if always.size else float(doses[-1])}
    return NotCalculable("separated", dict(bracket))


def detection_limit(
    dose: Amounts, x: Amounts, n: Amounts, p: float = 0.95, link: Link = "probit", confidence: float = 0.95,
    chosen: IntervalChoice = "fieller", natural_response: float = 0.0,
) -> DetectionLimit | NotCalculable:  # fmt: skip
    """log10 LoD = (F^-1(p) - a) / b by maximum likelihood; the covariance is the inverse of the expected information.

    Delta: SE^2 = (V_a + 2 m V_ab + m^2 V_b) / b^2, m = log10 LoD. Fieller: all m with (Q - a - b m)^2 <= z^2 Var(a + b m), Q = F^-1(p).
    p = 0.5 gives the median dose. natural_response is a fixed share c, P = c + (1 - c) F (Abbott); p is then that of F. A slope of 0 or
    below leaves no limit (`slope_not_positive`). What else is refused: see `overlap`.
    Example: Finney 1971, rotenone: LD50 4.85 (log 0.6853). A dilution series 3, 9, 14, 18, 20, 20 of 20 at 12.5 to 400: LoD95 122.3.
    """
    lack = overlap(dose, x, n)
    if lack is not None:
        return lack
    doses, hits, trials = as_levels(dose, x, n)
    zero = int((doses == 0).sum())
    log_dose = np.log10(doses[zero:])
    design = np.column_stack([np.ones_like(log_dose), log_dose])
    found = fit_binomial(hits[zero:], trials[zero:], design, link, natural=natural_response)
    if isinstance(found, NotCalculable):
        return found
    fit = _described(found, link, natural_response, zero)
    return _limit(fit, found.covariance, p, normal_quantile(confidence), confidence, chosen, log_dose)


def _described(found: BinomialFit, link: Link, natural: float, zero: int) -> DoseFit:
    a, b = (float(value) for value in found.coefficients)
    se = (math.sqrt(float(found.covariance[0, 0])), math.sqrt(float(found.covariance[1, 1])))
    p_fit = fit_probability(found.pearson_chi2, found.df)
    cov, levels = float(found.covariance[0, 1]), int(found.fitted.size)
    return DoseFit(link, natural, a, b, se, cov, found.deviance, found.pearson_chi2, found.df, p_fit, levels, zero)


def _limit(
    fit: DoseFit, v: Floats, p: float, z: float, confidence: float, chosen: IntervalChoice, log_dose: Floats
) -> DetectionLimit | NotCalculable:
    a, b = fit.intercept, fit.slope_log10
    if b <= 1e-9 * fit.se[1]:  # 0 but for rounding
        reason = NotCalculable("slope_not_positive")
        return DetectionLimit(p, reason, reason, reason, reason, reason, reason, False, chosen, fit)
    m = (quantile(p, fit.link) - a) / b
    variance = float(v[0, 0] + 2.0 * m * v[0, 1] + m * m * v[1, 1])
    se, g = math.sqrt(max(0.0, variance)) / b, z * z * float(v[1, 1]) / (b * b)
    delta = _back(m - z * se, m + z * se, confidence)
    fieller: Interval | NotCalculable = NotCalculable("interval_unbounded", {"g": round(g, 4)})
    if g < 1.0:
        ratio = float(v[0, 1] / v[1, 1])
        centre = m + g / (1.0 - g) * (m + ratio)
        half = z / (b * (1.0 - g)) * math.sqrt(max(0.0, variance - g * float(v[0, 0] - ratio * v[0, 1])))
        fieller = _back(centre - half, centre + half, confidence)
    outside = not float(log_dose.min()) <= m <= float(log_dose.max())
    return DetectionLimit(p, m, _power(m), se, delta, fieller, g, outside, chosen, fit)


def _power(log10: float) -> Number:
    return finite(10.0**log10, "lod") if abs(log10) < 308.0 else NotCalculable("result_not_finite", {"quantity": "lod"})


def _back(lower: float, upper: float, confidence: float) -> Interval | NotCalculable:
    low, high = _power(lower), _power(upper)
    if isinstance(low, NotCalculable):
        return low
    return high if isinstance(high, NotCalculable) else Interval(low, high, confidence)
