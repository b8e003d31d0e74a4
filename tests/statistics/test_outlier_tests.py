"""Cochran, Grubbs and Mandel: published statistics and critical values, edges, properties."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics import outlier_tests as tests
from lims.statistics.outcome import NotCalculable

APRICOT = [
    *([25.05, 25.58], [26.29, 27.16], [27.64, 28.14], [29.01, 26.39], [26.99, 27.85]),
    *([24.45, 24.15], [26.85, 27.37], [27.21, 27.34], [25.31, 25.43]),
]
CREOSOTE = [24.14, 20.155, 19.5, 20.3, 20.705, 17.57, 20.1, 20.94, 21.185]
TWO_LOW = [12.1, 12.3, 11.9, 12, 12.2, 12.4, 12.1, 9.1, 9, 12.2, 12]
MEANS = st.lists(st.integers(-1000, 1000).map(float), min_size=3, max_size=20)


def grubbs(means: list[float], sides: tests.Sides = 2) -> tests.Grubbs:
    found = tests.grubbs(means, sides)
    assert isinstance(found, tests.Grubbs)
    return found


def cochran(groups: list[list[float]]) -> tests.Cochran:
    found = tests.cochran(groups)
    assert isinstance(found, tests.Cochran)
    return found


def test_the_fourth_laboratory_of_the_apricots_is_a_straggler() -> None:
    found = cochran(APRICOT)
    assert (found.c, found.suspect) == (pytest.approx(0.7394, abs=5e-5), 3)
    assert (found.critical_95, found.critical_99) == pytest.approx((0.638, 0.754), abs=5e-4)
    assert found.judgement == "straggler" and 0.01 < found.p_value < 0.05


@pytest.mark.parametrize(
    ("p", "n", "five", "one"), [(3, 3, 0.871, 0.942), (8, 2, 0.680, 0.794), (20, 2, 0.389, 0.480), (6, 4, 0.532, 0.626)]
)
def test_the_critical_values_of_cochran_are_those_of_the_printed_table(p: int, n: int, five: float, one: float) -> None:
    assert tests.cochran_critical(p, n) == pytest.approx(five, abs=1.1e-3)
    assert tests.cochran_critical(p, n, 0.01) == pytest.approx(one, abs=1.1e-3)


@given(st.integers(2, 40), st.integers(2, 8), st.sampled_from([0.05, 0.01]))
def test_cochran_is_the_formula_with_the_f_quantile(p: int, n: int, alpha: float) -> None:
    f = stats.f.isf(alpha / p, n - 1, (p - 1) * (n - 1))
    assert tests.cochran_critical(p, n, alpha) == pytest.approx(1 / (1 + (p - 1) / f), rel=1e-9)


def test_trap_cochrans_c_is_not_cochrans_q() -> None:
    zeros_and_ones = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    columns, rows, k = zeros_and_ones.sum(axis=0), zeros_and_ones.sum(axis=1), 2
    q = (k - 1) * (k * (columns**2).sum() - columns.sum() ** 2) / (k * rows.sum() - (rows**2).sum())
    assert q == pytest.approx(3.0)
    assert cochran(zeros_and_ones.tolist()).c == pytest.approx(1 / 3)


def test_single_results_have_no_variance_and_unequal_numbers_are_told() -> None:
    found = cochran([[1.0, 2.0, 3.0], [1.0, 1.5, 2.0], [5.0], [2.0, 4.0]])
    assert (found.p, found.n, found.is_balanced, found.suspect) == (3, 3, False, 3)
    assert found.critical_95 == tests.cochran_critical(3, 3)
    assert cochran([[1.0, 2.0], [1.0, 2.0, 3.0]]).n == 3


def test_equal_replicates_everywhere_have_no_c() -> None:
    found = cochran([[1.0, 1.0], [2.0, 2.0]])
    assert found.c == found.suspect == found.p_value == NotCalculable("within_variance_zero")
    assert found.judgement == "not_evaluated"
    assert tests.cochran([[1.0, 2.0], [3.0]]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert isinstance(tests.cochran([]), NotCalculable)


@given(
    st.lists(st.lists(st.integers(-99, 99).map(float), min_size=3, max_size=3), min_size=2, max_size=9), st.randoms(use_true_random=False)
)
def test_c_lies_between_1_over_p_and_1_in_every_order(groups: list[list[float]], random: Random) -> None:
    found = cochran(groups)
    if isinstance(found.c, NotCalculable):
        return
    assert 1 / len(groups) * (1 - 1e-12) <= found.c <= 1.0 and 0.0 <= found.p_value <= 1.0
    assert cochran(random.sample(groups, len(groups))).c == found.c


def test_creosote_oil_gives_the_published_grubbs_statistics() -> None:
    found = grubbs(CREOSOTE)
    assert (found.g_high, found.g_low) == pytest.approx((2.1017, 1.7028), abs=5e-5)
    assert (found.single_95, found.single_99) == pytest.approx((2.215, 2.387), abs=5e-4)
    assert (found.double_high, found.double_low) == pytest.approx((0.3179, 0.5013), abs=5e-5)
    assert found.single_high == found.single_low == found.pair_high == found.pair_low == "correct"


def test_trap_the_single_table_is_two_sided() -> None:
    assert tests.grubbs_critical(9) == pytest.approx(2.215, abs=5e-4)
    assert tests.grubbs_critical(9, sides=1) == pytest.approx(2.110, abs=5e-4)
    assert tests.grubbs_critical(9) == tests.grubbs_critical(9, 0.025, sides=1)


def test_trap_the_double_test_rejects_small_ratios() -> None:
    found = grubbs(TWO_LOW)
    assert found.double_low == pytest.approx(0.0126888914523013, rel=1e-9)
    assert found.pair_low == "outlier" and found.pair_high == "correct"
    assert found.single_low == "correct"  # each of the two hides the other from the single test


def test_both_conventions_of_the_double_table_are_named() -> None:
    assert tests.grubbs_double_critical(11) == pytest.approx(0.2213, abs=5e-5)
    assert tests.grubbs_double_critical(11, 0.01) == pytest.approx(0.1448, abs=5e-5)
    assert tests.grubbs_double_critical(11, sides=1) == pytest.approx(0.2667, abs=5e-5)
    assert grubbs(TWO_LOW).sides == 2


def test_a_statistic_on_the_critical_value_is_not_beyond_it() -> None:
    assert tests.judge(2.0, 2.0, 3.0) == "correct"
    assert tests.judge(2.1, 2.0, 3.0) == "straggler" == tests.judge(3.0, 2.0, 3.0)
    assert tests.judge(3.1, 2.0, 3.0) == "outlier"
    assert tests.judge(0.2, 0.2, 0.1, reject_small=True) == "correct"
    assert tests.judge(0.05, 0.2, 0.1, reject_small=True) == "outlier"
    assert tests.judge(NotCalculable("scale_missing"), 2.0, 3.0) == "not_evaluated"


@given(MEANS)
def test_grubbs_statistics_stay_within_their_bounds(means: list[float]) -> None:
    found = tests.grubbs(means)
    if isinstance(found, NotCalculable):
        assert found == NotCalculable("scale_missing") and len(set(means)) == 1
        return
    p = len(means)
    assert max(found.g_high, found.g_low) <= (p - 1) / math.sqrt(p) * (1 + 1e-12)
    assert 0.0 <= found.p_high <= 1.0 and 0.0 <= found.p_low <= 1.0
    if p >= 4:
        assert min(found.double_high, found.double_low) >= 0.0 and max(found.double_high, found.double_low) <= 1.0
        assert grubbs([-value for value in means]).double_low == pytest.approx(found.double_high, rel=1e-12)
    assert grubbs([-value for value in means]).g_high == pytest.approx(found.g_low, rel=1e-12)


@given(MEANS, st.sampled_from([0.5, 4.0]), st.integers(-500, 500), st.randoms(use_true_random=False))
def test_grubbs_does_not_depend_on_unit_origin_or_order(means: list[float], factor: float, shift: int, random: Random) -> None:
    found = tests.grubbs(means)
    if isinstance(found, NotCalculable):
        return
    other = grubbs([factor * value + shift for value in random.sample(means, len(means))])
    assert (other.g_high, other.g_low) == pytest.approx((found.g_high, found.g_low), rel=1e-9)


def test_the_p_value_of_the_highest_agrees_with_the_t_distribution() -> None:
    found, p = grubbs(CREOSOTE), len(CREOSOTE)
    t = math.sqrt(p * (p - 2) * found.g_high**2 / ((p - 1) ** 2 - p * found.g_high**2))
    assert found.p_high == pytest.approx(p * stats.t.sf(t, p - 2), rel=1e-9)


def test_three_means_have_a_single_test_only() -> None:
    found = grubbs([1.0, 2.0, 4.0])
    assert isinstance(found.double_high, NotCalculable) and found.pair_high == "not_evaluated"
    assert isinstance(found.double_95, NotCalculable)
    assert tests.grubbs([1.0, 2.0]) == NotCalculable("too_few_values", {"n": 2, "least": 3})
    assert tests.grubbs([1.1] * 5) == NotCalculable("scale_missing")
    assert tests.grubbs([1e308, -1e308, 0.0]) == NotCalculable("result_not_finite", {"quantity": "g"})


@pytest.mark.parametrize(("p", "h95", "h99"), [(5, 1.57, 1.72), (8, 1.75, 2.06), (20, 1.89, 2.39), (30, 1.91, 2.45)])
def test_the_indicators_of_h_are_those_of_the_printed_table(p: int, h95: float, h99: float) -> None:
    assert (tests.mandel_h_critical(p), tests.mandel_h_critical(p, 0.01)) == pytest.approx((h95, h99), abs=6e-3)


@pytest.mark.parametrize(("p", "n", "k95", "k99"), [(8, 3, 1.67, 1.96), (10, 4, 1.57, 1.84), (30, 3, 1.72, 2.10)])
def test_the_indicators_of_k_are_those_of_the_printed_table(p: int, n: int, k95: float, k99: float) -> None:
    assert (tests.mandel_k_critical(p, n), tests.mandel_k_critical(p, n, 0.01)) == pytest.approx((k95, k99), abs=6e-3)


@given(st.integers(3, 40), st.integers(2, 8), st.sampled_from([0.05, 0.01]))
def test_h_and_k_are_the_formulas_with_t_and_f(p: int, n: int, alpha: float) -> None:
    t, f = stats.t.isf(alpha / 2, p - 2), stats.f.isf(alpha, n - 1, (p - 1) * (n - 1))
    assert tests.mandel_h_critical(p, alpha) == pytest.approx((p - 1) * t / math.sqrt(p * (t * t + p - 2)), rel=1e-9)
    assert tests.mandel_k_critical(p, n, alpha) == pytest.approx(math.sqrt(p / (1 + (p - 1) / f)), rel=1e-9)


def test_too_few_laboratories_have_no_critical_value() -> None:
    assert isinstance(tests.cochran_critical(1, 2), NotCalculable) and isinstance(tests.cochran_critical(2, 1), NotCalculable)
    assert isinstance(tests.grubbs_critical(2), NotCalculable) and isinstance(tests.mandel_h_critical(2), NotCalculable)
    assert isinstance(tests.mandel_k_critical(1, 2), NotCalculable)


@pytest.mark.parametrize("critical", [tests.grubbs_critical, tests.mandel_h_critical, tests.grubbs_double_critical])
def test_a_level_outside_0_to_1_is_refused(critical: object) -> None:
    with pytest.raises(ValueError, match="level"):
        critical(5, 0.0)
