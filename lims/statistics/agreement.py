"""Agreement of two raters beside kappa: percent agreement, PPA and NPA, PABAK, prevalence and bias index, Scott's pi, AC1, McNemar's test.

Tables are k x k counts, rows the one rater, columns the other; for 2 x 2 tables category 0 is positive:
a = counts[0][0], b = counts[0][1] (row positive, column negative), c = counts[1][0], d = counts[1][1]. Measures that need a 2 x 2 table
give `not_two_by_two` for others, an empty table `no_pairs`. Proportions lie between 0 and 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from lims.statistics.intervals import Method, Proportion, proportion
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.tables import Table, as_counts, whole_numbers, whole_variance

_STIRLING_FROM = 100  # counts from which the series of `_stirling` has all digits

Others = Literal["counted", "left_out"]  # what becomes of a tested result that is neither positive nor negative


@dataclass(frozen=True, slots=True)
class ReferenceAgreement:
    """Positive and negative percent agreement with the column rater, and the overall agreement.

    Of tables with further categories: `others` is the rule, undecided_positives and undecided_negatives are the tested results in a further
    category among the reference's positives and negatives (in the denominators when counted, not when left out), reference_undecided the
    pairs whose reference result is in a further category: in neither denominator, whatever the rule.
    """

    ppa: Proportion
    npa: Proportion
    overall: Proportion
    others: Others
    undecided_positives: int
    undecided_negatives: int
    reference_undecided: int


@dataclass(frozen=True, slots=True)
class GwetAC1:
    """Gwet's AC1 with its large-sample standard error."""

    ac1: Number
    se: Number


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's test of equal margins in all its forms; b and c are the discordant pairs."""

    b: int
    c: int
    chi2: Number
    p_chi2: Number
    chi2_corrected: Number
    p_chi2_corrected: Number
    p_exact: float
    p_midp: Number


def percent_agreement(table: Table, confidence: float = 0.95, method: Method = "wilson") -> Proportion:
    """Observed agreement, sum of the diagonal / n, with its interval. Example: 59, 6 / 16, 80: 139 of 161 = 0.8634."""
    counts = as_counts(table)
    return proportion(int(np.trace(counts)), int(counts.sum()), confidence, method, NotCalculable("no_pairs"))


def reference_agreement(
    table: Table, confidence: float = 0.95, method: Method = "wilson", positive: int | None = None, negative: int | None = None,
    others: Others = "counted",
) -> ReferenceAgreement | NotCalculable:  # fmt: skip
    """PPA = a / (a + c) and NPA = d / (b + d) of the row rater against the column rater (CLSI EP12).

    Between two routine laboratories neither is the truth: the words are agreement, not sensitivity and specificity, and swapping the raters
    changes the denominators. An empty denominator is `no_reference_positives` or `no_reference_negatives`, never 0 %.
    positive and negative are the places of the two categories; 0 and 1 of a 2 x 2 table, to be named in any other (else `not_two_by_two`).
    A tested result in a further category (indeterminate) is neither: `counted` lets it stand in the denominator, as a failure to agree;
    `left_out` takes the pair out. No standard decides, so that both belong in a report, with the number left out. overall: all categories.
    Example: 59, 6 / 16, 80: PPA 59 of 75, NPA 80 of 86. Indeterminate third, 40, 2, 1 / 3, 45, 0 / 7, 3, 4: PPA 40 of 50, or 40 of 43.
    """
    counts = as_counts(table)
    places = named_places(int(counts.shape[0]), positive, negative)
    if places is None:
        return NotCalculable("not_two_by_two", {"categories": int(counts.shape[0])})
    if others not in get_args(Others):
        raise ValueError(f"counted or left_out is expected, not {others}")
    whole, decided = counts.sum(axis=0), counts[places, :].sum(axis=0)
    (n_plus, n_minus), (left_plus, left_minus) = whole[places].tolist(), (whole - decided)[places].tolist()
    out = (left_plus, left_minus) if others == "left_out" else (0, 0)
    plus, minus = counts[places, places].tolist()
    return ReferenceAgreement(
        ppa=proportion(plus, n_plus - out[0], confidence, method, NotCalculable("no_reference_positives")),
        npa=proportion(minus, n_minus - out[1], confidence, method, NotCalculable("no_reference_negatives")),
        overall=percent_agreement(table, confidence, method),
        others=others, undecided_positives=left_plus, undecided_negatives=left_minus,
        reference_undecided=int(whole.sum()) - n_plus - n_minus,
    )  # fmt: skip


