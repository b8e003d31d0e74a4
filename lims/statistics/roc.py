"""ROC curves: area with DeLong's variance, comparison of two areas on the same items, best cut-off.

DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837. label: 1 or True for the m positives (by the reference), 0 for the n negatives;
score: any ordered figure, a higher one speaking for positive (`higher_is_positive=False` for Ct values). Areas lie between 0 and 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.robust import FloatArray, Values, as_array


@dataclass(frozen=True, slots=True)
class Roc:
    """Area under the curve with variance and interval, and the best cut-offs by Youden's J.

    cut_offs: every score c for which "positive from c on" reaches youden_best = max(sensitivity + specificity - 1), lowest first.
    With perfect separation the variance is 0 and the interval [1, 1] carries no information.
    """

    auc: float
    variance: Number
    interval: Interval | NotCalculable
    youden_best: float
    cut_offs: tuple[float, ...]
    positives: int
    negatives: int
    higher_is_positive: bool

    @property
    def is_interval_informative(self) -> bool:
        return isinstance(self.interval, Interval) and self.interval.lower < self.interval.upper


@dataclass(frozen=True, slots=True)
class PairedRoc:
    """Two areas on the same items: difference auc1 - auc2, its standard error and interval, z and the two-sided p."""

    auc1: float
    auc2: float
    difference: float
    standard_error: Number
    interval: Interval | NotCalculable
    z: Number
    p: Number


def roc(label: Sequence[int], score: Values, confidence: float = 0.95, higher_is_positive: bool = True) -> Roc | NotCalculable:
    """AUC = P(score of a positive > score of a negative) + P(equal) / 2, with DeLong's variance and its normal interval cut to [0, 1].

    var = S10 / m + S01 / n, the sample variances of each item's own share of the area; m, n >= 2 for a variance, m, n >= 1 for the area.
    Example (package pROC, aSAH, s100b, n = 113): AUC 0.7314, interval 0.6301 to 0.8326, best J 0.4397.
    """
    quantile = normal_quantile(confidence)
    groups = _groups(label, score, higher_is_positive)
    if isinstance(groups, NotCalculable):
        return groups
    positives, negatives = groups
    auc, of_positives, of_negatives = _shares(positives, negatives)
    best, cut_offs = _youden(positives, negatives, higher_is_positive)
    m, n = int(positives.size), int(negatives.size)
    if m < 2 or n < 2:
        lack = NotCalculable("too_few_values", {"n": min(m, n), "least": 2})
        return Roc(auc, lack, lack, best, cut_offs, m, n, higher_is_positive)
    variance = _variance(of_positives) / m + _variance(of_negatives) / n
    half = quantile * math.sqrt(variance)
    interval = Interval(max(0.0, auc - half), min(1.0, auc + half), confidence)
    return Roc(auc, variance, interval, best, cut_offs, m, n, higher_is_positive)


def compare_roc(
    label: Sequence[int], score1: Values, score2: Values, confidence: float = 0.95, higher_is_positive: tuple[bool, bool] = (True, True)
) -> PairedRoc | NotCalculable:
    """DeLong's test of two areas measured on the same items: z = (auc1 - auc2) / SE, SE from the variance of the differences of shares.

    When both scores order the items alike the variance is 0 and there is no test (`differences_zero`).
    Example (pROC, aSAH, s100b against ndka): z = 1.3908, p = 0.1643.
    """
    quantile = normal_quantile(confidence)
    first, second = (_groups(label, score, up) for score, up in zip((score1, score2), higher_is_positive, strict=True))
    if isinstance(first, NotCalculable):
        return first
    if isinstance(second, NotCalculable):
        return second
    auc1, positives1, negatives1 = _shares(*first)
    auc2, positives2, negatives2 = _shares(*second)
    m, n, difference = int(first[0].size), int(first[1].size), auc1 - auc2
    if m < 2 or n < 2:
        lack = NotCalculable("too_few_values", {"n": min(m, n), "least": 2})
        return PairedRoc(auc1, auc2, difference, lack, lack, lack, lack)
    error = math.sqrt(_variance(positives1 - positives2) / m + _variance(negatives1 - negatives2) / n)
    interval = Interval(difference - quantile * error, difference + quantile * error, confidence)
    if error < 1e-12:  # rounding noise of equal orders
        lack = NotCalculable("differences_zero")
        return PairedRoc(auc1, auc2, difference, 0.0, lack, lack, lack)
    z = difference / error
    return PairedRoc(auc1, auc2, difference, error, interval, z, math.erfc(abs(z) / math.sqrt(2.0)))


def _groups(label: Sequence[int], score: Values, higher_is_positive: bool) -> tuple[FloatArray, FloatArray] | NotCalculable:
    """Scores of the positives and of the negatives in the order given, turned so that a higher one speaks for positive."""
    is_positive: NDArray[np.bool_] = np.asarray(label, dtype=np.float64) == 1
    if len(label) != len(score) or not (is_positive | (np.asarray(label, dtype=np.float64) == 0)).all():
        raise ValueError("a label 0 or 1 is expected for each score")
    array = as_array(score)
    if isinstance(array, NotCalculable):
        return array
    if not is_positive.any():
        return NotCalculable("no_reference_positives")
    if is_positive.all():
        return NotCalculable("no_reference_negatives")
    array = array if higher_is_positive else -array
    return array[is_positive], array[~is_positive]


def _shares(positives: FloatArray, negatives: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """AUC, and for each positive (negative) the part of negatives below it (of positives above it), equal ones counted half."""
    ordered_n, ordered_p = np.sort(negatives), np.sort(positives)
    below = np.searchsorted(ordered_n, positives, "left") + np.searchsorted(ordered_n, positives, "right")
    not_above = np.searchsorted(ordered_p, negatives, "left") + np.searchsorted(ordered_p, negatives, "right")
    m, n = int(positives.size), int(negatives.size)
    return int(below.sum()) / (2 * m * n), below / (2.0 * n), 1.0 - not_above / (2.0 * m)


def _variance(shares: FloatArray) -> float:
    return float(np.sort(shares).var(ddof=1))  # sorted: the order of the items must not show in the last digit


def _youden(positives: FloatArray, negatives: FloatArray, higher_is_positive: bool) -> tuple[float, tuple[float, ...]]:
    """The largest J over all cut-offs "positive from c on", compared as whole numbers J m n so that ties are ties."""
    values = np.unique(np.concatenate((positives, negatives)))
    m, n = int(positives.size), int(negatives.size)
    true_positives = m - np.searchsorted(np.sort(positives), values, "left")
    true_negatives = np.searchsorted(np.sort(negatives), values, "left")
    j = true_positives.astype(np.int64) * n + true_negatives.astype(np.int64) * m - m * n
    best = int(j.max())
    found = sorted(float(value) if higher_is_positive else 0.0 - float(value) for value in values[j == best])
    return best / (m * n), tuple(found)
