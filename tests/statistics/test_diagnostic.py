"""The panel of a 2 x 2 table: published figures, zero cells, empty margins, prevalence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.diagnostic import diagnostic_panel, predictive_values
from lims.statistics.intervals import Interval, Proportion
from lims.statistics.outcome import NotCalculable

CELL = st.integers(0, 60)


@pytest.mark.assurance("R8")
def test_a_published_table_has_its_figures() -> None:
    found = diagnostic_panel(670, 202, 74, 640)  # Scott et al. 2008, as in the handbook of an epidemiological program
    shares = (found.sensitivity, found.specificity, found.ppv, found.npv, found.accuracy, found.prevalence)
    assert [one.value for one in shares] == pytest.approx([0.9005, 0.7601, 0.7683, 0.8964, 0.8260, 0.4691], abs=5e-5)
    assert (found.lr_positive.value, found.lr_negative.value, found.youden) == pytest.approx((3.7537, 0.1309, 0.6606), abs=5e-5)
    assert (found.lr_positive.interval.lower, found.lr_positive.interval.upper) == pytest.approx((3.32, 4.24), abs=0.005)
    assert (found.lr_negative.interval.lower, found.lr_negative.interval.upper) == pytest.approx((0.11, 0.16), abs=0.005)
    assert found.odds_ratio.value == pytest.approx(28.69, abs=0.005)


def test_trap_a_zero_cell_leaves_no_interval_and_where_it_divides_no_ratio() -> None:
    perfect = diagnostic_panel(50, 0, 0, 50)
    assert perfect.lr_positive.value == perfect.odds_ratio.value == NotCalculable("zero_cell")
    assert perfect.lr_negative.value == 0.0 and perfect.lr_negative.interval == NotCalculable("zero_cell")
    blind = diagnostic_panel(0, 4, 30, 66)
    assert blind.lr_positive.value == blind.odds_ratio.value == 0.0
    assert blind.lr_positive.interval == blind.odds_ratio.interval == NotCalculable("zero_cell")


def test_the_ends_of_a_perfect_test_are_exact() -> None:
    found = diagnostic_panel(50, 0, 0, 50, method="clopper_pearson")
    assert found.sensitivity.interval == Interval(pytest.approx(0.928878, abs=1e-6), 1.0, 0.95)


def test_an_empty_margin_is_named() -> None:
    found = diagnostic_panel(0, 3, 0, 9)
    assert found.sensitivity.value == found.youden == found.lr_positive.value == NotCalculable("no_reference_positives")
    assert diagnostic_panel(3, 0, 9, 0).specificity.value == NotCalculable("no_reference_negatives")
    assert diagnostic_panel(0, 0, 9, 3).ppv.value == NotCalculable("no_test_positives")
    assert diagnostic_panel(9, 3, 0, 0).npv.value == NotCalculable("no_test_negatives")
    assert diagnostic_panel(0, 0, 0, 0).accuracy.value == NotCalculable("no_trials")


def test_the_interval_of_the_predictive_value_at_another_prevalence() -> None:
    found = predictive_values(670, 202, 74, 640, 0.02)
    assert (found.ppv.value, found.npv.value) == pytest.approx((0.0712, 0.9973), abs=5e-5)
    # by hand: logit PPV = ln(LR+ pi / (1 - pi)), variance 74 / (670 * 744) + 640 / (202 * 842)
    centre, se = math.log(670 / 744 * 842 / 202 * 0.02 / 0.98), math.sqrt(74 / (670 * 744) + 640 / (202 * 842))
    ends = [1 / (1 + math.exp(-(centre + sign * 1.959964 * se))) for sign in (-1, 1)]
    assert [found.ppv.interval.lower, found.ppv.interval.upper] == pytest.approx(ends, rel=1e-5)


def test_the_prevalence_of_the_table_gives_back_its_predictive_values() -> None:
    panel, adjusted = diagnostic_panel(86, 3, 14, 197), predictive_values(86, 3, 14, 197, 1 / 3)
    assert (adjusted.ppv.value, adjusted.npv.value) == pytest.approx((panel.ppv.value, panel.npv.value))


def test_predictive_values_without_a_basis_say_why() -> None:
    assert predictive_values(0, 3, 0, 9, 0.1) == NotCalculable("no_reference_positives")
    assert predictive_values(3, 0, 9, 0, 0.1) == NotCalculable("no_reference_negatives")
    assert predictive_values(50, 0, 0, 50, 0.1).ppv.interval == NotCalculable("zero_cell")
    assert predictive_values(0, 0, 5, 5, 0.1).ppv.value == NotCalculable("zero_cell")
    with pytest.raises(ValueError, match="prevalence"):
        predictive_values(5, 1, 1, 5, 1.0)


@given(CELL, CELL, CELL, CELL)
def test_every_number_is_finite_and_lies_in_its_interval(tp: int, fp: int, fn: int, tn: int) -> None:
    found = diagnostic_panel(tp, fp, fn, tn)
    for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy", "prevalence", "lr_positive", "lr_negative", "odds_ratio"):
        one = getattr(found, name)
        if isinstance(one.interval, Interval):
            assert one.interval.lower <= one.value * (1 + 1e-12) and one.value <= one.interval.upper * (1 + 1e-12) < math.inf
        assert not isinstance(one, Proportion) or isinstance(one.value, NotCalculable) or 0 <= one.value <= 1
    if isinstance(found.youden, float):
        assert found.youden_interval.lower - 1e-12 <= found.youden <= found.youden_interval.upper + 1e-12


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.floats(0.001, 0.999))
def test_a_higher_prevalence_raises_ppv_and_lowers_npv(tp: int, fp: int, fn: int, tn: int, prevalence: float) -> None:
    low, high = predictive_values(tp, fp, fn, tn, prevalence / 2), predictive_values(tp, fp, fn, tn, prevalence)
    assert low.ppv.value < high.ppv.value and low.npv.value > high.npv.value
    for one in (low.ppv, low.npv, high.ppv, high.npv):
        assert 0 <= one.interval.lower <= one.value <= one.interval.upper <= 1
