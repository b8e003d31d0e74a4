"""Custody without a gap: each step begins in the state in which the one before it ended, and time goes forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lims.samples.lifecycle import states


@dataclass(frozen=True)
class Step:
    """One entry of a sample's custody: its verb, its states (both empty where it moves nothing), when it was recorded, by whom."""

    verb: str
    before: str
    after: str
    recorded_at: datetime
    person: str


def gaps(steps: Sequence[Step], status: str) -> list[int]:
    """The places in the way (oldest first) that do not go on from what came before; ``len(steps)`` when it does not end in ``status``."""
    found, here, last = [], "", steps[0].recorded_at if steps else None
    for place, step in enumerate(steps):
        if not (_goes_on(step, here) and step.person and (last is None or step.recorded_at >= last)):
            found.append(place)
        here, last = step.after or here, step.recorded_at
    return found if steps and here == status else [*found, len(steps)]


def _goes_on(step: Step, here: str) -> bool:
    """Whether the step may follow in the state ``here``, which is empty before the first."""
    if not here:
        return step.after == states.REGISTERED and not step.before
    return not step.after or (step.before == here and step.after in states.NEXT[here])
