"""Possible blunders of a round: the screening of the statistics core on what the participants reported."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lims.statistics.assessment.judging import Answers, readings_of
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ScoringPlan
from lims.statistics.assessment.round_score import Flag
from lims.statistics.blunders import Reports, screen
from lims.statistics.values import FloatArray


def _known(items: Sequence[ItemPlan], values: Sequence[object], is_external: bool) -> FloatArray | None:
    if not is_external:
        return None
    return np.array([np.nan if value is None else float(str(value)) for value in values], dtype=np.float64)


def blunder_flags(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers
) -> tuple[Flag, ...]:
    """Flags on the core items of a quantitative round; a qualitative one has none. Nothing is changed or left out by a flag.

    An assigned value and a sigma_pt fixed before the round take the place of the other laboratories' results. Censored and unreadable
    results, and those that are not counted, are not screened.
    """
    core = [item for item in items if item.is_core]
    if plan.kind == "qualitative" or not core or not participants:
        return ()
    readings = readings_of(plan, core, participants, answers)
    values = np.full((len(participants), len(core)), np.nan)
    for column, item in enumerate(core):
        for row, (_who, reading) in enumerate(readings[item.number]):
            if reading.is_valid and reading.value is not None:
                values[row, column] = reading.value
    sigmas = [item.sigma_pt if item.sigma_pt is not None else plan.sigma_pt for item in core]
    found = screen(Reports(
        laboratories=tuple(who.code for who in participants), items=tuple(str(item.number) for item in core), values=values,
        scales=("log10" if plan.is_log10 else "linear",) * len(core),
        x_pt=_known(core, [item.x_pt for item in core], plan.assigned_value_route not in ("consensus", "none")),
        sigma_pt=_known(core, sigmas, plan.sigma_pt_route not in ("this_round", "none")),
    ))
    return tuple(Flag(one.code, one.laboratories, tuple(int(item) for item in one.items), dict(one.evidence)) for one in found.flags)
