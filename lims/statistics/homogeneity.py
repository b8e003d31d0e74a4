"""Homogeneity of the samples of a round (ISO 13528:2022, 6.1 and Annex B; IUPAC Harmonised Protocol 2006, Appendix 1).

samples: g lists of m repeated results of one sample each, in one unit, measured in random order under repeatability conditions; g >= 2,
m >= 2 (the standard wants g >= 10 or all, m = 2). s_s is the standard deviation between samples, s_w within samples, s_x of the means.
Two questions that are easily confused, and can be answered differently in both directions:
- is s_s small against sigma_pt (0.3 sigma_pt, or the expanded criterion that allows for chance in s_s)? This decides fitness;
- is there any between-sample variance at all (F test)? With a precise method a harmless s_s is significant, with a poor one a harmful
  s_s is not.
`rule` says which one decides, `rules_disagree` that they differ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics.oneway import Groups, OneWay, anova_oneway
from lims.statistics.outcome import Input, NotCalculable, Number, finite, known
from lims.statistics.outlier_tests import Cochran, cochran

LIMIT_FRACTION: Final = 0.3  # B.2.2
BORDER_EPSILON: Final = 1e-9  # part of the limit: closer than this, s_s stands on it and passes

FactorRule = Literal["exact", "rounded"]
Rule = Literal["sigma", "expanded", "f_test"]
HomogeneityU = Literal["s_s", "guide_35"]


@dataclass(frozen=True, slots=True)
class Factors:
    """F1 and F2 of the expanded criterion for g samples with m results each."""

    f1: Number
    f2: Number
    g: int
    m: float
    rule: FactorRule


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Everything a homogeneity record shows. SDs in the unit of the results, c in its square; verdicts None when they cannot be given.

    variance_signed is s_s^2 with its sign; a negative one counts as s_s = 0. c = F1 (0.3 sigma_pt)^2 + F2 s_w^2; s_s passes when
    s_s <= sqrt(c), which is the comparison of variances of the IUPAC protocol, s_s^2 <= c, in other words.
    """

    table: OneWay
    mean: float
    s_x: Number
    s_w: Number
    s_s: Number
    variance_signed: Number
    f_critical: Number  # upper 5 % of F
    factors: Factors
    sigma_pt: Number
    limit: Number  # 0.3 sigma_pt
    c: Number
    sqrt_c: Number
    cochran: Cochran | NotCalculable
    passes_sigma: bool | None
    passes_expanded: bool | None
    is_f_significant: bool | None
    rule: Rule

    @property
    def is_homogeneous(self) -> bool | None:
        """Verdict of the rule: sigma (s_s <= 0.3 sigma_pt), expanded (that or s_s <= sqrt(c), B.2.3), f_test (F not significant)."""
        if self.rule == "f_test":
            return None if self.is_f_significant is None else not self.is_f_significant
        return self.passes_sigma if self.rule == "sigma" else _either(self.passes_sigma, self.passes_expanded)

    @property
    def rules_disagree(self) -> bool:
        """Whether the F test and the 0.3 sigma_pt rule answer differently."""
        return self.passes_sigma is not None and self.is_f_significant is not None and self.passes_sigma == self.is_f_significant


def homogeneity(
    samples: Groups,
    sigma_pt: Input = None,
    *,
    rule: Rule = "expanded",
    factor_rule: FactorRule = "exact",
    f1: float | None = None,
    f2: float | None = None,
) -> Homogeneity | NotCalculable:
    """Check of homogeneity: s_s^2 = (MS_between - MS_within) / m = s_x^2 - s_w^2 / m, set to 0 when negative (B.3).

    Unequal numbers of results per sample are outside the standard, which wants m for all; the analysis of variance then takes n_bar in
    place of m. f1, f2 given: they replace the computed factors. Without sigma_pt only what needs it is `sigma_pt_missing`.
    Example: ISO 13528:2022 E.2, arsenic in chocolate, 10 samples in duplicate, sigma_pt 0.02807: s_x 0.00398, s_w 0.00556, s_s 0.00060,
    0.3 sigma_pt 0.00842: homogeneous.
    """
    table = anova_oneway(samples)
    if isinstance(table, NotCalculable):
        return table
    signed, s_w = table.component, _root(table.ms_within)
    s_s: Number = signed if isinstance(signed, NotCalculable) else math.sqrt(max(signed, 0.0))
    factors = _chosen(homogeneity_factors(table.g, table.n_bar, factor_rule), f1, f2)
    sigma = _sigma(sigma_pt)
    limit: Number = sigma if isinstance(sigma, NotCalculable) else LIMIT_FRACTION * sigma
    c = _expanded(factors, limit, s_w)
    sqrt_c, f_critical = _root(c), _f_quantile(table.df_between, table.df_within)
    return Homogeneity(
        table=table,
        mean=table.grand_mean,
        s_x=_root(table.ms_between, table.n_bar),
        s_w=s_w,
        s_s=s_s,
        variance_signed=signed,
        f_critical=f_critical,
        factors=factors,
        sigma_pt=sigma,
        limit=limit,
        c=c,
        sqrt_c=sqrt_c,
        cochran=cochran(table),
        passes_sigma=_within(s_s, limit),
        passes_expanded=_within(s_s, sqrt_c),
        is_f_significant=None if isinstance(table.p, NotCalculable) else table.p < 0.05,
        rule=rule,
    )


