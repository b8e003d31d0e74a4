"""The data behind a report, sealed and carried inside its workbook on a sheet that programs do not show.

Column A: form, public key, seal, number of parts, then the parts of the canonical JSON, each short enough for any cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from lims.excel.book import Book, Cell, Page
from lims.excel.look import CODE
from lims.sheets.shown import Shown

TITLE, FORM = "lims-seal", "lims-seal-1"
PART = 30_000
LONGEST = 20_000_000
"""Characters of data that are read at most."""

_NOT_FOR_CELLS = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class Signer(Protocol):
    """Who seals: a key and its fingerprint."""

    @property
    def public_key(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def seal(self, text: str) -> str: ...


@dataclass(frozen=True)
class Seal:
    """What the hidden sheet holds; itself a signer that gives the same seal again."""

    public_key: str
    fingerprint: str
    signature: str
    text: str

    def seal(self, text: str) -> str:
        """The seal as it was read."""
        return self.signature


class BrokenSeal(ValueError):
    """The hidden sheet is there but not as the program writes it."""


def for_cells(text: str) -> str:
    """JSON text with every character that a cell cannot carry unchanged written as JSON's own escape."""
    return _NOT_FOR_CELLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def write_seal(book: Book, text: str, signer: Signer) -> None:
    """Add the hidden sheet as the last one; ``text`` has gone through ``for_cells``."""
    sheet = book.sheet(TITLE, Page((80,), very_hidden=True))
    parts = [text[place : place + PART] for place in range(0, len(text), PART)]
    look = CODE.but(border=None)
    for value in (FORM, signer.public_key, signer.seal(text), str(len(parts)), *parts):
        sheet.row([Cell(value, look)])


def read_seal(workbook: Shown) -> Seal | None:
    """The seal of a workbook, None where there is none; BrokenSeal when it cannot be put together."""
    from lims.errors import Invalid
    from lims.seals import fingerprint

    sheet = next((one for one in workbook.sheets if one.title == TITLE), None)
    if sheet is None:
        return None
    cells = {place: str(cell.value) for place, cell in sheet.cells.items() if cell.kind == "text"}
    if cells.get("A1") != FORM:
        raise BrokenSeal(f"A1: {FORM} is expected")
    count = cells.get("A4", "")
    if not count.isdecimal() or len(count) > 4:
        raise BrokenSeal("A4: the number of parts is expected")
    parts = [cells.get(f"A{number}", "") for number in range(5, 5 + int(count))]
    if not all(parts) or sum(map(len, parts)) > LONGEST:
        raise BrokenSeal("a part is missing")
    key = cells.get("A2", "")
    try:
        return Seal(key, fingerprint(key), cells.get("A3", ""), "".join(parts))
    except Invalid as error:
        raise BrokenSeal("A2: a public key is expected") from error
