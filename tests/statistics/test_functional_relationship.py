"""The maximum likelihood line with known uncertainties against two published solutions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.functional_relationship import FunctionalRelationship, functional_relationship
from lims.statistics.lines import Estimate
from lims.statistics.outcome import NotCalculable

# Pearson's data (1901) with York's weights (1966); York et al. 2004 print a = 5.47991022, b = -0.480533407, 0.29497 and 0.05799
X = [0.0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4]
Y = [5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5]
S_X = [weight**-0.5 for weight in (1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1)]
S_Y = [weight**-0.5 for weight in (1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500)]


def fitted(x: list[float], y: list[float], s_x: list[float], s_y: list[float], **options: str) -> FunctionalRelationship:
    found = functional_relationship(x, y, s_x, s_y, **options)  # type: ignore[arg-type]
    assert isinstance(found, FunctionalRelationship)
    return found


def value(estimate: Estimate) -> float:
    assert isinstance(estimate.value, float)
    return estimate.value


@pytest.mark.assurance("R8")
def test_pearsons_data_with_yorks_weights_give_the_printed_line() -> None:
    found = fitted(X, Y, S_X, S_Y, points="adjusted")
    assert value(found.intercept) == pytest.approx(5.47991022, abs=5e-9)
    assert value(found.slope) == pytest.approx(-0.480533407, abs=5e-10)
    assert (found.intercept.standard_error, found.slope.standard_error) == pytest.approx((0.29497, 0.05799), abs=5e-6)
    assert (found.chi2, found.df) == (pytest.approx(11.8664, abs=5e-5), 8)


def test_the_choice_of_points_changes_the_standard_errors_only_and_is_recorded() -> None:
    observed, adjusted = fitted(X, Y, S_X, S_Y), fitted(X, Y, S_X, S_Y, points="adjusted")
    assert observed.slope.value == adjusted.slope.value and observed.points == "observed"
    assert observed.slope.standard_error == pytest.approx(0.0583, abs=5e-5)


def test_exchanging_the_axes_gives_the_inverse_line() -> None:
    found, turned = fitted(X, Y, S_X, S_Y), fitted(Y, X, S_Y, S_X)
    assert value(turned.slope) == pytest.approx(1 / value(found.slope), rel=1e-10)
    assert value(turned.intercept) == pytest.approx(-value(found.intercept) / value(found.slope), rel=1e-10)


def test_without_errors_in_x_it_is_weighted_regression() -> None:
    found = fitted([1, 2, 3, 4], [1.0, 3.0, 2.0, 5.0], [0.0] * 4, [1.0] * 4)
    assert (value(found.intercept), value(found.slope)) == pytest.approx((0.0, 1.1), abs=1e-12)


def test_what_determines_no_line_is_a_reason() -> None:
    assert functional_relationship([1, 2], [1, 2], [1, 1], [1, 1]) == NotCalculable("too_few_values", {"n": 2, "least": 3})
    assert functional_relationship([1, 1, 1], [1, 2, 3], [1] * 3, [1] * 3) == NotCalculable("x_constant")
    assert functional_relationship([1, 2, 3], [1, 2, 3], [0, 1, 1], [0, 1, 1]) == NotCalculable("uncertainties_zero")
    assert functional_relationship([1, 2, 3], [1, 2, 3], [-1, 1, 1], [1, 1, 1]) == NotCalculable("uncertainty_negative")
    with pytest.raises(ValueError, match="for each of"):
        functional_relationship([1, 2, 3], [1, 2, 3], [1] * 4, [1] * 4)


@given(st.lists(st.tuples(st.integers(-100, 100), st.integers(1, 9), st.integers(1, 9)), min_size=4, max_size=10), st.randoms())
def test_the_order_of_the_points_does_not_matter(points: list[tuple[int, int, int]], random) -> None:
    rows = [(float(k * 10), float(k * 5 + e / 10), s / 10, t / 10) for k, (e, s, t) in enumerate(points)]
    found = functional_relationship(*(list(column) for column in zip(*rows, strict=True)))
    random.shuffle(rows)
    assert functional_relationship(*(list(column) for column in zip(*rows, strict=True))) == found
