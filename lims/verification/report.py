"""The verification record: plain values in, the bytes of a workbook out. Every heading stands in Chinese and in English."""

from __future__ import annotations

import platform
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any

from lims.excel.book import Book, Cell, Page, Sheet
from lims.excel.look import CODE, HEAD, LABEL, NUMBER, SECTION, TEXT
from lims.marks import N_
from lims.statistics.reference.comparing import Case
from lims.statistics.reference.figures import Figure, figures
from lims.statistics.reference.verifying import BROKEN, Failure, Verification, Verified
from lims.version import program_version
from lims.words import translate

PRODUCT = "LIMS"
LARGEST = sys.float_info.max  # a cell carries no number beyond it
LIBRARIES = ("Python", "numpy", "scipy")  # shown as they are in every language
MEASURED = NUMBER.but(format="0.00E+00")


@dataclass(frozen=True)
class CaseLine:
    """One case of the record: where it comes from, what was compared, how it went."""

    id: str
    method: str
    area: str
    source: str
    provenance: str
    figures: Sequence[Figure]
    failed: Sequence[Failure]

    @property
    def largest_share(self) -> float | None:
        """The largest difference as a share of the allowed one."""
        return max((figure.share for figure in self.figures if figure.share is not None), default=None)


@dataclass(frozen=True)
class Record:
    """Everything that the record says. platform maps system, machine, python, numpy and scipy to their names or versions."""

    run_at: datetime
    version: str
    platform: dict[str, Any]
    cases: Sequence[CaseLine]
    unsupported: Sequence[str]
    person: str = ""
    origin: str = ""
    totals: Counter[bool] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "totals", Counter(not case.failed for case in self.cases))


def record_of(found: Verification, cases: Iterable[Any], instant: datetime, person: str = "", origin: str = "") -> Record:
    """The record of a run over these cases at this instant, by this program on this machine. `origin`: where the cases came from."""
    lines = tuple(_case_line(verified, case) for verified, case in zip(found.cases, cases, strict=True))
    return Record(instant, program_version(), here(), lines, found.unsupported, person, origin)


def here() -> dict[str, Any]:
    """What the figures depend on: system, processor, Python and the two libraries."""
    versions = {name: version(name) for name in ("numpy", "scipy")}
    return {"system": platform.platform(), "machine": platform.machine(), "python": platform.python_version(), **versions}


def _case_line(verified: Verified, case: Any) -> CaseLine:
    area, source, provenance = (str(case.get(key, "")) if isinstance(case, dict) else "" for key in ("area", "source", "provenance"))
    return CaseLine(verified.id, verified.method, area, source, provenance, _figures(case, verified), verified.failed)


def _figures(case: Case, verified: Verified) -> Sequence[Figure]:
    try:
        return figures(case, verified.got) if verified.got else ()
    except BROKEN:
        return ()  # the case is malformed; its failure says how


def workbook(record: Record) -> bytes:
    """Four sheets: the record, the cases with their sources, every figure with its difference, and what was not met."""
    book = Book(record.run_at, _both(N_("Verification record of the statistics"), " / "), f"{PRODUCT} {record.version}", "zh_CN")
    _write_record(_sheet(book, N_("Record"), (30, 14, 14, 14, 36)), record)
    _write_cases(_sheet(book, N_("Cases"), (6, 30, 16, 26, 46, 30, 10, 14, 18), landscape=True), record)
    _write_figures(_sheet(book, N_("Figures"), (30, 34, 20, 20, 14, 14, 12), landscape=True), record)
    _write_failures(_sheet(book, N_("Not met"), (30, 34, 30, 30, 46), landscape=True), record)
    return book.to_bytes()


def _both(sentence: str, between: str = "\n", **values: object) -> str:
    return f"{translate(sentence, 'zh_CN', **values)}{between}{translate(sentence, 'en', **values)}"


def _sheet(book: Book, title: str, widths: Sequence[float], landscape: bool = False) -> Sheet:
    name = _both(title, " ")
    sheet = book.sheet(name, Page(widths, landscape=landscape))
    sheet.heading(name if title != "Record" else _both(N_("Verification record of the statistics"), "  "))
    sheet.footer(_both(N_("Verification record of the statistics"), " / "), "&P / &N")
    return sheet


def _head(sheet: Sheet, *words: str) -> None:
    row = sheet.fitted_row([Cell(_both(word), HEAD) for word in words])
    sheet.repeat(row, row)


