"""Agreement of two or more raters on units rated once by each, some ratings missing: six coefficients with standard errors over units.

Ratings are N units x R raters of labels, None where a rater gave none. Units without any rating are left out; a unit with one rating
counts for the prevalence of its category but not for observed agreement (Gwet's convention); Krippendorff's alpha leaves it out.
Nobody need have rated everything. Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014), chapters 2, 3 and 5.
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

Label = str | int | float
Ratings = Sequence[Sequence[Label | None]]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coefficient:
    """(po - pe) / (1 - pe) with its standard error over units and its t interval (units - 1 degrees of freedom), cut to [-1, 1].

    Percent agreement is the same with pe = 0, its interval cut to [0, 1]. With perfect agreement the standard error is 0 and the interval
    one point: it carries no information. Few units with single ratings among them can push a value below -1; the interval then begins
    with it.
    """

    value: Number
    se: Number
    interval: Interval | NotCalculable
    pe: Number

    @property
    def is_interval_informative(self) -> bool:
        return isinstance(self.interval, Interval) and self.interval.lower < self.interval.upper


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """All coefficients of one set of ratings; units have one rating or more, pairable units two or more. No unit of measurement."""

    units: int
    pairable_units: int
    raters: int
    categories: tuple[Label, ...]
    weights: Weights
    percent_agreement: Coefficient
    brennan_prediger: Coefficient
    gwet_ac1: Coefficient  # AC2 when weighted
    fleiss: Coefficient
    conger: Coefficient
    krippendorff: Coefficient


def used_categories(ratings: Ratings) -> tuple[Label, ...]:
    """The labels that occur, numbers before words, each in ascending order."""
    found = {label for unit in ratings for label in unit if label is not None}
    return tuple(sorted(found, key=lambda label: (isinstance(label, str), label if not isinstance(label, str) else 0, str(label))))


def missing_order(labels: Sequence[Label]) -> NotCalculable | None:
    """More than two labels with words among them have no order of their own: the alphabet is none."""
    is_open = len(labels) > 2 and any(isinstance(label, str) for label in labels)
    return NotCalculable("order_missing", {"n": len(labels)}) if is_open else None


def as_codes(ratings: Ratings, categories: Sequence[Label]) -> NDArray[np.int64]:
    """Positions in the list of categories, N x R, -1 where missing; rated units only, in an order that does not depend on the input's.

    Rows of unequal length, or a label outside the list, are a ValueError.
    """
    position = {label: index for index, label in enumerate(categories)}
    if len({len(unit) for unit in ratings}) > 1 or len(position) != len(categories):
        raise ValueError("each unit needs one entry for each rater, and each category must stand once in the list")
    unknown = sorted({str(label) for unit in ratings for label in unit if label is not None and label not in position})
    if unknown:
        raise ValueError(f"every label must stand in the list {list(categories)}; unknown: {unknown}")
    rows = [[-1 if label is None else position[label] for label in unit] for unit in ratings]
    rated = sorted(row for row in rows if any(code >= 0 for code in row))
    return np.array(rated, dtype=np.int64).reshape(len(rated), len(ratings[0]) if ratings else 0)


def rater_agreement(
    ratings: Ratings, categories: Sequence[Label] | None = None, weights: Weights = "unweighted", confidence: float = 0.95
) -> RaterAgreement:
    """Percent agreement, Brennan-Prediger, Gwet's AC1 (AC2), Fleiss' and Conger's kappa and Krippendorff's alpha.

    po = mean over pairable units of sum_kl w_kl n_ik (n_il - [k = l]) / (r_i (r_i - 1)), the same for all but alpha. Chance agreement,
    with pi_k the mean over units of n_ik / r_i and p_gk the share of category k among the ratings of rater g:
    Brennan-Prediger sum w / q^2; AC1 sum w / (q (q - 1)) sum pi_k (1 - pi_k); Fleiss sum w_kl pi_k pi_l;
    Conger the mean over pairs of raters g != h of sum w_kl p_gk p_hl. Standard errors by linearisation over units.
    categories: the scheme's list in its order; without it the labels that occur. An unused category changes Brennan-Prediger and AC1.
    One category used: Fleiss, Conger and alpha are 0/0 (`one_category_only`). No pairable unit: `no_pairs`. One unit: no standard error.
    Weights of more than two words without categories: `order_missing`.
    Example: 12 units, 4 raters of Krippendorff (Gwet 2014): AC1 0.77544 (SE 0.14295), Fleiss 0.76117, Conger 0.76282, alpha 0.74342.
    """
    checked_confidence(confidence)
    labels = used_categories(ratings) if categories is None else tuple(categories)
    codes = as_codes(ratings, labels)
    n, q, raters = int(codes.shape[0]), len(labels), int(codes.shape[1])
    counts = (codes[:, :, None] == np.arange(q)).sum(axis=1).astype(np.float64)
    rated = counts.sum(axis=1)
    pairable = int((rated >= 2).sum())
    is_ordered = weights == "unweighted" or categories is not None
    lack = NotCalculable("no_pairs") if pairable == 0 else None if is_ordered else missing_order(labels)
    if lack is not None:
        none = Coefficient(lack, lack, lack, lack)
        return RaterAgreement(n, pairable, raters, labels, weights, none, none, none, none, none, none)
    w = agreement_weights(q, weights)
    run = _Run(counts, rated, w, confidence)
    return RaterAgreement(
        n, pairable, raters, labels, weights,
        percent_agreement=run.percent(), brennan_prediger=run.brennan_prediger(), gwet_ac1=run.gwet(), fleiss=run.fleiss(),
        conger=run.conger(codes), krippendorff=run.krippendorff(),
    )  # fmt: skip


class _Run:
    """What the coefficients of one set of ratings have in common."""

    def __init__(self, counts: Floats, rated: Floats, weights: Floats, confidence: float) -> None:
        self.counts, self.rated, self.weights, self.confidence = counts, rated, weights, confidence
        self.n, self.q = counts.shape
        self.is_pairable = rated >= 2
        self.matches = (counts * (counts @ weights - 1.0)).sum(axis=1)  # ordered pairs of agreeing raters, weighted
        self.agreement: Floats = np.where(self.is_pairable, self.matches / np.where(self.is_pairable, rated * (rated - 1), 1), 0.0)
        self.scale = self.n / int(self.is_pairable.sum())
        self.po = math.fsum(self.agreement) / int(self.is_pairable.sum())
        self.shares = counts / rated[:, None]
        self.prevalence = self.shares.mean(axis=0)
        self.used = int((counts.sum(axis=0) > 0).sum())

    def percent(self) -> Coefficient:
        return self._finished(self.po, self.agreement * self.scale, 0.0, lowest=0.0)

    def brennan_prediger(self) -> Coefficient:
        return self._corrected(float(self.weights.sum()) / self.q**2, np.zeros(self.n), self.q)

    def gwet(self) -> Coefficient:
        if self.q == 1:
            return self._only_one()
        total = float(self.weights.sum()) / (self.q * (self.q - 1))
        pe = total * float((self.prevalence * (1.0 - self.prevalence)).sum())
        return self._corrected(pe, 2.0 * (total * (self.shares @ (1.0 - self.prevalence)) - pe), self.q)

    def fleiss(self) -> Coefficient:
        expected = self.weights @ self.prevalence
        pe = float(self.prevalence @ expected)
        return self._corrected(pe, 2.0 * (self.shares @ expected - pe), self.used)

    def conger(self, codes: NDArray[np.int64]) -> Coefficient:
        """Each rater's shares p_g rest on the n_g units he rated; a unit moves p_g by n / n_g (its label - p_g)."""
        present = codes >= 0
        given = present.sum(axis=0)
        codes, present, given = codes[:, given > 0], present[:, given > 0], given[given > 0]
        raters = given.size
        if raters < 2 or self.used < 2:
            return self._only_one() if self.used < 2 else self._lacking(NotCalculable("too_few_raters", {"n": raters, "least": 2}))
        labels = (codes[:, :, None] == np.arange(self.q)).astype(np.float64)
        own = labels.sum(axis=0) / given[:, None]
        others = (own.sum(axis=0) - own) @ self.weights
        pairs = raters * (raters - 1)
        pe = float((own * others).sum()) / pairs
        moved = (labels - present[:, :, None] * own) * (self.n / given)[None, :, None]
        return self._corrected(pe, 2.0 * np.einsum("igk,gk->i", moved, others) / pairs, self.used)

    def krippendorff(self) -> Coefficient:
        """Alpha by its coincidences: pairable units weigh by their number of ratings; po gets the small-sample term 1 / sum r_i.

        The paper leaves open which po carries the spread of r_i in the standard error; here, as in Gwet's program, the corrected one.
        """
        counts, rated, matches = self.counts[self.is_pairable], self.rated[self.is_pairable], self.matches[self.is_pairable]
        if int((counts.sum(axis=0) > 0).sum()) < 2:
            return self._only_one()
        n, mean = rated.size, float(rated.mean())
        shares = counts.sum(axis=0) / (n * mean)
        expected = self.weights @ shares
        pe, each, part = float(shares @ expected), matches / (mean * (rated - 1)), 1.0 / float(rated.sum())
        po, excess = math.fsum(each) / n, (rated - mean) / mean
        corrected = (1.0 - part) * po + part
        plain, alpha = (po - pe) / (1.0 - pe), (corrected - pe) / (1.0 - pe)
        linear = (each - corrected * excess - pe - 2.0 * (1.0 - plain) * (counts @ expected / mean - pe * excess - pe)) / (1.0 - pe)
        return self._finished(alpha, linear - plain + alpha, pe)

    def _corrected(self, pe: float, moved: Floats, categories: int) -> Coefficient:
        """(po - pe) / (1 - pe); `moved` is what each unit contributes to pe, its mean 0."""
        if categories < 2 or 1.0 - pe < 1e-12:
            return self._only_one()
        value = (self.po - pe) / (1.0 - pe)
        linear = (self.scale * (self.agreement - pe * self.is_pairable) - (1.0 - value) * moved) / (1.0 - pe)
        return self._finished(value, linear, pe)

    def _finished(self, value: float, linear: Floats, pe: float, lowest: float = -1.0) -> Coefficient:
        if linear.size < 2:
            few = NotCalculable("too_few_values", {"n": int(linear.size), "least": 2})
            return Coefficient(value, few, few, pe)
        from scipy.special import stdtrit

        spread = math.fsum((linear - value) ** 2)
        se = math.sqrt(spread / (linear.size * (linear.size - 1))) if spread > 1e-24 else 0.0
        half = float(stdtrit(linear.size - 1, (1.0 + self.confidence) / 2.0)) * se
        return Coefficient(value, se, Interval(max(min(lowest, value), value - half), min(1.0, value + half), self.confidence), pe)

    def _only_one(self) -> Coefficient:
        category = int(np.argmax(self.counts.sum(axis=0)))
        return self._lacking(NotCalculable("one_category_only", {"category": category, "n": self.n}))

    def _lacking(self, reason: NotCalculable) -> Coefficient:
        return Coefficient(reason, reason, reason, 1.0 if reason.code == "one_category_only" else reason)
