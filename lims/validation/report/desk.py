"""The drawing table of the validation report: its sheets, its words, and where each required item of its contents stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lims.excel.book import Book, Cell, Page
from lims.excel.look import LABEL, NUMBER
from lims.marks import N_
from lims.rounds.report.canvas import HEADER_ROWS, Paper, text
from lims.rounds.report.numbers import plain_format
from lims.rounds.report.wording import MISSING, Term, Words
from lims.validation.analysis.outcome import Reason, Result, StudyAnalysis
from lims.validation.report import terms
from lims.validation.report.facts import ValidationReport

SHEETS = {
    "summary": N_("Summary"),
    "method": N_("Method"),
    "plan": N_("Plan and criteria"),
    "samples": N_("Samples and sites"),
    "working": N_("Measured data"),
    "results": N_("Results"),
    "tables": N_("Two-way tables"),
    "charts": N_("Charts"),
    "criteria": N_("Criteria and verdicts"),
    "sensitivity": N_("Sensitivity"),
    "discordants": N_("Discordant results"),
    "conclusion": N_("Conclusion and scope"),
    "data": N_("All rows"),
    "trace": N_("Traceability"),
}

CONTENTS = {
    "purpose": N_("Purpose"), "intended_use": N_("Intended use"), "principle": N_("Principle"), "kit_and_lot": N_("Kit and lot"),
    "instrument": N_("Instrument"), "comparator": N_("Comparator and why"), "plan": N_("Plan"), "amendments": N_("Amendments"),
    "deviations": N_("Deviations"), "sample_set": N_("Sample set with flow"), "sites": N_("Sites"), "analysts": N_("Analysts"),
    "dates": N_("Dates"), "blinding": N_("Blinding"), "result_tables": N_("Result tables"), "detection_limit": N_("Detection limit"),
    "cut_off": N_("Cut-off"), "precision": N_("Precision"), "cross_reactivity": N_("Cross-reactivity and interference"),
    "robustness": N_("Robustness"), "stability": N_("Stability"), "turnaround": N_("Turnaround time"), "cost": N_("Cost"),
    "discordants": N_("Discordant results"), "criteria": N_("Criteria with verdicts"), "limits_of_use": N_("Limits of use"),
    "conclusion": N_("Conclusion"), "scope": N_("Authorised scope"), "reviewers": N_("Reviewers"), "approvers": N_("Approvers"),
    "raw_data": N_("Index of raw data with hashes"), "software": N_("Software version"),
}  # fmt: skip
"""What the report must hold, in the order of its contents list."""

FIGURE = NUMBER.but(format=plain_format(4))
"""How estimates and limits are shown; the cell carries all digits."""


@dataclass(frozen=True)
class Place:
    """Where an item stands."""

    sheet: str
    first: int
    last: int


class StudyDesk:
    """What every sheet of one report shares."""

    def __init__(self, report: ValidationReport, analyses: Sequence[StudyAnalysis], fingerprint: str) -> None:
        self.report, self.analyses, self.fingerprint = report, tuple(analyses), fingerprint
        head = report.head
        self.words = Words(head.language, head.time_zone)
        title = f"{self.words.label(N_('Validation report'))} {head.code}"
        language = "zh-CN" if head.language == "bilingual" else head.language
        self.book = Book(head.instant, title, f"{head.software} {head.software_version}".strip(), language)
        self.places: dict[str, list[Place]] = {}

    def sheet(self, key: str, widths: Sequence[float], landscape: bool = False) -> Paper:
        """The next sheet."""
        head, number = self.report.head, list(SHEETS).index(key) + 1
        page = Page(tuple(widths), landscape, f"A{HEADER_ROWS + 1}", (1, HEADER_ROWS))
        running = self.words.label(
            N_("Study %(code)s, report %(report)s, version %(version)s"), code=head.code, report=head.report_no, version=head.version
        )
        sheet = self.book.sheet(f"{number} {self.words.label(SHEETS[key])}", page)
        return Paper(sheet, self.words, SHEETS[key], running, f"{head.report_no} v{head.version}")

    def mark(self, item: str, paper: Paper, first: int, last: int | None = None) -> None:
        """Record that an item of the contents list stands in these rows."""
        self.places.setdefault(item, []).append(Place(paper.sheet.title, first, paper.sheet.count if last is None else last))

    def stated(self, paper: Paper, rows: Iterable[tuple[str, str, str]]) -> None:
        """Item of the contents list, label and text; an empty text is said to be not stated."""
        for item, label, value in rows:
            row = paper.sheet.fact(Cell(self.words.label(label), LABEL), text(value or self.words.say(N_("not stated"), " ")))
            if item:
                self.mark(item, paper, row, row)

    def reasons(self, reasons: Iterable[Reason]) -> str:
        """All sentences of some reasons, one a line."""
        return "\n".join(" / ".join(dict.fromkeys(terms.sentence(one, language) for language in self.words.languages)) for one in reasons)

    def part(self, one: Result) -> str:
        """The part of the data that a result speaks of."""
        name = self.words.label(terms.STRATA[one.stratum])
        if not one.stratum:
            return name
        return f"{name}: {one.value or self.words.label(N_('not recorded'))}"

    def characteristic(self, code: str) -> str:
        """Its name, or its code where it has none."""
        return self.words.label(Term(terms.CHARACTERISTICS.get(code, code)))


def level_of(level: Decimal | None) -> Cell:
    """A concentration as a number cell."""
    return Cell(MISSING if level is None else level, NUMBER)


def joined(values: Iterable[str]) -> str:
    """A list in one line."""
    return ", ".join(values)
