"""Variance components of nested and one-way designs against published figures, hand calculation and simulation-free laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import shipped_cases
from lims.statistics.variance_components import VarianceComponents, nested_anova, one_way

CASES = {case["id"]: case["input"] for case in shipped_cases()}
THIRD = CASES["ep05-full-dataEP05A2_3"]


def nested(y: list[float], outer: list[int], inner: list[int]) -> VarianceComponents:
    found = nested_anova(y, outer, inner)
    assert isinstance(found, VarianceComponents)
    return found


@pytest.mark.assurance("R8")
def test_twenty_days_of_two_runs_give_the_published_components_and_degrees_of_freedom() -> None:
    found = nested(THIRD["y"], THIRD["day"], THIRD["run"])
    assert [component.variance for component in found.components] == pytest.approx([12.231099, 7.031193, 16.284021], abs=1e-6)
    assert found.total.variance == pytest.approx(35.546313, abs=1e-6)
    assert found.total.df == pytest.approx(50.1290979856256)
    assert found.cv_percent == pytest.approx(3.96751130644085)


def test_a_balanced_design_has_the_coefficients_of_the_textbook() -> None:
    found = nested(THIRD["y"], THIRD["day"], THIRD["run"])
    assert found.expected == ((4.0, 2.0, 1.0), (0.0, 2.0, 1.0), (0.0, 0.0, 1.0))


def test_the_interval_of_the_error_is_the_exact_chi_squared_one() -> None:
    """EP05 reports: df MS / chi2(0.975; 40) = 59.342 and chi2(0.025; 40) = 24.433."""
    found = nested(THIRD["y"], THIRD["day"], THIRD["run"])
    assert found.error.df_component == pytest.approx(40) and isinstance(found.error.interval, Interval)
    expected = (40 * found.error.mean_square / 59.3417, 40 * found.error.mean_square / 24.4330)
    assert (found.error.interval.lower, found.error.interval.upper) == pytest.approx(expected, rel=1e-5)
    sd = found.total.sd_interval
    assert isinstance(sd, Interval) and sd.lower < found.total.sd < sd.upper


def test_a_negative_component_is_zero_and_its_signed_value_is_kept() -> None:
    y = [1.0, 3.0, 3.0, 1.0, 1.0, 3.0, 3.0, 1.0]
    found = nested(y, [1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2])
    day, run, error = found.components
    assert (day.variance, run.variance, error.variance) == (0.0, 0.0, 2.0)
    assert run.signed == -1.0 and day.signed == 0.0
    assert run.df_component == NotCalculable("variance_component_zero")
    assert found.total.variance == 2.0


def test_degrees_of_freedom_of_the_total_belong_to_the_components_after_negative_ones_are_zero() -> None:
    """All mean squares rebuilt are the error's; weights 1/4, 1/4, 1/2 on 1, 2, 4 degrees of freedom give 1 / (1/16 + 1/32 + 1/16)."""
    y = [1.0, 3.0, 3.0, 1.0, 1.0, 3.0, 3.0, 1.0]
    found = nested(y, [1, 1, 1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2])
    assert found.total.df == pytest.approx(1 / (1 / 16 / 1 + 1 / 16 / 2 + 1 / 4 / 4))


def test_runs_count_within_their_day_whatever_they_are_called() -> None:
    renamed = [f"{day}-{run}" for day, run in zip(THIRD["day"], THIRD["run"], strict=True)]
    assert nested_anova(THIRD["y"], THIRD["day"], renamed) == nested_anova(THIRD["y"], THIRD["day"], THIRD["run"])


def test_designs_that_cannot_separate_their_sources_are_reasons() -> None:
    assert nested_anova([1, 2, 3, 4], [1, 1, 1, 1], [1, 1, 2, 2]) == NotCalculable("too_few_levels", {"n": 1, "least": 2})
    assert nested_anova([1, 2, 3, 4], [1, 1, 2, 2], [1, 1, 1, 1]) == NotCalculable("no_replicates")
    assert nested_anova([1, 2, 3, 4], [1, 1, 2, 2], [1, 2, 1, 2]) == NotCalculable("no_replicates")
    assert one_way([[1], [2], [3]]) == NotCalculable("no_replicates")
    assert one_way([[1, 2, 3]]) == NotCalculable("too_few_levels", {"n": 1, "least": 2})
    assert isinstance(one_way([]), NotCalculable) and isinstance(nested_anova([], [], []), NotCalculable)
    with pytest.raises(ValueError, match="a level is expected"):
        nested_anova([1, 2], [1], [1, 2])


