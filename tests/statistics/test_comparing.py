"""When a field of a reference case is met: nothing compared is no pass, tolerances are finite, null has two readings."""

from __future__ import annotations

import math
from typing import Any

import pytest

from lims.statistics.reference.comparing import differences
from lims.statistics.reference.verifying import verify_case

ROBUST = {"id": "a", "method": "algorithm_a", "input": {"x": [1.0, 2.0, 2.5, 3.0, 9.0]}, "rel_tol": 1e-6}
CONSENSUS = {"id": "c", "method": "assigned_value_consensus", "input": {"x": [1.0, 2.0, 2.5, 3.0, 9.0]}, "rel_tol": 1e-6}


@pytest.mark.parametrize(
    "case",
    [
        {**ROBUST, "expected": {"exact_factor": {"mu": 999}}},
        {**CONSENSUS, "expected": {"median": {"exact_factor": 3}}},
        {**CONSENSUS, "expected": {"median": {}}},
    ],
)
def test_a_case_in_which_nothing_was_compared_is_failed(case: dict[str, Any]) -> None:
    found = verify_case(case)
    assert not found.is_passed and found.failed[0].reason.startswith("nothing was compared")


@pytest.mark.parametrize("key", ["rel_tol", "abs_tol"])
@pytest.mark.parametrize("tolerance", [math.inf, math.nan, -1e-9])
def test_a_tolerance_that_is_not_finite_or_negative_is_refused(key: str, tolerance: float) -> None:
    found = verify_case({**ROBUST, key: tolerance, "expected": {"x_star": 1e9}})
    assert f"{key}: a finite number of 0 or more is expected" in found.failed[0].reason


@pytest.mark.parametrize("expected", [math.inf, -math.inf, math.nan])
def test_an_expected_figure_that_is_not_finite_is_never_met(expected: float) -> None:
    assert not verify_case({**ROBUST, "expected": {"x_star": expected}}).is_passed


def test_tolerances_that_overflow_together_meet_nothing() -> None:
    assert not verify_case({**ROBUST, "rel_tol": 1e308, "expected": {"x_star": 1e9}}).is_passed


def test_an_empty_list_is_compared() -> None:
    case = {"expected": {"signals": []}}
    assert differences(case, {"signals": []}) == [] and len(differences(case, {"signals": [1]})) == 1


@pytest.mark.parametrize(
    ("expected", "got", "is_met"),
    [
        (None, [None, None], True),
        (None, {"est": None, "ci": [None, None]}, True),
        ([None, None], None, True),
        ({"est": None, "ci": [None, None]}, None, True),
        ({"est": None, "ci": [None, None]}, {"est": None, "ci": None}, True),
        (None, [None, 1.0], False),
        ([None, 1.0], None, False),
        (None, [], False),
        ([], None, False),
        (None, {}, False),
        ({"est": None, "se": 1.0}, None, False),
        (None, 0.0, False),
    ],
)
def test_null_meets_a_whole_of_nulls_and_the_other_way_round(expected: Any, got: Any, is_met: bool) -> None:
    assert (not differences({"expected": {"a": expected, "b": 1}}, {"a": got, "b": 1})) == is_met
