"""A censored value that lies certainly outside the acceptance range is judged whatever the number of laboratories (domain rules 5.6)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lims.statistics.assessment.plan import ReportedInput
from lims.statistics.assessment.round_score import RoundScore
from lims.statistics.assessment.run import score
from tests.scoring_factory import item, overall_of, participants, quantitative, reason_codes, values


def with_limit(relation: str, limit: str, results: list[object], **changes: object) -> RoundScore:
    """One item: numbers, and the last participant's censored value."""
    reported = values([*results, limit])
    reported[-1] = replace(reported[-1], relation=relation)  # type: ignore[arg-type]
    return score(quantitative(**changes), [item()], participants(len(results) + 1), reported)


def test_below_the_lower_limit_is_unsatisfactory_though_only_two_numbers_are_left() -> None:
    found = with_limit("<", "4.0", [4.5, 4.6])
    assert found.scores[2].verdict == "action" and reason_codes(found.scores[2].reasons) == ["censored_outside"]
    assert found.scores[2].chosen == "z" and overall_of(found, "A03").verdict == "action"


def test_a_censored_result_alone_is_judged_too_by_limits_from_outside() -> None:
    for changes in ({}, {"sigma_pt": None, "delta_e": Decimal("0.5")}):
        found = with_limit(">", "5.1", [], **changes)
        assert found.scores[0].verdict == "action" and found.n_scored == 1
        assert found.items[0].upper_limit.value == 5.0 and found.items[0].n_evaluated == 1


def test_a_judged_censored_result_counts_as_a_laboratory_and_an_undecided_one_does_not() -> None:
    judged, undecided = with_limit("<", "4.0", [4.5, 4.6]), with_limit("<", "4.2", [4.5, 4.6])
    assert (judged.n_scored, judged.band, judged.items[0].n_evaluated, judged.items[0].n_valid) == (3, "small", 3, 2)
    assert [one.verdict for one in judged.scores] == ["acceptable", "acceptable", "action"]
    assert (undecided.n_scored, undecided.band, undecided.items[0].n_evaluated) == (2, "two", 2)
    assert [one.verdict for one in undecided.scores] == ["not_evaluated"] * 3


def test_numbers_at_two_laboratories_are_still_not_judged_by_z() -> None:
    found = score(quantitative(), [item()], participants(2), values([4.5, 9.9]))
    assert [one.verdict for one in found.scores] == ["not_evaluated"] * 2


def test_two_laboratories_are_judged_by_the_allowed_difference_and_so_is_the_censored_one() -> None:
    found = with_limit("<", "3.9", [4.5], delta_e=Decimal("0.5"))
    assert [one.chosen for one in found.scores] == ["pa", "pa"] and found.scores[1].verdict == "action"


def test_a_consensus_counts_numbers_only() -> None:
    own = [5 + 0.1 * n for n in range(11)]
    reported = [*values(own), ReportedInput("A12", 1, None, "<", "1.0", unit="1")]
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None)
    found = score(plan, [item(x_pt=None)], participants(12), reported)
    assert found.scores[11].verdict == "not_evaluated" and reason_codes(found.scores[11].reasons)[0] == "censored_no_limits"
    enough = score(plan, [item(x_pt=None)], participants(13), [*values([*own, 5.2]), ReportedInput("A13", 1, None, "<", "1.0", unit="1")])
    assert enough.scores[12].verdict == "action" and enough.items[0].n_consensus == 12


def test_where_only_en_decides_a_censored_value_has_no_range_and_is_not_evaluated() -> None:
    found = with_limit("<", "4.0", [4.5, 4.6], sigma_pt=None, sigma_pt_route="none")
    assert found.scores[2].verdict == "not_evaluated" and reason_codes(found.scores[2].reasons)[0] == "censored_no_limits"
