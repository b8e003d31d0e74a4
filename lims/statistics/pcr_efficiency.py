"""Amplification efficiency of a quantitative PCR from its standard curve. Bustin et al. (MIQE), Clin. Chem. 55 (2009) 611."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims.statistics.intervals import Interval
from lims.statistics.least_squares import polynomial
from lims.statistics.lines import Estimate
from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.robust import Values


@dataclass(frozen=True, slots=True)
class PcrEfficiency:
    """Standard curve Ct = intercept + slope log10(copies) and efficiency E (1 = doubling in each cycle) with its interval."""

    n: int
    slope: Estimate
    intercept: Estimate
    r2: Number
    residual_sd: Number
    efficiency: Number
    interval: Interval | NotCalculable


def pcr_efficiency(log10_copies: Values, ct: Values, confidence: float = 0.95) -> PcrEfficiency | NotCalculable:
    """E = 10^(-1 / slope) - 1 by ordinary least squares of Ct on log10 copies; the interval of E by those of the slope.

    The levels must be logarithms: copies and log10 copies are different measurands. A slope of 0 or above describes no amplification:
    `slope_not_negative`, with the slope in the parameters; when only the upper end of the slope's interval is not below 0, only the
    interval of E is refused. A curve holds for one kit and one target.
    Example: slope -3.3219 is E = 1.000; the six levels 6 to 1 with Ct 16.1, 19.45, 22.79, 26.14, 29.4, 32.9 give slope -3.3486, E = 0.989.
    """
    line = polynomial(log10_copies, ct, 1)
    if isinstance(line, NotCalculable):
        return line
    slope, intercept = line.estimate(1, confidence), line.estimate(0, confidence)
    ends: list[Number] | NotCalculable
    if isinstance(slope.interval, NotCalculable):
        ends = slope.interval
    else:
        ends = [_efficiency(slope.interval.lower), _efficiency(slope.interval.upper)]
    return PcrEfficiency(
        line.n, slope, intercept, line.r2, line.residual_sd, _efficiency(line.coefficients[1]), _interval(ends, confidence)
    )


def _efficiency(slope: float) -> Number:
    if slope >= 0:
        return NotCalculable("slope_not_negative", {"slope": slope})
    try:
        return finite(math.expm1(-math.log(10.0) / slope), "efficiency")
    except OverflowError:
        return NotCalculable("result_not_finite", {"quantity": "efficiency"})


def _interval(ends: list[Number] | NotCalculable, confidence: float) -> Interval | NotCalculable:
    if isinstance(ends, NotCalculable):
        return ends
    lower, upper = ends
    if isinstance(lower, NotCalculable):
        return lower
    return upper if isinstance(upper, NotCalculable) else Interval(lower, upper, confidence)
