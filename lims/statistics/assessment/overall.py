"""One participant's verdict for the round, from the item scores and the protocol's rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from lims.statistics.assessment.outcome import Figure, ItemScore, Mark, Overall, Reason, Tally, Verdict
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ScoringPlan
from lims.statistics.assessment.qualitative import earned, weight_of
from lims.statistics.assessment.reading import participant_marks, state_problem

_WORST: tuple[Verdict, ...] = ("action", "warning", "acceptable")


def _blank(who: ParticipantInput, n_core: int, reason: Reason) -> Overall:
    verdict: Verdict = "no_response" if who.state == "no_response" else "not_evaluated"
    return Overall(
        who.code, who.side, who.is_organiser, who.state, verdict, Figure(None, reason), None, None, None, 0, n_core, (reason,),
        participant_marks(who),
    )


def tally_of(scores: Sequence[ItemScore]) -> Tally | None:
    """The tally over the core items; None where an item has no expected call, so that nothing could be counted."""
    categories = [score.category for score in scores]
    if not categories or None in categories:
        return None
    counts = Counter(categories)
    return Tally(
        counts["correct"], counts["false_positive"], counts["false_negative"], counts["indeterminate"], counts["invalid"],
        counts["not_tested"],
    )


def _critical_items(plan: ScoringPlan, items: Sequence[ItemPlan], scores: Sequence[ItemScore]) -> list[int]:
    """Core items with a critical error: a missed strong positive; in the weighted rule also a negative called positive."""
    found = []
    for item, score in zip(items, scores, strict=True):
        is_missed = item.is_strong and score.category == "false_negative"
        is_false_alarm = plan.scoring_rule == "weighted" and score.category == "false_positive"
        if is_missed or is_false_alarm:
            found.append(item.number)
    return found


def _points(plan: ScoringPlan, items: Sequence[ItemPlan], scores: Sequence[ItemScore]) -> tuple[Fraction, Fraction, int]:
    """Points earned, points possible, items scored; exact, so that 80 % is 80 %."""
    got, possible, n = Fraction(0), Fraction(0), 0
    for item, score in zip(items, scores, strict=True):
        share = None if score.points is None else earned(plan, item, score.category, is_missing=score.result_code is None)
        if share is not None:
            got, possible, n = got + share * weight_of(plan, item), possible + weight_of(plan, item), n + 1
    return got, possible, n


def _rule_verdict(plan: ScoringPlan, got: Fraction, possible: Fraction) -> tuple[Verdict, Reason]:
    percent, threshold = 100 * got / possible, Fraction(plan.percent_score_threshold)
    if plan.scoring_rule in ("percent", "weighted"):
        verdict: Verdict = "acceptable" if percent >= threshold else "action"
        return verdict, Reason(f"rule_{plan.scoring_rule}", {"percent": float(percent), "threshold": float(threshold)})
    return "acceptable" if got == possible else "action", Reason(f"rule_{plan.scoring_rule}")


def _too_few(plan: ScoringPlan, n: int, n_core: int) -> Reason | None:
    """The reason when fewer core items count than the protocol asks for."""
    share = Fraction(n, n_core) if n_core else Fraction(0)
    if share >= Fraction(plan.minimum_share):
        return None
    return Reason("too_few_items_scored", {"n": n, "of": n_core, "share": float(100 * share), "least": float(100 * plan.minimum_share)})


def qualitative_overall(plan: ScoringPlan, items: Sequence[ItemPlan], who: ParticipantInput, scores: Sequence[ItemScore]) -> Overall:
    """Verdict by the scoring rule; `items` and `scores` are the core items in the same order."""
    problem = state_problem(plan, who)
    if problem is not None:
        return _blank(who, len(items), problem)
    got, possible, n = _points(plan, items, scores)
    tally = tally_of(scores)
    marks: tuple[Mark, ...] = participant_marks(who)
    if possible == 0:
        reason = Reason("nothing_scored")
        return Overall(
            who.code, who.side, who.is_organiser, who.state, "not_evaluated", Figure(None, reason), None, None, tally, 0, len(items),
            (reason,), marks,
        )
    verdict, reason = _rule_verdict(plan, got, possible)
    few = _too_few(plan, n, len(items))
    verdict, reasons = ("not_evaluated", [few]) if few else (verdict, [reason])
    critical = _critical_items(plan, items, scores)
    if critical and plan.critical_error != "none":
        reasons.append(Reason(f"critical_error_{plan.critical_error}", {"items": ", ".join(map(str, critical))}))
        verdict = "action" if plan.critical_error == "action" else verdict
        marks = (*marks, "needs_review") if plan.critical_error == "review" else marks
    if n < len(items):
        reasons.append(Reason("items_left_out", {"n": len(items) - n, "of": len(items)}))
    decides = plan.scoring_rule in ("percent", "weighted") and few is None
    return Overall(
        who.code, who.side, who.is_organiser, who.state, verdict, Figure(float(100 * got / possible), None, not decides), float(got),
        float(possible), tally, n, len(items), tuple(reasons), marks,
    )


def quantitative_overall(plan: ScoringPlan, n_core: int, who: ParticipantInput, scores: Sequence[ItemScore]) -> Overall:
    """Worst item verdict, or the percentage rule when the protocol states it; `scores` are those of the core items."""
    problem = state_problem(plan, who)
    if problem is not None:
        return _blank(who, n_core, problem)
    verdicts = [score.verdict for score in scores if score.verdict in _WORST]
    if not verdicts:
        return _blank(who, n_core, Reason("nothing_scored"))
    percent = Fraction(100 * verdicts.count("acceptable"), len(verdicts))
    is_percent_rule = plan.overall_rule == "percent"
    few = _too_few(plan, len(verdicts), n_core) if is_percent_rule else None
    verdict, reason = _percent_verdict(plan, percent) if is_percent_rule else (_worst_of(verdicts), Reason("rule_worst"))
    reasons = [few or reason]
    if len(verdicts) < n_core:
        reasons.append(Reason("items_left_out", {"n": n_core - len(verdicts), "of": n_core}))
    return Overall(
        who.code, who.side, who.is_organiser, who.state, "not_evaluated" if few else verdict,
        Figure(float(percent), None, not is_percent_rule or few is not None), None, None, None, len(verdicts), n_core, tuple(reasons),
        participant_marks(who),
    )


def _percent_verdict(plan: ScoringPlan, percent: Fraction) -> tuple[Verdict, Reason]:
    threshold = Fraction(plan.percent_score_threshold)
    reason = Reason("rule_percent", {"percent": float(percent), "threshold": float(threshold)})
    return "acceptable" if percent >= threshold else "action", reason


def _worst_of(verdicts: Sequence[Verdict]) -> Verdict:
    return next(verdict for verdict in _WORST if verdict in verdicts)