def _write_record(sheet: Sheet, record: Record) -> None:
    met, others = record.totals[True], record.totals[False]
    place = record.platform
    facts: list[tuple[str, str | int]] = [
        (N_("Product"), PRODUCT),
        (N_("Version"), record.version),
        (N_("Run at"), record.run_at.isoformat(sep=" ", timespec="seconds")),
        (N_("Run by"), record.person),
        (N_("Where the cases came from"), record.origin or _both(N_("the cases that travel with the program"), " / ")),
        (N_("System"), f"{place['system']} ({place['machine']})"),
        ("Python", str(place["python"])),
        ("numpy", str(place["numpy"])),
        ("scipy", str(place["scipy"])),
        (N_("Cases"), met + others),
        (N_("Cases met"), met),
        (N_("Cases not met"), others),
        (N_("Methods not known here"), ", ".join(record.unsupported) or "-"),
        (N_("Rule"), _both(N_("met: |got - expected| <= abs_tol + rel_tol |expected| in every field of the case"))),
    ]
    for word, value in facts:
        if value != "":
            label = word if word in LIBRARIES else _both(word, "  ")
            sheet.fact(Cell(label, LABEL), Cell(value, TEXT))
    sheet.blank()
    verdict = N_("Every field of every case was met within its tolerance.") if met and not others else N_("Not every case was met.")
    sheet.paragraph(_both(verdict), SECTION.but(wrap=True))
    sheet.blank()
    _write_methods(sheet, record.cases)
    sheet.blank()
    for word in (N_("Reviewed by"), N_("Date"), N_("Conclusion")):
        sheet.fact(Cell(_both(word, "  "), LABEL), Cell("", TEXT))


def _write_methods(sheet: Sheet, cases: Sequence[CaseLine]) -> None:
    _head(sheet, N_("Method"), N_("Cases"), N_("Cases met"), N_("Cases not met"), N_("Largest difference as a share of the allowed one"))
    by_method: dict[str, list[CaseLine]] = {}
    for case in cases:
        by_method.setdefault(case.method, []).append(case)
    for method, lines in sorted(by_method.items()):
        met = sum(not line.failed for line in lines)
        largest = max((line.largest_share for line in lines if line.largest_share is not None), default=None)
        counts = [Cell(number, NUMBER) for number in (len(lines), met, len(lines) - met)]
        sheet.row([Cell(method, CODE), *counts, Cell(largest, MEASURED)])


def _write_cases(sheet: Sheet, record: Record) -> None:
    _head(
        sheet, N_("No."), N_("Case"), N_("Group of methods"), N_("Method"), N_("Published source"), N_("Provenance"),
        N_("Figures compared"), N_("Largest difference as a share of the allowed one"), N_("Outcome of the case"),
    )  # fmt: skip
    for number, case in enumerate(record.cases, 1):
        words = [Cell(text, TEXT) for text in (case.area, case.method, case.source, case.provenance)]
        counted = [Cell(len(case.figures), NUMBER), Cell(case.largest_share, MEASURED)]
        sheet.fitted_row([Cell(number, NUMBER), Cell(case.id, TEXT), *words, *counted, Cell(_verdict(not case.failed), TEXT)])


def _write_figures(sheet: Sheet, record: Record) -> None:
    _head(
        sheet, N_("Case"), N_("Field"), N_("Expected figure"), N_("Computed figure"), N_("Difference"), N_("Allowed difference"),
        N_("Share of the allowed one"),
    )  # fmt: skip
    for case in record.cases:
        for figure in case.figures:
            measured = [Cell(_number(value), MEASURED) for value in (figure.difference, figure.allowed, figure.share)]
            sheet.row([Cell(case.id, CODE), Cell(figure.field, CODE), _value(figure.expected), _value(figure.got), *measured])


def _write_failures(sheet: Sheet, record: Record) -> None:
    _head(sheet, N_("Case"), N_("Field"), N_("Expected figure"), N_("Computed figure"), N_("Reason"))
    failures = [failure for case in record.cases for failure in case.failed]
    for one in failures:
        sheet.fitted_row([Cell(text, TEXT) for text in (one.id, one.field, str(one.expected), str(one.got), one.reason)])
    if not failures:
        sheet.row([Cell(_both(N_("none"), " / "), TEXT)])


def _verdict(is_met: bool) -> str:
    return _both(N_("case met"), " / ") if is_met else _both(N_("case not met"), " / ")


def _value(value: Any) -> Cell:
    """A figure as it is; a missing one in words."""
    number = _number(value)
    if number is not None and not isinstance(value, bool):
        return Cell(number, NUMBER)
    return Cell(_both(N_("not calculable"), " / ") if value is None else str(value), TEXT)


def _number(value: Any) -> int | float | None:
    """The value where a cell can carry it as a number: nan, infinity and what is larger than any number of a workbook become text."""
    return value if isinstance(value, int | float) and abs(value) <= LARGEST else None
