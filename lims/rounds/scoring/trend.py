"""One laboratory's rounds of one measurand in the order of time: verdict rate, running mean, runs of one sign, Shewhart, CUSUM, kappa.

A round without a score keeps its place as a gap; a change of method begins a new stretch: no run and no CUSUM goes across it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

LAST = 4
SCORED = ("acceptable", "warning", "action")


@dataclass(frozen=True, slots=True)
class Stop:
    """One published round of the laboratory: means of z and D % over the core items, and the largest |z| with its sign."""

    round_code: str
    issued_at: datetime
    method: str
    verdict: str
    z: float | None
    worst: float | None
    d_percent: float | None
    table: tuple[tuple[int, ...], ...] | None = None  # calls against the expected ones


@dataclass(frozen=True, slots=True)
class Reading:
    """What is shown beside one round; sums in units of sigma_pt."""

    mean: float | None  # of z over the last scored rounds of the stretch, this one included
    run: int  # rounds on one side of 0, signed
    c_plus: float | None
    c_minus: float | None
    is_signal: bool  # CUSUM beyond its limit
    verdict_z: str  # of the largest |z|
    is_break: bool  # the method is another than in the round before


@dataclass(frozen=True, slots=True)
class Trend:
    """All rounds with their readings; rate: satisfactory of the last scored rounds."""

    stops: tuple[Stop, ...]
    readings: tuple[Reading, ...]
    n_good: int
    n_scored: int
    two_warnings: tuple[int, ...]
    kappa: Any  # PooledKappa of the statistics, or None where no round has calls


def trend_of(stops: Sequence[Stop]) -> Trend:
    """Read a laboratory's rounds, the oldest first."""
    from lims.statistics.monitoring import shewhart_z
    from lims.statistics.pooled_kappa import pooled_kappa

    last = [one.verdict for one in stops if one.verdict in SCORED][-LAST:]
    readings: list[Reading] = []
    for stretch in stretches(stops):
        readings += _read(stretch, is_first=not readings)
    tables = [one.table for one in stops if one.table is not None]
    alike = bool(tables) and len({len(table) for table in tables}) == 1
    return Trend(
        tuple(stops), tuple(readings), sum(one == "acceptable" for one in last), len(last),
        shewhart_z([one.worst for one in stops]).two_warnings_any_side, pooled_kappa(tables, pooling="pairs") if alike else None,
    )  # fmt: skip


def stretches(stops: Sequence[Stop]) -> list[list[Stop]]:
    """The rounds in stretches of one method; a round without a named method ends none."""
    found: list[list[Stop]] = []
    method = ""
    for one in stops:
        if not found or (one.method and method and one.method != method):
            found.append([])
        found[-1].append(one)
        method = one.method or method
    return found


def _read(stretch: Sequence[Stop], *, is_first: bool) -> list[Reading]:
    from lims.statistics.monitoring import Cusum, cusum, shewhart_z

    chart, verdicts = cusum([one.z for one in stretch]), shewhart_z([one.worst for one in stretch]).verdicts
    found, run = [], 0
    for place, one in enumerate(stretch):
        known = [each.z for each in stretch[: place + 1] if each.z is not None][-LAST:]
        if one.z is not None:
            side = (one.z > 0) - (one.z < 0)
            run = run + side if side and run * side >= 0 else side
        plus, minus = (chart.c_plus[place], chart.c_minus[place]) if isinstance(chart, Cusum) else (None, None)
        found.append(Reading(
            mean=sum(known) / len(known) if known and one.z is not None else None, run=run if one.z is not None else 0,
            c_plus=plus if isinstance(plus, float) else None, c_minus=minus if isinstance(minus, float) else None,
            is_signal=isinstance(chart, Cusum) and place in chart.signals, verdict_z=verdicts[place],
            is_break=place == 0 and not is_first,
        ))  # fmt: skip
    return found
