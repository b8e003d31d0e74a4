"""The acceptance range of an item, and which censored results lie certainly outside it (domain rules 5.6).

"< L" with L at or below the lower limit is outside, "> G" with G at or above the upper one too; of any other censored result nothing can
be said. With an assigned value and a criterion from outside the round this needs no number of laboratories: the range stands before any
result. Only where the round's own results give either are numbers counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from lims.statistics import scores
from lims.statistics.assessment.basis import Basis, Pair, item_basis
from lims.statistics.assessment.choice import Choice, choose
from lims.statistics.assessment.outcome import Figure, Statistic
from lims.statistics.assessment.plan import ItemPlan, ScoringPlan
from lims.statistics.assessment.reading import Reading, figure, refused
from lims.statistics.assigned import BORDER_EPSILON


def half_width(basis: Basis, chosen: Statistic | None) -> Figure:
    """Half of the acceptance range of z, z' or PA; En and zeta have a range for each laboratory, not for the item."""
    if chosen == "pa":
        return basis.delta_e
    if chosen == "z" and basis.sigma_pt.value is not None:
        return figure(scores.WARNING_LIMIT * basis.sigma_pt.value)
    if chosen == "z_prime" and basis.sigma_pt.value is not None and basis.u_x_pt.value is not None:
        return figure(scores.WARNING_LIMIT * math.hypot(basis.sigma_pt.value, basis.u_x_pt.value))
    return refused("limit_depends_on_laboratory" if chosen in ("en", "zeta") else "no_criterion")


def limits(basis: Basis, chosen: Statistic | None) -> tuple[Figure, Figure]:
    """Lower and upper acceptance limit."""
    half = half_width(basis, chosen)
    if half.value is None or basis.x_pt.value is None:
        return half, half
    return figure(basis.x_pt.value - half.value), figure(basis.x_pt.value + half.value)


def range_choice(plan: ScoringPlan, basis: Basis) -> Choice:
    """The statistic whose range judges a censored result: the one that numbers get, else the first one with a range from outside."""
    counted = basis.n_valid + basis.n_censored
    found = choose(plan, replace(basis, n_evaluated=counted), False)
    if found.chosen is not None:
        return found
    return choose(plan, replace(basis, n_evaluated=max(counted, plan.small_numbers.external_z_from)), False)


def is_outside(reading: Reading, low: Figure, high: Figure) -> bool | None:
    """Whether a censored result lies certainly outside; None where there is no range."""
    if reading.value is None or low.value is None or high.value is None:
        return None
    slack = BORDER_EPSILON * (high.value - low.value)
    return reading.value <= low.value + slack if reading.relation == "<" else reading.value >= high.value - slack


def evaluated_basis(plan: ScoringPlan, item: ItemPlan, readings: Sequence[Pair]) -> Basis:
    """The basis of the item; a censored result that is judged counts among the laboratories evaluated."""
    basis = item_basis(plan, item, readings)
    if plan.censoring_policy == "not_evaluated":
        return basis
    low, high = limits(basis, range_choice(plan, basis).chosen)
    outside = sum(bool(is_outside(reading, low, high)) for _, reading in readings if reading.is_censored)
    return replace(basis, n_evaluated=basis.n_valid + outside)
