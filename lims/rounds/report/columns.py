"""The columns of the statistics sheet by name."""

from __future__ import annotations

from dataclasses import dataclass

from lims.excel.book import column_letter


@dataclass(frozen=True)
class Columns:
    """Which column carries what; the same for all items of the round."""

    names: tuple[str, ...]

    def letter(self, name: str) -> str:
        """The column's letter."""
        return column_letter(self.names.index(name) + 1)

    def has(self, name: str) -> bool:
        """Whether the round has the column."""
        return name in self.names
