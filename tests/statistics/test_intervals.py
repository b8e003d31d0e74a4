"""Confidence intervals of a proportion: exact ends, published figures, properties, and an independent program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from lims.statistics import intervals
from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable

TRIALS = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
ALL = (intervals.wilson, intervals.clopper_pearson, intervals.agresti_coull, intervals.jeffreys)
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def test_newcombes_table_is_met() -> None:
    wilson, exact = intervals.wilson(81, 263), intervals.clopper_pearson(81, 263)
    assert (round(wilson.lower, 4), round(wilson.upper, 4)) == (0.2553, 0.3662)
    assert (round(exact.lower, 4), round(exact.upper, 4)) == (0.2527, 0.3676)


def test_five_of_five_prove_less_than_one_thinks() -> None:
    assert intervals.clopper_pearson(5, 5).lower == pytest.approx(0.4782, abs=5e-5)
    assert intervals.wilson(5, 5).lower == pytest.approx(0.5655, abs=5e-5)


@pytest.mark.parametrize("interval", [intervals.wilson, intervals.clopper_pearson])
@pytest.mark.parametrize("n", [1, 3, 29, 100_000])
def test_trap_the_ends_are_exact(interval, n: int) -> None:
    assert interval(0, n).lower == 0.0
    assert interval(n, n).upper == 1.0


@pytest.mark.parametrize("interval", ALL)
def test_trap_no_trials_give_a_reason(interval) -> None:
    assert interval(0, 0) == NotCalculable("no_trials")


@pytest.mark.parametrize("interval", ALL)
@pytest.mark.parametrize(("x", "n"), [(-1, 5), (6, 5), (0.5, 5), (0, -1)])
def test_impossible_counts_are_refused(interval, x: float, n: int) -> None:
    with pytest.raises(ValueError, match="whole numbers"):
        interval(x, n)


@pytest.mark.parametrize("confidence", [0.0, 1.0, 1.2, 95])
def test_an_impossible_confidence_is_refused(confidence: float) -> None:
    for interval in ALL:
        with pytest.raises(ValueError, match="confidence between 0 and 1"):
            interval(1, 2, confidence)


def test_a_proportion_carries_its_counts_method_and_reason() -> None:
    found = intervals.proportion(49, 50, method="clopper_pearson")
    assert (found.value, found.method, found.interval) == (0.98, "clopper_pearson", intervals.clopper_pearson(49, 50))
    reason = NotCalculable("no_reference_positives")
    assert intervals.proportion(0, 0, empty=reason) == intervals.Proportion(0, 0, reason, reason, "wilson")
    assert intervals.proportion(0, 0).value == NotCalculable("no_trials")


def test_the_normal_quantile_is_exact() -> None:
    assert intervals.normal_quantile(0.95) == pytest.approx(1.959963984540054, rel=1e-14)


@given(TRIALS, LEVELS)
def test_an_interval_holds_its_proportion_and_lies_between_0_and_1(trials: tuple[int, int], confidence: float) -> None:
    x, n = trials
    for interval in (intervals.wilson(x, n, confidence), intervals.clopper_pearson(x, n, confidence)):
        assert isinstance(interval, Interval)
        assert 0.0 <= interval.lower <= x / n + 1e-15
        assert x / n - 1e-15 <= interval.upper <= 1.0


@given(TRIALS, LEVELS)
def test_successes_and_failures_mirror_each_other(trials: tuple[int, int], confidence: float) -> None:
    x, n = trials
    for interval in ALL:
        there, back = interval(x, n, confidence), interval(n - x, n, confidence)
        assert (there.lower, there.upper) == pytest.approx((1.0 - back.upper, 1.0 - back.lower), abs=1e-12)


@given(TRIALS)
def test_limits_rise_with_the_number_of_successes_and_with_less_confidence(trials: tuple[int, int]) -> None:
    x, n = trials
    for interval in (intervals.wilson, intervals.clopper_pearson, intervals.jeffreys):  # the centre of Agresti-Coull moves
        narrow, wide = interval(x, n, 0.9), interval(x, n, 0.99)
        assert wide.lower <= narrow.lower and narrow.upper <= wide.upper
        if x < n:
            more = interval(x + 1, n, 0.9)
            assert narrow.lower <= more.lower and narrow.upper <= more.upper


@pytest.mark.assurance("R8")
@given(TRIALS, LEVELS)
def test_intervals_equal_those_of_statsmodels(trials: tuple[int, int], confidence: float) -> None:
    x, n = trials
    methods = {"wilson": intervals.wilson, "beta": intervals.clopper_pearson, "jeffreys": intervals.jeffreys}
    for method, interval in methods.items():
        expected = proportion_confint(x, n, alpha=1.0 - confidence, method=method)
        found = interval(x, n, confidence)
        assert (found.lower, found.upper) == pytest.approx((float(expected[0]), float(expected[1])), rel=1e-9, abs=1e-12)
