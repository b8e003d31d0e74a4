"""Scores of a whole round at once: p laboratories by m measurands, the formulas and limits of `scores.py` over arrays.

x is a p x m table with nan for "no result" and for nothing else; what belongs to a measurand (x_pt, sigma_pt, u) is an array of length m,
what belongs to a result (u_x) a p x m table. What comes back holds no nan: `is_scored` says where there is a score, elsewhere stands 0.
A measurand whose sigma_pt or uncertainty is nan, negative or 0 where that is impossible has no scores, as in `scores.py`, which also gives
the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lims.statistics.algorithm_a_columns import AlgorithmAColumns, algorithm_a_columns
from lims.statistics.assigned import BORDER_EPSILON, NEGLIGIBLE_FACTOR, ROBUST_U_FACTOR
from lims.statistics.scores import ACTION_LIMIT, LIMIT_EPSILON, WARNING_LIMIT, Verdict
from lims.statistics.values import FloatArray

BoolArray = NDArray[np.bool_]
VERDICTS: Final[tuple[Verdict, ...]] = ("acceptable", "warning", "action", "not_evaluated")
LEAST_FOR_CONSENSUS: Final = 12


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Scores (p x m, 0 where there is none) and verdicts as positions in `VERDICTS`."""

    score: FloatArray
    is_scored: BoolArray
    verdict: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class RoundScores:
    """A round scored against its own consensus. Arrays of length m except in `table`.

    uses_z_prime: u(x_pt) was not negligible there, so z' stands in the table, otherwise z. is_graded: enough results and a sigma_pt above
    0; columns without it are not scored at all.
    """

    consensus: AlgorithmAColumns
    u_x_pt: FloatArray
    sigma_pt: FloatArray
    uses_z_prime: BoolArray
    is_graded: BoolArray
    table: ScoreTable
    least: int
    is_inclusive: bool


def z_columns(x: FloatArray, x_pt: FloatArray, sigma_pt: FloatArray) -> ScoreTable:
    """z of every result, as `scores.z_score`. Example: the same numbers as one call for each result."""
    return _table(x, x_pt, _positive(sigma_pt), bands=True)


def z_prime_columns(x: FloatArray, x_pt: FloatArray, sigma_pt: FloatArray, u_x_pt: FloatArray) -> ScoreTable:
    """z' of every result, as `scores.z_prime_score`."""
    return _table(x, x_pt, _hypot(_positive(sigma_pt), u_x_pt), bands=True)


def zeta_columns(x: FloatArray, x_pt: FloatArray, u_x: FloatArray, u_x_pt: FloatArray) -> ScoreTable:
    """zeta of every result with its own STANDARD uncertainty (p x m), as `scores.zeta_score`."""
    return _table(x, x_pt, _hypot(u_x, u_x_pt), bands=True)


def en_columns(x: FloatArray, x_pt: FloatArray, expanded_u_x: FloatArray, expanded_u_x_pt: FloatArray) -> ScoreTable:
    """E_n of every result with EXPANDED uncertainties, as `scores.en_score`; no warning band."""
    return _table(x, x_pt, _hypot(expanded_u_x, expanded_u_x_pt), bands=False)


def percent_allowed_columns(x: FloatArray, x_pt: FloatArray, delta_e: FloatArray) -> ScoreTable:
    """PA of every result in percent of the allowed difference, as `scores.percent_allowed`; |PA| <= 100 is acceptable."""
    return _table(x, x_pt, _positive(delta_e), bands=False, factor=100.0)


def score_round(
    x: FloatArray, sigma_pt: FloatArray | None = None, *, least: int = LEAST_FOR_CONSENSUS, is_inclusive: bool = False
) -> RoundScores:
    """Algorithm A of every column, u(x_pt) = 1.25 s* / sqrt(p), then z, or z' where u is not negligible (9.2.1), and the verdicts.

    sigma_pt: fixed before the round; without it s* of the round itself (8.6). A column with fewer than `least` results (default 12,
    configurable) is not scored: |z| of few results cannot grow, however wrong they are. is_inclusive: u <= 0.3 sigma_pt counts as
    negligible (the rule before 2022). Example: 200 laboratories by 20 measurands in one call.
    """
    consensus = algorithm_a_columns(x)
    sigma = consensus.s_star if sigma_pt is None else np.asarray(sigma_pt, dtype=np.float64)
    u = ROBUST_U_FACTOR * consensus.s_star / np.sqrt(np.maximum(consensus.p, 1))
    with np.errstate(invalid="ignore"):
        is_graded = consensus.is_calculable & (consensus.p >= least) & (sigma > 0) & np.isfinite(sigma)
    sigma = np.where(is_graded, sigma, 0.0)
    limit = NEGLIGIBLE_FACTOR * sigma
    is_negligible = u <= limit * (1.0 + BORDER_EPSILON) if is_inclusive else u < limit * (1.0 - BORDER_EPSILON)
    uses_z_prime = is_graded & ~is_negligible
    scale = np.where(uses_z_prime, np.hypot(sigma, u), sigma)
    table = _table(x, consensus.x_star, _positive(scale), bands=True)
    return RoundScores(consensus, u, sigma, uses_z_prime, is_graded, table, least, is_inclusive)


def _positive(scale: FloatArray) -> FloatArray:
    """The scale, nan where it cannot divide."""
    scale = np.asarray(scale, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        return np.where((scale > 0) & np.isfinite(scale), scale, np.nan)


def _hypot(first: FloatArray, second: FloatArray) -> FloatArray:
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        return _positive(np.where((first >= 0) & (second >= 0), np.hypot(first, second), np.nan))


def _table(x: FloatArray, x_pt: FloatArray, scale: FloatArray, *, bands: bool, factor: float = 1.0) -> ScoreTable:
    with np.errstate(invalid="ignore", over="ignore"):
        score = factor * ((x - x_pt) / scale)
    is_scored = np.isfinite(score)
    score[~is_scored] = 0.0
    size = np.abs(score)
    if bands:
        verdict = (size > WARNING_LIMIT + LIMIT_EPSILON).astype(np.int8)
        verdict[size >= ACTION_LIMIT - LIMIT_EPSILON] = VERDICTS.index("action")
    else:
        verdict = np.where(size <= factor * (1.0 + LIMIT_EPSILON), 0, VERDICTS.index("action")).astype(np.int8)
    verdict[~is_scored] = VERDICTS.index("not_evaluated")
    return ScoreTable(score, is_scored, verdict)
