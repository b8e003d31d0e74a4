"""Histogram and map of the scores: every result counted once, every colour from the limits."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl

from lims.rounds.report import build
from lims.rounds.report.crowds import bars
from tests.report_factory import quantitative


def test_every_value_lies_in_one_bar():
    labels, counts = bars([5.12, 5.38, 5.57, 5.58, 5.62, 6.15, 7.92, 7.92], 2)
    assert (sum(counts), len(labels), counts[0], counts[-1]) == (8, 5, 5, 2)
    assert labels[0].startswith("5.120") and labels[-1].endswith("7.920")


def test_a_histogram_needs_as_many_results_as_a_median():
    titles = [str(chart.title.tx.rich.p[0].r[0].t) for chart in charts(quantitative(14))]
    assert sum("histogram" in title for title in titles) == 2
    assert not any("histogram" in str(chart.title.tx.rich.p[0].r[0].t) for chart in charts(quantitative(6)))


def test_the_map_of_the_scores_is_coloured_by_rules_over_every_laboratory():
    sheet = charts_sheet(quantitative(14))
    rules = {str(area.sqref): [rule.formula[0] for rule in area.rules] for area in sheet.conditional_formatting}
    assert len(rules) == 2
    for area, formulas in rules.items():
        first, last = area.split(":")
        assert int(last[1:]) - int(first[1:]) + 1 == 14
        assert formulas[-1] == f"ISNUMBER({first})"


def charts_sheet(report):
    return openpyxl.load_workbook(BytesIO(build(replace(report, language="en")))).worksheets[6]


def charts(report):
    return charts_sheet(report)._charts
