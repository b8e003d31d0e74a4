"""Outlier and consistency tests of ISO 5725-2: Cochran, Grubbs single and double, Mandel's h and k, with their critical values.

p laboratories, n results in each. Every one of these statistics is, for one laboratory, a transform of a beta distribution; the largest of
p is tested at alpha / p (Bonferroni), which is exact as long as two laboratories cannot exceed the critical value together, and on the
safe side otherwise. Critical values are computed, never read from a rounded table. By the standard a statistic above the 5 % value and not
above the 1 % value is a straggler, above the 1 % value an outlier; a test shows a suspect, people decide what is excluded.
Clause numbers are those of the 1994 edition (7.3).

Cochran's C compares variances of normal results. It is not Cochran's Q (equality of proportions in 0/1 data), which some programs call by
the same name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics.grubbs_double import double_critical
from lims.statistics.oneway import Groups, OneWay, anova_oneway
from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.values import RESOLUTION, Values, as_array

Sides = Literal[1, 2]
Judgement = Literal["correct", "straggler", "outlier", "not_evaluated"]

STRAGGLER_LEVEL: Final = 0.05
OUTLIER_LEVEL: Final = 0.01


@dataclass(frozen=True, slots=True)
class Cochran:
    """Cochran's C, the laboratory with the largest variance, critical values at 5 % and 1 %, and the Bonferroni P value."""

    c: Number
    suspect: int | NotCalculable  # position of the laboratory, counted from 0; the first one of equals
    p: int  # laboratories with a variance
    n: int  # results per laboratory that the critical values belong to
    is_balanced: bool
    critical_95: Number
    critical_99: Number
    p_value: Number

    @property
    def judgement(self) -> Judgement:
        return judge(self.c, self.critical_95, self.critical_99)


@dataclass(frozen=True, slots=True)
class Grubbs:
    """Single and double Grubbs statistics of p laboratory means.

    g_high = (max - mean) / s, g_low = (mean - min) / s; double_high and double_low are the sums of squares without the two highest (two
    lowest) means over the whole sum: SMALL ratios are suspicious. p_high is the one-sided P value of the highest. sides says whether the
    critical values share alpha between both ends (2, the tables of ISO 5725-2) or spend it on one end (1).
    """

    p: int
    g_high: Number
    g_low: Number
    p_high: Number
    p_low: Number
    double_high: Number
    double_low: Number
    single_95: Number
    single_99: Number
    double_95: Number
    double_99: Number
    sides: Sides

    @property
    def single_high(self) -> Judgement:
        return judge(self.g_high, self.single_95, self.single_99)

    @property
    def single_low(self) -> Judgement:
        return judge(self.g_low, self.single_95, self.single_99)

    @property
    def pair_high(self) -> Judgement:
        return judge(self.double_high, self.double_95, self.double_99, reject_small=True)

    @property
    def pair_low(self) -> Judgement:
        return judge(self.double_low, self.double_95, self.double_99, reject_small=True)


def judge(statistic: Number, critical_95: Number, critical_99: Number, *, reject_small: bool = False) -> Judgement:
    """Correct, straggler (beyond the 5 % value) or outlier (beyond the 1 % value); on the value itself is not beyond it (7.3.2)."""
    if isinstance(statistic, NotCalculable) or isinstance(critical_95, NotCalculable) or isinstance(critical_99, NotCalculable):
        return "not_evaluated"
    sign = -1.0 if reject_small else 1.0
    if sign * statistic > sign * critical_99:
        return "outlier"
    return "straggler" if sign * statistic > sign * critical_95 else "correct"


