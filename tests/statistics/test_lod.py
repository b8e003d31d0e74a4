"""Detection limits by regression: published figures, an independent program, and data without a maximum."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lims.statistics.binomial_glm import fit_binomial, quantile
from lims.statistics.intervals import Interval
from lims.statistics.lod import DetectionLimit, detection_limit, overlap
from lims.statistics.outcome import NotCalculable

SERIES = ([12.5, 25, 50, 100, 200, 400], [3, 9, 14, 18, 20, 20], [20] * 6)
LINK = st.sampled_from(["probit", "logit", "cloglog"])
HITS = st.lists(st.integers(0, 20), min_size=3, max_size=7)
OTHER = {"probit": sm.families.links.Probit, "logit": sm.families.links.Logit, "cloglog": sm.families.links.CLogLog}


def found_in(hits: list[int], link: str = "probit", **more: float) -> DetectionLimit:
    doses = [float(5**i) for i in range(len(hits))]
    found = detection_limit(doses, hits, [20] * len(hits), link=link, **more)
    assume(isinstance(found, DetectionLimit))
    return found


@pytest.mark.assurance("R8")
def test_finneys_rotenone_has_its_published_median_dose() -> None:
    found = detection_limit([10.2, 7.7, 5.1, 3.8, 2.6, 0], [44, 42, 24, 16, 6, 0], [50, 49, 46, 48, 50, 49], 0.5)
    assert isinstance(found, DetectionLimit)
    assert (found.lod, found.log10_lod) == pytest.approx((4.85, 0.6853), abs=0.005)
    assert (found.fit.levels, found.fit.zero_doses, found.fit.df) == (5, 1, 3)


def test_the_chosen_interval_is_fiellers_unless_delta_is_asked_for() -> None:
    fieller, delta = detection_limit(*SERIES), detection_limit(*SERIES, chosen="delta")
    assert fieller.interval == fieller.ci_fieller == delta.ci_fieller
    assert delta.interval == delta.ci_delta != fieller.interval
    assert fieller.interval.upper == pytest.approx(243.742572, rel=1e-6)
    assert delta.interval.upper == pytest.approx(198.861109, rel=1e-6)


def test_trap_complete_separation_is_refused_with_the_bracket_of_the_limit() -> None:
    found = detection_limit([1, 10, 100], [0, 0, 20], [20, 20, 20])
    assert found == NotCalculable("separated", {"lower": 10.0, "upper": 100.0})


def test_one_mixed_level_between_all_and_nothing_is_still_separated() -> None:
    assert detection_limit([1, 10, 100], [0, 7, 20], [20] * 3) == NotCalculable("separated", {"lower": 1.0, "upper": 100.0})


@pytest.mark.parametrize(
    ("dose", "x", "reason"),
    [
        ([1, 10], [20, 20], NotCalculable("all_positive", {"dose": 1.0})),
        ([1, 10], [0, 0], NotCalculable("all_negative", {"dose": 10.0})),
        ([10, 10], [5, 7], NotCalculable("too_few_levels", {"n": 1, "least": 2})),
        ([0, 10], [1, 7], NotCalculable("too_few_levels", {"n": 1, "least": 2})),
        ([], [], NotCalculable("too_few_levels", {"n": 0, "least": 2})),
        ([1, 10, 100], [20, 11, 0], NotCalculable("slope_not_positive")),
    ],
)
def test_data_without_a_maximum_are_refused_with_their_reason(dose: list[float], x: list[int], reason: NotCalculable) -> None:
    assert detection_limit(dose, x, [20] * len(dose)) == overlap(dose, x, [20] * len(dose)) == reason


def test_a_falling_line_has_a_fit_but_no_limit() -> None:
    found = detection_limit([1, 10, 100], [15, 9, 4], [20] * 3)
    assert isinstance(found, DetectionLimit)
    assert found.fit.slope_log10 < 0
    assert found.lod == found.interval == found.se_log10 == NotCalculable("slope_not_positive")


def test_an_uncertain_slope_leaves_fiellers_interval_unbounded() -> None:
    found = detection_limit([1, 10, 100], [1, 2, 2], [3] * 3)
    assert isinstance(found, DetectionLimit)
    assert isinstance(found.g, float) and found.g >= 1
    assert found.interval == NotCalculable("interval_unbounded", {"g": round(found.g, 4)})


def test_a_limit_outside_the_tested_doses_is_said_to_be_extrapolated() -> None:
    assert detection_limit([1, 2, 4], [4, 9, 12], [20] * 3).is_extrapolated
    assert not detection_limit(*SERIES).is_extrapolated


def test_two_levels_fit_exactly_and_have_no_goodness_of_fit() -> None:
    found = detection_limit([10, 100], [5, 15], [20, 20], 0.5, "logit")
    assert found.lod == pytest.approx(10**1.5)
    assert found.fit.deviance == pytest.approx(0, abs=1e-9) and found.fit.df == 0
    assert found.fit.p_fit == NotCalculable("no_degrees_of_freedom")


def test_a_natural_response_moves_the_limit() -> None:
    dose, n = [1, 2, 4, 8, 16, 32], [1000] * 6
    eta = [quantile(0.5, "probit") + 2.0 * math.log10(d / 4) for d in dose]
    x = [round(1000 * (0.1 + 0.9 * 0.5 * math.erfc(-e / math.sqrt(2)))) for e in eta]
    found = detection_limit(dose, x, n, 0.5, natural_response=0.1)
    assert found.lod == pytest.approx(4.0, rel=0.02) and found.fit.slope_log10 == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize(("dose", "x", "n"), [([-1, 2], [1, 2], [3, 3]), ([1, 2], [4, 2], [3, 3]), ([1], [1, 2], [3, 3])])
def test_impossible_counts_are_refused(dose: list[float], x: list[int], n: list[int]) -> None:
    with pytest.raises(ValueError, match=r"expected|one length"):
        detection_limit(dose, x, n)


def test_impossible_options_are_refused() -> None:
    for options in ({"p": 1.0}, {"link": "cauchit"}, {"natural_response": 1.0}, {"confidence": 1.2}):
        with pytest.raises(ValueError, match="expected"):
            detection_limit(*SERIES, **options)


@pytest.mark.assurance("R8")
@settings(max_examples=40)
@given(HITS, LINK)
def test_the_fit_equals_that_of_statsmodels(hits: list[int], link: str) -> None:
    found = found_in(hits, link)
    design = sm.add_constant(np.log10([5.0**i for i in range(len(hits))]))
    successes = np.column_stack([hits, [20 - x for x in hits]])
    other = sm.GLM(successes, design, family=sm.families.Binomial(OTHER[link]())).fit(maxiter=300, tol=1e-12)
    assume(abs(other.params[1]) < 20)
    assert (found.fit.intercept, found.fit.slope_log10) == pytest.approx(tuple(other.params), rel=1e-4, abs=1e-5)
    assert found.fit.deviance == pytest.approx(other.deviance, rel=1e-5, abs=1e-6)


@settings(max_examples=40)
@given(HITS, LINK)
def test_every_number_is_finite_and_the_limit_lies_in_its_intervals(hits: list[int], link: str) -> None:
    found = found_in(hits, link)
    numbers = (found.lod, found.log10_lod, found.se_log10, found.g, found.fit.p_fit, *found.fit.se, found.fit.pearson_chi2)
    assert all(isinstance(value, NotCalculable) or math.isfinite(value) for value in numbers)
    for interval in (found.ci_delta, found.ci_fieller):
        if isinstance(interval, Interval):
            assert 0 <= interval.lower <= found.lod * (1 + 1e-9) and found.lod * (1 - 1e-9) <= interval.upper < math.inf


@settings(max_examples=40)
@given(HITS, LINK, st.integers(-3, 3))
def test_another_unit_of_the_dose_gives_the_same_limit_in_that_unit(hits: list[int], link: str, power: int) -> None:
    found = found_in(hits, link)
    doses = [5.0**i * 10.0**power for i in range(len(hits))]
    other = detection_limit(doses, hits, [20] * len(hits), link=link)
    if isinstance(found.log10_lod, float):
        assert other.log10_lod == pytest.approx(found.log10_lod + power, rel=1e-6, abs=1e-6)


@settings(max_examples=40)
@given(HITS, st.randoms(use_true_random=False))
def test_the_order_of_the_levels_changes_no_digit(hits: list[int], chance: object) -> None:
    levels = [(5.0**i, x, 20) for i, x in enumerate(hits)]
    shuffled = list(levels)
    chance.shuffle(shuffled)
    assert detection_limit(*zip(*shuffled, strict=True)) == detection_limit(*zip(*levels, strict=True))


def test_an_engine_without_a_maximum_does_not_invent_one() -> None:
    x, n = np.array([0.0, 0.0, 20.0]), np.array([20.0] * 3)
    found = fit_binomial(x, n, np.column_stack([np.ones(3), [0.0, 1.0, 2.0]]), "probit")
    assert isinstance(found, NotCalculable) and found.code == "not_converged"
    twins = np.column_stack([np.ones(3), np.ones(3)])
    assert isinstance(fit_binomial(np.array([3.0, 9, 12]), n, twins, "logit"), NotCalculable)


def test_a_level_far_in_the_tail_does_not_spoil_the_goodness_of_fit() -> None:
    found = detection_limit([12.5, 25, 50, 100, 200, 40000], [1, 2, 7, 9, 10, 10], [10] * 6, link="cloglog")
    assert isinstance(found, DetectionLimit)
    without = detection_limit([12.5, 25, 50, 100, 200], [1, 2, 7, 9, 10], [10] * 5, link="cloglog")
    assert found.fit.pearson_chi2 == pytest.approx(without.fit.pearson_chi2, rel=1e-3)
    assert math.isfinite(found.fit.deviance)
