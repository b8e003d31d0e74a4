"""Paired tables of categories: counts[i][j] pairs with category i of the row rater and category j of the column rater."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Table = Sequence[Sequence[int]] | NDArray[np.int64]
Whole = NDArray[np.object_]  # whole numbers of any size

LARGEST_COUNT: Final = 2**53  # beyond it floating-point numbers skip whole ones


def cross_table(first: Sequence[str], second: Sequence[str], categories: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Count pairs (first[m], second[m]) in a k x k table whose rows and columns both follow the one list of categories.

    Categories that nobody used stay in the table as empty rows and columns, so that weights and PABAK see the true k. Pairs to be left out
    (indeterminate, invalid) are left out, and counted, by the caller. Unequal lengths or a category not in the list: ValueError.
    """
    if len(first) != len(second):
        raise ValueError(f"pairs are expected, not {len(first)} and {len(second)} results")
    position = {category: index for index, category in enumerate(categories)}
    unknown = sorted(({*first} | {*second}) - position.keys())
    if unknown or len(position) != len(categories):
        raise ValueError(f"every category must stand once in the list {list(categories)}; unknown: {unknown}")
    counts = [[0] * len(categories) for _ in categories]
    for row, column in zip(first, second, strict=True):
        counts[position[row]][position[column]] += 1
    return tuple(tuple(row) for row in counts)


def as_counts(table: Table) -> NDArray[np.int64]:
    """Return the table as a square array of whole, non-negative counts; anything else is a ValueError."""
    values = np.asarray(table, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or values.shape[0] == 0:
        raise ValueError(f"a square table of counts is expected, not one of shape {values.shape}")
    if not np.isfinite(values).all() or (values < 0).any() or (values != np.floor(values)).any() or values.sum() > LARGEST_COUNT:
        raise ValueError("counts must be whole numbers, 0 or more, together up to 2^53")
    return values.astype(np.int64)


def whole_numbers(values: NDArray[np.float64] | NDArray[np.int64]) -> Whole:
    """The same numbers, all of them whole, without a limit of size: sums and products of them are exact."""
    return values.astype(np.int64).astype(np.object_)


def whole_variance(counts: Whole, terms: Whole) -> int:
    """n^2 times the variance of the terms, each counted so often, n times in all: n sum c t^2 - (sum c t)^2, exactly."""
    return int(counts.sum()) * int((counts * terms * terms).sum()) - int((counts * terms).sum()) ** 2
