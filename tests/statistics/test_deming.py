"""Deming regression: reference figures of the cases, symmetries that the line must have, and lists that have none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lims.statistics.deming import Deming, deming, weighted_deming
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import shipped_cases

CASES = {case["id"]: case for case in shipped_cases() if case["method"].startswith("deming")}
CREATININE, FERRITIN = CASES["mc-dem-creatinine"]["input"], CASES["mc-wdem-ferritin3"]["input"]

NOISY = st.lists(st.tuples(st.integers(1, 1000), st.integers(-50, 50)), min_size=5, max_size=20, unique_by=lambda pair: pair[0])


def line_of(found: Deming | NotCalculable) -> tuple[float, float]:
    assert isinstance(found, Deming)
    assert isinstance(found.intercept.value, float) and isinstance(found.slope.value, float)
    return found.intercept.value, found.slope.value


@pytest.mark.assurance("R8")
def test_trap_the_error_ratio_is_that_of_x_to_y_and_its_inverse_is_another_line() -> None:
    x, y = CREATININE["x"], CREATININE["y"]
    assert line_of(deming(x, y, 2.0))[1] == pytest.approx(1.07458608165466)
    assert line_of(deming(x, y, 0.5))[1] == pytest.approx(1.0339, abs=1e-2)
    assert abs(line_of(deming(x, y, 0.5))[1] - line_of(deming(x, y, 2.0))[1]) > 0.02


def test_exchanging_x_and_y_inverts_line_and_ratio() -> None:
    x, y = CREATININE["x"], CREATININE["y"]
    intercept, slope = line_of(deming(x, y, 2.0))
    other_intercept, other_slope = line_of(deming(y, x, 0.5))
    assert other_slope == pytest.approx(1 / slope) and other_intercept == pytest.approx(-intercept / slope)


def test_a_tiny_ratio_is_regression_of_y_on_x() -> None:
    x, y = np.array(CREATININE["x"]), np.array(CREATININE["y"])
    expected = float(np.polyfit(x, y, 1)[0])
    assert line_of(deming(x, y, 1e-9))[1] == pytest.approx(expected, rel=1e-6)


def test_the_jackknife_of_the_plain_line_is_that_of_fitting_each_line_anew() -> None:
    x, y = CREATININE["x"][:12], CREATININE["y"][:12]
    found = deming(x, y, errors="jackknife")
    assert isinstance(found, Deming) and found.errors == "jackknife"
    slope = line_of(found)[1]
    pseudo = [12 * slope - 11 * line_of(deming(x[:i] + x[i + 1 :], y[:i] + y[i + 1 :]))[1] for i in range(12)]
    assert found.slope.standard_error == pytest.approx(np.std(pseudo, ddof=1) / np.sqrt(12))


def test_the_weighted_jackknife_is_that_of_fitting_each_line_anew() -> None:
    x, y = FERRITIN["x"], FERRITIN["y"]
    found, n = weighted_deming(x, y), len(x)
    assert isinstance(found, Deming) and found.weighted
    slope = line_of(found)[1]
    pseudo = [n * slope - (n - 1) * line_of(weighted_deming(x[:i] + x[i + 1 :], y[:i] + y[i + 1 :]))[1] for i in range(n)]
    assert found.slope.standard_error == pytest.approx(np.std(pseudo, ddof=1) / np.sqrt(n), rel=1e-8)


def test_points_that_determine_no_line_are_reasons() -> None:
    assert deming([1, 1, 1], [1, 2, 3]) == NotCalculable("x_constant")
    assert deming([1, 2], [1, 2]) == NotCalculable("too_few_values", {"n": 2, "least": 3})
    assert deming([0, 0, 1, 1], [0, 1, 0, 1]) == NotCalculable("slope_undefined")  # a square has no direction
    assert deming([-1, 0, 0, 1], [0, 5, -5, 0]) == NotCalculable("slope_undefined")  # the line would be vertical
    assert weighted_deming([-3, -2, -1], [-3, -1, -2]) == NotCalculable("levels_not_positive")
    with pytest.raises(ValueError, match="above 0"):
        deming([1, 2, 3], [1, 2, 3], 0)


def test_constant_y_is_a_level_line_without_error() -> None:
    found = deming([1, 2, 3], [0.7, 0.7, 0.7])
    assert line_of(found) == (0.7, 0.0)
    assert isinstance(found, Deming) and found.slope.standard_error == 0.0


def test_points_on_a_line_give_that_line_by_all_three_ways() -> None:
    x, y = [1.0, 2.0, 4.0, 8.0], [3.0, 5.0, 9.0, 17.0]
    for found in (deming(x, y), deming(x, y, errors="jackknife"), weighted_deming(x, y)):
        assert line_of(found) == pytest.approx((1.0, 2.0))


@given(NOISY, st.sampled_from([0.25, 1.0, 4.0]), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_scale_and_place_follow(pairs: list[tuple[int, int]], ratio: float, random) -> None:
    x, y = [a / 10 for a, _ in pairs], [(2 * a + e) / 10 for a, e in pairs]
    found = deming(x, y, ratio)
    assume(isinstance(found, Deming))
    intercept, slope = line_of(found)
    shuffled = list(zip(x, y, strict=True))
    random.shuffle(shuffled)
    assert deming([a for a, _ in shuffled], [b for _, b in shuffled], ratio) == found
    moved = line_of(deming([4 * a + 8 for a in x], [4 * b - 16 for b in y], ratio))
    assert moved[1] == pytest.approx(slope, rel=1e-6)
    assert moved[0] == pytest.approx(4 * intercept - 16 - 8 * slope, rel=1e-6, abs=1e-6)
