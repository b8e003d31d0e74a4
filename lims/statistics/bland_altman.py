"""Agreement of two measurements of the same items: bias and limits of agreement.

Bland and Altman, Lancet i (1986) 307; Stat. Methods Med. Res. 8 (1999) 135.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lims.statistics.intervals import Interval
from lims.statistics.lines import as_pairs, mean_of, sum_of_products, t_interval
from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.robust import Values
from lims.statistics.values import resolved

Variance = Literal["1999", "1986"]
MULTIPLIER: Final = 1.96
MULTIPLIER_1986: Final = 2.0


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Bias and limits of agreement of n differences a - b, in their unit, with t intervals (n - 1 degrees of freedom).

    With equal differences (up to the resolution of the data) sd is 0, all limits are the bias, and `is_interval_informative` is False.
    """

    n: int
    bias: float
    sd: Number
    bias_interval: Interval | NotCalculable
    lower: Number
    upper: Number
    lower_interval: Interval | NotCalculable
    upper_interval: Interval | NotCalculable
    multiplier: float
    variance: Variance
    confidence: float

    @property
    def is_interval_informative(self) -> bool:
        return isinstance(self.bias_interval, Interval) and self.bias_interval.lower < self.bias_interval.upper


def bland_altman(
    a: Values, b: Values, multiplier: float = MULTIPLIER, variance: Variance = "1999", confidence: float = 0.95
) -> BlandAltman | NotCalculable:
    """Bias d = mean(a - b), limits d +- m s with s the sample SD of the differences; a and b in one unit, item by item.

    Interval of the bias: d +- t s / sqrt(n). Variance of a limit, left open by the paper's own change of mind:
    "1999" (default) s^2 (1 / n + m^2 / (2 (n - 1))); "1986" 3 s^2 / n. The multiplier m is 1.96, in the paper of 1986 it is 2.
    n = 1 gives the bias alone, n = 0 nothing. The limits describe 95 % of differences only where these do not depend on the level.
    Example (1986, peak flow by two meters, first readings, m = 2): n = 17, d = -2.1, s = 38.8, limits -79.7 and 75.5 from the rounded
    figures, interval of the lower limit -114.3 to -45.1.
    """
    if not multiplier > 0 or not 0.0 < confidence < 1.0 or variance not in ("1999", "1986"):
        raise ValueError(f"multiplier > 0, a confidence and a variance form are expected, not {multiplier}, {confidence}, {variance}")
    pairs = as_pairs(a, b, least=1)
    if isinstance(pairs, NotCalculable):
        return pairs
    with np.errstate(over="ignore"):
        differences = pairs[0] - pairs[1]
    n = int(differences.size)
    bias = finite(mean_of(differences), "bias")
    if isinstance(bias, NotCalculable):
        return bias
    if n == 1:
        lack = NotCalculable("too_few_values", {"n": 1, "least": 2})
        return BlandAltman(1, bias, lack, lack, lack, lack, lack, lack, multiplier, variance, confidence)
    s = finite(math.sqrt(sum_of_products(differences - bias, differences - bias) / (n - 1)), "standard_deviation")
    if isinstance(s, NotCalculable):
        return BlandAltman(n, bias, s, s, s, s, s, s, multiplier, variance, confidence)
    s = resolved(s, *pairs)
    part = 1.0 / n + multiplier**2 / (2.0 * (n - 1)) if variance == "1999" else 3.0 / n
    lower, upper, error = bias - multiplier * s, bias + multiplier * s, s * math.sqrt(part)
    intervals = [
        t_interval(centre, standard_error, n - 1, confidence)
        for centre, standard_error in ((bias, s / math.sqrt(n)), (lower, error), (upper, error))
    ]
    return BlandAltman(n, bias, s, intervals[0], lower, upper, intervals[1], intervals[2], multiplier, variance, confidence)
