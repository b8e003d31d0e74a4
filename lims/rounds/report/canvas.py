"""The drawing table of the report: titles, tables, lists of facts, and numbers with the formula that recomputes them.

One rule holds over the whole workbook: **the number a formula recomputes stands immediately to its left.**
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lims.excel.book import Book, Cell, Formula, Page, Sheet
from lims.excel.look import CODE, FORMULA, HEAD, LABEL, META, NOTE, NUMBER, PLAIN, SECTION, TEXT, Look, formatted
from lims.marks import N_
from lims.rounds.report.facts import RoundReport
from lims.rounds.report.numbers import score_format
from lims.rounds.report.terms import STATUSES
from lims.rounds.report.wording import MISSING, Term, Words

SHEETS = {
    "summary": N_("Summary"),
    "protocol": N_("Protocol"),
    "items": N_("Items"),
    "participants": N_("Participants"),
    "results": N_("Results"),
    "statistics": N_("Statistics"),
    "charts": N_("Charts"),
    "verdicts": N_("Verdicts"),
    "agreement": N_("Agreement"),
    "method_groups": N_("Method groups"),
    "comments": N_("Comments"),
    "capa": N_("CAPA"),
    "glossary": N_("Glossary"),
    "traceability": N_("Traceability"),
}
"""The 14 sheets in their order."""

HEADER_ROWS = 2
INTERIM = N_("INTERIM REPORT, not final; no certificate follows from it.")
ROWS_OF_A_PAGE = 12


class Desk:
    """What every sheet of one report shares: the workbook, the words, the report itself."""

    def __init__(self, report: RoundReport) -> None:
        self.report = report
        self.words = Words(report.language, report.head.time_zone)
        title = self.words.label(N_("Interlaboratory comparison report")) + " " + report.head.code
        trace = report.trace
        language = "zh-CN" if report.language == "bilingual" else report.language
        self.book = Book(report.head.instant, title, f"{trace.software} {trace.software_version}".strip(), language)

    def sheet(self, key: str, widths: Sequence[float], landscape: bool = False) -> Canvas:
        """The next sheet of the workbook, with its title and the report's running head."""
        number = list(SHEETS).index(key) + 1
        name = f"{number} {self.words.label(SHEETS[key])}"
        return Canvas(self, self.book.sheet(name, Page(tuple(widths), landscape, f"A{HEADER_ROWS + 1}", (1, HEADER_ROWS))), SHEETS[key])

    @property
    def running_head(self) -> str:
        """Round, report number, version and status: printed on each page."""
        head = self.report.head
        mark = f"{self.words.label(INTERIM)} " if head.status == "interim" else ""
        return mark + self.words.label(
            N_("Round %(round)s, report %(report)s, version %(version)s, %(status)s"),
            round=head.code,
            report=head.report_no,
            version=head.version,
            status=Term(STATUSES[head.status]),
        )


class Paper:
    """One sheet with the words of its report: headings, sentences, facts, tables."""

    def __init__(self, sheet: Sheet, words: Words, title: str, running_head: str, printed: str) -> None:
        self.sheet, self.words = sheet, words
        sheet.heading(words.label(title))
        sheet.paragraph(running_head, META)
        sheet.footer(f"{printed}  {sheet.title}", "&P / &N")

    @property
    def columns(self) -> int:
        """Columns of the sheet."""
        return len(self.sheet.page.widths)

    def section(self, word: str, /, **values: object) -> int:
        """A heading inside the sheet, with a free row above."""
        self.sheet.blank()
        return self.sheet.heading(self.words.label(word, **values), SECTION)

    def say(self, sentence: str, /, **values: object) -> None:
        """A sentence over the whole width."""
        self.sheet.paragraph(self.words.say(sentence, **values), PLAIN)

    def note(self, text: str) -> None:
        """A text set off from the rest, such as the small-number rule."""
        self.sheet.paragraph(text, NOTE)

    def repeat_head(self, row: int, rows_below: int) -> None:
        """Print the table's heading row on each page when the table is longer than a page, else the sheet's title only."""
        self.sheet.repeat(1, row if rows_below > ROWS_OF_A_PAGE else HEADER_ROWS)

    def head(self, words: Iterable[str]) -> int:
        """The heading row of a table; the words are already spoken."""
        return self.sheet.fitted_row([Cell(word, HEAD) for word in words])

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Label and text, one pair a row; the text runs over the remaining columns."""
        for label, text in rows:
            self.sheet.fact(Cell(self.words.label(label), LABEL), Cell(text or MISSING, TEXT))

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Cell | None]]) -> tuple[int, int]:
        """A whole table; gives its first and last row. ``heads`` are catalogue words."""
        first = self.head([self.words.head(word) for word in heads]) + 1
        for row in rows:
            self.sheet.fitted_row(row)
        return first, self.sheet.count


class Canvas(Paper):
    """One sheet of the report of a round."""

    def __init__(self, desk: Desk, sheet: Sheet, title: str) -> None:
        self.desk, self.report = desk, desk.report
        head = desk.report.head
        super().__init__(sheet, desk.words, title, desk.running_head, f"{head.report_no} v{head.version}")

    def not_part(self, reason: str) -> None:
        """The sheet's matter is not part of this round; says why."""
        self.sheet.blank()
        self.note(self.words.say(N_("Not part of this round: %(reason)s"), reason=Term(reason)))


def text(value: str | None, look: Look = TEXT) -> Cell:
    """A text cell; an empty text is a dash."""
    return Cell(value or MISSING, look)


def code(value: str) -> Cell:
    """A code in a fixed-width face."""
    return Cell(value or MISSING, CODE)


def number(value: float | int | None, look: Look = NUMBER) -> Cell:
    """A number cell, or a dash where there is none."""
    return Cell(MISSING if value is None else value, look)


def pair(value: float | int | None, formula: str, look: Look = NUMBER) -> list[Cell]:
    """A number and, at its right, the live formula that recomputes it; two dashes where there is no number."""
    if value is None:
        return [Cell(MISSING, look), Cell(MISSING, FORMULA)]
    return [Cell(value, look), Cell(Formula(formula), formatted(FORMULA, look.format))]


def score_pair(value: float | None, formula: str, limits: Sequence[float] = ()) -> list[Cell]:
    """A signed score with its formula, shown with as many decimals as its limits ask for."""
    return pair(value, formula, formatted(NUMBER, score_format(value, limits)))
