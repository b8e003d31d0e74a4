"""Sheets, scales, round steps, limits: what every chart shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Frame:
    """The sheet and the drawing area on it."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Scale:
    """A straight line from values to places."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return round(self.start + (value - self.low) * (self.end - self.start) / (self.high - self.low), 1)

    def inside(self, value: float) -> float:
        return self(min(max(value, self.low), self.high))


@dataclass(frozen=True)
class Line:
    """A limit or reference: kind ``zero``, ``warn``, ``action`` or ``plain``; ``low`` and ``high`` are its own uncertainty."""

    value: float
    text: str = ""
    kind: str = "plain"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Drawn:
    """A line on the sheet; ``band`` is top and height of its uncertainty."""

    at: float
    text: str
    kind: str
    band: tuple[float, float] | None = None


def number(value: float, places: int = 2) -> str:
    """With a real minus, and no minus before nothing."""
    text = f"{abs(value):.{places}f}"
    return f"−{text}" if value < 0 and float(text) else text


def signed(value: float, places: int = 2) -> str:
    text = number(value, places)
    return text if text.startswith("−") or not float(text) else f"+{text}"


def round_steps(low: float, high: float, count: int = 5) -> list[float]:
    """Round values from at or below ``low`` to at or above ``high``, about ``count`` of them."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"an axis needs finite ends: {low} to {high}")
    if high <= low:
        low, high = low - 1, high + 1
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(factor for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def step_places(steps: Sequence[float]) -> int:
    """Decimals that tell neighbouring steps apart."""
    return max((len(f"{step:.6f}".rstrip("0").partition(".")[2]) for step in steps), default=0)


def ticks(steps: Sequence[float], scale: Scale) -> tuple[Tick, ...]:
    places = step_places(steps)
    return tuple(Tick(scale(step), number(step, places)) for step in steps)


def drawn(lines: Sequence[Line], scale: Scale) -> tuple[Drawn, ...]:
    return tuple(Drawn(scale(line.value), line.text, line.kind, band(line, scale)) for line in lines)


def band(line: Line, scale: Scale) -> tuple[float, float] | None:
    if line.low is None or line.high is None:
        return None
    top, bottom = scale.inside(line.high), scale.inside(line.low)
    return top, round(bottom - top, 1)
