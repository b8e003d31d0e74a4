"""Scores of laboratories against the limits of their protocol."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lims.web.charts.axes import Drawn, Frame, Line, Scale, Tick, drawn, signed

STEP = 15.7  # width of one mark
BEYOND = 42  # room for a number outside the sheet


@dataclass(frozen=True)
class Score:
    """One score with the verdict that was given to it; ``text`` stands in when there is no value."""

    item: str
    value: float | None
    verdict: str
    text: str = ""


@dataclass(frozen=True)
class Laboratory:
    name: str
    scores: Sequence[Score]

    @property
    def mean(self) -> float:
        values = [score.value for score in self.scores if score.value is not None]
        return sum(values) / len(values) if values else math.inf


@dataclass(frozen=True)
class Mark:
    """A verdict mark; ``beyond`` is ``up`` or ``down`` where the value lies outside the sheet and is written beside it."""

    x: float
    y: float
    verdict: str
    item: str
    text: str
    missing: bool = False
    beyond: str = ""


@dataclass(frozen=True)
class Group:
    name: str
    x: float
    start: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class ZPlot:
    frame: Frame
    zero: float
    ticks: tuple[Tick, ...]
    limits: tuple[Drawn, ...]
    groups: tuple[Group, ...]
    items: tuple[str, ...]
    band: tuple[float, float]
    foot: float  # where the labels below the drawing begin


def zplot(laboratories: Sequence[Laboratory], *, warning: float | None = 2.0, action: float = 3.0, span: float = 4.0) -> ZPlot:
    """Scores by laboratory, laboratories by their mean; for E_n give ``warning=None, action=1, span=2``."""
    ordered = sorted(laboratories, key=lambda laboratory: (laboratory.mean, laboratory.name))
    columns = sum(len(laboratory.scores) + 1 for laboratory in ordered) or 1
    frame, foot = z_frame(ordered, columns, span)
    y = Scale(-span, span, frame.bottom, frame.top)
    step = (frame.right - frame.left) / columns
    groups: list[Group] = []
    start = frame.left
    for laboratory in ordered:
        groups.append(z_group(laboratory, start, step, y))
        start += (len(laboratory.scores) + 1) * step
    inner = warning if warning is not None else action
    whole = [float(value) for value in range(-math.floor(span), math.floor(span) + 1)]
    scale = tuple(Tick(y(value), signed(value, 0)) for value in whole)
    items = tuple(dict.fromkeys(score.item for laboratory in ordered for score in laboratory.scores))
    inside = y(inner), round(y(-inner) - y(inner), 1)
    return ZPlot(frame, y(0), scale, drawn(z_limits(warning, action), y), tuple(groups), items, inside, foot)


def z_frame(laboratories: Sequence[Laboratory], columns: int, span: float) -> tuple[Frame, float]:
    """The sheet, with room for the numbers of scores that lie above or below it."""
    values = [score.value for laboratory in laboratories for score in laboratory.scores if score.value is not None]
    above = BEYOND if max(values, default=0) > span else 0
    below = BEYOND if min(values, default=0) < -span else 0
    width = max(520.0, round(48 + columns * STEP, 1))
    bottom = 250.0 + above
    return Frame(width, bottom + below + 50, 38, 14.0 + above, width - 10, bottom), bottom + below


def z_limits(warning: float | None, action: float) -> list[Line]:
    kinds = [(action, "action")] + ([(warning, "warn")] if warning is not None else [])
    return [Line(sign * value, kind=kind) for value, kind in kinds for sign in (-1, 1)]


def z_group(laboratory: Laboratory, start: float, step: float, y: Scale) -> Group:
    marks = tuple(z_mark(score, round(start + (index + 1) * step, 1), y) for index, score in enumerate(laboratory.scores))
    middle = round(start + (len(laboratory.scores) + 1) * step / 2, 1)
    return Group(laboratory.name, middle, round(start, 1), marks)


def z_mark(score: Score, x: float, y: Scale) -> Mark:
    if score.value is None:
        return Mark(x, round(y(y.low) - 8, 1), score.verdict, score.item, score.text or "–", missing=True)
    beyond = "up" if score.value > y.high else "down" if score.value < y.low else ""
    return Mark(x, y.inside(score.value), score.verdict, score.item, score.text or signed(score.value), beyond=beyond)
