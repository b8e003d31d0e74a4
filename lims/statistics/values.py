"""Lists of results as arrays: the checks that every estimate begins with, and sums that do not depend on the order of the results."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lims.statistics.outcome import NotCalculable

FloatArray = NDArray[np.float64]
Values = Sequence[float] | FloatArray

RESOLUTION: Final = 2e-15  # a scale below this part of the largest result is rounding noise of binary numbers: 0


def as_array(x: Values, least: int = 1) -> FloatArray | NotCalculable:
    """Return x as a one-dimensional array of at least `least` finite numbers, or the reason."""
    array = np.asarray(x, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"a one-dimensional list of results is expected, not {array.ndim} dimensions")
    if array.size < least:
        return NotCalculable("too_few_values", {"n": int(array.size), "least": least})
    if not np.isfinite(array).all():
        if not isinstance(x, np.ndarray) and any(value is None for value in x):
            return NotCalculable("reported_value_missing")
        return NotCalculable("value_not_finite", {"quantity": "reported_value"})
    return array


def mean_of(array: FloatArray) -> float:
    """Mean by an exactly rounded sum: the same for every order of the results. Infinite when the sum overflows."""
    try:
        return math.fsum(array.tolist()) / int(array.size)
    except OverflowError:
        return math.inf


def sd_of(array: FloatArray) -> float:
    """Sample standard deviation of two results or more, exactly 0 for equal ones. Infinite when the squares overflow."""
    if float(array.min()) == float(array.max()):
        return 0.0  # the mean of equal numbers need not be that number in binary
    centre = mean_of(array)
    try:
        return math.sqrt(math.fsum((value - centre) ** 2 for value in array.tolist()) / (int(array.size) - 1))
    except OverflowError:
        return math.inf


def resolved(scale: float, *sources: FloatArray) -> float:
    """The scale, or 0 where it is no more than the rounding noise of the largest of the numbers it comes from (binary decimals)."""
    return 0.0 if scale <= RESOLUTION * max(float(np.abs(source).max()) for source in sources) else scale


def middle_of(ordered: FloatArray) -> float:
    """Median of results that are in order: the middle one, or the mean of the two middle ones."""
    half = int(ordered.size) // 2
    if ordered.size % 2:
        return float(ordered[half])
    below, above = float(ordered[half - 1]), float(ordered[half])
    middle = (below + above) / 2.0
    return middle if math.isfinite(middle) else below / 2.0 + above / 2.0  # the sum may leave the range of numbers, the middle does not
