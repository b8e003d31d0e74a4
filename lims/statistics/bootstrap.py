"""Bootstrap interval of Cohen's kappa: the table is drawn again from its own shares, many times at once.

Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13. All replicates are one multinomial draw and a few array sums:
2,000 of them take a few milliseconds. The seed is an argument and is recorded; the same seed gives the same interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval, checked_confidence
from lims.statistics.kappa import Weights, agreement_weights, cohen_kappa
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.tables import Table, as_counts

REPLICATES: Final = 2000
SEED: Final = 20220613


@dataclass(frozen=True, slots=True)
class KappaBootstrap:
    """Percentile interval of kappa. Replicates in which both raters use one and the same category have no kappa: dropped and counted.

    `constant` replicates (one rater constant, the other not) have kappa 0 by arithmetic; they are kept, since leaving them out would push
    the lower limit up, and counted too. Both are frequent in small tables: then the interval says little whatever its width.
    """

    n: int
    weights: Weights
    kappa: Number
    interval: Interval | NotCalculable
    replicates: int
    degenerate: int
    constant: int
    seed: int


def kappa_bootstrap(
    table: Table, weights: Weights = "unweighted", confidence: float = 0.95, replicates: int = REPLICATES, seed: int = SEED
) -> KappaBootstrap:
    """Draw n pairs with the observed shares p_ij, `replicates` times; the interval lies between the tail quantiles of their kappas.

    Quantiles at positions (R + 1) p of the R kept replicates, with linear interpolation. When kappa of the table itself is not estimable
    its reason is handed on; when fewer than half of the replicates have a kappa: `too_few_replicates`. With perfect agreement every
    replicate is perfect and the interval is [1, 1]: it carries no information, as the Wald interval.
    Example: 59, 6 / 16, 80 (kappa 0.723): 0.609 to 0.823; Wald 0.616 to 0.830.
    """
    checked_confidence(confidence)
    if replicates < 100:
        raise ValueError(f"100 replicates or more are expected, not {replicates}")
    counts = as_counts(table)
    n, observed = int(counts.sum()), cohen_kappa(counts, weights, confidence)
    if observed.reason is not None:
        return KappaBootstrap(n, weights, observed.kappa, observed.reason, 0, 0, 0, seed)
    drawn = _drawn(counts, n, replicates, seed)
    kappas, degenerate, constant = _kappas(drawn, counts, agreement_weights(int(counts.shape[0]), weights))
    kept = replicates - degenerate
    if 2 * kept < replicates:
        few = NotCalculable("too_few_replicates", {"n": kept, "replicates": replicates})
        return KappaBootstrap(n, weights, observed.kappa, few, replicates, degenerate, constant, seed)
    tail = (1.0 - confidence) / 2.0
    lower, upper = np.quantile(kappas, [tail, 1.0 - tail], method="weibull")
    return KappaBootstrap(
        n, weights, observed.kappa, Interval(float(lower), float(upper), confidence), replicates, degenerate, constant, seed
    )


def _drawn(counts: NDArray[np.int64], n: int, replicates: int, seed: int) -> NDArray[np.float64]:
    """replicates x used cells; empty cells stay empty and need no column."""
    cells = counts.ravel()
    shares = cells[cells > 0] / n
    return np.random.default_rng(seed).multinomial(n, shares, size=replicates).astype(np.float64)


def _kappas(drawn: NDArray[np.float64], counts: NDArray[np.int64], w: NDArray[np.float64]) -> tuple[NDArray[np.float64], int, int]:
    """Kappas of the replicates that have one, and how many were dropped and how many are 0 because a rater is constant.

    One matrix product gives the weighted agreement and both margins of all replicates.
    """
    k, n = int(counts.shape[0]), int(counts.sum())
    row, column = np.nonzero(counts)
    sums = drawn @ np.hstack([w[row, column][:, None], np.eye(k)[row], np.eye(k)[column]])
    rows, columns = sums[:, 1 : k + 1], sums[:, k + 1 :]
    row_is_constant, column_is_constant = (rows == n).any(axis=1), (columns == n).any(axis=1)
    is_degenerate = row_is_constant & column_is_constant & (((rows == n) & (columns == n)).any(axis=1))
    is_constant = (row_is_constant | column_is_constant) & ~is_degenerate
    po, pe = sums[:, 0] / n, ((rows @ w) * columns).sum(axis=1) / (n * n)
    kappas = np.where(is_constant, 0.0, (po - pe) / np.where(row_is_constant | column_is_constant, 1.0, 1.0 - pe))
    return kappas[~is_degenerate], int(is_degenerate.sum()), int(is_constant.sum())
