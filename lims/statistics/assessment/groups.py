"""Customs group beside CDC group. A side with fewer laboratories than the border (5) yields no figure, and then neither does the other:
what is left of a total after taking away one group must not be one laboratory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from lims.statistics import robust
from lims.statistics.assessment.agreement import calls_of, categories_of, side_codes
from lims.statistics.assessment.estimates import estimate, reason_of
from lims.statistics.assessment.outcome import EquivalenceTest, Estimate, Figure, GroupComparison, GroupSummary, ItemScore, Reason
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan, Side
from lims.statistics.assessment.reading import figure
from lims.statistics.equivalence import equivalence, group_bias
from lims.statistics.group_kappa import group_kappa
from lims.statistics.intervals import Interval, proportion
from lims.statistics.outcome import NotCalculable
from lims.statistics.two_groups import MeanDifference, PairedDifference, welch_difference

Sides = tuple[list[str], list[str]]
_SCORED = ("correct", "false_positive", "false_negative", "indeterminate")


def _hidden(plan: ScoringPlan, participants: Sequence[ParticipantInput], codes: Collection[str], item: int | None) -> GroupComparison:
    reason = Reason("group_too_small", {"least": plan.small_numbers.group_from})

    def side(name: Side) -> GroupSummary:
        n = sum(who.side == name and who.code in codes and not who.is_organiser for who in participants)
        return GroupSummary(name, n, 0, Figure(None, reason), Figure(None, reason), Estimate(reason=reason))

    return GroupComparison(item, side("customs"), side("cdc"), _none(reason), _untested(reason), _none(reason), (reason,))


def _bias(plan: ScoringPlan, customs: list[float], cdc: list[float]) -> Estimate:
    found = welch_difference(customs, cdc, float(plan.conventions.confidence))
    if isinstance(found, NotCalculable):
        return Estimate(reason=reason_of(found), method="welch")
    if not isinstance(found.interval, Interval):
        return Estimate(found.difference, reason=reason_of(found.interval), method="welch")
    return Estimate(found.difference, found.interval.lower, found.interval.upper, None, "welch")


def _none(reason: Reason) -> Estimate:
    return Estimate(reason=reason)


def _untested(reason: Reason) -> EquivalenceTest:
    return EquivalenceTest(None, None, None, None, "not_evaluated", reason)


def _tested(plan: ScoringPlan, found: MeanDifference | PairedDifference | NotCalculable) -> EquivalenceTest:
    """Two one-sided tests at 5 % against the limit of the protocol."""
    if plan.equivalence_limit is None:
        return _untested(Reason("equivalence_limit_missing"))
    limit = float(plan.equivalence_limit)
    test = equivalence(found, limit, float(plan.conventions.equivalence_alpha))
    if isinstance(test.p, NotCalculable):
        return EquivalenceTest(limit, None, None, None, "not_evaluated", reason_of(test.p))
    low, high = (test.interval.lower, test.interval.upper) if isinstance(test.interval, Interval) else (None, None)
    return EquivalenceTest(limit, low, high, test.p, test.verdict)


def item_comparison(
    plan: ScoringPlan, participants: Sequence[ParticipantInput], item_number: int, values: dict[str, float]
) -> GroupComparison:
    """One quantitative item: mean and SD of each side, customs minus CDC with Welch's interval. `values`: code to valid value."""
    sides = side_codes(plan, participants, values.keys())
    if sides is None:
        return _hidden(plan, participants, values.keys(), item_number)
    none = _none(Reason("not_qualitative"))
    customs, cdc = ([values[code] for code in codes] for codes in sides)

    def side(name: Side, own: list[float]) -> GroupSummary:
        return GroupSummary(name, len(own), len(own), figure(robust.mean(own)), figure(robust.standard_deviation(own)), none)

    test = _tested(plan, welch_difference(customs, cdc))
    return GroupComparison(item_number, side("customs", customs), side("cdc", cdc), _bias(plan, customs, cdc), test, none, ())


