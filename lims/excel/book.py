"""A workbook written from top to bottom, row by row, and the same bytes for the same input.

Text is always text. Only a :class:`Formula`, which the program itself writes, becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from lims.excel.look import PLAIN, TITLE, Look
from lims.excel.package import FixedZip, SheetRows
from lims.excel.style import library_style
from lims.excel.text import cell_text, is_formula_like, lines_needed

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

A4 = 9
LINE_HEIGHT = 1.4  # of the letter size
TALLEST = 409.0  # points, the format's own limit for a row
MARGIN = 0.63  # 16 mm, in inches
_FORBIDDEN_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))


class Formula(str):
    """A formula written by the program, with its ``=``. Never made from what a person typed."""

    __slots__ = ()


class Cell(NamedTuple):
    """A value and its look. A value is text, a number, a Formula or None (an empty cell that still has its look)."""

    value: str | int | float | Decimal | None
    look: Look = PLAIN


@dataclass(frozen=True)
class Page:
    """A sheet's columns and paper. ``repeat`` names the rows printed again on each page, such as ``(1, 3)``."""

    widths: Sequence[float]
    landscape: bool = False
    freeze: str | None = None
    repeat: tuple[int, int] | None = None
    hidden: bool = False
    grid: bool = False
    very_hidden: bool = False  # not even offered in the program's list of hidden sheets


