"""Standard deviation for proficiency assessment sigma_pt: five ways to set it (ISO 13528:2022, clause 8).

All but the last are fixed before the round, so that a score means the same in each round. sigma_pt comes back in the unit of the assigned
value unless a function says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lims.statistics.outcome import Input, NotCalculable, Number, finite, known
from lims.statistics.robust import AlgorithmA, Values, algorithm_a

HORWITZ_LOW: Final = 1.2e-7  # mass fraction; both borders belong to the middle range
HORWITZ_HIGH: Final = 0.138
LEAST_FOR_SAME_ROUND: Final = 12

HorwitzRange = Literal[1, 2, 3]


@dataclass(frozen=True, slots=True)
class Horwitz:
    """sigma as a mass fraction, the same in percent of the mass fraction, and the range of the curve (1 low, 2 middle, 3 high)."""

    sigma: float
    rsd_percent: float
    range: HorwitzRange


@dataclass(frozen=True, slots=True)
class PrecisionModel:
    """sigma_pt from a method's precision and the between-laboratory standard deviation that it contains."""

    sigma_pt: float
    s_between: float


@dataclass(frozen=True, slots=True)
class PreviousRounds:
    """Straight line robust SD = intercept + slope * assigned value over n earlier rounds; r2 is the share of variance it explains."""

    intercept: float
    slope: float
    r2: Number
    n: int

    def sigma_at(self, x_pt: Input) -> Number:
        """sigma_pt that the line gives at an assigned value; a line at or below 0 there gives `sigma_pt_not_positive`."""
        values = known(("assigned_value_missing", x_pt))
        if isinstance(values, NotCalculable):
            return values
        sigma = finite(self.intercept + self.slope * values[0], "sigma_pt")
        return NotCalculable("sigma_pt_not_positive", {"value": sigma}) if not isinstance(sigma, NotCalculable) and sigma <= 0 else sigma


@dataclass(frozen=True, slots=True)
class SameRound:
    """sigma_pt from the results of the round itself: s_star, and the run behind it."""

    sigma_pt: float
    run: AlgorithmA


def sigma_by_perception(x_pt: Input, percent: Input) -> Number:
    """sigma_pt = percent / 100 * |x_pt|: what experts or a regulation ask for (8.2). x_pt = 0 gives `assigned_value_zero`.

    A regulation often states the largest allowed error delta_E; sigma_pt is then delta_E / 3. Example: 22 % of 46.2: 10.164.
    """
    values = known(("assigned_value_missing", x_pt), ("sigma_pt_missing", percent))
    if isinstance(values, NotCalculable):
        return values
    if values[1] <= 0:
        return NotCalculable("sigma_pt_not_positive", {"value": values[1]})
    return finite(abs(values[0]) * values[1] / 100.0, "sigma_pt") if values[0] != 0 else NotCalculable("assigned_value_zero")


def horwitz(mass_fraction: Input) -> Horwitz | NotCalculable:
    """sigma of the Horwitz curve as modified by Thompson, Analyst 125 (2000) 385 (8.4, formula 8); c and sigma are MASS FRACTIONS.

    0.22 c below 1.2e-7; 0.02 c^0.8495 from there to 0.138; 0.01 sqrt(c) above. The curve jumps at 1.2e-7 (by 0.04 %) and at 0.138; both
    borders belong to the middle range, as the standard's signs say. Not for microbiology, operational quantities, Ct or copies.
    c must be above 0 and at most 1: 1 mg/kg is 1e-6, and feeding mg/kg is the classic error (`mass_fraction_out_of_range` above 1).
    Example: c = 1e-6: 1.5997e-7, 16.0 %.
    """
    values = known(("assigned_value_missing", mass_fraction))
    if isinstance(values, NotCalculable):
        return values
    c = values[0]
    if not 0.0 < c <= 1.0:
        return NotCalculable("mass_fraction_out_of_range", {"value": c})
    if c < HORWITZ_LOW:
        return Horwitz(0.22 * c, 22.0, 1)
    if c <= HORWITZ_HIGH:
        return Horwitz(0.02 * c**0.8495, 2.0 * c**-0.1505, 2)
    return Horwitz(0.01 * math.sqrt(c), 1.0 / math.sqrt(c), 3)


def sigma_by_horwitz(x_pt: Input, mass_fraction_per_unit: float) -> Number:
    """sigma_pt in the unit of x_pt by `horwitz`; the unit as a mass fraction is stated, never guessed: 1e-6 for mg/kg, 1e-9 for ug/kg.

    Example: 2.99 mg/kg: 0.40561.
    """
    if not mass_fraction_per_unit > 0:
        raise ValueError(f"a mass fraction above 0 is expected for one unit, not {mass_fraction_per_unit}")
    values = known(("assigned_value_missing", x_pt))
    if isinstance(values, NotCalculable):
        return values
    found = horwitz(values[0] * mass_fraction_per_unit)
    return found if isinstance(found, NotCalculable) else finite(found.sigma / mass_fraction_per_unit, "sigma_pt")


