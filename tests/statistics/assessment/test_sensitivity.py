"""Verdicts that hang on a choice are said to do so; nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from lims.statistics.assessment.plan import ParticipantInput, ReportedInput
from lims.statistics.assessment.run import score
from tests.scoring_factory import item, participants, qualitative, quantitative, values

TIED = ("4.0", "4.5", "4.7", "4.9", "5.0", "5.0", "5.3", "5.7", "6.2", "5.1", "4.8", "5.0")


def test_an_external_value_has_no_alternative_estimators() -> None:
    found = score(quantitative(), [item()], participants(4), values([4.5, 4.6, 4.4, 5.2]))
    assert {one.option for one in found.sensitivity} == {"preferred_statistic", "conventions.u_negligible"}


def test_the_choice_between_z_and_allowed_difference_is_named_with_the_laboratory_it_decides() -> None:
    plan = quantitative(delta_e=Decimal("1.0"))
    found = score(plan, [item()], participants(4), values([4.5, 4.6, 4.4, 5.2]))
    by_pa = next(one for one in found.sensitivity if one.value == "pa")
    assert [(one.participant_code, one.verdict, one.alternative) for one in by_pa.changes] == [("A04", "warning", "acceptable")]
    assert found.overall[3].verdict == "warning"


def test_a_preference_that_the_table_does_not_permit_changes_nothing() -> None:
    found = score(quantitative(), [item()], participants(4), values([4.5, 4.6, 4.4, 5.2]))
    assert [one.changes for one in found.sensitivity if one.value in ("en", "zeta", "pa")] == [(), (), ()]


def test_the_quartile_rule_decides_a_verdict_at_ties_of_nine_results_made_twelve() -> None:
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None, consensus_estimator="median_niqr")
    found = score(plan, [item(x_pt=None)], participants(12), values(TIED))
    other = next(one for one in found.sensitivity if one.option == "conventions.quartiles")
    again = score(replace(plan, conventions=replace(plan.conventions, quartiles=6)), [item(x_pt=None)], participants(12), values(TIED))
    changed = {
        (one.participant_code, one.verdict, two.verdict)
        for one, two in zip(found.scores, again.scores, strict=True)
        if one.verdict != two.verdict
    }
    assert changed and {(one.participant_code, one.verdict, one.alternative) for one in other.changes} == changed


def test_each_alternative_tells_the_verdicts_of_a_whole_assessment_under_it() -> None:
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None)
    found = score(plan, [item(x_pt=None)], participants(12), values(TIED))
    tried = {one.value: one for one in found.sensitivity if one.option == "consensus_estimator"}
    assert tried.keys() == {"q_hampel", "median_niqr"}
    for estimator, alternative in tried.items():
        again = score(replace(plan, consensus_estimator=estimator), [item(x_pt=None)], participants(12), values(TIED))
        changed = {one.participant_code for one, two in zip(found.scores, again.scores, strict=True) if one.verdict != two.verdict}
        assert {one.participant_code for one in alternative.changes} == changed


def test_the_most_distant_laboratory_is_left_out_of_the_consensus_once_and_still_judged() -> None:
    plan = quantitative(assigned_value_route="consensus", sigma_pt_route="this_round", sigma_pt=None)
    results = ["5.0", "5.1", "4.9", "5.05", "4.95", "5.0", "5.1", "4.9", "5.2", "4.8", "5.15", "5.55", "9.0"]
    found = score(plan, [item(x_pt=None)], participants(13), values(results))
    without = next(one for one in found.sensitivity if one.option == "without_most_distant")
    again = score(plan, [item(x_pt=None)], participants(12), values(results[:12]))
    changed = {one.participant_code for one, two in zip(found.scores[:12], again.scores, strict=True) if one.verdict != two.verdict}
    assert {one.participant_code for one in without.changes} == changed


def test_a_qualitative_round_tries_the_other_rules_on_the_verdict_of_the_round() -> None:
    items = [item(number=number, x_pt=None, expected_code="POS") for number in range(1, 6)]
    who = [ParticipantInput("A01", "customs", "submitted"), ParticipantInput("A02", "cdc", "submitted")]
    called = [(one.code, number) for one in who for number in range(1, 6)]
    reported = [ReportedInput(code, number, "NEG" if (code, number) == ("A02", 5) else "POS") for code, number in called]
    found = score(qualitative(), items, who, reported)
    by_all = next(one for one in found.sensitivity if (one.option, one.value) == ("scoring_rule", "all"))
    assert [(one.participant_code, one.item_number, one.verdict, one.alternative) for one in by_all.changes] == [
        ("A02", None, "acceptable", "action")
    ]
