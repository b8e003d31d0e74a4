"""Assigned values: published consensus, uncertainty rules and their borders."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics import assigned, robust, scores
from lims.statistics.assigned import Negligibility
from lims.statistics.outcome import NotCalculable

# ISO 13528:2022 Annex E, E.3, atrazine, p = 34 (Tables E.4 and E.5).
ATRAZINE = [
    *(0.04, 0.055, 0.178, 0.202, 0.206, 0.227, 0.228, 0.23, 0.23, 0.235, 0.236, 0.237, 0.243, 0.244, 0.245, 0.2555, 0.26),
    *(0.264, 0.267, 0.27, 0.273, 0.274, 0.274, 0.278, 0.2811, 0.287, 0.287, 0.288, 0.289, 0.295, 0.296, 0.311, 0.331, 0.4246),
]
UNCERTAINTIES = st.lists(st.floats(0.0, 1e6), min_size=1, max_size=6)


@pytest.mark.assurance("R8")
@pytest.mark.parametrize(
    ("consensus", "x_pt", "scale", "u"),
    [
        (assigned.consensus_median, 0.262, 0.0402, 0.0086),
        (assigned.consensus_algorithm_a, 0.257, 0.0395, 0.0085),
        (assigned.consensus_mean, 0.2512, 0.0672, 0.0115),
    ],
)
def test_the_printed_consensus_values_are_met(consensus, x_pt: float, scale: float, u: float) -> None:
    found = consensus(ATRAZINE)
    assert (found.x_pt, found.scale, found.u_x_pt) == pytest.approx((x_pt, scale, u), abs=5.0001e-5)
    assert found.p == 34


def test_the_median_can_take_made_as_its_scale() -> None:
    found = assigned.consensus_median(ATRAZINE, scale="made", made_factor=robust.MADE_ISO)
    assert found.scale == pytest.approx(0.0386, abs=5e-5)


@pytest.mark.parametrize("consensus", [assigned.consensus_median, assigned.consensus_algorithm_a, assigned.consensus_mean])
def test_no_results_have_no_consensus(consensus) -> None:
    found = consensus([])
    assert isinstance(found, NotCalculable) and found.code == "too_few_values"


def test_the_mean_of_one_result_has_no_spread() -> None:
    assert assigned.consensus_mean([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_the_uncertainty_of_a_location_needs_a_scale() -> None:
    assert assigned.u_robust(None, 12) == NotCalculable("scale_missing")
    assert assigned.u_robust(-1.0, 12) == NotCalculable("scale_negative", {"value": -1.0})
    assert assigned.u_mean(1.0, 0) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert assigned.u_mean(2.0, 4) == 1.0


@pytest.mark.parametrize("sigma_pt", [0.1, 0.25, 0.7, 1.0, 3.0])
def test_a_u_on_the_border_is_not_negligible_under_the_strict_rule(sigma_pt: float) -> None:
    for u in (0.3 * sigma_pt, sigma_pt * 3 / 10, math.nextafter(0.3 * sigma_pt, 0.0), math.nextafter(0.3 * sigma_pt, 1.0)):
        strict, inclusive = assigned.negligibility(u, sigma_pt), assigned.negligibility(u, sigma_pt, inclusive=True)
        assert isinstance(strict, Negligibility) and isinstance(inclusive, Negligibility)
        assert (strict.is_negligible, inclusive.is_negligible) == (False, True)


def test_a_u_beside_the_border_is_judged_alike_by_both_rules() -> None:
    for u, expected in ((0.0749, True), (0.0751, False)):
        assert assigned.negligibility(u, 0.25).is_negligible is expected
        assert assigned.negligibility(u, 0.25, inclusive=True).is_negligible is expected


def test_the_rule_needs_both_quantities() -> None:
    assert assigned.negligibility(None, 1.0) == NotCalculable("u_assigned_value_missing")
    assert assigned.negligibility(0.1, None) == NotCalculable("sigma_pt_missing")
    assert assigned.negligibility(0.1, 0.0) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
    assert assigned.negligibility(-0.1, 1.0) == NotCalculable("uncertainty_negative", {"value": -0.1})


def test_parts_of_the_uncertainty_add_as_squares() -> None:
    assert assigned.combined_u(0.03, 0.04, 0.0) == pytest.approx(0.05)
    assert assigned.combined_u(0.03, None) == NotCalculable("uncertainty_missing")
    assert assigned.combined_u(0.03, -0.01) == NotCalculable("uncertainty_negative", {"value": -0.01})
    assert assigned.combined_u() == 0.0


@given(UNCERTAINTIES)
def test_a_combined_uncertainty_lies_between_its_largest_part_and_their_sum(parts: list[float]) -> None:
    combined = assigned.combined_u(*parts)
    assert max(parts) * (1 - 1e-12) <= combined <= sum(parts) * (1 + 1e-12)
    assert assigned.combined_u(*reversed(parts)) == pytest.approx(combined)


@pytest.mark.parametrize(("n", "largest"), [(3, 1.15), (5, 1.79), (6, 2.04), (11, 3.02)])
def test_the_reachable_z_is_that_of_the_decision_table(n: int, largest: float) -> None:
    assert assigned.largest_possible_z(n) == pytest.approx(largest, abs=0.005)


def test_below_eleven_results_no_action_signal_can_occur() -> None:
    assert assigned.largest_possible_z(10) < 3.0 < assigned.largest_possible_z(11)
    assert assigned.largest_possible_z(1) == NotCalculable("too_few_values", {"n": 1, "least": 2})


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=15))
def test_no_data_exceed_the_reachable_z(x: list[int]) -> None:
    sd = np.std(x, ddof=1)
    if sd > 0:
        assert np.abs((x - np.mean(x)) / sd).max() <= assigned.largest_possible_z(len(x)) + 1e-9
    one_apart = [0.0] * (len(x) - 1) + [1.0]
    assert (1.0 - np.mean(one_apart)) / np.std(one_apart, ddof=1) == pytest.approx(assigned.largest_possible_z(len(x)))


@pytest.mark.parametrize("p", [2, 3, 5])
def test_trap_a_laboratory_at_double_the_value_passes_on_consensus_z_of_few(p: int) -> None:
    x = [10.0] * (p - 1) + [20.0]
    z = (x[-1] - np.mean(x)) / np.std(x, ddof=1)
    assert z == pytest.approx(assigned.largest_possible_z(p))
    assert scores.score_verdict(float(z)) == "acceptable"


def test_trap_with_a_scale_of_zero_z_is_undefined() -> None:
    consensus = assigned.consensus_algorithm_a([3.2] * 8)
    assert isinstance(consensus, assigned.Consensus) and consensus.scale == 0.0
    assert scores.z_score(3.2, consensus.x_pt, consensus.scale) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
