"""Qn and Sn: robust scales without a location (Rousseeuw and Croux, J. Am. Stat. Assoc. 88 (1993) 1273; ISO 13528:2022, C.5.4).

Both withstand up to half of the results being wrong. Results in one unit; the scale comes back in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lims.statistics.differences import decimals_to_merge, pair_differences, unshifted
from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.values import FloatArray, Values, as_array

QN_FACTOR: Final = 2.21914  # 1 / (sqrt(2) Phi^-1(5 / 8)); 2.2191 in the corrected text of the standard, 2.2219 was a printing error
SN_FACTOR: Final = 1.1926
ROWS_AT_ONCE: Final = 256

# Factors that make the scale of few normal results right on average (Croux and Rousseeuw, COMPSTAT 1 (1992) 411), p = 2, 3, ...
_QN_SMALL: Final = (0.399356, 0.99365, 0.51321, 0.84401, 0.61220, 0.85877, 0.66993, 0.87344, 0.72014, 0.88906, 0.75743)
_SN_SMALL: Final = (0.743, 1.851, 0.954, 1.351, 0.993, 1.198, 1.005, 1.131)


@dataclass(frozen=True, slots=True)
class PairwiseScale:
    """A scale with its parts: scale = raw * factor * small_sample_factor (1.0 when the correction was not wanted)."""

    scale: float
    raw: float
    factor: float
    small_sample_factor: float
    p: int

    @property
    def uncorrected(self) -> float:
        return self.raw * self.factor


@np.errstate(over="ignore")
def qn(x: Values, *, factor: float = QN_FACTOR, is_corrected: bool = True, half: int | None = None) -> PairwiseScale | NotCalculable:
    """Qn: 2.21914 times the k-th smallest difference |x_i - x_j|, k = h (h - 1) / 2, h = floor(p / 2) + 1; p >= 2.

    half: another h (the first print of ISO 13528:2022 had p / 2; a corrigendum has floor(p / 2) + 1). is_corrected multiplies by the
    factor for few results: a table up to p = 12, above it p / (p + a) with a about 1.6 (odd p) and 3.7 (even p). 0 when half of the results
    are equal. Example: arsenic means of a certification study, p = 27: 0.44125, without the correction 0.46602.
    """
    array = as_array(x, least=2)
    if isinstance(array, NotCalculable):
        return array
    ordered = np.sort(array)
    p = int(ordered.size)
    h = p // 2 + 1 if half is None else half
    if not 2 <= h <= p:
        return NotCalculable("too_few_values", {"n": p, "least": 3 if half is None else max(half, 2)})
    decimals = decimals_to_merge(ordered)
    k = h * (h - 1) // 2 - 1
    raw = finite(unshifted(float(np.partition(pair_differences(ordered, decimals), k)[k]), decimals), "qn")
    return _scale(raw, factor, qn_correction(p) if is_corrected else 1.0, p, "qn")


@np.errstate(over="ignore")
def sn(x: Values, *, factor: float = SN_FACTOR, is_corrected: bool = True) -> PairwiseScale | NotCalculable:
    """Sn: 1.1926 times the low median over i of the high median over j of |x_i - x_j| (j = i included); p >= 2.

    High median: the floor(p / 2) + 1-th, low median: the floor((p + 1) / 2)-th in order. is_corrected multiplies by the factor for few
    results: a table up to p = 9, p / (p - 0.9) for larger odd p, 1 for larger even p. Example: arsenic as in `qn`: 0.41700, without
    the correction 0.40310.
    """
    array = as_array(x, least=2)
    if isinstance(array, NotCalculable):
        return array
    ordered = np.sort(array)
    p = int(ordered.size)
    inner = np.concatenate([_high_medians(ordered, start) for start in range(0, p, ROWS_AT_ONCE)])
    at = (p + 1) // 2 - 1
    raw = finite(float(np.partition(inner, at)[at]), "sn")
    return _scale(raw, factor, sn_correction(p) if is_corrected else 1.0, p, "sn")


def qn_correction(p: int) -> float:
    """Factor of Qn for p >= 2 results. Example: p = 28: 0.88186."""
    if p < 2:
        raise ValueError(f"two results or more are expected, not {p}")
    if p <= 12:
        return _QN_SMALL[p - 2]
    odd, even = 1.60188 + (-2.1284 - 5.172 / p) / p, 3.67561 + (1.9654 + (6.987 - 77.0 / p) / p) / p
    return 1.0 / (1.0 + (odd if p % 2 else even) / p)


def sn_correction(p: int) -> float:
    """Factor of Sn for p >= 2 results. Example: p = 27: 1.03448."""
    if p < 2:
        raise ValueError(f"two results or more are expected, not {p}")
    if p <= 9:
        return _SN_SMALL[p - 2]
    return p / (p - 0.9) if p % 2 else 1.0


def _high_medians(ordered: FloatArray, start: int) -> FloatArray:
    at = int(ordered.size) // 2
    distances = np.abs(ordered[start : start + ROWS_AT_ONCE, None] - ordered[None, :])
    found: FloatArray = np.partition(distances, at, axis=1)[:, at]
    return found


def _scale(raw: Number, factor: float, correction: float, p: int, quantity: str) -> PairwiseScale | NotCalculable:
    if isinstance(raw, NotCalculable):
        return raw
    scale = finite(raw * factor * correction, quantity)
    return scale if isinstance(scale, NotCalculable) else PairwiseScale(scale, raw, factor, correction, p)
