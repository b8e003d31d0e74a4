"""The closed loop: which samples stay too long in one step, so that none is forgotten (domain guide 3.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lims.errors import Invalid
from lims.marks import N_
from lims.samples.lifecycle import states


@dataclass(frozen=True)
class Step:
    """A step of the loop: the states in which a sample waits for it, what is missing, and after how many hours it is late."""

    code: str
    statuses: tuple[str, ...]
    name: str
    hours: int
    alert: str


#: hours are defaults to be set for each installation; verify them against the laboratory's own rules
STEPS = {
    one.code: one
    for one in (
        Step("receipt", (states.REGISTERED, states.IN_TRANSIT), N_("no receipt"), 48, N_("Late: %(n)s samples have no receipt")),
        Step("decision", (states.RECEIVED,), N_("no decision"), 24, N_("Late: %(n)s samples have no decision")),
        Step(
            "test", (states.ACCEPTED, states.ACCEPTED_DEVIATION, states.REFERRED), N_("no test"), 72,
            N_("Late: %(n)s samples wait for a test"),
        ),
        Step("result", (states.UNDER_TEST, states.RETEST), N_("no result"), 72, N_("Late: %(n)s samples have no result")),
        Step("review", (states.TESTED,), N_("no review"), 24, N_("Late: %(n)s samples have no review")),
        Step("report", (states.REVIEWED,), N_("no report"), 48, N_("Late: %(n)s samples have no report")),
        Step("return", (states.REJECTED,), N_("rejected, still here"), 168, N_("Late: %(n)s rejected samples are still here")),
        Step(
            "disposal", (states.REPORTED, states.CORRECTED, states.RETAINED), N_("no disposal"), 2160,
            N_("Late: %(n)s samples wait for disposal"),
        ),
    )
}  # fmt: skip
_SETTING = re.compile(r"([a-z]+)=(\d{1,6})")


def hours_of(setting: str) -> dict[str, int]:
    """The limits in hours by step: the defaults, changed by a setting such as ``decision=8 review=12``.

    Raises Invalid for a step that there is not, or a limit that is no whole number of hours above 0.
    """
    hours = {code: step.hours for code, step in STEPS.items()}
    for part in setting.split():
        found = _SETTING.fullmatch(part)
        if found is None or found[1] not in STEPS or int(found[2]) == 0:
            raise Invalid(
                "samples.open_loop_setting",
                N_("Setting OPEN_LOOP_HOURS: read %(read)s, expected pairs such as decision=8 with one of: %(steps)s."),
                read=part, steps=", ".join(STEPS),
            )  # fmt: skip
        hours[found[1]] = int(found[2])
    return hours


def bounds(hours: Mapping[str, int], now: datetime) -> dict[str, datetime]:
    """For each step the instant before which a sample must have come into its state to be late now."""
    return {code: now - timedelta(hours=hours[code]) for code in STEPS}


def step_of(status: str) -> Step | None:
    """The step that a sample in this state waits for; None at an end."""
    return next((step for step in STEPS.values() if status in step.statuses), None)
