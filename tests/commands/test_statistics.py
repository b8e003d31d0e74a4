"""lims statistics verify: one line per case, exit 0 only if all pass, everything computed as JSON, the record as a workbook."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from lims.cli import lims

CASES: list[dict[str, Any]] = [
    {"id": "line", "method": "ols", "input": {"x": [1, 2, 3], "y": [3, 5, 8]}, "expected": {"slope": 2.5}, "rel_tol": 1e-9},
    {
        "id": "limit",
        "method": "ep15_upper_verification_limit",
        "input": {"claim": 2, "df": [20]},
        "expected": {"uvl": [2.506]},
        "abs_tol": 0.001,
    },
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(lims, ["statistics", "verify", *arguments])


def folder_of(folder: Path, *cases: object) -> str:
    (folder / "cases.json").write_text(json.dumps(cases), "utf-8")
    return str(folder)


@pytest.mark.assurance("R8")
def test_the_shipped_cases_all_pass() -> None:
    answer = run()
    assert answer.exit_code == 0, answer.output[-2000:]
    assert answer.output.splitlines()[-1] == "225 cases: 225 passed, 0 failed"
    assert sum(line.startswith("pass  ") for line in answer.output.splitlines()) == 225


def test_one_line_per_case_and_a_total(tmp_path: Path) -> None:
    answer = run(folder_of(tmp_path, *CASES))
    assert answer.exit_code == 0
    lines = ["pass  line  ols", "pass  limit  ep15_upper_verification_limit", "2 cases: 2 passed, 0 failed"]
    assert answer.output.splitlines() == lines


def test_a_failed_case_says_what_was_expected_and_got_and_the_exit_code_says_so_too(tmp_path: Path) -> None:
    answer = run(folder_of(tmp_path, CASES[0], {**CASES[0], "id": "wrong", "expected": {"slope": 2.4, "intercept": None}}))
    assert answer.exit_code == 1
    wrong, total = answer.output.splitlines()[1:]
    assert wrong.startswith("FAIL  wrong  ols  slope: expected 2.4, got 2.5; intercept: expected None, got 0.33")
    assert total == "2 cases: 1 passed, 1 failed"


def test_unknown_methods_are_named_and_strange_files_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("[", "utf-8")
    answer = run(folder_of(tmp_path, {**CASES[0], "method": "tea_leaves"}, 5, CASES[1]))
    assert answer.exit_code == 1
    assert answer.output.splitlines()[-2:] == ["4 cases: 1 passed, 3 failed", "method not supported: tea_leaves"]
    assert "not JSON" in answer.output


def test_json_has_the_agreed_keys_and_every_computed_field(tmp_path: Path) -> None:
    answer = run(folder_of(tmp_path, CASES[0], {**CASES[0], "id": "wrong", "expected": {"slope": 2.4}}), "--json")
    assert answer.exit_code == 1
    found = json.loads(answer.output)
    assert found.keys() == {"total", "passed", "failed", "unsupported", "cases"}
    assert (found["total"], found["passed"], found["unsupported"]) == (2, 1, [])
    assert found["failed"] == [{"id": "wrong", "field": "slope", "expected": 2.4, "got": 2.5}]
    assert [case["id"] for case in found["cases"]] == ["line", "wrong"]
    assert found["cases"][0]["got"].keys() == {"slope", "intercept", "r2", "residual_sd"}


def test_a_folder_without_cases_proves_nothing(tmp_path: Path) -> None:
    answer = run(str(tmp_path))
    assert (answer.exit_code, answer.output.strip()) == (1, "0 cases: 0 passed, 0 failed")


def test_a_place_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert run(str(tmp_path / "nowhere")).exit_code == 2


def test_the_record_is_written_whether_all_pass_or_not(tmp_path: Path) -> None:
    record = tmp_path / "record.xlsx"
    answer = run(folder_of(tmp_path, CASES[0], {**CASES[0], "id": "wrong", "expected": {"slope": 2.4}}), "-o", str(record))
    assert answer.exit_code == 1
    book = load_workbook(BytesIO(record.read_bytes()))
    assert len(book.sheetnames) == 4
    written = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert {"line", "wrong", str(tmp_path)} <= written
