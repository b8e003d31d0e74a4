"""Whatever the sheet: every row and every filled cell is taken, refused with a reason, or set aside."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instruments.contract import ParsedFile, ParseError, row_key
from instruments.registry import parse
from tests.instruments.makers import csv, workbook

HEADING = ["Well", "Sample", "Target", "Cq", "Result"]
IDS = st.sampled_from(["S1", "S2", "00012345", "NTC", "PC", "", " ", "1E5", "SZ-2026-0001", "平均值", "Total", "S3\u202e", "样本1"])
VALUES = st.sampled_from(
    ["24.5", "<0.5", "ND", "Undetermined", "", " ", "２３．４５", "40", "0", "-1", "N/A", "1e400", "23.4500", "1,234.5", "阴性", ">40", "?"]
)
WELLS = st.sampled_from(["A1", "A01", "A2", "B3", "H12", ""])
CELLS = st.one_of(IDS, VALUES, WELLS, st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6))
GOOD_ROWS = st.tuples(
    WELLS, IDS, st.sampled_from(["N", "ORF1ab", "IC", ""]), VALUES, st.sampled_from(["阳性", "阴性", "", "Positive"])
).map(list)
ANY_ROWS = st.lists(CELLS, max_size=7)
SHEETS = st.lists(
    st.one_of(GOOD_ROWS, GOOD_ROWS, ANY_ROWS, st.just([]), st.just(HEADING), GOOD_ROWS.map(lambda row: ["", *row])), max_size=15
)


def is_filled(row: Sequence[object]) -> bool:
    return any(str(cell).strip() for cell in row if cell is not None)


def accounts_for_all(file: ParsedFile, rows: Sequence[Sequence[object]]) -> None:
    filled = [row for row in rows if is_filled(row)]
    assert file.rows_seen == len(filled) == file.rows_used + len(file.skipped)
    taken = {row_key(reading.source) for reading in file.readings}
    refused = {skipped.where for skipped in file.skipped}
    assert not taken & refused and len(taken) + len(refused) == len(filled)
    assert all(str(skipped.reason) for skipped in file.skipped)
    assert all(
        (reading.value is not None) >= (reading.status == "value" and reading.quantity != "qualitative") for reading in file.readings
    )


@pytest.mark.assurance("F7")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SHEETS)
def test_every_row_of_a_workbook_is_accounted_for(rows: list[list[str]]):
    try:
        parsed = parse(workbook([["Title"], HEADING, *rows]))
    except ParseError as error:
        assert error.code in ("no_results", "decimal_mark_contradictory", "decimal_mark_ambiguous", "second_table"), error.code
        return
    accounts_for_all(parsed.file, rows)
    assert any("Title" in str(unread) for unread in parsed.file.unread)


@pytest.mark.assurance("F7")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SHEETS)
def test_every_row_of_a_text_table_is_accounted_for(rows: list[list[str]]):
    lines = [",".join(f'"{cell}"' for cell in (text.replace('"', "") for text in row)) for row in rows]
    try:
        parsed = parse(csv(",".join(HEADING), *lines))
    except ParseError as error:
        assert error.code in ("no_results", "decimal_mark_contradictory", "decimal_mark_ambiguous", "second_table"), error.code
        return
    accounts_for_all(parsed.file, [[cell.replace('"', "") for cell in row] for row in rows])


@pytest.mark.assurance("F7")
@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(IDS, VALUES, VALUES), min_size=1, max_size=10))
def test_every_cell_of_a_wide_table_is_a_reading_or_lies_in_a_refused_row(rows: list[tuple[str, str, str]]):
    try:
        file = parse(workbook([["样品编号", "铅(mg/kg)", "镉(mg/kg)"], *rows])).file
    except ParseError as error:
        assert error.code in ("no_results", "decimal_mark_contradictory", "decimal_mark_ambiguous")
        return
    assert len(file.readings) == 2 * file.rows_used
    accounts_for_all(file, rows)
