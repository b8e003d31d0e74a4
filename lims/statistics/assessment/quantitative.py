"""Scores of quantitative items: D, D%, PA, z, z', zeta, En, each a value or a reason, and the verdict of the chosen one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lims.statistics import scores
from lims.statistics.assessment.basis import Basis, Pair
from lims.statistics.assessment.choice import Choice, choices
from lims.statistics.assessment.limits import evaluated_basis, is_outside, limits, range_choice
from lims.statistics.assessment.outcome import CodeCount, Estimate, Figure, ItemScore, ItemStatistics, Mark, Reason, Statistic, Verdict
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ScoringPlan
from lims.statistics.assessment.reading import Reading, figure, refused

Choices = dict[bool, Choice]  # by whether the laboratory reports its uncertainty
NAMES: tuple[Statistic, ...] = ("d", "d_percent", "pa", "z", "z_prime", "zeta", "en")


def _raw_scores(plan: ScoringPlan, basis: Basis, reading: Reading) -> dict[Statistic, Figure]:
    """Every score by its formula; the refusals of the decision table come later."""
    x, x_pt = reading.value, basis.x_pt.value
    return {
        "d": figure(scores.difference(x, x_pt)),
        "d_percent": refused("percent_of_log_value") if plan.is_log10 else figure(scores.percent_difference(x, x_pt)),
        "pa": figure(scores.percent_allowed(x, x_pt, basis.delta_e.value)),
        "z": figure(scores.z_score(x, x_pt, basis.sigma_pt.value)),
        "z_prime": figure(scores.z_prime_score(x, x_pt, basis.sigma_pt.value, basis.u_x_pt.value)),
        "zeta": figure(scores.zeta_score(x, x_pt, reading.u, basis.u_x_pt.value)),
        "en": figure(scores.en_score(x, x_pt, reading.expanded_u if reading.u is not None else None, basis.expanded_u_x_pt.value)),
    }


def score_value(statistic: Statistic, basis: Basis, reading: Reading) -> float | None:
    """The one statistic that may decide, of one reading."""
    x, x_pt, u = reading.value, basis.x_pt.value, basis.u_x_pt.value
    if statistic == "z":
        return figure(scores.z_score(x, x_pt, basis.sigma_pt.value)).value
    if statistic == "z_prime":
        return figure(scores.z_prime_score(x, x_pt, basis.sigma_pt.value, u)).value
    if statistic == "zeta":
        return figure(scores.zeta_score(x, x_pt, reading.u, u)).value
    if statistic == "en":
        return figure(scores.en_score(x, x_pt, reading.expanded_u, basis.expanded_u_x_pt.value)).value
    return figure(scores.percent_allowed(x, x_pt, basis.delta_e.value)).value


def _figures(plan: ScoringPlan, basis: Basis, reading: Reading, choice: Choice) -> dict[Statistic, Figure]:
    """All scores of one reading; a statistic that the decision table refuses is not shown as a number, not even for information."""
    if basis.x_pt.reason is not None:
        return {name: Figure(None, basis.x_pt.reason) for name in NAMES}
    harmless = ("u_not_negligible", "u_negligible")
    shown = _raw_scores(plan, basis, reading)
    for name, value in shown.items():
        reason = choice.why_not.get(name)
        if reason is not None and reason.code not in harmless:
            shown[name] = Figure(None, reading.u_problem if name in ("en", "zeta") and reading.u_problem else reason)
        elif name == choice.chosen and value.value is not None:
            shown[name] = replace(value, is_informative=False)
    return shown


def verdict_of(statistic: Statistic | None, value: float | None) -> Verdict:
    """Verdict of the unrounded value of the deciding statistic."""
    if value is None or statistic is None:
        return "not_evaluated"
    if statistic == "en":
        return scores.en_verdict(value)
    if statistic == "pa":
        return scores.percent_allowed_verdict(value)
    return scores.score_verdict(value)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Scores, verdict and reasons of one reading."""

    figures: dict[Statistic, Figure]
    chosen: Statistic | None
    verdict: Verdict
    reasons: tuple[Reason, ...]


def _without_scores(reason: Reason, verdict: Verdict, reasons: tuple[Reason, ...], decided_by: Statistic | None = None) -> _Judged:
    return _Judged({name: Figure(None, reason) for name in NAMES}, decided_by, verdict, reasons)


def _judge_censored(plan: ScoringPlan, basis: Basis, reading: Reading, choice: Choice) -> _Judged:
    """`< L` with L at or below the lower limit, `> G` with G at or above the upper one: certainly outside. Else nothing can be said."""
    no_score = Reason("censored_has_no_score")
    if plan.censoring_policy == "not_evaluated":
        return _without_scores(no_score, "not_evaluated", (Reason("censored_not_evaluated"),))
    low, high = limits(basis, choice.chosen)
    outside = is_outside(reading, low, high)
    if outside is None or low.value is None or high.value is None:
        return _without_scores(no_score, "not_evaluated", (Reason("censored_no_limits", {"relation": reading.relation}), *choice.why))
    params: dict[str, str | int | float] = {"relation": reading.relation, "limit": reading.text or "", "low": low.value, "high": high.value}
    if outside:
        return _without_scores(no_score, "action", (Reason("censored_outside", params),), choice.chosen)
    return _without_scores(no_score, "not_evaluated", (Reason("censored_undecided", params),))