class Sheet:
    """One sheet. Rows are written once and in order; row numbers are given back."""

    def __init__(self, book: Book, title: str, page: Page) -> None:
        self._book, self.page, self.title, self.count = book, page, title, 0
        self._ws = book.openpyxl_workbook.create_sheet(title)
        self._rows: list[str] = []
        self._set_up_paper()
        self._letters = [column_letter(column + 1) for column in range(len(page.widths))]
        for letter, width in zip(self._letters, page.widths, strict=True):
            self._ws.column_dimensions[letter].width = width

    def _set_up_paper(self) -> None:
        ws, page = self._ws, self.page
        ws.page_setup.paperSize = A4
        ws.page_setup.orientation = "landscape" if page.landscape else "portrait"
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
        ws.sheet_properties.pageSetUpPr.fitToPage = True
        ws.sheet_view.showGridLines = page.grid
        ws.page_margins.left = ws.page_margins.right = ws.page_margins.top = MARGIN
        ws.page_margins.bottom, ws.page_margins.footer = MARGIN + 0.15, 0.3
        ws.freeze_panes = page.freeze
        if page.repeat:
            ws.print_title_rows = f"{page.repeat[0]}:{page.repeat[1]}"
        if page.hidden or page.very_hidden:
            ws.sheet_state = "veryHidden" if page.very_hidden else "hidden"

    def row(self, cells: Iterable[Cell | None], height: float | None = None) -> int:
        """Write the next row and give its number, counted from 1."""
        self.count += 1
        number, style, written = str(self.count), self._book.style, []
        for letter, cell in zip(self._letters, cells, strict=False):
            if cell is not None:
                written.append(_cell_xml(letter + number, cell.value, style(cell)))
        size = "" if height is None else f' ht="{min(height, TALLEST):.1f}" customHeight="1"'
        self._rows.append(f'<row r="{number}"{size}>{"".join(written)}</row>')
        return self.count

    def fitted_row(self, cells: Sequence[Cell | None]) -> int:
        """Write the next row, as high as its longest wrapped text needs."""
        needs = [
            (lines_needed(str(cell.value), width, cell.look.size), cell.look.size)
            for cell, width in zip(cells, self.page.widths, strict=False)
            if cell is not None and isinstance(cell.value, str) and cell.look.wrap and not isinstance(cell.value, Formula)
        ]
        return self.row(cells, max((lines * size * LINE_HEIGHT + 4 for lines, size in needs), default=None))

    def blank(self) -> int:
        """Leave one row free."""
        return self.row(())

    def paragraph(self, text: str, look: Look = PLAIN, columns: int | None = None) -> int:
        """Write a text over several columns (all, when none are named), as high as it needs."""
        columns = columns or len(self.page.widths)
        lines = lines_needed(text, sum(self.page.widths[:columns]), look.size) if look.wrap else 1
        row = self.row([Cell(text, look), *[Cell(None, look)] * (columns - 1)], lines * look.size * LINE_HEIGHT + 4)
        if columns > 1 and look.wrap:
            self._ws.merged_cells.add(f"A{row}:{column_letter(columns)}{row}")
        return row

    def fact(self, label: Cell, value: Cell) -> int:
        """A label in the first column and its value over all the others, as high as both need."""
        widths, value_text = self.page.widths, str(value.value)
        lines = max(lines_needed(str(label.value), widths[0], label.look.size), lines_needed(value_text, sum(widths[1:]), value.look.size))
        row = self.row([label, value, *[Cell(None, value.look)] * (len(widths) - 2)], lines * value.look.size * LINE_HEIGHT + 4)
        if len(widths) > 2:
            self._ws.merged_cells.add(f"B{row}:{self._letters[-1]}{row}")
        return row

    def field(self, label: Cell, value: Cell, hint: Cell) -> int:
        """A label, a cell to fill, and a hint over all the other columns."""
        widths = self.page.widths
        told = ((label, widths[0]), (value, widths[1]), (hint, sum(widths[2:])))
        needs = max(lines_needed(str(cell.value or ""), width, cell.look.size) * cell.look.size for cell, width in told)
        row = self.row([label, value, hint], needs * LINE_HEIGHT + 8)
        self._ws.merged_cells.add(f"C{row}:{self._letters[-1]}{row}")
        return row

    def heading(self, text: str, look: Look = TITLE) -> int:
        """Write a title over the whole width."""
        return self.row([Cell(text, look)], look.size * 1.8)

    def repeat(self, first: int, last: int) -> None:
        """Print these rows again at the top of each page."""
        self._ws.print_title_rows = f"{first}:{last}"

    def page_break(self) -> None:
        """Begin a new printed page below the last row."""
        from openpyxl.worksheet.pagebreak import Break

        self._ws.row_breaks.append(Break(id=self.count))

    def colour(self, cells: str, formula: str, ink: str, fill: str) -> None:
        """Colour the cells for which the formula (without its ``=``) holds; an earlier colour wins."""
        from openpyxl.formatting.rule import FormulaRule
        from openpyxl.styles import Font, PatternFill

        look = {"font": Font(color="FF" + ink), "fill": PatternFill("solid", bgColor="FF" + fill)}
        self._ws.conditional_formatting.add(cells, FormulaRule(formula=[formula], stopIfTrue=True, **look))

    def footer(self, left: str, right: str) -> None:
        """Words printed below each page; ``&P`` and ``&N`` stand for page and pages. ``left`` is escaped."""
        self._ws.oddFooter.left.text, self._ws.oddFooter.left.size = cell_text(left).replace("&", "&&"), 8
        self._ws.oddFooter.right.text, self._ws.oddFooter.right.size = right, 8

    def protect(self) -> None:
        """Only cells with an unlocked look can be typed into; against slips, without a password."""
        protection = self._ws.protection
        protection.sheet, protection.formatColumns, protection.formatRows = True, False, False

    def offer(self, cells: str, formula: str, title: str, hint: str, *, strict: bool = True) -> None:
        """Offer a list in these cells: ``formula`` is a range or ``"a,b"``; a strict list refuses anything else."""
        from openpyxl.worksheet.datavalidation import DataValidation

        rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=strict, showInputMessage=True)
        rule.promptTitle = rule.errorTitle = title[:32]
        rule.prompt = rule.error = hint[:225]
        rule.add(cells)
        self._ws.add_data_validation(rule)

    def rows(self) -> SheetRows:
        """All rows so far, for the zip."""
        return SheetRows("".join(self._rows).encode(), f"A1:{self._letters[-1]}{max(self.count, 1)}")

    def chart(self, chart: Any, anchor: str) -> None:
        """Place a chart of :mod:`lims.excel.charts` with its upper left corner at ``anchor``."""
        self._ws.add_chart(chart, anchor)


