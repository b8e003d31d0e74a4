"""What an item is judged by: assigned value, its uncertainty, sigma_pt, allowed difference, and the summary of the results."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lims.statistics import robust
from lims.statistics.assessment.outcome import Figure, UncertaintyParts
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, Relation, ScoringPlan
from lims.statistics.assessment.reading import Reading, figure, refused
from lims.statistics.assessment.spread import sigma_of
from lims.statistics.assessment.uncertainty import with_parts
from lims.statistics.assigned import negligibility, u_robust
from lims.statistics.censored import Reported, treat
from lims.statistics.hampel import q_hampel
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.scores import standard_uncertainty

Pair = tuple[ParticipantInput, Reading]


@dataclass(frozen=True, slots=True)
class Summary:
    """Robust summary of the results without the organiser's; refused where the results are too few."""

    n: int
    median: Figure
    niqr: Figure
    x_star: Figure
    s_star: Figure
    iterations: int | None


@dataclass(frozen=True, slots=True)
class Basis:
    """Everything the choice of a statistic looks at."""

    n_reported: int
    n_valid: int
    n_censored: int
    n_evaluated: int  # valid numbers, and censored results that are judged: the n of the decision table for values from outside
    summary: Summary
    x_pt: Figure
    u_x_pt: Figure
    u_parts: UncertaintyParts
    expanded_u_x_pt: Figure
    sigma_pt: Figure
    delta_e: Figure
    is_u_negligible: bool | None

    @property
    def n_consensus(self) -> int:
        return self.summary.n


Consensus = tuple[Figure, Figure, int | None]  # x*, s*, iterations


def _algorithm_a(plan: ScoringPlan, values: Sequence[float]) -> Consensus:
    factor = robust.ALGORITHM_A_FACTOR_ISO if plan.conventions.algorithm_a_factor == "iso" else robust.ALGORITHM_A_FACTOR_EXACT
    start = robust.MADE_EXACT if plan.conventions.made_factor == "exact" else robust.MADE_ISO
    run = robust.algorithm_a(list(values), s_factor=factor, mad_factor=start, stopping=plan.conventions.algorithm_a_stopping)
    if isinstance(run, NotCalculable):
        return figure(run), figure(run), None
    if run.state == "not_converged":
        not_found = refused("algorithm_a_not_converged", iterations=run.iterations)
        return not_found, not_found, run.iterations
    s_star = refused("zero_spread", state=run.state) if run.is_degenerate else figure(run.s_star)
    return figure(run.x_star), s_star, run.iterations


def _niqr(plan: ScoringPlan, values: Iterable[float]) -> Number:
    return robust.niqr(list(values), plan.conventions.quartiles, float(plan.conventions.niqr_factor))


def consensus(plan: ScoringPlan, values: Sequence[float]) -> Consensus:
    """x* and s* by the estimator of the plan; a spread of 0 is a reason, never a divisor."""
    if plan.consensus_estimator == "algorithm_a":
        return _algorithm_a(plan, values)
    if plan.consensus_estimator == "q_hampel":
        found = q_hampel(list(values))
        if isinstance(found, NotCalculable):
            return figure(found), figure(found), None
        return figure(found.x_star), _spread(figure(found.s_star)), None
    return figure(robust.median(list(values))), _spread(figure(_niqr(plan, values))), None


def _spread(scale: Figure) -> Figure:
    return refused("zero_spread", state="collapsed") if scale.value == 0 else scale


def censored_value(plan: ScoringPlan, relation: Relation, limit: float) -> float | None:
    """What median and consensus take for a censored result, by the policy of the plan; half of a limit is log10(2) less on a logarithmic
    scale."""
    if plan.is_log10 and plan.censored_in_consensus == "half_value" and relation == "<":
        return limit - math.log10(2.0)
    return next(iter(treat([Reported(relation, limit)], plan.censored_in_consensus).values), None)


def _summarised(plan: ScoringPlan, reading: Reading) -> float | None:
    if reading.is_censored and reading.value is not None:
        return censored_value(plan, reading.relation, reading.value)
    return reading.value if reading.is_valid else None


