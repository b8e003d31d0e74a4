"""Assigned value x_pt by consensus, and its uncertainty (ISO 13528:2022, clauses 7.7 and 9.2); the other routes: `assigned_routes.py`.

x results, s, s_star, u and sigma_pt in one unit; p the number of results. u is always a STANDARD uncertainty. What cannot be given is a
`NotCalculable`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics import robust
from lims.statistics.hampel import q_hampel
from lims.statistics.outcome import Input, NotCalculable, Number, finite, known

ROBUST_U_FACTOR: Final = 1.25  # 7.7.7: sqrt(pi / 2) = 1.2533, the loss of the median against the mean
NEGLIGIBLE_FACTOR: Final = 0.3  # 9.2.1
BORDER_EPSILON: Final = 1e-9  # part of the border: closer than this, u stands on the border

Estimator = Literal["algorithm_a", "q_hampel", "median", "mean", "mean_without_most_distant"]


@dataclass(frozen=True, slots=True)
class Consensus:
    """Assigned value by consensus of p results: location, scale, standard uncertainty of the location, and how they were obtained.

    A scale of 0 (equal results) leaves u = 0: a location without any spread, on which no score can be built.
    """

    x_pt: float
    scale: float
    u_x_pt: float
    p: int
    estimator: Estimator


@dataclass(frozen=True, slots=True)
class Negligibility:
    """The rule that chooses between z and z': is u(x_pt) small against sigma_pt?"""

    limit: float
    is_negligible: bool
    z_prime_over_z: float


def u_robust(s_star: Input, p: int) -> Number:
    """u(x_pt) = 1.25 s* / sqrt(p) of a robust consensus (7.7.7, formula 6). Example: s* = 1.84, p = 12: 0.66395."""
    return _u_of_location(s_star, p, ROBUST_U_FACTOR)


def u_mean(s: Input, p: int) -> Number:
    """u(x_pt) = s / sqrt(p) of an arithmetic mean, without 1.25. Example: Table E.5, atrazine: 0.0672 / sqrt(34) = 0.0115."""
    return _u_of_location(s, p, 1.0)


def consensus_algorithm_a(
    x: robust.Values, *, s_factor: float = robust.ALGORITHM_A_FACTOR_ISO, stopping: robust.Stopping = "convergence"
) -> Consensus | NotCalculable:
    """Consensus by Algorithm A: x*, s*, 1.25 s* / sqrt(p). Example: Table E.5, atrazine: 0.2570, 0.0395, 0.0085."""
    run = robust.algorithm_a(x, s_factor=s_factor, stopping=stopping)
    return run if isinstance(run, NotCalculable) else _consensus(run.x_star, run.s_star, run.p, "algorithm_a")


def consensus_q_hampel(x: robust.Values, *, decimals: int | None = None) -> Consensus | NotCalculable:
    """Consensus by Q/Hampel: x*, s*, 1.25 s* / sqrt(p). Example: Table E.5, atrazine: 0.2600, 0.0426, 0.0091."""
    found = q_hampel(x, decimals=decimals)
    return found if isinstance(found, NotCalculable) else _consensus(found.x_star, found.s_star, found.p, "q_hampel")


def consensus_median(
    x: robust.Values, *, rule: robust.QuartileRule = 7, scale: Literal["niqr", "made"] = "niqr", made_factor: float = robust.MADE_EXACT
) -> Consensus | NotCalculable:
    """Consensus by the median with nIQR (or MADe) as scale and u = 1.25 scale / sqrt(p). Example: Table E.5: 0.2620, 0.0402, 0.0086."""
    location = robust.median(x)
    spread = robust.niqr(x, rule) if scale == "niqr" else robust.made(x, made_factor)
    if isinstance(location, NotCalculable):
        return location
    return spread if isinstance(spread, NotCalculable) else _consensus(location, spread, len(x), "median")


def consensus_mean(x: robust.Values) -> Consensus | NotCalculable:
    """Arithmetic mean with s and u = s / sqrt(p), not robust. Example: Table E.5, atrazine: 0.2512, 0.0672, 0.0115."""
    location, spread = robust.mean(x), robust.standard_deviation(x)
    if isinstance(location, NotCalculable):
        return location
    return spread if isinstance(spread, NotCalculable) else _consensus(location, spread, len(x), "mean")


