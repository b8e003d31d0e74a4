"""Algorithm S: printed factors, the iteration written down, edge cases, properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.algorithm_s import AlgorithmS, algorithm_s, algorithm_s_factors
from lims.statistics.outcome import NotCalculable

RANGES = [0.28, 0.49, 0.4, 0.0, 0.35, 1.98, 0.8, 0.32, 0.95]
SPREADS = st.lists(st.integers(0, 1000).map(float), min_size=1, max_size=30)


def pooled(w: list[float], nu: int = 1, **options: object) -> AlgorithmS:
    found = algorithm_s(w, nu, **options)
    assert isinstance(found, AlgorithmS)
    return found


@pytest.mark.assurance("R8")
@pytest.mark.parametrize(("nu", "eta", "xi"), [(1, 1.645, 1.097), (3, 1.444, 1.039)])
def test_the_printed_factors_are_met(nu: int, eta: float, xi: float) -> None:
    assert algorithm_s_factors(nu, 3) == (eta, xi)


def test_the_factors_are_unbiased_for_normal_data() -> None:
    draws = np.random.default_rng(5).normal(0.0, 2.0, (400_000, 4)).std(axis=1, ddof=1)
    eta, xi = algorithm_s_factors(3)
    assert xi * math.sqrt(float((np.minimum(draws, eta * 2.0) ** 2).mean())) == pytest.approx(2.0, rel=5e-3)


def test_the_iteration_is_the_one_written_down() -> None:
    location = float(np.median(RANGES))
    for _ in range(300):
        location = 1.097 * math.sqrt(float((np.minimum(RANGES, 1.645 * location) ** 2).mean()))
    assert pooled(RANGES).w_star == pytest.approx(location, rel=1e-10)


def test_ranges_are_turned_into_standard_deviations() -> None:
    found = pooled(RANGES, is_range=True)
    assert found.s_r == pytest.approx(found.w_star / math.sqrt(2.0))
    assert pooled(RANGES).s_r == pooled(RANGES).w_star
    with pytest.raises(ValueError, match="one degree"):
        algorithm_s(RANGES, 3, is_range=True)


def test_unrounded_factors_are_an_option_and_recorded() -> None:
    eta, xi = algorithm_s_factors(1)
    found = pooled(RANGES, eta=eta, xi=xi)
    assert (found.eta, found.xi) == (eta, xi)
    assert found.w_star == pytest.approx(0.685754885454951, rel=1e-9)


def test_trap_zeros_are_reported() -> None:
    assert (pooled([0.0, 0.0, 0.0]).w_star, pooled([0.0, 0.0, 0.0]).state) == (0.0, "all_zero")
    assert (pooled([0.0] * 9 + [1.0]).w_star, pooled([0.0] * 9 + [1.0]).state) == (0.0, "collapsed")
    assert pooled([0.5]).w_star > 0


def test_what_cannot_be_pooled_has_a_reason() -> None:
    assert algorithm_s([], 1) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert algorithm_s([0.1, -0.2], 1) == NotCalculable("scale_negative", {"value": -0.2})
    assert algorithm_s([0.1], 0) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert pooled(RANGES, max_iterations=1).state == "not_converged"
    with pytest.raises(ValueError, match="positive"):
        algorithm_s(RANGES, 1, tolerance=0.0)
    with pytest.raises(ValueError, match="degree of freedom"):
        algorithm_s_factors(0)


@given(SPREADS, st.integers(1, 10), st.integers(-8, 8), st.randoms())
def test_the_pooled_value_follows_the_unit_and_not_the_order(w: list[float], nu: int, power: int, random) -> None:
    before = pooled(w, nu)
    assert pooled([2.0**power * value for value in random.sample(w, len(w))], nu).w_star == pytest.approx(2.0**power * before.w_star)
    assert pooled(random.sample(w, len(w)), nu) == before


@given(SPREADS, st.integers(1, 10))
def test_the_pooled_value_is_bounded_by_the_largest(w: list[float], nu: int) -> None:
    found = pooled(w, nu)
    assert 0.0 <= found.w_star <= found.xi * max(w) + 1e-9
    assert 0 <= found.limited <= len(w)


def test_one_wild_laboratory_changes_little() -> None:
    w = [0.3, 0.32, 0.35, 0.4, 0.28, 0.31, 0.36, 0.33]
    assert pooled([*w, 1e6]).w_star == pytest.approx(pooled([*w, 1.0]).w_star, rel=1e-9)
