"""Stability of samples: the published example, edges, and the two rules that can disagree."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics import stability as stab
from lims.statistics.assigned import combined_u
from lims.statistics.outcome import NotCalculable

BEFORE = [
    *(0.185, 0.194, 0.187, 0.189, 0.182, 0.186, 0.188, 0.196, 0.191, 0.181),
    *(0.188, 0.180, 0.187, 0.196, 0.177, 0.186, 0.179, 0.187, 0.188, 0.196),
]
AFTER = [0.191, 0.198, 0.190, 0.196]
MEANS_BEFORE = [0.1895, 0.188, 0.184, 0.192, 0.186, 0.184, 0.1915, 0.1815, 0.183, 0.192]
MEANS_AFTER = [0.1945, 0.193]
LISTS = st.lists(st.integers(-500, 500).map(float), min_size=2, max_size=10)


def check(y1: list[float], y2: list[float], sigma_pt: float | None = None, **options: object) -> stab.Stability:
    found = stab.stability(y1, y2, sigma_pt, **options)
    assert isinstance(found, stab.Stability)
    return found


def test_arsenic_in_chocolate_is_stable_as_published() -> None:
    found = check(BEFORE, AFTER, 0.02807)
    assert (found.mean_2, found.difference, found.limit) == pytest.approx((0.19375, 0.0066, 0.00842), abs=5e-6)
    assert found.is_stable is True and found.change > 0


def test_trap_the_t_test_and_the_sigma_rule_disagree() -> None:
    assert check(MEANS_BEFORE, MEANS_AFTER, 0.02807).is_stable is True
    test = stab.stability_t_test(MEANS_BEFORE, MEANS_AFTER)
    assert isinstance(test, stab.StabilityTTest)
    assert test.pooled.p < 0.05 and test.welch.p < 0.05
    assert (test.pooled.t, test.pooled.df, test.pooled.p) == pytest.approx((-2.248, 10, 0.0483), abs=5e-4)


def test_trap_a_change_can_matter_without_being_significant() -> None:
    first, second = [1.0, 3.0, 2.0], [5.0, 1.0]
    assert check(first, second, 1.0).is_stable is False
    test = stab.stability_t_test(first, second)
    assert isinstance(test, stab.StabilityTTest) and test.pooled.p > 0.05


def test_a_difference_on_the_limit_is_stable() -> None:
    assert check([0.1], [0.4], 1.0).is_stable is True
    assert check([0.1], [0.4001], 1.0).is_stable is False


def test_the_expanded_rule_allows_for_the_scatter_of_the_method() -> None:
    first, second = [1.0, 3.0, 2.0], [5.0, 1.0]
    found = check(first, second, 1.0, rule="expanded")
    assert found.limit == pytest.approx(0.3 + 2 * math.sqrt(1 / 3 + 4.0)) and found.is_stable is True
    assert isinstance(check([1.0], [2.0], 1.0, rule="expanded").limit, NotCalculable)


@given(LISTS, LISTS)
def test_the_t_tests_agree_with_another_program(y1: list[float], y2: list[float]) -> None:
    found = stab.stability_t_test(y1, y2)
    assert isinstance(found, stab.StabilityTTest)
    for test, equal in ((found.pooled, True), (found.welch, False)):
        if isinstance(test.t, NotCalculable):
            continue
        other = stats.ttest_ind(y1, y2, equal_var=equal)
        assert (test.t, test.p) == pytest.approx((float(other.statistic), float(other.pvalue)), rel=1e-8, abs=1e-10)


@given(LISTS, LISTS)
def test_swapping_the_lists_turns_the_sign_only(y1: list[float], y2: list[float]) -> None:
    one, other = check(y1, y2, 1.0), check(y2, y1, 1.0)
    assert (one.change, one.difference, one.is_stable) == (-other.change, other.difference, other.is_stable)


def test_one_mean_against_a_reference_value() -> None:
    found = stab.stability_t_test_reference([5.01, 5.05, 5.02, 5.04, 5.00, 5.06], 5)
    assert isinstance(found, stab.TTest)
    assert (found.t, found.df, found.p) == pytest.approx((3.1053, 5, 0.02669), abs=5e-5)
    assert stab.stability_t_test_reference([1.0, 2.0], None) == NotCalculable("assigned_value_missing")
    single = stab.stability_t_test_reference([1.0], 1.0)
    assert isinstance(single, stab.TTest) and isinstance(single.t, NotCalculable)


def test_results_without_spread_have_no_t() -> None:
    test = stab.stability_t_test([1.0, 1.0], [2.0, 2.0])
    assert isinstance(test, stab.StabilityTTest)
    assert test.pooled.t == test.welch.t == NotCalculable("scale_missing")
    one_each = stab.stability_t_test([1.0], [2.0])
    assert isinstance(one_each, stab.StabilityTTest) and isinstance(one_each.pooled.t, NotCalculable)


def test_empty_lists_and_a_missing_sigma_are_reasons() -> None:
    assert stab.stability([], [1.0], 1.0) == stab.stability_t_test([1.0], []) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert isinstance(stab.stability_t_test_reference([], 1.0), NotCalculable)
    found = check(BEFORE, AFTER)
    assert found.limit == NotCalculable("sigma_pt_missing") and found.is_stable is None
    assert check(BEFORE, AFTER, -1.0).limit == NotCalculable("sigma_pt_not_positive", {"value": -1.0})


def test_u_stab_is_carried_into_the_assigned_value() -> None:
    found = check(BEFORE, AFTER, 0.02807)
    assert stab.u_stability(found) == pytest.approx(0.0066 / math.sqrt(3))
    assert stab.u_stability(found, "difference") == pytest.approx(0.0066)
    assert combined_u(0.002, 0.0, 0.0, stab.u_stability(found)) == pytest.approx(math.hypot(0.002, 0.0066 / math.sqrt(3)))
    assert stab.u_stability(check([1.0], [1.0], 1.0)) == 0.0
