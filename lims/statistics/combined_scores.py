"""Several scores of one laboratory in one number: rescaled sum and sum of squares of z scores.

Harmonized protocol of IUPAC, ISO and AOAC (Pure Appl. Chem. 65 (1993) 2123). ISO 13528:2022, 9.9 warns of combined scores, since they hide
a single bad result: they stand beside the single scores, never in their place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lims.statistics.outcome import Input, NotCalculable, Number, is_number


@dataclass(frozen=True, slots=True)
class CombinedScores:
    """Combined scores of the m z scores that exist; without any, each place holds the reason.

    rsz is a normal deviate (judged like z) that errors of opposite sign can cancel in; ssz is chi-squared with m degrees of freedom,
    ssz_p its upper tail.
    """

    m: int
    rsz: Number
    ssz: Number
    ssz_p: Number


def combined_scores(z: Sequence[Input]) -> CombinedScores:
    """RSZ = sum z / sqrt(m), SSZ = sum z^2, P(chi2(m) >= SSZ), over the scores that exist (a missing score is not a 0).

    Example: ISO 13528:2022 E.12, laboratory 1, z = 0.4272 and 0.5145: RSZ 0.6659, SSZ 0.4473, P 0.7996.
    """
    known = [value for value in z if is_number(value)]
    m = len(known)
    if m == 0:
        lack = NotCalculable("too_few_values", {"n": 0, "least": 1})
        return CombinedScores(0, lack, lack, lack)
    if not all(math.isfinite(value) for value in known):
        infinite = NotCalculable("value_not_finite", {"quantity": "z"})
        return CombinedScores(m, infinite, infinite, infinite)
    from scipy.special import chdtrc

    try:
        rsz, ssz = math.fsum(known) / math.sqrt(m), math.fsum(value * value for value in known)
    except OverflowError:
        ssz = math.inf
    if not math.isfinite(ssz):
        overflow = NotCalculable("result_not_finite", {"quantity": "ssz"})
        return CombinedScores(m, overflow, overflow, overflow)
    return CombinedScores(m, rsz, ssz, float(chdtrc(m, ssz)))
