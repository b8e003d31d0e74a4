"""Control charts over rounds: published charts, rules, gaps, properties."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics import monitoring as mon
from lims.statistics.outcome import NotCalculable

MONTGOMERY = [
    *(9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08),
    *(9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52),
]
NIST = [52, 47, 53, 49.3, 50.1, 47, 51, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
SCORES = st.lists(st.integers(-500, 500).map(lambda z: z / 100), max_size=30)


def test_montgomery_signals_at_the_29th_result() -> None:
    found = mon.cusum(MONTGOMERY, 10.0, 1.0)
    assert found.c_plus[28] == pytest.approx(5.28) and found.n_plus[28] == 7
    assert found.signals == (28, 29) and (found.k, found.h) == (0.5, 5.0)


def test_the_ewma_chart_of_the_handbook_has_its_limits_and_no_signal() -> None:
    found = mon.ewma(NIST, 50.0, 2.0539, weight=0.3, limits="asymptotic")
    assert found.asymptotic == pytest.approx((47.4115, 52.5884), abs=1e-4)
    assert [round(value, 2) for value in found.ewma[:4]] == [50.60, 49.52, 50.56, 50.18]
    assert found.signals == () and set(found.upper) == {found.asymptotic[1]}


def test_exact_limits_are_narrower_at_first_and_reach_the_asymptotic_ones() -> None:
    found = mon.ewma([0.0] * 200, weight=0.2)
    assert found.upper[0] == pytest.approx(3 * 0.2)
    assert list(found.upper) == sorted(found.upper) and found.upper[-1] == pytest.approx(found.asymptotic[1])


def test_the_choice_of_limits_can_decide_an_early_signal() -> None:
    assert mon.ewma([3.5], weight=0.3).signals == (0,)
    assert mon.ewma([3.5], weight=0.3, limits="asymptotic").signals == ()


def test_weight_1_is_the_shewhart_chart() -> None:
    found = mon.ewma([1.0, -3.5, 2.0], weight=1.0)
    assert found.ewma == (1.0, -3.5, 2.0) and found.signals == (1,) and found.upper == (3.0, 3.0, 3.0)


def test_two_successive_warnings_are_listed_with_and_without_regard_to_the_side() -> None:
    found = mon.shewhart_z([2.5, -2.6, 2, 3, -2.1, -2.9, 0, 2.2, 0.1, 2.3])
    assert found.action == (3,) and found.warning == (0, 1, 4, 5, 7, 9)
    assert found.two_warnings_any_side == (1, 5) and found.two_warnings_same_side == (5,)


def test_three_warnings_in_a_row_are_two_successions() -> None:
    assert mon.shewhart_z([2.5, 2.5, 2.5]).two_warnings_same_side == (1, 2)


def test_staying_away_from_a_round_does_not_wipe_out_a_warning() -> None:
    scores = [2.5, None, NotCalculable("no_trials"), 2.5]
    assert mon.shewhart_z(scores).two_warnings_same_side == (3,)
    assert mon.shewhart_z(scores, gaps="break").two_warnings_same_side == ()
    assert mon.shewhart_z(scores).verdicts == ("warning", "not_evaluated", "not_evaluated", "warning")


def test_an_action_signal_between_two_warnings_ends_the_succession() -> None:
    assert mon.shewhart_z([2.5, 3.5, 2.5]).two_warnings_any_side == ()


def test_gaps_keep_their_place_and_carry_the_sums_on() -> None:
    with_gap, without = mon.cusum([2.0, None, 2.0, math.nan]), mon.cusum([2.0, 2.0])
    assert with_gap.c_plus[2] == without.c_plus[1] == 3.0 and with_gap.n_plus == (1, 1, 2, 2)
    assert with_gap.c_plus[1] == NotCalculable("reported_value_missing")
    assert with_gap.c_plus[3] == NotCalculable("value_not_finite", {"quantity": "z"})
    averaged = mon.ewma([1.0, None, 1.0])
    assert averaged.ewma[2] == pytest.approx(0.51) and isinstance(averaged.ewma[1], NotCalculable)


def test_a_statistic_on_the_limit_does_not_signal() -> None:
    assert mon.cusum([5.5]).c_plus == (5.0,) and mon.cusum([5.5]).signals == ()
    assert mon.cusum([5.51]).signals == (0,)
    assert mon.cusum([0.1 + 0.2 + 5.2]).signals == ()


def test_rounding_noise_begins_no_run() -> None:
    assert mon.cusum([0.5 + 1e-16, 0.3 + 0.2]).n_plus == (0, 0)


def test_rescaled_sums_show_what_no_single_score_shows() -> None:
    found = mon.combined_over_rounds([1.0, 1.0, 1.0, 1.0, -1.0], 4)
    assert [score.rsz for score in found] == pytest.approx([1.0, math.sqrt(2), math.sqrt(3), 2.0, 1.0])
    assert found[4].m == 4 and found[4].ssz == pytest.approx(4.0)


def test_rounds_without_a_score_count_for_nothing_in_the_combined_ones() -> None:
    found = mon.combined_over_rounds([None, 2.0, None], 2)
    assert isinstance(found[0].rsz, NotCalculable) and found[1].rsz == found[2].rsz == 2.0
    assert mon.combined_over_rounds([], 3) == ()


@given(SCORES)
def test_charts_of_mirrored_scores_are_mirrored(z: list[float]) -> None:
    mirrored = [-value for value in z]
    assert mon.cusum(z).c_plus == mon.cusum(mirrored).c_minus and mon.cusum(z).signals == mon.cusum(mirrored).signals
    assert mon.ewma(z).signals == mon.ewma(mirrored).signals
    one, other = mon.shewhart_z(z), mon.shewhart_z(mirrored)
    assert (one.action, one.two_warnings_same_side) == (other.action, other.two_warnings_same_side)
    assert set(one.two_warnings_same_side) <= set(one.two_warnings_any_side) <= set(one.warning)


@given(SCORES, st.sampled_from([0.5, 4.0]), st.integers(-50, 50))
def test_charts_do_not_depend_on_unit_and_origin(z: list[float], sigma: float, target: int) -> None:
    moved = [target + sigma * value for value in z]
    assert mon.cusum(moved, target, sigma).c_plus == pytest.approx(mon.cusum(z).c_plus, abs=1e-9)
    assert mon.ewma(moved, target, sigma).ewma == pytest.approx([target + sigma * value for value in mon.ewma(z).ewma], abs=1e-9)


@given(SCORES, st.floats(0.01, 1.0))
def test_the_moving_average_stays_within_its_values(z: list[float], weight: float) -> None:
    low, high = min([0.0, *z]), max([0.0, *z])
    assert all(low - 1e-9 <= value <= high + 1e-9 for value in mon.ewma(z, weight=weight).ewma)


def test_empty_charts_and_huge_values_are_no_error() -> None:
    assert mon.shewhart_z([]).verdicts == mon.cusum([]).c_plus == mon.ewma([]).ewma == ()
    assert isinstance(mon.cusum([1e308, 1e308]).c_plus[1], NotCalculable)
    assert all(math.isfinite(value) for value in mon.ewma([1e308, -1e308]).ewma)


@pytest.mark.parametrize("chart", [mon.cusum, mon.ewma])
def test_without_a_target_or_a_scale_there_is_no_chart(chart: object) -> None:
    assert chart([1.0], None) == NotCalculable("assigned_value_missing")
    assert chart([1.0], 0.0, 0.0) == chart([1.0], 0.0, None) == NotCalculable("scale_missing")
    assert chart([1.0], 0.0, -1.0) == NotCalculable("scale_negative", {"value": -1.0})


@pytest.mark.parametrize(
    "chart",
    [
        lambda: mon.cusum([1.0], h=0.0),
        lambda: mon.ewma([1.0], weight=0.0),
        lambda: mon.ewma([1.0], width=0.0),
        lambda: mon.combined_over_rounds([1.0], 0),
    ],
)
def test_impossible_charts_are_refused(chart: object) -> None:
    with pytest.raises(ValueError, match="expected"):
        chart()


def test_limits_beyond_the_numbers_make_no_ewma_chart() -> None:
    assert mon.ewma([1.0], 0.0, 1e308) == NotCalculable("result_not_finite", {"quantity": "limit"})
