"""Bias between groups and equivalence: published data, shared items, and why there is sometimes no answer."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import ttest_ind

from lims.statistics.equivalence import equivalence, group_bias
from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.two_groups import MeanDifference, PairedDifference, paired_difference, welch_difference

SLEEP = ([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
VALUES = st.lists(st.integers(-500, 500).map(lambda value: value / 100), min_size=2, max_size=8)


@pytest.mark.assurance("R8")
def test_students_sleep_is_not_shown_equivalent_within_half_an_hour() -> None:
    found = equivalence(welch_difference(*SLEEP), 0.5)
    assert (found.t_lower, found.t_upper, found.p) == pytest.approx((-1.272, 2.449, 0.89), abs=0.005)
    assert found.verdict == "inconclusive"
    assert found.interval.confidence == pytest.approx(0.9)


def test_wide_limits_are_met_and_a_shift_outside_is_not_equivalent() -> None:
    wide = equivalence(welch_difference(*SLEEP), 4.0)
    assert (wide.verdict, wide.p) == ("equivalent", pytest.approx(0.00536, abs=5e-6))
    assert equivalence(paired_difference(*SLEEP), 0.5).verdict == "not_equivalent"
    assert equivalence(welch_difference(*SLEEP), 0.5, lower=-9.0).verdict == "equivalent"


def test_a_difference_that_is_not_significant_is_not_yet_equivalent() -> None:
    found = welch_difference([9.0, 11.0], [9.5, 12.5])
    assert found.interval.lower < 0 < found.interval.upper
    assert equivalence(found, 1.0).verdict == "inconclusive"


def test_without_a_standard_error_the_reason_is_handed_on() -> None:
    few = equivalence(welch_difference([1.0], [1.0, 2.0]), 1.0)
    assert (few.verdict, few.reason) == ("not_evaluated", NotCalculable("too_few_values", {"n": 1, "least": 2}))
    flat = equivalence(welch_difference([5.0, 5.0], [5.1, 5.1]), 1.0)
    assert flat.verdict == "not_evaluated" and flat.p == flat.interval == flat.reason == NotCalculable("scale_missing")


@pytest.mark.parametrize("options", [{"limit": 0.0}, {"limit": -1.0}, {"limit": math.inf}, {"limit": 1.0, "alpha": 0.5}])
def test_limits_without_sense_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        equivalence(welch_difference(*SLEEP), **options)


@given(VALUES, VALUES, st.floats(0.01, 10))
def test_the_tests_equal_those_of_statsmodels(a: list[float], b: list[float], limit: float) -> None:
    found = equivalence(welch_difference(a, b), limit)
    if found.reason is not None:
        return
    lower, upper = ttest_ind(a, b, "larger", "unequal", value=-limit)[1], ttest_ind(a, b, "smaller", "unequal", value=limit)[1]
    assert found.p == pytest.approx(max(lower, upper), rel=1e-6, abs=1e-9)
    inside = -limit < found.interval.lower and found.interval.upper < limit
    assert (found.verdict == "equivalent") == inside or abs(found.p - 0.05) < 1e-9


def test_students_sleep_paired_has_its_published_interval() -> None:
    found = paired_difference(*SLEEP)
    assert isinstance(found, PairedDifference)
    assert (found.difference, found.sd, found.degrees_of_freedom) == pytest.approx((-1.58, 1.2300, 9), abs=5e-5)
    assert (found.interval.lower, found.interval.upper) == pytest.approx((-2.4598858, -0.7001142), abs=5e-8)


def test_two_items_leave_a_very_wide_interval() -> None:
    found = paired_difference([10.0, 12.0], [9.0, 10.0])
    assert found.interval.upper - found.interval.lower == pytest.approx(2 * 12.7062 * 0.5, rel=1e-5)


def test_pairs_without_spread_keep_the_difference_and_have_no_interval() -> None:
    found = paired_difference([1.1, 2.2, 3.3], [1.0, 2.1, 3.2])
    assert found.difference == pytest.approx(0.1)
    assert found.interval == found.degrees_of_freedom == NotCalculable("scale_missing")
    assert paired_difference([1.0], [2.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    with pytest.raises(ValueError, match="pairs"):
        paired_difference([1.0], [])


def test_groups_are_compared_over_laboratories_and_over_items() -> None:
    customs = [[10.0, 20.2, 30.1], [11.0, 21.0, 31.4]]
    cdc = [[12.0, 22.1, 32.0], [13.0, 22.8, 33.5], [11.5, 22.0, 32.2]]
    found = group_bias(customs, cdc, limit=5.0)
    assert (found.items, found.laboratories) == (3, (2, 3))
    assert isinstance(found.by_laboratory, MeanDifference) and isinstance(found.by_item, PairedDifference)
    assert found.by_laboratory.difference == pytest.approx(found.by_item.difference)
    assert found.by_item.n == 3
    assert (
        found.by_item.interval.upper - found.by_item.interval.lower
        < found.by_laboratory.interval.upper - found.by_laboratory.interval.lower
    )
    assert found.equivalence_by_item.verdict == found.equivalence_by_laboratory.verdict == "equivalent"


def test_a_group_that_is_two_lower_is_two_lower_both_ways() -> None:
    found = group_bias([[10.0, 20.0], [11.0, 21.0]], [[12.0, 22.0], [13.0, 23.0]])
    assert found.by_laboratory.difference == found.by_item.difference == -2.0
    assert found.by_item.interval == NotCalculable("scale_missing")


def test_one_item_is_welchs_difference_of_the_results() -> None:
    found = group_bias([[10.0], [11.0], [10.4]], [[12.0], [13.0], [12.1]], limit=1.0)
    plain = welch_difference([10.0, 11.0, 10.4], [12.0, 13.0, 12.1])
    assert found.by_laboratory.difference == pytest.approx(plain.difference)
    assert found.by_laboratory.standard_error == pytest.approx(plain.standard_error)
    assert found.by_item == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert found.equivalence_by_item.verdict == "not_evaluated"


def test_items_of_one_group_only_and_laboratories_without_shared_items_are_left_out() -> None:
    found = group_bias([[1.0, 2.0, None], [1.2, 2.1, None], [None, None, 9.0]], [[1.4, None, None], [1.1, None, None]])
    assert (found.items, found.items_left_out, found.laboratories) == (1, 2, (2, 2))
    assert found.equivalence_by_laboratory is None


def test_without_a_shared_item_there_is_nothing_to_compare() -> None:
    for groups in (([], []), ([[1.0, None]], [[None, 2.0]]), ([[]], [[]])):
        found = group_bias(*groups, limit=1.0)
        assert found.by_laboratory == found.by_item == found.equivalence_by_item.reason == NotCalculable("no_pairs")
    with pytest.raises(ValueError, match="each item"):
        group_bias([[1.0, 2.0]], [[1.0]])


@given(st.lists(VALUES, min_size=2, max_size=4), st.lists(VALUES, min_size=2, max_size=4), st.integers(-20, 20))
def test_a_common_shift_of_an_item_changes_nothing_and_of_a_group_moves_the_bias(a: list, b: list, shift: int) -> None:
    width = min(len(row) for row in (*a, *b))
    first, second = [row[:width] for row in a], [row[:width] for row in b]
    found = group_bias(first, second)
    item = group_bias(*([[row[0] + shift, *row[1:]] for row in group] for group in (first, second)))
    group = group_bias([[value + shift for value in row] for row in first], second)
    if isinstance(found.by_laboratory, MeanDifference):
        assert item.by_laboratory.difference == pytest.approx(found.by_laboratory.difference, abs=1e-9)
        assert group.by_laboratory.difference == pytest.approx(found.by_laboratory.difference + shift, abs=1e-9)


@given(VALUES)
def test_the_paired_interval_is_that_of_scipy(a: list[float]) -> None:
    b = [value * 0.9 + 0.3 for value in a[::-1]]
    found = paired_difference(a, b)
    if isinstance(found.interval, Interval):
        other = stats.ttest_rel(a, b).confidence_interval(0.95)
        assert (found.interval.lower, found.interval.upper) == pytest.approx((other.low, other.high), rel=1e-7, abs=1e-9)


def test_equal_deviations_of_the_laboratories_cannot_be_evaluated_though_they_differ_in_binary() -> None:
    found = group_bias([[4.1, 5.0], [4.2, 4.9], [4.0, 5.1]], [[4.2, 5.2], [4.3, 5.1], [4.1, 5.3]], limit=0.2)
    assert isinstance(found.by_laboratory, MeanDifference)
    assert (found.by_laboratory.standard_error, found.by_laboratory.interval) == (0.0, NotCalculable("scale_missing"))
    assert found.equivalence_by_laboratory is not None
    assert found.equivalence_by_laboratory.verdict == "not_evaluated"
    assert found.equivalence_by_laboratory.reason == NotCalculable("scale_missing")
