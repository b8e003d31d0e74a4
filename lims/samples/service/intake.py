"""Samples from a filled sheet: every row judged before anything is saved, the good rows in one transaction, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, reading, transaction
from lims.errors import Forbidden, Invalid
from lims.marks import N_
from lims.samples import queries
from lims.samples.lifecycle.cells import value_of
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.fields import Problem, Refused
from lims.samples.lifecycle.heading import Head, is_known, kind_of, read_head
from lims.samples.lifecycle.kinds import KINDS, Kind
from lims.samples.lifecycle.numbers import half_width
from lims.samples.service.bulk import Checked, register_many
from lims.samples.service.desk import Desk, desk_of
from lims.sheets.filled import Line, SheetFile, read_sheet

MOST = 5000
KIND_MARK = "kind"


@dataclass(frozen=True)
class SheetRow:
    """One row: its cells, what is wrong with it, or what it becomes; ``known`` is the number of the same sample from before."""

    line: Line
    problems: tuple[Problem, ...] = ()
    checked: Checked | None = None
    known: str = ""


@dataclass(frozen=True)
class Preview:
    """A sheet judged row by row; nothing is saved. With a problem of the head no row is looked at."""

    file: SheetFile
    head: Head
    head_row: int
    rows: tuple[SheetRow, ...] = ()

    @property
    def ready(self) -> list[SheetRow]:
        """The rows that can be registered."""
        return [row for row in self.rows if row.checked is not None and not row.problems and not row.known]

    @property
    def refused(self) -> list[SheetRow]:
        """The rows that cannot be taken as they are."""
        return [row for row in self.rows if row.problems]

    @property
    def known(self) -> list[SheetRow]:
        """The rows that were registered by an earlier import."""
        return [row for row in self.rows if row.known]

    def heading_of(self, problem: Problem) -> str:
        """The heading of the column a problem belongs to, as the file has it."""
        return next((self.head.found[place] for place, one in self.head.fields.items() if one.code == problem.field), problem.field)


@dataclass(frozen=True)
class Imported:
    """What an import did: the numbers given, in the order of the rows."""

    preview: Preview
    numbers: tuple[str, ...]


def preview_sheet(actor: Actor, name: str, content: bytes, kind: str = "") -> Preview:
    """Judge a filled sheet; raises Invalid when the file cannot be read or its kind cannot be told."""
    permit(actor, "samples.register")
    with reading() as session:
        return _judged(session, actor, name, content, kind)


def import_sheet(actor: Actor, name: str, content: bytes, kind: str = "", *, all_or_nothing: bool = False) -> Imported:
    """Register the good rows of a sheet in one transaction; with ``all_or_nothing`` only when every row is good.

    Rows that an earlier import registered are left alone, so that the same file brings nothing new.
    """
    permit(actor, "samples.register")
    with transaction(actor, reason="registered samples from a sheet") as session:
        preview = _judged(session, actor, name, content, kind)
        stops = all_or_nothing and bool(preview.refused)
        numbers = [] if stops else register_many(session, actor, [row.checked for row in preview.ready if row.checked])
        return Imported(preview, tuple(numbers))


def _judged(session: Session, actor: Actor, name: str, content: bytes, kind: str) -> Preview:
    if actor.laboratory_id is None:
        raise Forbidden("samples.no_laboratory", N_("A sample belongs to a laboratory; open one first."))
    file = read_sheet(name, content, is_known)
    first, *lines = file.lines
    cells = {place: cell.trimmed for place, cell in sorted(first.cells.items()) if cell.trimmed}
    head = read_head(_kind(file, cells, kind), cells)
    if head.problems:
        return Preview(file, head, first.number)
    if len(lines) > MOST:
        raise Invalid(
            "samples.sheet_too_long", N_("The sheet has %(count)s rows; at most %(most)s at once. Divide it."), count=len(lines), most=MOST
        )
    desk = desk_of(session, actor, head.kind)
    rows = [_row(desk, head, line) for line in lines]
    return Preview(file, head, first.number, tuple(_compared(session, actor, head, rows)))


def _kind(file: SheetFile, cells: Mapping[int, str], asked: str) -> Kind:
    marked = file.marks.get(KIND_MARK, "")
    if asked and asked not in KINDS:
        raise Invalid("samples.no_kind", N_("Read the kind %(read)s, expected one of: %(choices)s."), read=asked, choices=", ".join(KINDS))
    if asked and marked in KINDS and marked != asked:
        raise Invalid(
            "samples.other_kind",
            N_("The sheet was made for %(marked)s, but %(asked)s was asked for. Choose one."),
            marked=marked,
            asked=asked,
        )
    found = KINDS.get(asked or marked) or kind_of(cells)
    if found is None:
        raise Invalid(
            "samples.kind_unknown",
            N_('The headings "%(found)s" do not tell the kind of the samples. Choose the kind, or use its template.'),
            found=", ".join(list(cells.values())[:6]),
        )
    return found


def _row(desk: Desk, head: Head, line: Line) -> SheetRow:
    if line.is_broken:
        return SheetRow(line, (Problem("", N_("The row cannot be read: a quotation mark is not closed, or a field is too long.")),))
    values, problems = _values(desk, head, line)
    refused = {problem.field for problem in problems}
    own = {one.code for one in desk.kind.fields}
    common: dict[str, Any] = {name: value for name, value in values.items() if name not in own}
    details = {name: value for name, value in values.items() if name in own}
    draft = NewSample(**{"kind": desk.kind.code, "matrix": "", **common, "details": details})
    kept, against = desk.judged(draft)
    problems += [problem for problem in against if problem.field not in refused]
    if problems:
        return SheetRow(line, tuple(problems))
    draft = replace(draft, external_number=half_width(draft.external_number))
    return SheetRow(line, checked=Checked(draft, kept, _key(draft, kept), desk.entries(draft, kept)))


def _values(desk: Desk, head: Head, line: Line) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems = []
    for place, cell in line.cells.items():
        one = head.fields.get(place)
        if not cell.trimmed:
            continue
        if one is None:
            if place not in head.found:
                sentence = N_("Read %(read)s in a column without a heading. Give the column its heading, or clear the cell.")
                problems.append(Problem("", sentence, {"read": cell.trimmed[:80]}))
            continue
        try:
            values[one.code] = value_of(one, cell, desk.names, desk.now.tzinfo or ZoneInfo("UTC"))
        except Refused as refused:
            problems.append(Problem(one.code, refused.sentence, refused.values))
    return values, problems


def _key(draft: NewSample, details: Mapping[str, str]) -> str:
    """The same row gives the same key, in whatever file and place it stands."""
    content = {name: value for name, value in vars(draft).items() if value not in ("", None, ()) and name != "details"}
    return "sheet:" + digest({**content, "details": dict(details)})


def _compared(session: Session, actor: Actor, head: Head, rows: Sequence[SheetRow]) -> list[SheetRow]:
    """The rows against each other and against what the laboratory has: the same again, and codes that are taken."""
    good = [row.checked for row in rows if row.checked]
    by_key = queries.numbers_by_key(session, actor, (one.key for one in good))
    by_code = queries.numbers_by_external(session, actor, (one.draft.external_number for one in good if one.draft.external_number))
    first_key: dict[str, int] = {}
    first_code: dict[str, int] = {}
    compared = []
    for row in rows:
        code = row.checked.draft.external_number if row.checked else _code_of(head, row.line)
        problem = _clash(row, code, first_key, first_code, {} if row.checked and row.checked.key in by_key else by_code)
        if row.checked:
            first_key.setdefault(row.checked.key, row.line.number)
        if code:
            first_code.setdefault(code, row.line.number)
        known = by_key.get(row.checked.key, "") if row.checked and not problem else ""
        compared.append(replace(row, problems=(*row.problems, problem), checked=None) if problem else replace(row, known=known))
    return compared


def _code_of(head: Head, line: Line) -> str:
    place = next((place for place, one in head.fields.items() if one.code == "external_number"), None)
    return half_width(line.text(place)) if place is not None else ""


def _clash(
    row: SheetRow, code: str, first_key: Mapping[str, int], first_code: Mapping[str, int], taken: Mapping[str, str]
) -> Problem | None:
    if code and code in first_code:
        sentence = N_("Read %(read)s, which row %(row)s has already. Two tubes cannot share a code: look at both and correct one.")
        return Problem("external_number", sentence, {"read": code, "row": first_code[code]})
    if row.checked and row.checked.key in first_key:
        return Problem(
            "", N_("The row says the same as row %(row)s in every column. Delete one of them."), {"row": first_key[row.checked.key]}
        )
    if code and code in taken:
        sentence = N_("Read %(read)s, which sample %(number)s of this laboratory has already. Compare the tube with that sample.")
        return Problem("external_number", sentence, {"read": code, "number": taken[code]})
    return None
