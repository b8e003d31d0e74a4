"""Bias and limits of agreement against the printed figures of 1986, and what any such figures must obey."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.bland_altman import BlandAltman, bland_altman
from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable

# Bland and Altman 1986: peak expiratory flow (l/min), first readings of the large and of the mini meter
LARGE = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]

FIGURES = st.integers(-10_000, 10_000).map(lambda value: value / 100)
PAIRS = st.lists(st.tuples(FIGURES, FIGURES), min_size=2, max_size=30)


def computed(pairs: list[tuple[float, float]], multiplier: float = 1.96) -> BlandAltman:
    found = bland_altman([a for a, _ in pairs], [b for _, b in pairs], multiplier)
    assert isinstance(found, BlandAltman)
    return found


@pytest.mark.assurance("R8")
def test_peak_flow_gives_the_printed_bias_limits_and_intervals() -> None:
    found = bland_altman(LARGE, MINI, multiplier=2, variance="1986")
    assert isinstance(found, BlandAltman) and isinstance(found.bias_interval, Interval)
    assert isinstance(found.lower_interval, Interval) and isinstance(found.upper_interval, Interval)
    assert (found.bias, found.sd) == pytest.approx((-2.1, 38.8), abs=0.05)
    assert (found.bias_interval.lower, found.bias_interval.upper) == pytest.approx((-22.0, 17.8), abs=0.06)
    assert (found.lower_interval.lower, found.lower_interval.upper) == pytest.approx((-114.3, -45.1), abs=0.2)  # from rounded figures
    assert (found.upper_interval.lower, found.upper_interval.upper) == pytest.approx((40.9, 110.1), abs=0.2)


def test_the_two_forms_of_the_variance_differ_visibly_and_are_recorded() -> None:
    new, old = bland_altman(LARGE, MINI), bland_altman(LARGE, MINI, variance="1986")
    assert isinstance(new, BlandAltman) and isinstance(old, BlandAltman)
    assert isinstance(new.lower_interval, Interval) and isinstance(old.lower_interval, Interval)
    assert (new.variance, new.multiplier, old.variance) == ("1999", 1.96, "1986")
    assert new.lower_interval.lower == pytest.approx(-112.853377909195) and old.lower_interval.lower == pytest.approx(-112.619136451142)


def test_equal_differences_give_limits_without_width_and_say_so() -> None:
    constant = bland_altman([2.0, 3.0, 4.0], [1.0, 2.0, 3.0])
    assert isinstance(constant, BlandAltman)
    assert (constant.bias, constant.sd, constant.lower, constant.upper, constant.is_interval_informative) == (1.0, 0.0, 1.0, 1.0, False)


def test_one_pair_gives_the_difference_alone_and_none_nothing() -> None:
    one = bland_altman([3.0], [1.0])
    assert isinstance(one, BlandAltman) and one.bias == 2.0 and isinstance(one.sd, NotCalculable) and isinstance(one.lower, NotCalculable)
    assert bland_altman([], []) == NotCalculable("too_few_values", {"n": 0, "least": 1})


def test_values_that_leave_the_range_of_numbers_are_a_reason() -> None:
    assert bland_altman([1e308, 1e308], [-1e308, -1e308]) == NotCalculable("result_not_finite", {"quantity": "bias"})
    assert isinstance(bland_altman([math.nan, 1.0], [0.0, 0.0]), NotCalculable)
    spread = bland_altman([1e200, 0.0], [0.0, 0.0])
    assert isinstance(spread, BlandAltman) and isinstance(spread.sd, NotCalculable)


def test_calls_that_nothing_can_excuse_are_refused() -> None:
    with pytest.raises(ValueError, match="pairs are expected"):
        bland_altman([1.0, 2.0], [1.0])
    with pytest.raises(ValueError, match="multiplier"):
        bland_altman([1.0, 2.0], [1.0, 3.0], multiplier=0)


@given(PAIRS)
def test_exchanging_the_methods_turns_the_sign(pairs: list[tuple[float, float]]) -> None:
    found, turned = computed(pairs), computed([(b, a) for a, b in pairs])
    assert turned.bias == -found.bias and turned.sd == found.sd
    assert turned.lower == pytest.approx(-found.upper) if not isinstance(found.upper, NotCalculable) else False


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_items_does_not_matter_to_the_last_digit(pairs: list[tuple[float, float]], random) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert computed(shuffled) == computed(pairs)


@given(PAIRS)
def test_limits_enclose_the_bias_and_intervals_their_limits(pairs: list[tuple[float, float]]) -> None:
    found = computed(pairs)
    assert not isinstance(found.lower, NotCalculable) and not isinstance(found.upper, NotCalculable)
    assert found.lower <= found.bias <= found.upper
    assert isinstance(found.lower_interval, Interval) and found.lower_interval.lower <= found.lower <= found.lower_interval.upper


def test_equal_decimal_differences_have_an_sd_of_0_though_they_differ_in_binary() -> None:
    found = bland_altman([5.1, 5.2, 4.9, 5.3], [4.9, 5.0, 4.7, 5.1])
    assert isinstance(found, BlandAltman)
    assert found.sd == 0.0
    assert not found.is_interval_informative
