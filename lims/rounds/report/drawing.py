"""A native chart above the table of the numbers it draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lims.excel.book import Cell
from lims.excel.charts import AMBER, CRIMSON, GREY, TEAL, Cells, Frame, Series, bar_chart, line_chart
from lims.excel.look import INK, META, NUMBER, Look
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import HEADER_ROWS, Canvas, code

CHART_ROWS, ROW_HEIGHT = 19, 15.0
NOTHING_ABOVE = HEADER_ROWS
LIMIT_FORMAT = '+0;"−"0;0'

Mark = Literal["circle", "triangle", "square", "dash"]
VERDICT_MARKS: dict[str, tuple[str, Mark]] = {
    "acceptable": (TEAL, "circle"),
    "warning": (AMBER, "triangle"),
    "action": (CRIMSON, "square"),
    "not_evaluated": (GREY, "dash"),
    "no_response": (GREY, "dash"),
}


@dataclass(frozen=True)
class Column:
    """One column of the table below a chart; a column without mark, line and bar is a number to read only."""

    words: str
    values: Sequence[float | int | None]
    look: Look | Sequence[Look] = NUMBER
    colour: str = INK
    mark: Mark | None = None
    line: Literal["solid", "dash"] | None = None
    stems: bool = False
    bar: bool = False

    @property
    def is_drawn(self) -> bool:
        """Whether the chart shows the column."""
        return self.bar or self.mark is not None or self.line is not None


def draw(canvas: Canvas, frame: Frame, head: str, categories: Sequence[str], columns: Sequence[Column], note: str = "") -> None:
    """The chart on a printed page of its own, a note below it, and the table of its numbers."""
    sheet = canvas.sheet
    if sheet.count > NOTHING_ABOVE:
        sheet.page_break()
    sheet.blank()  # a chart at the very edge of the page would leave its frame on the page before
    top = sheet.count + 1
    for _ in range(CHART_ROWS):
        sheet.row((), ROW_HEIGHT)
    sheet.paragraph(note, META)
    first = canvas.head([head, *[column.words for column in columns]]) + 1
    for place, category in enumerate(categories):
        sheet.row([code(category), *[_cell(column, place) for column in columns]])
    axis = Cells(sheet.title, 1, first, sheet.count)
    series = [_series(column, Cells(sheet.title, index, first, sheet.count)) for index, column in enumerate(columns, 2) if column.is_drawn]
    make = bar_chart if any(column.bar for column in columns) else line_chart
    sheet.chart(make(frame, axis, series), f"A{top}")


def verdict_columns(canvas: Canvas, verdicts: Sequence[str], values: Sequence[float]) -> list[Column]:
    """One column per verdict that occurs, so that each has its own mark."""
    found = [verdict for verdict in terms.VERDICTS if verdict in verdicts]
    return [
        Column(
            verdict_words(canvas, mark),
            [value if verdict == mark else None for verdict, value in zip(verdicts, values, strict=True)],
            NUMBER.but(format='0.00;"−"0.00'),
            *VERDICT_MARKS[mark],
            stems=True,
        )
        for mark in found
    ]


def verdict_words(canvas: Canvas, verdict: str) -> str:
    """Letter and word."""
    sign = terms.VERDICTS[verdict]
    return f"{sign.letter} {canvas.words.label(sign.word)}"


def limit_columns(canvas: Canvas, limits: Sequence[float], count: int) -> list[Column]:
    """The limits as lines that carry their words: the outermost is the action limit."""
    columns = []
    for limit in sorted({sign * limit for limit in limits for sign in (1, -1)}):
        is_action = abs(limit) == limits[-1]
        word = canvas.words.label(N_("action limit") if is_action else N_("warning limit"))
        words = f"{word} {limit:+g}".replace("-", "−")
        columns.append(
            Column(
                words,
                [limit] * count,
                NUMBER.but(format=LIMIT_FORMAT),
                CRIMSON if is_action else AMBER,
                line="solid" if is_action else "dash",
            ),
        )
    return columns


def _cell(column: Column, place: int) -> Cell:
    look = column.look if isinstance(column.look, Look) else column.look[place]
    return Cell(column.values[place], look)


def _series(column: Column, cells: Cells) -> Series:
    return Series(column.words.replace("\n", " "), cells, column.colour, column.mark, column.line, column.stems)
