"""Passing-Bablok regression: published lines, the literal rules of 1983, and the test of linearity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.passing_bablok import Linearity, PassingBablok, cusum_linearity, passing_bablok

SEN_X, SEN_Y = [1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]  # Sen, J. Am. Stat. Assoc. 63 (1968) 1379


def fitted(x: list[float], y: list[float], confidence: float = 0.95) -> PassingBablok:
    found = passing_bablok(x, y, confidence)
    assert isinstance(found, PassingBablok)
    return found


@pytest.mark.assurance("R8")
def test_sens_data_give_his_slope_and_interval() -> None:
    found = fitted(SEN_X, SEN_Y, 0.93)
    assert isinstance(found.slope_interval, Interval)
    assert (found.slope, found.intercept) == (4.0, 6.0)
    assert (found.slope_interval.lower, found.slope_interval.upper) == pytest.approx((26 / 7, 35 / 8))


def test_slopes_of_minus_one_are_left_out_and_those_below_shift_the_median() -> None:
    found = fitted([1, 2, 3, 4, 5, 6], [2, 1.2, 4.1, 3.5, 6.3, 3])
    assert (found.slope, found.intercept) == (pytest.approx(1.05), pytest.approx(0.125))
    assert (found.slopes, found.offset) == (15, 1)


def test_trap_a_slope_of_minus_one_is_recognised_although_decimals_are_binary() -> None:
    in_tenths, in_whole = fitted([0.1, 0.3, 0.6, 0.9], [0.5, 0.3, 0.8, 0.9]), fitted([1, 3, 6, 9], [5, 3, 8, 9])
    assert (0.3 - 0.5) / (0.3 - 0.1) != -1.0
    assert (in_tenths.slopes, in_tenths.offset) == (in_whole.slopes, in_whole.offset) == (5, 0)
    assert in_tenths.slope == pytest.approx(in_whole.slope)


def test_equal_x_count_as_infinite_slopes_and_identical_points_not_at_all() -> None:
    assert fitted([1, 1, 2, 3], [1, 2, 3, 4]).slopes == 6
    assert fitted([1, 1, 2, 3], [1, 1, 3, 4]).slopes == 5


def test_negatively_related_pairs_are_refused() -> None:
    assert passing_bablok([1, 2, 3, 4], [8, 6, 4, 2]) == NotCalculable("correlation_not_positive")
    assert passing_bablok([2, 2, 2], [1, 2, 3]) == NotCalculable("x_constant")
    assert passing_bablok([1], [1]) == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_too_few_pairs_for_the_confidence_have_a_line_without_interval() -> None:
    found = fitted([1, 2, 3], [2, 4, 7])
    assert found.slope == 2.5 and found.slope_interval == found.intercept_interval == NotCalculable("interval_unbounded")


def test_exchanging_the_methods_inverts_the_line() -> None:
    """The property for which the shift by K was made."""
    x, y = [1.0, 2.1, 2.9, 4.2, 5.0, 5.8, 7.1], [1.2, 1.9, 3.3, 4.0, 5.5, 5.6, 7.7]
    found, turned = fitted(x, y), fitted(y, x)
    assert turned.slope == pytest.approx(1 / found.slope)


def test_a_bent_relation_fails_the_test_of_linearity_and_a_straight_one_passes() -> None:
    x = np.arange(1.0, 61.0)
    noise = np.random.default_rng(7).normal(0.0, 0.5, 60)
    straight, bent = fitted(x, x + noise).linearity, fitted(x, x + x * x / 40.0 + noise).linearity
    assert isinstance(straight, Linearity) and isinstance(bent, Linearity)
    assert bent.p < 0.001 < 0.05 < straight.p


def test_the_cusum_statistic_of_five_points_by_hand() -> None:
    """Residuals from y = x: + + - - 0, scores 1 1 -1 -1 0, largest sum 2; 2 points below: H = 2 / sqrt(3), or 2 / sqrt(4) by all."""
    x, y = [1, 2, 3, 4, 5], [1.1, 2.1, 2.9, 3.9, 5]
    literal, other = cusum_linearity(x, y, 0.0, 1.0), cusum_linearity(x, y, 0.0, 1.0, divisor="all")
    assert isinstance(literal, Linearity) and isinstance(other, Linearity)
    assert (literal.statistic, other.statistic) == (pytest.approx(2 / 3**0.5), pytest.approx(1.0))
    assert (literal.above, literal.below, literal.divisor, other.divisor) == (2, 2, "below", "all")
    assert cusum_linearity([1, 2], [2, 3], 0.0, 1.0) == NotCalculable("residuals_zero")
    assert cusum_linearity([1, 2], [2, 1], 0.0, -1.0) == NotCalculable("correlation_not_positive")


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(-40, 40)), min_size=4, max_size=15), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_the_slope_lies_in_its_interval(pairs: list[tuple[int, int]], random) -> None:
    x, y = [a / 10 for a, _ in pairs], [(3 * a + e) / 10 for a, e in pairs]
    found = passing_bablok(x, y)
    shuffled = list(zip(x, y, strict=True))
    random.shuffle(shuffled)
    assert passing_bablok([a for a, _ in shuffled], [b for _, b in shuffled]) == found
    if isinstance(found, PassingBablok) and isinstance(found.slope_interval, Interval):
        assert found.slope_interval.lower <= found.slope <= found.slope_interval.upper
