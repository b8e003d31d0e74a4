"""Detection limit of a method that detects single copies: P(detected) = 1 - exp(-lambda dose^b), b fixed (1: single hit, Poisson).

Uhlig et al., J. AOAC Int. 98 (2015) 1316; Grohmann et al., Accred. Qual. Assur. 20 (2015) 131. lambda is the chance that one copy is
detected (1 at the theoretical best with the dose in copies per reaction); LoD95 is then 2.996 / lambda.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from lims.statistics.binomial_glm import fit_binomial, fit_probability
from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.lod import Amounts, as_levels
from lims.statistics.outcome import NotCalculable, Number

LARGEST_LOG: Final = 700.0  # e^700 is still a floating-point number


@dataclass(frozen=True, slots=True)
class PoissonLimit:
    """lambda with the standard error of ln(lambda), and the limits derived from it, in the unit of the dose. p_fit is of the deviance."""

    rate: float  # lambda
    se_ln_rate: float
    exponent: float  # b
    p: float
    lod: float
    interval: Interval
    lod50: float
    deviance: float
    df: int
    p_fit: Number
    zero_doses: int  # levels left out


def poisson_limit(
    dose: Amounts, x: Amounts, n: Amounts, p: float = 0.95, exponent: float = 1.0, confidence: float = 0.95
) -> PoissonLimit | NotCalculable:
    """LoD_p = (-ln(1 - p) / lambda)^(1 / b), lambda by maximum likelihood; interval on the logarithm, LoD exp(+- z SE / b).

    The expected information of ln(lambda) gives SE. Levels of dose 0 are left out. All negative or all positive (`all_negative`,
    `all_positive` with the extreme dose): no maximum; no level above 0: `too_few_levels`.
    A positive at dose 0, which the model excludes: `blank_positive`.
    Example: 0, 5, 6, 6, 6, 6 of 6 at 0.1, 1, 2, 5, 10, 20: lambda 1.673, LoD95 1.790 (0.869 to 3.689), LoD50 0.414.
    """
    if not (0.0 < p < 1.0 and exponent > 0.0):
        raise ValueError(f"0 < p < 1 and an exponent above 0 are expected, not {p} and {exponent}")
    z = normal_quantile(confidence)
    doses, hits, trials = as_levels(dose, x, n)
    zero = int((doses == 0).sum())
    if zero == doses.size:
        return NotCalculable("too_few_levels", {"n": 0, "least": 1})
    if hits[:zero].any():
        return NotCalculable("blank_positive", {"x": int(hits[:zero].sum()), "n": int(trials[:zero].sum())})
    doses, hits, trials = doses[zero:], hits[zero:], trials[zero:]
    if not hits.any():
        return NotCalculable("all_negative", {"dose": float(doses[-1])})
    if (hits == trials).all():
        return NotCalculable("all_positive", {"dose": float(doses[0])})
    found = fit_binomial(hits, trials, np.ones((doses.size, 1)), "cloglog", offset=exponent * np.log(doses))
    if isinstance(found, NotCalculable):
        return found
    log_rate, se = float(found.coefficients[0]), math.sqrt(float(found.covariance[0, 0]))

    logs = [(math.log(-math.log1p(-share)) - log_rate) / exponent for share in (p, 0.5)]
    logs += [log_rate, logs[0] - z * se / exponent, logs[0] + z * se / exponent]
    if max(map(abs, logs)) > LARGEST_LOG:
        return NotCalculable("result_not_finite", {"quantity": "lod"})
    lod, lod50, rate, lower, upper = map(math.exp, logs)
    fit = fit_probability(found.deviance, found.df)
    interval = Interval(lower, upper, confidence)
    return PoissonLimit(rate, se, exponent, p, lod, interval, lod50, found.deviance, found.df, fit, zero)