def summarise(plan: ScoringPlan, values: Sequence[float], n_numbers: int) -> Summary:
    """Median and nIQR from 8 results, the consensus from 12 (borders of the plan, of `n_numbers` results that are numbers); below, the
    reason. `values` may hold more where the policy of the plan puts something in the place of censored results."""
    n, rule = len(values), plan.small_numbers
    if n_numbers < rule.informative_from:
        few = refused("too_few_for_summary", n=n_numbers, least=rule.informative_from)
        return Summary(n, few, few, few, few, None)
    middle, spread = figure(robust.median(list(values))), figure(_niqr(plan, values))
    if n_numbers < rule.consensus_from:
        no = refused("consensus_refused", n=n_numbers, least=rule.consensus_from)
        return Summary(n, middle, spread, no, no, None)
    return Summary(n, middle, spread, *consensus(plan, values))


def _assigned(plan: ScoringPlan, item: ItemPlan, summary: Summary) -> tuple[Figure, Figure, Figure]:
    """x_pt with the standard and expanded uncertainty of its determination, by the route of the plan."""
    if plan.assigned_value_route == "none":
        nothing = refused("no_reference")
        return nothing, nothing, nothing
    if plan.assigned_value_route == "consensus":
        spread = summary.s_star.value
        u = summary.s_star if spread is None else figure(u_robust(spread, summary.n))
        return summary.x_star, u, u if u.value is None else figure(float(item.k_x_pt) * u.value)
    if item.x_pt is None:
        missing = refused("assigned_value_missing")
        return missing, missing, missing
    x_pt = figure(float(item.x_pt))
    if item.expanded_u_x_pt is None:
        unknown = refused("u_assigned_value_missing")
        return x_pt, unknown, unknown
    u = figure(standard_uncertainty(float(item.expanded_u_x_pt), float(item.k_x_pt)))
    return x_pt, u, u if u.value is None else figure(float(item.expanded_u_x_pt))


def _allowed(plan: ScoringPlan, x_pt: Figure) -> Figure:
    """Allowed difference delta_E in the unit of the measurand."""
    if plan.delta_e is not None:
        return figure(float(plan.delta_e)) if plan.delta_e > 0 else refused("allowed_difference_not_positive", value=float(plan.delta_e))
    if plan.delta_e_percent is None:
        return refused("allowed_difference_missing")
    if plan.is_log10:
        return refused("percent_of_log_value")
    if x_pt.value is None:
        return x_pt
    value = float(plan.delta_e_percent) * abs(x_pt.value) / 100.0
    return figure(value) if value > 0 else refused("allowed_difference_not_positive", value=value)


def item_basis(plan: ScoringPlan, item: ItemPlan, readings: Sequence[Pair]) -> Basis:
    """Collect the basis of one item from all readings of it. The organiser's results never enter a consensus."""
    others = [reading for who, reading in readings if not who.is_organiser]
    values = [value for reading in others if (value := _summarised(plan, reading)) is not None]
    summary = summarise(plan, values, sum(reading.is_valid for reading in others))
    x_pt, u_char, expanded = _assigned(plan, item, summary)
    parts, u_x_pt, expanded = with_parts(item, u_char, expanded)
    sigma = sigma_of(plan, item, x_pt, summary.s_star)
    small = negligibility(
        u_x_pt.value, sigma.value, float(plan.conventions.u_negligible_factor), inclusive=plan.conventions.u_negligible == "inclusive",
    )
    return Basis(
        n_reported=sum(reading.is_reported for _, reading in readings),
        n_valid=sum(reading.is_valid for _, reading in readings),
        n_censored=sum(reading.is_censored for _, reading in readings),
        n_evaluated=sum(reading.is_valid for _, reading in readings),
        summary=summary, x_pt=x_pt, u_x_pt=u_x_pt, u_parts=parts, expanded_u_x_pt=expanded, sigma_pt=sigma, delta_e=_allowed(plan, x_pt),
        is_u_negligible=None if isinstance(small, NotCalculable) else small.is_negligible,
    )
