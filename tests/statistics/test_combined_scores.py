"""Rescaled sum and sum of squares of z scores."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics.combined_scores import combined_scores
from lims.statistics.outcome import NotCalculable


def test_errors_of_opposite_sign_cancel_in_rsz_and_not_in_ssz() -> None:
    found = combined_scores([3.5, -3.5])
    assert (found.rsz, found.ssz) == (0.0, 24.5)
    assert found.ssz_p < 1e-5


def test_a_missing_score_is_no_zero() -> None:
    found = combined_scores([2.0, None, NotCalculable("sigma_pt_missing")])
    assert (found.m, found.rsz, found.ssz) == (1, 2.0, 4.0)


def test_without_scores_there_is_nothing_to_combine() -> None:
    lack = NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert (combined_scores([]).rsz, combined_scores([None]).ssz_p) == (lack, lack)


@pytest.mark.parametrize(
    ("z", "code"), [([math.inf], "value_not_finite"), ([1e200], "result_not_finite"), ([1e308] * 9, "result_not_finite")]
)
def test_extreme_scores_are_a_reason(z: list[float], code: str) -> None:
    assert combined_scores(z).ssz.code == code


@given(st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=20))
def test_the_tail_is_that_of_chi_squared_and_rsz_is_bounded(z: list[float]) -> None:
    found = combined_scores(z)
    assert found.ssz_p == pytest.approx(stats.chi2.sf(sum(value * value for value in z), len(z)), rel=1e-9)
    assert found.rsz**2 <= found.ssz * (1 + 1e-12) + 1e-300
    assert combined_scores(z[::-1]) == found
