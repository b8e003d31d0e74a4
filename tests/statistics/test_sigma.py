"""sigma_pt by its five ways: published figures, borders of the Horwitz curve, contradictions."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics import robust, sigma
from lims.statistics.outcome import NotCalculable

ATRAZINE = [
    *(0.04, 0.055, 0.178, 0.202, 0.206, 0.227, 0.228, 0.23, 0.23, 0.235, 0.236, 0.237, 0.243, 0.244, 0.245, 0.2555, 0.26),
    *(0.264, 0.267, 0.27, 0.273, 0.274, 0.274, 0.278, 0.2811, 0.287, 0.287, 0.288, 0.289, 0.295, 0.296, 0.311, 0.331, 0.4246),
]


def curve(c: float) -> sigma.Horwitz:
    found = sigma.horwitz(c)
    assert isinstance(found, sigma.Horwitz)
    return found


def test_trap_both_borders_of_the_horwitz_curve_belong_to_the_middle_range() -> None:
    borders = [math.nextafter(1.2e-7, 0.0), 1.2e-7, math.nextafter(1.2e-7, 1.0), 0.138, math.nextafter(0.138, 1.0)]
    assert [curve(c).range for c in borders] == [1, 2, 2, 2, 3]
    assert curve(1.2e-7).sigma == pytest.approx(0.02 * 1.2e-7**0.8495)


@pytest.mark.parametrize("c", [0.0, -1e-6, 1.0000001, 2.99])
def test_trap_the_horwitz_curve_takes_mass_fractions_and_not_mg_per_kg(c: float) -> None:
    assert sigma.horwitz(c) == NotCalculable("mass_fraction_out_of_range", {"value": c})


def test_the_unit_of_a_horwitz_sigma_is_stated() -> None:
    assert sigma.sigma_by_horwitz(2.99, 1e-6) == pytest.approx(0.40561375, rel=1e-7)
    assert sigma.sigma_by_horwitz(2990.0, 1e-9) == pytest.approx(405.61375, rel=1e-7)
    assert sigma.sigma_by_horwitz(2.99, 1.0) == NotCalculable("mass_fraction_out_of_range", {"value": 2.99})
    assert sigma.sigma_by_horwitz(None, 1e-6) == NotCalculable("assigned_value_missing")
    with pytest.raises(ValueError, match="mass fraction"):
        sigma.sigma_by_horwitz(1.0, 0.0)


@given(st.floats(1e-12, 1.0))
def test_sigma_and_its_percentage_agree_along_the_curve(c: float) -> None:
    assert curve(c).sigma == pytest.approx(c * curve(c).rsd_percent / 100.0, rel=1e-12)
    assert 1.0 <= curve(c).rsd_percent <= 22.02


def test_a_percentage_of_the_assigned_value() -> None:
    assert sigma.sigma_by_perception(46.2, 22) == pytest.approx(10.164)
    assert sigma.sigma_by_perception(-46.2, 22) == pytest.approx(10.164)
    assert sigma.sigma_by_perception(0.0, 22) == NotCalculable("assigned_value_zero")
    assert sigma.sigma_by_perception(1.0, 0) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
    assert sigma.sigma_by_perception(1.0, None) == NotCalculable("sigma_pt_missing")


@pytest.mark.assurance("R8")
def test_the_printed_precision_model_is_met() -> None:
    found = sigma.sigma_from_precision(23.2, 14.3, 2)
    assert isinstance(found, sigma.PrecisionModel)
    assert (round(found.sigma_pt, 1), round(found.s_between, 1)) == (20.9, 18.3)


def test_more_replicates_bring_sigma_down_to_the_laboratories() -> None:
    found = [sigma.sigma_from_precision(2.0, 1.0, m) for m in (1, 2, 10**9)]
    assert [each.sigma_pt for each in found] == pytest.approx([2.0, math.sqrt(3.5), math.sqrt(3.0)])


def test_a_contradictory_precision_is_a_reason() -> None:
    assert sigma.sigma_from_precision(1.0, 2.0, 2) == NotCalculable("precision_inconsistent", {"s_r": 2.0, "s_R": 1.0})
    assert sigma.sigma_from_precision(1.0, 0.5, 0) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert sigma.sigma_from_precision(1.0, -0.5, 1) == NotCalculable("scale_negative", {"value": -0.5})
    assert sigma.sigma_from_precision(None, 0.5, 1) == NotCalculable("scale_missing")
    assert sigma.sigma_from_precision(1.0, 1.0, 1).s_between == 0.0


def test_the_line_of_previous_rounds_gives_sigma_at_a_level() -> None:
    found = sigma.sigma_from_previous_rounds([1.0, 2.0, None, 4.0], [0.2, 0.3, 9.0, 0.5])
    assert isinstance(found, sigma.PreviousRounds)
    assert (found.n, found.intercept, found.slope, found.r2) == (3, pytest.approx(0.1), pytest.approx(0.1), pytest.approx(1.0))
    assert found.sigma_at(3.0) == pytest.approx(0.4)
    assert found.sigma_at(-1.0).code == "sigma_pt_not_positive"
    assert found.sigma_at(None) == NotCalculable("assigned_value_missing")


@pytest.mark.filterwarnings("error")
def test_previous_rounds_that_give_no_line() -> None:
    assert sigma.sigma_from_previous_rounds([1.0], [0.2]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert sigma.sigma_from_previous_rounds([1.0, 1.0], [0.2, 0.3]) == NotCalculable("results_all_equal")
    flat = sigma.sigma_from_previous_rounds([1.0, 2.0], [0.2, 0.2])
    assert (flat.slope, flat.r2) == (0.0, NotCalculable("results_all_equal"))
    tiny = sigma.sigma_from_previous_rounds([1e-310, 2e-310], [1e-310, 3e-310])
    assert tiny.slope == pytest.approx(2.0, rel=1e-9)
    assert sigma.sigma_from_previous_rounds([1e-308, 2e-308], [1e300, 2e300]).code == "result_not_finite"
    with pytest.raises(ValueError, match="pairs"):
        sigma.sigma_from_previous_rounds([1.0], [])


def test_the_order_of_previous_rounds_does_not_matter() -> None:
    levels, spreads = [1.0, 2.5, 3.1, 7.7], [0.2, 0.35, 0.3, 1.1]
    assert sigma.sigma_from_previous_rounds(levels, spreads) == sigma.sigma_from_previous_rounds(levels[::-1], spreads[::-1])


def test_trap_sigma_of_the_same_round_is_refused_for_few_results() -> None:
    assert sigma.sigma_from_same_round(ATRAZINE[:11]) == NotCalculable("too_few_values", {"n": 11, "least": 12})
    found = sigma.sigma_from_same_round(ATRAZINE)
    assert isinstance(found, sigma.SameRound) and found.sigma_pt == robust.algorithm_a(ATRAZINE).s_star
    assert sigma.sigma_from_same_round([2.0] * 12) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
    assert sigma.sigma_from_same_round([1.0] * 11 + [math.inf]).code == "value_not_finite"
