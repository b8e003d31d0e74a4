"""What a stranger's case may hold, made into what the methods take: numbers written as text, text in place of a number, null, lists.

Nothing is guessed: "5.10" is the number 5.1; "<5" is no number and becomes nan, which every method answers with a reason; a key with
null is an absent key; a list where the method takes one value, or one value where it takes a list, is refused in words, apart from the
inputs of `elements.SPREADING`, which may be either.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.reference.cases import shipped_cases
from lims.statistics.reference.comparing import INFORMATIONAL, Case
from lims.statistics.reference.elements import SPREADING
from lims.statistics.tables import LARGEST_COUNT

# Inputs in which text is text: names of laboratories, factors, categories, data sets, reported results with their sign.
TEXTS: Final = frozenset(
    {"lab", "raw", "dataset", "materials", "label", "day", "run", "site", "level", "categories"}
    | {"ratings_units_by_raters", "ratings_raters_by_units"}
)
# Inputs that may be a list or a list of lists although the shipped cases have one of the two.
NESTED: Final = {("stability", "y1"): (1, 2), ("stability", "y2"): (1, 2), ("rsz_ssz", "z"): (1, 2)}


@cache
def _known() -> tuple[Mapping[str, tuple[str, ...]], Mapping[tuple[str, str], tuple[int, int]]]:
    """The fields of every method, and how deep the lists of each of its inputs are in the shipped cases."""
    fields: dict[str, dict[str, None]] = {}
    depths: dict[tuple[str, str], set[int]] = {}
    for case in shipped_cases():
        fields.setdefault(case["method"], {}).update(dict.fromkeys(set(case["expected"]) - INFORMATIONAL))
        for key, value in case["input"].items():
            depths.setdefault((case["method"], key), set()).add(_depth(value))
    found = {key: (min(one), max(one)) for key, one in depths.items() if key[0] not in SPREADING}
    spreading = {(method, key): (0, 1) for method, keys in SPREADING.items() for key in keys}
    return {method: tuple(sorted(names)) for method, names in fields.items()}, found | spreading | NESTED


def _depth(value: Any) -> int:
    """0 for a single value, 1 for a list of them, 2 for a list of lists."""
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def fields_of(method: str) -> tuple[str, ...]:
    """The compared fields of a method, from the shipped cases."""
    return _known()[0].get(method, ())


def read_input(method: str, given: Case) -> dict[str, Any]:
    """The input of a case as its method takes it. ValueError: another kind of value is expected there."""
    found: dict[str, Any] = {}
    for key, value in given.items():
        if value is None:
            continue
        _check(key, value, *_known()[1].get((method, key), (0, math.inf)))
        found[key] = value if key in TEXTS else _read(value)
    return found


def _check(key: str, value: Any, least: int, most: float) -> None:
    """ValueError: a mapping; a value that is not a list (of lists) where one is expected, or with more lists in it than that."""
    if _has_mapping(value):
        raise ValueError(f"numbers or lists of them are expected as `{key}`, not a mapping")
    if least and not isinstance(value, list):
        raise ValueError(f"a list is expected as `{key}`, not {type(value).__name__}")
    if least > 1 and any(row is not None and not isinstance(row, list) for row in value):
        raise ValueError(f"a list of lists is expected as `{key}`, not a list of values")
    if _depth(value) > most:
        kind, other = ("a list of values", "a list of lists") if most == 1 else ("a list of lists", "lists in these")
        raise ValueError(f"{kind if most else 'one value'} is expected as `{key}`, not {other if most else 'a list'}")


def _has_mapping(value: Any) -> bool:
    return any(map(_has_mapping, value)) if isinstance(value, list) else isinstance(value, Mapping)


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(element) for element in value]
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return math.inf if value > 0 else -math.inf
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
