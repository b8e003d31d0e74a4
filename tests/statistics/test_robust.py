"""Robust estimates: published figures, edge cases, properties that hold for all data, and an independent program."""

import math
from random import Random
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.robust.scale import Huber

from lims.statistics import robust
from lims.statistics.outcome import NotCalculable

# Whole numbers, so that shifting and doubling them is exact and ties stay ties.
RESULTS = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=40)
WORKED = [4.7, 5.0, 6.2, 4.0, 5.3, 4.9, 5.7, 5.0, 4.5]


def algorithm_a(x: list[float], **options: object) -> robust.AlgorithmA:
    run = robust.algorithm_a(x, **options)
    assert isinstance(run, robust.AlgorithmA)
    return run


def by_hand(x: list[float], s_factor: float = 1.134) -> tuple[float, float]:
    """Algorithm A written down as the standard has it, run long enough."""
    location, scale = float(np.median(x)), 1.483 * float(np.median(np.abs(np.array(x) - np.median(x))))
    for _ in range(500):
        pulled = np.clip(x, location - 1.5 * scale, location + 1.5 * scale)
        location, scale = float(pulled.mean()), s_factor * float(pulled.std(ddof=1))
    return location, scale


def test_the_two_quartile_rules_differ_on_the_worked_example() -> None:
    seven, six = robust.quartiles(WORKED), robust.quartiles(WORKED, 6)
    assert isinstance(seven, robust.Quartiles) and isinstance(six, robust.Quartiles)
    assert (seven.q1, seven.q3) == pytest.approx((4.7, 5.3))
    assert (six.q1, six.q3) == pytest.approx((4.6, 5.5))


@pytest.mark.parametrize("p", [1, 2, 3])
def test_type_6_quartiles_of_few_results_stay_within_them(p: int) -> None:
    found = robust.quartiles([1.0, 2.0, 3.0][:p], 6)
    assert isinstance(found, robust.Quartiles)
    assert 1.0 <= found.q1 <= found.q3 <= p


@pytest.mark.parametrize("p", range(1, 12))
def test_type_8_quartiles_follow_their_formula_and_stay_within_the_results(p: int) -> None:
    ordered = sorted((7.0 * k * k) % 11 for k in range(p))

    def at(q: float) -> float:  # Hyndman and Fan: position (p + 1/3) q + 1/3
        position = min(max((p + 1 / 3) * q + 1 / 3, 1.0), float(p))
        low = min(int(position), p - 1) if p > 1 else 1
        return ordered[low - 1] + (position - low) * (ordered[min(low, p - 1)] - ordered[low - 1])

    found = robust.quartiles(ordered, 8)
    assert isinstance(found, robust.Quartiles)
    assert (found.q1, found.q3) == (pytest.approx(at(0.25)), pytest.approx(at(0.75)))


def test_an_unknown_quartile_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="6, 7 or 8"):
        robust.quartiles(WORKED, 5)  # type: ignore[arg-type]


def test_the_exact_factors_are_those_of_the_normal_distribution() -> None:
    assert robust.winsorised_factor(1.5) == pytest.approx(robust.ALGORITHM_A_FACTOR_EXACT, rel=1e-14)
    assert robust.winsorised_factor(1.5) == pytest.approx(1.13339265546, rel=1e-11)
    assert 1.0 / NormalDist().inv_cdf(0.75) == pytest.approx(robust.MADE_EXACT, rel=1e-15)
    with pytest.raises(ValueError, match="k > 0"):
        robust.winsorised_factor(0.0)


