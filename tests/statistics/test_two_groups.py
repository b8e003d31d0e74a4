"""Welch's difference of two means."""

from __future__ import annotations

import pytest

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.two_groups import MeanDifference, welch_difference

# R 4, data set sleep: t.test(extra ~ group) prints df = 17.776, interval -3.3654832 0.2054832
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


@pytest.mark.assurance("R8")
def test_the_sleep_data_give_the_interval_that_r_prints() -> None:
    found = welch_difference(FIRST, SECOND)
    assert isinstance(found, MeanDifference) and isinstance(found.interval, Interval)
    assert found.difference == pytest.approx(-1.58)
    assert found.degrees_of_freedom == pytest.approx(17.776, abs=5e-4)
    assert (found.interval.lower, found.interval.upper) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


def test_one_value_or_no_spread_is_a_reason_and_not_a_number() -> None:
    few = welch_difference([1.0], SECOND)
    assert isinstance(few, NotCalculable) and few.code == "too_few_values"
    flat = welch_difference([1.0, 1.0], [2.0, 2.0])
    assert isinstance(flat, MeanDifference) and flat.difference == -1.0
    assert isinstance(flat.interval, NotCalculable)


def test_an_impossible_confidence_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        welch_difference(FIRST, SECOND, 1.0)
