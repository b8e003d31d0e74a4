"""A filled form judged: first whether it is this laboratory's own form of this round, then row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lims.errors import Invalid
from lims.rounds.exchange import identity as identities
from lims.rounds.exchange.cells import RowCells, Rules
from lims.rounds.exchange.identity import Identity, Proves, identity_of
from lims.rounds.exchange.layout import SHEET, fixed_cells, item_columns, layout_hash, lines, squeezed, width
from lims.rounds.exchange.problems import Finding
from lims.rounds.exchange.rows import read_field, read_item
from lims.rounds.lifecycle.entering import plain
from lims.sheets.form import FormCell, PlainSheet, address


@dataclass(frozen=True)
class Row:
    """A field of the head or an item: what was read, what is kept of it, and what was found."""

    name: str
    number: int
    texts: Mapping[str, str]  # as it stands, by column
    kept: Any  # a text for a field, the fields of an item by name
    problems: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Filled:
    """The form as it was filled; ``strays`` belong to no row of it."""

    identity: Identity
    fields: tuple[Row, ...] = ()
    items: tuple[Row, ...] = ()
    strays: tuple[Finding, ...] = field(default=())

    @property
    def refused(self) -> tuple[Row, ...]:
        """The rows that are not taken."""
        return tuple(row for row in (*self.fields, *self.items) if row.problems)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What was read otherwise than it stands there, of the rows that are taken."""
        return tuple(note for row in (*self.fields, *self.items) if not row.problems for note in row.notes)


def sealed_identity(sheets: Sequence[PlainSheet], proves: Proves) -> Identity:
    """The identity of the form; Invalid when it is none of ours or was changed."""
    hidden = next((cells for name, cells in sheets if name == identities.SHEET), None)
    if hidden is None:
        raise Invalid(
            "rounds.form_unknown",
            "The file is no result form of this system: its hidden sheet is missing. Download the form from the page of the round, fill it "
            "and upload that file.",
            field="file",
        )
    by_row = {(cell[0], cell[1]): cell[2] for cell in hidden}
    texts = {text: by_row.get((row, 1), "") for (row, column), text in by_row.items() if column == 0}
    identity = identity_of(texts.get("identity", ""))
    if identity is None or not proves(texts["identity"], texts.get("seal", "")):
        raise Invalid(
            "rounds.form_changed",
            "The identity of this form was changed, or another installation made it; nothing was read. Download the form again and copy "
            "your values into it.",
            field="file",
        )
    return identity


def judged(sheets: Sequence[PlainSheet], identity: Identity, rules: Rules) -> Filled:
    """Every row with what is wrong with it; Invalid when the sheet is missing or its fixed cells were changed."""
    cells = next(([FormCell(*cell) for cell in found] for name, found in sheets if name == SHEET), None)
    if cells is None:
        raise Invalid(
            "rounds.form_sheet", "The sheet %(expected)s is missing; the file has: %(read)s. Give the sheet its name back, or download the "
            "form again.", field="file", expected=SHEET, read=", ".join(name for name, _cells in sheets if name != identities.SHEET),
        )  # fmt: skip
    by_row: dict[int, dict[int, FormCell]] = defaultdict(dict)
    for cell in cells:
        by_row[cell.row][cell.column] = cell
    top = next(number for number, line in enumerate(lines(identity), 1) if line.kind == "heads")
    _refuse_changed(identity, by_row)
    strays = [_outside(cell) for row in sorted(by_row) if row <= top for cell in _strays(identity, row, by_row[row])]
    items, lost = _items(identity, {row: by_row[row] for row in sorted(by_row) if row > top}, rules)
    return Filled(identity, tuple(_fields(identity, by_row, rules)), tuple(items), (*strays, *lost))


def _refuse_changed(identity: Identity, by_row: Mapping[int, Mapping[int, FormCell]]) -> None:
    expected = fixed_cells(identity)
    found = {place: by_row.get(place[0], {}).get(place[1]) for place in expected}
    read = {place: cell.text if cell else "" for place, cell in found.items()}
    changed = [f"{address(*place)} ({read[place][:40] or '–'} ≠ {text[:40]})" for place, text in expected.items()
               if squeezed(read[place]) != squeezed(text)]  # fmt: skip
    if changed and layout_hash(read) != identity.layout:
        raise Invalid(
            "rounds.form_cells",
            "Cells that are not to be filled were changed, so the rows cannot be told apart: %(cells)s. Nothing was read. Restore them, or "
            "download the form again and copy your values into it.",
            field="file", cells="; ".join(changed[:8]) + (" …" if len(changed) > 8 else ""),
        )  # fmt: skip


def _strays(identity: Identity, number: int, cells: Mapping[int, FormCell]) -> list[FormCell]:
    """Filled cells beside the fixed ones and the cell to fill."""
    line = lines(identity)[number - 1]
    allowed = 3 if line.kind == "field" else len(line.texts)
    return [cell for column, cell in sorted(cells.items()) if column >= allowed and cell.text.strip()]


def _outside(cell: FormCell) -> Finding:
    return Finding("outside", cell.address, {"read": cell.text})


def _fields(identity: Identity, by_row: Mapping[int, Mapping[int, FormCell]], rules: Rules) -> list[Row]:
    found = []
    for number, line in enumerate(lines(identity), 1):
        if line.kind != "field":
            continue
        cell = by_row.get(number, {}).get(1)
        cells = RowCells(number, {line.name: cell} if cell else {}, {line.name: address(number, 1)})
        kept = read_field(cells, line.name, rules, identity.methods)
        texts = {line.name: cell.text if cell else ""}
        found.append(Row(line.name, number, texts, kept, tuple(cells.problems), tuple(cells.notes)))
    return found


def _items(identity: Identity, by_row: Mapping[int, Mapping[int, FormCell]], rules: Rules) -> tuple[list[Row], list[Finding]]:
    """The items in the order of the form, and the rows that are none."""
    rows_of: dict[str, list[int]] = defaultdict(list)
    strays: list[Finding] = []
    expected = ", ".join(identity.items)
    for number, cells in by_row.items():
        code = plain(cells[0].text).upper() if 0 in cells else ""
        if code in identity.items and not cells[0].is_formula:
            rows_of[code].append(number)
        elif code:
            strays.append(Finding("unknown_item", address(number, 0), {"read": cells[0].text, "expected": expected}))
        elif any(cell.text.strip() for cell in cells.values()):
            strays.append(Finding("no_code", address(number, 0), {"row": str(number), "expected": expected}))
    return [_item(identity, code, rows_of[code], by_row, rules) for code in identity.items], strays


def _item(
    identity: Identity, code: str, rows: Sequence[int], by_row: Mapping[int, Mapping[int, FormCell]], rules: Rules
) -> Row:  # fmt: skip
    if not rows:
        return Row(code, 0, {}, {}, (Finding("row_removed", "A", {"read": code}),))
    number, names = rows[0], ("code", *item_columns(identity))
    own = {names[column]: cell for column, cell in by_row[number].items() if column < len(names)}
    cells = RowCells(number, own, {name: address(number, column) for column, name in enumerate(names)})
    if len(rows) > 1:
        cells.refuse("duplicate", "code", code, expected=", ".join(map(str, rows)))
        kept: dict[str, Any] = {}
    else:
        kept = read_item(cells, identity, rules)
    last = width(identity)
    cells.problems += [_outside(cell) for column, cell in by_row[number].items() if column >= last and cell.text.strip()]
    texts = {name: cell.text for name, cell in own.items() if name != "code"}
    return Row(code, number, texts, kept, tuple(cells.problems), tuple(cells.notes))
