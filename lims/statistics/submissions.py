"""What the screening for blunders takes and gives: the submissions of a round, thresholds, references of the items, flags."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

import numpy as np

from lims.statistics.values import FloatArray

Code = Literal[
    "unit_factor", "log_for_linear", "linear_for_log", "natural_log", "sign", "transposed_digits", "swapped_items",
    "identical_results", "identical_file", "duplicate_submission",
]  # fmt: skip
Scale = Literal["linear", "log10"]
MADE_FACTOR: Final = 1.482602218505602


@dataclass(frozen=True, slots=True)
class BlunderOptions:
    """Thresholds of the screening, in standard deviations of the item unless named otherwise.

    far: a value closer to the others than this is never questioned; times 1 + few_results / n where the standard deviation comes from n
    results. near: how close the mended value must come, times the same; near_transposed for transposed digits, which fit by chance more
    often; for unit and logarithm it is kept between least_near_log and near_log (log10 units), since powers lie 1 apart. least_location:
    unit, logarithm and sign are judged only where the location is so many standard deviations from 0, and for a value that is too small
    where it is least_for_small, since wide normal results come close to 0 by themselves. least_laboratories: results an item needs to be
    its own reference when no assigned value is given. least_relative_sd, least_log_sd: a standard deviation is never taken smaller (part
    of the location; log10 units), nor than half a step of rounding, so that a few results that happen to agree make nobody suspect.
    largest_power: unit factors up to 10^6. least_identical: items on which two laboratories must report the same figures. alpha: chance of
    so many equal figures in any pair of a round of independent laboratories. within_share: part of an item's spread that laboratories with
    the same bias would still show.
    """

    far: float = 8.0
    few_results: float = 5.0
    near: float = 4.0
    near_transposed: float = 2.5
    least_near_log: float = 0.1
    near_log: float = 0.3
    least_location: float = 3.0
    least_for_small: float = 6.0
    least_laboratories: int = 5
    least_relative_sd: float = 0.02
    least_log_sd: float = 0.05
    largest_power: int = 6
    least_identical: int = 4
    alpha: float = 1e-4
    within_share: float = 0.3


@dataclass(frozen=True, slots=True)
class Reports:
    """The submissions of a round: values[i, j] is the result in row i on item j, nan where there is none.

    laboratories names the rows; a name twice is a laboratory that submitted twice. items names the columns, measurands says which columns
    could be interchanged (default: all the same). scales: log10 where the results are logarithms. x_pt, sigma_pt: where they are known
    before the round (nan where not), they take the place of the other laboratories. digests: hash of the file of each row.
    """

    laboratories: tuple[str, ...]
    items: tuple[str, ...]
    values: FloatArray
    scales: tuple[Scale, ...] | None = None
    measurands: tuple[str, ...] | None = None
    x_pt: FloatArray | None = None
    sigma_pt: FloatArray | None = None
    digests: tuple[str | None, ...] | None = None

    def __post_init__(self) -> None:
        p, m = len(self.laboratories), len(self.items)
        if self.values.shape != (p, m):
            raise ValueError(f"a table of {p} laboratories by {m} items is expected, not {self.values.shape}")
        if np.isinf(self.values).any():
            raise ValueError("an infinite result is no result; a missing one is nan")
        for each in (self.scales, self.measurands, self.x_pt, self.sigma_pt):
            if each is not None and len(each) != m:
                raise ValueError(f"something for each of {m} items is expected, not {len(each)}")
        if self.digests is not None and len(self.digests) != p:
            raise ValueError(f"a digest for each of {p} rows is expected, not {len(self.digests)}")


@dataclass(frozen=True, slots=True)
class BlunderFlag:
    """A question: what it may be, who, on which items, and the numbers. Rows are counted from 0."""

    code: Code
    laboratories: tuple[str, ...]
    rows: tuple[int, ...]
    items: tuple[str, ...]
    evidence: dict[str, float]


@dataclass(frozen=True, slots=True)
class ItemReferences:
    """Where the results of each item should lie (arrays of length m), and where that is known at all."""

    centre: FloatArray
    sd: FloatArray
    is_known: tuple[bool, ...]
    doubt: FloatArray  # how many times farther than options.far a value must lie, since few results gave the reference


def item_references(reports: Reports, options: BlunderOptions) -> ItemReferences:
    """Location and standard deviation of each item: assigned value and sigma_pt where given, otherwise median and MADe of the results."""
    m = len(reports.items)
    centre, sd, is_known, doubt = np.zeros(m), np.ones(m), [False] * m, np.ones(m)
    for column in range(m):
        results = reports.values[:, column]
        results = np.sort(results[np.isfinite(results)])
        x_pt, sigma = (math.nan if each is None else float(each[column]) for each in (reports.x_pt, reports.sigma_pt))
        if not math.isfinite(x_pt):
            if results.size < options.least_laboratories:
                continue
            x_pt = float(np.median(results))
        spread = MADE_FACTOR * float(np.median(np.abs(results - x_pt))) if results.size >= options.least_laboratories else 0.0
        least = options.least_log_sd if scale_of(reports, column) == "log10" else options.least_relative_sd * abs(x_pt)
        is_given = math.isfinite(sigma) and sigma > 0
        width = sigma if is_given else max(spread, least, resolution_of(results) / 2.0 if results.size else 0.0)
        doubt[column] = 1.0 if is_given else 1.0 + options.few_results / max(int(results.size), 1)
        centre[column], sd[column], is_known[column] = x_pt, width or 1.0, width > 0
    return ItemReferences(centre, sd, tuple(is_known), doubt)


def resolution_of(results: FloatArray) -> float:
    """The finest decimal step that any of the results was reported with, at most 1; 1.0 without results. Example: 5.2 and 48: 0.1."""
    return 10.0 ** min((_exponent(value) for value in results[np.isfinite(results)].tolist()), default=0)


def _exponent(value: float) -> int:
    exponent = Decimal(repr(value).removesuffix(".0")).as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def scale_of(reports: Reports, column: int) -> Scale:
    return "linear" if reports.scales is None else reports.scales[column]


def measurand_of(reports: Reports, column: int) -> str:
    return "" if reports.measurands is None else reports.measurands[column]
