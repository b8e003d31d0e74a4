"""Polynomials by ordinary least squares, solved without any rounding.

The decimals of the data as written are whole numbers of one step, so the normal equations have whole coefficients and are solved as
fractions. Nothing is rounded before the end: badly conditioned problems (NIST StRD) come out to the last digit, a perfect fit has a
residual sum of squares of exactly 0, and the order of the points cannot matter. y in its unit; coefficient k in unit of y per unit of x
to the k.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lims.statistics.lines import Estimate, as_pairs, t_interval
from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.robust import FloatArray, Values


@dataclass(frozen=True, slots=True)
class Polynomial:
    """y = b_0 + b_1 x + ... + b_d x^d fitted to n points.

    residual_sd = sqrt(SS / (n - d - 1)); r2 = 1 - SS / SS_y about the mean (`y_constant` when y does not vary). p_highest: two-sided p
    of the t test that the highest coefficient is 0; a perfect fit has no test (`residuals_zero`).
    """

    n: int
    coefficients: tuple[float, ...]
    standard_errors: tuple[float, ...] | NotCalculable
    residual_ss: float
    df: int
    residual_sd: Number
    r2: Number
    p_highest: Number

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    def at(self, x: float) -> float:
        """The fitted value at x."""
        value = 0.0
        for coefficient in reversed(self.coefficients):
            value = value * x + coefficient
        return value

    def estimate(self, k: int, confidence: float = 0.95) -> Estimate:
        """Coefficient k with its standard error and t interval."""
        if isinstance(self.standard_errors, NotCalculable):
            return Estimate(self.coefficients[k], self.standard_errors, self.standard_errors)
        error = self.standard_errors[k]
        return Estimate(self.coefficients[k], error, t_interval(self.coefficients[k], error, self.df, confidence))


@dataclass(frozen=True, slots=True)
class LackOfFit:
    """F test of a polynomial against the scatter of replicates: F = MS_lack / MS_pure on df1 and df2."""

    f: float
    df1: int
    df2: int
    p: float
    ms_lack: float
    ms_pure: float


def polynomial(x: Values, y: Values, degree: int = 1) -> Polynomial | NotCalculable:
    """The polynomial of the given degree (0 to 10) with least squared residuals; needs degree + 1 different x (`too_few_levels`).

    n = degree + 1 points: coefficients only, no standard errors (`no_degrees_of_freedom`).
    Example (NIST StRD, Norris): slope 1.00211681802045, intercept -0.262323073774029, residual SD 0.884796396144373.
    """
    if not 0 <= degree <= 10:
        raise ValueError(f"a degree from 0 to 10 is expected, not {degree}")
    pairs = as_pairs(x, y, least=1)
    if isinstance(pairs, NotCalculable):
        return pairs
    levels = len(set(pairs[0].tolist()))
    if levels <= degree:
        return (
            NotCalculable("x_constant")
            if levels == 1 and degree == 1
            else NotCalculable("too_few_levels", {"n": levels, "least": degree + 1})
        )
    (u, step_x), (v, step_y) = _whole(pairs[0]), _whole(pairs[1])
    powers = [[1] * len(u)]
    for _ in range(2 * degree):
        powers.append([power * value for power, value in zip(powers[-1], u, strict=True)])
    sums = [sum(power) for power in powers]
    products = [sum(power * value for power, value in zip(powers[k], v, strict=True)) for k in range(degree + 1)]
    b, diagonal = _solved([[sums[i + j] for j in range(degree + 1)] for i in range(degree + 1)], products)
    residual = sum(value * value for value in v) - sum((b[k] * products[k] for k in range(degree + 1)), Fraction(0))
    about_mean = sum(value * value for value in v) - Fraction(sum(v) ** 2, len(v))
    scales = [step_y / step_x**k for k in range(degree + 1)]
    try:
        return _rounded(len(u), [b[k] * scales[k] for k in range(degree + 1)], diagonal, scales, residual, about_mean, step_y)
    except OverflowError:
        return NotCalculable("result_not_finite", {"quantity": "slope"})


def lack_of_fit(x: Values, y: Values, degree: int = 1) -> LackOfFit | NotCalculable:
    """F = (SS - SS_pure) / (c - d - 1) over SS_pure / (n - c), SS_pure the squares within the c levels of x.

    Needs replicates (`no_replicates`) that differ (`residuals_zero`) and more levels than coefficients (`too_few_levels`).
    Example (by hand): x = 1 1 2 2 3 3, y = 1 3 5 7 1 3: the line is flat at 10/3, SS = 64/3 + 6, F = (64/3 / 1) / (6 / 3) = 10.667.
    """
    fitted = polynomial(x, y, degree)
    pairs = as_pairs(x, y, least=1)
    if isinstance(fitted, NotCalculable) or isinstance(pairs, NotCalculable):
        return fitted if isinstance(fitted, NotCalculable) else NotCalculable("no_pairs")
    v, step = _whole(pairs[1])
    by_level: dict[float, list[int]] = {}
    for level, value in zip(pairs[0].tolist(), v, strict=True):
        by_level.setdefault(level, []).append(value)
    c, n = len(by_level), fitted.n
    if c == n:
        return NotCalculable("no_replicates")
    if c <= degree + 1:
        return NotCalculable("too_few_levels", {"n": c, "least": degree + 2})
    pure = sum((sum(y * y for y in ys) - Fraction(sum(ys) ** 2, len(ys)) for ys in by_level.values()), Fraction(0)) * step**2
    if pure == 0:
        return NotCalculable("residuals_zero")
    df1, df2 = c - degree - 1, n - c
    ms_lack, ms_pure = max(fitted.residual_ss - float(pure), 0.0) / df1, float(pure) / df2
    from scipy.special import fdtrc

    f = finite(ms_lack / ms_pure, "F") if ms_pure > 0 else NotCalculable("result_not_finite", {"quantity": "F"})
    return f if isinstance(f, NotCalculable) else LackOfFit(f, df1, df2, float(fdtrc(df1, df2, f)), ms_lack, ms_pure)


def _whole(values: FloatArray) -> tuple[list[int], Fraction]:
    """The values as whole numbers of the largest common decimal step, and the step."""
    decimals = [Decimal(repr(value)) for value in values.tolist()]
    exponent = min(int(decimal.as_tuple().exponent) for decimal in decimals)
    step = Fraction(10) ** exponent
    return [int(Fraction(decimal) / step) for decimal in decimals], step


def _solved(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> tuple[list[Fraction], list[Fraction]]:
    """Solution of the positive definite system, and the diagonal of the inverse, by Gauss and Jordan in fractions."""
    size = len(right)
    rows = [[Fraction(cell) for cell in (*matrix[i], right[i], *(int(i == j) for j in range(size)))] for i in range(size)]
    for column in range(size):
        pivot = rows[column][column]
        rows[column] = [cell / pivot for cell in rows[column]]
        for other in range(size):
            factor = rows[other][column]
            if other != column and factor:
                rows[other] = [cell - factor * above for cell, above in zip(rows[other], rows[column], strict=True)]
    return [row[size] for row in rows], [rows[k][size + 1 + k] for k in range(size)]


def _rounded(
    n: int, b: list[Fraction], diagonal: list[Fraction], scales: list[Fraction], residual: Fraction, about_mean: Fraction, step_y: Fraction
) -> Polynomial:
    """Fractions to floats, at the very end. diagonal and residual are in whole steps, b in units."""
    df = n - len(b)
    r2: Number = float(1 - residual / about_mean) if about_mean else NotCalculable("y_constant")
    coefficients, ss = tuple(float(value) for value in b), float(residual * step_y**2)
    if df < 1:
        lack = NotCalculable("no_degrees_of_freedom")
        return Polynomial(n, coefficients, lack, ss, df, lack, r2, lack)
    variance = residual / df
    errors = tuple(_root(variance * inverse * scale**2) for inverse, scale in zip(diagonal, scales, strict=True))
    p: Number = NotCalculable("residuals_zero")
    if residual:
        from scipy.special import stdtr

        t = _root((b[-1] / scales[-1]) ** 2 / (variance * diagonal[-1]))
        p = 2.0 * float(stdtr(df, -t))
    return Polynomial(n, coefficients, errors, ss, df, _root(variance * step_y**2), r2, p)


def _root(square: Fraction) -> float:
    return math.sqrt(float(square))
