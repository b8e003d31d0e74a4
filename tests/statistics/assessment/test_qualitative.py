"""Qualitative panels: calls, tally, rules (a) to (d), indeterminate and missing results."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.assessment.plan import ItemPlan
from lims.statistics.assessment.run import score
from tests.scoring_factory import answers, first, overall_of, panel, participants, qualitative, reason_codes, run_panel

NAT5 = panel("POS", "POS", "WPOS", "NEG", "NEG")
CODES = ("POS", "WPOS", "IND", "NEG", "INV", "DET", "ND", "LOQLT", "GTMAX", "NT")


@pytest.mark.parametrize(("row", "percent", "verdict"), [
    ("POS POS WPOS NEG NEG", 100.0, "acceptable"),
    ("DET GTMAX LOQLT ND ND", 100.0, "acceptable"),
    ("POS POS NEG NEG NEG", 80.0, "acceptable"),
    ("POS POS NEG NEG POS", 60.0, "action"),
    ("POS POS IND NEG NEG", 90.0, "acceptable"),
    ("POS IND WPOS NEG NEG", 80.0, "acceptable"),
    ("POS POS WPOS NEG INV", 100.0, "acceptable"),
    ("POS POS WPOS NEG -", 100.0, "acceptable"),
    ("INV INV INV NT NT", None, "not_evaluated"),
])
def test_the_percent_rule_with_threshold_eighty(row: str, percent: float | None, verdict: str) -> None:
    own = overall_of(run_panel(qualitative(), NAT5, [row, "POS POS WPOS NEG NEG"]))
    assert (own.percent_score.value, own.verdict) == (percent, verdict)


def test_the_threshold_is_met_exactly_and_missed_by_the_least() -> None:
    five = "POS POS NEG NEG NEG"
    for threshold, verdict in (("80", "acceptable"), ("80.0000001", "action")):
        plan = qualitative(percent_score_threshold=Decimal(threshold))
        assert overall_of(run_panel(plan, NAT5, [five])).verdict == verdict
    thirds = panel("NEG", "NEG", "NEG")
    plan = qualitative(percent_score_threshold=Decimal("66.6666666666666666"))
    assert overall_of(run_panel(plan, thirds, ["NEG NEG POS"])).verdict == "acceptable"


@pytest.mark.parametrize(("policy", "scope", "expected", "points"), [
    ("half", "weak_positive", "WPOS", 0.5), ("zero", "weak_positive", "WPOS", 0.0), ("exclude", "weak_positive", "WPOS", None),
    ("half", "weak_positive", "NEG", 0.0), ("exclude", "weak_positive", "POS", 0.0),
    ("half", "all", "NEG", 0.5), ("exclude", "all", "POS", None),
])
def test_indeterminate_counts_as_the_protocol_says(policy: str, scope: str, expected: str, points: float | None) -> None:
    found = run_panel(qualitative(indeterminate_policy=policy, indeterminate_scope=scope), panel(expected), ["IND"])
    assert first(found).category == "indeterminate" and first(found).points == points


def test_a_missing_result_counts_zero_only_when_the_protocol_says_so_and_the_report_says_it() -> None:
    row = ["POS POS WPOS - -"]
    assert overall_of(run_panel(qualitative(), NAT5, row)).percent_score.value == 100.0
    found = run_panel(qualitative(missing_policy="counts_as_zero"), NAT5, row)
    assert overall_of(found).percent_score.value == 60.0
    assert "rule_missing_counts_as_zero" in reason_codes(found.conclusions)
    stated = run_panel(qualitative(missing_policy="counts_as_zero"), NAT5, ["POS POS WPOS NT NT"])
    assert overall_of(stated).percent_score.value == 100.0


@pytest.mark.parametrize(("rule", "verdict"), [
    ("percent", "acceptable"), ("core", "action"), ("all", "action"), ("weighted", "acceptable"),
])
def test_one_missed_weak_positive_under_each_rule(rule: str, verdict: str) -> None:
    own = overall_of(run_panel(qualitative(scoring_rule=rule), NAT5, ["POS POS NEG NEG NEG"]))
    assert own.verdict == verdict
    assert "needs_review" not in own.marks


@pytest.mark.parametrize(("policy", "verdict", "review"), [
    ("none", "acceptable", False), ("review", "acceptable", True), ("action", "action", False),
])
def test_a_missed_strong_positive_goes_where_the_protocol_says(policy: str, verdict: str, review: bool) -> None:
    own = overall_of(run_panel(qualitative(critical_error=policy), NAT5, ["NEG POS WPOS NEG NEG"]))
    assert (own.verdict, "needs_review" in own.marks) == (verdict, review)


def test_in_the_weighted_rule_a_negative_called_positive_is_critical_and_weights_count() -> None:
    own = overall_of(run_panel(qualitative(scoring_rule="weighted", critical_error="action"), NAT5, ["POS POS WPOS NEG POS"]))
    assert own.verdict == "action" and "critical_error_action" in reason_codes(own.reasons)
    heavy = [ItemPlan(1, expected_code="POS", weight=Decimal("0.7")), ItemPlan(2, expected_code="NEG", weight=Decimal("0.1"))]
    light = overall_of(run_panel(qualitative(scoring_rule="weighted", critical_error="none"), heavy, ["POS POS"]))
    assert light.percent_score.value == 87.5 and light.verdict == "acceptable"


def test_an_educational_item_is_shown_and_counts_nowhere() -> None:
    items = [*panel("POS", "NEG"), ItemPlan(3, is_core=False, expected_code="POS", is_strong=True)]
    found = run_panel(qualitative(scoring_rule="core"), items, ["POS NEG NEG"])
    own = overall_of(found)
    assert own.verdict == "acceptable" and own.n_items_total == 2 and own.tally is not None and own.tally.total == 2
    assert found.scores[2].verdict == "not_evaluated" and "educational" in found.scores[2].marks


@given(st.lists(st.lists(st.sampled_from([*CODES, "-"]), min_size=5, max_size=5).map(" ".join), min_size=1, max_size=6))
def test_the_tally_always_adds_up_to_the_core_items(rows: list[str]) -> None:
    found = run_panel(qualitative(), NAT5, rows)
    for own in found.overall:
        assert own.tally is not None and own.tally.total == 5
        assert own.verdict in ("acceptable", "action", "not_evaluated")
        assert own.percent_score.value is None or 0.0 <= own.percent_score.value <= 100.0
    assert sum(one.count for one in found.items[0].code_counts) == found.items[0].n_reported


def test_item_difficulty_appears_from_eight_laboratories() -> None:
    rows = ["POS"] * 6 + ["NEG"] * 2
    eight = run_panel(qualitative(), panel("WPOS"), rows).items[0].correct_rate
    assert eight.value == 0.75 and eight.low is not None and eight.high is not None
    assert run_panel(qualitative(), panel("WPOS"), rows[1:]).items[0].correct_rate.reason is not None


def test_an_unknown_result_code_or_a_stranger_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="MAYBE"):
        run_panel(qualitative(), panel("POS"), ["MAYBE"])
    with pytest.raises(ValueError, match="not in this round"):
        score(qualitative(), panel("POS"), participants(1), answers(["POS", "POS"]))
    with pytest.raises(ValueError, match="twice"):
        score(qualitative(), panel("POS"), participants(1), [*answers(["POS"]), *answers(["POS"])])
