"""Which verdicts another choice would change: the alternatives that the standards allow, one at a time.

The protocol's verdicts stand; a verdict that hangs on a choice is said to do so. Preferred statistics are tried where the decision table
permits them, conventions and estimators where the results of the round give the assigned value or sigma_pt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, get_args

from lims.statistics.assessment.basis import Basis, Pair
from lims.statistics.assessment.choice import choices
from lims.statistics.assessment.judging import Answers, judge_codes, overall_verdicts, readings_of
from lims.statistics.assessment.limits import evaluated_basis
from lims.statistics.assessment.outcome import ItemScore, Overall, Verdict
from lims.statistics.assessment.plan import (
    CensoredValues,
    ConsensusEstimator,
    IndeterminatePolicy,
    ItemPlan,
    MissingPolicy,
    ParticipantInput,
    Preference,
    ScoringPlan,
    ScoringRule,
)
from lims.statistics.assessment.quantitative import score_value, verdict_of
from lims.statistics.assessment.round_score import Alternative, VerdictChange

Other = tuple[str, str, ScoringPlan]  # option, its other value, the plan with it
WITHOUT_MOST_DISTANT = "without_most_distant"


def is_from_this_round(plan: ScoringPlan) -> bool:
    """The results of the round give the assigned value or sigma_pt."""
    return plan.assigned_value_route == "consensus" or plan.sigma_pt_route == "this_round"


def _with(plan: ScoringPlan, **conventions: Any) -> ScoringPlan:
    return replace(plan, conventions=replace(plan.conventions, **conventions))


def _other_numbers(plan: ScoringPlan) -> Iterator[Other]:
    for preference in get_args(Preference):
        if preference not in ("by_table", plan.preferred_statistic):
            yield "preferred_statistic", preference, replace(plan, preferred_statistic=preference)
    rule = "inclusive" if plan.conventions.u_negligible == "strict" else "strict"
    yield "conventions.u_negligible", rule, _with(plan, u_negligible=rule)
    if not is_from_this_round(plan):
        return
    for policy in get_args(CensoredValues):
        if policy != plan.censored_in_consensus:
            yield "censored_in_consensus", policy, replace(plan, censored_in_consensus=policy)
    for estimator in get_args(ConsensusEstimator):
        if estimator != plan.consensus_estimator:
            yield "consensus_estimator", estimator, replace(plan, consensus_estimator=estimator)
    if plan.consensus_estimator == "algorithm_a":
        factor = "exact" if plan.conventions.algorithm_a_factor == "iso" else "iso"
        yield "conventions.algorithm_a_factor", factor, _with(plan, algorithm_a_factor=factor)
        made = "iso" if plan.conventions.made_factor == "exact" else "exact"
        yield "conventions.made_factor", made, _with(plan, made_factor=made)
        stop = "third_figure" if plan.conventions.algorithm_a_stopping == "convergence" else "convergence"
        yield "conventions.algorithm_a_stopping", stop, _with(plan, algorithm_a_stopping=stop)
    if plan.consensus_estimator == "median_niqr":
        quartiles = 6 if plan.conventions.quartiles == 7 else 7
        yield "conventions.quartiles", str(quartiles), _with(plan, quartiles=quartiles)


def _other_codes(plan: ScoringPlan) -> Iterator[Other]:
    for policy in get_args(IndeterminatePolicy):
        if policy != plan.indeterminate_policy:
            yield "indeterminate_policy", policy, replace(plan, indeterminate_policy=policy)
    for missing in get_args(MissingPolicy):
        if missing != plan.missing_policy:
            yield "missing_policy", missing, replace(plan, missing_policy=missing)
    for rule in get_args(ScoringRule):
        if rule != plan.scoring_rule:
            yield "scoring_rule", rule, replace(plan, scoring_rule=rule)


def _without_most_distant(basis: Basis, readings: Sequence[Pair]) -> list[Pair]:
    """The readings without the one farthest from x*; all of them where there is no x*."""
    centre = basis.summary.x_star.value
    inside = [pair for pair in readings if pair[1].is_valid and not pair[0].is_organiser]
    if centre is None or not inside:
        return list(readings)
    far = max(inside, key=lambda pair: (abs((pair[1].value or 0.0) - centre), pair[0].code))
    return [pair for pair in readings if pair is not far]


def _changes(
    plan: ScoringPlan, item: ItemPlan, basis: Basis, readings: Sequence[Pair], verdicts: dict[tuple[str, int], Verdict]
) -> Iterator[VerdictChange]:
    """The uncensored results whose verdict differs under this plan and basis."""
    options = choices(plan, basis)
    for who, reading in readings:
        if not reading.is_valid:
            continue
        chosen = options[reading.u is not None].chosen
        other = verdict_of(chosen, None if chosen is None else score_value(chosen, basis, reading))
        verdict = verdicts[who.code, item.number]
        if other != verdict and other != "not_evaluated":
            yield VerdictChange(who.code, item.number, verdict, other)


def _of_numbers(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers, scores: Sequence[ItemScore]
) -> Iterator[Alternative]:
    core = [item for item in items if item.is_core]
    readings = readings_of(plan, core, participants, answers)
    verdicts = {(one.participant_code, one.item_number): one.verdict for one in scores}
    for option, value, other in _other_numbers(plan):
        changes = [
            change for item in core
            for change in _changes(other, item, evaluated_basis(other, item, readings[item.number]), readings[item.number], verdicts)
        ]
        yield Alternative(option, value, tuple(changes))
    if is_from_this_round(plan):
        changes = []
        for item in core:
            own = readings[item.number]
            basis = evaluated_basis(plan, item, _without_most_distant(evaluated_basis(plan, item, own), own))
            changes += _changes(plan, item, basis, own, verdicts)
        yield Alternative(WITHOUT_MOST_DISTANT, "", tuple(changes))


def _of_codes(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers, overall: Sequence[Overall]
) -> Iterator[Alternative]:
    for option, value, other in _other_codes(plan):
        judged = overall_verdicts(other, items, participants, judge_codes(other, items, participants, answers).scores)
        pairs = zip(overall, judged, strict=True)
        changes = [VerdictChange(one.participant_code, None, one.verdict, two.verdict) for one, two in pairs if one.verdict != two.verdict]
        yield Alternative(option, value, tuple(changes))


def sensitivity(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers,
    scores: Sequence[ItemScore], overall: Sequence[Overall],
) -> tuple[Alternative, ...]:
    """Every alternative that applies to this plan, with the verdicts it would change (none: the tuple is empty).

    Quantitative: verdicts of items; a result that the alternative cannot judge counts as unchanged, so that a choice without a criterion
    changes nothing. Qualitative: verdicts of the round.
    """
    if plan.kind == "qualitative":
        return tuple(_of_codes(plan, items, participants, answers, overall))
    return tuple(_of_numbers(plan, items, participants, answers, scores))
