"""When is a field of a reference case met? |got - expected| <= abs_tol + rel_tol |expected|. null: not calculable, whole or in parts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable

Case = Mapping[str, Any]
Fields = dict[str, Any]

# Alternative conventions and warnings of the case files, never compared, at whatever depth they stand.
INFORMATIONAL: Final = frozenset(
    {
        "third_figure_rule",
        "exact_factor",
        "exact_factors",
        "metRology_algS_default_tol",
        "niqr_other_quartiles",
        "mcr_1_3_3_1",
        "wrong_value_if_binary_ties_not_merged",
        "must_not_divide_by_zero",
        "niqr_S_type6",
    }
)


@dataclass(frozen=True, slots=True)
class Difference:
    """An expected field that was not met; a field within a field is named with dots (linear.coef)."""

    field: str
    expected: Any
    got: Any


def differences(case: Case, got: Fields) -> list[Difference]:
    """The expected fields, informational ones apart, that `got` does not meet. A field that was not computed is a difference."""
    rel, absolute = tolerances(case)
    return _differences("", case["expected"], got, rel, absolute)


def tolerances(case: Case) -> tuple[float, float]:
    """rel_tol and abs_tol of the case; one that is absent or null is 0. ValueError: one is not finite, or negative."""
    return _tolerance(case, "rel_tol"), _tolerance(case, "abs_tol")


def _tolerance(case: Case, key: str) -> float:
    value = float(case.get(key) or 0.0)
    if not math.isfinite(value) or value < 0.0:
        raise ValueError(f"{key}: a finite number of 0 or more is expected, read {value}")
    return value


def is_compared(expected: Any) -> bool:
    """Whether an expected field, or a mapping of them, holds anything that is compared: more than informational keys and empty mappings."""
    if isinstance(expected, Mapping):
        return any(is_compared(value) for key, value in expected.items() if key not in INFORMATIONAL)
    return True


def _differences(where: str, expected: Mapping[str, Any], got: Mapping[str, Any], rel: float, absolute: float) -> list[Difference]:
    found: list[Difference] = []
    for key, wanted in expected.items():
        if key in INFORMATIONAL:
            continue
        name, value = f"{where}{key}", got.get(key)
        if isinstance(wanted, Mapping) and isinstance(value, Mapping):
            found += _differences(f"{name}.", wanted, value, rel, absolute)
        elif key not in got or not _meets(value, wanted, rel, absolute):
            found.append(Difference(name, wanted, value))
    return found


def _is_nothing(value: Any) -> bool:
    """null, or a list or mapping of nothing but nulls: a case may write what is not calculable either way."""
    if isinstance(value, Mapping):
        return is_compared(value) and all(_is_nothing(one) for key, one in value.items() if key not in INFORMATIONAL)
    return value is None or (isinstance(value, list) and bool(value) and all(map(_is_nothing, value)))


def _meets(got: Any, expected: Any, rel: float, absolute: float) -> bool:
    if got is None or expected is None:
        return _is_nothing(got) and _is_nothing(expected)
    if isinstance(expected, Mapping):
        return isinstance(got, Mapping) and not _differences("", expected, got, rel, absolute)
    if isinstance(expected, list):
        pairs = zip(got, expected, strict=True) if isinstance(got, list) and len(got) == len(expected) else None
        return pairs is not None and all(_meets(one, other, rel, absolute) for one, other in pairs)
    if isinstance(expected, bool | str):
        return type(got) is type(expected) and got == expected
    if not isinstance(got, int | float) or isinstance(got, bool):
        return False
    allowed = absolute + rel * abs(expected)
    return math.isfinite(got) and math.isfinite(allowed) and abs(got - expected) <= allowed


def plain(value: Any) -> Any:
    """A computed value as JSON has it: an interval is [lower, upper], an array a list, what is not calculable is null."""
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, Interval):
        return [value.lower, value.upper]
    if isinstance(value, list | tuple):
        return [plain(element) for element in value]
    if isinstance(value, Mapping):
        return {key: plain(element) for key, element in value.items()}
    return None if isinstance(value, NotCalculable) else value
