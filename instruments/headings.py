"""Which row of a table is a family's heading row, and which column means what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from instruments.tables import Row
from instruments.text import heading_key


@dataclass(frozen=True)
class Headings:
    """The words of a family's headings by meaning, and the meanings without which a row is no heading of it."""

    words: Mapping[str, tuple[str, ...]]
    demanded: tuple[str, ...]

    @cached_property
    def _keys(self) -> dict[str, tuple[str, ...]]:
        return {meaning: tuple(map(heading_key, words)) for meaning, words in self.words.items()}

    @cached_property
    def _first(self) -> frozenset[str]:
        """Keys of the first demanded meaning: most rows of a file hold none of them, and are passed over by it."""
        return frozenset(self._keys.get(self.demanded[0], ())) if self.demanded else frozenset()

    def columns_of(self, row: Row) -> dict[str, int] | None:
        """The columns of a heading row by meaning, the first of two alike; None when the row is no heading of this family."""
        if row.fault is not None or len(row.cells) < len(self.demanded) or not self._may_be(row):
            return None
        places = {heading_key(cell.text): column for column, cell in reversed(row.cells.items())}
        found = {meaning: places[key] for meaning, keys in self._keys.items() if (key := _first_in(places, keys)) is not None}
        return found if all(meaning in found for meaning in self.demanded) else None

    def _may_be(self, row: Row) -> bool:
        first = self._first
        return not self.demanded or any(cell.kind != "number" and heading_key(cell.text) in first for cell in row.cells.values())


def _first_in(places: Mapping[str, int], keys: Iterable[str]) -> str | None:
    return next((key for key in keys if key in places), None)
