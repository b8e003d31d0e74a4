"""Differences over means, and values in order, with their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lims.web.charts.axes import Drawn, Frame, Line, Scale, Tick, drawn, number, round_steps, signed, ticks


@dataclass(frozen=True)
class Pair:
    """A mean and a difference; ``hollow`` tells the two sides apart."""

    x: float
    y: float
    hollow: bool = False
    name: str = ""


@dataclass(frozen=True)
class Point:
    """One value of a series; ``y`` None is a gap, ``text`` is written at the point (the rule it breaks, the highest value)."""

    x: float
    y: float | None
    verdict: str = ""
    text: str = ""
    label: str = ""


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    hollow: bool = False
    verdict: str = ""
    text: str = ""


@dataclass(frozen=True)
class Plot:
    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    lines: tuple[Drawn, ...]
    dots: tuple[Dot, ...]
    table: tuple[tuple[str, str, str], ...]
    paths: tuple[str, ...] = ()
    changes: tuple[Tick, ...] = ()


def reach(values: Sequence[float], lines: Sequence[Line]) -> list[float]:
    """Round steps of a vertical axis that holds the values, the lines and their uncertainties."""
    ends = [end for line in lines for end in (line.value, line.low, line.high) if end is not None]
    everything = [*values, *ends] or [0.0, 1.0]
    return round_steps(min(everything), max(everything))


def differences(pairs: Sequence[Pair], lines: Sequence[Line] = (), *, places: int = 2) -> Plot:
    """Difference over mean, with bias and limits of agreement as ``lines``."""
    frame = Frame(520, 300, 52, 20, 430, 250)
    across = round_steps(min((pair.x for pair in pairs), default=0), max((pair.x for pair in pairs), default=1))
    upward = reach([pair.y for pair in pairs], lines)
    x, y = Scale(across[0], across[-1], frame.left, frame.right), Scale(upward[0], upward[-1], frame.bottom, frame.top)
    dots = tuple(Dot(x(pair.x), y(pair.y), hollow=pair.hollow) for pair in pairs)
    table = tuple((pair.name, number(pair.x, places), signed(pair.y, places)) for pair in pairs)
    return Plot(frame, ticks(across, x), ticks(upward, y), drawn(lines, y), dots, table)


def series(
    points: Sequence[Point], lines: Sequence[Line] = (), *, changes: Sequence[tuple[float, str]] = (), places: int = 2, marks: bool = True
) -> Plot:
    """Values in order with limits; a missing value breaks the line, ``changes`` are upright lines (a new lot)."""
    frame = Frame(520, 250, 46, 20, 440, 204)
    ends = [point.x for point in points] or [0.0, 1.0]
    upward = reach([point.y for point in points if point.y is not None], lines)
    x = Scale(min(ends), max(ends) if max(ends) > min(ends) else min(ends) + 1, frame.left + 8, frame.right - 8)
    y = Scale(upward[0], upward[-1], frame.bottom, frame.top)
    dots = tuple(Dot(x(point.x), y(point.y), verdict=point.verdict, text=point.text) for point in points if point.y is not None)
    table = tuple((point.label or number(point.x, 0), "–" if point.y is None else number(point.y, places), point.text) for point in points)
    shown = dots if marks else tuple(dot for dot in dots if dot.text or dot.verdict)
    every = max(1, -(-len(points) // 7))
    labels = tuple(Tick(x(point.x), point.label) for point in points[::every] if point.label)
    upright = tuple(Tick(x(at), text) for at, text in changes)
    return Plot(frame, labels, ticks(upward, y), drawn(lines, y), shown, table, paths(points, x, y), upright)


def paths(points: Sequence[Point], x: Scale, y: Scale) -> tuple[str, ...]:
    """One path per unbroken stretch of at least two values."""
    found: list[str] = []
    for before, after in pairwise(points):
        if before.y is None or after.y is None:
            continue
        here = f"M{x(before.x)} {y(before.y)}"
        there = f"L{x(after.x)} {y(after.y)}"
        if found and found[-1].endswith(f"{x(before.x)} {y(before.y)}"):
            found[-1] += there
        else:
            found.append(here + there)
    return tuple(found)
