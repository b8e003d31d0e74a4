"""Workbooks: what people typed stays text, numbers stay numbers, paper is A4, bytes are the same each time."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.excel.book import Book, Cell, Formula, Page, column_letter
from lims.excel.charts import Cells, Frame, Series, bar_chart, line_chart
from lims.excel.look import NUMBER, TEXT
from lims.excel.text import LONGEST, cell_text, lines_needed
from tests.office import converted

INSTANT = datetime(2026, 5, 22, 9, 0, tzinfo=UTC)
FORMULA_LIKE = [
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://x.example","x")',
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1＋1", "-", "="),
]


def book_of(*values: Any) -> bytes:
    book = Book(INSTANT, "Test", "LIMS 0.1")
    sheet = book.sheet("Sheet", Page((20,)))
    for value in values:
        sheet.row([Cell(value, TEXT if isinstance(value, str) else NUMBER)])
    return book.to_bytes()


def cells_of(content: bytes) -> list[Any]:
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    return [sheet.cell(row, 1) for row in range(1, sheet.max_row + 1)]


@pytest.mark.assurance("F8")
@pytest.mark.parametrize("text", FORMULA_LIKE)
def test_text_that_looks_like_a_formula_stays_text(text: str):
    (cell,) = cells_of(book_of(text))
    assert cell.data_type == "s"
    assert cell.value == cell_text(text)
    assert cell.quotePrefix, "an edit in the spreadsheet program must not turn it into a formula"


@pytest.mark.assurance("F8")
@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=60))
def test_any_text_stays_text(text: str):
    content = book_of(text)
    assert b"<f>" not in zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    (cell,) = cells_of(content)
    assert cell.data_type == "s"


@pytest.mark.assurance("F8")
@pytest.mark.parametrize("number", [-1, -0.5, Decimal("-1.10"), 0, 1e-7, 0.1 + 0.2, 123456789012345678])
def test_a_number_stays_that_number(number: int | float | Decimal):
    (cell,) = cells_of(book_of(number))
    assert cell.data_type == "n"
    assert float(cell.value) == float(number)


def test_a_float_keeps_its_last_bit():
    value = 0.1 + 0.2
    assert cells_of(book_of(value))[0].value == value


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(number: float | Decimal):
    with pytest.raises(ValueError, match="cannot carry"):
        book_of(number)


def test_control_characters_leave_a_visible_picture():
    assert cell_text("a\x00b\x07c\x1bd\rE") == "a␀b␇c␛d␍E"
    assert cell_text("two\r\nlines\tand a tab") == "two\nlines\tand a tab"


def test_characters_that_xml_cannot_carry_are_replaced():
    assert cell_text("a\ud800b\uffffc") == "a�b�c"
    (cell,) = cells_of(book_of("𠮷野家 \U0001f9ea"))
    assert cell.value == "𠮷野家 \U0001f9ea"


def test_a_text_too_long_for_a_cell_says_how_much_is_missing():
    text = cell_text("x" * (LONGEST + 100))
    assert len(text) <= LONGEST
    assert re.search(r"… \[\+\d+\]$", text)


@pytest.mark.office
def test_text_reads_in_another_program_as_it_was_typed(tmp_path: Path):
    typed = ["_x0041_ is no A", "=1+1", "-2", "<b>&amp;</b>", "line\nline", " space around "]
    path = converted(book_of(*typed), tmp_path)
    assert [cell.value for cell in cells_of(path.read_bytes())] == typed


def test_only_the_program_writes_formulas():
    book = Book(INSTANT, "Test", "LIMS")
    sheet = book.sheet("Sheet", Page((10, 10)))
    sheet.row([Cell(2.0, NUMBER), Cell(Formula("=A1*2<5"), NUMBER)])
    reopened = openpyxl.load_workbook(BytesIO(book.to_bytes()))["Sheet"]
    assert (reopened["B1"].data_type, reopened["B1"].value) == ("f", "=A1*2<5")


def sample_book(title: str = "Round report") -> bytes:
    book = Book(INSTANT, title, "LIMS 0.1")
    sheet = book.sheet("数据 & more", Page((12, 12, 12), landscape=True, freeze="A3", repeat=(1, 2)))
    sheet.heading("Title")
    sheet.fitted_row([Cell("a long heading that wraps over more than one line", TEXT), Cell("b", TEXT)])
    for number in range(5):
        sheet.row([Cell(f"L{number}", TEXT), Cell(number - 2.5, NUMBER), Cell(2, NUMBER)])
    cells = [Cells(sheet.title, column, 3, 7) for column in (1, 2, 3)]
    frame = Frame("z by laboratory", "laboratory", "z", -4, 4, 1)
    series = [Series("z", cells[1], mark="circle", stems=True), Series("limit", cells[2], line="dash")]
    sheet.chart(line_chart(frame, cells[0], series), "E2")
    sheet.chart(bar_chart(frame, cells[0], [Series("z", cells[1])]), "E22")
    sheet.footer("left & right", "&P / &N")
    return book.to_bytes()


def test_the_paper_is_a4_with_repeated_headings():
    sheet = openpyxl.load_workbook(BytesIO(sample_book())).worksheets[0]
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$2"
    assert sheet.freeze_panes == "A3"
    assert sheet.oddFooter.right.text == "&P / &N"
    assert sheet.calculate_dimension() == "A1:C7"


def test_charts_are_native_and_name_their_cells():
    with zipfile.ZipFile(BytesIO(sample_book())) as package:
        charts = [package.read(name).decode() for name in package.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == 2
    assert "'数据 &amp; more'!$B$3:$B$7" in charts[0]
    assert all('<overlay val="0"' in chart and '<delete val="0"' in chart for chart in charts)


@pytest.mark.assurance("R9")
def test_the_same_rows_give_the_same_bytes_in_another_process():
    code = "import sys; from tests.test_excel import sample_book; sys.stdout.buffer.write(sample_book())"
    root = Path(__file__).parents[1]
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, cwd=root, env={"PYTHONHASHSEED": seed, "TZ": zone}
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    ]
    assert runs[0] == runs[1] == sample_book()


@pytest.mark.assurance("C1")
def test_the_file_is_dated_by_the_given_instant_and_names_nobody():
    with zipfile.ZipFile(BytesIO(sample_book())) as package:
        assert {member.date_time for member in package.infolist()} == {(2026, 5, 22, 9, 0, 0)}
        core, app = package.read("docProps/core.xml").decode(), package.read("docProps/app.xml").decode()
    assert "2026-05-22T09:00:00Z" in core
    assert "lastModifiedBy" not in core
    assert "<dc:creator" in core and "LIMS 0.1" in core
    assert "Company" not in app and "Manager" not in app


def test_the_library_is_not_loaded_by_an_import():
    code = "import sys, lims.excel.book, lims.excel.charts, lims.excel.look; sys.exit('openpyxl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1]).returncode == 0


@pytest.mark.parametrize(("column", "letter"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_have_their_letters(column: int, letter: str):
    assert column_letter(column) == letter


def test_chinese_takes_twice_the_room():
    assert lines_needed("ab" * 5, 12) == 1
    assert lines_needed("汉字" * 5, 12) == 2
    assert lines_needed("one\ntwo", 40) == 2
