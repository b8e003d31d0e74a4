"""The geometry of the charts: every value has its place, none is lost, none is moved over a limit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.web.charts import Estimate, Laboratory, Line, Pair, Point, Score, differences, forest, series, zplot
from lims.web.charts.axes import Scale, number, round_steps, signed, ticks


def test_numbers_carry_a_real_minus_and_no_minus_before_nothing() -> None:
    assert number(-0.444) == "−0.44"
    assert number(-0.001) == "0.00"
    assert signed(0.444) == "+0.44"
    assert signed(0.0) == "0.00"
    assert signed(-3, 0) == "−3"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 9))
def test_round_steps_hold_both_ends_and_are_evenly_spaced(low: float, width: float, count: int) -> None:
    steps = round_steps(low, low + width, count)
    gap = steps[1] - steps[0]
    assert steps[0] <= low + gap * 1e-6
    assert steps[-1] >= low + width - gap * 1e-6
    assert len(steps) <= count + 3
    assert all(math.isclose(after - before, gap, rel_tol=1e-3, abs_tol=1e-6) for before, after in zip(steps, steps[1:], strict=False))


def test_round_steps_of_one_single_value_leave_room_on_both_sides() -> None:
    steps = round_steps(5, 5)
    assert steps[0] < 5 < steps[-1]


def test_an_axis_refuses_ends_that_are_not_finite() -> None:
    with pytest.raises(ValueError, match="finite"):
        round_steps(0, math.inf)


def test_ticks_show_as_many_decimals_as_the_steps_need() -> None:
    assert [tick.text for tick in ticks([-0.5, -0.25, 0.0], Scale(-0.5, 0, 0, 100))] == ["−0.50", "−0.25", "0.00"]


def laboratory(name: str, *values: float | None) -> Laboratory:
    return Laboratory(
        name, [Score(str(index + 1), value, "acceptable", "" if value is not None else "< 2.70") for index, value in enumerate(values)]
    )


def test_laboratories_stand_in_the_order_of_their_mean_and_those_without_scores_last() -> None:
    chart = zplot([laboratory("A", 3.0), laboratory("B", None), laboratory("C", -1.0, 0.0)])
    assert [group.name for group in chart.groups] == ["C", "A", "B"]


def test_every_score_has_a_mark_above_or_below_zero_by_its_sign() -> None:
    chart = zplot([laboratory("A", 1.5, -1.5, 0.0)])
    above, below, on = chart.groups[0].marks
    assert above.y < chart.zero < below.y
    assert on.y == chart.zero
    assert [mark.text for mark in (above, below, on)] == ["+1.50", "−1.50", "0.00"]


def test_a_missing_score_stands_at_the_edge_and_never_at_zero() -> None:
    chart = zplot([laboratory("A", None)])
    (mark,) = chart.groups[0].marks
    assert mark.missing
    assert chart.frame.bottom - 10 < mark.y < chart.frame.bottom
    assert mark.text == "< 2.70"


def test_a_score_beyond_the_sheet_is_drawn_at_the_edge_with_its_true_number() -> None:
    chart = zplot([laboratory("A", 7.25, -9.0, 1.0)])
    up, down, inside = chart.groups[0].marks
    assert (up.beyond, down.beyond, inside.beyond) == ("up", "down", "")
    assert (up.y, down.y) == (chart.frame.top, chart.frame.bottom)
    assert up.text == "+7.25"


def test_the_sheet_has_room_for_numbers_beyond_it_only_where_there_are_any() -> None:
    plain, beyond = zplot([laboratory("A", 1.0)]), zplot([laboratory("A", 7.25)])
    assert beyond.frame.top > plain.frame.top
    assert beyond.frame.height > plain.frame.height


def test_limits_of_en_are_one_and_have_no_warning() -> None:
    chart = zplot([laboratory("A", 0.5)], warning=None, action=1.0, span=2.0)
    assert [limit.kind for limit in chart.limits] == ["action", "action"]
    assert [tick.text for tick in chart.ticks] == ["−2", "−1", "0", "+1", "+2"]


def test_a_plot_of_many_laboratories_is_wider_and_no_mark_leaves_it() -> None:
    chart = zplot([laboratory(f"L{index}", 0.1 * index, 0.0, -0.1 * index) for index in range(30)])
    places = [mark.x for group in chart.groups for mark in group.marks]
    assert chart.frame.width > 520
    assert min(places) > chart.frame.left
    assert max(places) < chart.frame.right
    assert len(places) == 90


def test_no_laboratory_gives_an_empty_sheet() -> None:
    chart = zplot([])
    assert chart.groups == ()
    assert len(chart.limits) == 4


def test_an_estimate_without_interval_is_drawn_without_one_and_one_without_value_says_why() -> None:
    chart = forest(
        [Estimate("A", 1.0, text="5 of 5, no interval"), Estimate("B", None, text="not estimable"), Estimate("C", 0.55, -0.16, 1.0)]
    )
    plain, silent, whole = chart.rows
    assert plain.interval is None
    assert plain.x is not None
    assert silent.x is None
    assert silent.text == "not estimable"
    assert whole.text == "0.55 [−0.16, 1.00]"
    assert whole.interval is not None
    assert whole.x is not None
    assert whole.interval[0] < whole.x < whole.interval[1]


def test_an_interval_wider_than_the_axis_ends_at_its_edge_and_keeps_its_numbers() -> None:
    (row,) = forest([Estimate("A", 0.1, -0.9, 0.8)]).rows
    assert row.interval is not None
    assert row.interval[0] == forest([]).frame.left
    assert row.text == "0.10 [−0.90, 0.80]"


def test_the_names_of_a_forest_fit_beside_it_in_chinese_as_in_latin_letters() -> None:
    for name, width in (("阳性符合率", 5 * 12), ("Q/Hampel", 8 * 7.5)):  # bold letters of 12 px
        frame = forest([Estimate(name, 0.5)]).frame
        assert frame.left - 12 - width >= 0, name


def test_rows_of_a_forest_stand_below_each_other_and_fit() -> None:
    chart = forest([Estimate(f"L{index}", 0.5) for index in range(12)])
    heights = [row.y for row in chart.rows]
    assert heights == sorted(heights)
    assert heights[-1] < chart.frame.bottom < chart.frame.height


def test_differences_hold_points_limits_and_their_uncertainty_inside_the_sheet() -> None:
    chart = differences([Pair(2.0, 0.1), Pair(6.0, -0.4, hollow=True, name="S2")], [Line(0.8, "+0.80", "warn", 0.6, 1.0)])
    (limit,) = chart.lines
    assert limit.band is not None
    assert limit.band[0] < limit.at < limit.band[0] + limit.band[1]
    assert all(chart.frame.top <= dot.y <= chart.frame.bottom for dot in chart.dots)
    assert [dot.hollow for dot in chart.dots] == [False, True]
    assert chart.table[1] == ("S2", "6.00", "−0.40")


def test_a_missing_value_breaks_the_line_of_a_series_and_stays_in_its_table() -> None:
    chart = series([Point(0, 1.0), Point(1, 2.0), Point(2, None, label="05-03"), Point(3, 2.0), Point(4, 1.0), Point(5, 1.5)])
    assert len(chart.paths) == 2
    assert chart.paths[1].count("L") == 2
    assert len(chart.dots) == 5
    assert chart.table[2] == ("05-03", "–", "")


def test_a_series_without_marks_still_shows_the_points_that_say_something() -> None:
    chart = series([Point(0, 4.2), Point(1, 10.1, text="10.1 ℃"), Point(2, 9.6)], marks=False)
    assert [dot.text for dot in chart.dots] == ["10.1 ℃"]


def test_a_change_of_lot_is_an_upright_line_with_its_name() -> None:
    chart = series([Point(0, 1.0), Point(1, 2.0)], changes=[(0.5, "lot D26-042")])
    assert chart.changes[0].text == "lot D26-042"
    assert chart.frame.left < chart.changes[0].at < chart.frame.right


def test_empty_series_and_differences_are_empty_sheets() -> None:
    assert series([]).dots == ()
    assert differences([]).dots == ()