def consensus_mean_without(x: robust.Values, left_out: int) -> Consensus | NotCalculable:
    """Arithmetic mean, s and s / sqrt(p) without the `left_out` results most distant from the median of all; for comparison only.

    Of equally distant results the larger goes first. A rule that leaves results out by their number is no outlier test (ISO 5725-2 has
    Grubbs). Example: Table E.5, atrazine, without 0.040, 0.055 and 0.4246: 0.2588, 0.0337, 0.0061.
    """
    array = robust.as_array(x, least=max(left_out, 0) + 2)
    if isinstance(array, NotCalculable):
        return array
    centre = robust.median(array)
    values = sorted(
        array.tolist(), key=lambda value: (abs(value - centre), value) if not isinstance(centre, NotCalculable) else (0.0, value)
    )
    kept = values[: len(values) - max(left_out, 0)]
    location, spread = robust.mean(kept), robust.standard_deviation(kept)
    if isinstance(location, NotCalculable):
        return location
    return spread if isinstance(spread, NotCalculable) else _consensus(location, spread, len(kept), "mean_without_most_distant")


def negligibility(
    u_x_pt: Input, sigma_pt: Input, factor: float = NEGLIGIBLE_FACTOR, *, inclusive: bool = False
) -> Negligibility | NotCalculable:
    """Is u(x_pt) negligible: u < 0.3 sigma_pt (9.2.1, formula 10)? Then z is used, otherwise z'.

    Strict since the 2022 edition; inclusive=True is the older u <= 0.3 sigma_pt. A u within `BORDER_EPSILON` of the border stands on it.
    z_prime_over_z = 1 / sqrt(1 + (u / sigma_pt)^2) is what z' would shrink the score to. Example: u = 0.05, sigma_pt = 0.25: limit 0.075,
    negligible, 0.98058.
    """
    values = known(("u_assigned_value_missing", u_x_pt), ("sigma_pt_missing", sigma_pt))
    if isinstance(values, NotCalculable):
        return values
    u, sigma = values
    if u < 0:
        return NotCalculable("uncertainty_negative", {"value": u})
    if sigma <= 0:
        return NotCalculable("sigma_pt_not_positive", {"value": sigma})
    limit = factor * sigma
    is_negligible = u <= limit * (1.0 + BORDER_EPSILON) if inclusive else u < limit * (1.0 - BORDER_EPSILON)
    return Negligibility(limit, is_negligible, sigma / math.hypot(sigma, u))


def combined_u(*parts: Input) -> Number:
    """u(x_pt) = sqrt(u_char^2 + u_hom^2 + u_trans^2 + u_stab^2) of independent parts (7.2); no parts give 0.

    A part that is not stated (None) makes the sum `uncertainty_missing`: an effect known to be negligible is stated as 0.
    Example: 0.03 and 0.04 give 0.05.
    """
    values = known(*(("uncertainty_missing", part) for part in parts))
    if isinstance(values, NotCalculable):
        return values
    negative = [part for part in values if part < 0]
    return NotCalculable("uncertainty_negative", {"value": negative[0]}) if negative else finite(math.hypot(*values), "u")


def largest_possible_z(n: int) -> Number:
    """Largest |z| that any of n results can reach against the mean and SD of the same n results: (n - 1) / sqrt(n), n >= 2.

    Samuelson's inequality (J. Am. Stat. Assoc. 63 (1968) 1522); Shiffler, The American Statistician 42 (1988) 79.
    1.15 for n = 3, 1.79 for n = 5, 2.04 for n = 6, 3.02 for n = 11: with fewer than 11 results no action signal can occur, however wrong.
    """
    return (n - 1) / math.sqrt(n) if n >= 2 else NotCalculable("too_few_values", {"n": n, "least": 2})


def _u_of_location(scale: Input, p: int, factor: float) -> Number:
    values = known(("scale_missing", scale))
    if isinstance(values, NotCalculable):
        return values
    if values[0] < 0:
        return NotCalculable("scale_negative", {"value": values[0]})
    return finite(factor * values[0] / math.sqrt(p), "u") if p >= 1 else NotCalculable("too_few_values", {"n": p, "least": 1})


def _consensus(location: float, scale: float, p: int, estimator: Estimator) -> Consensus | NotCalculable:
    u = u_mean(scale, p) if estimator.startswith("mean") else u_robust(scale, p)
    return u if isinstance(u, NotCalculable) else Consensus(location, scale, u, p, estimator)
