"""Two samples of nearly the same level: scores between and within laboratories, and the correlation of a Youden plot.

a_i and b_i are the results of laboratory i on the two samples, in one unit. Youden, Ind. Qual. Control 15 (1959) 24; the scores are
robust z of sums and differences, as accreditation bodies use them in split-level rounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lims.statistics import robust
from lims.statistics.outcome import Input, NotCalculable, Number, finite
from lims.statistics.scores import z_score
from lims.statistics.values import FloatArray, resolved


@dataclass(frozen=True, slots=True)
class PairScores:
    """Scores of each laboratory, in the order given; a laboratory without both results has the reason in each of its four places.

    zb is a robust z of S = (A + B) / sqrt(2): the level of the laboratory (its bias). zw is one of D: its spread between two samples.
    positive_difference names the sample that D counts as positive. niqr_rule is the quartile rule behind niqr_s and niqr_d.
    """

    s: tuple[Number, ...]
    d: tuple[Number, ...]
    zb: tuple[Number, ...]
    zw: tuple[Number, ...]
    median_s: Number
    median_d: Number
    niqr_s: Number
    niqr_d: Number
    p: int
    positive_difference: Literal["a", "b"]
    niqr_rule: robust.QuartileRule


@dataclass(frozen=True, slots=True)
class YoudenCorrelation:
    """Correlation of the two results over laboratories: near 1 the laboratories have biases, near 0 only scatter."""

    p: int
    pearson: Number
    spearman: Number


@np.errstate(over="ignore")
def pair_scores(a: Sequence[Input], b: Sequence[Input], *, rule: robust.QuartileRule = 7) -> PairScores:
    """ZB = (S - median S) / nIQR(S) and ZW = (D - median D) / nIQR(D), S = (A + B) / sqrt(2), D = +-(A - B) / sqrt(2).

    Sign of D: A - B when median(A) > median(B), otherwise B - A, so that D is positive where a laboratory finds the expected difference.
    rule: quartile rule of nIQR. An nIQR of 0, up to the resolution of the data,
    leaves no score (`sigma_pt_not_positive`). Interchanged samples: huge ZW, small ZB.
    Example: chromium in two soils, laboratory 1, 51.713333 and 48.084: ZB -0.400, ZW -0.710.
    """
    pairs, lacks = _complete(a, b)
    is_a_larger = bool(pairs.shape[1]) and float(np.median(pairs[0])) > float(np.median(pairs[1]))
    sums = (pairs[0] + pairs[1]) / math.sqrt(2.0)
    differences = (pairs[0] - pairs[1] if is_a_larger else pairs[1] - pairs[0]) / math.sqrt(2.0)
    (median_s, niqr_s, zb), (median_d, niqr_d, zw) = _robust_z(sums, rule, pairs), _robust_z(differences, rule, pairs)
    s, d = ([finite(float(value), name) for value in each] for each, name in ((sums, "s"), (differences, "d")))
    s_all, d_all, zb_all, zw_all = (_spread(each, lacks) for each in (s, d, zb, zw))
    positive: Literal["a", "b"] = "a" if is_a_larger else "b"
    p = int(pairs.shape[1])
    return PairScores(s_all, d_all, zb_all, zw_all, median_s, median_d, niqr_s, niqr_d, p, positive, rule)


def youden_correlation(a: Sequence[Input], b: Sequence[Input]) -> YoudenCorrelation:
    """Pearson's r and Spearman's rank correlation (mean ranks for ties) of the pairs; p >= 2, pairs with a gap are left out.

    A sample with one and the same result everywhere has no correlation (`results_all_equal`). Example: chromium in two soils,
    p = 28: 0.69807 and 0.67871.
    """
    pairs, _ = _complete(a, b)
    p = int(pairs.shape[1])
    if p < 2:
        lack = NotCalculable("too_few_values", {"n": p, "least": 2})
        return YoudenCorrelation(p, lack, lack)
    return YoudenCorrelation(p, _pearson(pairs[0], pairs[1]), _pearson(_ranks(pairs[0]), _ranks(pairs[1])))


def _complete(a: Sequence[Input], b: Sequence[Input]) -> tuple[FloatArray, list[NotCalculable | None]]:
    """The values of whole pairs (2 x p) and for each laboratory the reason why it has no pair."""
    if len(a) != len(b):
        raise ValueError(f"pairs are expected, not {len(a)} and {len(b)} results")
    lacks = [_lack(first) or _lack(second) for first, second in zip(a, b, strict=True)]
    whole = [index for index, lack in enumerate(lacks) if lack is None]
    values = np.array([[each[index] for index in whole] for each in (a, b)], dtype=np.float64)
    return values, lacks


def _lack(value: Input) -> NotCalculable | None:
    if isinstance(value, NotCalculable):
        return value
    if value is None:
        return NotCalculable("reported_value_missing")
    return None if math.isfinite(value) else NotCalculable("value_not_finite", {"quantity": "reported_value"})


def _robust_z(values: FloatArray, rule: robust.QuartileRule, sources: FloatArray) -> tuple[Number, Number, list[Number]]:
    median, niqr = robust.median(values), robust.niqr(values, rule)
    niqr = niqr if isinstance(niqr, NotCalculable) else resolved(niqr, sources)
    return median, niqr, [z_score(float(value), median, niqr) for value in values]


def _spread(found: Sequence[Number], lacks: Sequence[NotCalculable | None]) -> tuple[Number, ...]:
    """The values of whole pairs at their laboratories, the reasons at the others."""
    remaining = iter(found)
    return tuple(next(remaining) if lack is None else lack for lack in lacks)


def _pearson(x: FloatArray, y: FloatArray) -> Number:
    if float(x.min()) == float(x.max()) or float(y.min()) == float(y.max()):
        return NotCalculable("results_all_equal")
    x, y = (each / np.abs(each).max() for each in (x, y))
    x, y = (each - math.fsum(each) / int(each.size) for each in (x, y))
    x, y = (each / np.abs(each).max() for each in (x, y))
    products = (math.fsum(first * second) for first, second in ((x, y), (x, x), (y, y)))
    both, squares_x, squares_y = products
    return finite(max(-1.0, min(1.0, both / math.sqrt(squares_x * squares_y))), "correlation")


def _ranks(x: FloatArray) -> FloatArray:
    """Ranks from 1, ties share their mean rank."""
    _, positions, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: FloatArray = (last - (counts - 1) / 2.0)[positions]
    return ranks
