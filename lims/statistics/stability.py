"""Stability of the samples of a round (ISO 13528:2022, 6.1 and B.5): did the property change between preparation and the last use?

y1 results of the homogeneity check (or the mean of its samples), y2 results at the end, in one unit, by the same method in the same
laboratory. Two rules that answer different questions and can disagree: |mean1 - mean2| <= 0.3 sigma_pt asks whether a change matters, the
t test whether there is any change. The product decides by the first and names the second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics.oneway import anova_oneway
from lims.statistics.outcome import Input, NotCalculable, Number, finite, known
from lims.statistics.values import Values

LIMIT_FRACTION: Final = 0.3  # B.5
BORDER_EPSILON: Final = 1e-9

StabilityRule = Literal["plain", "expanded"]
StabilityU = Literal["rectangular", "difference"]


@dataclass(frozen=True, slots=True)
class Stability:
    """Means, their difference and its uncertainty, the limit and the verdict (None when it cannot be given).

    change = mean_2 - mean_1 with its sign, difference its size. rule plain: difference <= 0.3 sigma_pt; expanded: the limit is widened by
    2 sqrt(u(mean_1)^2 + u(mean_2)^2) when the method's own scatter is large (B.5).
    """

    mean_1: float
    mean_2: float
    change: float
    difference: float
    u_change: Number
    limit: Number
    is_stable: bool | None
    rule: StabilityRule


@dataclass(frozen=True, slots=True)
class TTest:
    """A t test: statistic, degrees of freedom, two-sided P value."""

    t: Number
    df: Number
    p: Number


@dataclass(frozen=True, slots=True)
class StabilityTTest:
    """The two-sample test with a common variance (CNAS-GL003) and without (Welch)."""

    pooled: TTest
    welch: TTest


def stability(y1: Values, y2: Values, sigma_pt: Input = None, *, rule: StabilityRule = "plain") -> Stability | NotCalculable:
    """|mean(y2) - mean(y1)| against 0.3 sigma_pt (B.5); a difference on the limit is stable.

    Each list needs one result; u_change = sqrt(s_1^2 / n_1 + s_2^2 / n_2) needs two in each, and rule expanded needs u_change.
    Example: ISO 13528:2022 E.2: 0.18715 and 0.19375, difference 0.0066, limit 0.00842: stable.
    """
    found = [_mean_and_square(y) for y in (y1, y2)]
    for each in found:
        if isinstance(each, NotCalculable):
            return each
    (mean_1, square_1, _), (mean_2, square_2, _) = (each for each in found if not isinstance(each, NotCalculable))
    u_change = _combined(square_1, square_2)
    limit = _limit(sigma_pt, u_change, rule)
    difference = abs(mean_2 - mean_1)
    is_stable = None if isinstance(limit, NotCalculable) else difference <= limit * (1.0 + BORDER_EPSILON)
    return Stability(mean_1, mean_2, mean_2 - mean_1, difference, u_change, limit, is_stable, rule)


def stability_t_test(y1: Values, y2: Values) -> StabilityTTest | NotCalculable:
    """Two-sample t test of mean(y1) - mean(y2): pooled (n_1 + n_2 - 2 df) and Welch's (Satterthwaite df).

    Put in sample means, not single replicates, when replicates of one sample are not independent. Pooled needs three results in all,
    Welch two in each list. No spread: `scale_missing`.
    Example: E.2, means of 10 samples against 2: pooled t = -2.248, df 10, p 0.0483; Welch t = -4.505, df 7.74, p 0.0022: significant,
    although the change is within 0.3 sigma_pt.
    """
    first, second = _mean_and_square(y1), _mean_and_square(y2)
    if isinstance(first, NotCalculable):
        return first
    if isinstance(second, NotCalculable):
        return second
    return StabilityTTest(_pooled(y1, y2, first[0] - second[0]), _welch(first, second))


def stability_t_test_reference(x: Values, mu: Input) -> TTest | NotCalculable:
    """One-sample t test against a reference value without uncertainty: t = (mean - mu) sqrt(n) / s, n - 1 degrees of freedom.

    Example: 5.01 5.05 5.02 5.04 5.00 5.06 against 5: t = 3.1053, p = 0.0267.
    """
    found, reference = _mean_and_square(x), known(("assigned_value_missing", mu))
    if isinstance(found, NotCalculable):
        return found
    if isinstance(reference, NotCalculable):
        return reference
    mean, square, n = found
    if isinstance(square, NotCalculable):
        return TTest(square, square, square)
    return _t_test(mean - reference[0], square, n - 1)


def u_stability(found: Stability, rule: StabilityU = "rectangular") -> Number:
    """Standard uncertainty u_stab of the assigned value from an observed change (7.2: one part of u(x_pt)); 0 when nothing changed.

    The standard leaves the form open. rectangular (default): the value lies anywhere between both means, |change| / sqrt(3)
    (ISO/IEC Guide 98-3, 4.3.7, half-width |change|); difference: |change| itself, the cautious choice.
    Feed the result to `assigned.combined_u`. Example: E.2: 0.0066 / sqrt(3) = 0.0038.
    """
    return found.difference / math.sqrt(3.0) if rule == "rectangular" else found.difference


def _mean_and_square(y: Values) -> tuple[float, Number, int] | NotCalculable:
    """Mean, squared standard error of the mean, n."""
    table = anova_oneway([y])
    if isinstance(table, NotCalculable):
        return table
    square: Number = table.ms_within if isinstance(table.ms_within, NotCalculable) else table.ms_within / table.n_total
    return table.grand_mean, square, table.n_total


def _combined(first: Number, second: Number) -> Number:
    values = known(("scale_missing", first), ("scale_missing", second))
    return values if isinstance(values, NotCalculable) else math.sqrt(values[0] + values[1])


def _limit(sigma_pt: Input, u_change: Number, rule: StabilityRule) -> Number:
    values = known(("sigma_pt_missing", sigma_pt))
    if isinstance(values, NotCalculable):
        return values
    if values[0] <= 0:
        return NotCalculable("sigma_pt_not_positive", {"value": values[0]})
    if rule == "plain":
        return LIMIT_FRACTION * values[0]
    return u_change if isinstance(u_change, NotCalculable) else LIMIT_FRACTION * values[0] + 2.0 * u_change


def _pooled(y1: Values, y2: Values, difference: float) -> TTest:
    table = anova_oneway([y1, y2])
    if isinstance(table, NotCalculable):
        return TTest(table, table, table)
    if isinstance(table.ms_within, NotCalculable):
        return TTest(table.ms_within, table.ms_within, table.ms_within)
    return _t_test(difference, table.ms_within * sum(1.0 / n for n in table.sizes), table.df_within)


def _welch(first: tuple[float, Number, int], second: tuple[float, Number, int]) -> TTest:
    values = known(("scale_missing", first[1]), ("scale_missing", second[1]))
    if isinstance(values, NotCalculable):
        return TTest(values, values, values)
    total = values[0] + values[1]
    if total == 0:
        lack = NotCalculable("scale_missing")
        return TTest(lack, lack, lack)
    df = 1.0 / sum((part / total) ** 2 / (n - 1) for part, n in zip(values, (first[2], second[2]), strict=True))
    return _t_test(first[0] - second[0], total, df)


def _t_test(difference: float, squared_error: float, df: float) -> TTest:
    if squared_error <= 0:
        lack = NotCalculable("scale_missing")
        return TTest(lack, float(df), lack)
    from scipy.special import betaincc

    t = finite(difference / math.sqrt(squared_error), "t")
    if isinstance(t, NotCalculable):
        return TTest(t, float(df), t)
    return TTest(t, float(df), float(betaincc(0.5, df / 2, t * t / (df + t * t) if math.isfinite(t * t) else 1.0)))
