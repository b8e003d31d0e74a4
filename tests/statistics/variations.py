"""Other cases made from the shipped ones, as a stranger might send them: other sizes, ties, constants, gaps, signs, text, nothing at all.

Each variation changes the input alone; what it expects is of no account. Lists of one length in one case are cut together, so that pairs
stay pairs.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

Case = dict[str, Any]
Change = Callable[[Any], Any]


def _numbers(change: Callable[[float], Any]) -> Change:
    """The change at every number of a nested list; texts, truths and gaps stay."""

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(element) for element in value]
        return change(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    return changed


def _first_number(value: Any) -> float:
    while isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, int | float) else 1


def _one_instead(put: Any) -> Change:
    def changed(value: Any) -> Any:
        if not isinstance(value, list) or not value:
            return put
        return [changed(value[0]), *value[1:]]

    return changed


def _rows(change: Change) -> Change:
    """The change at the outer list only."""
    return lambda value: change(value) if isinstance(value, list) else value


TOGETHER: dict[str, Change] = {  # at every list of the case
    "empty": _rows(lambda value: []),
    "the first only": _rows(lambda value: value[:1]),
    "the first two": _rows(lambda value: value[:2]),
    "the first three": _rows(lambda value: value[:3]),
    "the first half": _rows(lambda value: value[: len(value) // 2]),
    "twice": _rows(lambda value: value + value),
    "backwards": _rows(lambda value: value[::-1]),
}
EACH: dict[str, Change] = {  # at one input at a time
    "constant": lambda value: _numbers(lambda _: _first_number(value))(value),
    "zeros": _numbers(lambda _: 0),
    "ones": _numbers(lambda _: 1),
    "negative": _numbers(lambda number: -number),
    "times a million": _numbers(lambda number: number * 1_000_000),
    "tiny": _numbers(lambda number: number * 1e-200),
    "huge": _numbers(lambda number: number * 1e200),
    "ties": _numbers(lambda number: round(number) if abs(number) < 1e15 else number),
    "a gap": _one_instead(None),
    "a text": _one_instead("<5"),
    "an outlier": _one_instead(1e9),
    "inner empty": lambda value: [[] for _ in value] if isinstance(value, list) and value and isinstance(value[0], list) else value,
    "inner of one": lambda value: [each[:1] if isinstance(each, list) else each for each in value] if isinstance(value, list) else value,
    "null": lambda value: None,
}


def variations(case: Case) -> Iterator[tuple[str, Case]]:
    """Every variation that differs from the case, named."""
    given = case["input"]
    for name, change in TOGETHER.items():
        yield from _changed(case, name, {key: change(copy.deepcopy(value)) for key, value in given.items()})
    for name, change in EACH.items():
        yield from _changed(case, f"{name} everywhere", {key: change(copy.deepcopy(value)) for key, value in given.items()})
        for key in given if len(given) > 1 else ():
            yield from _changed(case, f"{name} in {key}", {**given, key: change(copy.deepcopy(given[key]))})
    for key in given:
        yield from _changed(case, f"without {key}", {other: value for other, value in given.items() if other != key})
    if case.get("options"):
        yield "without options", {**case, "options": {}}
        for key in case["options"]:
            yield f"without option {key}", {**case, "options": {other: value for other, value in case["options"].items() if other != key}}


def _changed(case: Case, name: str, given: dict[str, Any]) -> Iterator[tuple[str, Case]]:
    if given != case["input"]:
        yield name, {**case, "input": given}
