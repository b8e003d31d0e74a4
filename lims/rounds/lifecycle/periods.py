"""How many days follow a publication: for a corrective action, its outer limit, and an appeal. Set once at the start, by config.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of this installation; the outer limit is to be verified against the standard."""

    capa_due: timedelta = timedelta(days=60)
    capa_limit: timedelta = timedelta(days=180)
    appeal: timedelta = timedelta(days=30)


_periods = [Periods()]


def use(capa_due: int, capa_limit: int, appeal: int) -> None:
    """Take these numbers of days from now on."""
    _periods[0] = Periods(timedelta(days=capa_due), timedelta(days=capa_limit), timedelta(days=appeal))


def periods() -> Periods:
    """The periods that hold."""
    return _periods[0]
