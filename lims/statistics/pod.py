"""Probability of detection (POD) of yes/no methods: two methods, several laboratories, relative detection level.

x detections among n test portions, counts without unit; POD lies between 0 and 1. Wehling, LaBudde, Brunelle and Nelson, J. AOAC Int. 94
(2011) 335; AOAC Official Methods of Analysis, Appendix H; ISO 16140-2:2016 for the relative level of detection.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lims.statistics.binomial_glm import fit_binomial, fit_probability
from lims.statistics.intervals import Interval, Proportion, normal_quantile, proportion
from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.values import FloatArray

Counts = Sequence[int] | Sequence[float]


@dataclass(frozen=True, slots=True)
class PodDifference:
    """dPOD = POD of the first (candidate) minus POD of the second (reference); the methods differ when 0 lies outside the interval."""

    first: Proportion
    second: Proportion
    difference: Number
    interval: Interval | NotCalculable


@dataclass(frozen=True, slots=True)
class PairedPodDifference:
    """dPOD over portions that both methods tested, from the differences 1, 0, -1 of the portions."""

    n: int
    difference: float
    sd: Number
    interval: Interval | NotCalculable


@dataclass(frozen=True, slots=True)
class LaboratoryPod:
    """POD over laboratories with the standard deviations within and between them, and the test of equal laboratories.

    interval: mean over laboratories with t on their PODs, the one to quote for a new laboratory; pooled: Wilson on all portions, which
    holds only without differences between laboratories.
    """

    laboratories: int
    portions: int
    lpod: float
    s_repeatability: Number
    s_laboratory: Number
    s_reproducibility: Number
    f: Number
    p_laboratory: Number
    interval: Interval | NotCalculable
    pooled: Proportion


@dataclass(frozen=True, slots=True)
class RelativeDetection:
    """RLOD = LOD of the alternative method / LOD of the reference method; below 1: the alternative detects lower levels."""

    rlod: float
    ln_rlod: float
    se_ln: float
    interval: Interval
    levels: int  # that carry information
    levels_left_out: int
    deviance: float
    df: int
    p_fit: Number


def pod_difference(x_first: int, n_first: int, x_second: int, n_second: int, confidence: float = 0.95) -> PodDifference:
    """p1 - p2 of independent portions with Newcombe's hybrid score interval, from Wilson's limits l, u of each:

    d - sqrt((p1 - l1)^2 + (u2 - p2)^2) to d + sqrt((u1 - p1)^2 + (p2 - l2)^2). Newcombe, Stat. Med. 17 (1998) 873, method 10. AOAC
    sheets take z = 1.96 (difference below 2e-5). Example: Newcombe's row 56/70 against 48/80: 0.2000, 0.0524 to 0.3339.
    """
    first, second = proportion(x_first, n_first, confidence), proportion(x_second, n_second, confidence)
    p1, p2, one, two = first.value, second.value, first.interval, second.interval
    if isinstance(p1, NotCalculable) or isinstance(one, NotCalculable):
        return PodDifference(first, second, NotCalculable("no_trials"), NotCalculable("no_trials"))
    if isinstance(p2, NotCalculable) or isinstance(two, NotCalculable):
        return PodDifference(first, second, NotCalculable("no_trials"), NotCalculable("no_trials"))
    d = p1 - p2
    lower, upper = d - math.hypot(p1 - one.lower, two.upper - p2), d + math.hypot(one.upper - p1, p2 - two.lower)
    return PodDifference(first, second, d, Interval(max(-1.0, lower), min(1.0, upper), confidence))


def paired_pod_difference(first_only: int, second_only: int, n: int, confidence: float = 0.95) -> PairedPodDifference | NotCalculable:
    """dPOD of n portions tested by both methods: mean difference -+ t(n - 1) SD / sqrt(n), cut to [-1, 1] (AOAC, paired studies).

    first_only and second_only: portions that one method alone found. All differences equal (SD = 0): no interval (`differences_zero`). n =
    0: `no_trials`. Example: 6 and 2 of 20: 0.20, SD 0.6156, interval -0.0881 to 0.4881.
    """
    if min(first_only, second_only) < 0 or first_only + second_only > n:
        raise ValueError(f"0 or more discordant portions among n are expected, not {first_only} + {second_only} of {n}")
    if n == 0:
        return NotCalculable("no_trials")
    d = (first_only - second_only) / n
    if n < 2:
        few = NotCalculable("too_few_values", {"n": n, "least": 2})
        return PairedPodDifference(n, d, few, few)
    sd = math.sqrt(max(0.0, first_only + second_only - n * d * d) / (n - 1))
    if sd == 0.0:
        return PairedPodDifference(n, d, 0.0, NotCalculable("differences_zero"))
    half = _t(n - 1, confidence) * sd / math.sqrt(n)
    return PairedPodDifference(n, d, sd, Interval(max(-1.0, d - half), min(1.0, d + half), confidence))


def laboratory_pod(x: Counts, n: Counts, confidence: float = 0.95) -> LaboratoryPod | NotCalculable:
    """Analysis of variance of the single results 0 and 1: s_r^2 = MS_within, s_L^2 = max(0, (MS_between - MS_within) / n0), s_R^2 = sum.

    n0 = (N - sum n_i^2 / N) / (L - 1), the common n when it is one. LPOD = sum x / N. F = MS_between / MS_within with L - 1 and N - L
    degrees of freedom (an approximation for 0 and 1). Laboratories without portions are left out. One laboratory: only LPOD. MS_within = 0:
    no F (`within_variance_zero`). Example: 3, 12, 7, 8, 2, 11, 9, 6 of 12: LPOD 0.604, s_r 0.422, s_L 0.268, s_R 0.500, P 1.4e-5.
    """
    hits, trials = _checked(x, n)
    hits, trials = hits[trials > 0], trials[trials > 0]
    count, total = int(trials.size), float(trials.sum())
    if count == 0:
        return NotCalculable("no_trials")
    lpod = math.fsum(hits) / total
    pooled, pods = proportion(int(hits.sum()), int(total), confidence), hits / trials
    if count < 2 or total <= count:
        few = NotCalculable("too_few_values", {"n": count, "least": 2}) if count < 2 else NotCalculable("no_replicates")
        return LaboratoryPod(count, int(total), lpod, few, few, few, few, few, few, pooled)
    within = math.fsum(trials * pods * (1.0 - pods)) / (total - count)
    between = math.fsum(trials * (pods - lpod) ** 2) / (count - 1)
    n0 = (total - math.fsum(trials**2) / total) / (count - 1)
    s_l2 = max(0.0, (between - within) / n0)
    spread = math.sqrt(math.fsum((pods - math.fsum(pods) / count) ** 2) / (count - 1))
    mean, half = math.fsum(pods) / count, _t(count - 1, confidence) * spread / math.sqrt(count)
    interval: Interval | NotCalculable = Interval(max(0.0, mean - half), min(1.0, mean + half), confidence)
    f, p = _f_test(between, within, count - 1, int(total) - count)
    deviations = (math.sqrt(within), math.sqrt(s_l2), math.sqrt(within + s_l2))
    return LaboratoryPod(count, int(total), lpod, *deviations, f, p, interval if spread > 0 else NotCalculable("differences_zero"), pooled)


def relative_detection(
    x_reference: Counts, n_reference: Counts, x_alternative: Counts, n_alternative: Counts, confidence: float = 0.95
) -> RelativeDetection | NotCalculable:
    """ln RLOD = -beta of ln(-ln(1 - P)) = level_i + beta [alternative], maximum likelihood; the dose of a level need not be known.

    Interval RLOD exp(-+ z SE). Levels where both methods detect nothing, or everything, carry no information and are left out
    (`no_information` when none is left). No maximum when in every level the reference found nothing or the alternative everything, or the
    other way round (`separated`). ISO 16140-2 accepts up to 1.5 (paired) and 2.5 (unpaired).
    Example: reference 9 and 18 of 20, alternative 11 and 19 of 20: RLOD 0.759, 90 % interval 0.451 to 1.277.
    """
    reference, alternative = _checked(x_reference, n_reference), _checked(x_alternative, n_alternative)
    if reference[0].size != alternative[0].size:
        raise ValueError("both methods need the same levels")
    (x1, n1), (x2, n2) = reference, alternative
    used = (n1 > 0) & (n2 > 0) & (x1 + x2 > 0) & (x1 + x2 < n1 + n2)
    left_out, (x1, n1, x2, n2) = int((~used).sum()), (column[used] for column in (x1, n1, x2, n2))
    if x1.size == 0:
        return NotCalculable("no_information", {"levels": left_out})
    if ((x1 == 0) | (x2 == n2)).all() or ((x2 == 0) | (x1 == n1)).all():
        return NotCalculable("separated", {"levels": int(x1.size)})
    order = np.lexsort((x2, x1))
    levels = np.eye(x1.size)
    design = np.vstack([np.column_stack([levels, np.full(x1.size, flag)]) for flag in (0.0, 1.0)])
    found = fit_binomial(np.concatenate([x1[order], x2[order]]), np.concatenate([n1[order], n2[order]]), design, "cloglog")
    if isinstance(found, NotCalculable):
        return found
    ln, se = -float(found.coefficients[-1]), math.sqrt(float(found.covariance[-1, -1]))
    half, fit = normal_quantile(confidence) * se, fit_probability(found.deviance, found.df)
    if abs(ln) + half > 700.0:
        return NotCalculable("result_not_finite", {"quantity": "RLOD"})
    interval = Interval(math.exp(ln - half), math.exp(ln + half), confidence)
    return RelativeDetection(math.exp(ln), ln, se, interval, int(x1.size), left_out, found.deviance, found.df, fit)


def _checked(x: Counts, n: Counts) -> tuple[FloatArray, FloatArray]:
    hits, trials = np.asarray(x, dtype=np.float64).reshape(-1), np.asarray(n, dtype=np.float64).reshape(-1)
    if hits.size != trials.size or not (np.isfinite(hits).all() and np.isfinite(trials).all()):
        raise ValueError("x and n must be finite and of one length")
    if (hits < 0).any() or (hits > trials).any() or (hits != np.floor(hits)).any() or (trials != np.floor(trials)).any():
        raise ValueError("whole numbers with 0 <= x <= n are expected")
    return hits, trials


def _t(df: int, confidence: float) -> float:
    normal_quantile(confidence)
    from scipy.special import stdtrit

    return float(stdtrit(df, (1.0 + confidence) / 2.0))


def _f_test(between: float, within: float, df1: int, df2: int) -> tuple[Number, Number]:
    if within <= 0.0:
        lack = NotCalculable("within_variance_zero")
        return lack, lack
    from scipy.special import fdtrc

    return finite(between / within, "F"), float(fdtrc(df1, df2, between / within))
