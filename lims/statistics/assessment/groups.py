"""Customs group beside CDC group. A side with fewer laboratories than the border (5) yields no figure, and then neither does the other:
what is left of a total after taking away one group must not be one laboratory."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lims.statistics import robust
from lims.statistics.assessment.agreement import side_codes
from lims.statistics.assessment.estimates import estimate, reason_of
from lims.statistics.assessment.outcome import Estimate, Figure, GroupComparison, GroupSummary, ItemScore, Reason
from lims.statistics.assessment.plan import ParticipantInput, ScoringPlan, Side
from lims.statistics.assessment.reading import figure
from lims.statistics.intervals import Interval, proportion
from lims.statistics.outcome import NotCalculable
from lims.statistics.two_groups import welch_difference

_SCORED = ("correct", "false_positive", "false_negative", "indeterminate")


def _hidden(plan: ScoringPlan, participants: Sequence[ParticipantInput], codes: Collection[str], item: int | None) -> GroupComparison:
    reason = Reason("group_too_small", {"least": plan.small_numbers.group_from})

    def side(name: Side) -> GroupSummary:
        n = sum(who.side == name and who.code in codes and not who.is_organiser for who in participants)
        return GroupSummary(name, n, 0, Figure(None, reason), Figure(None, reason), Estimate(reason=reason))

    return GroupComparison(item, side("customs"), side("cdc"), Estimate(reason=reason), (reason,))


def _bias(plan: ScoringPlan, customs: list[float], cdc: list[float]) -> Estimate:
    found = welch_difference(customs, cdc, float(plan.conventions.confidence))
    if isinstance(found, NotCalculable):
        return Estimate(reason=reason_of(found), method="welch")
    if not isinstance(found.interval, Interval):
        return Estimate(found.difference, reason=reason_of(found.interval), method="welch")
    return Estimate(found.difference, found.interval.lower, found.interval.upper, None, "welch")


def item_comparison(
    plan: ScoringPlan, participants: Sequence[ParticipantInput], item_number: int, values: dict[str, float]
) -> GroupComparison:
    """One quantitative item: mean and SD of each side, customs minus CDC with Welch's interval. `values`: code to valid value."""
    sides = side_codes(plan, participants, values.keys())
    if sides is None:
        return _hidden(plan, participants, values.keys(), item_number)
    none = Estimate(reason=Reason("not_qualitative"))
    customs, cdc = ([values[code] for code in codes] for codes in sides)

    def side(name: Side, own: list[float]) -> GroupSummary:
        return GroupSummary(name, len(own), len(own), figure(robust.mean(own)), figure(robust.standard_deviation(own)), none)

    return GroupComparison(item_number, side("customs", customs), side("cdc", cdc), _bias(plan, customs, cdc), ())


def category_comparison(
    plan: ScoringPlan, participants: Sequence[ParticipantInput], scores: Sequence[ItemScore], with_results: Collection[str]
) -> GroupComparison:
    """All core items of a qualitative round: the share of correct results of each side."""
    sides = side_codes(plan, participants, with_results)
    if sides is None:
        return _hidden(plan, participants, with_results, None)
    none = Figure(None, Reason("qualitative_item"))

    def side(name: Side, codes: list[str]) -> GroupSummary:
        own = [s.category for s in scores if s.is_core and s.participant_code in codes and s.category in _SCORED]
        rate = estimate(proportion(own.count("correct"), len(own), float(plan.conventions.confidence)))
        return GroupSummary(name, len(codes), len(own), none, none, rate)

    return GroupComparison(
        None, side("customs", sides[0]), side("cdc", sides[1]), Estimate(reason=Reason("qualitative_item")),
        (Reason("pairs_not_independent"),),
    )
