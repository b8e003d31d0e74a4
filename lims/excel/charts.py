"""Native charts that stay editable: series over cells of the workbook, drawn with the marks of the verdicts.

Nothing is smoothed, turned to three dimensions or told by colour alone; limits are series of their own and carry their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lims.excel.look import INK, INK_2, LINE
from lims.excel.text import cell_text

if TYPE_CHECKING:
    from openpyxl.chart import BarChart, LineChart, ScatterChart

TEAL, AMBER, CRIMSON, GREY = "0B7F86", "C27A00", "B01030", "6F747C"


@dataclass(frozen=True)
class Cells:
    """A run of cells in one column of a sheet."""

    sheet: str
    column: int
    first: int
    last: int


@dataclass(frozen=True)
class Series:
    """One series: a mark (``circle``, ``triangle``, ``square``, ``dash``) or none, a line (``solid``, ``dash``) or none."""

    words: str
    values: Cells
    colour: str = INK
    mark: Literal["circle", "triangle", "square", "dash", "diamond"] | None = None
    line: Literal["solid", "dash"] | None = None
    stems: bool = False


@dataclass(frozen=True)
class Frame:
    """What stands around the marks: title, axis words, range, size in centimetres."""

    title: str
    x_words: str
    y_words: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    number_format: str = "General"
    width: float = 24.0
    height: float = 9.5


def line_chart(frame: Frame, categories: Cells, series: Sequence[Series]) -> LineChart:
    """Marks and lines over categories (the participants' codes). Empty cells leave a gap."""
    from openpyxl.chart import LineChart

    chart = LineChart()
    for one in series:
        made = _library_series(one)
        made.marker, made.smooth = _marker(one), False
        made.graphicalProperties = _line(one)
        if one.stems:
            made.errBars = _stems()
        chart.series.append(made)
    chart.display_blanks = "gap"
    _dress(chart, frame, categories)
    return chart


def bar_chart(frame: Frame, categories: Cells, series: Sequence[Series], stacked: bool = True) -> BarChart:
    """Upright bars over categories, stacked on each other or side by side."""
    from openpyxl.chart import BarChart
    from openpyxl.chart.shapes import GraphicalProperties

    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    chart.grouping, chart.overlap = ("stacked", 100) if stacked else ("clustered", 0)
    for one in series:
        made = _library_series(one)
        made.graphicalProperties = GraphicalProperties(solidFill=one.colour)
        made.graphicalProperties.line.solidFill = "FFFFFF"
        made.invertIfNegative = False
        chart.series.append(made)
    _dress(chart, frame, categories)
    return chart


def scatter_chart(frame: Frame, series: Sequence[tuple[Series, Cells]], *, log_x: bool = False) -> ScatterChart:
    """Marks and straight lines over measured x: each series with the cells of its x."""
    from openpyxl.chart import ScatterChart
    from openpyxl.chart.series_factory import SeriesFactory

    chart = ScatterChart()
    chart.style, chart.scatterStyle = 13, "lineMarker"
    for one, x in series:
        made: Any = SeriesFactory(_reference(one.values), _reference(x), title=cell_text(one.words))
        made.marker, made.smooth, made.graphicalProperties = _marker(one), False, _line(one)
        chart.series.append(made)
    _dress(chart, frame, None)
    if log_x:
        chart.x_axis.scaling.logBase = 10
    return chart


def _library_series(one: Series) -> Any:
    from openpyxl.chart import Series as LibrarySeries

    return LibrarySeries(_reference(one.values), title=cell_text(one.words))


def _reference(cells: Cells) -> str:
    from lims.excel.book import column_letter

    letter, sheet = column_letter(cells.column), cells.sheet.replace("'", "''")
    return f"'{sheet}'!${letter}${cells.first}:${letter}${cells.last}"


def _marker(one: Series) -> Any:
    from openpyxl.chart.marker import Marker
    from openpyxl.chart.shapes import GraphicalProperties

    if one.mark is None:
        return Marker(symbol="none")
    marker = Marker(symbol=one.mark, size=8)
    marker.spPr = GraphicalProperties(solidFill=one.colour)
    marker.spPr.line.solidFill = one.colour
    return marker


def _line(one: Series) -> Any:
    from openpyxl.chart.shapes import GraphicalProperties

    look = GraphicalProperties()
    if one.line is None:
        look.line.noFill = True
        return look
    look.line.solidFill = one.colour
    look.line.width = 15_875
    if one.line == "dash":
        look.line.dashStyle = "dash"
    return look


def _stems() -> Any:
    """A thin line from each mark to zero."""
    from openpyxl.chart.error_bar import ErrorBars
    from openpyxl.chart.shapes import GraphicalProperties

    look = GraphicalProperties()
    look.line.solidFill, look.line.width = GREY, 9_525
    return ErrorBars(errDir="y", errBarType="minus", errValType="percentage", noEndCap=True, val=100.0, spPr=look)


def _dress(chart: Any, frame: Frame, categories: Cells | None) -> None:
    from openpyxl.chart.data_source import AxDataSource, StrRef
    from openpyxl.chart.layout import Layout, ManualLayout

    if categories is not None:
        for made in chart.series:
            made.cat = AxDataSource(strRef=StrRef(f=_reference(categories)))
    chart.title, chart.legend.position = _title(frame.title, 11, bold=True), "b"
    chart.legend.overlay = False
    chart.width, chart.height = frame.width, frame.height
    chart.layout = Layout(manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=0.07, y=0.17, w=0.91, h=0.56))
    chart.x_axis.title, chart.y_axis.title = _title(frame.x_words, 9), _title(frame.y_words, 9)
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = _rich(8)
        axis.graphicalProperties = _axis_line(INK_2)
    chart.x_axis.tickLblPos, chart.x_axis.majorTickMark = "low", "none"
    chart.y_axis.majorGridlines.spPr = _axis_line(LINE)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = frame.low, frame.high
    chart.y_axis.majorUnit, chart.y_axis.number_format = frame.step, frame.number_format


def _axis_line(colour: str) -> Any:
    from openpyxl.chart.shapes import GraphicalProperties

    look = GraphicalProperties()
    look.line.solidFill, look.line.width = colour, 9_525
    return look


def _title(words: str, size: int, bold: bool = False) -> Any:
    from openpyxl.chart.text import RichText, Text
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import Paragraph, ParagraphProperties, RegularTextRun

    look = _character(size, bold)
    lines = [Paragraph(pPr=ParagraphProperties(defRPr=look), r=[RegularTextRun(rPr=look, t=cell_text(line))]) for line in words.split("\n")]
    return Title(tx=Text(rich=RichText(p=lines)), overlay=False)


def _rich(size: int) -> Any:
    from openpyxl.chart.text import RichText
    from openpyxl.drawing.text import Paragraph, ParagraphProperties

    look = _character(size, False)
    return RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)])


def _character(size: int, bold: bool) -> Any:
    from openpyxl.drawing.text import CharacterProperties

    return CharacterProperties(sz=size * 100, b=bold, solidFill=INK)
