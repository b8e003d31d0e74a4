"""Power of a round and the numbers of laboratories it needs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics import power
from lims.statistics.assigned import Negligibility, largest_possible_z, negligibility, u_robust
from lims.statistics.outcome import NotCalculable

LARGE = NotCalculable("plan_not_reachable", {"most": 100_000})


def test_fewer_than_11_laboratories_cannot_reach_an_action_signal() -> None:
    assert power.laboratories_for_signal(3.0) == 11 and power.laboratories_for_signal(2.0) == 6
    assert largest_possible_z(11) >= 3.0 > largest_possible_z(10)


def test_eighteen_laboratories_make_a_consensus_certain_enough() -> None:
    assert power.laboratories_for_consensus(1.0, 1.0) == 18 and power.laboratories_for_consensus(0.5, 1.0) == 5
    assert power.laboratories_for_consensus(0.0, 1.0) == 1 and power.laboratories_for_consensus(1000.0, 1.0) == LARGE


@given(st.floats(0.05, 5.0), st.floats(0.1, 10.0))
def test_the_planned_laboratories_make_u_negligible_and_one_less_do_not(s_star: float, sigma_pt: float) -> None:
    p = power.laboratories_for_consensus(s_star, sigma_pt)
    if p == LARGE:
        return
    reached, below = negligibility(u_robust(s_star, p), sigma_pt), negligibility(u_robust(s_star, max(p - 1, 1)), sigma_pt)
    assert isinstance(reached, Negligibility) and reached.is_negligible
    assert p == 1 or (isinstance(below, Negligibility) and not below.is_negligible)


@pytest.mark.parametrize(
    ("p", "a_r", "a_big_r"),
    [
        (5, (0.62, 0.44, 0.36), (0.61, 0.58, 0.57)),
        (10, (0.44, 0.31, 0.25), (0.41, 0.39, 0.38)),
        (20, (0.31, 0.22, 0.18), (0.28, 0.27, 0.26)),
    ],
)
def test_the_uncertainty_of_precision_is_that_of_the_printed_table(p: int, a_r: tuple[float, ...], a_big_r: tuple[float, ...]) -> None:
    assert [power.repeatability_uncertainty(p, n) for n in (2, 3, 4)] == pytest.approx(a_r, abs=6e-3)
    assert [power.reproducibility_uncertainty(p, n, 2.0) for n in (2, 3, 4)] == pytest.approx(a_big_r, abs=6e-3)


def test_with_one_laboratory_variance_both_uncertainties_belong_to_the_simulation() -> None:
    p, n, gamma = 8, 2, 2.0
    rng = np.random.default_rng(7)
    results = rng.standard_normal((20_000, p, 1)) * math.sqrt(gamma**2 - 1) + rng.standard_normal((20_000, p, n))
    within = results.var(axis=2, ddof=1).mean(axis=1)
    between = results.mean(axis=2).var(axis=1, ddof=1) - within / n
    s_big_r = np.sqrt(np.maximum(between, 0) + within)
    assert 1.96 * float(s_big_r.std()) / gamma == pytest.approx(power.reproducibility_uncertainty(p, n, gamma), rel=0.05)


@given(st.floats(0.08, 1.0), st.integers(2, 5), st.one_of(st.none(), st.floats(1.0, 5.0)))
def test_the_planned_laboratories_reach_the_uncertainty_and_one_less_do_not(uncertainty: float, n: int, gamma: float | None) -> None:
    p = power.laboratories_for_precision(uncertainty, n, gamma)
    assert isinstance(p, int)

    def factor(count: int) -> float:
        found = power.repeatability_uncertainty(count, n) if gamma is None else power.reproducibility_uncertainty(count, n, gamma)
        return math.inf if isinstance(found, NotCalculable) else found

    assert factor(p) <= uncertainty and (p == 2 or factor(p - 1) > uncertainty)


def test_eighteen_laboratories_give_reproducibility_within_thirty_percent() -> None:
    assert power.laboratories_for_precision(0.3, 2, 2.0) == 18


def test_a_bias_on_the_limit_is_found_every_second_time() -> None:
    assert power.signal_probability(3.0, 1.0, 1.0) == pytest.approx(0.5, abs=1e-6)
    assert power.signal_probability(4.0, 1.0, 1.0) == pytest.approx(0.8413, abs=5e-5)
    assert power.signal_probability(4.0, 1.0, 0.0) == 1.0 and power.signal_probability(2.9, 1.0, 0.0) == 0.0
    assert power.signal_probability(0.0, 1.0, 1.0) == pytest.approx(0.0027, abs=5e-5)


def test_the_signal_probability_is_that_of_simulated_rounds() -> None:
    means = np.random.default_rng(3).normal(3.5, math.hypot(0.8 / math.sqrt(2), 0.2), 200_000)
    assert power.signal_probability(3.5, 1.0, 0.8, n=2, u_x_pt=0.2) == pytest.approx(float((np.abs(means) >= 3).mean()), abs=0.005)


@given(st.floats(0.0, 8.0), st.floats(0.0, 3.0), st.floats(0.1, 3.0))
def test_a_larger_bias_is_found_more_often_whatever_its_sign(bias: float, more: float, s: float) -> None:
    assert power.signal_probability(bias + more, 1.0, s) >= power.signal_probability(bias, 1.0, s) - 1e-12
    assert power.signal_probability(-bias, 1.0, s) == pytest.approx(power.signal_probability(bias, 1.0, s), abs=1e-12)


def test_eight_results_show_a_bias_of_one_standard_deviation() -> None:
    assert (power.bias_test_power(1.0, 1.0, 8), power.bias_test_power(1.0, 1.0, 7)) == pytest.approx((0.807, 0.754), abs=5e-4)
    assert power.results_for_bias(1.0, 1.0) == 8 and power.results_for_bias(0.5, 1.0) == 32
    assert power.bias_test_power(0.0, 1.0, 5) == pytest.approx(0.05)
    assert power.bias_test_power(0.1, 0.0, 1) == 1.0 and power.bias_test_power(0.0, 0.0, 1) == 0.0


@given(st.floats(0.1, 4.0), st.floats(0.1, 3.0), st.floats(0.0, 0.3), st.sampled_from([0.8, 0.9]))
def test_the_planned_results_have_the_power_and_one_less_has_not(bias: float, s: float, u_x_pt: float, wanted: float) -> None:
    n = power.results_for_bias(bias, s, wanted, u_x_pt=u_x_pt)
    if n == LARGE:
        assert power.bias_test_power(bias, s, 10**9, u_x_pt=u_x_pt) < wanted + 0.02
        return
    assert power.bias_test_power(bias, s, n, u_x_pt=u_x_pt) >= wanted
    assert n == 1 or power.bias_test_power(bias, s, n - 1, u_x_pt=u_x_pt) < wanted


def test_a_bias_below_the_uncertainty_of_the_assigned_value_can_never_be_shown() -> None:
    assert power.results_for_bias(0.5, 1.0, u_x_pt=0.5) == LARGE


@pytest.mark.parametrize(
    "plan",
    [
        lambda: power.signal_probability(1.0, 0.0, 1.0),
        lambda: power.bias_test_power(1.0, -1.0, 1),
        lambda: power.results_for_bias(1.0, 1.0, 1.0),
        lambda: power.laboratories_for_precision(0.0, 2),
        lambda: power.reproducibility_uncertainty(5, 2, 0.5),
        lambda: power.laboratories_for_consensus(-1.0, 1.0),
    ],
)
def test_impossible_plans_are_refused(plan: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        plan()


def test_too_few_laboratories_have_no_precision_at_all() -> None:
    assert isinstance(power.repeatability_uncertainty(0, 2), NotCalculable)
    assert isinstance(power.repeatability_uncertainty(5, 1), NotCalculable)
    assert isinstance(power.reproducibility_uncertainty(1, 2, 1.0), NotCalculable)
    assert isinstance(power.reproducibility_uncertainty(5, 0, 1.0), NotCalculable)