def _judge_number(plan: ScoringPlan, basis: Basis, reading: Reading, choice: Choice) -> _Judged:
    figures = _figures(plan, basis, reading, choice)
    decided = figures[choice.chosen] if choice.chosen is not None else Figure()
    reasons = list(choice.why)
    reasons += [reason for reason in (decided.reason, reading.u_problem) if reason is not None and reason not in reasons]
    return _Judged(figures, choice.chosen, verdict_of(choice.chosen, decided.value), tuple(reasons))


def _judge(plan: ScoringPlan, item: ItemPlan, basis: Basis, options: Choices, who: ParticipantInput, reading: Reading) -> _Judged:
    if reading.problem is not None:
        verdict: Verdict = "no_response" if who.state == "no_response" else "not_evaluated"
        return _without_scores(reading.problem, verdict, (reading.problem,))
    if reading.relation == "=":
        judged = _judge_number(plan, basis, reading, options[reading.u is not None])
    else:
        judged = _judge_censored(plan, basis, reading, range_choice(plan, basis))
    if item.is_core:
        return judged
    figures = {name: replace(one, is_informative=True) for name, one in judged.figures.items()}
    return _Judged(figures, None, "not_evaluated", (Reason("educational_item"),))


def score_reading(
    plan: ScoringPlan, item: ItemPlan, basis: Basis, options: Choices, who: ParticipantInput, reading: Reading
) -> ItemScore:
    """One participant's scores and verdict for one item. An educational item has scores for information and no verdict."""
    judged = _judge(plan, item, basis, options, who, reading)
    marks: tuple[Mark, ...] = reading.marks if item.is_core else (*reading.marks, "educational")
    one = judged.figures
    return ItemScore(
        participant_code=who.code, item_number=item.number, state=who.state, is_core=item.is_core, result_code=reading.result_code,
        relation=reading.relation, value=reading.value, value_text=reading.text, u_reported=reading.u, expanded_u=reading.expanded_u,
        k=reading.k, category=None, points=None, d=one["d"], d_percent=one["d_percent"], pa=one["pa"], z=one["z"],
        z_prime=one["z_prime"], zeta=one["zeta"], en=one["en"], chosen=judged.chosen, verdict=judged.verdict, reasons=judged.reasons,
        marks=marks,
    )


def _item_choice(
    plan: ScoringPlan, basis: Basis, options: Choices, readings: Sequence[Pair]
) -> tuple[Statistic | None, tuple[Reason, ...]]:
    """The statistic of most valid readings of the item; a mixture is said."""
    reported = Counter(reading.u is not None for _, reading in readings if reading.is_valid)
    if not reported and basis.n_evaluated:
        only_censored = range_choice(plan, basis)
        return only_censored.chosen, only_censored.why
    if not reported:
        return None, (Reason("no_valid_result"),)
    most = options[reported[True] >= reported[False]]
    if len(reported) == 1 or options[True].chosen == options[False].chosen:
        return most.chosen, most.why
    return most.chosen, (*most.why, Reason("mixed_statistics", {"n": max(reported.values()), "of": reported.total()}))


def item_statistics(plan: ScoringPlan, item: ItemPlan, basis: Basis, options: Choices, readings: Sequence[Pair]) -> ItemStatistics:
    """The item's summary for screen and report."""
    chosen, why = _item_choice(plan, basis, options, readings)
    low, high = limits(basis, chosen)
    codes = Counter(reading.result_code for _, reading in readings if reading.result_code)
    summary = basis.summary
    return ItemStatistics(
        item.number, item.is_core, item.expected_code, basis.n_reported, basis.n_valid, basis.n_evaluated, basis.n_consensus,
        basis.n_censored, basis.x_pt, basis.u_x_pt, basis.expanded_u_x_pt, basis.u_parts, basis.sigma_pt,
        plan.assigned_value_route, plan.sigma_pt_route, basis.is_u_negligible, basis.delta_e,
        summary.median, summary.niqr, summary.x_star, summary.s_star, summary.iterations, low, high, chosen, why,
        tuple(CodeCount(code, count) for code, count in sorted(codes.items())), Estimate(reason=Reason("not_qualitative")),
    )


def score_item(plan: ScoringPlan, item: ItemPlan, readings: Sequence[Pair]) -> tuple[ItemStatistics, tuple[ItemScore, ...]]:
    """Statistics of one item and the scores of all participants on it."""
    basis = evaluated_basis(plan, item, readings)
    options = choices(plan, basis)
    judged = tuple(score_reading(plan, item, basis, options, who, reading) for who, reading in readings)
    return item_statistics(plan, item, basis, options, readings), judged