def over_items(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], values: Mapping[int, Mapping[str, float]]
) -> tuple[GroupComparison, ...]:
    """The bias over all core items, paired over the items' group means; nothing for a single item.

    Logarithms can be pooled as they are, other items where the protocol says that they lie on one scale; items of unlike levels would
    weigh by their level and are not pooled. The same border for small groups holds.
    """
    if len(values) < 2:
        return ()
    with_results = {code for own in values.values() for code in own}
    sides = side_codes(plan, participants, with_results)
    if sides is None:
        return (_hidden(plan, participants, with_results, None),)
    qualitative, many = _none(Reason("not_qualitative")), Figure(None, Reason("several_levels"))

    def side(name: Side, codes: list[str]) -> GroupSummary:
        n = sum(code in own for own in values.values() for code in codes)
        return GroupSummary(name, len(codes), n, many, many, qualitative)

    customs, cdc = side("customs", sides[0]), side("cdc", sides[1])
    if not (plan.is_log10 or plan.is_one_scale):
        levels = Reason("several_levels")
        return (GroupComparison(None, customs, cdc, _none(levels), _untested(levels), qualitative, ()),)
    tables = [[[values[number].get(code) for number in values] for code in codes] for codes in sides]
    found = group_bias(tables[0], tables[1], confidence=float(plan.conventions.confidence)).by_item
    return (GroupComparison(None, customs, cdc, _paired(found), _tested(plan, found), qualitative, ()),)


def _paired(found: PairedDifference | NotCalculable) -> Estimate:
    if isinstance(found, NotCalculable):
        return Estimate(reason=reason_of(found), method="paired")
    if not isinstance(found.interval, Interval):
        return Estimate(found.difference, reason=reason_of(found.interval), method="paired")
    return Estimate(found.difference, found.interval.lower, found.interval.upper, None, "paired")


def _between(plan: ScoringPlan, items: Sequence[ItemPlan], answers: Mapping[str, dict[int, ReportedInput]], sides: Sides) -> Estimate:
    """Kappa between the groups over the core items (Vanbelle and Albert), with its interval over items."""
    categories = categories_of(plan)
    calls = [[calls_of(items, answers[code]) for code in codes] for codes in sides]
    numbers = [item.number for item in items if item.is_core]
    counts = [
        [[sum(own.get(number) == category for own in side) for category in categories] for number in numbers] for side in calls
    ]
    found = group_kappa(counts[0], counts[1], confidence=float(plan.conventions.confidence)).kappa
    if isinstance(found.value, NotCalculable):
        return Estimate(reason=reason_of(found.value), method="group_kappa")
    if not isinstance(found.interval, Interval):
        return Estimate(found.value, reason=reason_of(found.interval), method="group_kappa")
    return Estimate(found.value, found.interval.lower, found.interval.upper, None, "group_kappa")


def category_comparison(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput],
    answers: Mapping[str, dict[int, ReportedInput]], scores: Sequence[ItemScore], with_results: Collection[str],
) -> GroupComparison:  # fmt: skip
    """All core items of a qualitative round: the share of correct results of each side, and kappa between the sides."""
    sides = side_codes(plan, participants, with_results)
    if sides is None:
        return _hidden(plan, participants, with_results, None)
    called = Reason("qualitative_item")
    none = Figure(None, called)

    def side(name: Side, codes: list[str]) -> GroupSummary:
        own = [s.category for s in scores if s.is_core and s.participant_code in codes and s.category in _SCORED]
        rate = estimate(proportion(own.count("correct"), len(own), float(plan.conventions.confidence), plan.conventions.binomial_interval))
        return GroupSummary(name, len(codes), len(own), none, none, rate)

    return GroupComparison(
        None, side("customs", sides[0]), side("cdc", sides[1]), _none(called), _untested(called), _between(plan, items, answers, sides),
        (Reason("pairs_not_independent"),),
    )
