"""Precision by ISO 5725-2 and ASTM E691: published experiments, unequal numbers, edges."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.outcome import NotCalculable
from lims.statistics.precision import LIMIT_FACTOR_EXACT, Precision, PrecisionE691, precision, precision_e691
from lims.statistics.reference.published import GLUCOSE_IN_SERUM, groups_of

GROUPS = st.lists(st.lists(st.integers(-300, 300).map(float), min_size=1, max_size=4), min_size=2, max_size=8)


def estimate(groups: object, **options: float) -> Precision:
    found = precision(groups, **options)
    assert isinstance(found, Precision)
    return found


@pytest.mark.parametrize(
    ("material", "mean", "s_x_bar", "s_r", "s_big_r"),
    [
        ("A", 41.5183, 0.6061, 1.0632, 1.0632),
        ("D", 194.717, 2.5950, 2.6251, 3.3657),
        ("E", 294.492, 2.6931, 3.9350, 4.1923),
    ],
)
def test_glucose_in_serum_gives_the_figures_of_the_standard(material: str, mean: float, s_x_bar: float, s_r: float, s_big_r: float) -> None:
    found = precision_e691(GLUCOSE_IN_SERUM[material])
    assert isinstance(found, PrecisionE691)
    assert (found.mean, found.s_x_bar, found.s_r, found.s_big_r) == pytest.approx((mean, s_x_bar, s_r, s_big_r), abs=5e-4)


@pytest.mark.parametrize("material", GLUCOSE_IN_SERUM)
def test_both_standards_agree_on_equal_numbers(material: str) -> None:
    iso, astm = estimate(GLUCOSE_IN_SERUM[material]), precision_e691(GLUCOSE_IN_SERUM[material])
    assert isinstance(astm, PrecisionE691)
    assert (iso.s_r, iso.s_big_r, iso.mean) == pytest.approx((astm.s_r, astm.s_big_r, astm.mean), rel=1e-12)


def test_a_negative_variance_between_laboratories_counts_as_zero_and_stays_visible() -> None:
    found = estimate(GLUCOSE_IN_SERUM["A"])
    assert found.s_l == 0.0 and found.s_l2_signed < 0 and found.s_big_r == found.s_r


def test_the_limit_factor_is_a_recorded_choice() -> None:
    found, exact = estimate(GLUCOSE_IN_SERUM["A"]), estimate(GLUCOSE_IN_SERUM["A"], limit_factor=LIMIT_FACTOR_EXACT)
    assert (found.limit_factor, found.r_limit) == (2.8, pytest.approx(2.8 * found.s_r))
    assert exact.limit_factor == pytest.approx(1.959963985 * math.sqrt(2), rel=1e-9) and exact.r_limit < found.r_limit
    with pytest.raises(ValueError, match="limit factor"):
        precision([[1.0, 2.0]], limit_factor=0.0)


def test_h_counts_every_laboratory_once_however_many_results_it_has() -> None:
    found = estimate([[1.0, 1.0, 1.0, 1.0], [2.0, 2.2], [4.0, 4.2]])
    assert math.fsum(found.h) == pytest.approx(0.0, abs=1e-12)
    assert sum(h * h for h in found.h) == pytest.approx(2.0)


def test_k_squared_weighted_by_degrees_of_freedom_averages_1() -> None:
    found = estimate([[1.0, 2.0, 4.0], [2.0, 2.2], [4.0, 5.0]])
    assert sum(k * k * df for k, df in zip(found.k, (2, 1, 1), strict=True)) / 4 == pytest.approx(1.0)


def test_a_laboratory_with_one_result_has_no_s_and_no_k() -> None:
    found = estimate([[1.0, 2.0], [3.0], [2.0, 2.5], []])
    assert (found.p, found.n_total) == (3, 5)
    assert isinstance(found.sds[1], NotCalculable) and isinstance(found.k[1], NotCalculable)
    assert isinstance(found.means[3], NotCalculable) and isinstance(found.h[3], NotCalculable)


def test_without_replicates_there_is_h_and_no_repeatability() -> None:
    found = estimate([[1.0], [2.0], [4.0]])
    assert isinstance(found.s_r, NotCalculable) and isinstance(found.s_big_r, NotCalculable) and isinstance(found.r_limit, NotCalculable)
    assert found.h[0] == pytest.approx((1 - 7 / 3) / math.sqrt(7 / 3))


def test_one_laboratory_has_repeatability_and_nothing_between() -> None:
    found = estimate([[1.0, 2.0, 3.0]])
    assert found.s_r == 1.0 and isinstance(found.s_l, NotCalculable) and isinstance(found.h[0], NotCalculable)
    assert precision([]) == precision_e691([]) == NotCalculable("too_few_values", {"n": 0, "least": 1})


def test_results_without_any_spread_have_no_consistency_statistics() -> None:
    found = estimate([[1.1, 1.1], [1.1, 1.1], [1.1, 1.1]])
    assert (found.s_r, found.s_l, found.s_big_r) == (0.0, 0.0, 0.0)
    assert found.h[0] == found.k[0] == NotCalculable("scale_missing")


def test_e691_is_for_equal_numbers() -> None:
    found = precision_e691([[1.0, 2.0], [2.0, 3.0, 4.0]])
    assert isinstance(found, PrecisionE691) and found.s_big_r == NotCalculable("sizes_unequal")
    single = precision_e691([[1.0], [2.0]])
    assert isinstance(single, PrecisionE691) and isinstance(single.s_big_r, NotCalculable)


def test_an_unknown_data_set_is_empty() -> None:
    assert groups_of("something else", "A") == () == groups_of("i57-e691-glucose-{A}", "Z")


@given(GROUPS)
def test_reproducibility_is_never_below_repeatability(groups: list[list[float]]) -> None:
    found = estimate(groups)
    if not isinstance(found.s_big_r, NotCalculable) and not isinstance(found.s_r, NotCalculable):
        assert found.s_big_r >= found.s_r >= 0.0


@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_results_changes_no_digit(groups: list[list[float]], random: Random) -> None:
    tenths = [[value / 10 for value in group] for group in groups]
    one, other = estimate(tenths), estimate([random.sample(group, len(group)) for group in random.sample(tenths, len(tenths))])
    assert (one.s_r, one.s_l, one.s_big_r, one.mean) == (other.s_r, other.s_l, other.s_big_r, other.mean)


@given(GROUPS, st.sampled_from([0.5, 8.0]), st.integers(-500, 500))
def test_the_estimates_follow_the_unit_and_ignore_the_origin(groups: list[list[float]], factor: float, shift: int) -> None:
    one, other = estimate(groups), estimate([[factor * value + shift for value in group] for group in groups])
    for first, second in ((one.s_r, other.s_r), (one.s_big_r, other.s_big_r)):
        assert isinstance(first, NotCalculable) or second == pytest.approx(factor * first, rel=1e-9, abs=1e-9)
