"""Exact distribution of the double Grubbs ratio W = S^2(without the two largest) / S^2(all) of p independent normal values.

Printed tables (Grubbs, Ann. Math. Stat. 21 (1950) 27, Table V; ISO 5725-2 Table 5) end at 20 or 40 and differ from each other in the fourth
decimal. Here the quantile is computed for every p from 4 to 100.

For m values let u = sqrt(m / (m - 1)) (x - mean) / sqrt(sum of squares) of one value, u = sin(t). The m values of a normal sample without
their mean and scale are a point on a sphere in m - 1 dimensions, so t has the density c_m cos(t)^(m - 3), c_m = Gamma((m - 1) / 2) /
(sqrt(pi) Gamma((m - 2) / 2)), and what the other values look like among themselves does not depend on t. That gives the distribution H_m of
the largest u step by step: all others lie below this one when the largest of the m - 1 others has sin(t') <= sqrt(m / (m - 2)) tan(t):

    H_m(t) = m c_m * integral from 0 to t of cos(v)^(m - 3) H_{m-1}(arcsin(min(1, sqrt(m / (m - 2)) tan v))) dv,  H_3(t) = 3 t / pi - 1/2.

Taking away the largest leaves cos(t)^2 of the sum of squares, taking away the second one cos(t')^2 of that, so that

    P(W < w) = p c_p * integral of cos(t)^(p - 3) [H_{p-1}(the bound above) - H_{p-1}(arccos(min(1, sqrt(w) / cos t)))]+ dt.

The two smallest have the same distribution. Accuracy of the quantiles: better than 1e-6 (a test compares with simulation and with the
published tables).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np

from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.values import FloatArray

SMALLEST: Final = 4
LARGEST: Final = 100
_NODES: Final = 2001  # of H_m over 0 .. pi/2, crowded towards 0 where it rises when m is large
_GAUSS_X, _GAUSS_W = np.polynomial.legendre.leggauss(8)


def double_critical(p: int, tail: float) -> Number:
    """The w with P(W < w) = tail for p values; p outside 4 .. 100 is `no_critical_value`. Example: p = 11, tail 0.025: 0.2213."""
    if p < SMALLEST:
        return NotCalculable("too_few_values", {"n": p, "least": SMALLEST})
    if p > LARGEST:
        return NotCalculable("no_critical_value", {"p": p, "most": LARGEST})
    return _quantile(p, tail)


def double_probability(p: int, w: float) -> float:
    """P(W < w) of p values, 4 <= p <= 100, 0 <= w <= 1."""
    if not (SMALLEST <= p <= LARGEST and 0.0 <= w <= 1.0):
        raise ValueError(f"p from {SMALLEST} to {LARGEST} and w from 0 to 1 are expected, not p = {p}, w = {w}")
    knee = math.acos(math.sqrt(w))
    corner = math.atan(math.sqrt((p - 2) / p))  # from here on this value is larger than all others, whatever they are
    edges = np.unique(np.concatenate([_between(0.0, knee), _between(knee, math.pi / 2), [corner]]))
    t, weight = _gauss(edges)
    upper = _largest(p - 1, _bound(p, t))
    lower = _largest(p - 1, np.arccos(np.minimum(1.0, math.sqrt(w) / np.cos(t))))
    density = p * _constant(p) * np.cos(t) ** (p - 3) * np.maximum(upper - lower, 0.0)
    return min(1.0, float((weight * density).sum()))


@lru_cache(maxsize=1024)
def _quantile(p: int, tail: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if double_probability(p, middle) < tail else (low, middle)
    return (low + high) / 2.0


def _grid() -> FloatArray:
    steps = np.linspace(0.0, 1.0, _NODES)
    return math.pi / 2 * steps * (0.3 + 0.7 * steps)


@lru_cache(maxsize=256)
def _values(m: int) -> tuple[FloatArray, FloatArray]:
    """H_m and its derivative at the nodes of the grid, m >= 4."""
    t, weight = _gauss(_grid())
    values = np.concatenate([[0.0], np.cumsum((weight * _density(m, t)).reshape(-1, _GAUSS_X.size).sum(axis=1))])
    return values, _density(m, _grid())


def _density(m: int, t: FloatArray) -> FloatArray:
    density: FloatArray = m * _constant(m) * np.cos(t) ** (m - 3) * _largest(m - 1, _bound(m, t))
    return density


def _largest(m: int, t: FloatArray) -> FloatArray:
    """H_m(t), 0 <= t <= pi/2, between the nodes by the cubic through both values and both derivatives."""
    if m == 3:
        return np.clip(3.0 * t / math.pi - 0.5, 0.0, 1.0)
    grid, (values, slopes) = _grid(), _values(m)
    left = np.clip(np.searchsorted(grid, t, "right") - 1, 0, grid.size - 2)
    step = grid[left + 1] - grid[left]
    part = (t - grid[left]) / step
    rest = 1.0 - part
    found: FloatArray = (
        values[left] * rest * rest * (1.0 + 2.0 * part)
        + values[left + 1] * part * part * (3.0 - 2.0 * part)
        + step * part * rest * (slopes[left] * rest - slopes[left + 1] * part)
    )
    return found


def _bound(m: int, t: FloatArray) -> FloatArray:
    bound: FloatArray = np.arcsin(np.minimum(1.0, math.sqrt(m / (m - 2)) * np.tan(t)))
    return bound


def _constant(m: int) -> float:
    return math.exp(math.lgamma((m - 1) / 2) - math.lgamma((m - 2) / 2)) / math.sqrt(math.pi)


def _between(start: float, end: float) -> FloatArray:
    return np.linspace(start, end, 81)


def _gauss(edges: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of Gauss-Legendre quadrature on each piece between the edges, piece by piece."""
    half, middle = np.diff(edges) / 2.0, (edges[:-1] + edges[1:]) / 2.0
    return (middle[:, None] + half[:, None] * _GAUSS_X).ravel(), (half[:, None] * _GAUSS_W).ravel()
