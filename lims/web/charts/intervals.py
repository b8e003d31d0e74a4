"""Estimates with their intervals, one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from lims.web.charts.axes import Frame, Scale, Tick, number, round_steps, ticks

ROW = 25  # height of one row


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval; without a value ``text`` says why, without an interval the mark is hollow."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    text: str = ""


@dataclass(frozen=True)
class ForestRow:
    name: str
    y: float
    x: float | None
    interval: tuple[float, float] | None
    text: str
    text_x: float


@dataclass(frozen=True)
class Forest:
    frame: Frame
    zero: float
    ticks: tuple[Tick, ...]
    rows: tuple[ForestRow, ...]


def forest(estimates: Sequence[Estimate], *, low: float = -0.4, high: float = 1.0, places: int = 2) -> Forest:
    """Estimates and intervals below each other; ends outside the axis are drawn to its edge, their numbers stay true."""
    left = max(64.0, round(20 + max((name_width(estimate.name) for estimate in estimates), default=0), 1))
    frame = Frame(left + 440, ROW * max(len(estimates), 1) + 54, left, 8, left + 266, ROW * max(len(estimates), 1) + 12)
    x = Scale(low, high, frame.left, frame.right)
    steps = [step for step in round_steps(low, high, 7) if low <= step <= high]
    rows = tuple(forest_row(estimate, 20.0 + ROW * index, x, places) for index, estimate in enumerate(estimates))
    return Forest(frame, x.inside(0), ticks(steps, x), rows)


def name_width(name: str) -> float:
    """Room for a name in bold letters of 12 px: a Chinese character is as wide as it is high."""
    return sum(12.2 if east_asian_width(letter) in "WF" else 7.5 for letter in name)


def forest_row(estimate: Estimate, y: float, x: Scale, places: int) -> ForestRow:
    if estimate.value is None:
        return ForestRow(estimate.name, y, None, None, estimate.text, x.inside(0) + 8)
    interval = None
    text = estimate.text or number(estimate.value, places)
    if estimate.low is not None and estimate.high is not None:
        interval = x.inside(estimate.low), x.inside(estimate.high)
        text = estimate.text or f"{text} [{number(estimate.low, places)}, {number(estimate.high, places)}]"
    return ForestRow(estimate.name, y, x.inside(estimate.value), interval, text, x.end + 14)
