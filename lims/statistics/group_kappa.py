"""Agreement between two groups of laboratories on the same items, for example customs and CDC, with an interval over items.

Pairs "one laboratory of each group" that share an item are not independent; the item is the unit here, and the interval comes from leaving
out one item at a time. Vanbelle and Albert, Psychometrika 74 (2009) 477; Schouten, Stat. Neerl. 36 (1982) 45.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval, checked_confidence
from lims.statistics.kappa import Weights, agreement_weights
from lims.statistics.outcome import NotCalculable, Number

Floats = NDArray[np.float64]
ItemCounts = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """A value of all items, with the standard error and t interval (items - 1 degrees of freedom, cut to [-1, 1]) of leaving out one
    each."""

    value: Number
    se: Number
    interval: Interval | NotCalculable


@dataclass(frozen=True, slots=True)
class GroupKappa:
    """Agreement of two groups over the items that both rated.

    po: chance that a laboratory of each group, drawn at random, agree on an item (weighted). kappa_pairs (Schouten) measures it against
    full agreement, which groups that are divided in themselves cannot reach. kappa (Vanbelle and Albert) measures it against the best that
    the division within the groups allows, `reachable`; it is 1 when both groups are divided alike on every item.
    """

    items: int
    items_left_out: int
    weights: Weights
    po: Number
    pe: Number
    reachable: Number
    kappa: Jackknifed
    kappa_pairs: Jackknifed


def group_kappa(
    first: ItemCounts, second: ItemCounts, weights: Weights = "unweighted", confidence: float = 0.95
) -> GroupKappa:  # fmt: skip
    """po = mean_i s_i' W t_i, pe = s' W t, reachable = mean_i max(s_i' W s_i, t_i' W t_i); s_i, t_i shares of the groups, s, t their means.

    kappa = (po - pe) / (reachable - pe), kappa_pairs = (po - pe) / (1 - pe). first and second: items x categories, laboratories of the
    group that reported the category; the number of laboratories may differ between items. Items that one group did not rate are left out
    and counted. With one laboratory in each group both are Cohen's kappa. Everyone in one category: `one_category_only`; no common item:
    `no_pairs`; fewer than three items, or a kappa that vanishes when one item is left out: no interval.
    Example: two groups of 2 on 3 items, 20/11/02 and 20/02/02 in two categories: po 0.833, kappa_pairs 0.667, reachable 1.
    """
    checked_confidence(confidence)
    one, other = _shares(first), _shares(second)
    if one.shape != other.shape:
        raise ValueError("both groups need the same items and categories")
    used = np.isfinite(one[:, 0]) & np.isfinite(other[:, 0]) if one.size else np.zeros(0, dtype=bool)
    left_out, one, other = int((~used).sum()), one[used], other[used]
    if one.shape[0] == 0:
        lack = NotCalculable("no_pairs")
        return GroupKappa(0, left_out, weights, lack, lack, lack, Jackknifed(lack, lack, lack), Jackknifed(lack, lack, lack))
    order = np.lexsort(np.hstack([one, other]).T)
    one, other = one[order], other[order]
    w = agreement_weights(int(one.shape[1]), weights)
    parts = _Parts(one, other, w)
    po, pe, reachable = parts.of_all()
    kappa, pairs = (_jackknifed(parts, index, confidence) for index in (2, None))
    return GroupKappa(int(one.shape[0]), left_out, weights, po, pe, reachable, kappa, pairs)


class _Parts:
    """Sums over items, so that leaving one out is a subtraction."""

    def __init__(self, one: Floats, other: Floats, w: Floats) -> None:
        self.one, self.other, self.w = one, other, w
        self.agreement: Floats = ((one @ w) * other).sum(axis=1)
        self.best: Floats = np.maximum(((one @ w) * one).sum(axis=1), ((other @ w) * other).sum(axis=1))

    def of_all(self) -> tuple[float, float, float]:
        one, other = self.one.mean(axis=0), self.other.mean(axis=0)
        return math.fsum(self.agreement) / self.n, float(one @ self.w @ other), math.fsum(self.best) / self.n

    @property
    def n(self) -> int:
        return int(self.agreement.size)

    def without_each(self) -> tuple[Floats, Floats, Floats]:
        left = self.n - 1
        one, other = (self.one.sum(axis=0) - self.one) / left, (self.other.sum(axis=0) - self.other) / left
        pe = ((one @ self.w) * other).sum(axis=1)
        return (self.agreement.sum() - self.agreement) / left, pe, (self.best.sum() - self.best) / left


def _jackknifed(parts: _Parts, best: int | None, confidence: float) -> Jackknifed:
    """kappa against the part at `best`, or against 1."""
    whole = parts.of_all()
    room = (1.0 if best is None else whole[best]) - whole[1]
    if room < 1e-12:
        lack = NotCalculable("one_category_only", {"category": int(np.argmax(parts.one.sum(axis=0))), "n": parts.n})
        return Jackknifed(lack, lack, lack)
    value = (whole[0] - whole[1]) / room
    if parts.n < 3:
        few = NotCalculable("too_few_values", {"n": parts.n, "least": 3})
        return Jackknifed(value, few, few)
    without = parts.without_each()
    rooms = (np.ones(parts.n) if best is None else without[best]) - without[1]
    if (rooms < 1e-12).any():
        lone = NotCalculable("one_category_only", {"category": int(np.argmax(parts.one.sum(axis=0))), "n": parts.n - 1})
        return Jackknifed(value, lone, lone)
    from scipy.special import stdtrit

    left = (without[0] - without[1]) / rooms
    centre = math.fsum(left) / parts.n
    se = math.sqrt((parts.n - 1) / parts.n * math.fsum((left - centre) ** 2))
    half = float(stdtrit(parts.n - 1, (1.0 + confidence) / 2.0)) * se
    return Jackknifed(value, se, Interval(max(-1.0, value - half), min(1.0, value + half), confidence))


def _shares(counts: ItemCounts) -> Floats:
    """Shares of the categories on each item; a row of nan where nobody rated it."""
    values = np.asarray(counts, dtype=np.float64)
    if values.size == 0:
        return np.zeros((0, 1))
    if values.ndim != 2 or not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any():
        raise ValueError("items x categories of whole counts, 0 or more, are expected")
    total = values.sum(axis=1, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1.0), np.nan)
