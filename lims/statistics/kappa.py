"""Cohen's kappa of two raters, unweighted and weighted, with large-sample standard errors.

Cohen, Educ. Psychol. Meas. 20 (1960) 37; weighted: Cohen, Psychol. Bull. 70 (1968) 213; standard errors: Fleiss, Cohen and Everitt,
Psychol. Bull. 72 (1969) 323. Kappa is never shown alone: the table, percent agreement, PPA, NPA and PABAK stand beside it (`agreement.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.tables import Table, as_counts, whole_numbers, whole_variance

Weights = Literal["unweighted", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class CohenKappa:
    """Kappa with everything that belongs to it. No unit; po and pe are the (weighted) observed and chance agreement.

    reason says why kappa is not estimable; screens and reports then print the reason, whatever `kappa` holds:
    no_pairs, one_category_only (both raters used one and the same category, kappa is 0/0), one_rater_constant (kappa is 0 and ase 0 by
    arithmetic, whatever the agreement), margins_determine_kappa (the same with two busy raters, for example without a common category).
    With perfect agreement kappa is 1 and ase 0: the interval [1, 1] carries no information, and `is_interval_informative` is False.
    """

    n: int
    categories: int
    weights: Weights
    po: Number
    pe: Number
    kappa: Number
    ase: Number  # standard error for the interval
    ase0: Number  # standard error under kappa = 0, for the test only
    interval: Interval | NotCalculable  # kappa +- z ase, cut to [-1, 1]
    z: Number  # kappa / ase0
    p_one: Number  # one-sided, kappa > 0
    p_two: Number
    reason: NotCalculable | None

    @property
    def is_estimable(self) -> bool:
        return self.reason is None

    @property
    def is_interval_informative(self) -> bool:
        return isinstance(self.interval, Interval) and self.interval.lower < self.interval.upper


def agreement_weights(categories: int, weights: Weights = "unweighted") -> NDArray[np.float64]:
    """Agreement weights w_ij (k x k, 1 on the diagonal) of k ordered categories.

    unweighted: 0 off the diagonal; linear: 1 - |i - j| / (k - 1); quadratic: 1 - ((i - j) / (k - 1))^2. For k = 2 all three are equal.
    """
    if weights == "unweighted" or categories == 1:
        return np.eye(categories)
    index = np.arange(categories)
    distance: NDArray[np.float64] = np.abs(index[:, None] - index[None, :]) / (categories - 1)
    if weights == "linear":
        return 1.0 - distance
    if weights == "quadratic":
        return 1.0 - distance * distance
    raise ValueError(f"weights unweighted, linear or quadratic are expected, not {weights}")


def cohen_kappa(table: Table, weights: Weights = "unweighted", confidence: float = 0.95) -> CohenKappa:
    """kappa = (po - pe) / (1 - pe), po = sum w_ij p_ij, pe = sum w_ij p_i. p_.j, of a k x k table of counts.

    n (1 - pe)^2 ASE^2  = sum p_ij [w_ij - (wr_i + wc_j)(1 - kappa)]^2 - [kappa - pe (1 - kappa)]^2
    n (1 - pe)^2 ASE0^2 = sum p_i. p_.j [w_ij - (wr_i + wc_j)]^2 - pe^2,     wr_i = sum_j w_ij p_.j, wc_j = sum_i w_ij p_i.
    both as variances in whole numbers, so that they are exactly 0 where they are 0 and large tables lose no digits.
    Interval kappa +- z ASE with the exact normal quantile, cut to [-1, 1].
    The table must hold empty categories too, or the weights are wrong. Degenerate tables: see `CohenKappa.reason`.
    Example: SAS PROC FREQ documentation, 3 x 4 skin conditions: kappa 0.4842, ASE 0.1380, interval 0.2137 to 0.7547, ASE0 0.1484.
    """
    counts = as_counts(table)
    k, n = int(counts.shape[0]), int(counts.sum())
    quantile = normal_quantile(confidence)
    if n == 0:
        lack = NotCalculable("no_pairs")
        return CohenKappa(0, k, weights, lack, lack, lack, lack, lack, lack, lack, lack, lack, lack)
    most = {"unweighted": 1, "linear": max(k - 1, 1), "quadratic": max(k - 1, 1) ** 2}[weights]  # makes the weights whole numbers
    w, cells = whole_numbers(np.rint(agreement_weights(k, weights) * most)), whole_numbers(counts)
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    products, chance = np.outer(rows, columns), np.add.outer(w @ columns, rows @ w)
    observed, expected = n * int((w * cells).sum()), int((w * products).sum())
    whole = most * n * n  # observed / whole is po, expected / whole is pe
    variance0 = whole_variance(products, n * w - chance)
    po, pe, reason = observed / whole, expected / whole, _degenerate(counts, variance0)
    if reason is not None and reason.code == "one_category_only":
        return CohenKappa(n, k, weights, 1.0, 1.0, reason, reason, reason, reason, reason, reason, reason, reason)
    if reason is not None:
        return CohenKappa(n, k, weights, po, pe, 0.0, 0.0, 0.0, reason, reason, reason, reason, reason)
    free = whole - expected
    kappa, ase0 = (observed - expected) / free, math.sqrt(variance0 / (n**3 * free**2))
    ase = math.sqrt(whole_variance(cells, n * free * w - (whole - observed) * chance) / (n * free**4))
    interval = Interval(max(-1.0, kappa - quantile * ase), min(1.0, kappa + quantile * ase), confidence)
    z = kappa / ase0
    p_two = math.erfc(abs(z) / math.sqrt(2.0))
    return CohenKappa(n, k, weights, po, pe, kappa, ase, ase0, interval, z, math.erfc(z / math.sqrt(2.0)) / 2.0, p_two, None)


def _degenerate(counts: NDArray[np.int64], variance0: int) -> NotCalculable | None:
    """The reason why kappa says nothing about this table: a constant rater, or margins that allow one value of po only (variance0 = 0)."""
    used_rows, used_columns = np.flatnonzero(counts.sum(axis=1)), np.flatnonzero(counts.sum(axis=0))
    if used_rows.size > 1 and used_columns.size > 1:
        return None if variance0 else NotCalculable("margins_determine_kappa", {"n": int(counts.sum())})
    if used_rows.size == 1 and used_columns.size == 1 and used_rows[0] == used_columns[0]:
        return NotCalculable("one_category_only", {"category": int(used_rows[0]), "n": int(counts.sum())})
    rater = "both" if used_rows.size == used_columns.size else "row" if used_rows.size == 1 else "column"
    return NotCalculable("one_rater_constant", {"rater": rater, "n": int(counts.sum())})
