"""The bootstrap of kappa: repeatable, close to large-sample theory, honest about degenerate replicates, and fast."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.bootstrap import kappa_bootstrap
from lims.statistics.intervals import Interval
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable

TABLES = st.integers(2, 4).flatmap(lambda k: st.lists(st.lists(st.integers(0, 15), min_size=k, max_size=k), min_size=k, max_size=k))


def test_the_example_of_the_description() -> None:
    found = kappa_bootstrap([[59, 6], [16, 80]])
    assert (found.kappa, found.interval.lower, found.interval.upper) == pytest.approx((0.723, 0.609, 0.823), abs=5e-4)


def test_the_same_seed_gives_the_same_interval() -> None:
    first, again, other = (kappa_bootstrap([[59, 6], [16, 80]], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.interval != other.interval and other.seed == 2


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
def test_many_pairs_give_the_interval_of_the_asymptotic_error(weights: str) -> None:
    table = [[300, 40, 10], [50, 250, 30], [5, 45, 270]]
    bootstrap, wald = kappa_bootstrap(table, weights).interval, cohen_kappa(table, weights).interval
    assert (bootstrap.lower, bootstrap.upper) == pytest.approx((wald.lower, wald.upper), abs=0.006)


def test_trap_degenerate_replicates_are_dropped_and_counted() -> None:
    found = kappa_bootstrap([[3, 1], [0, 1]])
    chance = (4 / 5) ** 5, (3 / 5) ** 5  # without the cell 1, 1 the column rater is constant; all pairs in 0, 0: no kappa
    assert found.degenerate == pytest.approx(2000 * (chance[1] + (1 / 5) ** 5), abs=50)
    assert found.constant > 300
    assert found.interval.lower == 0.0


def test_every_replicate_has_the_kappa_of_its_own_table() -> None:
    table, seed = np.array([[6, 2, 1], [0, 5, 3], [1, 1, 6]]), 7
    found = kappa_bootstrap(table, "linear", replicates=400, seed=seed)
    cells = table.ravel()
    drawn = np.random.default_rng(seed).multinomial(25, cells[cells > 0] / 25, size=400)
    replicates = np.zeros((400, 9), dtype=int)
    replicates[:, cells > 0] = drawn
    kappas = [cohen_kappa(replicate.reshape(3, 3), "linear").kappa for replicate in replicates]
    lower, upper = np.quantile(kappas, [0.025, 0.975], method="weibull")
    assert (found.interval.lower, found.interval.upper) == pytest.approx((lower, upper), rel=1e-12)


def test_a_table_without_kappa_hands_on_its_reason() -> None:
    found = kappa_bootstrap([[7, 0], [0, 0]])
    assert found.interval == found.kappa == NotCalculable("one_category_only", {"category": 0, "n": 7})
    assert kappa_bootstrap([[0, 0], [0, 0]]).interval == NotCalculable("no_pairs")
    constant = kappa_bootstrap([[5, 3], [0, 0]])
    assert constant.interval.code == "one_rater_constant" and constant.replicates == 0


def test_too_few_replicates_with_a_kappa_are_refused() -> None:
    many = [kappa_bootstrap([[1, 0], [0, 1]], replicates=100, seed=seed) for seed in range(20)]  # every second replicate has no kappa
    refused = [found for found in many if not isinstance(found.interval, Interval)]
    assert 0 < len(refused) < 20
    assert all((found in refused) == (found.degenerate > 50) for found in many)
    assert refused[0].interval == NotCalculable("too_few_replicates", {"n": 100 - refused[0].degenerate, "replicates": 100})


def test_trap_perfect_agreement_gives_an_interval_without_information() -> None:
    assert kappa_bootstrap([[20, 0], [0, 20]]).interval == Interval(1.0, 1.0, 0.95)


def test_impossible_options_are_refused() -> None:
    with pytest.raises(ValueError, match="100 replicates"):
        kappa_bootstrap([[5, 1], [1, 5]], replicates=50)
    with pytest.raises(ValueError, match="confidence"):
        kappa_bootstrap([[5, 1], [1, 5]], confidence=1.0)


@settings(max_examples=40)
@given(TABLES)
def test_the_limits_lie_within_the_bounds_of_kappa(table: list[list[int]]) -> None:
    found = kappa_bootstrap(table, replicates=200)
    if isinstance(found.interval, Interval):
        assert -1.0 <= found.interval.lower <= found.interval.upper <= 1.0
        assert found.degenerate + found.constant <= found.replicates


def test_two_thousand_replicates_take_ten_milliseconds_of_processor_time() -> None:
    kappa_bootstrap([[40, 5, 2], [6, 30, 4], [1, 3, 29]])

    def spent() -> float:
        start = time.process_time()
        kappa_bootstrap([[40, 5, 2], [6, 30, 4], [1, 3, 29]])
        return time.process_time() - start

    assert min(spent() for _ in range(15)) < 0.010


def test_raters_constant_in_two_categories_are_constant_and_not_degenerate() -> None:
    found = kappa_bootstrap([[0, 3], [1, 0]])
    assert found.degenerate == 0
    assert found.constant == pytest.approx(2000 * ((3 / 4) ** 4 + (1 / 4) ** 4), abs=90)


def test_the_defaults_are_recorded_and_a_table_without_kappa_draws_nothing() -> None:
    assert kappa_bootstrap([[20, 5], [4, 21]]).replicates == 2000
    lacking = kappa_bootstrap([[7, 0], [0, 0]])
    assert (lacking.replicates, lacking.degenerate, lacking.constant) == (0, 0, 0)
