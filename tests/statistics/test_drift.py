"""Drift of z and kappa over rounds, and kappa pooled over rounds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics.drift import Drift, kappa_drift, pooled_kappa, score_drift
from lims.statistics.intervals import Interval
from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable

GOOD = cohen_kappa([[40, 10], [10, 40]])
POOR = cohen_kappa([[30, 20], [20, 30]])
PERFECT = cohen_kappa([[25, 0], [0, 25]])
ONE_CATEGORY = cohen_kappa([[50, 0], [0, 0]])


def test_the_slope_of_a_small_series_is_the_one_worked_by_hand() -> None:
    found = score_drift([0.0, 1.0, 2.0, 2.0])
    assert (found.slope, found.standard_error, found.df) == (pytest.approx(0.7), pytest.approx(math.sqrt(0.03)), 2)
    assert isinstance(found.interval, Interval)
    assert (found.interval.lower, found.interval.upper) == pytest.approx((-0.0452, 1.4452), abs=5e-5)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(-300, 300)), min_size=3, max_size=15, unique_by=lambda pair: pair[0]))
def test_the_slope_agrees_with_another_program(points: list[tuple[int, int]]) -> None:
    times, z = [float(time) for time, _ in points], [value / 100 for _, value in points]
    found, other = score_drift(z, times), stats.linregress(times, z)
    assert found.slope == pytest.approx(other.slope, rel=1e-9, abs=1e-12)
    assert found.standard_error == pytest.approx(other.stderr, rel=1e-6, abs=1e-8)


def test_rounds_without_a_score_are_left_out_and_counted() -> None:
    found = score_drift([0.0, None, 2.0, 3.0, NotCalculable("no_trials"), math.nan])
    assert (found.n, found.left_out, found.slope) == (3, 3, pytest.approx(1.0))


def test_the_interval_covers_a_slope_of_zero_as_often_as_it_says() -> None:
    noise = np.random.default_rng(11).standard_normal((2000, 6))
    covered = [score_drift(list(row), confidence=0.9).interval for row in noise]
    share = sum(isinstance(found, Interval) and found.lower <= 0 <= found.upper for found in covered) / 2000
    assert share == pytest.approx(0.9, abs=0.03)


def test_a_perfect_line_has_an_interval_without_width() -> None:
    found = score_drift([1.0, 2.0, 3.0])
    assert found.standard_error == 0.0 and found.interval == Interval(1.0, 1.0, 0.95) and found.p == NotCalculable("scale_missing")


def test_two_rounds_or_one_time_show_no_drift() -> None:
    assert score_drift([1.0, 2.0]).slope == NotCalculable("too_few_values", {"n": 2, "least": 3})
    assert score_drift([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]).slope == NotCalculable("x_constant")
    assert score_drift([]).slope == NotCalculable("too_few_values", {"n": 0, "least": 3})
    assert score_drift([1e308, -1e308, 0.0]).slope == NotCalculable("result_not_finite", {"quantity": "slope"})
    with pytest.raises(ValueError, match="one time for each"):
        score_drift([1.0, 2.0, 3.0], [1.0])


def weighted_by_hand(kappas: list[CohenKappa]) -> tuple[float, float]:
    t = np.arange(len(kappas))
    w = np.array([1 / found.ase**2 for found in kappas])
    values = np.array([found.kappa for found in kappas])
    centre, level = (w * t).sum() / w.sum(), (w * values).sum() / w.sum()
    spread = (w * (t - centre) ** 2).sum()
    return float((w * (t - centre) * (values - level)).sum() / spread), float(1 / math.sqrt(spread))


def test_falling_kappa_has_a_falling_slope_with_its_interval() -> None:
    found = kappa_drift([GOOD, GOOD, POOR, POOR])
    slope, se = weighted_by_hand([GOOD, GOOD, POOR, POOR])
    assert (found.slope, found.standard_error) == pytest.approx((slope, se))
    assert isinstance(found.interval, Interval) and found.interval.upper < 0 and found.p < 0.05 and found.df is None


def test_trap_a_round_of_perfect_agreement_cannot_be_weighted() -> None:
    rounds = [PERFECT, GOOD, ONE_CATEGORY, POOR]
    weighted, equal = kappa_drift(rounds), kappa_drift(rounds, weighting="equal")
    assert (weighted.n, weighted.left_out) == (2, 2)
    assert (equal.n, equal.left_out, equal.df) == (3, 1, 1)
    assert equal.slope == pytest.approx(np.polyfit([0, 1, 3], [1.0, GOOD.kappa, POOR.kappa], 1)[0])


def test_one_weighted_round_shows_no_drift() -> None:
    assert isinstance(kappa_drift([GOOD]).slope, NotCalculable) and isinstance(kappa_drift([]), Drift)


def test_pooled_kappa_of_equal_rounds_is_their_kappa_with_half_the_error() -> None:
    found = pooled_kappa([GOOD] * 4)
    assert (found.kappa, found.standard_error) == pytest.approx((GOOD.kappa, GOOD.ase / 2))
    assert found.q == pytest.approx(0.0, abs=1e-12) and found.q_df == 3 and found.q_p == pytest.approx(1.0)


def test_different_rounds_have_no_common_kappa() -> None:
    found = pooled_kappa([GOOD, POOR])
    assert found.q == pytest.approx((GOOD.kappa - POOR.kappa) ** 2 / (GOOD.ase**2 + POOR.ase**2))
    assert found.q_p == pytest.approx(stats.chi2.sf(found.q, 1)) and found.q_p < 0.01


def test_rounds_that_cannot_be_weighted_are_counted_in_the_pool() -> None:
    found = pooled_kappa([GOOD, PERFECT, ONE_CATEGORY])
    assert (found.n, found.left_out, found.kappa) == (1, 2, pytest.approx(GOOD.kappa))
    assert isinstance(found.q, NotCalculable)
    assert isinstance(pooled_kappa([PERFECT]).kappa, NotCalculable) and pooled_kappa([]).left_out == 0


def test_perfect_agreement_of_three_categories_cannot_be_weighted_either() -> None:
    rounds = [cohen_kappa(table) for table in (np.diag([1, 6, 15]), [[11, 3, 0], [2, 14, 4], [0, 3, 13]])]
    pooled = pooled_kappa(rounds)
    assert (pooled.n, pooled.left_out) == (1, 1)
    assert pooled.kappa == pytest.approx(0.6355, abs=5e-5)
    assert kappa_drift(rounds).left_out == 1


def test_decimal_scores_on_one_line_have_a_standard_error_of_0() -> None:
    found = score_drift([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    assert (found.standard_error, found.p) == (0.0, NotCalculable("scale_missing"))
    assert found.slope == pytest.approx(0.1)
