"""Stock of items against need: units made, used and packed, and what the dispatch needs with its reserve."""

from __future__ import annotations

from dataclasses import dataclass

from lims.marks import N_

STOCK_KINDS = ("made", "homogeneity", "stability", "broken")
STOCK_WORDS = {
    "made": N_("units made"), "homogeneity": N_("used for homogeneity"), "stability": N_("used for stability"),
    "broken": N_("broken or lost"),
}  # fmt: skip
LEAST_RESERVE = 5
RESERVE_PERCENT = 10


def reserve_of(n_laboratories: int) -> int:
    """Units of each item kept back: 10 % of the laboratories, rounded up, and never fewer than 5."""
    return max(LEAST_RESERVE, -(-n_laboratories * RESERVE_PERCENT // 100))


@dataclass(frozen=True, slots=True)
class ItemStock:
    """The units of one item. ``used`` are those of tests and losses, ``packed`` those in boxes."""

    number: int
    made: int
    used: int
    packed: int
    n_laboratories: int

    @property
    def left(self) -> int:
        """Units that are in hand."""
        return self.made - self.used - self.packed

    @property
    def need(self) -> int:
        """One unit for each laboratory, and the reserve."""
        return self.n_laboratories + reserve_of(self.n_laboratories)

    @property
    def lacking(self) -> int:
        """Units that have still to be made before the dispatch."""
        return max(0, self.need - (self.made - self.used))
