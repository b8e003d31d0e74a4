"""Lists of samples as files. Pure: rows in, bytes out. What people typed never becomes a formula."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from lims.excel.text import cell_text, is_formula_like
from lims.marks import N_
from lims.samples.lifecycle.common import columns
from lims.samples.lifecycle.fields import CHOICE, DATE, DECIMAL, INSTANT, INTEGER, LISTED, MANY, Field
from lims.samples.lifecycle.heading import REASON, heading
from lims.samples.lifecycle.kinds import Kind
from lims.sheets.filled import MARKS, Cell
from lims.words import translate

if TYPE_CHECKING:
    from lims.excel.book import Book
    from lims.excel.book import Cell as BookCell
    from lims.excel.look import Look

BOM = "\ufeff"


def csv_bytes(head: Sequence[str], rows: Sequence[Sequence[str]], about: str) -> bytes:
    """UTF-8 with a byte-order mark, so that a spreadsheet program reads Chinese. A text that looks like a formula gets
    an apostrophe before it; the line ``about`` stands last, so that the first line is the header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (head, *rows, (), (about,)):
        writer.writerow([f"'{cell}" if is_formula_like(cell) else cell for cell in map(cell_text, row)])
    return (BOM + out.getvalue()).encode()


def xlsx_bytes(head: Sequence[str], rows: Sequence[Sequence[str]], about: str, title: str, instant: datetime, language: str) -> bytes:
    """One sheet: what was filtered, a header row that repeats on each printed page, and every cell as text."""
    from lims.excel.book import Book, Cell, Page
    from lims.excel.look import CODE, HEAD, META, TEXT

    book = Book(instant, title, "LIMS", language)
    sheet = book.sheet(title, Page([27.0, 20.0, *[22.0] * (len(head) - 2)], landscape=True, freeze="A3", repeat=(2, 2)))
    sheet.paragraph(about, META)
    sheet.row([Cell(text, HEAD) for text in head])
    for row in rows:
        sheet.row([Cell(text, CODE if place < 2 else TEXT) for place, text in enumerate(row)])
    return book.to_bytes()


#: what a field takes, in the words of the template's description
TYPES = {INTEGER: "integer", DECIMAL: "decimal", DATE: "date", INSTANT: "datetime", CHOICE: "choice", LISTED: "choice", MANY: "choice"}
TYPE_WORDS = {
    "text": N_("text"), "integer": N_("whole number"), "decimal": N_("number"), "date": N_("day, such as 2026-05-22"),
    "datetime": N_("day and time, such as 2026-05-22 08:30"), "choice": N_("one of the list"),
}  # fmt: skip
SEVERAL = N_("one or more of the list, with ; between")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)


def type_of(one: Field) -> str:
    """The type of a field in a template's description."""
    return TYPES.get(one.takes, "text")


def template_bytes(kind: Kind, choices: Mapping[str, Sequence[tuple[str, str]]], language: str, instant: datetime) -> bytes:
    """An empty sheet with the headings of a kind, a sheet that explains them, and the hidden mark of the kind.

    ``choices`` holds code and name of what a field may be, by field.
    """
    from lims.excel.book import Book, Cell, Page
    from lims.excel.look import CODE as CODE_LOOK
    from lims.excel.look import HEAD, TEXT

    fields = columns(kind)
    book = Book(instant, translate(kind.name, language), "LIMS", language)
    sheet = book.sheet(
        translate(N_("Samples"), language), Page([22.0] * len(fields), landscape=True, freeze="A2", repeat=(1, 1), grid=True)
    )
    sheet.row([Cell(heading(one, language), HEAD) for one in fields], 30.0)
    for _row in range(200):  # empty cells formatted as text keep the zeros of what is typed
        sheet.row([Cell(None, _typing(one)) for one in fields])
    told = book.sheet(translate(N_("Explanation"), language), Page([30.0, 10.0, 26.0, 24.0, 60.0], landscape=True, freeze="A2"))
    names = (N_("Field"), N_("Needed"), N_("What it takes"), N_("Example"), N_("Choices and hints"))
    told.row([Cell(translate(name, language), HEAD) for name in names])
    for one in fields:
        offered = [f"{code} {name}" if code != name else code for code, name in choices.get(one.code, ())]
        hints = [translate(one.hint, language)] if one.hint else []
        takes = SEVERAL if one.takes == MANY else TYPE_WORDS[type_of(one)]
        needed = translate(N_("yes"), language) if one.is_required else ""
        texts = (heading(one, language), needed, translate(takes, language), one.example, "; ".join(hints + offered))
        told.fitted_row([Cell(text, CODE_LOOK if place == 3 else TEXT) for place, text in enumerate(texts)])
    _mark(book, kind)
    return book.to_bytes()


def error_bytes(
    kind: Kind, found: Mapping[int, str], rows: Sequence[tuple[Mapping[int, Cell], str]], language: str, instant: datetime
) -> bytes:
    """The refused rows with their cells as they were and the reason, ready to be corrected and imported again."""
    from lims.excel.book import Book, Page
    from lims.excel.book import Cell as BookCell
    from lims.excel.look import HEAD, TEXT

    kept = {place: text for place, text in found.items() if text != ""}
    width = max((*kept, *(place for cells, _reason in rows for place in cells)), default=0) + 1
    reason = translate(REASON, language)
    skipped = {place for place, text in kept.items() if text in {translate(REASON, one) for one in ("en", "zh_CN")}}
    places = [place for place in range(width) if place not in skipped]
    book = Book(instant, reason, "LIMS", language)
    sheet = book.sheet(translate(N_("Samples"), language), Page([*[20.0] * len(places), 70.0], landscape=True, freeze="A2", grid=True))
    sheet.row([*(BookCell(kept.get(place, ""), HEAD) for place in places), BookCell(reason, HEAD)])
    for cells, why in rows:
        originals = [_as_it_was(cells[place]) if place in cells else None for place in places]
        sheet.fitted_row([*originals, BookCell(why, TEXT)])
    _mark(book, kind)
    return book.to_bytes()


def _typing(one: Field) -> Look:
    from lims.excel.look import Look

    return Look(format={DATE: "yyyy-mm-dd", INSTANT: "yyyy-mm-dd hh:mm", DECIMAL: "General", INTEGER: "General"}.get(one.takes, "@"))


def _as_it_was(cell: Cell) -> BookCell:
    """A number stays a number and a date a date, so that what was wrong is wrong again unless somebody corrects it."""
    from lims.excel.book import Cell as BookCell
    from lims.excel.look import Look

    if cell.kind == "number":
        with contextlib.suppress(InvalidOperation, ValueError):
            return BookCell(Decimal(cell.text), Look())
    if cell.kind == "date":
        with contextlib.suppress(ValueError):
            days = (datetime.fromisoformat(cell.text).replace(tzinfo=UTC) - _EPOCH).total_seconds() / 86400
            return BookCell(days, Look(format="yyyy-mm-dd hh:mm" if ":" in cell.text else "yyyy-mm-dd"))
    return BookCell(cell.text, Look(format="@"))


def _mark(book: Book, kind: Kind) -> None:
    from lims.excel.book import Cell, Page

    sheet = book.sheet(MARKS, Page([20.0, 20.0], hidden=True))
    sheet.row([Cell("kind"), Cell(kind.code)])
