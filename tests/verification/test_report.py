"""The verification record: what it names, in both languages, and that the same run gives the same bytes."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from lims.statistics.reference.verifying import verify
from lims.verification.report import Record, record_of, workbook
from lims.version import program_version

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "id": "line", "method": "ols", "area": "7_validation", "source": "by hand", "provenance": "constructed",
    "input": {"x": [1, 2, 3], "y": [3, 5, 8]}, "expected": {"slope": 2.5, "r2": 0.9868}, "abs_tol": 0.001,
}  # fmt: skip
CASES: list[Any] = [
    GOOD,
    {**GOOD, "id": "wrong", "expected": {"slope": 2.4}},
    {**GOOD, "id": "unknown", "method": "tea_leaves"},
    {**GOOD, "id": "strange", "rel_tol": "much"},
    {**GOOD, "id": "null", "input": {"x": [1, 1], "y": [1, 2]}, "expected": {"slope": None}},
    {"id": "=1+1", "malformed": "the file is not JSON"},
    "no case",
]


def record(*cases: Any) -> Record:
    return record_of(verify(cases), cases, AT, "Technician 1")


def book_of(made: Record) -> Workbook:
    return load_workbook(BytesIO(workbook(made)))


def written(book: Workbook, sheet: int) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]


@pytest.mark.assurance("R8")
def test_the_first_sheet_names_product_version_platform_libraries_date_and_outcome() -> None:
    facts = {str(row[0]): row[1] for row in written(book_of(record(GOOD)), 0) if row[0] and row[1] is not None}
    assert facts["产品名称  Product"] == "LIMS" and facts["版本  Version"] == program_version()
    assert facts["运行时间  Run at"] == "2026-03-02 09:30:00+00:00" and facts["运行人  Run by"] == "Technician 1"
    assert platform.platform() in facts["系统  System"]
    assert (facts["Python"], facts["numpy"], facts["scipy"]) == (platform.python_version(), version("numpy"), version("scipy"))
    assert (facts["算例  Cases"], facts["相符算例  Cases met"], facts["不符算例  Cases not met"]) == (1, 1, 0)
    first = {str(row[0]) for row in written(book_of(record(GOOD)), 0)}
    assert any("Every field of every case was met" in text for text in first)
    assert any("Not every case was met." in str(row[0]) for row in written(book_of(record(*CASES)), 0))


def test_every_heading_is_chinese_and_english() -> None:
    book = book_of(record(*CASES))
    assert book.sheetnames == ["记录 Record", "算例 Cases", "数值 Figures", "不符项 Not met"]
    for sheet in (1, 2, 3):
        for heading in written(book, sheet)[1]:
            chinese, _, english = str(heading).partition("\n")
            assert english and not chinese.isascii()


def test_each_case_stands_there_with_source_and_outcome() -> None:
    rows = written(book_of(record(*CASES)), 1)[2:]
    assert [row[1] for row in rows] == ["line", "wrong", "unknown", "strange", "null", "=1+1", None]
    assert [row[8].split(" / ")[1] for row in rows] == ["case met", *["case not met"] * 3, "case met", *["case not met"] * 2]
    assert rows[0][2:7] == ["7_validation", "ols", "by hand", "constructed", 2]
    assert rows[0][7] == pytest.approx(abs(0.986842105263 - 0.9868) / 0.001)


def test_each_figure_stands_beside_the_expected_one_with_its_difference() -> None:
    rows = written(book_of(record(*CASES)), 2)[2:]
    slope, r2, wrong, null = rows
    assert slope == ["line", "slope", 2.5, 2.5, 0, 0.001, 0]
    assert r2[:2] == ["line", "r2"] and r2[4] == pytest.approx(0.986842105263 - 0.9868)
    assert wrong[:4] == ["wrong", "slope", 2.4, 2.5] and wrong[6] == pytest.approx(100)
    assert null[:4] == ["null", "slope", "不可计算 / not calculable", "不可计算 / not calculable"]


def test_what_was_not_met_is_listed_with_its_reason_and_else_there_is_nothing() -> None:
    rows = written(book_of(record(*CASES)), 3)[2:]
    assert [row[0] for row in rows] == ["wrong", "unknown", "strange", "=1+1", None]
    assert rows[1][4] == "the method tea_leaves is not supported"
    assert written(book_of(record(GOOD)), 3)[2][0] == "无 / none"


def test_the_same_run_gives_the_same_bytes() -> None:
    assert workbook(record(*CASES)) == workbook(record(*CASES))


def test_text_of_a_strangers_case_never_becomes_a_formula() -> None:
    cell = book_of(record(*CASES)).worksheets[1].cell(8, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s") or cell.data_type == "inlineStr"


@pytest.mark.parametrize(
    "strange",
    [float("nan"), float("inf"), float("-inf"), 10**400, 1e308, [float("nan")], {"a": float("inf")}],
    ids=["nan", "inf", "-inf", "large", "1e308", "list", "map"],
)
@pytest.mark.parametrize("tolerance", [0.001, 0.0, 1e308, 5e-324])
def test_figures_that_are_no_numbers_never_destroy_the_record(strange: Any, tolerance: float) -> None:
    cases = [GOOD, {**GOOD, "id": "stranger", "expected": {"slope": strange, "r2": -1e308}, "rel_tol": tolerance}]
    rows = written(book_of(record(*cases)), 2)
    assert {row[0] for row in rows} >= {"line", "stranger"}


@pytest.mark.parametrize("strange", [float("nan"), float("inf")])
def test_a_figure_that_is_no_number_stands_as_text_in_the_record(strange: float) -> None:
    rows = written(book_of(record({**GOOD, "id": "stranger", "expected": {"slope": strange}})), 2)
    assert [row[2] for row in rows if row[0] == "stranger"] == [str(strange)]


def test_a_computed_figure_that_is_no_number_stands_as_text_in_the_record() -> None:
    found = verify([GOOD])
    broken = replace(found, cases=(replace(found.cases[0], got={"slope": float("inf"), "r2": float("nan")}),))
    rows = written(book_of(record_of(broken, [GOOD], AT)), 2)
    assert [row[3] for row in rows if row[0] == "line"] == ["inf", "nan"]
