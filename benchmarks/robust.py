"""Robust estimates and scores of rounds beside plain numpy and statsmodels."""

from __future__ import annotations

from functools import partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row, Work

GROUP = "statistics"
VECTORS = 200
MEASURANDS = 1000
SIZES = (30, 300, 3000)
Matrix = NDArray[np.float64]


def _vectors(p: int, number: int) -> Matrix:
    draws = np.random.default_rng(13528)
    values: Matrix = draws.normal(5.0, 0.4, size=(number, p))
    values[:, : max(1, p // 20)] += 4.0
    return values.round(4)


def vectorised(values: Matrix, tolerance: float = 1e-10) -> tuple[Matrix, Matrix]:
    """Algorithm A on every row until no row changes."""
    p = values.shape[1]
    centre = np.median(values, axis=1)
    scale = 1.483 * np.median(np.abs(values - centre[:, None]), axis=1)
    while True:
        pulled = np.clip(values, (centre - 1.5 * scale)[:, None], (centre + 1.5 * scale)[:, None])
        new_centre = pulled.mean(axis=1)
        new_scale = 1.134 * np.sqrt(((pulled - new_centre[:, None]) ** 2).sum(axis=1) / (p - 1))
        changes = np.maximum(np.abs(new_centre - centre), np.abs(new_scale - scale))
        centre, scale = new_centre, new_scale
        if np.all(changes <= tolerance * new_scale):
            return centre, scale


def _algorithm_a(values: Matrix) -> object:
    from lims.statistics.algorithm_a_columns import algorithm_a_columns

    return algorithm_a_columns(values.T)


def _algorithm_a_singly(values: Matrix) -> list[object]:
    from lims.statistics.algorithm_a import algorithm_a

    return [algorithm_a(vector) for vector in values]


def _numpy_singly(values: Matrix) -> list[object]:
    return [vectorised(vector[None, :]) for vector in values]


def _statsmodels(values: Matrix) -> list[object]:
    from statsmodels.robust.scale import Huber

    huber = Huber(c=1.5, tol=1e-10, maxiter=2000)
    return [huber(vector) for vector in values]


def _q_hampel(vector: Matrix) -> object:
    from lims.statistics.hampel import q_hampel

    return q_hampel(vector)


def _q_method(vector: Matrix) -> object:
    from lims.statistics.q_method import q_method

    return q_method(vector)


def _q_numpy(vector: Matrix) -> float:
    """The Q method in plain numpy: all differences, rounded, sorted, one interpolation."""
    left, right = np.triu_indices(vector.size, 1)
    steps, counts = np.unique(np.abs(vector[left] - vector[right]).round(10), return_counts=True)
    equal = counts[0] / left.size if steps[0] == 0 else 0.0
    heights = np.cumsum(counts) / left.size
    middles = np.where(steps > 0, (heights + np.concatenate([[0.0], heights[:-1]])) / 2.0, 0.0)
    quantile = float(np.interp(0.25 + 0.75 * equal, np.concatenate([[0.0], middles]), np.concatenate([[0.0], steps])))
    return float(quantile / (2.0**0.5 * NormalDist().inv_cdf(0.625 + 0.375 * equal)))


def _qn_statsmodels(vector: Matrix) -> object:
    from statsmodels.robust.scale import qn_scale

    return qn_scale(vector)


def _score(values: Matrix) -> object:
    from lims.statistics.score_columns import score_round

    return score_round(values.T)


def _score_numpy(values: Matrix) -> object:
    centre, scale = vectorised(values)
    u = 1.25 * scale / values.shape[1] ** 0.5
    wide = np.where(u < 0.3 * scale, scale, np.hypot(scale, u))
    z = (values - centre[:, None]) / wide[:, None]
    return np.where(np.abs(z) >= 3.0, 2, np.abs(z) > 2.0)


def _score_singly(values: Matrix) -> list[object]:
    return [_score_numpy(vector[None, :]) for vector in values]


def _score_statsmodels(values: Matrix) -> list[object]:
    from statsmodels.robust.scale import Huber

    huber = Huber(c=1.5, tol=1e-10, maxiter=2000)
    return [(vector - centre) / scale for vector in values for centre, scale in [huber(vector)]]


def _rows_of(p: int) -> list[Row]:
    few, vector = _vectors(p, VECTORS), _vectors(p, 1)[0]
    peers: dict[str, Work] = {"numpy, one by one": partial(_numpy_singly, few), "statsmodels Huber": partial(_statsmodels, few)}
    return [
        Row(
            GROUP, f"Algorithm A x {VECTORS}", f"p = {p}", partial(_algorithm_a, few), partial(vectorised, few),
            "numpy, all vectors at once", limit=1.5, peers={**peers, "ours, one by one": partial(_algorithm_a_singly, few)},
        ),
        Row(
            GROUP, "Algorithm A, one vector", f"p = {p}", partial(_algorithm_a_singly, few[:1]), partial(_numpy_singly, few[:1]),
            "numpy, one vector", limit=1.0, runs=25, peers={"statsmodels Huber": partial(_statsmodels, few[:1])},
        ),
        Row(
            GROUP, "Q method", f"p = {p}", partial(_q_method, vector), partial(_q_numpy, vector), "numpy", limit=2.0,
            peers={"statsmodels Qn": partial(_qn_statsmodels, vector)}, runs=9,
        ),
        Row(GROUP, "Q/Hampel", f"p = {p}", partial(_q_hampel, vector), partial(_q_numpy, vector), "numpy, Q alone", limit=3.0, runs=9),
    ]


def _round_of(p: int) -> Row:
    values = _vectors(p, MEASURANDS)
    return Row(
        GROUP, f"score a round x {MEASURANDS}", f"p = {p}", partial(_score, values), partial(_score_numpy, values),
        "numpy, all at once", limit=1.5, runs=3,
        peers={"numpy, one by one": partial(_score_singly, values), "statsmodels Huber and z": partial(_score_statsmodels, values)},
    )


def rows() -> list[Row]:
    return [row for p in SIZES for row in _rows_of(p)] + [_round_of(p) for p in SIZES]
