"""Cases that nobody has seen yet: thousands of variations of the shipped ones never break the run, and never give a number that is none."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lims.cli import lims
from lims.statistics import reference
from lims.statistics.reference.reading import fields_of, read_input, whole
from lims.statistics.reference.verifying import NOT_COMPUTED, verify, verify_case
from tests.statistics.variations import variations

CASES = list(reference.shipped_cases())
METHODS = sorted(reference.METHODS)
CONTRADICTED = ("option lambda: ", "option limits: ")


def leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every single figure of a field with its place, as `reasons` names it."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(f"{place}.{key}", one)
    elif isinstance(value, list):
        for number, one in enumerate(value, 1):
            yield from leaves(f"{place}[{number}]", one)
    else:
        yield place, value


def has_reason(place: str, reasons: dict[str, str]) -> bool:
    return any(place == known or place.startswith((f"{known}.", f"{known}[")) for known in reasons)


@pytest.mark.parametrize("method", METHODS)
def test_a_variation_never_breaks_the_run_and_every_null_has_its_reason(method: str) -> None:
    for case in (case for case in CASES if case["method"] == method):
        for name, other in [("itself", case), *variations(case)]:
            found = verify_case(other)
            where = f"{case['id']}, {name}"
            if any(failure.reason.startswith(CONTRADICTED) and failure.reason.endswith(" of the input") for failure in found.failed):
                continue  # the changed input says another figure than the option: neither is taken
            assert found.got.keys() >= set(fields_of(method)), where
            refused = {failure.reason for failure in found.failed if failure.reason and failure.reason != NOT_COMPUTED}
            assert all("KeyError" in reason or "ValueError" in reason for reason in refused), (where, refused)
            assert not [failure for failure in found.failed if failure.reason == NOT_COMPUTED], where
            for place, value in (leaf for field, whole_field in found.got.items() for leaf in leaves(field, whole_field)):
                assert not isinstance(value, float) or math.isfinite(value), (where, place)
                assert value is not None or has_reason(place, found.reasons), (where, place)
            json.dumps(found.as_json(), allow_nan=False)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_gives_every_field_it_is_listed_with_for_each_of_its_cases(method: str) -> None:
    for case in (case for case in CASES if case["method"] == method):
        assert verify_case(case).got.keys() >= set(fields_of(method)), case["id"]


def test_a_refused_input_meets_an_expected_null_and_nothing_else() -> None:
    case = {"id": "a", "method": "cohen_kappa", "input": {"table": [[1, 2]]}, "expected": {"kappa": None, "po": 0.3}, "rel_tol": 1e-9}
    found = verify_case(case)
    assert [failure.field for failure in found.failed] == ["po"]
    assert "square table" in found.failed[0].reason and "square table" in found.reasons["kappa"]
    assert found.got.keys() == set(fields_of("cohen_kappa")) and set(found.got.values()) == {None}


def test_a_number_written_as_text_is_a_number_and_a_censored_one_is_none() -> None:
    given = read_input("score_z", {"x": ["5.10", "<5", "1_0", None, 4], "x_pt": " 5 ", "lab": ["5", "6"], "sigma_pt": None})
    assert given["x"][0] == 5.1 and math.isnan(given["x"][1]) and math.isnan(given["x"][2])
    assert given["x"][3:] == [None, 4] and given["x_pt"] == 5.0 and given["lab"] == ["5", "6"] and "sigma_pt" not in given
    case = {"id": "z", "method": "score_z", "input": {"x": ["5.1", "<5"], "x_pt": 5, "sigma_pt": "0.1"}, "expected": {"z": [1, None]}}
    found = verify_case({**case, "abs_tol": 1e-9})
    assert found.is_passed and found.reasons["z[2]"] == "value_not_finite quantity=reported_value"


@pytest.mark.parametrize("value", [None, "3", True, math.nan, math.inf, 2.5, 2**60, -1e300])
def test_what_is_no_count_is_not_taken_for_one(value: Any) -> None:
    assert not isinstance(whole(value), int)
    assert whole(3.0) == 3


@pytest.mark.parametrize("key", ["x", "table", "groups", "samples"])
def test_a_number_where_nothing_but_a_list_makes_sense_is_refused_in_words(key: str) -> None:
    method = {"x": "algorithm_a", "table": "mcnemar", "groups": "cochran", "samples": "anova_oneway"}[key]
    found = verify([{"id": "a", "method": method, "input": {key: 3}, "expected": dict.fromkeys(fields_of(method))}])
    assert found.is_passed
    assert all(f"a list is expected as `{key}`" in reason for reason in found.cases[0].reasons.values())


def run(folder: Path) -> tuple[int, dict[str, Any]]:
    found = CliRunner().invoke(lims, ["statistics", "verify", str(folder), "--json"])
    return found.exit_code, json.loads(found.output)


def test_a_folder_of_strange_files_is_run_to_its_end_and_ends_with_1(tmp_path: Path) -> None:
    for number, method in enumerate(METHODS):
        cases = [case for case in CASES if case["method"] == method][:1]
        strange = [{**other, "id": f"{name}"} for case in cases for name, other in variations(case)]
        (tmp_path / f"{number:03}.json").write_text(json.dumps([*cases, *strange[::7]]), "utf-8")
    (tmp_path / "unknown.json").write_text(json.dumps({**CASES[0], "method": "tea_leaves"}), "utf-8")
    code, found = run(tmp_path)
    assert code == 1 and found["unsupported"] == ["tea_leaves"]
    assert found["passed"] >= len(METHODS) and found["total"] == len(found["cases"])
    assert {failure["id"] for failure in found["failed"]} and found["passed"] < found["total"]


def test_a_folder_of_right_files_ends_with_0(tmp_path: Path) -> None:
    (tmp_path / "right.json").write_text(json.dumps(CASES[::10]), "utf-8")
    code, found = run(tmp_path)
    assert (code, found["failed"], found["unsupported"], found["passed"]) == (0, [], [], found["total"])
