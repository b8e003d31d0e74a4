"""Scores and verdicts: limits, absent and impossible quantities, monotonicity."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lims.statistics import scores
from lims.statistics.outcome import NotCalculable

NUMBERS = st.floats(-1e6, 1e6)
POSITIVE = st.floats(1e-3, 1e3)
BINARY_TWO, BINARY_THREE = (0.3 - 0.1) / 0.1, (0.4 - 0.1) / 0.1  # 1.9999999999999998 and 3.0000000000000004


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (0.0, "acceptable"),
        (2.0, "acceptable"),
        (2.0000000000000004, "acceptable"),
        (BINARY_TWO, "acceptable"),
        (2.0000001, "warning"),
        (2.999999, "warning"),
        (2.9999999999999996, "action"),
        (BINARY_THREE, "action"),
        (3.0, "action"),
        (1e300, "action"),
        (None, "not_evaluated"),
        (math.nan, "not_evaluated"),
        (math.inf, "not_evaluated"),
        (NotCalculable("sigma_pt_missing"), "not_evaluated"),
    ],
)
def test_a_score_has_its_verdict_on_both_sides(score: float | None, verdict: str) -> None:
    assert scores.score_verdict(score) == verdict
    if isinstance(score, float):
        assert scores.score_verdict(-score) == verdict


def test_en_has_no_warning_band() -> None:
    assert [scores.en_verdict(value) for value in (1.0, -1.0000000000000002, 1.000001, None)] == [
        "acceptable",
        "acceptable",
        "action",
        "not_evaluated",
    ]


def test_percent_of_allowed_and_difference_are_judged_at_their_limit() -> None:
    for value, verdict in ((100.0, "acceptable"), (-100.00000000000001, "acceptable"), (100.001, "action"), (-200.0, "action")):
        assert scores.percent_allowed_verdict(value) == verdict
    assert [scores.difference_verdict(value, 0.5) for value in (-0.5, 0.51, None)] == ["acceptable", "action", "not_evaluated"]
    with pytest.raises(ValueError, match="above 0"):
        scores.difference_verdict(0.1, 0.0)


def test_an_absent_quantity_is_named() -> None:
    assert scores.z_score(None, 1.0, 1.0) == NotCalculable("reported_value_missing")
    assert scores.z_score(1.0, None, 1.0) == NotCalculable("assigned_value_missing")
    assert scores.z_score(1.0, 1.0, None) == NotCalculable("sigma_pt_missing")
    assert scores.z_prime_score(1.0, 1.0, None, 0.1) == NotCalculable("sigma_pt_missing")
    assert scores.z_prime_score(1.0, 1.0, 1.0, None) == NotCalculable("u_assigned_value_missing")
    assert scores.zeta_score(1.0, 1.0, None, 0.1) == NotCalculable("u_reported_value_missing")
    assert scores.en_score(1.0, 1.0, 0.1, None) == NotCalculable("u_assigned_value_missing")
    assert scores.percent_allowed(1.0, 1.0, None) == NotCalculable("allowed_difference_missing")
    assert scores.percent_difference(1.0, None) == NotCalculable("assigned_value_missing")
    assert scores.standard_uncertainty(None, 2.0) == NotCalculable("uncertainty_missing")
    assert scores.standard_uncertainty(0.1, None) == NotCalculable("coverage_factor_missing")


def test_an_impossible_quantity_is_named_with_its_value() -> None:
    assert scores.z_score(1.0, 1.0, 0.0) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
    assert scores.z_prime_score(1.0, 1.0, -0.5, 0.1) == NotCalculable("sigma_pt_not_positive", {"value": -0.5})
    assert scores.zeta_score(1.0, 1.0, 0.0, 0.0) == NotCalculable("uncertainties_zero")
    assert scores.en_score(1.0, 1.0, -0.1, 0.2) == NotCalculable("uncertainty_negative", {"value": -0.1})
    assert scores.percent_allowed(1.0, 1.0, 0.0) == NotCalculable("allowed_difference_not_positive", {"value": 0.0})
    assert scores.percent_difference(1.0, 0.0) == NotCalculable("assigned_value_zero")
    assert scores.standard_uncertainty(-0.1, 2.0) == NotCalculable("uncertainty_negative", {"value": -0.1})
    assert scores.standard_uncertainty(0.1, 0.0) == NotCalculable("coverage_factor_not_positive", {"value": 0.0})


def test_a_reason_is_handed_on() -> None:
    reason = NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert scores.z_score(1.0, reason, 1.0) is reason
    assert scores.en_score(1.0, 1.0, 0.1, reason) is reason


@pytest.mark.parametrize("x", [math.nan, math.inf])
def test_a_value_that_is_no_number_has_no_score(x: float) -> None:
    assert scores.z_score(x, 1.0, 1.0) == NotCalculable("value_not_finite", {"quantity": "reported_value"})


def test_an_overflow_is_a_reason() -> None:
    assert scores.z_score(1e308, -1e308, 1.0) == NotCalculable("result_not_finite", {"quantity": "d"})
    assert scores.z_score(1e300, 0.0, 1e-300) == NotCalculable("result_not_finite", {"quantity": "z"})


def test_standard_and_expanded_uncertainty_are_not_mixed() -> None:
    u = scores.standard_uncertainty(0.044, 2.13)
    assert u == pytest.approx(0.0206573, rel=1e-5)
    assert scores.zeta_score(2.893, 2.99, u, 0.03) == pytest.approx(-2.66306, rel=1e-5)
    assert scores.en_score(2.893, 2.99, 0.044, 0.06) == pytest.approx(-1.30369, rel=1e-5)


@pytest.mark.parametrize(("score", "places"), [(1.23456, 2), (2.004, 3), (2.0000001, 7), (2.9999, 4), (2.0, 2), (-3.0, 2), (1.996, 2)])
def test_a_score_is_printed_on_its_own_side_of_the_limit(score: float, places: int) -> None:
    assert scores.shown_decimals(score, scores.score_verdict) == places
    assert scores.score_verdict(round(score, places)) == scores.score_verdict(score)


@given(NUMBERS, NUMBERS, NUMBERS, POSITIVE, POSITIVE)
def test_scores_rise_with_the_reported_value(x: float, y: float, x_pt: float, sigma: float, u: float) -> None:
    low, high = sorted((x, y))
    for score in (
        lambda value: scores.difference(value, x_pt),
        lambda value: scores.z_score(value, x_pt, sigma),
        lambda value: scores.z_prime_score(value, x_pt, sigma, u),
        lambda value: scores.zeta_score(value, x_pt, sigma, u),
        lambda value: scores.en_score(value, x_pt, sigma, u),
        lambda value: scores.percent_allowed(value, x_pt, sigma),
    ):
        assert score(low) <= score(high)


@given(NUMBERS, NUMBERS, POSITIVE, st.floats(0.0, 1e3))
def test_z_prime_never_exceeds_z(x: float, x_pt: float, sigma: float, u: float) -> None:
    z, z_prime = scores.z_score(x, x_pt, sigma), scores.z_prime_score(x, x_pt, sigma, u)
    assert abs(z_prime) <= abs(z) * (1 + 1e-12)
    assert scores.z_prime_score(x, x_pt, sigma, 0.0) == pytest.approx(z, rel=1e-12)


@given(NUMBERS, NUMBERS, POSITIVE, POSITIVE, st.floats(1.5, 3.0))
def test_zeta_with_standard_uncertainties_is_k_times_en(x: float, x_pt: float, u: float, u_x_pt: float, k: float) -> None:
    assert scores.zeta_score(x, x_pt, u, u_x_pt) == pytest.approx(k * scores.en_score(x, x_pt, k * u, k * u_x_pt), rel=1e-9)


@given(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0))
def test_a_larger_score_never_has_a_better_verdict(first: float, second: float) -> None:
    order = ["acceptable", "warning", "action"]
    low, high = sorted((abs(first), abs(second)))
    assert order.index(scores.score_verdict(low)) <= order.index(scores.score_verdict(high))


@given(st.floats(-10.0, 10.0))
def test_the_printed_score_has_the_verdict_of_the_unrounded_one(score: float) -> None:
    assume(min(abs(abs(score) - limit) for limit in (2.0, 3.0)) > 1e-8)
    places = scores.shown_decimals(score, scores.score_verdict)
    assert scores.score_verdict(round(score, places)) == scores.score_verdict(score)


def test_an_overflow_names_the_score_that_left_the_numbers() -> None:
    far, near = 1e200, 1e-200
    overflows = {
        "d_percent": scores.percent_difference(far, near),
        "pa": scores.percent_allowed(far, 0.0, near),
        "z_prime": scores.z_prime_score(far, 0.0, near, near),
        "zeta": scores.zeta_score(far, 0.0, near, near),
        "en": scores.en_score(far, 0.0, near, near),
        "u": scores.standard_uncertainty(far, near),
    }
    for quantity, found in overflows.items():
        assert found == NotCalculable("result_not_finite", {"quantity": quantity})


def test_zero_is_no_standard_deviation_but_an_uncertainty() -> None:
    assert scores.z_prime_score(1.0, 1.0, 0.0, 0.1) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
    assert scores.standard_uncertainty(0.0, 2.0) == 0.0
    assert scores.standard_uncertainty(0.5, 1.0) == 0.5
    assert scores.standard_uncertainty(0.5, 0.5) == 1.0


def test_a_score_on_the_edge_of_the_epsilon_still_stands_on_the_limit() -> None:
    epsilon = scores.LIMIT_EPSILON
    assert epsilon == 1e-9  # documented, printed in every report
    assert scores.score_verdict(scores.ACTION_LIMIT - epsilon) == "action"
    assert scores.score_verdict(math.nextafter(scores.ACTION_LIMIT - epsilon, 0.0)) == "warning"
    assert scores.score_verdict(scores.WARNING_LIMIT + epsilon) == "acceptable"
    assert scores.score_verdict(math.nextafter(scores.WARNING_LIMIT + epsilon, 9.0)) == "warning"
    assert scores.en_verdict(1.0 + epsilon) == "acceptable"
    assert scores.en_verdict(math.nextafter(1.0 + epsilon, 9.0)) == "action"


def test_no_score_is_printed_with_more_than_nine_decimals() -> None:
    assert scores.shown_decimals(2.00000000123456, scores.score_verdict) == 9
    assert scores.shown_decimals(2.0 + 1.1e-9, lambda value: "warning" if value and value > 2.0 else "acceptable") == 9
    assert scores.shown_decimals(2.0 + 3e-10, lambda value: "warning" if value and value > 2.0 else "acceptable") == 9
