"""What a stranger's case may hold, made into what the methods take: numbers written as text, text in place of a number, null, lists.

Nothing is guessed: "5.10" is the number 5.1; "<5" is no number and becomes nan, which every method answers with a reason; a key with
null is an absent key; a number where the method's cases have a list is refused in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.reference.cases import shipped_cases
from lims.statistics.reference.comparing import INFORMATIONAL, Case
from lims.statistics.tables import LARGEST_COUNT

# Inputs in which text is text: names of laboratories, factors, categories, data sets, reported results with their sign.
TEXTS: Final = frozenset(
    {"lab", "raw", "dataset", "materials", "label", "day", "run", "site", "level", "categories"}
    | {"ratings_units_by_raters", "ratings_raters_by_units"}
)


@cache
def _known() -> tuple[Mapping[str, tuple[str, ...]], frozenset[tuple[str, str]]]:
    """The fields of every method, and the inputs that are a list in every shipped case."""
    fields: dict[str, dict[str, None]] = {}
    kinds: dict[tuple[str, str], set[bool]] = {}
    for case in shipped_cases():
        fields.setdefault(case["method"], {}).update(dict.fromkeys(set(case["expected"]) - INFORMATIONAL))
        for key, value in case["input"].items():
            kinds.setdefault((case["method"], key), set()).add(isinstance(value, list))
    lists = frozenset(key for key, kind in kinds.items() if kind == {True})
    return {method: tuple(sorted(names)) for method, names in fields.items()}, lists


def fields_of(method: str) -> tuple[str, ...]:
    """The compared fields of a method, from the shipped cases."""
    return _known()[0].get(method, ())


def read_input(method: str, given: Case) -> dict[str, Any]:
    """The input of a case as its method takes it. ValueError: a list is expected there."""
    found: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        if (method, key) in _known()[1] and not (key == "k" and method.startswith("score_")) and not isinstance(value, list):
            raise ValueError(f"a list is expected as `{key}`, not {type(value).__name__}")
        found[key] = value if key in TEXTS else _read(value)
    return found


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(element) for element in value]
    if not isinstance(value, str):
        return value
    try:
        return float(value) if "_" not in value else math.nan
    except ValueError:
        return math.nan


def whole(value: Any) -> int | NotCalculable:
    """A count as a whole number that arithmetic keeps exactly, or the reason."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > LARGEST_COUNT:
        return NotCalculable("value_not_finite", {"quantity": "count"})
    return int(value) if value == int(value) else NotCalculable("value_not_finite", {"quantity": "count"})


def of_counts(function: Callable[..., Number], *counts: Any, **options: Any) -> Number:
    """The function of these counts, or the reason why one of them is none."""
    found = [whole(count) for count in counts]
    lack = next((count for count in found if isinstance(count, NotCalculable)), None)
    return function(*found, **options) if lack is None else lack


def reasons(name: str, value: Any) -> dict[str, str]:
    """Why each null of a computed field is null: the field's name, or its place in the field, with the code and its parameters."""
    if isinstance(value, NotCalculable):
        return {name: " ".join([value.code, *(f"{key}={one}" for key, one in value.params.items())])}
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        for key, one in value.items():
            found |= reasons(f"{name}.{key}", one)
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value, 1):
            found |= reasons(f"{name}[{place}]", one)
    return found
