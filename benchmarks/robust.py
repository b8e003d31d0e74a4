"""Robust estimates beside an Algorithm A that runs over all vectors at once."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row

GROUP = "statistics"
VECTORS = 200
Matrix = NDArray[np.float64]


def _vectors(p: int) -> Matrix:
    draws = np.random.default_rng(13528)
    values: Matrix = draws.normal(5.0, 0.4, size=(VECTORS, p))
    values[:, : max(1, p // 20)] += 4.0
    return values


def _ours(values: Matrix) -> list[object]:
    from lims.statistics.robust import algorithm_a

    return [algorithm_a(vector) for vector in values]


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


def _one_by_one(values: Matrix) -> list[object]:
    return [vectorised(vector[None, :]) for vector in values]


def rows() -> list[Row]:
    return [
        Row(
            GROUP, f"Algorithm A x {VECTORS}", f"p = {p}", partial(_ours, values), partial(vectorised, values),
            "numpy, all vectors at once", limit=1.5, peers={"numpy, one by one": partial(_one_by_one, values)},
        )
        for p, values in ((p, _vectors(p)) for p in (30, 300, 3000))
    ]
