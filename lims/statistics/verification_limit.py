"""Is a claimed precision verified by a small experiment? Upper verification limit of CLSI EP15-A3."""

from __future__ import annotations

import math
from typing import Literal

from lims.statistics.outcome import Input, NotCalculable, Number, finite, known

Verdict = Literal["verified", "verified_by_limit", "not_verified"]


def upper_verification_limit(claim: Input, df: Input, samples: int = 1, alpha: float = 0.05) -> Number:
    """UVL = claim sqrt(chi2(1 - alpha / samples; df) / df): an observed SD above it is significantly larger than the claimed one.

    claim: claimed standard deviation or CV (the limit has its unit), df: degrees of freedom of the observed one, not necessarily whole,
    samples: number of samples tested at once (alpha is divided by it). The tables of the document round the factor.
    Example: df = 20, one sample, alpha = 0.05: factor 1.2532, in the tables 1.25.
    """
    if samples < 1 or not 0.0 < alpha < 1.0:
        raise ValueError(f"one sample or more and an alpha between 0 and 1 are expected, not {samples} and {alpha}")
    values = known(("sigma_pt_missing", claim), ("scale_missing", df))
    if isinstance(values, NotCalculable):
        return values
    if values[0] < 0:
        return NotCalculable("scale_negative")
    if values[1] <= 0:
        return NotCalculable("no_degrees_of_freedom")
    from scipy.special import chdtri

    return finite(values[0] * math.sqrt(float(chdtri(values[1], alpha / samples)) / values[1]), "upper_verification_limit")


def precision_verdict(observed: Input, claim: Input, limit: Input) -> Verdict | NotCalculable:
    """verified: observed <= claim; verified_by_limit: above the claim, not above the limit; not_verified: above the limit."""
    values = known(("scale_missing", observed), ("sigma_pt_missing", claim), ("scale_missing", limit))
    if isinstance(values, NotCalculable):
        return values
    if values[0] <= values[1]:
        return "verified"
    return "verified_by_limit" if values[0] <= values[2] else "not_verified"
