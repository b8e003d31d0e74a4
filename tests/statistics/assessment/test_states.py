"""Who did not answer, is late, left or could not test: five states, never a failure (C4), and groups that hide no single laboratory."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.assessment.outcome import GroupComparison
from lims.statistics.assessment.plan import ParticipantInput, ReportedInput, SmallNumberRule
from lims.statistics.assessment.round_score import RoundScore
from lims.statistics.assessment.run import score
from tests.scoring_factory import (
    answers,
    codes,
    first,
    item,
    overall_of,
    panel,
    participants,
    qualitative,
    quantitative,
    reason_codes,
    run_values,
    values,
)

STATES = ("submitted", "late", "could_not_test", "no_response", "withdrawn")
LATE = ("refuse", "list", "score_marked")
REASONS = {"could_not_test": "could_not_test", "no_response": "no_response", "withdrawn": "withdrawn"}
LATE_REASONS = {"refuse": "late_refused", "list": "late_not_scored"}


def is_scored(state: str, late: str) -> bool:
    return state == "submitted" or (state == "late" and late == "score_marked")


def round_with(kind: str, state: str, late: str, organiser: bool, has_result: bool, missing: str) -> RoundScore:
    """A01 in the given state among five good laboratories; its result, where it has one, is as wrong as can be."""
    people = [ParticipantInput("A01", "customs", state, organiser), *participants(6)[1:]]
    if kind == "quantitative":
        plan = quantitative(late_policy=late, missing_policy=missing)
        rows = values(["9.9" if has_result else None, *["4.5"] * 5])
        return score(plan, [item()], people, rows)
    plan = qualitative(late_policy=late, missing_policy=missing)
    return score(plan, panel("POS", "NEG"), people, answers(["NEG POS" if has_result else "- -", *["POS NEG"] * 5]))


@pytest.mark.assurance("C4")
@pytest.mark.parametrize(
    ("kind", "state", "late", "organiser", "has_result", "missing"),
    [*product(("quantitative", "qualitative"), STATES, LATE, (False, True), (False, True), ("not_counted", "counts_as_zero"))],
)
def test_a_participant_fails_only_by_a_scored_result(
    kind: str, state: str, late: str, organiser: bool, has_result: bool, missing: str
) -> None:
    found = round_with(kind, state, late, organiser, has_result, missing)
    own, scores = overall_of(found), [one for one in found.scores if one.participant_code == "A01"]
    scored = is_scored(state, late)
    counts_zero = kind == "qualitative" and scored and not has_result and missing == "counts_as_zero"
    if scored and (has_result or counts_zero):
        assert own.verdict == "action"
    elif state == "no_response":
        assert own.verdict == "no_response" and {one.verdict for one in scores} == {"no_response"}
    else:
        assert own.verdict == "not_evaluated" and {one.verdict for one in scores} == {"not_evaluated"}
    if not scored:
        expected = REASONS.get(state) or LATE_REASONS[late]
        assert reason_codes(own.reasons) == [expected]
        assert own.percent_score.value is None and own.points is None and own.tally is None and own.n_items_scored == 0
    assert {one.verdict for one in found.overall if one.participant_code != "A01"} == {"acceptable"}
    assert found.n_scored == 5 + (scored and has_result)
    assert sum(count.count for count in found.state_counts) == found.n_participants == 6
    assert ("late" in own.marks) == (state == "late") and ("organiser" in own.marks) == organiser


@pytest.mark.assurance("C4")
@pytest.mark.parametrize("exclusion", ["excluded_invalid", "not_scored"])
def test_a_result_excluded_by_the_blunder_desk_is_never_a_failure(exclusion: str) -> None:
    rows = [ReportedInput("A01", 1, value="9.9", unit="1", exclusion=exclusion), *values(["x", "4.5", "4.5", "4.5"])[1:]]
    found = score(quantitative(), [item()], participants(4), rows)
    assert overall_of(found).verdict == "not_evaluated"
    assert reason_codes(first(found).reasons) == [exclusion] and "excluded" in first(found).marks
    coded = [ReportedInput("A01", 1, result_code="NEG", exclusion=exclusion), *answers(["-", "POS", "POS"])]
    found = score(qualitative(), panel("POS"), participants(3), coded)
    assert overall_of(found).verdict == "not_evaluated"
    tally = overall_of(found).tally
    assert tally is not None and (tally.invalid, tally.total) == (1, 1)


def test_five_states_are_counted_apart() -> None:
    people = [ParticipantInput(code, "customs", state) for code, state in zip(codes(5), STATES, strict=True)]
    found = score(quantitative(), [item()], people, values(["4.5", "4.5", None, None, None]))
    assert {one.state: one.count for one in found.state_counts} == dict.fromkeys(STATES, 1)
    assert len({reason_codes(one.reasons)[0] for one in found.overall}) == 5


def test_late_work_is_listed_with_its_value_and_not_thrown_away() -> None:
    """Pain 4."""
    people = [ParticipantInput("A01", "cdc", "late"), *participants(4)[1:]]
    found = score(quantitative(late_policy="list"), [item()], people, values(["4.6", "4.5", "4.5", "4.5"]))
    assert (first(found).value, first(found).verdict) == (4.6, "not_evaluated")
    marked = score(quantitative(late_policy="score_marked"), [item()], people, values(["4.6", "4.5", "4.5", "4.5"]))
    assert first(marked).verdict == "acceptable" and first(marked).marks == ("late",)


@pytest.mark.parametrize(("relation", "limit", "verdict"), [
    ("<", "4.00", "action"), ("<", "3.2", "action"), ("<", "4.0000001", "not_evaluated"), ("<", "6", "not_evaluated"),
    (">", "5.00", "action"), (">", "7", "action"), (">", "4.9999999", "not_evaluated"), (">", "3", "not_evaluated"),
])
def test_a_censored_value_is_judged_by_its_limit_alone(relation: str, limit: str, verdict: str) -> None:
    rows = [ReportedInput("A01", 1, relation=relation, value=limit, unit="1"), *values(["x", "4.5", "4.5", "4.5"])[1:]]
    found = score(quantitative(), [item()], participants(4), rows)
    assert first(found).verdict == verdict
    assert first(found).z.value is None and "censored" in first(found).marks
    assert (found.items[0].n_valid, found.items[0].n_censored) == (3, 1)


@pytest.mark.parametrize("code", ["ND", "LOQLT", "GTMAX", "INV", "NT"])
def test_a_code_without_limit_is_not_evaluated_and_enters_no_mean(code: str) -> None:
    rows = [ReportedInput("A01", 1, result_code=code), *values(["x", "4.5", "4.5", "4.5"])[1:]]
    found = score(quantitative(), [item()], participants(4), rows)
    assert first(found).verdict == "not_evaluated" and found.items[0].n_valid == 3


def test_a_censored_value_without_acceptance_range_is_not_evaluated() -> None:
    rows = [ReportedInput("A01", 1, relation="<", value="1", unit="1"), *values(["x", "4.5", "4.5"], u=["1", "0.1", "0.1"])[1:]]
    found = score(quantitative(sigma_pt=None, sigma_pt_route="none"), [item(expanded_u_x_pt=Decimal("0.1"))], participants(3), rows)
    assert first(found).verdict == "not_evaluated" and "censored_no_limits" in reason_codes(first(found).reasons)


def is_hidden(group: GroupComparison) -> bool:
    sides = (group.customs, group.cdc)
    none = all(side.mean.value is None and side.sd.value is None and side.correct_rate.value is None for side in sides)
    return none and group.bias.value is None


@pytest.mark.assurance("C4")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["customs", "cdc"]), st.sampled_from(("submitted",) * 8 + STATES), st.sampled_from((False,) * 6 + (True,)),
        ),
        min_size=4, max_size=18,
    ),
    st.integers(2, 7), st.sampled_from(["quantitative", "qualitative"]),
)
def test_a_group_below_the_border_shows_nothing_and_what_is_left_over_is_never_one_laboratory(
    people: list[tuple[str, str, bool]], least: int, kind: str
) -> None:
    named = [ParticipantInput(code, *who) for code, who in zip(codes(len(people)), people, strict=True)]
    rule = SmallNumberRule(group_from=least)
    if kind == "quantitative":
        rows = values([f"4.{40 + index}" for index in range(len(people))])
        found = score(quantitative(small_numbers=rule), [item()], named, rows)
    else:
        found = score(qualitative(small_numbers=rule), panel("POS", "NEG"), named, answers(["POS NEG"] * len(people)))
    counted = [who for who in named if who.state == "submitted" and not who.is_organiser]
    sizes = [sum(who.side == side for who in counted) for side in ("customs", "cdc")]
    group = found.groups[0]
    assert (group.customs.n_laboratories, group.cdc.n_laboratories) == tuple(sizes)
    assert is_hidden(group) == (min(sizes) < least)
    total = found.items[0].n_consensus
    for size in sizes:
        assert is_hidden(group) or size == total or total - size >= least
    has_group_table = any(table.kind == "group" for table in found.agreement)
    assert has_group_table == (kind == "qualitative" and min(sizes) >= least)


@pytest.mark.assurance("C4")
@pytest.mark.parametrize("kind", ["quantitative", "qualitative"])
@pytest.mark.parametrize(("n", "organiser", "hidden"), [(9, False, True), (10, False, False), (10, True, True), (11, True, False)])
def test_the_border_of_five_holds_for_the_smaller_side_without_the_organiser(kind: str, n: int, organiser: bool, hidden: bool) -> None:
    people = [ParticipantInput(who.code, who.side, who.state, organiser and who.code == "A01") for who in participants(n)]
    if kind == "quantitative":
        found = score(quantitative(), [item()], people, values([f"4.{40 + index}" for index in range(n)]))
    else:
        found = score(qualitative(), panel("POS", "NEG"), people, answers(["POS NEG"] * n))
    assert is_hidden(found.groups[0]) == hidden
    assert any(reason.code == "group_too_small" for reason in found.groups[0].warnings) == hidden
    assert ("no_group_comparison" in reason_codes(found.not_concluded)) == hidden


def test_two_groups_of_five_are_compared_with_bias_and_interval() -> None:
    found = run_values(quantitative(), item(), ["4.7", "4.4", "4.8", "4.5", "4.9", "4.4", "4.7", "4.6", "4.8", "4.5"])
    group = found.groups[0]
    assert group.customs.mean.value == pytest.approx(4.78) and group.cdc.mean.value == pytest.approx(4.48)
    assert group.bias.value == pytest.approx(0.30)
    assert group.bias.low is not None and group.bias.high is not None and group.bias.low < 0.3 < group.bias.high
