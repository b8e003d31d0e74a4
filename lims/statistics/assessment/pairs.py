"""Two laboratories without a reference value: the difference, En and zeta between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lims.statistics import scores
from lims.statistics.assessment.basis import Pair
from lims.statistics.assessment.estimates import reason_of
from lims.statistics.assessment.outcome import Estimate, Figure, ItemScore, LimitsOfAgreement, PairScore, Reason, Verdict
from lims.statistics.assessment.plan import ItemPlan, ScoringPlan
from lims.statistics.assessment.reading import Reading, figure, refused
from lims.statistics.bland_altman import bland_altman
from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable, Number


def _allowed_difference(plan: ScoringPlan, reference: float) -> float | None:
    if plan.delta_e is not None:
        return float(plan.delta_e)
    if plan.delta_e_percent is None or plan.is_log10:
        return None
    return float(plan.delta_e_percent) * abs(reference) / 100.0


def _verdict(plan: ScoringPlan, first: Reading, second: Reading, en: Figure) -> tuple[Verdict, Reason]:
    if en.value is not None:
        return scores.en_verdict(en.value), Reason("chosen_en_between_two")
    if first.value is None or second.value is None:
        return "not_evaluated", Reason("no_criterion")
    pa = scores.percent_allowed(first.value, second.value, _allowed_difference(plan, second.value))
    verdict = scores.percent_allowed_verdict(pa)
    return verdict, Reason("no_criterion" if verdict == "not_evaluated" else "chosen_pa_between_two")


def _usable_u(reading: Reading) -> float | None:
    return reading.expanded_u if reading.u is not None else None


def pair_scores(plan: ScoringPlan, items: Sequence[ItemPlan], readings: Mapping[int, Sequence[Pair]]) -> tuple[PairScore, ...]:
    """For each core item without reference value that exactly two laboratories measured: first minus second, by code.

    d_percent is in percent of the second one. En decides when both report U; else the difference against the allowed one.
    """
    found: list[PairScore] = []
    for item in items:
        valid = [(who, reading) for who, reading in readings[item.number] if reading.is_valid]
        if not item.is_core or len(valid) != 2 or plan.assigned_value_route not in ("none", "consensus"):
            continue
        (a, first), (b, second) = valid
        en = figure(scores.en_score(first.value, second.value, _usable_u(first), _usable_u(second)), False)
        percent = refused("percent_of_log_value") if plan.is_log10 else figure(scores.percent_difference(first.value, second.value))
        verdict, why = _verdict(plan, first, second, en)
        found.append(PairScore(
            item.number, a.code, b.code, figure(scores.difference(first.value, second.value)), percent,
            figure(scores.zeta_score(first.value, second.value, first.u, second.u)), en, verdict,
            (why, *(one.u_problem for one in (first, second) if one.u_problem is not None)),
        ))
    return tuple(found)


def limits_of_agreement(plan: ScoringPlan, pairs: Sequence[PairScore], results: Sequence[ItemScore]) -> LimitsOfAgreement | None:
    """Bland and Altman's limits over the samples that two laboratories shared; from the plan's number of pairs (20), else None.

    From the results and not from their differences: only the results tell what of a difference is rounding noise of binary numbers.
    """
    values = {(one.participant_code, one.item_number): one.value for one in results}
    both = [
        (first, second)
        for one in pairs
        if (first := values[one.first, one.item_number]) is not None and (second := values[one.second, one.item_number]) is not None
    ]
    if len(both) < plan.small_numbers.split_pairs or len({(one.first, one.second) for one in pairs}) != 1:
        return None
    found = bland_altman(
        [first for first, _ in both], [second for _, second in both], float(plan.conventions.bland_altman_multiplier),
        plan.conventions.bland_altman_variance, float(plan.conventions.confidence),
    )  # fmt: skip
    if isinstance(found, NotCalculable):
        return None
    bias, lower, upper = (
        _with_interval(value, interval)
        for value, interval in (
            (found.bias, found.bias_interval), (found.lower, found.lower_interval), (found.upper, found.upper_interval)
        )
    )  # fmt: skip
    is_one_scale = plan.is_log10 or plan.is_one_scale
    return LimitsOfAgreement(pairs[0].first, pairs[0].second, found.n, bias, figure(found.sd), lower, upper, is_one_scale)


def _with_interval(value: Number, interval: Interval | NotCalculable) -> Estimate:
    if isinstance(value, NotCalculable):
        return Estimate(reason=reason_of(value), method="bland_altman")
    if isinstance(interval, NotCalculable):
        return Estimate(value, reason=reason_of(interval), method="bland_altman")
    return Estimate(value, interval.lower, interval.upper, None, "bland_altman")