def test_equal_results_have_no_variance_at_all() -> None:
    found = one_way([[0.1, 0.1, 0.1], [0.1, 0.1]])
    assert isinstance(found, VarianceComponents)
    assert (found.total.variance, found.total.df) == (0.0, NotCalculable("variance_component_zero"))
    shifted = one_way([[0.1] * 7, [0.3] * 3])
    assert isinstance(shifted, VarianceComponents) and shifted.error.variance == 0.0


def test_one_way_of_unequal_groups_by_hand() -> None:
    """Groups 1 3 and 4 6 8: MS_within = (2 + 8) / 3, MS_between = 19.2, n0 = 5 - 13 / 5 = 2.4."""
    found = one_way([[1, 3], [4, 6, 8]])
    assert isinstance(found, VarianceComponents)
    between, within = found.components
    assert (within.variance, between.mean_square) == pytest.approx((10 / 3, 19.2))
    assert between.variance == pytest.approx((19.2 - 10 / 3) / 2.4)


@given(st.lists(st.integers(-99, 99), min_size=24, max_size=24), st.integers(0, 3), st.randoms(use_true_random=False))
def test_sums_of_squares_add_up_and_order_does_not_matter(values: list[int], dropped: int, random) -> None:
    rows = [(value / 10, i // 8, (i // 2) % 4) for i, value in enumerate(values)][: 24 - dropped]
    found = nested([y for y, _, _ in rows], [d for _, d, _ in rows], [r for _, _, r in rows])
    y = np.array([y for y, _, _ in rows])
    assert sum(component.sum_of_squares for component in found.components) == pytest.approx(float(((y - y.mean()) ** 2).sum()))
    random.shuffle(rows)
    again = nested([y for y, _, _ in rows], [d for _, d, _ in rows], [r for _, _, r in rows])
    assert again == found
    moved = nested([5 * y + 7 for y, _, _ in rows], [d for _, d, _ in rows], [r for _, _, r in rows])
    assert moved.total.variance == pytest.approx(25 * found.total.variance)


Y = [243, 242, 238, 246, 245, 246, 236, 240, 240, 237, 247, 244, 230, 231, 245, 250]
DAYS, RUNS = [k // 4 for k in range(16)], [k // 2 for k in range(16)]


@pytest.mark.parametrize("scale", [1e-160, 1e-100, 1e-81, 1e-40, 1e100])
def test_degrees_of_freedom_do_not_depend_on_the_unit_however_small(scale: float) -> None:
    plain, found = nested_anova(Y, DAYS, RUNS), nested_anova([scale * y for y in Y], DAYS, RUNS)
    assert isinstance(plain, VarianceComponents) and isinstance(found, VarianceComponents)
    if scale > 1e-150:
        assert found.total.df == pytest.approx(plain.total.df, rel=1e-9)
        groups = [[scale * y for y in Y[k : k + 4]] for k in (0, 4, 8, 12)]
        single = one_way(groups)
        assert isinstance(single, VarianceComponents) and single.total.df == pytest.approx(14.76923076923077, rel=1e-9)
    else:
        assert found.total.df == NotCalculable("variance_component_zero")


def test_binary_noise_is_no_variance_and_has_no_degrees_of_freedom() -> None:
    noise = [0.1 + 0.2, 0.3] * 8
    lack = NotCalculable("variance_component_zero")
    for found in (nested_anova(noise, DAYS, RUNS), one_way([noise[:4], noise[4:]]), one_way([[0.3, 0.3], [0.1 + 0.2] * 2])):
        assert isinstance(found, VarianceComponents)
        assert (found.total.variance, found.total.df, found.total.interval) == (0.0, lack, lack)
        assert [part.variance for part in found.components] == [0.0] * len(found.components)


def test_a_great_spread_is_not_noise_beside_a_greater_common_part() -> None:
    found = one_way([[1e6 + 0.001, 1e6 + 0.002], [1e6 + 0.004, 1e6 + 0.003]])
    assert isinstance(found, VarianceComponents) and found.error.variance == pytest.approx(5e-7, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=16), st.floats(-300, 300))
def test_total_degrees_of_freedom_lie_between_nothing_and_all_of_them(values: list[float], power: float) -> None:
    found = nested_anova([10.0**power * value for value in values], DAYS, RUNS)
    for part in (found.total, found.within_outer, *found.components) if isinstance(found, VarianceComponents) else ():
        df = part.df_component if hasattr(part, "df_component") else part.df
        assert isinstance(df, NotCalculable) or 0.0 < df <= 15.0 * (1 + 1e-9)
