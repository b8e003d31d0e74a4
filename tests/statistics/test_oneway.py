"""One-way analysis of variance."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics.oneway import OneWay, anova_oneway
from lims.statistics.outcome import NotCalculable

GROUPS = st.lists(st.lists(st.integers(-500, 500).map(float), min_size=1, max_size=6), min_size=2, max_size=8)


def anova(groups: list[list[float]]) -> OneWay:
    found = anova_oneway(groups)
    assert isinstance(found, OneWay)
    return found


def test_plant_growth_gives_the_published_f() -> None:
    control = [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14]
    first = [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69]
    second = [6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26]
    found = anova([control, first, second])
    assert (found.df_between, found.df_within, found.size) == (2, 27, 10)
    assert found.f == pytest.approx(4.8461, abs=5e-5)
    assert found.p == pytest.approx(0.01591, abs=5e-6)


@given(GROUPS)
def test_it_agrees_with_another_program(groups: list[list[float]]) -> None:
    found = anova(groups)
    if isinstance(found.f, NotCalculable):
        return
    other = stats.f_oneway(*groups)
    if math.isnan(other.pvalue):  # the other program's F of equal means is a negative rounding error now and then
        return
    assert found.f == pytest.approx(float(other.statistic), rel=1e-9, abs=1e-12)
    assert found.p == pytest.approx(float(other.pvalue), rel=1e-8, abs=1e-12)


@given(GROUPS)
def test_no_table_holds_nan_or_infinity(groups: list[list[float]]) -> None:
    found = anova([*groups, []])
    numbers = [found.ss_between, found.ss_within, found.grand_mean, found.f, found.p, found.component, found.n_bar]
    for value in [*numbers, *found.means, *found.sds]:
        assert isinstance(value, NotCalculable) or math.isfinite(value)


@given(GROUPS, st.randoms(use_true_random=False))
def test_the_order_of_groups_and_results_changes_no_digit(groups: list[list[float]], random: Random) -> None:
    tenths = [[value / 10 for value in group] for group in groups]
    mixed = [random.sample(group, len(group)) for group in random.sample(tenths, len(tenths))]
    one, other = anova(tenths), anova(mixed)
    assert (one.ss_within, one.ss_between, one.f, one.p) == (other.ss_within, other.ss_between, other.f, other.p)


@given(GROUPS, st.sampled_from([2.0, 0.5, -4.0]), st.integers(-1000, 1000))
def test_unit_and_origin_leave_f_alone(groups: list[list[float]], factor: float, shift: int) -> None:
    one, other = anova(groups), anova([[factor * value + shift for value in group] for group in groups])
    assert isinstance(one.f, NotCalculable) == isinstance(other.f, NotCalculable)
    if not isinstance(one.f, NotCalculable):
        assert other.f == pytest.approx(one.f, rel=1e-9, abs=1e-12)
    assert other.ss_within == pytest.approx(factor**2 * one.ss_within, rel=1e-9)


def test_unequal_groups_have_the_effective_size_of_the_component() -> None:
    found = anova([[1.0, 2.0, 3.0], [4.0, 6.0], [9.0]])
    assert found.size is None
    assert found.n_bar == pytest.approx((6 - (9 + 4 + 1) / 6) / 2)
    assert found.component == pytest.approx((found.ms_between - found.ms_within) / found.n_bar)


def test_groups_without_replicates_have_no_f() -> None:
    found = anova([[1.0], [2.0], [4.0]])
    assert found.ms_between == pytest.approx(np.var([1.0, 2.0, 4.0], ddof=1))
    assert found.f == found.ms_within == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_one_group_has_no_spread_between() -> None:
    found = anova([[1.0, 2.0, 4.0]])
    assert found.ms_within == pytest.approx(np.var([1.0, 2.0, 4.0], ddof=1))
    assert isinstance(found.ms_between, NotCalculable) and isinstance(found.p, NotCalculable)


def test_equal_replicates_leave_nothing_to_compare_with() -> None:
    assert anova([[0.1, 0.1, 0.1], [0.3, 0.3, 0.3]]).f == NotCalculable("within_variance_zero")


@pytest.mark.parametrize("power", [1e-160, 1e-200, 1e-300, 1e100])
def test_f_does_not_depend_on_the_unit_however_small_the_results_are(power: float) -> None:
    found = anova([[1.0 * power, 3.0 * power], [3.0 * power, 5.0 * power], [6.0 * power, 8.0 * power]])
    plain = anova([[1.0, 3.0], [3.0, 5.0], [6.0, 8.0]])
    assert found.f == pytest.approx(plain.f, rel=1e-12) and found.p == pytest.approx(plain.p, rel=1e-12)
    assert found.sds == pytest.approx([power * sd for sd in plain.sds], rel=1e-12)
    assert found.grand_mean == pytest.approx(power * plain.grand_mean, rel=1e-12)


def test_equal_results_that_are_very_large_have_no_spread() -> None:
    assert anova([[1e300, 1e300], [1e300, 1e300]]).ss_within == 0.0


def test_rounding_noise_is_no_spread() -> None:
    found = anova([[0.1 + 0.2, 0.3], [0.3, 0.3]])
    assert found.ss_within == 0.0 and found.ss_between == 0.0


def test_no_results_or_impossible_ones_are_a_reason() -> None:
    assert anova_oneway([]) == anova_oneway([[], []]) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert anova_oneway([[1.0, math.nan]]) == NotCalculable("value_not_finite", {"quantity": "reported_value"})
    assert anova_oneway([[1e308, -1e308]]) == NotCalculable("result_not_finite", {"quantity": "ss_between"})
