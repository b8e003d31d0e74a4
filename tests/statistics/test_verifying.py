"""The verification run takes any file of the form, never breaks off, and says of each case what was computed."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.reference import cases_in, shipped_cases
from lims.statistics.reference.figures import figures
from lims.statistics.reference.verifying import WHOLE_CASE, Failure, storable, verify, verify_case

LINE = {
    "id": "line",
    "method": "ols",
    "input": {"x": [1, 2, 3], "y": [3, 5, 8]},
    "options": {},
    "expected": {"slope": 2.5},
    "rel_tol": 1e-9,
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(LINE), **parts}


@pytest.mark.assurance("R8")
def test_all_shipped_cases_are_passed_and_none_is_unsupported() -> None:
    found = verify(shipped_cases())
    assert (found.failed, found.unsupported) == ((), ())
    assert found.total == found.passed == 225 and found.is_passed


def test_a_second_run_computes_the_same_figures() -> None:
    assert verify(shipped_cases()).as_json() == verify(shipped_cases()).as_json()


def test_a_met_case_carries_every_field_and_not_only_the_expected_one() -> None:
    found = verify_case(LINE)
    assert found.is_passed and found.got.keys() == {"slope", "intercept", "r2", "residual_sd"}


def test_nothing_that_was_computed_depends_on_what_was_expected() -> None:
    other = changed(expected={"slope": 7, "intercept": None, "nonsense": 1})
    assert verify_case(other).got == verify_case(LINE).got


def test_a_wrong_figure_fails_with_what_was_expected_and_got() -> None:
    assert verify_case(changed(expected={"slope": 2.4})).failed == (Failure("line", "slope", 2.4, 2.5),)


def test_an_expected_field_that_is_not_computed_fails_and_is_never_skipped() -> None:
    found = verify_case(changed(expected={"slope": 2.5, "aic": None}))
    assert found.failed == (Failure("line", "aic", None, None, "not computed"),)


def test_informational_fields_are_not_compared() -> None:
    assert verify_case(changed(expected={"slope": 2.5, "third_figure_rule": {"slope": 9}})).is_passed


def test_an_unknown_method_is_named_and_its_case_fails() -> None:
    found = verify([LINE, changed(id="a", method="tea_leaves"), changed(id="b", method="tea_leaves")])
    assert (found.total, found.passed, found.unsupported) == (3, 1, ("tea_leaves",))
    assert [failure.field for failure in found.failed] == [WHOLE_CASE, WHOLE_CASE]


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("not a case", "a mapping is expected as a case, not a str"),
        ({}, "the name of a method is expected"),
        (changed(method=3), "the name of a method is expected"),
        (changed(input=[1, 2]), "a mapping is expected as `input`"),
        (changed(options=[1]), "a mapping is expected as `options`"),
        (changed(input={"x": [1, 2, 3]}), "the computation broke off: KeyError: 'y'"),
        (changed(input={"x": [1, 2], "y": [1, 2, 3]}), "the computation broke off: ValueError: pairs are expected"),
        (changed(input={"x": {}, "y": "abc"}), "the computation broke off"),
        (changed(rel_tol="much"), "the comparison broke off: ValueError"),
        (changed(expected=None), "nothing was compared"),
        (changed(expected={}), "nothing was compared"),
    ],
)
def test_a_malformed_case_fails_with_a_reason_and_the_run_goes_on(case: Any, reason: str) -> None:
    found = verify([case, LINE])
    assert (found.total, found.passed) == (2, 1)
    assert found.failed[0].reason.startswith(reason)
    json.dumps(found.as_json(), allow_nan=False)


def test_a_case_without_expectations_is_computed_all_the_same() -> None:
    bare = {key: value for key, value in LINE.items() if key != "expected"}
    assert verify_case(bare).got == verify_case(LINE).got


def test_a_computation_that_breaks_off_fails_in_each_expected_field() -> None:
    found = verify_case(changed(input={}, expected={"slope": 1, "intercept": 2}))
    assert [failure.field for failure in found.failed] == ["slope", "intercept"]


def test_an_empty_run_proves_nothing() -> None:
    assert not verify([]).is_passed


def test_options_that_are_null_are_none() -> None:
    assert verify_case(changed(options=None)).is_passed


def test_files_of_any_form_become_cases_or_reasons(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([LINE, 7]), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"cases": [LINE]}), "utf-8")
    (tmp_path / "c.json").write_text(json.dumps(LINE), "utf-8-sig")
    (tmp_path / "d.json").write_text("{", "utf-8")
    (tmp_path / "e.json").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "f.json").write_text("3", "utf-8")
    (tmp_path / "g.json").write_text(json.dumps([{key: value for key, value in LINE.items() if key != "id"}]), "utf-8")
    (tmp_path / "notes.txt").write_text("no case", "utf-8")
    (tmp_path / "folder.json").mkdir()
    found = verify(cases_in(tmp_path))
    names = ["line", "a.json, case 2", "line", "line", "d.json", "e.json", "f.json", "g.json, case 1"]
    assert [case.id for case in found.cases] == names
    assert (found.passed, len(found.failed)) == (4, 4)
    assert verify(cases_in(tmp_path / "c.json")).is_passed


def test_nan_and_infinity_become_words_so_that_json_stays_json() -> None:
    assert storable({"a": [math.nan, -math.inf, 1], 2: None}) == {"a": ["nan", "-inf", 1], "2": None}


def test_the_figures_of_a_case_stand_one_by_one_with_their_share_of_the_tolerance() -> None:
    case = {"expected": {"a": {"b": [1.0, None]}, "c": "word", "d": 0, "exact_factor": 3}, "rel_tol": 0.01, "abs_tol": 0.01}
    found = figures(case, {"a": {"b": [1.01, 2.0]}, "c": "word", "d": 0})
    assert [figure.field for figure in found] == ["a.b[1]", "a.b[2]", "c", "d"]
    assert [figure.share for figure in found] == [pytest.approx(0.5), None, None, 0.0]
    assert found[1].got == 2.0 and found[1].expected is None


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["x", "y", "a", "b", "n", "conf"]), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from([case for case in shipped_cases() if case["area"] == "7_validation"]), st.data())
def test_no_input_stops_the_run(case: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(case["input"])))
    broken = {**case, "input": {**case["input"], key: data.draw(ANYTHING)}}
    json.dumps(verify([broken]).as_json(), allow_nan=False)
