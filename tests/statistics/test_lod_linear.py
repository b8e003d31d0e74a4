"""The detection limit on the dose itself, against statsmodels, the equations that define it, and laws of units."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.intervals import Interval
from lims.statistics.lod_linear import LinearDetectionLimit, linear_detection_limit
from lims.statistics.outcome import NotCalculable

DOSE, HITS, TRIALS = [0, 1, 2, 3, 4], [1, 4, 7, 10, 10], [10] * 5


def limit(**changes: object) -> LinearDetectionLimit:
    found = linear_detection_limit(**{"dose": DOSE, "x": HITS, "n": TRIALS, **changes})  # type: ignore[arg-type]
    assert isinstance(found, LinearDetectionLimit)
    return found


@pytest.mark.parametrize("link", ["probit", "logit", "cloglog"])
def test_the_line_and_its_covariance_are_those_of_statsmodels(link: str) -> None:
    sm = pytest.importorskip("statsmodels.api")
    links = {"probit": sm.families.links.Probit, "logit": sm.families.links.Logit, "cloglog": sm.families.links.CLogLog}
    counts = np.column_stack([HITS, np.subtract(TRIALS, HITS)])
    family = sm.families.Binomial(link=links[link]())
    other = sm.GLM(counts, sm.add_constant(np.array(DOSE, float)), family=family).fit(tol=1e-13, maxiter=200)
    found = limit(link=link)
    assert [found.intercept, found.slope] == pytest.approx(list(other.params), rel=1e-7)
    assert found.deviance == pytest.approx(other.deviance, rel=1e-7) and found.pearson_chi2 == pytest.approx(other.pearson_chi2, rel=1e-6)
    assert [*found.se, found.cov] == pytest.approx([*other.bse, other.cov_params()[0, 1]], rel=1e-5)
    assert found.df == 3


def test_the_limit_meets_its_equation_and_the_example_of_its_description() -> None:
    found = limit()
    assert isinstance(found.lod, float) and found.lod == pytest.approx(2.814, abs=5e-4)
    assert (found.intercept, found.slope) == (pytest.approx(-1.3700, abs=5e-5), pytest.approx(1.0714, abs=5e-5))
    assert NormalDist().cdf(found.intercept + found.slope * found.lod) == pytest.approx(0.95, abs=1e-12)


def test_both_ends_of_fieller_lie_on_the_edge_of_its_inequality() -> None:
    found, z, q = limit(), NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.95)
    assert isinstance(found.ci_fieller, Interval) and isinstance(found.ci_delta, Interval) and isinstance(found.lod, float)
    for m in (found.ci_fieller.lower, found.ci_fieller.upper):
        variance = found.se[0] ** 2 + 2 * m * found.cov + m * m * found.se[1] ** 2
        assert (q - found.intercept - found.slope * m) ** 2 == pytest.approx(z * z * variance, rel=1e-9)
    assert found.ci_delta.lower + found.ci_delta.upper == pytest.approx(2 * found.lod)


def test_the_zero_dose_is_a_level_like_any_other() -> None:
    assert limit().df == 3 and limit(dose=DOSE[1:], x=HITS[1:], n=TRIALS[1:]).df == 2
    assert isinstance(linear_detection_limit([0, 1], [2, 6], [10, 10]), LinearDetectionLimit)


@pytest.mark.parametrize(
    ("x", "code"),
    [([0, 0, 0, 10, 10], "separated"), ([10] * 5, "all_positive"), ([0] * 5, "all_negative"), ([10, 9, 5, 1, 0], "slope_not_positive")],
)
def test_what_has_no_limit_is_refused_with_its_reason(x: list[int], code: str) -> None:
    found = linear_detection_limit(DOSE, x, TRIALS)
    reason = found.lod if isinstance(found, LinearDetectionLimit) else found
    assert isinstance(reason, NotCalculable) and reason.code == code


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 8), min_size=4, max_size=6), st.floats(-30, 30))
def test_the_unit_of_the_dose_changes_the_limit_by_its_factor_and_nothing_is_infinite(hits: list[int], power: float) -> None:
    doses, factor = list(range(len(hits))), 10.0**power
    one = linear_detection_limit(doses, hits, [8] * len(hits))
    other = linear_detection_limit([factor * dose for dose in doses], hits, [8] * len(hits))
    assert type(one) is type(other)
    if isinstance(one, LinearDetectionLimit) and isinstance(other, LinearDetectionLimit) and isinstance(one.lod, float):
        assert isinstance(other.lod, float) and math.isfinite(one.lod)
        assert other.lod == pytest.approx(factor * one.lod, rel=1e-6, abs=1e-6 * factor)
        assert type(other.ci_fieller) is type(one.ci_fieller)