class Book:
    """A workbook dated ``instant``; its document properties carry the title, never a name of a person."""

    def __init__(self, instant: datetime, title: str, program: str, language: str = "en") -> None:
        from openpyxl import Workbook

        self.instant = instant.astimezone(UTC)
        self.openpyxl_workbook: Workbook = Workbook()
        self.openpyxl_workbook.remove(self.openpyxl_workbook.worksheets[0])
        properties, stamp = self.openpyxl_workbook.properties, self.instant.replace(tzinfo=None, microsecond=0)
        properties.creator, properties.lastModifiedBy = program, None
        properties.title, properties.language = cell_text(title), language.replace("_", "-")
        properties.created = properties.modified = stamp
        self.openpyxl_workbook.calculation.fullCalcOnLoad = True
        self._sheets: list[Sheet] = []
        self._styles: dict[tuple[Look, bool], int] = {}

    def sheet(self, title: str, page: Page) -> Sheet:
        """A new sheet at the end; characters that a sheet's name cannot carry become hyphens."""
        self._sheets.append(Sheet(self, title.translate(_FORBIDDEN_IN_TITLES)[:31], page))
        return self._sheets[-1]

    def lock_structure(self) -> None:
        """No sheet can be added, renamed or taken away; against slips, without a password."""
        from openpyxl.workbook.protection import WorkbookProtection

        self.openpyxl_workbook.security = WorkbookProtection(lockStructure=True)

    def style(self, cell: Cell) -> int:
        """The number of the cell's style; text that looks like a formula is marked as text for later edits too."""
        value = cell.value
        key = (cell.look, isinstance(value, str) and not isinstance(value, Formula) and is_formula_like(value))
        number = self._styles.get(key)
        if number is None:
            number = self._styles[key] = library_style(self.openpyxl_workbook.worksheets[0], *key)
        return number

    def to_bytes(self) -> bytes:
        """The finished workbook."""
        buffer = BytesIO()
        rows = {f"xl/worksheets/sheet{number}.xml": sheet.rows() for number, sheet in enumerate(self._sheets, 1)}
        _writer(self.openpyxl_workbook, FixedZip(buffer, self.instant, rows)).save()
        return buffer.getvalue()


def _writer(workbook: Workbook, archive: FixedZip) -> Any:
    """The library's writer, with every sheet made in memory: no file is written, so that a guarded child can build a workbook too."""
    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class Writer(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            out = BytesIO()
            made: Any = WorksheetWriter(ws, out)
            made.write()
            ws._rels = made._rels
            archive.writestr(ws.path[1:], out.getvalue())
            self.manifest.append(ws)

    return Writer(workbook, archive)


def _cell_xml(place: str, value: str | int | float | Decimal | None, style: int) -> str:
    """One cell; its data type is decided here and nowhere else."""
    if value is None or value == "":
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, Formula):
        return f'<c r="{place}" s="{style}"><f>{escape(value[1:])}</f></c>'
    if isinstance(value, str):
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(cell_text(value))}</t></is></c>'
    return f'<c r="{place}" s="{style}"><v>{number_text(value)}</v></c>'


def number_text(value: int | float | Decimal) -> str:
    """The shortest text that reads back as the same number; refuses what is no number at all."""
    if not isfinite(value):
        raise ValueError(f"a cell cannot carry {value!r}; write the reason in words instead")
    if isinstance(value, float):
        return repr(float(value))
    return str(value)


def column_letter(column: int) -> str:
    """1 -> A, 27 -> AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A -> 1, AA -> 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
