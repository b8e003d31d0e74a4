"""One kappa from several tables of the same two raters and categories: over items, rounds or sites.

Pooling is honest when the tables estimate one agreement; the test of equal kappas and the kappas of the tables stand beside the pooled one.
Adding the counts is another estimate: margins that differ between tables then count as chance agreement. Fleiss, Levin and Paik,
Statistical Methods for Rates and Proportions, 3rd ed. (2003), 18.2; Barlow, Lai and Azen, Stat. Med. 10 (1991) 1465.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.kappa import CohenKappa, Weights, cohen_kappa
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.tables import Table, as_counts

Pooling = Literal["inverse_variance", "pairs"]


@dataclass(frozen=True, slots=True)
class PooledKappa:
    """Pooled kappa with its interval, cut to [-1, 1]; tables that could not be weighed, by position with their reason.

    summed is Cohen's kappa of all counts together. chi2 tests equal kappas; a small p_equal warns that the pooled one describes no table.
    """

    pooling: Pooling
    tables: tuple[CohenKappa, ...]
    left_out: tuple[tuple[int, NotCalculable], ...]
    kappa: Number
    se: Number
    interval: Interval | NotCalculable
    chi2: Number
    df: int
    p_equal: Number
    summed: CohenKappa


def pooled_kappa(
    tables: Sequence[Table], weights: Weights = "unweighted", confidence: float = 0.95, pooling: Pooling = "inverse_variance"
) -> PooledKappa:
    """kappa = sum g_i kappa_i / sum g_i; g_i = 1 / ASE_i^2 with SE 1 / sqrt(sum g_i), or g_i = n_i with SE sqrt(sum n_i^2 ASE_i^2) / N.

    chi2 = sum (kappa_i - kappa)^2 / ASE_i^2 with one degree of freedom fewer than tables, kappa the inverse-variance one. A table whose
    kappa is not estimable is left out with its reason; one with ASE 0 (perfect agreement) has no inverse variance (`standard_error_zero`),
    though leaving it out lowers the pooled kappa: "pairs" keeps it. Tables of unequal size: ValueError; no usable table: the first reason.
    Example: 20, 5 / 10, 15 (kappa 0.400, ASE 0.1270) and 40, 5 / 5, 50 (0.798, 0.0606): 0.724, SE 0.0547, chi2 8.00.
    """
    z = normal_quantile(confidence)
    if pooling not in ("inverse_variance", "pairs"):
        raise ValueError(f"pooling by inverse_variance or pairs is expected, not {pooling}")
    counts = [as_counts(table) for table in tables]
    if len({table.shape for table in counts}) != 1:
        raise ValueError("one table or more, all with the same categories, are expected")
    found = tuple(cohen_kappa(table, weights, confidence) for table in counts)
    summed = cohen_kappa(sum(counts[1:], start=counts[0]), weights, confidence)
    usable: list[tuple[float, float, int]] = []
    left_out: list[tuple[int, NotCalculable]] = []
    for position, one in enumerate(found):
        lack = _lack(one, pooling)
        if lack is None and isinstance(one.kappa, float) and isinstance(one.ase, float):
            usable.append((one.kappa, one.ase, one.n))
        elif lack is not None:
            left_out.append((position, lack))
    if not usable:
        none = left_out[0][1]
        return PooledKappa(pooling, found, tuple(left_out), none, none, none, none, 0, none, summed)
    kappa, se = _pooled(usable, pooling)
    interval = Interval(max(-1.0, kappa - z * se), min(1.0, kappa + z * se), confidence)
    chi2, df, p = _equal(usable)
    return PooledKappa(pooling, found, tuple(left_out), kappa, se, interval, chi2, df, p, summed)


def _lack(one: CohenKappa, pooling: Pooling) -> NotCalculable | None:
    if one.reason is None and one.ase == 0.0 and pooling == "inverse_variance":
        return NotCalculable("standard_error_zero", {"n": one.n})
    return one.reason


def _pooled(usable: Sequence[tuple[float, float, int]], pooling: Pooling) -> tuple[float, float]:
    if pooling == "pairs":
        total = sum(n for _, _, n in usable)
        spread = math.sqrt(math.fsum((n * ase) ** 2 for _, ase, n in usable))
        return math.fsum(n * kappa for kappa, _, n in usable) / total, spread / total
    total_weight = math.fsum(ase**-2 for _, ase, _ in usable)
    return math.fsum(kappa * ase**-2 for kappa, ase, _ in usable) / total_weight, 1.0 / math.sqrt(total_weight)


def _equal(usable: Sequence[tuple[float, float, int]]) -> tuple[Number, int, Number]:
    """The test of equal kappas, over the tables with a standard error above 0."""
    spread = [one for one in usable if one[1] > 0.0]
    df = len(spread) - 1
    if df < 1:
        lack = NotCalculable("no_degrees_of_freedom")
        return lack, 0, lack
    from scipy.special import chdtrc

    centre, _ = _pooled(spread, "inverse_variance")
    chi2 = math.fsum(((kappa - centre) / ase) ** 2 for kappa, ase, _ in spread)
    return chi2, df, float(chdtrc(df, chi2))
