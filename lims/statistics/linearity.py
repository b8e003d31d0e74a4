"""Linearity of a measuring range: first, second and third degree polynomials, lack of fit, deviation from the line at each level.

CLSI EP06-A (polynomials, the best one by t tests of the highest coefficient); ISO 11095 and IUPAC (lack of fit).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims.statistics.least_squares import LackOfFit, Polynomial, lack_of_fit, polynomial
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.robust import Values


@dataclass(frozen=True, slots=True)
class LevelDeviation:
    """At one level of x: the line, the best polynomial and their difference (in the unit of y, and as percent of the line)."""

    x: float
    line: float
    best: float
    deviation: float
    deviation_percent: Number


@dataclass(frozen=True, slots=True)
class LinearityStudy:
    """Three polynomials, the degree of the best one, the deviation at each level, and the lack of fit of the line.

    best_degree: the highest degree, 2 or 3, whose highest coefficient differs from 0 at `alpha`; else 1. Significance is not size: a study
    judges `largest_deviation` against what is allowed.
    """

    linear: Polynomial
    quadratic: Polynomial | NotCalculable
    cubic: Polynomial | NotCalculable
    best_degree: int
    deviations: tuple[LevelDeviation, ...]
    lack_of_fit: LackOfFit | NotCalculable
    alpha: float

    @property
    def largest_deviation(self) -> float:
        return max(abs(level.deviation) for level in self.deviations)

    def exceeding(self, allowed: float, is_percent: bool = False) -> tuple[LevelDeviation, ...]:
        """The levels whose deviation is larger than allowed (in the unit of y, or in percent); a level without a percent figure counts."""
        found = []
        for level in self.deviations:
            size = level.deviation_percent if is_percent else level.deviation
            if isinstance(size, NotCalculable) or abs(size) > allowed:
                found.append(level)
        return tuple(found)


def linearity_study(x: Values, y: Values, alpha: float = 0.05) -> LinearityStudy | NotCalculable:
    """Study of x (assigned or relative concentrations) and y (results); replicates at a level share one x.

    Needs two levels for the line, three and four for the curves: a curve that cannot be fitted or tested is not the best one.
    Example: five levels with three results each that saturate at the top: the quadratic term has p = 3e-8, the cubic one 0.35, so the
    parabola is best; lack of fit of the line F = 51.9.
    """
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"an alpha between 0 and 1 is expected, not {alpha}")
    linear, quadratic, cubic = (polynomial(x, y, degree) for degree in (1, 2, 3))
    if isinstance(linear, NotCalculable):
        return linear
    best, best_degree = linear, 1
    for curve in (quadratic, cubic):
        if isinstance(curve, Polynomial) and not isinstance(curve.p_highest, NotCalculable) and curve.p_highest < alpha:
            best, best_degree = curve, curve.degree
    levels = tuple(_deviation(level, linear, best) for level in _levels(x))
    return LinearityStudy(linear, quadratic, cubic, best_degree, levels, lack_of_fit(x, y), alpha)


def _levels(x: Values) -> Sequence[float]:
    return sorted({float(value) for value in x})


def _deviation(x: float, linear: Polynomial, best: Polynomial) -> LevelDeviation:
    line, curve = linear.at(x), best.at(x)
    deviation = curve - line
    percent: Number = NotCalculable("location_zero") if line == 0 else 100.0 * deviation / abs(line)
    return LevelDeviation(x, line, curve, deviation, percent)
