"""How much may be taken of what: a portion never holds more than its source had left. Exact decimals throughout."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from lims.errors import RuleViolation
from lims.marks import N_

AVAILABLE, USED_UP, DISPOSED, LOST = "available", "used_up", "disposed", "lost"
STATES = {AVAILABLE: N_("Available"), USED_UP: N_("Used up"), DISPOSED: N_("Disposed of"), LOST: N_("Lost or destroyed")}
RINGS = {AVAILABLE: "full", USED_UP: "empty", DISPOSED: "full", LOST: "cross"}
MADE, THAWED, TAKEN, DIVIDED = "made", "thawed", "taken", "divided"
VERBS = {
    MADE: N_("Made"), THAWED: N_("Thawed and frozen again"), TAKEN: N_("Used"), DIVIDED: N_("Divided"), DISPOSED: N_("Disposed of"),
    LOST: N_("Lost or destroyed"),
}  # fmt: skip
#: from this count of thaws on the page warns; a default to be verified for each method
MANY_THAWS = 3
MOST_AT_ONCE = 50


def left(amount: Decimal, taken: Iterable[Decimal]) -> Decimal:
    """What is left of an amount after these takings."""
    return amount - sum(taken, Decimal(0))


def take(number: str, available: Decimal, amount: Decimal, unit: str) -> Decimal:
    """What is left after taking ``amount``; RuleViolation when that is more than there is, or nothing."""
    if amount <= 0 or amount > available:
        raise RuleViolation(
            "storage.too_much",
            N_("%(number)s: read %(amount)s %(unit)s, but %(available)s %(unit)s are left. Take more than 0 and no more than that."),
            number=number, amount=f"{amount:f}", available=f"{available:f}", unit=unit,
        )  # fmt: skip
    return available - amount


def aliquot_number(parent: str, place: int) -> str:
    """The number of the ``place``-th portion of a sample or of a portion."""
    return f"{parent}.{place:02d}"
