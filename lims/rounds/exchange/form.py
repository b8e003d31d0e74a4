"""The form as a workbook: locked but for the cells to fill, lists where a list exists, its sealed identity on a hidden sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lims.excel.book import Book, Cell, Page, Sheet, column_letter
from lims.excel.look import CODE, HEAD, LABEL, META, SECTION, TITLE, Look
from lims.marks import N_
from lims.rounds.exchange import identity as identities
from lims.rounds.exchange.identity import Identity, Seals
from lims.rounds.exchange.layout import (
    CODES,
    FIELD_HINTS,
    SHEET,
    STATEMENT,
    Line,
    beside,
    both,
    fixed_cells,
    item_columns,
    layout_hash,
    lines,
)
from lims.rounds.lifecycle.entering import CALLED, MEASURED, RELATIONS
from lims.rounds.lifecycle.units import unit_text

ENTRY = Look(border="medium", vertical="center", format="@", locked=False)
WRONG = ENTRY.but(fill="FCE8E6")
LOCKED = CODE.but(fill="EEECE5", bold=True)
WHY = Look(border="thin", vertical="center", ink="8C0C26")
WIDTHS = {"could_not_test": 24.0, "remark": 24.0, "result_code": 14.0, "replicates": 20.0}


@dataclass(frozen=True)
class Content:
    """What stands in the cells to fill: by field, and by item code and column. ``reasons`` by field or item code."""

    head: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    codes: Mapping[str, str] = field(default_factory=dict)  # result code -> English word
    methods: Mapping[str, str] = field(default_factory=dict)  # method code -> its names


def form_bytes(identity: Identity, content: Content, seal: Seals, instant: datetime) -> bytes:
    """The workbook of this identity; only what belongs to its own laboratory is in it."""
    book = Book(instant, f"{beside(N_('Result form'))} {identity.round}", "LIMS", content.language)
    names = item_columns(identity)
    widths = [30.0, 26.0, *(WIDTHS.get(name, 16.0) for name in names[1:]), *([70.0] if identity.is_part else [])]
    sheet = book.sheet(SHEET, Page(widths, landscape=True, grid=False))
    first: dict[str, int] = {}
    for line in lines(identity):
        first.setdefault(line.kind, sheet.count + 1)
        _write(sheet, identity, content, line)
    _offer(sheet, identity, first)
    sheet.protect()
    _codes(book, identity, content)
    hidden = book.sheet(identities.SHEET, Page([14.0, 100.0], very_hidden=True))
    text = replace(identity, layout=layout_hash(fixed_cells(identity))).text()
    for name, value in zip(identities.PLACES, (identities.FORM, text, seal(text)), strict=True):
        hidden.row([Cell(name), Cell(value, Look(wrap=False))])
    hidden.protect()
    book.lock_structure()
    return book.to_bytes()


def _write(sheet: Sheet, identity: Identity, content: Content, line: Line) -> None:
    if line.kind == "title":
        sheet.heading(line.texts[0], TITLE)
    elif line.kind == "how":
        sheet.paragraph(line.texts[0], META.but(size=9.0))
    elif line.kind == "blank":
        sheet.blank()
    elif line.kind == "section":
        sheet.heading(line.texts[0], SECTION)
    elif line.kind == "fact":
        sheet.fact(Cell(line.texts[0], LABEL), Cell(line.texts[1], CODE))
    elif line.kind == "heads":
        sheet.repeat(sheet.count + 1, sheet.count + 1)
        sheet.row([Cell(text, HEAD) for text in line.texts], 58.0)
    elif line.kind == "field":
        _field(sheet, identity, content, line)
    else:
        values = content.items.get(line.name, {})
        reason = content.reasons.get(line.name, "")
        look = WRONG if reason else ENTRY
        cells = [Cell(values.get(name) or None, look) for name in item_columns(identity)]
        sheet.fitted_row([Cell(line.name, LOCKED), *cells, *([Cell(reason, WHY)] if identity.is_part else [])])


def _field(sheet: Sheet, identity: Identity, content: Content, line: Line) -> None:
    reason = content.reasons.get(line.name, "")
    hint = reason or (both(FIELD_HINTS[line.name]).replace("\n", " / ") if line.name in FIELD_HINTS else "")
    value = Cell(content.head.get(line.name) or None, WRONG if reason else ENTRY)
    sheet.field(Cell(line.texts[0], LABEL), value, Cell(hint or None, WHY.but(border=None) if reason else META))


def _offer(sheet: Sheet, identity: Identity, first: Mapping[str, int]) -> None:
    """Lists in the cells that take a code of a list."""
    pick = both(N_("Choose from the list")).replace("\n", " / ")
    if "field" in first:
        rows = {name: first["field"] + place for place, name in enumerate(identity.fields)}
        if "method_code" in rows and identity.methods:
            sheet.offer(f"B{rows['method_code']}", f"'{CODES}'!$D$2:$D${1 + len(identity.methods)}", pick, pick)
        if STATEMENT in rows:
            sheet.offer(f"B{rows[STATEMENT]}", '"是 yes,否 no"', pick, pick)
    names, top = item_columns(identity), first.get("item", 1)
    offered = {
        "result_code": CALLED if identity.kind == "qualitative" else MEASURED, "relation": RELATIONS,
        "unit": tuple(unit_text(unit) or "1" for unit in identity.units),
    }  # fmt: skip
    for place, name in enumerate(names):
        if name in offered and identity.items:
            letter = column_letter(place + 2)
            sheet.offer(f"{letter}{top}:{letter}{top + len(identity.items) - 1}", f'"{",".join(offered[name])}"', pick, pick)


def _codes(book: Book, identity: Identity, content: Content) -> None:
    """What the codes mean: results on the left, methods on the right."""
    sheet = book.sheet(CODES, Page([14.0, 44.0, 4.0, 14.0, 60.0], landscape=False))
    heads = (N_("Result"), N_("Meaning"), None, N_("Method"), N_("Meaning"))
    sheet.row([Cell(beside(word), HEAD) if word else None for word in heads])
    results = [(code, beside(content.codes[code])) for code in (CALLED if identity.kind == "qualitative" else MEASURED)]
    methods = [(code, content.methods.get(code, code)) for code in identity.methods]
    for place in range(max(len(results), len(methods))):
        left = results[place] if place < len(results) else ("", "")
        right = methods[place] if place < len(methods) else ("", "")
        sheet.row([Cell(left[0], CODE), Cell(left[1]), None, Cell(right[0], CODE), Cell(right[1])])
    sheet.protect()
