"""Scores between and within laboratories, and the Youden correlation."""

import math
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics import reference
from lims.statistics.outcome import NotCalculable, is_number
from lims.statistics.paired import pair_scores, youden_correlation

PAIRS = st.lists(st.tuples(st.integers(-100, 100), st.integers(-100, 100)), min_size=2, max_size=30)
CASE = next(case["input"] for case in reference.shipped_cases() if case["method"] == "paired_zb_zw")


def test_interchanged_samples_give_a_huge_zw_and_a_small_zb() -> None:
    found = pair_scores(CASE["a"], CASE["b"])
    assert abs(found.zw[-1]) > 5 > 3 > abs(found.zb[-1])
    assert found.positive_difference == "a"


def test_the_sign_of_d_follows_the_medians() -> None:
    found, turned = pair_scores(CASE["a"], CASE["b"]), pair_scores(CASE["b"], CASE["a"])
    assert turned.positive_difference == "b"
    assert turned.zw == pytest.approx(found.zw)
    assert turned.zb == pytest.approx(found.zb)


def test_the_quartile_rule_is_an_option_and_recorded() -> None:
    assert pair_scores(CASE["a"], CASE["b"], rule=6).niqr_s == pytest.approx(3.71549853570754)
    assert pair_scores(CASE["a"], CASE["b"], rule=6).niqr_rule == 6


def test_a_laboratory_without_both_results_has_the_reason_and_changes_nothing() -> None:
    whole = pair_scores(CASE["a"], CASE["b"])
    lack = NotCalculable("no_trials")
    found = pair_scores([None, *CASE["a"], math.nan, 1.0], [1.0, *CASE["b"], 1.0, lack])
    assert found.zb[1:-2] == whole.zb and found.p == whole.p
    assert found.zw[0] == NotCalculable("reported_value_missing")
    assert found.s[-2] == NotCalculable("value_not_finite", {"quantity": "reported_value"})
    assert found.d[-1] is lack


def test_without_spread_there_is_no_score() -> None:
    found = pair_scores([1.0, 1.0, 1.0, 2.0], [1.0, 1.0, 1.0, 1.0])
    assert found.zb[0] == NotCalculable("sigma_pt_not_positive", {"value": found.niqr_s}) or is_number(found.zb[0])
    equal = pair_scores([1.0] * 4, [2.0] * 4)
    assert equal.zb == (NotCalculable("sigma_pt_not_positive", {"value": 0.0}),) * 4


def test_no_pairs_give_reasons_and_unequal_lists_are_refused() -> None:
    found = pair_scores([None], [1.0])
    assert found.p == 0 and isinstance(found.median_s, NotCalculable)
    assert pair_scores([], []).zb == ()
    with pytest.raises(ValueError, match="pairs"):
        pair_scores([1.0], [])


@pytest.mark.assurance("R8")
@given(PAIRS)
def test_the_correlations_are_those_of_another_program(pairs: list[tuple[int, int]]) -> None:
    a, b = ([float(pair[side]) for pair in pairs] for side in (0, 1))
    found = youden_correlation(a, b)
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert found.pearson == found.spearman == NotCalculable("results_all_equal")
        return
    assert found.pearson == pytest.approx(stats.pearsonr(a, b).statistic, abs=1e-9)
    assert found.spearman == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-9)


def test_one_pair_has_no_correlation_and_gaps_are_left_out() -> None:
    assert youden_correlation([1.0], [2.0]).pearson == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert youden_correlation([1.0, None, 2.0], [2.0, 9.0, 4.0]).p == 2


@pytest.mark.parametrize("unit", [1e-300, 1e300])
def test_extreme_units_do_not_change_a_correlation(unit: float) -> None:
    a, b = [1.0, 2.0, 4.0], [2.0, 3.0, 9.0]
    assert youden_correlation([unit * value for value in a], b).pearson == pytest.approx(youden_correlation(a, b).pearson)


@given(PAIRS, st.randoms())
def test_the_order_of_laboratories_does_not_matter(pairs: list[tuple[int, int]], random: Random) -> None:
    a, b = ([float(pair[side]) for pair in pairs] for side in (0, 1))
    order = random.sample(range(len(pairs)), len(pairs))
    found, turned = pair_scores(a, b), pair_scores([a[index] for index in order], [b[index] for index in order])
    assert turned.zb == tuple(found.zb[index] for index in order)
    assert -1.0 <= np.corrcoef([1, 2], [2, 1])[0, 1] <= 1.0


def test_equal_decimal_differences_leave_no_score_though_they_differ_in_binary() -> None:
    found = pair_scores([5.1, 5.2, 4.9, 5.3, 5.0, 5.4, 5.1, 5.2], [4.9, 5.0, 4.7, 5.1, 4.8, 5.2, 4.9, 5.1])
    assert found.niqr_d == 0.0
    assert {score.code for score in found.zw if isinstance(score, NotCalculable)} == {"sigma_pt_not_positive"}
    assert not any(isinstance(score, float) for score in found.zw)
    assert all(isinstance(score, float) for score in found.zb)
