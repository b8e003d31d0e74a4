"""Qualitative items: result codes to calls, calls to categories, categories to points (scoring rules of the protocol)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from lims.statistics.assessment.estimates import estimate
from lims.statistics.assessment.outcome import (
    Category,
    CodeCount,
    Estimate,
    Figure,
    ItemScore,
    ItemStatistics,
    Mark,
    Reason,
    UncertaintyParts,
    Verdict,
)
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.reading import participant_marks, state_problem
from lims.statistics.intervals import proportion

Call = Literal["positive", "negative", "indeterminate"]
Answer = tuple[ParticipantInput, ReportedInput | None]

_CALLS: dict[str, Call | None] = {
    "POS": "positive", "WPOS": "positive", "DET": "positive", "LOQLT": "positive", "GTMAX": "positive", "NEG": "negative",
    "ND": "negative", "IND": "indeterminate", "INV": None, "NT": None,
}


def call_of(code: str | None) -> Call | None:
    """The call of a result code in two-category scoring; None for invalid, not tested, missing. An unknown code is a ValueError."""
    if code is None:
        return None
    if code not in _CALLS:
        raise ValueError(f"result code {code!r} is not one of {sorted(_CALLS)}")
    return _CALLS[code]


def category_of(item: ItemPlan, reported: ReportedInput | None) -> Category | None:
    """Category of one reported result; None when the item has no expected call (split samples, or nothing fixed)."""
    if reported is not None and (reported.exclusion or reported.result_code == "INV"):
        return "invalid"
    call = call_of(reported.result_code) if reported is not None else None
    if call is None:
        return "not_tested"
    expected = call_of(item.expected_code)
    if expected not in ("positive", "negative"):
        return None
    if call == "indeterminate":
        return "indeterminate"
    if call == expected:
        return "correct"
    return "false_positive" if call == "positive" else "false_negative"


def earned(plan: ScoringPlan, item: ItemPlan, category: Category | None, is_missing: bool) -> Fraction | None:
    """Share of the item's points that the category earns, exactly; None where the item is left out of the denominator."""
    if category is None or category == "invalid":
        return None
    if category == "not_tested":
        return Fraction(0) if is_missing and plan.missing_policy == "counts_as_zero" else None
    if category != "indeterminate":
        return Fraction(category == "correct")
    if plan.indeterminate_scope == "weak_positive" and item.expected_code != "WPOS":
        return Fraction(0)
    return {"half": Fraction(1, 2), "zero": Fraction(0), "exclude": None}[plan.indeterminate_policy]


def weight_of(plan: ScoringPlan, item: ItemPlan) -> Fraction:
    """Points of the item: its weight in the weighted rule, 1 in the others."""
    return Fraction(item.weight) if plan.scoring_rule == "weighted" else Fraction(1)


def is_missing(reported: ReportedInput | None) -> bool:
    """Nothing was reported for the item, not even `not tested`."""
    return reported is None or (reported.result_code is None and not reported.exclusion)


def _verdict(category: Category | None, share: Fraction | None) -> Verdict:
    if share is None or category == "not_tested":
        return "not_evaluated"
    if category == "indeterminate":
        return "warning" if share > 0 else "action"
    return "acceptable" if category == "correct" else "action"


def _reason(plan: ScoringPlan, category: Category | None, missing: bool, reported: ReportedInput | None) -> Reason:
    if reported is not None and reported.exclusion:
        return Reason(reported.exclusion)
    if category is None:
        return Reason("no_reference")
    if category == "not_tested" and missing:
        return Reason("missing_counts_as_zero" if plan.missing_policy == "counts_as_zero" else "result_missing")
    if category == "indeterminate":
        return Reason(f"indeterminate_{plan.indeterminate_policy}")
    return Reason({"invalid": "result_invalid", "not_tested": "result_not_tested"}.get(category, f"category_{category}"))


