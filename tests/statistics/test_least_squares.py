"""Least squares without rounding: certified problems, exact zeros, and laws of fitting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.least_squares import LackOfFit, Polynomial, lack_of_fit, polynomial
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import shipped_cases

NORRIS = next(case for case in shipped_cases() if case["id"] == "lin-nist-norris")["input"]
POINTS = st.lists(st.tuples(st.integers(-50, 50), st.integers(-1000, 1000)), min_size=5, max_size=20, unique_by=lambda point: point[0])


def fitted(x: list[float], y: list[float], degree: int = 1) -> Polynomial:
    found = polynomial(x, y, degree)
    assert isinstance(found, Polynomial)
    return found


@pytest.mark.assurance("R8")
def test_norris_comes_out_to_the_last_certified_digit() -> None:
    """NIST StRD Norris, certified standard errors too."""
    found = fitted(NORRIS["x"], NORRIS["y"])
    assert found.coefficients == pytest.approx((-0.262323073774029, 1.00211681802045), rel=1e-14)
    assert found.standard_errors == pytest.approx((0.232818234301152, 0.429796848199937e-03), rel=1e-13)
    assert found.residual_sd == pytest.approx(0.884796396144373, rel=1e-14)
    assert found.r2 == pytest.approx(0.999993745883712, rel=1e-14)


@pytest.mark.parametrize("unit", [1.0, 0.1])
def test_wampler_1_and_2_are_met_exactly(unit: float) -> None:
    """NIST StRD: y = sum of (unit x)^k up to the fifth power, x = 0 to 20; all coefficients are 1 and no residual is left."""
    x = [float(value) for value in range(21)]
    y = [float(sum((value**k) * 10 ** (5 - k if unit < 1 else 0) for k in range(6))) / (1e5 if unit < 1 else 1.0) for value in range(21)]
    found = fitted(x, y, 5)
    assert found.coefficients == tuple(float(f"{unit**k:.5f}") for k in range(6))
    assert found.residual_ss == 0.0 and found.p_highest == NotCalculable("residuals_zero")


def test_a_perfect_line_of_decimals_leaves_exactly_nothing() -> None:
    found = fitted([0.1, 0.2, 0.3, 0.7], [0.3, 0.5, 0.7, 1.5])
    assert found.coefficients == (0.1, 2.0) and found.residual_ss == 0.0 and found.r2 == 1.0


def test_as_many_points_as_coefficients_have_no_standard_errors() -> None:
    found = fitted([1, 2], [3, 5])
    assert found.coefficients == (1.0, 2.0)
    assert found.standard_errors == found.residual_sd == found.p_highest == NotCalculable("no_degrees_of_freedom")
    assert found.estimate(1).value == 2.0 and isinstance(found.estimate(1).interval, NotCalculable)


def test_what_determines_no_curve_is_a_reason() -> None:
    assert polynomial([2, 2, 2], [1, 2, 3]) == NotCalculable("x_constant")
    assert polynomial([1, 2, 1, 2], [1, 2, 3, 4], 2) == NotCalculable("too_few_levels", {"n": 2, "least": 3})
    assert polynomial([], []) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert polynomial([1e-300, 2e-300], [1e300, -1e300]) == NotCalculable("result_not_finite", {"quantity": "slope"})
    assert fitted([1, 2, 3], [4, 4, 4]).r2 == NotCalculable("y_constant")
    with pytest.raises(ValueError, match="degree"):
        polynomial([1, 2], [1, 2], 11)


def test_lack_of_fit_by_hand() -> None:
    """Levels 1, 2, 3 with means 2, 6, 2: flat line 10/3, SS = 82/3 with 6 of it within the levels; F = (64/3) / (6/3)."""
    found = lack_of_fit([1, 1, 2, 2, 3, 3], [1, 3, 5, 7, 1, 3])
    assert isinstance(found, LackOfFit)
    assert (found.f, found.df1, found.df2) == (pytest.approx(32 / 3), 1, 3)
    assert found.p == pytest.approx(0.0469, abs=5e-5)


def test_lack_of_fit_needs_replicates_that_differ_and_a_third_level() -> None:
    assert lack_of_fit([1, 2, 3], [1, 2, 4]) == NotCalculable("no_replicates")
    assert lack_of_fit([1, 1, 2, 2], [1, 2, 3, 4]) == NotCalculable("too_few_levels", {"n": 2, "least": 3})
    assert lack_of_fit([1, 1, 2, 2, 3, 3], [1, 1, 2, 2, 5, 5]) == NotCalculable("residuals_zero")
    assert lack_of_fit([1, 1], [1, 2]) == NotCalculable("x_constant")


@given(POINTS, st.integers(1, 3))
def test_it_agrees_with_a_numerical_solution(points: list[tuple[int, int]], degree: int) -> None:
    x, y = [a / 10 for a, _ in points], [b / 10 for _, b in points]
    found = fitted(x, y, degree)
    expected = np.polynomial.Polynomial.fit(x, y, degree)
    scale = max(1.0, max(abs(value) for value in y))
    assert [found.at(value) for value in x] == pytest.approx(list(expected(np.array(x))), abs=1e-7 * scale)


@given(POINTS, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_scale_and_place_follow(points: list[tuple[int, int]], random) -> None:
    found = fitted([a / 10 for a, _ in points], [b / 10 for _, b in points])
    random.shuffle(points)
    assert fitted([a / 10 for a, _ in points], [b / 10 for _, b in points]) == found
    stretched = fitted([float(a) for a, _ in points], [float(b) for _, b in points])
    assert stretched.coefficients == pytest.approx((10 * found.coefficients[0], found.coefficients[1]))
    assert stretched.r2 == found.r2


@given(POINTS)
def test_a_higher_degree_never_leaves_more(points: list[tuple[int, int]]) -> None:
    x, y = [float(a) for a, _ in points], [float(b) for _, b in points]
    left = [fitted(x, y, degree).residual_ss for degree in range(4)]
    assert left == sorted(left, reverse=True)
