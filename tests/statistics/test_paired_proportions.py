"""The score interval of paired proportions: Tango, Stat. Med. 17 (1998) 891."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.intervals import normal_quantile
from lims.statistics.outcome import NotCalculable
from lims.statistics.paired_proportions import ScoreDifference, paired_difference_score, score


def test_without_discordant_pairs_the_interval_is_z2_over_n_plus_z2() -> None:
    z = normal_quantile(0.95)
    found = paired_difference_score(0, 0, 40)
    assert isinstance(found, ScoreDifference)
    assert found.interval.upper == pytest.approx(z * z / (40 + z * z), abs=1e-12) == -found.interval.lower


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 200), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_score_is_the_quantile_at_both_ends(b: int, c: int, rest: int, confidence: float) -> None:
    n = b + c + rest
    found = paired_difference_score(b, c, n, confidence)
    assert isinstance(found, ScoreDifference)
    z = normal_quantile(confidence)
    assert -1.0 <= found.interval.lower <= found.difference <= found.interval.upper <= 1.0
    assert score(b, c, n, found.interval.lower) == pytest.approx(z, rel=1e-6)
    assert score(b, c, n, found.interval.upper) == pytest.approx(-z, rel=1e-6)
    turned = paired_difference_score(c, b, n, confidence)
    assert isinstance(turned, ScoreDifference)
    assert turned.interval.lower == pytest.approx(-found.interval.upper, abs=1e-9)


@pytest.mark.parametrize(("n", "first", "second"), [(40, 0.02, 0.12), (60, 0.05, 0.15), (50, 0.1, 0.1), (100, 0.01, 0.06)])
def test_the_interval_misses_the_truth_seldom_on_both_sides(n: int, first: float, second: float) -> None:
    """Summed over all outcomes, no simulation."""
    above = below = 0.0
    for b in range(n + 1):
        for c in range(n + 1 - b):
            log = math.lgamma(n + 1) - math.lgamma(b + 1) - math.lgamma(c + 1) - math.lgamma(n - b - c + 1)
            p = math.exp(log + b * math.log(first) + c * math.log(second) + (n - b - c) * math.log(1 - first - second))
            found = paired_difference_score(b, c, n) if p > 1e-7 else None
            if isinstance(found, ScoreDifference):
                above += p * (found.interval.lower > first - second)
                below += p * (found.interval.upper < first - second)
    assert above + below < 0.055 and max(above, below) < 0.035


def test_nothing_and_too_much_are_refused() -> None:
    assert paired_difference_score(0, 0, 0) == NotCalculable("no_trials")
    with pytest.raises(ValueError, match="discordant"):
        paired_difference_score(3, 3, 5)
