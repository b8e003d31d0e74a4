"""Homogeneity of samples: published examples, edges, and the two questions that are easily confused."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics import homogeneity as hom
from lims.statistics.assigned import combined_u
from lims.statistics.outcome import NotCalculable
from lims.statistics.scores import z_prime_score

ARSENIC = [
    *([0.185, 0.194], [0.187, 0.189], [0.182, 0.186], [0.188, 0.196], [0.191, 0.181]),
    *([0.188, 0.180], [0.187, 0.196], [0.177, 0.186], [0.179, 0.187], [0.188, 0.196]),
]
COPPER = [
    *([10.5, 10.4], [9.6, 9.5], [10.4, 9.9], [9.5, 9.9], [10.0, 9.7], [9.6, 10.1]),
    *([9.8, 10.4], [9.8, 10.2], [10.8, 10.7], [10.2, 10.0], [9.8, 9.5], [10.2, 10.0]),
]
SAMPLES = st.lists(st.lists(st.integers(-500, 500).map(float), min_size=2, max_size=2), min_size=2, max_size=15)


def check(samples: list[list[float]], sigma_pt: float | None = None, **options: object) -> hom.Homogeneity:
    found = hom.homogeneity(samples, sigma_pt, **options)
    assert isinstance(found, hom.Homogeneity)
    return found


def test_arsenic_in_chocolate_is_homogeneous_as_published() -> None:
    found = check(ARSENIC, 0.02807)
    assert (found.s_x, found.s_w, found.s_s) == pytest.approx((0.00398, 0.00556, 0.00060), abs=5e-6)
    assert found.limit == pytest.approx(0.00842, abs=5e-6)
    assert found.is_homogeneous and found.passes_sigma and found.passes_expanded and not found.is_f_significant


def test_the_printed_factors_are_the_rounded_ones() -> None:
    exact, rounded = hom.homogeneity_factors(10, 2), hom.homogeneity_factors(10, 2, "rounded")
    assert (rounded.f1, rounded.f2) == (1.88, 1.01)
    assert (exact.f1, exact.f2) == pytest.approx((1.879886, 1.010191), abs=1e-6)
    assert (hom.homogeneity_factors(12, 2, "rounded").f1, hom.homogeneity_factors(12, 2, "rounded").f2) == (1.79, 0.86)


@pytest.mark.parametrize(
    ("g", "f1", "f2"),
    [(7, 2.10, 1.43), (8, 2.01, 1.25), (9, 1.94, 1.11), (10, 1.88, 1.01), (11, 1.83, 0.93), (15, 1.69, 0.71), (20, 1.59, 0.57)],
)
def test_the_factors_are_those_of_the_printed_table(g: int, f1: float, f2: float) -> None:
    found = hom.homogeneity_factors(g, 2, "rounded")
    assert (found.f1, found.f2) == (f1, f2)


def test_trap_the_f_test_is_significant_although_the_sigma_rule_passes() -> None:
    found = check(COPPER, 1.14)
    assert found.passes_sigma and found.is_f_significant and found.rules_disagree
    assert found.is_homogeneous is True
    assert check(COPPER, 1.14, rule="f_test").is_homogeneous is False


def test_trap_the_sigma_rule_fails_although_the_f_test_is_not_significant() -> None:
    found = check(ARSENIC, 0.001, rule="sigma")
    assert found.passes_sigma is False and found.is_f_significant is False and found.rules_disagree
    assert found.is_homogeneous is False
    assert check(ARSENIC, 0.001, rule="f_test").is_homogeneous is True


def test_trap_the_rule_that_decided_is_recorded() -> None:
    assert check(ARSENIC, 0.02807).rule == "expanded"
    assert check(ARSENIC, 0.02807, rule="f_test").rule == "f_test"


def test_the_expanded_criterion_allows_for_chance_in_s_s() -> None:
    sigma_pt = 0.29 / 0.3
    found = check(COPPER, sigma_pt)
    assert found.passes_sigma is False and found.passes_expanded is True
    assert found.is_homogeneous is True and check(COPPER, sigma_pt, rule="sigma").is_homogeneous is False


def test_comparing_variances_is_the_same_question() -> None:
    found = check(COPPER, 1.14)
    assert (found.s_s**2 <= found.c) == (found.s_s <= found.sqrt_c)
    assert found.c == pytest.approx(0.2618008018)


def test_s_s_on_the_limit_passes() -> None:
    found = check(COPPER)
    assert check(COPPER, found.s_s / 0.3, rule="sigma").passes_sigma is True
    assert check(COPPER, found.s_s / 0.3 * 0.9999, rule="sigma").passes_sigma is False


def test_given_factors_replace_the_computed_ones() -> None:
    found = check(ARSENIC, 0.02807, f1=1.88, f2=1.01)
    assert found.sqrt_c == pytest.approx(0.0128287331050364, rel=1e-12)


def test_a_negative_variance_between_samples_counts_as_zero_and_stays_visible() -> None:
    found = check([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]], 1.0)
    assert found.s_s == 0.0 and found.variance_signed == pytest.approx(-(found.s_w**2) / 2)


@given(SAMPLES)
def test_s_s_is_what_the_means_scatter_beyond_repeatability(samples: list[list[float]]) -> None:
    found = check(samples, 1.0)
    if isinstance(found.s_x, NotCalculable) or isinstance(found.s_w, NotCalculable):
        return
    assert found.variance_signed == pytest.approx(found.s_x**2 - found.s_w**2 / 2, rel=1e-9, abs=1e-9)
    assert 0 <= found.s_s <= found.s_x * (1 + 1e-12)


@given(SAMPLES, st.sampled_from([2.0, 0.25, -8.0]), st.integers(-1000, 1000), st.integers(1, 300))
def test_the_verdicts_do_not_depend_on_unit_or_origin(samples: list[list[float]], factor: float, shift: int, sigma_pt: int) -> None:
    one = check(samples, float(sigma_pt))
    other = check([[factor * value + shift for value in pair] for pair in samples], abs(factor) * sigma_pt)
    assert other.s_s == pytest.approx(abs(factor) * one.s_s, rel=1e-9, abs=1e-9)
    assert (one.passes_sigma, one.passes_expanded) == (other.passes_sigma, other.passes_expanded)


@given(SAMPLES, st.integers(1, 300), st.integers(1, 300))
def test_a_wider_sigma_never_turns_a_pass_into_a_fail(samples: list[list[float]], sigma_pt: int, more: int) -> None:
    narrow, wide = check(samples, float(sigma_pt)), check(samples, float(sigma_pt + more))
    assert not (narrow.is_homogeneous and not wide.is_homogeneous)


@given(SAMPLES, st.randoms(use_true_random=False))
def test_the_order_of_the_samples_changes_no_digit(samples: list[list[float]], random: Random) -> None:
    tenths = [[value / 10 for value in pair] for pair in samples]
    one, other = check(tenths, 1.0), check(random.sample(tenths, len(tenths)), 1.0)
    assert (one.s_s, one.s_w, one.s_x, one.sqrt_c) == (other.s_s, other.s_w, other.s_x, other.sqrt_c)


def test_without_sigma_pt_the_spread_is_given_and_the_verdict_is_not() -> None:
    found = check(ARSENIC)
    assert found.s_s == pytest.approx(0.0006009, abs=1e-7)
    assert found.limit == NotCalculable("sigma_pt_missing") and found.is_homogeneous is None and not found.rules_disagree
    assert check(ARSENIC, 0.0).limit == NotCalculable("sigma_pt_not_positive", {"value": 0.0})


def test_single_results_per_sample_prove_nothing() -> None:
    found = check([[1.0], [2.0], [3.0]], 1.0)
    assert isinstance(found.s_s, NotCalculable) and found.is_homogeneous is None
    assert isinstance(hom.u_homogeneity(found), NotCalculable)


def test_one_sample_has_no_spread_between_samples() -> None:
    found = check([[1.0, 2.0]], 1.0)
    assert isinstance(found.s_x, NotCalculable) and isinstance(found.factors.f1, NotCalculable) and isinstance(found.cochran, NotCalculable)
    assert isinstance(hom.homogeneity([], 1.0), NotCalculable)


def test_constant_results_are_homogeneous_without_an_f_test() -> None:
    found = check([[1.1, 1.1], [1.1, 1.1], [1.1, 1.1]], 0.1)
    assert (found.s_x, found.s_w, found.s_s) == (0.0, 0.0, 0.0)
    assert found.is_homogeneous is True and found.is_f_significant is None


def test_a_lost_replicate_is_taken_into_account_not_ignored() -> None:
    found = check([*ARSENIC[:-1], [0.188]], 0.02807)
    assert found.factors.m == pytest.approx(found.table.n_bar) and 1.8 < found.factors.m < 2.0
    assert found.is_homogeneous is True


def test_the_guide_35_uncertainty_is_never_below_what_the_check_could_see() -> None:
    found = check(ARSENIC, 0.02807)
    assert hom.u_homogeneity(found, "s_s") == found.s_s
    assert hom.u_homogeneity(found, "guide_35") == pytest.approx(math.sqrt(3.095e-5 / 2) * (2 / 10) ** 0.25)
    negative = check([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]], 1.0)
    assert hom.u_homogeneity(negative) == 0.0 and hom.u_homogeneity(negative, "guide_35") > 0.0


def test_u_hom_is_carried_into_the_assigned_value_and_z_prime() -> None:
    u_hom = hom.u_homogeneity(check(ARSENIC, 0.02807), "guide_35")
    u_x_pt = combined_u(0.002, u_hom, 0.0, 0.0)
    assert u_x_pt == pytest.approx(math.hypot(0.002, u_hom))
    assert abs(z_prime_score(0.25, 0.187, 0.02807, u_x_pt)) < abs(z_prime_score(0.25, 0.187, 0.02807, 0.002))


def test_heterogeneity_can_widen_sigma_openly() -> None:
    assert hom.sigma_with_heterogeneity(0.03, 0.04) == pytest.approx(0.05)
    assert hom.sigma_with_heterogeneity(None, 0.04) == NotCalculable("sigma_pt_missing")
    assert hom.sigma_with_heterogeneity(0.0, 0.04) == NotCalculable("sigma_pt_not_positive", {"value": 0.0})
    assert hom.sigma_with_heterogeneity(1.0, -0.04) == NotCalculable("scale_negative", {"value": -0.04})


def test_factors_need_two_samples_and_replicates() -> None:
    assert hom.homogeneity_factors(1, 2).f1 == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert hom.homogeneity_factors(5, 1).f2 == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_negative_factors_are_refused() -> None:
    with pytest.raises(ValueError, match="F1 and F2"):
        hom.homogeneity(ARSENIC, 1.0, f1=-1.0)
