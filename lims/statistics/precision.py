"""Precision of a measurement method from an interlaboratory experiment (ISO 5725-2): s_r, s_L, s_R, limits, Mandel's h and k.

groups: one list of results per laboratory, one level, in one unit; laboratories may have different numbers of results, some only one.
Means, SDs and limits in the unit of the results, variances in its square, h and k without unit. What was excluded before, and why, is
kept by the caller: this module never drops a result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from lims.statistics.oneway import Groups, OneWay, anova_oneway
from lims.statistics.outcome import NotCalculable, Number, finite, is_number

LIMIT_FACTOR: Final = 2.8  # ISO 5725-6:1994, 4.1: 1.96 sqrt(2) = 2.77, rounded
LIMIT_FACTOR_EXACT: Final = 2.771807648699343  # sqrt(2) Phi^-1(0.975)


@dataclass(frozen=True, slots=True)
class Precision:
    """Repeatability, between-laboratory and reproducibility standard deviations of one level.

    s_l2_signed keeps the sign of the estimated between-laboratory variance; a negative one counts as s_l = 0, and then s_big_r = s_r.
    limit_factor is the recorded choice for r_limit and big_r_limit. s_means is the SD of the laboratories' means, each counted once.
    """

    p: int  # laboratories with results
    n_total: int
    n_bar: Number
    mean: float  # of all results: laboratories weigh by their numbers
    s_r: Number
    s_l: Number
    s_l2_signed: Number
    s_big_r: Number
    r_limit: Number
    big_r_limit: Number
    limit_factor: float
    s_means: Number
    means: tuple[Number, ...]
    sds: tuple[Number, ...]
    h: tuple[Number, ...]
    k: tuple[Number, ...]
    table: OneWay


@dataclass(frozen=True, slots=True)
class PrecisionE691:
    """The four figures of ASTM E691: mean of the cell means, their SD, s_r, and s_R set to s_r when smaller."""

    mean: Number
    s_x_bar: Number
    s_r: Number
    s_big_r: Number


def precision(groups: Groups, *, limit_factor: float = LIMIT_FACTOR) -> Precision | NotCalculable:
    """s_r = sqrt(MS_within), s_L^2 = (MS_between - s_r^2) / n_bar, s_R^2 = s_L^2 + s_r^2 (ISO 5725-2:1994, 7.4).

    n_bar = (N - sum n_i^2 / N) / (p - 1). h_i = (mean_i - mean of the means) / SD of the means, every laboratory counted once (7.3.1);
    k_i = s_i / s_r with the s_r pooled by degrees of freedom. The standard gives k for equal numbers only, where the two are the same; with
    unequal numbers the pooled s_r is our choice. A laboratory with one result has no s and no k (`too_few_values`).
    Edge cases: without replicates s_r is a reason and so is s_R, h stays; without any spread h and k are `scale_missing`.
    Example: ASTM E691 glucose in serum, material A, 8 laboratories in triplicate: s_r = 1.0632, s_L = 0 (estimate negative), s_R = 1.0632.
    """
    if not limit_factor > 0:
        raise ValueError(f"a limit factor above 0 is expected, not {limit_factor}")
    table = anova_oneway(groups)
    if isinstance(table, NotCalculable):
        return table
    s_r: Number = table.ms_within if isinstance(table.ms_within, NotCalculable) else math.sqrt(table.ms_within)
    signed = table.component
    s_l: Number = signed if isinstance(signed, NotCalculable) else math.sqrt(max(signed, 0.0))
    s_big_r = _hypotenuse(s_l, s_r)
    centre, spread = _of_means(table)
    return Precision(
        p=table.g,
        n_total=table.n_total,
        n_bar=table.n_bar,
        mean=table.grand_mean,
        s_r=s_r,
        s_l=s_l,
        s_l2_signed=signed,
        s_big_r=s_big_r,
        r_limit=_times(s_r, limit_factor),
        big_r_limit=_times(s_big_r, limit_factor),
        limit_factor=limit_factor,
        s_means=spread,
        means=table.means,
        sds=table.sds,
        h=tuple(_standardised(mean, centre, spread) for mean in table.means),
        k=tuple(_standardised(sd, 0.0, s_r) for sd in table.sds),
        table=table,
    )


def precision_e691(groups: Groups) -> PrecisionE691 | NotCalculable:
    """The same experiment as ASTM E691 reports it: s_R = sqrt(s_xbar^2 + s_r^2 (n - 1) / n), at least s_r; equal numbers only.

    For equal numbers identical with ISO 5725-2. Unequal numbers: s_R is `sizes_unequal`.
    Example: glucose in serum, material D: 194.717, s_xbar 2.595, s_r 2.6251, s_R 3.3657.
    """
    found = precision(groups)
    if isinstance(found, NotCalculable):
        return found
    centre, spread = _of_means(found.table)
    n, s_r = found.table.size, found.s_r
    if n is None:
        return PrecisionE691(centre, spread, s_r, NotCalculable("sizes_unequal"))
    if isinstance(spread, NotCalculable) or isinstance(s_r, NotCalculable):
        return PrecisionE691(centre, spread, s_r, spread if isinstance(spread, NotCalculable) else s_r)
    return PrecisionE691(centre, spread, s_r, max(s_r, math.sqrt(spread * spread + s_r * s_r * (n - 1) / n)))


def _of_means(table: OneWay) -> tuple[float, Number]:
    """Mean and SD of the laboratories' means, each laboratory counted once."""
    means = anova_oneway([[mean for mean in table.means if is_number(mean)]])
    if isinstance(means, NotCalculable):
        return table.grand_mean, means
    return means.grand_mean, means.sds[0]


def _standardised(value: Number, centre: float, scale: Number) -> Number:
    if isinstance(value, NotCalculable):
        return value
    if isinstance(scale, NotCalculable):
        return scale
    return finite((value - centre) / scale, "consistency") if scale > 0 else NotCalculable("scale_missing")


def _hypotenuse(first: Number, second: Number) -> Number:
    if isinstance(first, NotCalculable):
        return first
    return second if isinstance(second, NotCalculable) else math.hypot(first, second)


def _times(value: Number, factor: float) -> Number:
    return value if isinstance(value, NotCalculable) else finite(factor * value, "limit")
