"""How the report shows a number: enough digits, its sign, an axis that holds the limits."""

from __future__ import annotations

import pytest

from lims.rounds.report.numbers import decimals_of, decimals_to_show, plain_format, score_format
from lims.rounds.report.pictures import axis_of


@pytest.mark.parametrize(("value", "decimals"), [(2.004, 3), (1.996, 3), (2.0, 2), (-2.9996, 4), (0.4412, 2), (3.0000001, 7)])
def test_a_score_near_a_limit_shows_enough_digits(value: float, decimals: int):
    assert decimals_to_show(value, (2.0, 3.0)) == decimals


def test_a_score_always_shows_its_sign():
    assert score_format(0.44, (2.0,)) == '+0.00;"−"0.00;0.00'
    assert score_format(-2.5, (2.0,), "Q") == '"Q "+0.00;"Q ""−"0.00;"Q "0.00'


def test_the_axis_of_a_score_chart_holds_all_limits():
    assert (axis_of("z", [0.3, -1.2]).bound, axis_of("en", [0.3]).bound) == (4.0, 2.0)
    wide = axis_of("z", [57.0])
    assert (wide.bound, wide.clipped(57.0), wide.clipped(-1.5)) == (8.0, 8.0, -1.5)


@pytest.mark.parametrize(("texts", "decimals"), [(["1.10", "2"], 2), (["1e-7"], 7), (["no number", ""], 0), (["12"], 0)])
def test_a_number_keeps_the_decimals_that_were_submitted(texts: list[str], decimals: int):
    assert decimals_of(texts) == decimals


def test_a_plain_number_shows_a_real_minus():
    assert plain_format(2) == '0.00;"−"0.00;0.00'