def test_trap_one_result_has_no_spread_and_two_or_three_have_their_own_rule() -> None:
    assert robust.small_sample_sd([1.0, 1.2]) == pytest.approx(0.2 / math.sqrt(2))
    assert robust.small_sample_sd([1.0, 2.0, 4.0]) == pytest.approx(3.0 / (0.798 * 3))
    assert robust.small_sample_sd([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert robust.small_sample_sd(WORKED) == NotCalculable("small_number_rule_absent", {"n": 9})


@pytest.mark.parametrize("name", ["mean", "median", "mad", "made", "quartiles", "niqr", "standard_deviation", "algorithm_a"])
def test_no_results_or_an_infinite_one_give_a_reason(name: str) -> None:
    estimate = getattr(robust, name)
    empty, infinite = estimate([]), estimate([1.0, math.inf, 2.0])
    assert isinstance(empty, NotCalculable) and empty.code == "too_few_values"
    assert infinite == NotCalculable("value_not_finite", {"quantity": "reported_value"})


def test_a_table_of_results_is_refused() -> None:
    with pytest.raises(ValueError, match="one-dimensional"):
        robust.median([[1.0, 2.0]])


def test_a_coefficient_of_variation_needs_a_location() -> None:
    assert robust.robust_cv_percent(0.0, 1.0) == NotCalculable("location_zero")
    assert robust.robust_cv_percent(NotCalculable("no_trials"), 1.0) == NotCalculable("no_trials")


@pytest.mark.parametrize("x", [[3.2] * 8, [0.1] * 3, [0.3, 0.1 + 0.2] * 4])
def test_trap_equal_results_have_every_scale_zero(x: list[float]) -> None:
    run = algorithm_a(x)
    assert (run.state, run.s_star, run.is_degenerate, run.winsorised) == ("all_equal", 0.0, True, 0)
    assert run.x_star == pytest.approx(x[0])


def test_trap_with_mad_zero_algorithm_a_begins_with_the_sd() -> None:
    run = algorithm_a([0.0] * 6 + [1.0, -1.0, 2.0, -2.0, 1e12])
    assert (run.start, run.state, run.winsorised_high) == ("sd", "converged", 1)
    assert run.s_star == pytest.approx(1.30217953997, rel=1e-9)


def test_trap_ties_may_let_the_iteration_collapse_and_that_is_reported() -> None:
    for tie in (0.0, 5.0, -1e6):
        run = algorithm_a([tie] * 8 + [tie + 1.0, tie + 2.0])
        assert (run.state, run.x_star, run.s_star, run.is_degenerate) == ("collapsed", tie, 0.0, True)


def test_algorithm_a_says_when_it_did_not_converge() -> None:
    assert algorithm_a(WORKED, max_iterations=1).state == "not_converged"


def test_algorithm_a_counts_what_it_pulled_in() -> None:
    run = algorithm_a([-90.0, *np.linspace(9.9, 10.1, 20), 30.0, 31.0])
    assert (run.winsorised_low, run.winsorised_high, run.winsorised, run.p) == (1, 2, 3, 23)


def test_a_distant_outlier_does_not_cost_digits() -> None:
    x = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, -1e15]
    run = algorithm_a(x)
    assert (run.x_star, run.s_star) == pytest.approx(by_hand(x), rel=1e-8)


def test_the_third_figure_rule_stops_early() -> None:
    x = [10.014, 10.288, 10.16625, 9.096, 10.004, 10.44, 10.342, 10.474, 30.916, 10.12, 10.7, 9.876]
    early, late = algorithm_a(x, stopping="third_figure"), algorithm_a(x)
    assert early.iterations < late.iterations
    assert early.s_star == pytest.approx(late.s_star, rel=0.02)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("x", [[1.7e308, -1.7e308, 1.0, 2.0, 3.0], [1.7e308, -1.7e308]])
def test_a_range_beyond_the_floating_point_numbers_is_a_reason(x: list[float]) -> None:
    assert robust.algorithm_a(x) == NotCalculable("result_not_finite", {"quantity": "s_star"})


def test_impossible_options_are_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        robust.algorithm_a(WORKED, tolerance=0.0)


@given(RESULTS, st.integers(-5000, 5000), st.integers(-8, 8))
def test_estimates_follow_a_change_of_origin_and_unit(x: list[float], shift: int, power: int) -> None:
    scale = 2.0**power
    moved = [scale * (value + shift) for value in x]
    assert robust.median(moved) == scale * (robust.median(x) + shift)
    assert robust.made(moved) == pytest.approx(scale * robust.made(x), rel=1e-9, abs=1e-9 * scale)
    assert robust.niqr(moved) == pytest.approx(scale * robust.niqr(x), rel=1e-9, abs=1e-9 * scale)
    before, after = algorithm_a(x), algorithm_a(moved)
    assert after.state == before.state
    assert after.x_star == pytest.approx(scale * (before.x_star + shift), rel=1e-7, abs=1e-6 * scale)
    assert after.s_star == pytest.approx(scale * before.s_star, rel=1e-6, abs=1e-8 * scale)


@given(RESULTS)
def test_estimates_turn_with_the_sign(x: list[float]) -> None:
    before, after = algorithm_a(x), algorithm_a([-value for value in x])
    assert (after.x_star, after.s_star) == (pytest.approx(-before.x_star, abs=1e-6), pytest.approx(before.s_star, abs=1e-6))
    assert (after.winsorised_low + after.winsorised_high) == before.winsorised


@given(RESULTS, st.randoms())
def test_the_order_of_the_results_does_not_matter(x: list[float], random: Random) -> None:
    shuffled = random.sample(x, len(x))
    assert robust.median(shuffled) == robust.median(x)
    assert robust.niqr(shuffled) == robust.niqr(x)
    before, after = algorithm_a(x), algorithm_a(shuffled)
    assert (after.x_star, after.s_star) == pytest.approx((before.x_star, before.s_star), rel=1e-9, abs=1e-9)


@given(RESULTS)
def test_locations_stay_within_the_results_and_scales_are_not_negative(x: list[float]) -> None:
    run = algorithm_a(x)
    assert min(x) - 1e-9 <= run.x_star <= max(x) + 1e-9
    assert run.s_star >= 0 and robust.made(x) >= 0 and robust.niqr(x) >= 0


@given(RESULTS)
def test_a_converged_run_is_a_fixed_point(x: list[float]) -> None:
    run = algorithm_a(x)
    assume(run.state == "converged")
    pulled = np.clip(x, run.x_star - 1.5 * run.s_star, run.x_star + 1.5 * run.s_star)
    assert pulled.mean() == pytest.approx(run.x_star, abs=1e-8 * run.s_star)
    assert 1.134 * pulled.std(ddof=1) == pytest.approx(run.s_star, rel=1e-8)


@given(st.lists(st.integers(-1000, 1000).map(float), min_size=10, max_size=40, unique=True), st.integers(4, 9))
def test_one_distant_result_moves_the_robust_mean_little(x: list[float], power: int) -> None:
    near, far = algorithm_a([*x, 1e4]), algorithm_a([*x, 10.0**power])
    assert far.x_star == pytest.approx(near.x_star, abs=1e-6 * near.s_star)


@pytest.mark.assurance("R8")
@given(st.integers(0, 2**32 - 1), st.integers(8, 60), st.integers(0, 2))
def test_algorithm_a_with_the_exact_factor_is_hubers_proposal_2(seed: int, p: int, outliers: int) -> None:
    x = np.random.default_rng(seed).normal(10.0, 0.5, p)
    x[:outliers] += 40.0
    location, scale = Huber(c=1.5, tol=1e-12, maxiter=2000)(x)
    run = algorithm_a(x.tolist(), s_factor=robust.ALGORITHM_A_FACTOR_EXACT, tolerance=1e-12)
    assert (run.x_star, run.s_star) == pytest.approx((float(location), float(scale)), rel=1e-7)


@pytest.mark.assurance("R8")
@given(RESULTS)
def test_quartiles_equal_the_definition_by_positions(x: list[float]) -> None:
    ordered, p = sorted(x), len(x)
    for rule, lower, upper in ((7, 1 + (p - 1) * 0.25, 1 + (p - 1) * 0.75), (6, (p + 1) * 0.25, (p + 1) * 0.75)):
        found = robust.quartiles(x, rule)
        assert isinstance(found, robust.Quartiles)
        assert (found.q1, found.q3) == pytest.approx((_at(ordered, lower), _at(ordered, upper)), abs=1e-9)


def _at(ordered: list[float], position: float) -> float:
    position = min(max(position, 1.0), float(len(ordered)))
    below = math.floor(position)
    above = min(below + 1, len(ordered))
    return ordered[below - 1] + (position - below) * (ordered[above - 1] - ordered[below - 1])


def test_the_factors_of_the_standard_are_the_defaults() -> None:
    assert robust.NIQR_FACTOR == 0.7413 and robust.MADE_ISO == 1.483
    assert robust.niqr(WORKED) == pytest.approx(0.7413 * 0.6)
    assert robust.standard_deviation([1.0, 3.0]) == pytest.approx(math.sqrt(2.0))


@pytest.mark.parametrize(
    ("quantity", "estimate", "x"),
    [
        ("mean", robust.mean, [1.7e308] * 3 + [1.6e308]),
        ("standard_deviation", robust.standard_deviation, [1e200, -1e200, 0.0]),
        ("standard_deviation", robust.small_sample_sd, [1.7e308, -1.7e308]),
        ("standard_deviation", robust.small_sample_sd, [1.7e308, -1.7e308, -1.6e308]),
        ("median", robust.median, [1.7e308, 1.7e308]),
        ("mad", robust.mad, [1.7e308, 1.7e308, -1.7e308, -1.7e308]),
        ("made", robust.made, [1.5e308, -1.5e308, 0.0]),
        ("iqr", robust.quartiles, [1.7e308, 1.6e308, -1.6e308, -1.7e308]),
        ("niqr", lambda x: robust.niqr(x, factor=10.0), [8e307, 7e307, -7e307, -8e307]),
    ],
)
def test_an_estimate_beyond_the_floating_point_numbers_names_itself(quantity: str, estimate: object, x: list[float]) -> None:
    assert estimate(x) == NotCalculable("result_not_finite", {"quantity": quantity})


def test_large_quartiles_of_one_sign_have_a_range() -> None:
    assert robust.niqr([1.2e308, 1.3e308, 1.4e308, 1.5e308, 1.6e308]) == pytest.approx(0.7413 * 2e307)


def test_a_coefficient_of_variation_says_what_is_missing() -> None:
    assert robust.robust_cv_percent(None, 1.0) == NotCalculable("assigned_value_missing")
    assert robust.robust_cv_percent(1.0, None) == NotCalculable("scale_missing")
    assert robust.robust_cv_percent(1e-300, 1e300) == NotCalculable("result_not_finite", {"quantity": "robust_cv_percent"})


def test_three_results_at_the_end_of_the_numbers_still_have_their_spread() -> None:
    assert robust.small_sample_sd([1.7e308, 0.0, -1.7e308]) == pytest.approx(3.4 / (0.798 * 3) * 1e308)
