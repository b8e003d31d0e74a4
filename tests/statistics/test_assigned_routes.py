"""Assigned values by formulation, reference material, reference and expert laboratories, and their check against a reference."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics import assigned, reference
from lims.statistics import assigned_routes as routes
from lims.statistics.outcome import NotCalculable


def test_a_spiked_base_has_the_weighted_content() -> None:
    found = routes.by_formulation([1.0, 99.0], [100.0, 0.0], [0.001, 0.01], [0.5, 0.01])
    assert isinstance(found, routes.AssignedValue)
    assert found.x_pt == pytest.approx(1.0)
    parts = (0.99 * 0.001, -0.01 * 0.01, 0.01 * 0.5, 0.99 * 0.01)
    assert found.u_char == pytest.approx(math.sqrt(sum(part * part for part in parts)))


def test_the_uncertainty_of_a_formulation_is_that_of_small_changes() -> None:
    masses, contents = [2.0, 3.0, 5.0], [1.0, 4.0, 2.0]

    def content(m: list[float], c: list[float]) -> float:
        return sum(a * b for a, b in zip(m, c, strict=True)) / sum(m)

    step, total = 1e-6, 0.0
    for index, (u_mass, u_content) in enumerate(zip((0.1, 0.2, 0.3), (0.01, 0.02, 0.03), strict=True)):
        moved_mass, moved_content = masses.copy(), contents.copy()
        moved_mass[index] += step
        moved_content[index] += step
        total += ((content(moved_mass, contents) - content(masses, contents)) / step * u_mass) ** 2
        total += ((content(masses, moved_content) - content(masses, contents)) / step * u_content) ** 2
    found = routes.by_formulation(masses, contents, [0.1, 0.2, 0.3], [0.01, 0.02, 0.03])
    assert isinstance(found, routes.AssignedValue)
    assert found.u_char == pytest.approx(math.sqrt(total), rel=1e-5)


def test_a_formulation_with_gaps_keeps_what_can_be_said() -> None:
    found = routes.by_formulation([1.0, 1.0], [2.0, 4.0], [0.0, None], [0.1, 0.1])
    assert found == routes.AssignedValue(3.0, NotCalculable("uncertainty_missing"), "formulation")
    assert routes.by_formulation([1.0, None], [2.0, 4.0], [0, 0], [0, 0]) == NotCalculable("assigned_value_missing")
    assert routes.by_formulation([], [], [], []).code == "too_few_values"
    assert routes.by_formulation([1.0], [2.0], [-0.1], [0.0]).u_char == NotCalculable("uncertainty_negative", {"value": -0.1})
    with pytest.raises(ValueError, match="equally many"):
        routes.by_formulation([1.0], [], [], [])


@pytest.mark.assurance("R8")
def test_the_printed_value_by_a_reference_material_is_met() -> None:
    given_case = next(case["input"] for case in reference.shipped_cases() if case["method"] == "assigned_value_crm")
    found = routes.by_reference_material(given_case["x_crm"], given_case["u_crm"], given_case["differences"])
    assert isinstance(found, routes.ByReferenceMaterial)
    assert (found.x_pt, found.u_x_pt) == pytest.approx((23.35, 0.35), abs=0.005)


def test_one_difference_gives_a_value_without_its_uncertainty() -> None:
    found = routes.by_reference_material(21.62, 0.26, [1.5])
    assert isinstance(found, routes.ByReferenceMaterial)
    assert (found.x_pt, found.u_x_pt) == (pytest.approx(23.12), NotCalculable("too_few_values", {"n": 1, "least": 2}))
    assert routes.by_reference_material(21.62, None, [1.5, 1.6]).u_x_pt == NotCalculable("u_assigned_value_missing")
    assert routes.by_reference_material(21.62, 0.26, []) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert routes.by_reference_material(None, 0.26, [1.0]) == NotCalculable("assigned_value_missing")
    assert routes.by_reference_material(1.7e308, 0.26, [1.7e308]) == NotCalculable("result_not_finite", {"quantity": "x_pt"})


def test_a_certificate_is_taken_as_it_stands() -> None:
    assert routes.by_certificate(2.99, 0.03) == routes.AssignedValue(2.99, 0.03, "reference_laboratory")
    assert routes.by_certificate(2.99, None, "reference_material").u_char == NotCalculable("u_assigned_value_missing")
    assert routes.by_certificate(2.99, -0.1).u_char == NotCalculable("uncertainty_negative", {"value": -0.1})
    assert routes.by_certificate(None, 0.1) == NotCalculable("assigned_value_missing")


def test_expert_laboratories_cannot_have_a_small_uncertainty_by_chance() -> None:
    assert routes.by_expert_laboratories([4.0, 4.2], [0.3, 0.4]) == routes.AssignedValue(4.1, 0.25, "expert_laboratories")
    equal = routes.by_expert_laboratories([4.0] * 4, [0.2] * 4)
    assert (equal.x_pt, equal.u_char) == (4.0, pytest.approx(1.25 * 0.2 / 2.0))
    assert routes.by_expert_laboratories([4.0, 4.2], [0.3, None]).u_char == NotCalculable("u_reported_value_missing")
    assert routes.by_expert_laboratories([4.0], [0.3]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert routes.by_expert_laboratories([4.0, None], [0.3, 0.3]) == NotCalculable("reported_value_missing")
    with pytest.raises(ValueError, match="one uncertainty"):
        routes.by_expert_laboratories([4.0], [])


def test_a_consensus_above_its_reference_is_checked_like_one_below() -> None:
    x = [1.0, 1.1, 1.2, 0.9, 1.05]
    above, below = routes.reference_check(x, 0.5, 0.05), routes.reference_check([-value for value in x], -0.5, 0.05)
    assert above.ratio == pytest.approx(below.ratio) and above.x_diff > 0
    assert above.is_consistent is False
    assert routes.reference_check(x, 1.05, 0.05).is_consistent is True


def test_a_check_without_uncertainty_or_reference_has_a_reason() -> None:
    found = routes.reference_check([1.0, 1.0, 1.0], 1.5, 0.0)
    assert (found.x_diff, found.ratio, found.is_consistent) == (0.5, *(NotCalculable("uncertainties_zero"),) * 2)
    assert routes.reference_check([1.0], 1.0, 0.1).code == "too_few_values"
    assert routes.reference_check([1.0, 2.0], None, 0.1) == NotCalculable("assigned_value_missing")
    assert routes.reference_check([1.0, 2.0], 1.0, -0.1) == NotCalculable("uncertainty_negative", {"value": -0.1})


@given(st.lists(st.integers(-1000, 1000).map(float), min_size=6, max_size=30), st.integers(0, 3))
def test_a_mean_without_the_most_distant_is_the_mean_of_the_rest(x: list[float], left_out: int) -> None:
    found = assigned.consensus_mean_without(x, left_out)
    assert found.p == len(x) - left_out
    assert min(x) - 1e-9 <= found.x_pt <= max(x) + 1e-9
    assert found == assigned.consensus_mean_without(x[::-1], left_out)
    assert found.scale <= assigned.consensus_mean(x).scale * math.sqrt((len(x) - 1) / (found.p - 1)) + 1e-9


def test_a_mean_without_too_many_has_a_reason() -> None:
    assert assigned.consensus_mean_without([1.0, 2.0, 3.0, 4.0], 3) == NotCalculable("too_few_values", {"n": 4, "least": 5})
    assert assigned.consensus_q_hampel([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert assigned.consensus_q_hampel([1.0, 1.2, 1.1, 9.0]).estimator == "q_hampel"