def sigma_from_precision(s_reproducibility: Input, s_repeatability: Input, m: int) -> PrecisionModel | NotCalculable:
    """sigma_pt = sqrt(s_L^2 + s_r^2 / m), s_L^2 = s_R^2 - s_r^2, for laboratories that report the mean of m replicates (8.5, formula 9).

    s_r > s_R contradicts the model and gives `precision_inconsistent`. Example: ISO 13528:2022 E.10, s_R 23.2, s_r 14.3, m = 2: 20.9
    with s_L 18.3.
    """
    values = known(("scale_missing", s_reproducibility), ("scale_missing", s_repeatability))
    if isinstance(values, NotCalculable):
        return values
    s_total, s_within = values
    if s_total < 0 or s_within < 0:
        return NotCalculable("scale_negative", {"value": min(values)})
    if m < 1:
        return NotCalculable("too_few_values", {"n": m, "least": 1})
    if s_within > s_total:
        return NotCalculable("precision_inconsistent", {"s_r": s_within, "s_R": s_total})
    s_between = math.sqrt((s_total - s_within) * (s_total + s_within))
    sigma = finite(math.hypot(s_between, s_within / math.sqrt(m)), "sigma_pt")
    return sigma if isinstance(sigma, NotCalculable) else PrecisionModel(sigma, s_between)


def sigma_from_previous_rounds(assigned: Sequence[Input], robust_sd: Sequence[Input]) -> PreviousRounds | NotCalculable:
    """Least-squares line of the robust SD of earlier rounds on their assigned values, both in one unit; n >= 2 levels (8.3).

    Rounds without one of the two are left out. All rounds at one level give `results_all_equal`: then their pooled SD is the sigma_pt, by
    Algorithm S. r2 needs SDs that differ. Example: R's data set cars (dist on speed): -17.5791, 3.93241, r2 0.65108.
    """
    if len(assigned) != len(robust_sd):
        raise ValueError(f"pairs are expected, not {len(assigned)} and {len(robust_sd)} values")
    found = [known(("assigned_value_missing", x), ("scale_missing", s)) for x, s in zip(assigned, robust_sd, strict=True)]
    pairs = np.array(sorted(pair for pair in found if not isinstance(pair, NotCalculable)), dtype=np.float64).reshape(-1, 2)
    n = int(pairs.shape[0])
    if n < 2:
        return NotCalculable("too_few_values", {"n": n, "least": 2})
    x_unit, y_unit = (float(np.abs(column).max()) or 1.0 for column in pairs.T)
    x, y = pairs[:, 0] / x_unit, pairs[:, 1] / y_unit
    if float(x.min()) == float(x.max()):
        return NotCalculable("results_all_equal")
    x_mean, y_mean = math.fsum(x) / n, math.fsum(y) / n
    dx, dy = x - x_mean, y - y_mean
    sxx, sxy, syy = math.fsum(dx * dx), math.fsum(dx * dy), math.fsum(dy * dy)
    intercept, slope = y_unit * (y_mean - sxy / sxx * x_mean), y_unit / x_unit * (sxy / sxx)
    if not (math.isfinite(intercept) and math.isfinite(slope)):
        return NotCalculable("result_not_finite", {"quantity": "slope"})
    r2: Number = sxy * sxy / (sxx * syy) if float(y.min()) < float(y.max()) else NotCalculable("results_all_equal")
    return PreviousRounds(intercept, slope, r2, n)


def sigma_from_same_round(x: Values, *, least: int = LEAST_FOR_SAME_ROUND) -> SameRound | NotCalculable:
    """sigma_pt = s* of Algorithm A of the round's own results (8.6); refused below `least` results (default 12, configurable).

    With few results a laboratory inflates the sigma_pt that it is judged by, and no |z| can exceed (p - 1) / sqrt(p) then
    (`assigned.largest_possible_z`). s* = 0 (equal results) gives `sigma_pt_not_positive`. Scores of different rounds are not comparable.
    Example: ISO 13528:2022 Table E.5, atrazine, p = 34: 0.0395.
    """
    if len(x) < least:
        return NotCalculable("too_few_values", {"n": len(x), "least": least})
    run = algorithm_a(x)
    if isinstance(run, NotCalculable):
        return run
    return SameRound(run.s_star, run) if run.s_star > 0 else NotCalculable("sigma_pt_not_positive", {"value": 0.0})
