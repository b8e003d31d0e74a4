"""Hampel's location and Q/Hampel: published figure, several roots, gaps without results, properties."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lims.statistics import reference
from lims.statistics.hampel import Hampel, QHampel, hampel, psi, q_hampel
from lims.statistics.outcome import NotCalculable

RESULTS = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=25)


def located(x: list[float], s_star: float) -> Hampel:
    found = hampel(x, s_star)
    assert isinstance(found, Hampel)
    return found


def both(x: list[float]) -> QHampel:
    found = q_hampel(x)
    assert isinstance(found, QHampel)
    return found


@pytest.mark.assurance("R8")
def test_the_printed_atrazine_values_are_met() -> None:
    x = next(case["input"]["x"] for case in reference.shipped_cases() if case["id"] == "rob-qhampel-e3_atrazine")
    assert (both(x).x_star, both(x).s_star) == pytest.approx((0.2600, 0.0426), abs=5e-5)


def test_trap_psi_has_its_breakpoints_at_15_30_and_45() -> None:
    assert [psi(q) for q in (0.0, 1.0, 1.5, 2.9, 3.0, 3.5, 4.5, 9.0)] == [0.0, 1.0, 1.5, 1.5, 1.5, 1.0, 0.0, 0.0]
    assert psi(-3.5) == -1.0


def test_results_close_together_have_their_mean() -> None:
    assert located([1.0, 2.0, 3.0, 4.0], 10.0).x_star == pytest.approx(2.5)
    assert located([1.0, 2.0, 3.0, 4.0], 10.0).roots == 1


def test_a_result_beyond_45_scales_has_no_influence() -> None:
    assert located([1.0, 1.2, 1.4, 99.0], 0.5).x_star == pytest.approx(1.2)


def test_of_several_roots_the_one_nearest_the_median_counts() -> None:
    found = located([0.0, 0.1, 0.2, 0.3, 20.0, 20.2], 1.0)
    assert (found.roots, found.is_median) == (2, False)
    assert found.x_star == pytest.approx(0.15)


def test_with_two_roots_equally_near_the_median_itself_is_taken() -> None:
    found = located([0.0, 0.2, 20.0, 20.2], 1.0)
    assert (found.x_star, found.roots, found.is_median) == (10.1, 2, True)


def test_where_no_result_is_near_there_is_no_root() -> None:
    found = located([0.0, 100.0], 1.0)
    assert (found.x_star, found.roots, found.is_median) == (50.0, 2, True)


def test_along_a_flat_zero_the_point_nearest_the_median_counts() -> None:
    found = located([0.0, 4.0], 1.0)  # 1.5 and -1.5 cancel from 1.5 to 2.5
    assert found.x_star == 2.0


def test_without_scale_the_median_is_the_location() -> None:
    assert located([1.0, 1.0, 1.0, 2.0], 0.0) == Hampel(1.0, 0.0, 4, 0, True)
    assert both([3.2] * 8).x_star == 3.2
    assert located([1.0, 2.0], 1e-320).is_median


def test_no_location_without_results_or_scale() -> None:
    assert hampel([], 1.0) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert hampel([1.0], -1.0) == NotCalculable("scale_negative", {"value": -1.0})
    assert hampel([1.0], math.nan) == NotCalculable("scale_missing")
    assert q_hampel([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})


@settings(max_examples=80)
@given(RESULTS, st.floats(0.1, 500.0))
def test_the_location_solves_its_equation(x: list[float], s_star: float) -> None:
    found = located(x, s_star)
    assume(not found.is_median)
    assert math.fsum(psi((value - found.x_star) / s_star) for value in x) == pytest.approx(0.0, abs=1e-9)
    assert min(x) - 1e-9 <= found.x_star <= max(x) + 1e-9


@settings(max_examples=60)
@given(RESULTS, st.integers(-5000, 5000), st.integers(-8, 8), st.randoms())
def test_location_and_scale_follow_unit_and_origin_and_not_the_order(x: list[float], shift: int, power: int, random: Random) -> None:
    scale = 2.0**power
    before, after = both(x), both([scale * (value + shift) for value in x])
    assert after.s_star == pytest.approx(scale * before.s_star, rel=1e-9)
    assert after.hampel.roots == before.hampel.roots
    assert after.x_star == pytest.approx(scale * (before.x_star + shift), rel=1e-7, abs=1e-6 * scale)
    assert both(random.sample(x, len(x))) == before


@given(st.integers(0, 2**32 - 1), st.integers(20, 60))
def test_a_third_of_wrong_results_moves_the_location_little(seed: int, p: int) -> None:
    draws = np.random.default_rng(seed)
    x = draws.normal(10.0, 0.5, p)
    x[: p // 3] = 1e3 + draws.normal(0.0, 0.5, p // 3)
    assert both(x.tolist()).x_star == pytest.approx(10.0, abs=1.0)
