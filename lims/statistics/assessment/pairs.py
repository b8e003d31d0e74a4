"""Two laboratories without a reference value: the difference, En and zeta between the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lims.statistics import scores
from lims.statistics.assessment.basis import Pair
from lims.statistics.assessment.outcome import Figure, PairScore, Reason, Verdict
from lims.statistics.assessment.plan import ItemPlan, ScoringPlan
from lims.statistics.assessment.reading import Reading, figure, refused


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
