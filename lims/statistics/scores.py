"""Performance scores of one reported value and their verdicts (ISO 13528:2022, clause 9).

Symbols: x reported value, x_pt assigned value, sigma_pt standard deviation for proficiency assessment, u standard and U expanded
uncertainty (U = k u; k is recorded with every U, 2 is common and not certain). All in one unit; D in that unit, D% and PA in percent, the
others without unit. Every function takes scalars and gives a number or a `NotCalculable`: an absent quantity (None) or an impossible one
(sigma_pt = 0) is a reason, a `NotCalculable` that comes in is handed on, and nothing is ever rounded. Censored values have no score.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

from lims.statistics.outcome import Input, NotCalculable, Number, finite, is_number, known

Verdict = Literal["acceptable", "warning", "action", "not_evaluated"]

LIMIT_EPSILON: Final = 1e-9  # (0.3 - 0.1) / 0.1 is 1.9999999999999998 in binary: this close to a limit, a score stands on the limit
WARNING_LIMIT: Final = 2.0
ACTION_LIMIT: Final = 3.0


def difference(x: Input, x_pt: Input) -> Number:
    """D = x - x_pt (9.3). Example: 2.893 against 2.99 mg/kg: -0.097 mg/kg."""
    values = known(("reported_value_missing", x), ("assigned_value_missing", x_pt))
    return values if isinstance(values, NotCalculable) else finite(values[0] - values[1], "d")


def percent_difference(x: Input, x_pt: Input) -> Number:
    """D% = 100 (x - x_pt) / x_pt, in percent (9.3); x_pt = 0 gives `assigned_value_zero`.

    Only sensible on a ratio scale: on log10 copies/mL a percentage has no meaning, and with x_pt < 0 the sign turns round.
    Example: CCQM-K30, 2.893 against 2.99: -3.244 %.
    """
    d, reference = difference(x, x_pt), known(("assigned_value_missing", x_pt))
    if isinstance(d, NotCalculable) or isinstance(reference, NotCalculable):
        return d
    return finite(100.0 * d / reference[0], "d_percent") if reference[0] != 0 else NotCalculable("assigned_value_zero")


def percent_allowed(x: Input, x_pt: Input, delta_e: Input) -> Number:
    """PA = 100 (x - x_pt) / delta_E, percent of the allowed difference delta_E > 0 (9.3).

    Example: CCQM-K30, 2.893 against 2.99 with delta_E = 3 * 0.40561375: -7.971 %.
    """
    return _divided(difference(x, x_pt), delta_e, "allowed_difference_missing", "allowed_difference_not_positive", 100.0, "pa")


def z_score(x: Input, x_pt: Input, sigma_pt: Input) -> Number:
    """z = (x - x_pt) / sigma_pt, sigma_pt > 0 (9.4, formula 9). Example: 2.893 against 2.99, sigma_pt 0.40561375: -0.2391."""
    return _divided(difference(x, x_pt), sigma_pt, "sigma_pt_missing", "sigma_pt_not_positive", 1.0, "z")


def z_prime_score(x: Input, x_pt: Input, sigma_pt: Input, u_x_pt: Input) -> Number:
    """z' = (x - x_pt) / sqrt(sigma_pt^2 + u(x_pt)^2) with the standard uncertainty of x_pt; sigma_pt > 0, u >= 0 (9.5).

    Example: ISO 13528:2022 E.4, L04: 0.013 against 0.044, sigma_pt 0.0066, U(x_pt) 0.0082 (k = 2): -3.99.
    """
    sigma = known(("sigma_pt_missing", sigma_pt))
    if isinstance(sigma, NotCalculable):
        return sigma
    if sigma[0] <= 0:
        return NotCalculable("sigma_pt_not_positive", {"value": sigma[0]})
    return _over_both(difference(x, x_pt), sigma[0], u_x_pt, "z_prime")


def zeta_score(x: Input, x_pt: Input, u_x: Input, u_x_pt: Input) -> Number:
    """zeta = (x - x_pt) / sqrt(u(x)^2 + u(x_pt)^2), both STANDARD uncertainties (9.6); both 0 gives `uncertainties_zero`.

    Example: ISO 13528:2022 E.4, L23: 0.0135 (U 0.00108, k 1.732) against 0.044 (U 0.0082, k 2): -7.35.
    """
    return _over_both(difference(x, x_pt), u_x, u_x_pt, "zeta")


def en_score(x: Input, x_pt: Input, expanded_u_x: Input, expanded_u_x_pt: Input) -> Number:
    """E_n = (x - x_pt) / sqrt(U(x)^2 + U(x_pt)^2), both EXPANDED uncertainties (9.7); both 0 gives `uncertainties_zero`.

    The two must have the same coverage probability; their k may differ. Example: CCQM-K30, KRISS: -1.3037.
    """
    return _over_both(difference(x, x_pt), expanded_u_x, expanded_u_x_pt, "en")


def standard_uncertainty(expanded_u: Input, k: Input) -> Number:
    """u = U / k with the coverage factor k > 0 that was reported with U (ISO/IEC Guide 98-3, 6.2.1)."""
    values = known(("uncertainty_missing", expanded_u), ("coverage_factor_missing", k))
    if isinstance(values, NotCalculable):
        return values
    if values[0] < 0:
        return NotCalculable("uncertainty_negative", {"value": values[0]})
    if values[1] <= 0:
        return NotCalculable("coverage_factor_not_positive", {"value": values[1]})
    return finite(values[0] / values[1], "u")


def score_verdict(score: Input) -> Verdict:
    """Verdict of z, z', zeta on the unrounded value (9.4.2): |z| <= 2 acceptable, 2 < |z| < 3 warning, |z| >= 3 action.

    A score within `LIMIT_EPSILON` of a limit counts as standing on it: 2.0000000004 is acceptable, 2.9999999996 is action.
    No score: not_evaluated.
    """
    if not is_number(score) or not math.isfinite(score):
        return "not_evaluated"
    if abs(score) >= ACTION_LIMIT - LIMIT_EPSILON:
        return "action"
    return "acceptable" if abs(score) <= WARNING_LIMIT + LIMIT_EPSILON else "warning"


def en_verdict(score: Input) -> Verdict:
    """Verdict of E_n (9.7): |E_n| <= 1 acceptable, otherwise action; there is no warning band. Same epsilon as `score_verdict`."""
    return _within(score, 1.0)


def percent_allowed_verdict(pa: Input) -> Verdict:
    """Verdict of PA (9.3): |PA| <= 100 % acceptable, otherwise action; epsilon 1e-9 of the limit."""
    return _within(pa, 100.0)


def difference_verdict(d: Input, limit: float) -> Verdict:
    """Verdict of D or D% against its allowed size: |d| <= limit acceptable, otherwise action; epsilon 1e-9 of the limit."""
    if not limit > 0:
        raise ValueError(f"a limit above 0 is expected, not {limit}")
    return _within(d, limit)


def shown_decimals(score: float, verdict: Callable[[Input], Verdict], least: int = 2, most: int = 9) -> int:
    """Decimals to print a score with, so that the printed number has the verdict of the unrounded one.

    2 decimals as a rule; 2.004 (warning) would print as 2.00 (acceptable) and gets 3. Beyond `most` the limit's epsilon has decided.
    """
    wanted = verdict(score)
    return next((places for places in range(least, most) if verdict(round(score, places)) == wanted), most)


def _within(value: Input, limit: float) -> Verdict:
    if not is_number(value) or not math.isfinite(value):
        return "not_evaluated"
    return "acceptable" if abs(value) <= limit * (1.0 + LIMIT_EPSILON) else "action"


def _divided(
    d: Number,
    scale: Input,
    missing: Literal["sigma_pt_missing", "allowed_difference_missing"],
    not_positive: Literal["sigma_pt_not_positive", "allowed_difference_not_positive"],
    factor: float,
    quantity: str,
) -> Number:
    values = known(("reported_value_missing", d), (missing, scale))
    if isinstance(values, NotCalculable):
        return values
    if values[1] <= 0:
        return NotCalculable(not_positive, {"value": values[1]})
    return finite(factor * (values[0] / values[1]), quantity)


def _over_both(d: Number, first: Input, second: Input, quantity: str) -> Number:
    values = known(("reported_value_missing", d), ("u_reported_value_missing", first), ("u_assigned_value_missing", second))
    if isinstance(values, NotCalculable):
        return values
    for uncertainty in values[1:]:
        if uncertainty < 0:
            return NotCalculable("uncertainty_negative", {"value": uncertainty})
    combined = math.hypot(values[1], values[2])
    return finite(values[0] / combined, quantity) if combined > 0 else NotCalculable("uncertainties_zero")
