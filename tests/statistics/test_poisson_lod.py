"""The single-hit model: published example, one level in closed form, and the reasons."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.outcome import NotCalculable
from lims.statistics.poisson_lod import PoissonLimit, poisson_limit


@pytest.mark.assurance("R8")
def test_the_published_series_of_six_replicates() -> None:
    found = poisson_limit([0.1, 1, 2, 5, 10, 20], [0, 5, 6, 6, 6, 6], [6] * 6)
    assert isinstance(found, PoissonLimit)
    assert (found.rate, found.lod, found.lod50) == pytest.approx((1.6731513, 1.7904730, 0.4142764), rel=1e-6)
    assert (found.interval.lower, found.interval.upper) == pytest.approx((0.8690593, 3.6888089), rel=1e-6)


@given(st.integers(1, 19), st.floats(0.01, 1000), st.floats(0.5, 2))
def test_one_level_is_solved_exactly(hits: int, dose: float, exponent: float) -> None:
    found = poisson_limit([dose], [hits], [20], exponent=exponent)
    assert found.rate == pytest.approx(-math.log(1 - hits / 20) / dose**exponent, rel=1e-8)
    assert 1 - math.exp(-found.rate * found.lod**exponent) == pytest.approx(0.95)
    assert found.interval.lower < found.lod < found.interval.upper
    assert found.p_fit == NotCalculable("no_degrees_of_freedom")


def test_a_perfect_method_finds_95_percent_at_three_copies() -> None:
    found = poisson_limit([math.log(2)], [10], [20])
    assert (found.rate, found.lod) == pytest.approx((1.0, 2.995732), rel=1e-6)


@pytest.mark.parametrize(
    ("dose", "x", "reason"),
    [
        ([0, 1, 10], [0, 0, 0], NotCalculable("all_negative", {"dose": 10.0})),
        ([0, 1, 10], [0, 6, 6], NotCalculable("all_positive", {"dose": 1.0})),
        ([0, 0], [0, 1], NotCalculable("too_few_levels", {"n": 0, "least": 1})),
        ([0, 1, 10], [1, 3, 6], NotCalculable("blank_positive", {"x": 1, "n": 6})),
        ([0, 0, 1, 10], [2, 1, 6, 6], NotCalculable("blank_positive", {"x": 3, "n": 12})),
        ([], [], NotCalculable("too_few_levels", {"n": 0, "least": 1})),
    ],
)
def test_what_has_no_limit_says_why(dose: list[float], x: list[int], reason: NotCalculable) -> None:
    assert poisson_limit(dose, x, [6] * len(dose)) == reason


def test_blanks_are_left_out_and_counted() -> None:
    with_blank, without = poisson_limit([0, 1, 2], [0, 3, 5], [6] * 3), poisson_limit([1, 2], [3, 5], [6] * 2)
    assert (with_blank.rate, with_blank.zero_doses, without.zero_doses) == (without.rate, 1, 0)


def test_impossible_options_are_refused() -> None:
    for options in ({"p": 0.0}, {"exponent": 0.0}, {"confidence": 0.0}):
        with pytest.raises(ValueError, match="expected"):
            poisson_limit([1, 2], [3, 5], [6, 6], **options)
