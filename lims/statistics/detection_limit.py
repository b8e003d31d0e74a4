"""Limit of blank and limit of detection of a measuring procedure, CLSI EP17-A2, classical approach.

Results of blanks and of samples of low concentration, each a list of groups (one group a sample) in one unit, uncensored: negative values
and values below the reporting limit as the instrument gives them. Several reagent lots: one call each, the largest limit counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.robust import FloatArray, Values, as_array
from lims.statistics.values import resolved

Rule = Literal["nonparametric", "parametric"]


@dataclass(frozen=True, slots=True)
class LimitOfBlank:
    """The largest result likely from a blank: n results of `samples` blank samples; rank only for the nonparametric rule."""

    value: float
    rule: Rule
    n: int
    samples: int
    alpha: float
    rank: float | None


@dataclass(frozen=True, slots=True)
class LimitOfDetection:
    """The concentration that is told from a blank with probability 1 - beta: value = limit_of_blank + factor sd.

    sd: pooled within the low samples on df degrees of freedom; factor: c_beta; below: how many low results lie at or below the limit of
    blank (a check of the assumption: about beta of those of a sample at the limit).
    """

    value: float
    limit_of_blank: float
    sd: float
    df: int
    factor: float
    beta: float
    below: int
    n: int


def unbiased_quantile(probability: float, df: int) -> Number:
    """c = z / (1 - 1 / (4 df)): the normal quantile corrected for the bias of an SD on df degrees of freedom.

    The document writes 1.645 for the quantile; here it is exact. Example: 0.95 with 54 degrees of freedom gives 1.6525, there 1.653.
    """
    if not 0.5 <= probability < 1.0:
        raise ValueError(f"a probability from 0.5 to 1 is expected, not {probability}")
    if df < 1:
        return NotCalculable("no_degrees_of_freedom")
    return NormalDist().inv_cdf(probability) / (1.0 - 1.0 / (4.0 * df))


def limit_of_blank(blanks: Sequence[Values], rule: Rule = "nonparametric", alpha: float = 0.05) -> LimitOfBlank | NotCalculable:
    """Limit of blank of all blank results together.

    nonparametric (default, for results that need not be normal): the value at rank 0.5 + (1 - alpha) n of the ordered results, between
    two ranks by linear interpolation; n must be large enough for the rank to exist (n >= 10 at alpha = 0.05), the document asks for 60.
    parametric: mean + c SD of all results, c for n - samples degrees of freedom.
    Example (by hand): the 20 results 1 to 20: rank 19.5, limit 19.5.
    """
    if not 0.0 < alpha <= 0.5 or rule not in ("nonparametric", "parametric"):
        raise ValueError(f"an alpha from 0 to 0.5 and a known rule are expected, not {alpha} and {rule}")
    groups = _groups(blanks)
    if isinstance(groups, NotCalculable):
        return groups
    ordered = np.sort(np.concatenate(groups))
    n = int(ordered.size)
    if rule == "nonparametric":
        rank = 0.5 + (1.0 - alpha) * n
        if rank > n + 1e-9:
            return NotCalculable("too_few_values", {"n": n, "least": math.ceil(0.5 / alpha - 1e-9)})
        value = float(np.interp(rank, np.arange(1, n + 1), ordered))
        return LimitOfBlank(value, rule, n, len(groups), alpha, rank)
    factor = unbiased_quantile(1.0 - alpha, n - len(groups))
    if isinstance(factor, NotCalculable):
        return factor
    centre = math.fsum(ordered) / n
    sd = resolved(math.sqrt(math.fsum((ordered - centre) ** 2) / (n - 1)), ordered)
    return LimitOfBlank(centre + factor * sd, rule, n, len(groups), alpha, None)


def limit_of_detection(low: Sequence[Values], blank_limit: float, beta: float = 0.05) -> LimitOfDetection | NotCalculable:
    """LoD = LoB + c_beta SD, SD pooled within the low samples: SD^2 = sum of squares within / (L - J), L results of J samples.

    Holds when the low samples scatter alike and normally. No replicates: `no_degrees_of_freedom`. All results of each sample equal:
    SD 0, the limit is the limit of blank, and `sd` says so.
    Example (by hand): samples (1, 3) and (2, 4), LoB 2: SD = sqrt(2), df = 2, c = 1.8798, LoD = 4.658.
    """
    if not 0.0 < beta <= 0.5 or not math.isfinite(blank_limit):
        raise ValueError(f"a beta from 0 to 0.5 and a limit of blank are expected, not {beta} and {blank_limit}")
    groups = _groups(low)
    if isinstance(groups, NotCalculable):
        return groups
    n = sum(int(group.size) for group in groups)
    df = n - len(groups)
    factor = unbiased_quantile(1.0 - beta, df)
    if isinstance(factor, NotCalculable):
        return factor
    within = math.fsum(square for group in groups for square in (group - math.fsum(group) / group.size) ** 2)
    sd = resolved(math.sqrt(within / df), *groups)
    below = sum(int((group <= blank_limit).sum()) for group in groups)
    return LimitOfDetection(blank_limit + factor * sd, blank_limit, sd, df, factor, beta, below, n)


def _groups(samples: Sequence[Values]) -> list[FloatArray] | NotCalculable:
    """The groups with results; empty ones do not count."""
    found = []
    for sample in samples:
        array = as_array(sample, least=0)
        if isinstance(array, NotCalculable):
            return array
        if array.size:
            found.append(np.sort(array))
    return found or NotCalculable("too_few_values", {"n": 0, "least": 1})
