"""Qn and Sn: definition written down, other programs, corrections, properties."""

import itertools
import math
from random import Random
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.robust.scale import qn_scale

from lims.statistics.outcome import NotCalculable
from lims.statistics.qn_sn import PairwiseScale, qn, qn_correction, sn, sn_correction

RESULTS = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=30)


def scale(found: PairwiseScale | NotCalculable) -> PairwiseScale:
    assert isinstance(found, PairwiseScale)
    return found


def test_the_factor_of_qn_is_that_of_the_normal_distribution() -> None:
    assert 1.0 / (math.sqrt(2.0) * NormalDist().inv_cdf(0.625)) == pytest.approx(2.21914, abs=5e-6)


@pytest.mark.assurance("R8")
@given(RESULTS)
def test_trap_statsmodels_qn_has_no_finite_sample_factor(x: list[float]) -> None:
    found = scale(qn(x))
    assert found.uncorrected == pytest.approx(float(qn_scale(np.array(x), c=2.21914)), rel=1e-9, abs=1e-9)
    assert found.scale == pytest.approx(found.uncorrected * qn_correction(len(x)))


@given(RESULTS)
def test_both_are_their_definitions(x: list[float]) -> None:
    p, h = len(x), len(x) // 2 + 1
    distances = sorted(abs(one - other) for one, other in itertools.combinations(x, 2))
    assert scale(qn(x)).raw == pytest.approx(distances[h * (h - 1) // 2 - 1], abs=1e-9)
    inner = sorted(sorted(abs(one - other) for other in x)[p // 2] for one in x)
    assert scale(sn(x)).raw == inner[(p + 1) // 2 - 1]


def test_the_corrections_make_few_normal_results_right_on_average() -> None:
    draws = np.random.default_rng(7).normal(0.0, 1.0, (1500, 10))
    assert np.mean([scale(qn(x)).scale for x in draws]) == pytest.approx(1.0, rel=0.05)
    assert np.mean([scale(sn(x)).scale for x in draws]) == pytest.approx(1.0, rel=0.05)


def test_the_corrections_join_and_tend_to_one() -> None:
    assert qn_correction(28) == pytest.approx(0.881856, abs=1e-6)
    assert sn_correction(27) == pytest.approx(27 / 26.1)
    assert (sn_correction(28), sn_correction(9), qn_correction(12)) == (1.0, 1.131, 0.75743)
    assert qn_correction(100_001) == pytest.approx(1.0, abs=1e-4)
    for correction in (qn_correction, sn_correction):
        with pytest.raises(ValueError, match="two results"):
            correction(1)


def test_the_first_print_of_the_standard_can_be_repeated() -> None:
    x = [1.0, 1.1, 1.3, 1.6, 2.0, 2.5, 3.1, 3.8, 4.6]
    assert scale(qn(x, factor=2.2219, half=4)).raw == pytest.approx(0.5)
    assert scale(qn(x)).raw == pytest.approx(0.7)
    assert isinstance(qn(x, half=1), NotCalculable)


def test_corrections_can_be_left_out() -> None:
    x = [1.0, 2.0, 4.0, 7.0]
    for estimate in (qn, sn):
        assert scale(estimate(x, is_corrected=False)).scale == scale(estimate(x)).uncorrected


def test_trap_tied_results_have_the_scale_zero() -> None:
    assert scale(qn([3.2] * 6 + [4.0, 5.0])).scale == 0.0
    assert scale(sn([3.2] * 6 + [4.0, 5.0])).scale == 0.0


def test_one_result_has_no_scale() -> None:
    for estimate in (qn, sn):
        assert estimate([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})


@given(RESULTS, st.integers(-5000, 5000), st.integers(-8, 8), st.randoms())
def test_the_scales_follow_unit_and_origin_and_not_the_order(x: list[float], shift: int, power: int, random: Random) -> None:
    moved = [2.0**power * (value + shift) for value in random.sample(x, len(x))]
    for estimate in (qn, sn):
        assert scale(estimate(moved)).scale == pytest.approx(2.0**power * scale(estimate(x)).scale, rel=1e-9)
        assert scale(estimate(random.sample(x, len(x)))) == scale(estimate(x))


def test_blocks_of_rows_do_not_matter() -> None:
    x = np.random.default_rng(3).normal(0.0, 1.0, 700)
    inner = np.sort(np.sort(np.abs(x[:, None] - x[None, :]), axis=1)[:, 350])
    assert scale(sn(x)).raw == inner[349]