def pabak(table: Table) -> Number:
    """Prevalence- and bias-adjusted kappa of k categories, (k po - 1) / (k - 1); 2 po - 1 for two (Bennett's S, Brennan-Prediger).

    Byrt, Bishop and Carlin, J. Clin. Epidemiol. 46 (1993) 423. k counts the categories of the scheme, used or not; k = 1 gives
    `one_category_only`. Example: 118, 5 / 2, 0: 0.888, while kappa is -0.023.
    """
    counts = as_counts(table)
    k, n = int(counts.shape[0]), int(counts.sum())
    if n == 0:
        return NotCalculable("no_pairs")
    if k == 1:
        return NotCalculable("one_category_only", {"category": 0, "n": n})
    return (k * int(np.trace(counts)) / n - 1.0) / (k - 1)


def prevalence_index(table: Table) -> Number:
    """(a - d) / n of a 2 x 2 table, between -1 and 1 (Byrt 1993); often printed without its sign. Example: 118, 5 / 2, 0: 0.944."""
    return _index(table, 0, 3)


def bias_index(table: Table) -> Number:
    """(b - c) / n of a 2 x 2 table, between -1 and 1 (Byrt 1993); often printed without its sign. Example: 118, 5 / 2, 0: 0.024."""
    return _index(table, 1, 2)


def scott_pi(table: Table) -> Number:
    """Scott's pi = (po - pe) / (1 - pe), pe = sum ((p_i. + p_.i) / 2)^2 (Scott, Public Opin. Q. 19 (1955) 321).

    Both raters in one and the same category: `one_category_only`. Example: 45, 15 / 25, 15: 0.1209.
    """
    counts = as_counts(table)
    n = int(counts.sum())
    if n == 0:
        return NotCalculable("no_pairs")
    shares = (counts.sum(axis=0) + counts.sum(axis=1)) / (2 * n)
    if int((shares > 0).sum()) == 1:
        return NotCalculable("one_category_only", {"category": int(np.argmax(shares)), "n": n})
    pe = float(shares @ shares)
    return (int(np.trace(counts)) / n - pe) / (1.0 - pe)


def gwet_ac1(table: Table) -> GwetAC1:
    """Gwet's AC1 = (po - pe) / (1 - pe), pe = sum s_i (1 - s_i) / (k - 1), s_i = (p_i. + p_.i) / 2, with its standard error.

    n (1 - pe)^2 SE^2 = sum p_ij [d_ij - 2 (1 - AC1)(1 - (s_i + s_j) / 2) / (k - 1)]^2 - [po - 2 (1 - AC1) pe]^2, d_ij = 1 if i = j.
    In whole numbers, so that the error of perfect agreement is exactly 0.
    Programs that work on raw ratings put n - 1 in place of n; here it is n. Gwet, Br. J. Math. Stat. Psychol. 61 (2008) 29.
    k = 1 gives `one_category_only`. Example: 118, 5 / 2, 0: 0.9408, SE 0.0230.
    """
    counts = as_counts(table)
    k, n = int(counts.shape[0]), int(counts.sum())
    if n == 0 or k == 1:
        lack = NotCalculable("no_pairs") if n == 0 else NotCalculable("one_category_only", {"category": 0, "n": n})
        return GwetAC1(lack, lack)
    cells = whole_numbers(counts)
    both = cells.sum(axis=0) + cells.sum(axis=1)  # 2 n s_i
    whole = 4 * n * n * (k - 1)
    free = whole - int((both * (2 * n - both)).sum())  # whole (1 - pe)
    left = 4 * n * (k - 1) * (n - int(np.trace(counts)))  # whole (1 - po)
    terms = 2 * n * (k - 1) * free * whole_numbers(np.eye(k)) - left * (4 * n - np.add.outer(both, both))
    return GwetAC1((free - left) / free, math.sqrt(4 * whole_variance(cells, terms) / (n * free**4)))


