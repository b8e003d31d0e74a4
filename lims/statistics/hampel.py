"""Hampel's estimate of location, and Q/Hampel: the two together as ISO 13528:2022, C.5 has them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from lims.statistics.outcome import NotCalculable
from lims.statistics.q_method import QMethod, q_method
from lims.statistics.values import FloatArray, Values, as_array, middle_of

BREAKPOINTS: Final = (1.5, 3.0, 4.5)  # C.5.3.2; another third breakpoint circulates in public code
ZERO: Final = 1e-10  # a sum of psi below this is 0: its terms are at most 1.5 and are added at most 6 p times

# Along x, the terms of one result change their slope at x_i + s* times these places, by these steps (in 1 / s*).
_PLACES: Final = (-4.5, -3.0, -1.5, 1.5, 3.0, 4.5)
_STEPS: Final = (1.0, -1.0, -1.0, 1.0, 1.0, -1.0)
_ACTIVE: Final = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


@dataclass(frozen=True, slots=True)
class Hampel:
    """Robust location x_star for the scale s_star of p results.

    roots: how many solutions the equation has; with several, x_star is the one nearest the median, and the median itself when two are
    equally near (is_median). With s_star = 0 the median is the only answer (roots 0).
    """

    x_star: float
    s_star: float
    p: int
    roots: int
    is_median: bool


@dataclass(frozen=True, slots=True)
class QHampel:
    """Q/Hampel: location, robust standard deviation and how each was found."""

    x_star: float
    s_star: float
    p: int
    q: QMethod
    hampel: Hampel


class _Curve(NamedTuple):
    """The sum of psi over x: corners in ascending order, heights there, results within 4.5 s* on the segment right of each."""

    corners: FloatArray
    heights: FloatArray
    active: FloatArray


def psi(q: float) -> float:
    """Hampel's function: q up to 1.5, then 1.5, from 3 down to 0 at 4.5; odd. Example: psi(-3.5) = -1."""
    size = abs(q)
    value = min(size, 1.5) if size <= 3.0 else max(4.5 - size, 0.0)
    return math.copysign(value, q)


@np.errstate(over="ignore")
def hampel(x: Values, s_star: float) -> Hampel | NotCalculable:
    """Solution x* of sum psi((x_i - x*) / s*) = 0 for a given robust standard deviation s* >= 0; p >= 1 (C.5.3.3).

    Not iterated: the sum is a chain of straight lines with 6 p corners x_i + (-4.5 ... 4.5) s*, so all solutions are found exactly. An x
    with no result within 4.5 s* makes the sum 0 too and is no solution (the standard does not say so). Where the sum is 0 along a whole
    segment, the point of it nearest the median counts. Several solutions: see `Hampel`.
    Example: ISO 13528:2022 Table E.5, atrazine, s* = 0.0426: 0.2600.
    """
    array = as_array(x)
    if isinstance(array, NotCalculable):
        return array
    if not (math.isfinite(s_star) and s_star >= 0):
        return NotCalculable("scale_negative", {"value": s_star}) if s_star < 0 else NotCalculable("scale_missing")
    ordered = np.sort(array)
    p, median = int(ordered.size), middle_of(ordered)
    scaled = (ordered - median) / s_star if s_star > 0 else ordered
    if s_star == 0 or not np.isfinite(scaled).all():
        return Hampel(median, s_star, p, 0, True)
    curve = _curve(scaled)
    roots = _roots(curve)
    nearest = np.sort(np.abs(roots))
    if roots.size == 0 or (roots.size > 1 and nearest[1] - nearest[0] <= ZERO):
        return Hampel(median, s_star, p, int(roots.size), True)
    root = _polished(scaled, float(roots[np.argmin(np.abs(roots))]))
    return Hampel(median + s_star * root, s_star, p, int(roots.size), False)


def q_hampel(x: Values, *, decimals: int | None = None) -> QHampel | NotCalculable:
    """Q method for the scale, Hampel for the location; p >= 2. u(x_pt) is 1.25 s* / sqrt(p) (`assigned.u_robust`).

    decimals as in `q_method`. Example: ISO 13528:2022 Table E.5, atrazine, p = 34: x* = 0.2600, s* = 0.0426.
    """
    q = q_method(x, decimals=decimals)
    if isinstance(q, NotCalculable):
        return q
    location = hampel(x, q.s_star)
    return location if isinstance(location, NotCalculable) else QHampel(location.x_star, q.s_star, q.p, q, location)


def _curve(scaled: FloatArray) -> _Curve:
    corners = np.concatenate([scaled + place for place in _PLACES])
    order = np.argsort(corners, kind="stable")
    corners = corners[order]
    slopes = np.cumsum(np.repeat(_STEPS, scaled.size)[order])
    active = np.cumsum(np.repeat(_ACTIVE, scaled.size)[order])
    heights = np.concatenate([[0.0], np.cumsum(slopes[:-1] * np.diff(corners))])
    return _Curve(corners, heights, active)


def _roots(curve: _Curve) -> FloatArray:
    """All solutions in ascending order, in units of s* from the median."""
    corners, active = curve.corners, curve.active
    heights = np.where(np.abs(curve.heights) <= ZERO, 0.0, curve.heights)
    left, right = heights[:-1], heights[1:]
    crossing = np.flatnonzero(left * right < 0.0)
    between = corners[crossing] - left[crossing] * (corners[crossing + 1] - corners[crossing]) / (right[crossing] - left[crossing])
    inside = np.flatnonzero((heights[1:-1] == 0.0) & (active[:-2] > 0) & (active[1:-1] > 0)) + 1
    flat = np.flatnonzero((left == 0.0) & (right == 0.0) & (active[:-1] > 0))
    nearest = np.clip(0.0, corners[flat], corners[flat + 1])
    found = np.sort(np.concatenate([between, corners[inside], nearest]))
    return found[np.concatenate([[True], np.diff(found) > ZERO])] if found.size else found


def _polished(scaled: FloatArray, root: float) -> float:
    """The solution of the straight line that the root lies on, from exactly rounded sums of its own terms."""
    q = scaled - root
    sizes = np.abs(q)
    inner, outer = sizes < 1.5, (sizes > 3.0) & (sizes < 4.5)
    slope = int(outer.sum()) - int(inner.sum())
    if slope == 0:
        return root
    rest = math.fsum(np.where(sizes < 4.5, np.sign(q) * np.where(sizes > 3.0, 4.5 - sizes, np.minimum(sizes, 1.5)), 0.0))
    better = root - rest / slope
    return better if abs(better - root) <= 1e-8 else root
