"""Every field of every shipped reference case is computed from the case's input and met within its tolerance."""

import copy
import json
from pathlib import Path

import pytest

from lims.statistics import reference

CASES = list(reference.shipped_cases())
SHARED = Path(__file__).parents[2] / "../shared/reference/statistics"


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_case_is_met_in_every_field(case: reference.Case) -> None:
    assert reference.differences(case, reference.compute(case)) == []


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_case_with_one_wrong_figure_is_not_met(case: reference.Case) -> None:
    got = reference.compute(case)
    for field in case["expected"].keys() - reference.INFORMATIONAL:
        broken = copy.deepcopy(dict(case))
        broken["expected"][field] = _spoiled(case["expected"][field])
        found = [difference.field for difference in reference.differences(broken, got)]
        assert found == [field] or (len(found) == 1 and found[0].startswith(f"{field}."))


def _spoiled(value: object) -> object:
    if isinstance(value, list):
        return [*value[:-1], _spoiled(value[-1])]
    if isinstance(value, dict):
        last = [key for key in value if key not in reference.INFORMATIONAL][-1]
        return {**value, last: _spoiled(value[last])}
    if isinstance(value, bool) or value is None:
        return not value
    return value + "?" if isinstance(value, str) else value * 1.5 + 100.0


def test_all_shipped_files_are_read_and_their_ids_are_distinct() -> None:
    assert len(CASES) == 225
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert {case["method"] for case in CASES} == reference.METHODS.keys()


def test_a_field_that_was_not_computed_is_a_difference() -> None:
    case = {"method": "small_p", "input": {"x": [1, 1.2]}, "expected": {"s": 0.14142135623731, "t": 1}, "rel_tol": 1e-7}
    assert reference.differences(case, reference.compute(case)) == [reference.Difference("t", 1, None)]


def test_null_is_met_by_not_calculable_only() -> None:
    case = {"method": "small_p", "input": {"x": [1]}, "options": {}, "expected": {"s": None}, "rel_tol": 1e-7}
    assert reference.differences(case, reference.compute(case)) == []
    assert reference.differences({**case, "expected": {"s": 0}}, reference.compute(case)) == [reference.Difference("s", 0, None)]
    assert reference.differences(case, {"s": 0.0}) == [reference.Difference("s", None, 0.0)]


def test_informational_fields_are_never_compared() -> None:
    case = {"method": "small_p", "input": {"x": [1, 1.2]}, "expected": {"exact_factor": {"s": 9}}, "rel_tol": 0}
    assert reference.differences(case, reference.compute(case)) == []


def test_a_list_of_another_length_is_a_difference() -> None:
    case = {"expected": {"z": [1.0, 2.0]}, "rel_tol": 1e-7}
    assert reference.differences(case, {"z": [1.0]}) == [reference.Difference("z", [1.0, 2.0], [1.0])]
    assert reference.differences(case, {"z": [1.0, float("nan")]}) != []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with the original reference cases is not beside this checkout")
def test_the_shipped_files_are_the_original_ones() -> None:
    shipped = Path(reference.__file__).parents[1] / "cases"
    for path in shipped.glob("*.json"):
        assert json.loads(path.read_text("utf-8")) == json.loads((SHARED / path.name).read_text("utf-8")), path.name
