"""Intervals of a limit of blank and of detection."""

import math

import numpy as np
import pytest

from lims.statistics.intervals import Interval
from lims.statistics.limit_intervals import detection_interval, quantile_interval
from lims.statistics.outcome import NotCalculable


def test_the_ranks_of_a_hundred_results() -> None:
    assert quantile_interval(list(range(1, 101)), 0.95) == Interval(90.0, 100.0, 0.95)


def test_too_few_results_say_how_many_would_do() -> None:
    found = quantile_interval(list(range(60)), 0.95)
    assert isinstance(found, NotCalculable) and found.params["least"] == 72
    assert not isinstance(quantile_interval(list(range(72)), 0.95), NotCalculable)


def test_the_normal_quantile_agrees_with_a_published_tolerance_factor() -> None:
    """One-sided 95/95 normal tolerance factor for n = 10: 2.911 (ISO 16269-6, Hahn and Meeker table A.12)."""
    values = np.array([-1.5, -1.0, -0.5, -0.2, 0.0, 0.0, 0.2, 0.5, 1.0, 1.5])
    values = values / values.std(ddof=1)
    found = quantile_interval(values, 0.95, "parametric", 0.90)
    assert isinstance(found, Interval) and found.upper == pytest.approx(2.911, abs=5e-4)


def test_a_limit_of_detection_takes_both_uncertainties() -> None:
    found = detection_interval(Interval(2.0, 3.0, 0.95), 1.0, 54, 0.05)
    assert isinstance(found, Interval)
    assert (found.lower, found.upper) == (pytest.approx(3.3847434), pytest.approx(5.0262008))
    assert detection_interval(Interval(2.0, 3.0, 0.95), 1.0, 0, 0.05) == NotCalculable("no_degrees_of_freedom")


@pytest.mark.parametrize("rule", ["nonparametric", "parametric"])
def test_both_rules_cover_the_quantile_of_normal_results(rule: str) -> None:
    draws, truth, missed = np.random.default_rng(7), 1.6448536, 0
    for _ in range(1000):
        found = quantile_interval(draws.normal(size=120), 0.95, rule)  # type: ignore[arg-type]
        assert isinstance(found, Interval)
        missed += not found.lower <= truth <= found.upper
    assert missed < 70


def test_what_cannot_be_is_refused() -> None:
    assert quantile_interval([1.0], 0.95) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert quantile_interval([2.0, 2.0, 2.0], 0.95, "parametric") == NotCalculable("scale_missing")
    with pytest.raises(ValueError, match="probability"):
        quantile_interval([1.0, 2.0], 1.0)


def test_the_ranks_of_very_many_results_lie_evenly_about_their_median() -> None:
    found = quantile_interval(np.arange(1, 8_000_001, dtype=float), 0.5, confidence=0.05)
    assert isinstance(found, Interval)
    below = math.floor(4_000_000 + 0.5 - 0.0627068 * math.sqrt(8e6) / 2)  # by the normal distribution with continuity correction
    assert (found.lower, found.upper) == (below, 8_000_001 - below)
