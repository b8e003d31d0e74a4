"""Q method: published figure, the definition written down with exact decimals, ties, replicates, properties."""

import math
from decimal import Decimal
from itertools import combinations
from random import Random
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics import differences, reference
from lims.statistics.outcome import NotCalculable
from lims.statistics.q_method import QMethod, q_method, q_method_replicates

RESULTS = st.lists(st.integers(-1000, 1000), min_size=2, max_size=25)


def calculated(x: object, **options: int) -> QMethod:
    found = q_method(x, **options)
    assert isinstance(found, QMethod)
    return found


def case(name: str) -> list[float]:
    return next(each["input"]["x"] for each in reference.shipped_cases() if each["id"] == name)


def by_definition(groups: list[list[Decimal]]) -> float:
    """H, G and the quantile as the standard has them, step by step, in exact decimals."""
    p = len(groups)
    steps: dict[Decimal, float] = {}
    for first, second in combinations(groups, 2):
        for one in first:
            for other in second:
                distance = abs(one - other)
                steps[distance] = steps.get(distance, 0.0) + 2.0 / (p * (p - 1) * len(first) * len(second))
    height, equal = 0.0, steps.get(Decimal(0), 0.0)
    if equal > 1 - 1e-12:
        return 0.0
    points = [(0.0, 0.0)]
    for distance in sorted(steps):
        before, height = height, height + steps[distance]
        if distance > 0:
            points.append((float(distance), (before + height) / 2))
    wanted = 0.25 + 0.75 * equal
    for (left, low), (right, high) in zip(points, points[1:], strict=False):
        if low <= wanted <= high + 1e-12:
            quantile = left + (right - left) * (wanted - low) / (high - low)
            return quantile / (math.sqrt(2) * NormalDist().inv_cdf(0.625 + 0.375 * equal))
    raise AssertionError("the quantile lies on no line")


@pytest.mark.assurance("R8")
def test_the_printed_atrazine_value_is_met() -> None:
    assert calculated(case("rob-qhampel-e3_atrazine")).s_star == pytest.approx(0.0426, abs=5e-5)


def test_trap_equal_decimal_differences_are_merged_although_they_differ_in_binary() -> None:
    x = case("rob-q-trap-float-ties")
    assert 1.90 - 1.85 != 1.85 - 1.80
    assert calculated(x).s_star == pytest.approx(0.396920054910126, rel=1e-12)
    assert calculated([round(value * 10000) for value in x]).s_star == pytest.approx(3969.20054910126, rel=1e-12)
    assert calculated(x, decimals=differences.BINARY_DECIMALS).s_star == pytest.approx(0.4178, abs=5e-5)  # without merging: 5 % too large


def test_a_coarser_resolution_merges_more_and_is_recorded() -> None:
    x = [1.01, 1.02, 1.04, 1.5]
    assert calculated(x, decimals=1).decimals == 1
    assert calculated(x, decimals=1).share_equal == pytest.approx(0.5)
    assert calculated(x).share_equal == 0.0


@settings(max_examples=80)
@given(RESULTS, st.integers(0, 3))
def test_the_q_method_is_its_definition(x: list[int], decimals: int) -> None:
    exact = [Decimal(value).scaleb(-decimals) for value in x]
    assert calculated([float(value) for value in exact]).s_star == pytest.approx(by_definition([[value] for value in exact]), rel=1e-11)


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=4), min_size=2, max_size=8))
def test_replicates_follow_the_definition_with_weights(groups: list[list[int]]) -> None:
    found = q_method_replicates([[value / 10 for value in group] for group in groups])
    assert isinstance(found, QMethod)
    wanted = by_definition([[Decimal(value).scaleb(-1) for value in group] for group in groups])
    assert found.s_star == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_equal_replicates_give_what_single_results_give() -> None:
    x = case("rob-qhampel-creosote")
    doubled = q_method_replicates([[value, value] for value in x])
    assert isinstance(doubled, QMethod)
    assert doubled.s_star == pytest.approx(calculated(x).s_star, rel=1e-12)
    assert (doubled.p, doubled.n) == (9, 18)


def test_a_laboratory_without_replicates_is_left_out() -> None:
    assert q_method_replicates([[1.0, 1.1], [], [1.3], [1.5]]) == q_method_replicates([[1.0, 1.1], [1.3], [1.5]])
    assert q_method_replicates([[1.0, 1.2], []]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert q_method_replicates([[1.0], [math.nan]]) == NotCalculable("value_not_finite", {"quantity": "reported_value"})


def test_trap_equal_results_have_no_scale() -> None:
    assert (calculated([3.2] * 8).s_star, calculated([3.2] * 8).state, calculated([3.2] * 8).share_equal) == (0.0, "all_equal", 1.0)
    assert calculated([3.2] * 7 + [3.3]).s_star > 0


def test_two_results_have_a_scale_and_one_has_none() -> None:
    assert calculated([1.0, 1.2]).s_star == pytest.approx(0.1 / (math.sqrt(2) * NormalDist().inv_cdf(0.625)))
    assert q_method([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_a_distant_outlier_does_not_coarsen_the_merging() -> None:
    x = case("rob-qhampel-e3_atrazine")
    assert calculated([*x, 1e18]).s_star == pytest.approx(calculated([*x, 1e6]).s_star, rel=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [1e-300, 1e-12, 1e12, 1e290])
def test_very_small_and_very_large_units_are_no_obstacle(unit: float) -> None:
    x = case("rob-qhampel-creosote")
    assert calculated([value * unit for value in x]).s_star == pytest.approx(unit * calculated(x).s_star, rel=1e-9)


def test_a_range_beyond_the_floating_point_numbers_is_a_reason() -> None:
    assert q_method([1.7e308, -1.7e308, 0.0]) == NotCalculable("result_not_finite", {"quantity": "s_star"})


@settings(max_examples=60)
@given(RESULTS, st.integers(-5000, 5000), st.integers(-8, 8), st.randoms())
def test_the_scale_follows_unit_and_origin_and_not_the_order(x: list[int], shift: int, power: int, random: Random) -> None:
    before = calculated(x)
    moved = calculated([2.0**power * (value + shift) for value in random.sample(x, len(x))])
    assert moved.s_star == pytest.approx(2.0**power * before.s_star, rel=1e-9)
    assert moved.share_equal == before.share_equal
    assert calculated(random.sample(x, len(x))) == before
    assert calculated([-value for value in x]).s_star == before.s_star


def test_normal_results_have_their_standard_deviation() -> None:
    draws = np.random.default_rng(13528)
    found = np.mean([calculated(draws.normal(5.0, 0.4, 200)).s_star for _ in range(40)])
    assert found == pytest.approx(0.4, rel=0.03)
