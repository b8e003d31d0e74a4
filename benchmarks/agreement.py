"""The bootstrap of kappa, and scores of a thousand measurands at once, beside plain numpy, scikit-learn and one call for each result."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Row

GROUP = "statistics"
TABLE = ((73, 8), (20, 99))  # n = 200
DRAWS = 2000
MEASURANDS = 1000
SIZES = (30, 300, 3000)
Floats = NDArray[np.float64]


def _ours() -> object:
    from lims.statistics.bootstrap import kappa_bootstrap

    return kappa_bootstrap(TABLE, replicates=DRAWS, seed=1)


def _drawn() -> Floats:
    cells = np.array(TABLE).ravel()
    return np.random.default_rng(1).multinomial(cells.sum(), cells / cells.sum(), size=DRAWS).astype(np.float64)


def _numpy_at_once() -> Floats:
    drawn, n = _drawn(), float(np.sum(TABLE))
    po = (drawn[:, 0] + drawn[:, 3]) / n
    row, column = (drawn[:, 0] + drawn[:, 1]) / n, (drawn[:, 0] + drawn[:, 2]) / n
    pe = row * column + (1.0 - row) * (1.0 - column)
    found: Floats = np.quantile((po - pe) / (1.0 - pe), [0.025, 0.975])
    return found


def _numpy_one_by_one() -> Floats:
    found = []
    for cells in _drawn():
        p = cells.reshape(2, 2) / cells.sum()
        pe = float(p.sum(axis=1) @ p.sum(axis=0))
        found.append((float(np.trace(p)) - pe) / (1.0 - pe))
    return np.quantile(found, [0.025, 0.975])


def _scikit_learn() -> Floats:
    from sklearn.metrics import cohen_kappa_score

    pairs = np.repeat(np.array([(0, 0), (0, 1), (1, 0), (1, 1)]), np.array(TABLE).ravel(), axis=0)
    draws = np.random.default_rng(1)
    chosen = (pairs[draws.integers(0, len(pairs), len(pairs))] for _ in range(DRAWS))
    return np.quantile([cohen_kappa_score(one[:, 0], one[:, 1], labels=[0, 1]) for one in chosen], [0.025, 0.975])


def _z_ours(x: Floats, x_pt: Floats, sigma_pt: Floats) -> object:
    from lims.statistics.score_columns import z_columns

    return z_columns(x, x_pt, sigma_pt)


def _z_numpy(x: Floats, x_pt: Floats, sigma_pt: Floats) -> object:
    z = (x - x_pt) / sigma_pt
    size = np.abs(z)
    return z, np.where(size >= 3.0 - 1e-9, 2, np.where(size <= 2.0 + 1e-9, 0, 1)).astype(np.int8)


def _z_singly(x: Floats, x_pt: Floats, sigma_pt: Floats) -> object:
    """The scalar functions on a hundredth of the measurands; the row's name says so."""
    from lims.statistics.scores import score_verdict, z_score

    columns = zip(x.T[:10].tolist(), x_pt[:10].tolist(), sigma_pt[:10].tolist(), strict=True)
    return [score_verdict(z_score(value, centre, scale)) for values, centre, scale in columns for value in values]


def _z_row(p: int) -> Row:
    draws = np.random.default_rng(17043)
    x_pt, sigma_pt = draws.uniform(1.0, 9.0, MEASURANDS), draws.uniform(0.1, 0.5, MEASURANDS)
    given = (draws.normal(x_pt, 1.2 * sigma_pt, size=(p, MEASURANDS)), x_pt, sigma_pt)
    return Row(
        GROUP, f"z and verdict x {MEASURANDS}", f"p = {p}", partial(_z_ours, *given), partial(_z_numpy, *given),
        "numpy, all at once", limit=3.0, peers={"one call a result, 10 measurands only": partial(_z_singly, *given)},
    )  # fmt: skip


def rows() -> list[Row]:
    bootstrap = Row(
        GROUP, f"kappa bootstrap, {DRAWS}", "n = 200", _ours, _numpy_at_once, "numpy, one multinomial draw", limit=3.0,
        peers={"numpy, one by one": _numpy_one_by_one, "scikit-learn loop": _scikit_learn}, runs=3,
    )  # fmt: skip
    return [bootstrap, *(_z_row(p) for p in SIZES)]
