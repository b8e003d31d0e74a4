"""score(): the whole score run, from plan, items, participants and reported results to the round score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from lims.statistics.assessment.agreement import agreement_tables
from lims.statistics.assessment.canonical import input_hash, plain
from lims.statistics.assessment.choice import band_of
from lims.statistics.assessment.conclusions import conclude, refuse
from lims.statistics.assessment.judging import Answers, judge_codes, judge_numbers, overall_verdicts
from lims.statistics.assessment.pairs import limits_of_agreement
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ParticipantState, ReportedInput, ScoringPlan
from lims.statistics.assessment.questions import blunder_flags
from lims.statistics.assessment.round_score import Option, RoundScore, StateCount
from lims.statistics.assessment.sensitivity import sensitivity

__all__ = ["input_hash", "options_of", "score"]


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
            shown = str(text).lower() if isinstance(text, bool) else str(text)
            found.append(Option(f"{prefix}{one.name}", "-" if text in (None, []) else shown))
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
    judged = (judge_codes if plan.kind == "qualitative" else judge_numbers)(plan, items, participants, answers)
    overall = overall_verdicts(plan, items, participants, judged.scores)
    n = len(judged.with_results)
    band = band_of(n, plan.small_numbers)
    tables = agreement_tables(plan, items, participants, answers) if plan.kind == "qualitative" else ()
    states = Counter(who.state for who in participants)
    order: tuple[ParticipantState, ...] = get_args(ParticipantState)
    return RoundScore(
        kind=plan.kind, input_hash=input_hash(plan, items, participants, reported), n_participants=len(participants), n_scored=n,
        band=band, state_counts=tuple(StateCount(state, states[state]) for state in order), items=judged.statistics,
        scores=judged.scores, overall=overall, agreement=tables, pairs=judged.pairs,
        limits_of_agreement=limits_of_agreement(plan, judged.pairs, judged.scores), groups=judged.groups,
        sensitivity=sensitivity(plan, items, participants, answers, judged.scores, overall),
        flags=blunder_flags(plan, items, participants, answers),
        conclusions=conclude(plan, band, n, judged.statistics, overall),
        not_concluded=refuse(plan, n, judged.statistics, overall, tables, judged.groups, judged.pairs), options=options_of(plan),
    )
