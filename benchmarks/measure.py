"""One row of the table: our work, its floor, its peers, and how many times the floor is allowed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Work = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """What is compared at one size."""

    group: str
    name: str
    size: str
    ours: Work
    floor: Work
    floor_name: str
    limit: float
    peers: Mapping[str, Work] = field(default_factory=dict)
    runs: int = 5


@dataclass(frozen=True)
class Measured:
    """Medians in seconds of one row."""

    row: Row
    ours: float
    floor: float
    peers: Mapping[str, float]

    @property
    def ratio(self) -> float:
        return self.ours / self.floor

    @property
    def is_within(self) -> bool:
        return self.ratio <= self.row.limit

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "group": row.group, "name": row.name, "size": row.size, "floor": row.floor_name, "limit": row.limit, "runs": row.runs,
            "ours_s": self.ours, "floor_s": self.floor, "ratio": self.ratio, "within": self.is_within,
            "peers": {name: {"seconds": seconds, "ours_to_peer": self.ours / seconds} for name, seconds in self.peers.items()},
        }


def measure(row: Row) -> Measured:
    """Run ours, floor and peers in turn, so that a change of the machine's pace meets all of them; medians of ``row.runs``."""
    works = {"ours": row.ours, "floor": row.floor, **{f"peer {name}": work for name, work in row.peers.items()}}
    for work in works.values():
        work()
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _run in range(row.runs):
        for name, work in works.items():
            seconds[name].append(_seconds(work))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return Measured(row, medians["ours"], medians["floor"], {name: medians[f"peer {name}"] for name in row.peers})


def _seconds(work: Work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
