"""score(): the whole score run, from plan, items, participants and reported results to the round score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, get_args

from lims.statistics.assessment.agreement import agreement_tables, calls_of
from lims.statistics.assessment.canonical import input_hash, plain
from lims.statistics.assessment.choice import band_of
from lims.statistics.assessment.conclusions import conclude, refuse
from lims.statistics.assessment.groups import category_comparison, item_comparison
from lims.statistics.assessment.outcome import (
    GroupComparison,
    ItemScore,
    ItemStatistics,
    Option,
    Overall,
    PairScore,
    RoundScore,
    StateCount,
)
from lims.statistics.assessment.overall import qualitative_overall, quantitative_overall
from lims.statistics.assessment.pairs import pair_scores
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ParticipantState, ReportedInput, ScoringPlan
from lims.statistics.assessment.qualitative import score_item as score_qualitative
from lims.statistics.assessment.quantitative import score_item as score_quantitative
from lims.statistics.assessment.reading import read, state_problem

__all__ = ["input_hash", "options_of", "score"]

Answers = dict[str, dict[int, ReportedInput]]


def options_of(plan: ScoringPlan, prefix: str = "") -> tuple[Option, ...]:
    """Every recorded choice as name and value, nested ones with a dot (`conventions.quartiles`)."""
    return tuple(_flat(plan, prefix))


def _flat(part: Any, prefix: str) -> list[Option]:
    found: list[Option] = []
    for one in fields(part):
        value = getattr(part, one.name)
        if is_dataclass(value):
            found.extend(_flat(value, f"{prefix}{one.name}."))
        else:
            text = plain(value)
            found.append(Option(f"{prefix}{one.name}", "-" if text is None else str(text).lower() if isinstance(text, bool) else str(text)))
    return found


def _by_participant(items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], reported: Sequence[ReportedInput]) -> Answers:
    """Results by code and item; a code or item that is not in the round, or a result twice, is a mistake of the caller."""
    numbers, codes = [item.number for item in items], [who.code for who in participants]
    if len(set(numbers)) != len(numbers) or len(set(codes)) != len(codes):
        raise ValueError("every item number and every participant code must stand once")
    answers: Answers = {code: {} for code in codes}
    for one in reported:
        if one.participant_code not in answers or one.item_number not in numbers:
            raise ValueError(f"result of {one.participant_code!r} for item {one.item_number}: not in this round")
        if one.item_number in answers[one.participant_code]:
            raise ValueError(f"result of {one.participant_code!r} for item {one.item_number} stands twice")
        answers[one.participant_code][one.item_number] = one
    return answers


@dataclass(frozen=True, slots=True)
class _Judged:
    statistics: tuple[ItemStatistics, ...]
    scores: tuple[ItemScore, ...]
    pairs: tuple[PairScore, ...]
    groups: tuple[GroupComparison, ...]
    with_results: frozenset[str]  # laboratories with a valid, scored result on a core item: the n of the decision table


def _sorted(scores: Sequence[ItemScore]) -> tuple[ItemScore, ...]:
    return tuple(sorted(scores, key=lambda one: (one.participant_code, one.item_number)))


def _judge_codes(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers
) -> _Judged:
    judged = [score_qualitative(plan, item, [(who, answers[who.code].get(item.number)) for who in participants]) for item in items]
    scores = _sorted([one for _, own in judged for one in own])
    with_results = frozenset(
        who.code for who in participants
        if state_problem(plan, who) is None and any(call is not None for call in calls_of(items, answers[who.code]).values())
    )
    groups = (category_comparison(plan, participants, scores, with_results),)
    return _Judged(tuple(summary for summary, _ in judged), scores, (), groups, with_results)


def _judge_numbers(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: Answers
) -> _Judged:
    readings = {
        item.number: [(who, read(plan, who, answers[who.code].get(item.number))) for who in participants] for item in items
    }
    judged = [score_quantitative(plan, item, readings[item.number]) for item in items]
    values = {
        item.number: {who.code: one.value for who, one in readings[item.number] if one.is_valid and one.value is not None}
        for item in items if item.is_core
    }
    groups = tuple(item_comparison(plan, participants, number, own) for number, own in values.items())
    scores = _sorted([one for _, own in judged for one in own])
    with_results = frozenset(code for own in values.values() for code in own)
    return _Judged(tuple(summary for summary, _ in judged), scores, pair_scores(plan, items, readings), groups, with_results)


def _overall(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], scores: Sequence[ItemScore]
) -> tuple[Overall, ...]:
    core = [item for item in items if item.is_core]
    found = []
    for who in participants:
        own = [one for one in scores if one.participant_code == who.code and one.is_core]
        if plan.kind == "qualitative":
            found.append(qualitative_overall(plan, core, who, own))
        else:
            found.append(quantitative_overall(plan, len(core), who, own))
    return tuple(found)


def score(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], reported: Sequence[ReportedInput]
) -> RoundScore:
    """Score a round by the decision table for its number of laboratories.

    Order of the arguments' content does not matter: the same content gives the same score and the same input hash.
    A result for an unknown code or item, a result twice, or an unknown result code is a ValueError; lack of data never is.
    """
    items = sorted(items, key=lambda item: item.number)
    participants = sorted(participants, key=lambda who: who.code)
    answers = _by_participant(items, participants, reported)
    judged = (_judge_codes if plan.kind == "qualitative" else _judge_numbers)(plan, items, participants, answers)
    overall = _overall(plan, items, participants, judged.scores)
    n = len(judged.with_results)
    band = band_of(n, plan.small_numbers)
    tables = agreement_tables(plan, items, participants, answers) if plan.kind == "qualitative" else ()
    states = Counter(who.state for who in participants)
    order: tuple[ParticipantState, ...] = get_args(ParticipantState)
    return RoundScore(
        kind=plan.kind, input_hash=input_hash(plan, items, participants, reported), n_participants=len(participants), n_scored=n,
        band=band, state_counts=tuple(StateCount(state, states[state]) for state in order), items=judged.statistics,
        scores=judged.scores, overall=overall, agreement=tables, pairs=judged.pairs, groups=judged.groups,
        conclusions=conclude(plan, band, n, judged.statistics, overall),
        not_concluded=refuse(plan, n, judged.statistics, overall, tables, judged.groups, judged.pairs), options=options_of(plan),
    )
