"""Control charts of one laboratory over rounds (ISO 13528:2022, 10.8): Shewhart chart of z, CUSUM, EWMA, RSZ and SSZ.

Results stand in the order of time and are never sorted. Rounds without a score (None or a `NotCalculable`) keep their place: a chart shows
a gap there. In Shewhart's rule on two successive warnings and in CUSUM and EWMA a gap is stepped over, so that staying away from a round
does not wipe out a warning; gaps="break" is the other choice. Positions count from 0. How agreement or bias drifts: `drift.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics.combined_scores import CombinedScores, combined_scores
from lims.statistics.outcome import Input, NotCalculable, Number, finite, is_number, known
from lims.statistics.scores import Verdict, score_verdict

Gaps = Literal["skip", "break"]
Limits = Literal["exact", "asymptotic"]

EWMA_WIDTH: Final = 3.0
CUSUM_K: Final = 0.5
CUSUM_H: Final = 5.0
LIMIT_EPSILON: Final = 1e-9  # of sigma: closer than this to a limit, a statistic stands on it and does not signal


@dataclass(frozen=True, slots=True)
class ShewhartZ:
    """Verdict of every round and the positions that the rules point at.

    action: |z| >= 3. warning: 2 < |z| < 3. Two successive warnings are listed at the second one; same_side asks for equal signs. An action
    signal between two warnings ends the succession: it calls for action by itself.
    """

    verdicts: tuple[Verdict, ...]
    action: tuple[int, ...]
    warning: tuple[int, ...]
    two_warnings_any_side: tuple[int, ...]
    two_warnings_same_side: tuple[int, ...]
    gaps: Gaps


@dataclass(frozen=True, slots=True)
class Cusum:
    """Two-sided tabular CUSUM in units of sigma; n_plus and n_minus count how many results the present run has lasted."""

    c_plus: tuple[Number, ...]
    c_minus: tuple[Number, ...]
    n_plus: tuple[int, ...]
    n_minus: tuple[int, ...]
    signals: tuple[int, ...]
    k: float
    h: float


@dataclass(frozen=True, slots=True)
class Ewma:
    """Exponentially weighted moving average with its limits, in the unit of the results. asymptotic: (lower, upper) after many results."""

    ewma: tuple[Number, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    asymptotic: tuple[float, float]
    signals: tuple[int, ...]
    target: float
    weight: float
    width: float
    limits: Limits


def shewhart_z(z: Sequence[Input], *, gaps: Gaps = "skip") -> ShewhartZ:
    """Shewhart chart of z scores: action at |z| >= 3, or at two successive warnings (10.8).

    The standard does not say whether two warnings on opposite sides count; both lists are given, any side being the cautious reading.
    Example: 2.5, -2.6, 2.0, 3.0, -2.1, -2.9: warnings at 0, 1, 4, 5, action at 3, two successive at 1 (any side) and 5 (same side).
    """
    verdicts = tuple(score_verdict(value) for value in z)
    pairs: list[tuple[int, int]] = []
    last: int | None = None
    for place, verdict in enumerate(verdicts):
        if verdict == "not_evaluated" and gaps == "skip":
            continue
        if verdict == "warning" and last is not None:
            pairs.append((last, place))
        last = place if verdict == "warning" else None
    return ShewhartZ(
        verdicts=verdicts,
        action=tuple(place for place, verdict in enumerate(verdicts) if verdict == "action"),
        warning=tuple(place for place, verdict in enumerate(verdicts) if verdict == "warning"),
        two_warnings_any_side=tuple(second for _, second in pairs),
        two_warnings_same_side=tuple(second for first, second in pairs if _sign(z[first]) == _sign(z[second])),
        gaps=gaps,
    )


def cusum(x: Sequence[Input], target: Input = 0.0, sigma: Input = 1.0, *, k: float = CUSUM_K, h: float = CUSUM_H) -> Cusum | NotCalculable:
    """C+_i = max(0, C+_{i-1} + y_i - k), C-_i = max(0, C-_{i-1} - y_i - k), y = (x - target) / sigma; signal when either exceeds h.

    k (half the shift to find) and h in units of sigma; 0.5 and 5 find a shift of one sigma in about ten results (Page, Biometrika 41 (1954)
    100). A statistic on h itself does not signal, and the sums go on after a signal. z scores go in with target 0 and sigma 1.
    Example: Montgomery's data, target 10: C+ = 5.28 at the 29th result, after 7 results above.
    """
    if not (k >= 0 and h > 0):
        raise ValueError(f"k >= 0 and h > 0 are expected, not {k}, {h}")
    basis = _basis(target, sigma)
    if isinstance(basis, NotCalculable):
        return basis
    plus = minus = 0.0
    runs = [0, 0]
    rows: list[tuple[Number, Number, int, int]] = []
    for value in x:
        y = _deviation(value, *basis)
        if isinstance(y, NotCalculable):
            rows.append((y, y, runs[0], runs[1]))
            continue
        plus, minus = _noise_free(plus + y - k), _noise_free(minus - y - k)
        runs = [runs[0] + 1 if plus > 0 else 0, runs[1] + 1 if minus > 0 else 0]
        rows.append((finite(plus, "cusum"), finite(minus, "cusum"), runs[0], runs[1]))
    return Cusum(
        c_plus=tuple(row[0] for row in rows),
        c_minus=tuple(row[1] for row in rows),
        n_plus=tuple(row[2] for row in rows),
        n_minus=tuple(row[3] for row in rows),
        signals=tuple(place for place, row in enumerate(rows) if _beyond(row[0], h) or _beyond(row[1], h)),
        k=k,
        h=h,
    )


def ewma(
    x: Sequence[Input],
    target: Input = 0.0,
    sigma: Input = 1.0,
    *,
    weight: float = 0.3,
    width: float = EWMA_WIDTH,
    limits: Limits = "exact",
) -> Ewma | NotCalculable:
    """e_i = w x_i + (1 - w) e_{i-1}, e_0 = target, w the weight; limits target +- width sigma sqrt(w / (2 - w) (1 - (1 - w)^2i)).

    exact (default): the limits grow with i; asymptotic: the last factor is left out, so that early signals are missed. 0 < weight <= 1.
    weight = 1 is the Shewhart chart. A value on a limit does not signal. Roberts, Technometrics 1 (1959) 239.
    Example: NIST/SEMATECH e-Handbook 6.3.2.4: target 50, sigma 2.0539, weight 0.3: 47.4115 to 52.5884, no signal in 20 results.
    """
    if not (0.0 < weight <= 1.0 and width > 0):
        raise ValueError(f"0 < weight <= 1 and width > 0 are expected, not {weight}, {width}")
    basis = _basis(target, sigma)
    if isinstance(basis, NotCalculable):
        return basis
    centre, scale = basis
    final = width * scale * math.sqrt(weight / (2.0 - weight))
    if not math.isfinite(abs(centre) + final):
        return NotCalculable("result_not_finite", {"quantity": "limit"})
    now, seen = centre, 0
    values: list[Number] = []
    halves: list[float] = []
    for value in x:
        y = _deviation(value, 0.0, 1.0)
        if not isinstance(y, NotCalculable):
            now, seen = weight * y + (1.0 - weight) * now, seen + 1
        values.append(y if isinstance(y, NotCalculable) else now)
        halves.append(final * math.sqrt(1.0 - (1.0 - weight) ** (2 * max(seen, 1))) if limits == "exact" else final)
    away = [value if isinstance(value, NotCalculable) else abs(value - centre) for value in values]
    return Ewma(
        ewma=tuple(values),
        lower=tuple(centre - half for half in halves),
        upper=tuple(centre + half for half in halves),
        asymptotic=(centre - final, centre + final),
        signals=tuple(place for place, (value, half) in enumerate(zip(away, halves, strict=True)) if _beyond(value, half, scale)),
        target=centre,
        weight=weight,
        width=width,
        limits=limits,
    )


def combined_over_rounds(z: Sequence[Input], window: int) -> tuple[CombinedScores, ...]:
    """RSZ and SSZ of the last `window` rounds at each round: RSZ shows a lasting bias, SSZ lasting scatter. window >= 1.

    Rounds without a score inside the window count for nothing. Until the window is full the rounds so far are combined.
    Example: z = 1, 1, 1, 1 with window 4: RSZ = 4 / sqrt(4) = 2 at the fourth round, though no single z is above 1.
    """
    if window < 1:
        raise ValueError(f"a window of one round or more is expected, not {window}")
    return tuple(combined_scores(z[max(0, place + 1 - window) : place + 1]) for place in range(len(z)))


def _basis(target: Input, sigma: Input) -> tuple[float, float] | NotCalculable:
    """Target and sigma of a chart; a sigma that is not above 0 makes no chart."""
    values = known(("assigned_value_missing", target), ("scale_missing", sigma))
    if isinstance(values, NotCalculable):
        return values
    if values[1] <= 0:
        return NotCalculable("scale_missing") if values[1] == 0 else NotCalculable("scale_negative", {"value": values[1]})
    return values[0], values[1]


def _deviation(value: Input, target: float, sigma: float) -> Number:
    if isinstance(value, NotCalculable):
        return value
    if value is None:
        return NotCalculable("reported_value_missing")
    if not math.isfinite(value):
        return NotCalculable("value_not_finite", {"quantity": "z"})
    return finite((value - target) / sigma, "z")


def _noise_free(value: float) -> float:
    """A sum of binary numbers that should be 0 is 0, or a run would be counted that does not exist."""
    return value if value > 1e-12 else 0.0


def _beyond(value: Number, limit: float, sigma: float = 1.0) -> bool:
    return not isinstance(value, NotCalculable) and value > limit + LIMIT_EPSILON * sigma


def _sign(value: Input) -> float:
    return math.copysign(1.0, value) if is_number(value) else 0.0