def cochran(groups: Groups | OneWay) -> Cochran | NotCalculable:
    """C = s_max^2 / sum s_i^2 of the laboratories with two or more results (7.3.3).

    Unequal numbers: the critical values take the n that most laboratories have (the standard's advice for few missing results; the larger
    of equally frequent ones), and `is_balanced` says so. All variances 0: C is `within_variance_zero`. One variance: `too_few_values`.
    Example: apricots, 9 laboratories in duplicate: C = 0.7394, laboratory 4; 0.638 and 0.754: a straggler.
    """
    table = groups if isinstance(groups, OneWay) else anova_oneway(groups)
    if isinstance(table, NotCalculable):
        return table
    variances = [(sd * sd, place) for place, sd in enumerate(table.sds) if not isinstance(sd, NotCalculable)]
    if len(variances) < 2:
        return NotCalculable("too_few_values", {"n": len(variances), "least": 2})
    sizes = [n for n in table.sizes if n > 1]
    n, p = max(sizes, key=lambda size: (sizes.count(size), size)), len(variances)
    total = math.fsum(variance for variance, _ in variances)
    critical = [cochran_critical(p, n, level) for level in (STRAGGLER_LEVEL, OUTLIER_LEVEL)]
    if total == 0:
        lack = NotCalculable("within_variance_zero")
        return Cochran(lack, lack, p, n, len(set(sizes)) == 1, critical[0], critical[1], lack)
    largest, suspect = max(variances, key=lambda found: (found[0], -found[1]))
    c = largest / total
    return Cochran(c, suspect, p, n, len(set(sizes)) == 1, critical[0], critical[1], _cochran_p(c, p, n))


def cochran_critical(p: int, n: int, alpha: float = STRAGGLER_LEVEL) -> Number:
    """Critical value of Cochran's C for p variances of n results each, upper tail alpha.

    C_crit = 1 / (1 + (p - 1) / F), F the quantile 1 - alpha / p of F(n - 1, (p - 1)(n - 1)); the same as a beta quantile. Agrees with
    ISO 5725-2 Table 4 to 0.001. p >= 2, n >= 2. Example: p = 9, n = 2: 0.638 (5 %), 0.754 (1 %).
    """
    _checked_level(alpha)
    if p < 2 or n < 2:
        return NotCalculable("too_few_values", {"n": min(p, n), "least": 2})
    from scipy.special import betainccinv

    return finite(float(betainccinv((n - 1) / 2, (p - 1) * (n - 1) / 2, alpha / p)), "c")


def grubbs(means: Values, sides: Sides = 2) -> Grubbs | NotCalculable:
    """Grubbs' tests of p >= 3 laboratory means (7.3.4); the double test needs p >= 4.

    No spread: `scale_missing`. sides = 2 is the tables of the standard (the 5 % column has 2.5 % on either side), 1 the tables of Grubbs.
    Example: creosote oil, 9 means: high 2.1017, low 1.7028; single 2.215 (5 %) and 2.387 (1 %), double 0.3179 and 0.5013.
    """
    array = as_array(means, least=3)
    if isinstance(array, NotCalculable):
        return array
    ordered = sorted(float(value) for value in array)
    p, floor = len(ordered), RESOLUTION * max(abs(ordered[0]), abs(ordered[-1]))
    shifted = [value - ordered[0] for value in ordered]
    if not math.isfinite(shifted[-1] * shifted[-1] * p):
        return NotCalculable("result_not_finite", {"quantity": "g"})
    mean, s = math.fsum(shifted) / p, math.sqrt(_squares(shifted) / (p - 1))
    if s <= floor:
        return NotCalculable("scale_missing")
    high, low = (shifted[-1] - mean) / s, mean / s
    few = NotCalculable("too_few_values", {"n": p, "least": 4})
    whole = _squares(shifted)
    return Grubbs(
        p=p,
        g_high=high,
        g_low=low,
        p_high=_grubbs_p(high, p),
        p_low=_grubbs_p(low, p),
        double_high=_squares(shifted[:-2]) / whole if p >= 4 else few,
        double_low=_squares(shifted[2:]) / whole if p >= 4 else few,
        single_95=grubbs_critical(p, STRAGGLER_LEVEL, sides),
        single_99=grubbs_critical(p, OUTLIER_LEVEL, sides),
        double_95=grubbs_double_critical(p, STRAGGLER_LEVEL, sides),
        double_99=grubbs_double_critical(p, OUTLIER_LEVEL, sides),
        sides=sides,
    )