def mcnemar(table: Table) -> McNemar | NotCalculable:
    """McNemar's test that both raters call positive equally often, from the discordant pairs b and c of a 2 x 2 table.

    chi2 = (b - c)^2 / (b + c), one degree of freedom; corrected: max(|b - c| - 1, 0)^2 / (b + c), the correction clipped at 0.
    Exact: min(1, 2 P(X <= min(b, c))), X binomial(b + c, 1/2). Mid-P: the exact P minus P(X = b), and 1 - P(X = b) / 2 when b = c.
    b = c = 0: the exact P is 1, the others are `no_discordant_pairs`. McNemar, Psychometrika 12 (1947) 153; mid-P: Fagerland, Lydersen and
    Laake, BMC Med. Res. Methodol. 13 (2013) 91. Example: 59, 6 / 16, 80: chi2 4.545, corrected 3.682, exact 0.0525, mid-P 0.0347.
    """
    counts = as_counts(table)
    if counts.shape != (2, 2):
        return NotCalculable("not_two_by_two", {"categories": int(counts.shape[0])})
    b, c = int(counts[0, 1]), int(counts[1, 0])
    m = b + c
    if m == 0:
        lack = NotCalculable("no_discordant_pairs")
        return McNemar(0, 0, lack, lack, lack, lack, 1.0, lack)
    chi2, corrected = (b - c) ** 2 / m, max(abs(b - c) - 1, 0) ** 2 / m
    exact, point = _exact(b, c)
    midp = 1.0 - point / 2.0 if b == c else exact - point
    return McNemar(b, c, chi2, _chi2_tail(chi2), corrected, _chi2_tail(corrected), exact, midp)


def named_places(k: int, positive: int | None, negative: int | None) -> list[int] | None:
    """The places of the positive and the negative category: 0 and 1 of two, else as named; None where nobody named both."""
    if positive is None and negative is None and k == 2:
        return [0, 1]
    if positive is None or negative is None:
        return None
    if positive == negative or not {positive, negative} <= {*range(k)}:
        raise ValueError(f"two different places from 0 to {k - 1} are expected, not {positive} and {negative}")
    return [positive, negative]


def _exact(b: int, c: int) -> tuple[float, float]:
    """Two-sided exact P and the probability of the observed split."""
    from scipy.special import betainc

    low, high, point = min(b, c), max(b, c), _split(b, c)
    return 1.0 if high - low <= 1 else min(1.0, 2.0 * float(betainc(high, low + 1, 0.5))), point


def _split(b: int, c: int) -> float:
    """C(b + c, b) / 2^(b + c). Large counts by Loader's saddle point, since logarithms of factorials would lose the digits."""
    m = b + c
    if min(b, c) < _STIRLING_FROM:
        return math.exp(math.lgamma(m + 1) - math.lgamma(b + 1) - math.lgamma(c + 1) - m * math.log(2.0))
    d = (b - c) / m
    deviance = m / 2.0 * ((1.0 + d) * math.log1p(d) + (1.0 - d) * math.log1p(-d))
    return math.sqrt(m / (2.0 * math.pi * b * c)) * math.exp(_stirling(m) - _stirling(b) - _stirling(c) - deviance)


def _stirling(n: int) -> float:
    """ln n! less Stirling's formula, by its series."""
    return (1.0 - (1.0 - 2.0 / (7.0 * n * n)) / (30.0 * n * n)) / (12.0 * n)


def _chi2_tail(chi2: float) -> float:
    return math.erfc(math.sqrt(chi2 / 2.0))


def _index(table: Table, plus: int, minus: int) -> Number:
    counts = as_counts(table)
    if counts.shape != (2, 2):
        return NotCalculable("not_two_by_two", {"categories": int(counts.shape[0])})
    cells = counts.ravel().tolist()
    n = sum(cells)
    return (cells[plus] - cells[minus]) / n if n else NotCalculable("no_pairs")