def homogeneity_factors(g: int, m: Number, rule: FactorRule = "exact") -> Factors:
    """F1 = chi2_0.95(g - 1) / (g - 1), F2 = (F_0.95(g - 1, g (m - 1)) - 1) / m; g samples, m results each (Table B.1 for m = 2).

    exact: unrounded quantiles; rounded: two decimals, as printed. g >= 2, m > 1.
    Examples: g = 10, m = 2: 1.880 and 1.010 (printed 1.88 and 1.01); g = 12: 1.79 and 0.86.
    """
    if isinstance(m, NotCalculable):
        return Factors(m, m, g, 0.0, rule)
    if g < 2 or not m > 1:
        few = NotCalculable("too_few_values", {"n": g if g < 2 else 1, "least": 2})
        return Factors(few, few, g, m, rule)
    from scipy.special import chdtri

    f1, f2 = finite(float(chdtri(g - 1, 0.05)) / (g - 1), "f1"), finite((_quantile(g - 1, g * (m - 1)) - 1.0) / m, "f2")
    if rule == "rounded":
        f1, f2 = (factor if isinstance(factor, NotCalculable) else round(factor, 2) for factor in (f1, f2))
    return Factors(f1, f2, g, m, rule)


def u_homogeneity(found: Homogeneity, rule: HomogeneityU = "s_s") -> Number:
    """Standard uncertainty u_hom of the assigned value from the check (ISO 13528:2022, 7.2: one part of u(x_pt)).

    s_s (default, as the standard has it): the estimate as it is; 0 whenever the signed estimate is negative, although nothing was proved.
    guide_35: not less than what the check could have seen, sqrt(MS_within / m) (2 / (g (m - 1)))^(1/4) (ISO Guide 35; Linsinger et al.,
    Accred. Qual. Assur. 6 (2001) 20).
    Feed the result to `assigned.combined_u`. Example: E.2: s_s gives 0.00060, guide_35 0.00263.
    """
    table, s_s = found.table, found.s_s
    if isinstance(s_s, NotCalculable) or rule == "s_s":
        return s_s
    values = known(("scale_missing", table.ms_within), ("scale_missing", table.n_bar))
    if isinstance(values, NotCalculable):
        return values
    within, m = values
    return max(s_s, math.sqrt(within / m * math.sqrt(2.0 / table.df_within)))


def sigma_with_heterogeneity(sigma_pt: Input, s_s: Input) -> Number:
    """sqrt(sigma_pt^2 + s_s^2): the way out when samples fail the check and the round must go on (Annex B.2).

    Widening sigma_pt this way must be said in the report. Example: 0.03 and 0.04 give 0.05.
    """
    values = known(("sigma_pt_missing", sigma_pt), ("scale_missing", s_s))
    if isinstance(values, NotCalculable):
        return values
    if values[0] <= 0:
        return NotCalculable("sigma_pt_not_positive", {"value": values[0]})
    return NotCalculable("scale_negative", {"value": values[1]}) if values[1] < 0 else math.hypot(*values)


def _sigma(sigma_pt: Input) -> Number:
    values = known(("sigma_pt_missing", sigma_pt))
    if isinstance(values, NotCalculable):
        return values
    return values[0] if values[0] > 0 else NotCalculable("sigma_pt_not_positive", {"value": values[0]})


def _chosen(computed: Factors, f1: float | None, f2: float | None) -> Factors:
    if (f1 is not None and not f1 >= 0) or (f2 is not None and not f2 >= 0):
        raise ValueError(f"factors F1 and F2 of 0 or more are expected, not {f1}, {f2}")
    first, second = computed.f1 if f1 is None else f1, computed.f2 if f2 is None else f2
    return Factors(first, second, computed.g, computed.m, computed.rule)


def _expanded(factors: Factors, limit: Number, s_w: Number) -> Number:
    values = known(("sigma_pt_missing", limit), ("scale_missing", s_w), ("too_few_values", factors.f1), ("too_few_values", factors.f2))
    if isinstance(values, NotCalculable):
        return values
    sigma_limit, within, f1, f2 = values
    return finite(f1 * sigma_limit * sigma_limit + f2 * within * within, "c")


def _root(square: Number, divisor: Number = 1.0) -> Number:
    if isinstance(square, NotCalculable):
        return square
    return divisor if isinstance(divisor, NotCalculable) else math.sqrt(square / divisor)


def _within(s_s: Number, limit: Number) -> bool | None:
    if isinstance(s_s, NotCalculable) or isinstance(limit, NotCalculable):
        return None
    return s_s <= limit * (1.0 + BORDER_EPSILON)


def _either(first: bool | None, second: bool | None) -> bool | None:
    return None if first is None or second is None else first or second


def _f_quantile(df1: int, df2: int) -> Number:
    return _quantile(df1, df2) if df1 > 0 and df2 > 0 else NotCalculable("too_few_values", {"n": 1, "least": 2})


def _quantile(df1: float, df2: float) -> float:
    """0.95 quantile of F(df1, df2), by the beta distribution."""
    from scipy.special import betainccinv

    beta = float(betainccinv(df1 / 2, df2 / 2, 0.05))
    return beta * df2 / (df1 * (1.0 - beta))
