"""Linearity studies: the best polynomial, and how far it is from the line at each level."""

from __future__ import annotations

import pytest

from lims.statistics.least_squares import LackOfFit, Polynomial
from lims.statistics.linearity import LinearityStudy, linearity_study
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import shipped_cases

SATURATING = next(case for case in shipped_cases() if case["method"] == "linearity_polynomial")["input"]


def studied(x: list[float], y: list[float]) -> LinearityStudy:
    found = linearity_study(x, y)
    assert isinstance(found, LinearityStudy)
    return found


@pytest.mark.assurance("R8")
def test_a_saturating_method_is_best_described_by_a_parabola() -> None:
    found = studied(SATURATING["x"], SATURATING["y"])
    assert found.best_degree == 2 and isinstance(found.lack_of_fit, LackOfFit)
    assert found.lack_of_fit.f == pytest.approx(51.8854166666658)
    assert [level.x for level in found.deviations] == [1, 2, 3, 4, 5]


def test_the_deviation_is_the_curve_minus_the_line_and_sums_to_nothing() -> None:
    """Quadratic minus line at equal numbers of results: 2 b2, -b2, -2 b2, -b2, 2 b2 with b2 = -0.395238."""
    found = studied(SATURATING["x"], SATURATING["y"])
    b2 = -0.395238095238094
    assert [level.deviation for level in found.deviations] == pytest.approx([2 * b2, -b2, -2 * b2, -b2, 2 * b2])
    assert found.largest_deviation == pytest.approx(-2 * b2)
    assert [level.x for level in found.exceeding(0.5)] == [1, 3, 5]
    assert [level.x for level in found.exceeding(3.0, is_percent=True)] == [1]


def test_a_straight_method_deviates_nowhere() -> None:
    found = studied([1, 1, 2, 2, 3, 3, 4, 4], [1.1, 0.9, 1.9, 2.1, 3.1, 2.9, 3.9, 4.1])
    assert found.best_degree == 1 and found.largest_deviation == 0.0 and found.exceeding(0.0) == ()


def test_a_significant_but_small_bend_is_seen_as_small() -> None:
    x = [float(level) for level in (1, 2, 3, 4, 5) for _ in range(3)]
    y = [100 * value + 0.01 * value * value + error for value, error in zip(x, [0.001, 0.0, -0.001] * 5, strict=True)]
    found = studied(x, y)
    assert found.best_degree == 2 and found.exceeding(0.1, is_percent=True) == ()


def test_two_levels_allow_a_line_and_no_curve() -> None:
    found = studied([1, 1, 2, 2], [1, 1.1, 2, 2.2])
    assert isinstance(found.linear, Polynomial) and isinstance(found.quadratic, NotCalculable) and found.best_degree == 1
    assert linearity_study([1, 1], [1, 2]) == NotCalculable("x_constant")


def test_a_level_whose_line_is_zero_has_no_percentage_and_is_named() -> None:
    found = studied([-1, 0, 1], [-1, 0, 1])
    assert found.deviations[1].deviation_percent == NotCalculable("location_zero")
    assert [level.x for level in found.exceeding(5.0, is_percent=True)] == [0.0]
