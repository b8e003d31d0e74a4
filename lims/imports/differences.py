"""What a second export of a run says otherwise than the first. Pure: readings in, differences out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

NEW, CHANGED, GONE, SAME = "new", "changed", "gone", "same"


class Compared(Protocol):
    """What is compared of a reading."""

    @property
    def position(self) -> str | None: ...
    @property
    def sample(self) -> str | None: ...
    @property
    def target(self) -> str | None: ...
    @property
    def channel(self) -> str | None: ...
    @property
    def quantity(self) -> str: ...
    @property
    def raw(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def unit(self) -> str | None: ...


@dataclass(frozen=True)
class Difference:
    """One reading of both exports: ``before`` is None for a new one, ``after`` is None for one that is gone."""

    kind: str
    before: Any
    after: Any


def is_same_run(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two files tell of one run: the same start, or without a start the same name of the run and plate; never by nothing."""
    for name in ("started_at", "ended_at"):
        if one.get(name) or other.get(name):
            return one.get(name) == other.get(name) and one.get("serial") == other.get("serial") and one.get("plate") == other.get("plate")
    return bool(one.get("run_name")) and one.get("run_name") == other.get("run_name") and one.get("plate") == other.get("plate")


def differences(before: Iterable[Compared], after: Iterable[Compared]) -> list[Difference]:
    """The readings of both, each once: those of the later file in its order, then those that it has no more.

    A reading is the same test when well (or, without wells, sample), target and quantity are the same; of several such ones
    the first meets the first.
    """
    earlier = _by_test(before)
    found = []
    for key, reading in _by_test(after).items():
        old = earlier.pop(key, None)
        found.append(Difference(NEW if old is None else SAME if _says(old) == _says(reading) else CHANGED, old, reading))
    return found + [Difference(GONE, old, None) for old in earlier.values()]


def counts(found: Sequence[Difference]) -> dict[str, int]:
    """How many readings are new, changed, gone, the same."""
    counted = Counter(one.kind for one in found)
    return {kind: counted[kind] for kind in (NEW, CHANGED, GONE, SAME)}


def _by_test(rows: Iterable[Compared]) -> dict[tuple[Any, ...], Compared]:
    seen: Counter[tuple[Any, ...]] = Counter()
    found: dict[tuple[Any, ...], Compared] = {}
    for row in rows:
        test = (row.position or "", "" if row.position else row.sample or "", row.target or row.channel or "", row.quantity)
        found[*test, seen[test]] = row
        seen[test] += 1
    return found


def _says(row: Compared) -> tuple[str | None, ...]:
    return row.sample, row.raw.strip(), row.status, row.unit
