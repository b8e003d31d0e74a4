"""Validation studies out of plain numbers: rows of each design, as they would stand in locked data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from lims.validation.analysis.design import Criterion, Observation, Role, Strata
from lims.validation.analysis.values import Reported, reported

POSITIVE, NEGATIVE = reported("positive"), reported("negative")


def call(is_positive: bool) -> Reported:
    return POSITIVE if is_positive else NEGATIVE


def exact(value: float | int | str) -> Reported:
    """A number as its shortest decimal text."""
    return reported(value if isinstance(value, str) else repr(value))


def numbered(rows: Iterable[dict[str, Any]]) -> tuple[Observation, ...]:
    """Rows with running numbers and items."""
    return tuple(Observation(**{"number": number, "item": f"S{number}", **fields}) for number, fields in enumerate(rows, 1))


def two_by_two(a: int, b: int, c: int, d: int, **fields: Any) -> list[dict[str, Any]]:
    """a both positive, b the test only, c the comparator only, d both negative."""
    kinds = ((a, True, True), (b, True, False), (c, False, True), (d, False, False))
    return [
        {"test": call(test), "comparator": call(comparator), **fields}
        for count, test, comparator in kinds
        for _ in range(count)
    ]  # fmt: skip


def pairs_with_second(a: int, b: int, c: int, d: int) -> list[dict[str, Any]]:
    return [{"test": row["test"], "second": row["comparator"]} for row in two_by_two(a, b, c, d)]


def series(dose: Sequence[float], x: Sequence[int], n: Sequence[int], *, of_comparator: bool = False) -> list[dict[str, Any]]:
    """x hits in n trials at each dose."""
    rows = []
    for level, hits, trials in zip(dose, x, n, strict=True):
        for trial in range(int(trials)):
            said = call(trial < hits)
            both = {"test": reported(""), "comparator": said} if of_comparator else {"test": said}
            rows.append({**both, "level": Decimal(repr(level))})
    return rows


def measured_pairs(x: Sequence[float], y: Sequence[float]) -> list[dict[str, Any]]:
    """x the comparator, y the method."""
    return [{"test": exact(b), "comparator": exact(a)} for a, b in zip(x, y, strict=True)]


def measured_levels(level: Sequence[float], y: Sequence[float], role: Role = "sample") -> list[dict[str, Any]]:
    return [{"test": exact(b), "level": Decimal(repr(a)), "role": role} for a, b in zip(level, y, strict=True)]


def nested(y: Sequence[float], day: Sequence[Any], run: Sequence[Any] = (), site: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Results of a precision design at one level."""
    return [
        {
            "test": exact(value),
            "level": Decimal(1),
            "day": str(day[place]),
            "run": str(run[place]) if run else "",
            "strata": Strata(site=str(site[place]) if site else ""),
        }
        for place, value in enumerate(y)
    ]


def at_least(characteristic: str, limit: str, **others: Any) -> Criterion:
    return Criterion(characteristic.upper(), characteristic, "at_least", Decimal(limit), **others)


def at_most(characteristic: str, limit: str, **others: Any) -> Criterion:
    return Criterion(characteristic.upper(), characteristic, "at_most", Decimal(limit), **others)


def between(characteristic: str, low: str, high: str, **others: Any) -> Criterion:
    return Criterion(characteristic.upper(), characteristic, "between", Decimal(low), Decimal(high), **others)
