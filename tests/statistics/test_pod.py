"""POD of two methods and of several laboratories, and the relative detection level: published figures, closed forms, reasons."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.pod import LaboratoryPod, RelativeDetection, laboratory_pod, paired_pod_difference, pod_difference, relative_detection

COUNT = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=4)


@pytest.mark.assurance("R8")
@pytest.mark.parametrize(
    ("counts", "interval"),
    [  # Newcombe, Stat. Med. 17 (1998) 873, Table II, method 10
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_the_difference_has_newcombes_interval(counts: tuple[int, int, int, int], interval: tuple[float, float]) -> None:
    found = pod_difference(*counts).interval
    assert isinstance(found, Interval)
    assert (found.lower, found.upper) == pytest.approx(interval, abs=5e-5)


def test_a_method_without_portions_has_no_difference() -> None:
    assert pod_difference(0, 0, 3, 5).difference == pod_difference(3, 5, 0, 0).interval == NotCalculable("no_trials")


@given(COUNT, COUNT)
def test_exchanging_the_methods_changes_the_sign(first: tuple[int, int], second: tuple[int, int]) -> None:
    one, other = pod_difference(*first, *second), pod_difference(*second, *first)
    assert other.difference == pytest.approx(-one.difference)
    assert (other.interval.lower, other.interval.upper) == pytest.approx((-one.interval.upper, -one.interval.lower), abs=1e-12)
    assert -1 <= one.interval.lower <= one.difference <= one.interval.upper <= 1


def test_paired_portions_use_their_differences() -> None:
    differences = [1] * 6 + [-1] * 2 + [0] * 12
    found, t = paired_pod_difference(6, 2, 20), stats.ttest_1samp(differences, 0).confidence_interval()
    assert (found.difference, found.sd) == pytest.approx((0.2, np.std(differences, ddof=1)))
    assert (found.sd, found.interval.lower, found.interval.upper) == pytest.approx((0.6156, -0.0881, 0.4881), abs=5e-5)
    assert (found.interval.lower, found.interval.upper) == pytest.approx((t.low, t.high))


def test_paired_portions_without_discordance_have_no_interval() -> None:
    assert paired_pod_difference(0, 0, 12).interval == paired_pod_difference(4, 0, 4).interval == NotCalculable("differences_zero")
    assert paired_pod_difference(0, 0, 0) == NotCalculable("no_trials")
    assert paired_pod_difference(1, 0, 1).sd == NotCalculable("too_few_values", {"n": 1, "least": 2})
    with pytest.raises(ValueError, match="discordant"):
        paired_pod_difference(3, 3, 5)


def test_eight_laboratories_with_a_large_effect() -> None:
    found = laboratory_pod([3, 12, 7, 8, 2, 11, 9, 6], [12] * 8)
    assert isinstance(found, LaboratoryPod)
    assert (found.lpod, found.s_reproducibility) == pytest.approx((0.604167, 0.5), abs=1e-6)
    assert found.interval.lower < found.pooled.interval.lower and found.pooled.interval.upper < found.interval.upper


@given(st.lists(COUNT, min_size=2, max_size=8))
def test_laboratories_are_an_analysis_of_variance_of_zeros_and_ones(counts: list[tuple[int, int]]) -> None:
    found = laboratory_pod([x for x, _ in counts], [n for _, n in counts])
    assume(isinstance(found.f, float))
    expected = stats.f_oneway(*([1.0] * x + [0.0] * (n - x) for x, n in counts))
    assume(expected.statistic > 1e-9)  # below, rounding gives that program a negative F
    assert (found.f, found.p_laboratory) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-7, abs=1e-9)
    assert found.s_reproducibility == pytest.approx(math.hypot(found.s_repeatability, found.s_laboratory))
    assert laboratory_pod([x for x, _ in counts[::-1]], [n for _, n in counts[::-1]]) == found


def test_laboratories_that_agree_fully_or_stand_alone_say_why() -> None:
    assert laboratory_pod([12, 0], [12, 12]).f == NotCalculable("within_variance_zero")
    assert laboratory_pod([6, 6], [12, 12]).interval == NotCalculable("differences_zero")
    assert laboratory_pod([6], [12]).s_laboratory == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert laboratory_pod([1, 0], [1, 1]).f == NotCalculable("no_replicates")
    assert laboratory_pod([], []) == laboratory_pod([0], [0]) == NotCalculable("no_trials")


@pytest.mark.parametrize(("x", "n"), [([4], [3]), ([-1], [3]), ([1.5], [3]), ([1, 2], [3])])
def test_impossible_counts_are_refused(x: list[float], n: list[int]) -> None:
    with pytest.raises(ValueError, match=r"whole numbers|one length"):
        laboratory_pod(x, n)


@pytest.mark.assurance("R8")
def test_the_relative_level_of_two_levels() -> None:
    found = relative_detection([9, 18], [20, 20], [11, 19], [20, 20], 0.9)
    assert isinstance(found, RelativeDetection)
    assert (found.rlod, found.interval.lower, found.interval.upper) == pytest.approx((0.759071, 0.451064, 1.277398), rel=1e-5)


def test_levels_without_information_are_left_out_and_counted() -> None:
    found = relative_detection([0, 9, 18, 20], [20] * 4, [0, 11, 19, 20], [20] * 4)
    assert (found.levels, found.levels_left_out) == (2, 2)
    assert found.rlod == relative_detection([9, 18], [20] * 2, [11, 19], [20] * 2).rlod
    assert relative_detection([0, 20], [20] * 2, [0, 20], [20] * 2) == NotCalculable("no_information", {"levels": 2})


@pytest.mark.parametrize(("reference", "alternative"), [([0, 5], [3, 20]), ([3, 20], [0, 5]), ([0], [20])])
def test_a_method_that_always_wins_leaves_no_maximum(reference: list[int], alternative: list[int]) -> None:
    n = [20] * len(reference)
    assert relative_detection(reference, n, alternative, n) == NotCalculable("separated", {"levels": len(reference)})


@given(st.integers(1, 19), st.integers(1, 19))
def test_one_level_is_a_ratio_of_log_misses(reference: int, alternative: int) -> None:
    found = relative_detection([reference], [20], [alternative], [20])
    assert found.rlod == pytest.approx(math.log1p(-reference / 20) / math.log1p(-alternative / 20), rel=1e-7)


@settings(max_examples=50)
@given(LEVELS)
def test_the_relative_level_equals_that_of_statsmodels_and_turns_over(levels: list[tuple[int, int]]) -> None:
    x1, x2 = [a for a, _ in levels], [b for _, b in levels]
    n = [12] * len(levels)
    found, turned = relative_detection(x1, n, x2, n), relative_detection(x2, n, x1, n)
    assert type(found) is type(turned)
    if not isinstance(found, RelativeDetection):
        return
    assert turned.ln_rlod == pytest.approx(-found.ln_rlod, abs=1e-7)
    used = [(a, b) for a, b in levels if 0 < a + b < 24]
    assume(all(0 < a < 12 and 0 < b < 12 for a, b in used))
    design = np.vstack([np.column_stack([np.eye(len(used)), np.full(len(used), flag)]) for flag in (0.0, 1.0)])
    hits = np.array([a for a, _ in used] + [b for _, b in used])
    family = sm.families.Binomial(sm.families.links.CLogLog())
    other = sm.GLM(np.column_stack([hits, 12 - hits]), design, family=family).fit(maxiter=300, tol=1e-12)
    assert (found.ln_rlod, found.se_ln) == pytest.approx((-other.params[-1], other.bse[-1]), rel=1e-4, abs=1e-6)
