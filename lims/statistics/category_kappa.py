"""Kappa of each category, and Fleiss' kappa with its test: where in the scheme of categories do the raters disagree?

Two raters: the k x k table is collapsed to "this category or another". Many raters: N units x k categories of counts, every unit rated
the same number of times m (by whomever). Fleiss, Psychol. Bull. 76 (1971) 378; standard errors under chance agreement: Fleiss, Nee and
Landis, Psychol. Bull. 86 (1979) 974. They serve the test only; intervals come from `raters.rater_agreement`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.tables import Table, as_counts

Counts = Sequence[Sequence[int]] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CategoryKappa:
    """Kappa of one category against all others; z = kappa / se0, se0 the standard error under chance agreement."""

    category: int  # position in the list of categories
    kappa: Number
    se0: Number
    z: Number


@dataclass(frozen=True, slots=True)
class FleissKappa:
    """Fleiss' kappa of N units with m ratings each; unit_agreement is P_i, the share of agreeing pairs of ratings of unit i."""

    units: int
    ratings: int | None  # m; None when units differ
    unit_agreement: tuple[Number, ...]
    po: Number
    pe: Number
    kappa: Number
    se0: Number
    z: Number
    p_two: Number
    by_category: tuple[CategoryKappa, ...]


def category_kappas(table: Table, confidence: float = 0.95) -> tuple[CohenKappa, ...]:
    """Cohen's kappa of two raters for each category against the rest, in the order of the table, with ASE, interval and reason.

    A category that neither rater used, or both always used, gives `one_category_only`. For two categories both equal kappa.
    Cohen's kappa is their mean weighted by 1 - pe (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 18.1).
    Example: 75, 1, 4 / 5, 4, 1 / 0, 0, 10 (Fleiss, Levin and Paik, Table 18.1): 0.69, 0.50, 0.77; together 0.68.
    """
    counts = as_counts(table)
    n = int(counts.sum())
    found = []
    for category in range(counts.shape[0]):
        both, row, column = int(counts[category, category]), int(counts[category].sum()), int(counts[:, category].sum())
        found.append(cohen_kappa([[both, row - both], [column - both, n - row - column + both]], confidence=confidence))
    return tuple(found)


def fleiss_kappa(counts: Counts) -> FleissKappa:
    """kappa = (P - P_e) / (1 - P_e), P the mean of P_i = sum_j n_ij (n_ij - 1) / (m (m - 1)), P_e = sum p_j^2.

    SE0^2 = 2 [(sum p_j q_j)^2 - sum p_j q_j (q_j - p_j)] / (N m (m - 1) (sum p_j q_j)^2), q_j = 1 - p_j; of one category
    2 / (N m (m - 1)), kappa_j = 1 - sum_i n_ij (m - n_ij) / (N m (m - 1) p_j q_j). Units with fewer than two ratings have no P_i; when
    units differ in m, kappa uses Gwet's shares (`raters`), and there is no se0, z or category kappa (`unequal_ratings`).
    All ratings in one category: `one_category_only`; no unit with two ratings: `no_pairs`.
    Example: Fleiss 1971, 30 patients, 6 raters: kappa 0.430, z 17.7; categories 0.245, 0.245, 0.520, 0.471, 0.566.
    """
    values = _as_matrix(counts)
    rated = values.sum(axis=1)
    each = tuple(_unit(row) for row in values)
    pairable = [value for value in each if isinstance(value, float)]
    sizes = set(rated.tolist())
    m = int(rated[0]) if len(sizes) == 1 else None
    lack = _lack(values, len(pairable))
    if lack is not None:
        none = tuple(CategoryKappa(j, lack, lack, lack) for j in range(values.shape[1]))
        return FleissKappa(len(each), m, each, lack, lack, lack, lack, lack, lack, none)
    po = math.fsum(pairable) / len(pairable)
    shares = values[rated > 0] / rated[rated > 0][:, None]
    p = np.array([math.fsum(column) for column in shares.T]) / shares.shape[0]
    pe = float(p @ p)
    kappa = (po - pe) / (1.0 - pe)
    if m is None:
        reason = NotCalculable("unequal_ratings", {"least": int(min(sizes)), "most": int(max(sizes))})
        none = tuple(CategoryKappa(j, reason, reason, reason) for j in range(values.shape[1]))
        return FleissKappa(len(each), m, each, po, pe, kappa, reason, reason, reason, none)
    pairs, spread = len(each) * m * (m - 1), p * (1.0 - p)
    se0 = math.sqrt(2.0 / pairs * (spread.sum() ** 2 - (spread * (1.0 - 2.0 * p)).sum())) / float(spread.sum())
    by_category = tuple(_category(values[:, j], j, m, float(spread[j]), pairs) for j in range(values.shape[1]))
    z = kappa / se0
    return FleissKappa(len(each), m, each, po, pe, kappa, se0, z, math.erfc(abs(z) / math.sqrt(2.0)), by_category)


def _as_matrix(counts: Counts) -> NDArray[np.int64]:
    values = np.asarray(counts, dtype=np.float64)
    if values.size == 0:
        return np.zeros((0, 1), dtype=np.int64)
    if values.ndim != 2 or not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any():
        raise ValueError("units x categories of whole counts, 0 or more, are expected")
    return values.astype(np.int64)


def _unit(row: NDArray[np.int64]) -> Number:
    m = int(row.sum())
    return int((row * (row - 1)).sum()) / (m * (m - 1)) if m > 1 else NotCalculable("too_few_values", {"n": m, "least": 2})


def _lack(values: NDArray[np.int64], pairable: int) -> NotCalculable | None:
    if pairable == 0:
        return NotCalculable("no_pairs")
    used = np.flatnonzero(values.sum(axis=0))
    return NotCalculable("one_category_only", {"category": int(used[0]), "n": int(values.shape[0])}) if used.size == 1 else None


def _category(column: NDArray[np.int64], position: int, m: int, spread: float, pairs: int) -> CategoryKappa:
    """An unused category, or one that nobody ever left, has no kappa."""
    if spread <= 0.0:
        lack = NotCalculable("one_category_only", {"category": position, "n": int(column.size)})
        return CategoryKappa(position, lack, lack, lack)
    kappa, se0 = 1.0 - int((column * (m - column)).sum()) / (pairs * spread), math.sqrt(2.0 / pairs)
    return CategoryKappa(position, kappa, se0, kappa / se0)
