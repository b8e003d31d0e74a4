"""Cells of people become rows of a study, or each faulty cell is told; and every template has a plan that its family can compute."""

from __future__ import annotations

import csv

import pytest

from lims.validation.analysis.design import FAMILIES, TEMPLATE_FAMILIES
from lims.validation.designs import CHARACTERISTICS, content_of, default_plan, plan_of
from lims.validation.tables import COLUMNS, cells_of, lines_of, read_rows
from tests.paths import ROOT


def test_pasted_lines_become_rows_and_show_the_same_cells_again():
    lines = lines_of("item\ttest\tcomparator\nS1\tpos\tneg\t31.2\n\nS2;阴性;阴性\n", "qualitative_agreement")
    rows, problems = read_rows(lines, "qualitative_agreement", first=5)
    assert (problems, [row.number for row in rows], [row.test.call for row in rows]) == ([], [5, 6], ["positive", "negative"])
    assert [cell for cell in cells_of(rows[0], "qualitative_agreement") if cell] == ["S1", "pos", "neg", "31.2", "sample"]


def test_each_faulty_cell_is_told_with_its_line_and_column():
    text = "\tpos\tneg\nS2\tperhaps\tneg\nS3\tpos\tneg\thigh\nS4\tpos\tneg\t30\tking\nS5" + "\tpos" * 12 + "\nS6\tpos\tneg\nS6\tpos\tneg"
    _, problems = read_rows(lines_of(text, "food_kit"), "food_kit")
    assert [(one.line, one.column) for one in problems] == [(1, "item"), (2, "test"), (3, "ct"), (4, "role"), (5, ""), (7, "item")]


def test_replicates_of_one_item_are_no_repetition_by_mistake_where_the_design_has_replicates():
    rows, problems = read_rows([["L1", "pos", "100"]] * 3, "detection_limit")
    assert (len(rows), problems) == (3, [])


def test_a_measured_result_may_be_censored_but_is_a_number():
    rows, problems = read_rows([["Q1", "<2.70", "3.1"], ["Q2", "much", "3.1"]], "method_comparison")
    assert (rows[0].test.relation, [(one.line, one.column) for one in problems]) == ("<", [(2, "test")])


def test_every_template_of_the_catalogue_has_a_plan_that_goes_to_json_and_back():
    with (ROOT / "lims/catalogue/data/validation_templates.tsv").open(encoding="utf-8") as lines:
        shipped = {row["code"] for row in csv.DictReader(lines, delimiter="\t")}
    assert shipped == set(TEMPLATE_FAMILIES)
    for code in shipped:
        plan = default_plan(code)
        assert plan_of(content_of(plan)) == plan
        assert plan.criteria and {one.characteristic for one in plan.criteria} <= set(CHARACTERISTICS[plan.family])


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_has_columns_and_characteristics(family: str):
    assert COLUMNS[family][:2] == ("item", "test") and CHARACTERISTICS[family]