def score_answer(plan: ScoringPlan, item: ItemPlan, who: ParticipantInput, reported: ReportedInput | None) -> ItemScore:
    """Category, points and verdict of one answer. Who did not answer, withdrew or is listed only has no category and no points."""
    problem = state_problem(plan, who)
    missing = is_missing(reported)
    category = None if problem else category_of(item, reported)
    share = None if problem or not item.is_core else earned(plan, item, category, missing)
    verdict: Verdict = _verdict(category, share)
    if who.state == "no_response":
        verdict = "no_response"
    reason = problem or (_reason(plan, category, missing, reported) if item.is_core else Reason("educational_item"))
    marks: tuple[Mark, ...] = participant_marks(who) if item.is_core else (*participant_marks(who), "educational")
    none = Figure(None, Reason("qualitative_item"))
    return ItemScore(
        participant_code=who.code, item_number=item.number, state=who.state, is_core=item.is_core,
        result_code=reported.result_code if reported else None, relation="=", value=None, value_text=None, u_reported=None,
        expanded_u=None, k=None, category=category, points=None if share is None else float(share * weight_of(plan, item)),
        d=none, d_percent=none, pa=none, z=none, z_prime=none, zeta=none, en=none,
        chosen=None if share is None else "category", verdict=verdict, reasons=(reason,),
        marks=(*marks, "excluded") if reported is not None and reported.exclusion else marks,
    )


def _difficulty(plan: ScoringPlan, answers: Sequence[Answer], judged: Sequence[ItemScore]) -> Estimate:
    """Share of correct calls among the laboratories that made one, without the organiser's; from 8 laboratories."""
    calls = [
        score.category for (who, _), score in zip(answers, judged, strict=True)
        if not who.is_organiser and score.category in ("correct", "false_positive", "false_negative", "indeterminate")
    ]
    least = plan.small_numbers.informative_from
    if len(calls) < least:
        return Estimate(reason=Reason("too_few_for_difficulty", {"n": len(calls), "least": least}))
    return estimate(proportion(calls.count("correct"), len(calls), float(plan.conventions.confidence), plan.conventions.binomial_interval))


def score_item(plan: ScoringPlan, item: ItemPlan, answers: Sequence[Answer]) -> tuple[ItemStatistics, tuple[ItemScore, ...]]:
    """Statistics of one qualitative item and the scores of all participants on it."""
    judged = tuple(score_answer(plan, item, who, reported) for who, reported in answers)
    open_answers = [(who, one) for who, one in answers if one is not None and not state_problem(plan, who) and not one.exclusion]
    valid = [(who, one) for who, one in open_answers if call_of(one.result_code) is not None]
    codes = Counter(one.result_code for _, one in answers if one is not None and one.result_code is not None)
    none = Figure(None, Reason("qualitative_item"))
    chosen = "category" if item.is_core and call_of(item.expected_code) in ("positive", "negative") else None
    why = Reason("chosen_category") if chosen else Reason("no_reference" if item.is_core else "educational_item")
    return ItemStatistics(
        item_number=item.number, is_core=item.is_core, expected_code=item.expected_code,
        n_reported=sum(one is not None and not is_missing(one) for _, one in answers), n_valid=len(valid), n_evaluated=len(valid),
        n_consensus=sum(not who.is_organiser for who, _ in valid), n_censored=0, x_pt=none, u_x_pt=none, expanded_u_x_pt=none,
        u_parts=UncertaintyParts(none, none, none, none), sigma_pt=none,
        assigned_value_route=plan.assigned_value_route, sigma_pt_route="none", is_u_negligible=None, delta_e=none, median=none,
        niqr=none, x_star=none, s_star=none, algorithm_a_iterations=None, lower_limit=none, upper_limit=none,
        chosen="category" if chosen else None, why=(why,),
        code_counts=tuple(CodeCount(code, count) for code, count in sorted(codes.items())),
        correct_rate=_difficulty(plan, answers, judged),
    ), judged
