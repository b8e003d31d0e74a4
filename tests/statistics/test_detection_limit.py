"""Limit of blank and limit of detection (EP17-A2), by hand and by what they must do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.detection_limit import LimitOfBlank, LimitOfDetection, limit_of_blank, limit_of_detection, unbiased_quantile
from lims.statistics.outcome import NotCalculable

BLANKS = st.lists(st.integers(-50, 50).map(lambda value: value / 10), min_size=10, max_size=80)


def blank(samples: list[list[float]], **options: object) -> LimitOfBlank:
    found = limit_of_blank(samples, **options)  # type: ignore[arg-type]
    assert isinstance(found, LimitOfBlank)
    return found


@pytest.mark.assurance("R8")
def test_the_multiplier_for_sixty_results_of_six_samples_is_the_printed_one() -> None:
    assert unbiased_quantile(0.95, 60 - 6) == pytest.approx(1.653, abs=6e-4)  # the document rounds the quantile to 1.645


def test_the_nonparametric_limit_stands_at_rank_half_plus_ninety_five_percent() -> None:
    found = blank([[float(value) for value in range(1, 21)]])
    assert (found.value, found.rank, found.rule) == (19.5, 19.5, "nonparametric")
    sixty = blank([[float(value) for value in range(1, 31)], [float(value) for value in range(31, 61)]])
    assert (sixty.value, sixty.rank, sixty.samples) == (57.5, 57.5, 2)


def test_the_parametric_limit_by_hand() -> None:
    """Results -1, 0, 1, 0: mean 0, SD sqrt(2/3), c = 1.644854 / (1 - 1/8) for 4 - 2 degrees of freedom."""
    found = blank([[-1.0, 0.0], [1.0, 0.0]], rule="parametric")
    assert found.value == pytest.approx(1.6448536 / (1 - 1 / 8) * math.sqrt(2 / 3))


def test_the_limit_of_detection_by_hand() -> None:
    found = limit_of_detection([[1, 3], [2, 4]], 2.0)
    assert isinstance(found, LimitOfDetection)
    assert (found.sd, found.df, found.below, found.n) == (pytest.approx(math.sqrt(2)), 2, 2, 4)
    assert found.value == pytest.approx(2 + 1.6448536 / (1 - 1 / 8) * math.sqrt(2))


def test_blanks_that_are_all_zero_have_a_limit_of_zero() -> None:
    assert blank([[0.0] * 60]).value == 0.0 and blank([[0.0] * 60], rule="parametric").value == 0.0


def test_too_few_results_are_a_reason() -> None:
    assert limit_of_blank([[0.1] * 9]) == NotCalculable("too_few_values", {"n": 9, "least": 10})
    assert limit_of_blank([]) == limit_of_blank([[], []]) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    assert limit_of_blank([[1.0], [2.0]], rule="parametric") == NotCalculable("no_degrees_of_freedom")
    assert limit_of_detection([[1.0], [2.0]], 0.5) == NotCalculable("no_degrees_of_freedom")
    assert limit_of_detection([[1.0, math.nan]], 0.5) == NotCalculable("value_not_finite", {"quantity": "reported_value"})
    with pytest.raises(ValueError, match="alpha"):
        limit_of_blank([[1.0, 2.0]], alpha=0.9)


@given(BLANKS, st.randoms(use_true_random=False))
def test_the_limit_of_blank_follows_unit_and_place_and_not_the_order(results: list[float], random) -> None:
    for rule in ("nonparametric", "parametric"):
        found = blank([results], rule=rule).value
        shuffled = list(results)
        random.shuffle(shuffled)
        assert blank([shuffled], rule=rule).value == found
        assert blank([[2 * value + 3 for value in results]], rule=rule).value == pytest.approx(2 * found + 3)


@given(BLANKS)
def test_the_limit_of_detection_is_never_below_the_limit_of_blank(results: list[float]) -> None:
    limit = blank([results]).value
    found = limit_of_detection([[value + 3 for value in results]], limit)
    assert isinstance(found, LimitOfDetection) and found.value >= limit


def test_equal_decimal_results_have_an_sd_of_0() -> None:
    found = limit_of_detection([[0.1] * 3, [0.7] * 3], 0.05)
    assert isinstance(found, LimitOfDetection)
    assert (found.sd, found.value) == (0.0, 0.05)
    blank = limit_of_blank([[0.1] * 3, [0.1] * 4], "parametric")
    assert isinstance(blank, LimitOfBlank)
    assert blank.value == pytest.approx(0.1, rel=1e-15)
