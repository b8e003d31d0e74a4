"""Amplification efficiency from a standard curve."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.pcr_efficiency import PcrEfficiency, pcr_efficiency

LEVELS, CT = [6, 5, 4, 3, 2, 1], [16.1, 19.45, 22.79, 26.14, 29.4, 32.9]


def computed(levels: list[float], ct: list[float]) -> PcrEfficiency:
    found = pcr_efficiency(levels, ct)
    assert isinstance(found, PcrEfficiency)
    return found


@pytest.mark.assurance("R8")
def test_a_doubling_in_each_cycle_is_an_efficiency_of_one() -> None:
    found = computed([3.0, 2.0, 1.0], [20.0, 20.0 + 1 / math.log10(2), 20.0 + 2 / math.log10(2)])
    assert found.efficiency == pytest.approx(1.0)


def test_the_interval_lies_around_the_efficiency() -> None:
    found = computed(LEVELS, CT)
    assert isinstance(found.efficiency, float) and isinstance(found.interval, Interval)
    assert found.efficiency == pytest.approx(0.989000133558512)
    assert found.interval.lower < found.efficiency < found.interval.upper


def test_trap_a_slope_that_is_not_negative_is_refused_with_its_value() -> None:
    rising = computed(LEVELS, CT[::-1])
    assert isinstance(rising.efficiency, NotCalculable) and rising.efficiency.code == "slope_not_negative"
    assert rising.efficiency.params["slope"] == pytest.approx(3.3485714)
    assert computed(LEVELS, [20.0] * 6).efficiency == NotCalculable("slope_not_negative", {"slope": 0.0})


def test_trap_copies_and_log10_copies_are_different_measurands() -> None:
    copies = computed([10.0**level for level in LEVELS], CT)
    assert copies.efficiency == NotCalculable("result_not_finite", {"quantity": "efficiency"})


def test_a_slope_that_may_be_positive_has_an_efficiency_without_interval() -> None:
    found = computed([3, 2, 1], [20.0, 25.0, 24.0])
    assert isinstance(found.efficiency, float)
    assert isinstance(found.interval, NotCalculable) and found.interval.code == "slope_not_negative"


def test_two_levels_have_no_interval_and_one_has_no_curve() -> None:
    assert computed([3, 2], [20.0, 23.3]).interval == NotCalculable("no_degrees_of_freedom")
    assert pcr_efficiency([3, 3], [20.0, 20.1]) == NotCalculable("x_constant")


@given(st.integers(-60, -20), st.integers(100, 400))
def test_trap_a_ct_of_another_threshold_is_not_comparable_though_the_efficiency_is_the_same(slope: int, shift: int) -> None:
    curve = [40.0 + slope / 10 * level for level in LEVELS]
    one, other = computed(LEVELS, curve), computed(LEVELS, [value + shift / 10 for value in curve])
    assert isinstance(one.efficiency, float)
    assert other.efficiency == pytest.approx(one.efficiency) and one.efficiency == pytest.approx(10 ** (-10 / slope) - 1)
