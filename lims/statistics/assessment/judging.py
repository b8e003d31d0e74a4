"""All items of a round judged under one plan: the part of an assessment that is repeated under other choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims.statistics.assessment.agreement import calls_of
from lims.statistics.assessment.basis import Pair
from lims.statistics.assessment.groups import category_comparison, item_comparison, over_items
from lims.statistics.assessment.outcome import GroupComparison, ItemScore, ItemStatistics, Overall, PairScore
from lims.statistics.assessment.overall import qualitative_overall, quantitative_overall
from lims.statistics.assessment.pairs import pair_scores
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.qualitative import score_item as score_qualitative
from lims.statistics.assessment.quantitative import score_item as score_quantitative
from lims.statistics.assessment.reading import read, state_problem

Answers = dict[str, dict[int, ReportedInput]]
Readings = dict[int, list[Pair]]


@dataclass(frozen=True, slots=True)
class Judged:
    """All items judged under one plan."""

    statistics: tuple[ItemStatistics, ...]
    scores: tuple[ItemScore, ...]
    pairs: tuple[PairScore, ...]
    groups: tuple[GroupComparison, ...]
    with_results: frozenset[str]  # laboratories with a valid, scored result on a core item: the n of the decision table


def _sorted(scores: Sequence[ItemScore]) -> tuple[ItemScore, ...]:
    return tuple(sorted(scores, key=lambda one: (one.participant_code, one.item_number)))


def judge_codes(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers
) -> Judged:
    """Judge the items of a qualitative round."""
    judged = [score_qualitative(plan, item, [(who, answers[who.code].get(item.number)) for who in participants]) for item in items]
    scores = _sorted([one for _, own in judged for one in own])
    with_results = frozenset(
        who.code for who in participants
        if state_problem(plan, who) is None and any(call is not None for call in calls_of(items, answers[who.code]).values())
    )
    groups = (category_comparison(plan, items, participants, answers, scores, with_results),)
    return Judged(tuple(summary for summary, _ in judged), scores, (), groups, with_results)


def readings_of(plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers) -> Readings:
    """What each participant reported for each item, as numbers."""
    return {item.number: [(who, read(plan, who, answers[who.code].get(item.number))) for who in participants] for item in items}


def judge_numbers(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers
) -> Judged:
    """Judge the items of a quantitative round."""
    readings = readings_of(plan, items, participants, answers)
    judged = [score_quantitative(plan, item, readings[item.number]) for item in items]
    values = {
        item.number: {who.code: one.value for who, one in readings[item.number] if one.is_valid and one.value is not None}
        for item in items if item.is_core
    }
    by_item = tuple(item_comparison(plan, participants, number, own) for number, own in values.items())
    groups = (*by_item, *over_items(plan, items, participants, values))
    scores = _sorted([one for _, own in judged for one in own])
    censored = (one.participant_code for one in scores if one.is_core and one.relation != "=" and one.verdict == "action")
    with_results = frozenset([*(code for own in values.values() for code in own), *censored])
    return Judged(tuple(summary for summary, _ in judged), scores, pair_scores(plan, items, readings), groups, with_results)


def overall_verdicts(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], scores: Sequence[ItemScore]
) -> tuple[Overall, ...]:
    """The verdict of each participant for the round."""
    core = [item for item in items if item.is_core]
    found = []
    for who in participants:
        own = [one for one in scores if one.participant_code == who.code and one.is_core]
        if plan.kind == "qualitative":
            found.append(qualitative_overall(plan, core, who, own))
        else:
            found.append(quantitative_overall(plan, len(core), who, own))
    return tuple(found)
