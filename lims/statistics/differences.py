"""All differences between pairs of results, merged where they are equal: the base of the Q method, Qn and of the Hampel estimate's scale.

1.90 - 1.85 and 1.85 - 1.80 are one and the same difference of decimal numbers, but not of binary ones (0.0499... and 0.0500...4). Where a
method counts how many pairs lie at a distance, such pairs must be counted together, or its result is off by some per cent.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from lims.statistics.values import FloatArray, middle_of

KEPT_FIGURES: Final = 14  # of a result of middle size; the 15th and 16th carry the rounding of binary numbers
BINARY_DECIMALS: Final = 17  # merges nothing but what is equal in binary, for results near 1; only to show what goes wrong without merging
STEP: Final = 300  # 10^308 is the end of the floating-point numbers: powers of ten are applied in two steps


def decimals_to_merge(ordered: FloatArray) -> int:
    """Decimals at which differences count as equal: 14 figures of the median of the results that are not 0 (can be negative).

    Results are written with fewer figures, so equal decimal differences are merged and no others. A distant outlier does not count.
    """
    sizes = np.sort(np.abs(ordered[ordered != 0.0]))
    size = middle_of(sizes) if sizes.size else 0.0
    return KEPT_FIGURES - (math.floor(math.log10(size)) + 1) if 0.0 < size < math.inf else KEPT_FIGURES


def pair_differences(ordered: FloatArray, decimals: int) -> FloatArray:
    """The p (p - 1) / 2 differences of results in ascending order, not sorted, as whole multiples of 10^-decimals (>= 0).

    Pairs stand in the order (2, 1), (3, 2), ... by their distance in the list. One vector operation for each distance.
    """
    p = int(ordered.size)
    found = np.empty(p * (p - 1) // 2)
    start = 0
    for lag in range(1, p):
        end = start + p - lag
        np.subtract(ordered[lag:], ordered[:-lag], out=found[start:end])
        start = end
    shifted(found, decimals, out=found)
    return np.rint(found, out=found)


def shifted(values: FloatArray, decimals: int, out: FloatArray | None = None) -> FloatArray:
    """values * 10^decimals, in two steps where one would leave the floating-point numbers."""
    first = max(-STEP, min(STEP, decimals))
    result: FloatArray = np.multiply(values, 10.0**first, out=out)
    return result if first == decimals else np.multiply(result, 10.0 ** (decimals - first), out=out)


def unshifted(multiple: float, decimals: int) -> float:
    """multiple * 10^-decimals of one number; dividing by a power of ten keeps decimal numbers as they were written."""
    first = max(-STEP, min(STEP, decimals))
    value = _divided(multiple, first)
    return value if first == decimals else _divided(value, decimals - first)


def _divided(value: float, power: int) -> float:
    return value / 10.0**power if power >= 0 else value * 10.0**-power