def grubbs_critical(p: int, alpha: float = STRAGGLER_LEVEL, sides: Sides = 2) -> Number:
    """Critical value of the single Grubbs test, G = (p - 1) / sqrt(p) * sqrt(t^2 / (p - 2 + t^2)), t the 1 - alpha / (sides p) quantile.

    t has p - 2 degrees of freedom. sides = 2: one value at each end is judged, alpha shared (ISO 5725-2 Table 5); sides = 1: alpha for
    one end. Grubbs, Ann. Math. Stat. 21 (1950) 27. Example: p = 9, sides = 2: 2.215 (5 %), 2.387 (1 %).
    """
    _checked_level(alpha)
    if p < 3:
        return NotCalculable("too_few_values", {"n": p, "least": 3})
    from scipy.special import betainccinv

    return finite((p - 1) / math.sqrt(p) * math.sqrt(float(betainccinv(0.5, (p - 2) / 2, 2.0 * alpha / (sides * p)))), "g")


def grubbs_double_critical(p: int, alpha: float = STRAGGLER_LEVEL, sides: Sides = 2) -> Number:
    """Critical value of the double Grubbs test: the ratio below which the two highest (two lowest) means are suspicious.

    From the exact distribution (`grubbs_double.py`), p from 4 to 100. sides as in `grubbs_critical`.
    Examples: p = 11: 0.2213 (5 %), 0.1448 (1 %) as in ISO 5725-2 Table 5; sides = 1: 0.2667 (5 %).
    """
    _checked_level(alpha)
    return double_critical(p, alpha / sides)


def mandel_h_critical(p: int, alpha: float = STRAGGLER_LEVEL) -> Number:
    """Critical |h| of ONE laboratory among p, two-sided: (p - 1) t / sqrt(p (t^2 + p - 2)), t the 1 - alpha / 2 quantile with p - 2 df.

    An indicator, not a test of the largest of p: at 5 % one laboratory in twenty lies beyond it by chance. p >= 3.
    Example: p = 8: 1.749 (5 %), 2.065 (1 %). 7.3.1, Tables 6 and 7.
    """
    _checked_level(alpha)
    if p < 3:
        return NotCalculable("too_few_values", {"n": p, "least": 3})
    from scipy.special import betainccinv

    return finite((p - 1) / math.sqrt(p) * math.sqrt(float(betainccinv(0.5, (p - 2) / 2, alpha))), "h")


def mandel_k_critical(p: int, n: int, alpha: float = STRAGGLER_LEVEL) -> Number:
    """Critical k of ONE laboratory among p with n results: sqrt(p / (1 + (p - 1) / F)), F the 1 - alpha quantile of F(n-1, (p-1)(n-1)).

    p >= 2, n >= 2; an indicator as h. Example: p = 8, n = 3: 1.669 (5 %), 1.964 (1 %).
    """
    _checked_level(alpha)
    if p < 2 or n < 2:
        return NotCalculable("too_few_values", {"n": min(p, n), "least": 2})
    from scipy.special import betainccinv

    return finite(math.sqrt(p * float(betainccinv((n - 1) / 2, (p - 1) * (n - 1) / 2, alpha))), "k")


def _cochran_p(c: float, p: int, n: int) -> float:
    from scipy.special import betaincc

    return min(1.0, p * float(betaincc((n - 1) / 2, (p - 1) * (n - 1) / 2, min(c, 1.0))))


def _grubbs_p(g: float, p: int) -> float:
    from scipy.special import betaincc

    return min(1.0, p * float(betaincc(0.5, (p - 2) / 2, min(1.0, g * g * p / (p - 1) ** 2))) / 2.0)


def _squares(values: list[float]) -> float:
    """Sum of the squared deviations from the mean; 0 for one value or none."""
    mean = math.fsum(values) / len(values) if values else 0.0
    return math.fsum((value - mean) ** 2 for value in values)


def _checked_level(alpha: float) -> None:
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"a level between 0 and 1 is expected, not {alpha}")
