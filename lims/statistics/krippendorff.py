"""Krippendorff's alpha for any number of raters, missing ratings and four levels of measurement.

Krippendorff, Content Analysis, 3rd ed. (2013), chapter 11; Hayes and Krippendorff, Commun. Methods Meas. 1 (2007) 77.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.raters import Label, Ratings, as_codes, missing_order, used_categories

Level = Literal["nominal", "ordinal", "interval", "ratio"]
Floats = NDArray[np.float64]


def coincidences(ratings: Ratings, categories: Sequence[Label]) -> Floats:
    """Coincidence matrix o_kl (k x k): each unit gives its ordered pairs of ratings, weighted 1 / (m_u - 1); `ratings` is units x raters.

    Units with fewer than two ratings give none. The sum of all cells is the number of pairable ratings.
    """
    codes = as_codes(ratings, categories)
    counts = (codes[:, :, None] == np.arange(len(categories))).sum(axis=1).astype(np.float64)
    rated = counts.sum(axis=1)
    counts, rated = counts[rated >= 2], rated[rated >= 2]
    share = counts / (rated - 1.0)[:, None]
    found: Floats = counts.T @ share - np.diag(share.sum(axis=0))
    return found


def krippendorff_alpha(ratings: Ratings, level: Level = "nominal", order: Sequence[Label] | None = None) -> Number:
    """alpha = 1 - (n - 1) sum o_kl d_kl^2 / sum n_k n_l d_kl^2, n_k the row sums of the coincidences, n their total.

    d_kl^2: nominal [k != l]; ordinal (sum of n_g from k to l minus (n_k + n_l) / 2)^2; interval (k - l)^2; ratio ((k - l) / (k + l))^2,
    0 for 0 and 0. `ratings` is units x raters. order: the labels in ascending order, for the ordinal level;
    numbers and pairs of labels need none, more than two with words among them do (`order_missing`).
    Interval and ratio need numbers (`labels_not_numeric`), ratio none below 0 (`negative_values`). Everyone always in one category:
    `one_category_only`. No pairs: `no_pairs`. One well-known program divides by 1 instead of m_u - 1 when nothing is missing: wrong for
    more than two raters.
    Example: Krippendorff's 12 units, 4 raters: nominal 0.743, ordinal 0.815, interval 0.849, ratio 0.797.
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise ValueError(f"the level nominal, ordinal, interval or ratio is expected, not {level}")
    labels = used_categories(ratings) if order is None else tuple(order)
    found = coincidences(ratings, labels)
    totals = found.sum(axis=1)
    n = float(totals.sum())
    if n < 2.0:
        return NotCalculable("no_pairs")
    if int((totals > 0.5).sum()) == 1:
        return NotCalculable("one_category_only", {"category": int(np.argmax(totals)), "n": int(round(n))})
    lack = missing_order(labels) if level == "ordinal" and order is None else None
    if lack is not None:
        return lack
    distance = _distance(labels, totals, level)
    if isinstance(distance, NotCalculable):
        return distance
    with np.errstate(over="ignore", invalid="ignore"):
        expected, observed = float(totals @ distance @ totals), float((found * distance).sum())
    if expected == 0.0:  # labels so close that their squared distances vanish
        return NotCalculable("result_not_finite", {"quantity": "alpha"})
    return finite(1.0 - (n - 1.0) * observed / expected, "alpha")


def _distance(labels: Sequence[Label], totals: Floats, level: Level) -> Floats | NotCalculable:
    """Squared distances of the categories at the level of measurement."""
    if level == "nominal":
        return 1.0 - np.eye(len(labels))
    if level == "ordinal":
        middle = np.cumsum(totals) - totals / 2.0  # the mid-rank: sum from k to l minus the half of both ends
        return (middle[:, None] - middle[None, :]) ** 2
    numbers = [float(label) for label in labels if isinstance(label, int | float)]
    if len(numbers) < len(labels):
        return NotCalculable("labels_not_numeric")
    values = np.array(numbers)
    if level == "interval":
        with np.errstate(over="ignore"):
            squared: Floats = (values[:, None] - values[None, :]) ** 2
        return squared
    if (values < 0).any():
        return NotCalculable("negative_values")
    total = values[:, None] + values[None, :]
    share: Floats = (values[:, None] - values[None, :]) / np.where(total > 0, total, 1.0)
    return share**2
