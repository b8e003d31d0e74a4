"""The columns of the statistics sheet by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lims.excel.book import column_letter


@dataclass(frozen=True)
class Columns:
    """Which column carries what; the same for all items of the round."""

    names: tuple[str, ...]

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter of every column."""
        return {name: column_letter(place) for place, name in enumerate(self.names, 1)}

    def letter(self, name: str) -> str:
        """The column's letter."""
        return self.letters[name]

    def cells(self, row: int) -> dict[str, str]:
        """The cells of one row by the name of their column."""
        return {name: f"{letter}{row}" for name, letter in self.letters.items()}

    def has(self, name: str) -> bool:
        """Whether the round has the column."""
        return name in self.names
