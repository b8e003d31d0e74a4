"""Algorithm A over all measurands of a round at once: the arithmetic of `algorithm_a.py`, the same to the last bit, without its loop.

x is a table of p laboratories (rows) by m measurands (columns), each column in its own unit; nan stands for "no result" and for nothing
else. What comes back holds no nan: a column that has no estimate is marked in `is_calculable`, has zeros, and its reason in `reasons`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lims.statistics.algorithm_a import ALGORITHM_A_FACTOR_ISO, ALGORITHM_A_K, MADE_ISO, MAX_ITERATIONS, AlgorithmA, State, algorithm_a
from lims.statistics.outcome import NotCalculable
from lims.statistics.values import RESOLUTION, FloatArray

IntArray = NDArray[np.int64]
STATES: Final[tuple[State, ...]] = ("converged", "all_equal", "collapsed", "not_converged")
CONVERGED: Final = 0
COLLAPSED: Final = 2
NOT_CONVERGED: Final = 3


@dataclass(frozen=True, slots=True)
class AlgorithmAColumns:
    """Algorithm A of each of m columns; all arrays have length m. state holds positions in `STATES`.

    Columns whose MAD is 0, and those without estimate, went through `algorithm_a` one by one.
    """

    x_star: FloatArray
    s_star: FloatArray
    p: IntArray  # results in the column
    iterations: IntArray
    winsorised_low: IntArray
    winsorised_high: IntArray
    state: IntArray
    is_calculable: NDArray[np.bool_]
    reasons: dict[int, NotCalculable]  # by column
    k: float
    s_factor: float
    mad_factor: float
    tolerance: float


@dataclass(slots=True)
class _Columns:
    """The columns still running: ordered results, one column a row, in units of the first scale from the median, infinite at both ends."""

    index: IntArray
    centre: FloatArray
    scale: FloatArray
    floor: FloatArray
    n: IntArray
    offset: IntArray  # results of the row begin here
    ordered: FloatArray  # one after another, `width` places each
    width: int
    sums: FloatArray
    squares: FloatArray

    def below(self, rows: IntArray, bound: FloatArray) -> IntArray:
        """How many places of each row lie below its bound, by halving."""
        start = rows * self.width
        place, step = start.copy(), self.width + 1 >> 1
        while step:
            place += step * (self.ordered.take(place + (step - 1)) < bound)
            step >>= 1
        return place - start


def algorithm_a_columns(
    x: FloatArray,
    *,
    k: float = ALGORITHM_A_K,
    s_factor: float = ALGORITHM_A_FACTOR_ISO,
    mad_factor: float = MADE_ISO,
    tolerance: float = 1e-10,
    max_iterations: int = MAX_ITERATIONS,
) -> AlgorithmAColumns:
    """x* and s* of each column of a p x m table with nan for missing results; options, formula and edge cases as `algorithm_a`.

    Example: every column of a table gives what `algorithm_a` gives for the results in it.
    """
    if x.ndim != 2:
        raise ValueError(f"a table of laboratories by measurands is expected, not {x.ndim} dimensions")
    if not (k > 0 and s_factor > 0 and mad_factor > 0 and tolerance > 0 and max_iterations > 0):
        raise ValueError("k, the factors, the tolerance and the number of iterations must be positive")
    m = int(x.shape[1])
    whole = {name: np.zeros(m, dtype=np.int64) for name in ("iterations", "winsorised_low", "winsorised_high", "state")}
    n = np.count_nonzero(~np.isnan(x), axis=0).astype(np.int64)
    found = AlgorithmAColumns(
        np.zeros(m),
        np.zeros(m),
        n,
        **whole,
        is_calculable=np.ones(m, dtype=np.bool_),
        reasons={},
        k=k,
        s_factor=s_factor,
        mad_factor=mad_factor,
        tolerance=tolerance,
    )
    with np.errstate(over="ignore", invalid="ignore"):
        rows = np.array(x.T, order="C", dtype=np.float64)
        rows.sort(axis=1)
        columns, others = _prepared(rows, n, mad_factor)
        if columns is not None:
            _iterate(columns, found, max_iterations)
    for column in others.tolist():
        results = x[:, column]
        run = algorithm_a(
            results[~np.isnan(results)], k=k, s_factor=s_factor, mad_factor=mad_factor, tolerance=tolerance, max_iterations=max_iterations
        )
        _keep(found, column, run)
    return found


def _prepared(rows: FloatArray, n: IntArray, mad_factor: float) -> tuple[_Columns | None, IntArray]:
    """The columns that can run together, from the sorted rows (nan last), and the positions of the others."""
    if rows.size == 0:
        return None, np.arange(n.size)
    centre = _middles(rows, n)
    scale = mad_factor * _middles(np.sort(np.abs(rows - centre[:, None]), axis=1), n)
    largest = np.maximum(np.abs(rows[:, 0]), np.abs(np.take_along_axis(rows, np.maximum(n - 1, 0)[:, None], axis=1)[:, 0]))
    ordinary = (n >= 2) & (scale > RESOLUTION * np.abs(centre)) & np.isfinite(scale + 2.0 * largest)
    index = np.flatnonzero(ordinary)
    if index.size == 0:
        return None, np.flatnonzero(~ordinary)
    centre, scale, counts = centre[index], scale[index], n[index]
    middle = int(counts.max()) // 2
    offset = middle - counts // 2
    width = (1 << int((offset + counts).max()).bit_length()) - 1
    ordered = _aligned((rows[index] - centre[:, None]) / scale[:, None], counts, offset, width)
    values = np.where(np.isfinite(ordered), ordered, 0.0)
    sums, squares = _from_middle(values, middle), _from_middle(values * values, middle)
    nearest = np.where(values == 0.0, np.inf, np.abs(values)).min(axis=1)
    floor = RESOLUTION * np.maximum(np.abs(centre) / scale, nearest)
    return _Columns(index, centre, scale, floor, counts, offset, ordered.ravel(), width, sums, squares), np.flatnonzero(~ordinary)


def _middles(rows: FloatArray, n: IntArray) -> FloatArray:
    """Median of the first n places of each sorted row; where n is 0, whatever stands first."""
    half = n // 2
    upper = np.take_along_axis(rows, np.minimum(half, rows.shape[1] - 1)[:, None], axis=1)[:, 0]
    lower = np.take_along_axis(rows, np.maximum(half - 1, 0)[:, None], axis=1)[:, 0]
    return np.where(n % 2 == 1, upper, (lower + upper) / 2.0)


def _aligned(rows: FloatArray, n: IntArray, offset: IntArray, width: int) -> FloatArray:
    """The n results of each row moved right by its offset, -inf before them and +inf after them, `width` places in all."""
    aligned = np.full((rows.shape[0], width), np.inf)
    if not offset.any() and int(n.min()) == rows.shape[1]:
        aligned[:, : rows.shape[1]] = rows
        return aligned
    places = np.arange(width)[None, :] - offset[:, None]
    aligned[places < 0] = -np.inf
    inside = (places >= 0) & (places < n[:, None])
    aligned[inside] = rows[np.arange(rows.shape[1])[None, :] < n[:, None]]
    return aligned


def _from_middle(values: FloatArray, middle: int) -> FloatArray:
    """Running sums of each row that start at the middle place, one row after another."""
    left = np.cumsum(values[:, :middle][:, ::-1], axis=1)[:, ::-1]
    right = np.cumsum(values[:, middle:], axis=1)
    return np.concatenate([-left, np.zeros((values.shape[0], 1)), right], axis=1).ravel()


def _iterate(columns: _Columns, found: AlgorithmAColumns, max_iterations: int) -> None:
    rows: IntArray = np.arange(columns.index.size)
    location, spread = np.zeros(rows.size), np.ones(rows.size)
    whole = {name: np.zeros(rows.size, dtype=np.int64) for name in ("iterations", "winsorised_low", "winsorised_high", "state")}
    last_location, last_spread = location.copy(), spread.copy()
    for step in range(1, max_iterations + 1):
        lower, upper = location - found.k * spread, location + found.k * spread
        counts = columns.below(np.concatenate([rows, rows]), np.concatenate([lower, np.nextafter(upper, np.inf)]))
        first, kept = counts[: rows.size], counts[rows.size :]
        n, offset, start = columns.n[rows], columns.offset[rows], rows * (columns.width + 1)
        low, high = first - offset, n - (kept - offset)
        first, kept = first + start, kept + start
        total = low * lower + high * upper + (columns.sums.take(kept) - columns.sums.take(first))
        square = low * lower * lower + high * upper * upper + (columns.squares.take(kept) - columns.squares.take(first))
        before, location = location, total / n
        change, new_spread = np.abs(location - before), found.s_factor * np.sqrt(np.maximum(square - total * location, 0.0) / (n - 1))
        change, spread = np.maximum(change, np.abs(new_spread - spread)), new_spread
        collapsed = spread <= columns.floor[rows]
        over = collapsed | (change <= found.tolerance * spread)
        ended = over if step < max_iterations else np.ones(rows.size, dtype=np.bool_)
        if not ended.any():
            continue
        at, state = rows[ended], np.where(collapsed, COLLAPSED, np.where(over, CONVERGED, NOT_CONVERGED))
        for name, each in (("winsorised_low", low), ("winsorised_high", high), ("state", state)):
            whole[name][at] = each[ended]
        last_location[at], last_spread[at], whole["iterations"][at] = location[ended], spread[ended], step
        rows, location, spread = rows[~ended], location[~ended], spread[~ended]
        if rows.size == 0:
            break
    _store(columns, found, last_location, last_spread, whole)


def _store(columns: _Columns, found: AlgorithmAColumns, location: FloatArray, spread: FloatArray, whole: dict[str, IntArray]) -> None:
    is_there = whole["state"] != COLLAPSED
    found.x_star[columns.index] = columns.centre + np.where(is_there, columns.scale * location, 0.0)
    found.s_star[columns.index] = np.where(is_there, columns.scale * spread, 0.0)
    found.winsorised_low[columns.index] = whole["winsorised_low"] * is_there
    found.winsorised_high[columns.index] = whole["winsorised_high"] * is_there
    found.iterations[columns.index], found.state[columns.index] = whole["iterations"], whole["state"]


def _keep(found: AlgorithmAColumns, column: int, run: AlgorithmA | NotCalculable) -> None:
    if isinstance(run, NotCalculable):
        found.is_calculable[column], found.reasons[column] = False, run
        return
    found.x_star[column], found.s_star[column] = run.x_star, run.s_star
    found.iterations[column], found.state[column] = run.iterations, STATES.index(run.state)
    found.winsorised_low[column], found.winsorised_high[column] = run.winsorised_low, run.winsorised_high
