"""The round report of 200 laboratories x 20 measurands beside openpyxl's write-only mode with the same cells."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

from benchmarks.measure import Row

GROUP = "report"
LABORATORIES, MEASURANDS = 200, 20
CHECK = (12, 2)  # a small round proves that the work is done before it is measured
Sheets = dict[str, list[tuple[Any, ...]]]


def _facts(laboratories: int, measurands: int) -> Any:
    from tests.report_factory import quantitative

    return replace(quantitative(laboratories, n_items=measurands), language="en")


def _build(facts: Any) -> bytes:
    from lims.rounds.report import build

    return build(facts)


def _cells(content: bytes) -> Sheets:
    from openpyxl import load_workbook

    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in load_workbook(BytesIO(content))}


def _write_only(sheets: Sheets) -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(write_only=True), BytesIO()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def rows() -> list[Row]:
    """One row: the whole workbook with its formulas, charts and rules, against its bare values."""
    small = _build(_facts(*CHECK))
    assert len(_cells(small)) == len(_cells(_write_only(_cells(small)))) >= 14
    facts = _facts(LABORATORIES, MEASURANDS)
    cells = _cells(_build(facts))
    size = f"{LABORATORIES} x {MEASURANDS}"
    return [
        Row(GROUP, "round report", size, partial(_build, facts), partial(_write_only, cells), "openpyxl write_only", 2.0, runs=3),
    ]
