"""Every single figure of a verified case beside the expected one, for the record that a person reads."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lims.statistics.reference.comparing import INFORMATIONAL, Case, Fields, tolerances


@dataclass(frozen=True, slots=True)
class Figure:
    """One expected figure (or word) and the computed one. difference = got - expected and allowed are None without finite numbers."""

    field: str
    expected: Any
    got: Any
    difference: float | None
    allowed: float | None

    @property
    def share(self) -> float | None:
        """|difference| as a share of what is allowed: at most 1 when met. None without numbers, 0 when both are 0."""
        if self.difference is None or self.allowed is None:
            return None
        if self.allowed == 0:
            return 0.0 if self.difference == 0 else None
        return _finite(abs(self.difference) / self.allowed)


def figures(case: Case, got: Fields) -> list[Figure]:
    """All compared figures of a case, one after the other; an element of a list is named a[1], a field within one a.b."""
    return list(_figures("", case["expected"], got, *tolerances(case)))


def _figures(name: str, expected: Any, got: Any, rel: float, absolute: float) -> Iterator[Figure]:
    if isinstance(expected, Mapping):
        for key, wanted in expected.items():
            if key not in INFORMATIONAL:
                found = got.get(key) if isinstance(got, Mapping) else None
                yield from _figures(f"{name}.{key}" if name else str(key), wanted, found, rel, absolute)
    elif isinstance(expected, list):
        for index, wanted in enumerate(expected):
            found = got[index] if isinstance(got, list) and index < len(got) else None
            yield from _figures(f"{name}[{index + 1}]", wanted, found, rel, absolute)
    elif _is_number(expected) and _is_number(got):
        yield Figure(name, expected, got, _finite(got - expected), _finite(absolute + rel * abs(expected)))
    else:
        yield Figure(name, expected, got, None, None)


def _is_number(value: Any) -> bool:
    """A number that arithmetic can take: not nan, not infinite, not an integer beyond all floating point numbers."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
