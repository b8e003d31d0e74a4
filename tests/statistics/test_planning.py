"""Planning aids: the planned number reaches the aim in the function that gives the verdict, and the one below does not."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lims.statistics import planning
from lims.statistics.assigned import largest_possible_z
from lims.statistics.intervals import Interval, clopper_pearson
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable


def expected_width(share: float, n: int, confidence: float = 0.95) -> float:
    found = planning.interval_expected(share, n, confidence)
    assert isinstance(found, planning.PlannedTrials)
    assert found.interval == clopper_pearson(found.x, n, confidence)
    return found.width


def test_worked_examples_of_the_width() -> None:
    assert planning.trials_for_width(1.0, 0.1).n == planning.trials_for_width(0.0, 0.1).n == 36
    assert planning.trials_for_width(0.95, 0.1).n == planning.trials_for_width(0.5, 0.2).n == 104
    fifty = planning.interval_expected(0.95, 50)
    assert fifty.x == 47 and (fifty.interval.lower, fifty.interval.upper) == pytest.approx((0.8345, 0.9875), abs=5e-5)


@settings(max_examples=60)
@given(
    st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 0.5, 0.9, 0.95, 0.99, 1.0])), st.floats(0.06, 0.8), st.sampled_from([0.9, 0.95])
)
def test_the_planned_number_reaches_the_width_and_one_less_does_not(share: float, width: float, confidence: float) -> None:
    planned = planning.trials_for_width(share, width, confidence)
    assert isinstance(planned, planning.PlannedTrials)
    assert planned.width <= width and planned.interval == clopper_pearson(planned.x, planned.n, confidence)
    assert planned.n == 1 or expected_width(share, planned.n - 1, confidence) > width


@settings(max_examples=40)
@given(st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.9, 0.95, 0.98])), st.floats(0.1, 0.8))
def test_no_larger_number_misses_the_width_again(share: float, width: float) -> None:
    planned = planning.trials_for_width(share, width)
    assert isinstance(planned, planning.PlannedTrials)
    assert all(expected_width(share, n) <= width for n in range(planned.n, planned.n + 60))


@given(st.integers(1, 300), st.integers(0, 100))
def test_the_expected_count_is_the_neighbour_with_the_wider_interval(n: int, percent: int) -> None:
    found = planning.interval_expected(percent / 100, n)
    assert isinstance(found, planning.PlannedTrials)
    assert abs(found.x - n * percent / 100) < 1.0 + 1e-9
    assert abs(found.x - n / 2) <= max(abs(n * percent / 100 - n / 2), 0.5) + 1e-6


def test_a_width_beyond_every_plan_is_a_reason() -> None:
    assert planning.trials_for_width(0.5, 0.001) == NotCalculable("plan_not_reachable", {"most": planning.MOST})
    assert planning.interval_expected(0.5, 0) == NotCalculable("no_trials")
    for share, width in ((0.5, 0.0), (0.5, 1.0), (1.1, 0.5), (math.nan, 0.5)):
        with pytest.raises(ValueError, match="expected"):
            planning.trials_for_width(share, width)


@pytest.mark.parametrize(("n", "limit"), [(5, 0.4782), (30, 0.8843), (60, 0.9404)])
def test_what_n_proves_when_all_are_right(n: int, limit: float) -> None:
    assert planning.lower_limit(n) == pytest.approx(limit, abs=5e-5)
    assert planning.lower_limit(n) == pytest.approx(0.025 ** (1 / n), rel=1e-9)
    assert planning.lower_limit(n, one_sided=True) == pytest.approx(0.05 ** (1 / n), rel=1e-9)


def test_fifty_nine_samples_prove_95_percent_one_sided_and_58_do_not() -> None:
    assert planning.lower_limit(59, one_sided=True) > 0.95 > planning.lower_limit(58, one_sided=True)
    assert planning.trials_for_lower_limit(0.95, one_sided=True).n == 59
    assert planning.trials_for_lower_limit(0.95).n == 72 and planning.trials_for_lower_limit(0.95, 1).n == 110


@given(st.floats(0.05, 0.99), st.integers(0, 5))
def test_the_planned_number_proves_the_limit_and_one_less_does_not(least: float, misses: int) -> None:
    planned = planning.trials_for_lower_limit(least, misses)
    assert isinstance(planned, planning.PlannedTrials) and planned.n - planned.x == misses
    verdict = clopper_pearson(planned.x, planned.n)
    assert isinstance(verdict, Interval) and verdict.lower >= least
    below = planning.lower_limit(planned.n - 1, misses) if planned.n - 1 >= max(misses, 1) else 0.0
    assert below < least


def test_certainty_can_never_be_proved() -> None:
    assert planning.trials_for_lower_limit(1.0) == NotCalculable("plan_not_reachable", {"most": planning.MOST})
    assert planning.lower_limit(0) == NotCalculable("no_trials")


def test_ten_times_the_positives_hold_them_only_every_second_time() -> None:
    assert planning.probability_of_positives(500, 50, 0.1) == pytest.approx(0.5218, abs=5e-5)
    assert planning.samples_for_positives(50, 0.1) == 615


@given(st.integers(1, 60), st.floats(0.01, 1.0), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_planned_samples_hold_the_positives_and_one_less_do_not(positives: int, share: float, assurance: float) -> None:
    n = planning.samples_for_positives(positives, share, assurance)
    assert isinstance(n, int)
    assert stats.binom.sf(positives - 1, n, share) >= assurance * (1 - 1e-12)
    assert n == positives or stats.binom.sf(positives - 1, n - 1, share) < assurance


def test_positives_that_do_not_occur_cannot_be_planned() -> None:
    assert planning.samples_for_positives(1, 0.0) == NotCalculable("plan_not_reachable", {"most": planning.MOST})
    assert planning.samples_for_positives(0, 0.0) == 0 and planning.samples_for_positives(7, 1.0) == 7
    with pytest.raises(ValueError, match="assurance"):
        planning.samples_for_positives(5, 0.1, 1.0)


def test_the_expected_width_of_kappa_is_that_of_the_verdict() -> None:
    verdict = cohen_kappa([[40, 10], [10, 40]])
    assert isinstance(verdict.interval, Interval) and verdict.kappa == pytest.approx(0.6)
    assert planning.kappa_width(0.6, [0.5, 0.5], 100) == pytest.approx(verdict.interval.upper - verdict.interval.lower, rel=1e-9)


def test_a_rare_category_needs_many_more_pairs() -> None:
    assert planning.pairs_for_kappa(0.8, [0.5, 0.5], 0.2) == 139
    assert planning.pairs_for_kappa(0.8, [0.1, 0.9], 0.2) == 401


@given(st.floats(0.0, 0.95), st.lists(st.integers(1, 20), min_size=2, max_size=4), st.floats(0.05, 0.8))
def test_the_planned_pairs_reach_the_width_of_kappa_and_one_less_do_not(kappa: float, parts: list[int], width: float) -> None:
    shares = [part / sum(parts) for part in parts]
    n = planning.pairs_for_kappa(kappa, shares, width)
    assert isinstance(n, int)
    assert planning.kappa_width(kappa, shares, n) <= width * (1 + 1e-12)
    assert n == 1 or planning.kappa_width(kappa, shares, n - 1) > width * (1 - 1e-12)


def test_the_planned_pairs_give_the_width_in_simulated_rounds() -> None:
    n = planning.pairs_for_kappa(0.7, [0.3, 0.7], 0.25)
    cells = [0.7 * 0.3 + 0.3 * 0.09, 0.3 * 0.21, 0.3 * 0.21, 0.7 * 0.7 + 0.3 * 0.49]
    tables = np.random.default_rng(5).multinomial(n, cells, size=400).reshape(-1, 2, 2)
    intervals = [cohen_kappa(table).interval for table in tables]
    widths = [found.upper - found.lower for found in intervals if isinstance(found, Interval)]
    assert float(np.median(widths)) == pytest.approx(0.25, abs=0.015)


def test_impossible_plans_of_kappa_are_refused_or_named() -> None:
    for kappa, shares in ((1.0, [0.5, 0.5]), (0.5, [1.0]), (0.5, [0.7, 0.7]), (-0.9, [0.1, 0.9])):
        with pytest.raises(ValueError, match="kappa"):
            planning.pairs_for_kappa(kappa, shares, 0.2)
    with pytest.raises(ValueError, match="width"):
        planning.pairs_for_kappa(0.5, [0.5, 0.5], 0.0)
    assert isinstance(planning.pairs_for_kappa(0.5, [0.0, 1.0], 0.2), NotCalculable)
    assert planning.kappa_width(0.5, [0.5, 0.5], 0) == NotCalculable("no_pairs")
    assert planning.pairs_for_kappa(0.5, [0.5, 0.5], 1e-4) == NotCalculable("plan_not_reachable", {"most": planning.MOST})


def test_the_reachable_maximum_of_z_is_stated_for_small_rounds() -> None:
    assert largest_possible_z(5) == pytest.approx(1.79, abs=5e-3)
