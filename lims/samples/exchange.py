"""Lists of samples as files. Pure: rows in, bytes out. What people typed never becomes a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from lims.excel.text import cell_text, is_formula_like

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
