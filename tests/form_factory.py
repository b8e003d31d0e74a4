"""A result form as a laboratory fills it: opened, typed into and saved again by another program than ours."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from lims.db.session import Actor
from lims.rounds.models import Submission
from lims.rounds.service import exchange
from tests.round_factory import RIGHT, World

SHEET = "结果 Results"
LAB = "CDCB"


class FilledForm:
    """The workbook of a laboratory with its cells by field, item code and column heading."""

    def __init__(self, content: bytes) -> None:
        self.book: Workbook = load_workbook(BytesIO(content))
        self.sheet = self.book[SHEET]

    @property
    def heads_row(self) -> int:
        return next(row for row in range(1, self.sheet.max_row + 1) if str(self.sheet.cell(row, 1).value).split("\n")[-1] == "Sample")

    def codes(self) -> list[str]:
        rows = range(self.heads_row + 1, self.sheet.max_row + 1)
        return [str(self.sheet.cell(row, 1).value) for row in rows if self.sheet.cell(row, 1).value]

    def field(self, label: str) -> Any:
        """The cell to fill beside an English label."""
        found = [row for row in range(1, self.heads_row) if str(self.sheet.cell(row, 1).value or "").endswith(label)]
        return self.sheet.cell(found[-1], 2)

    def cell(self, code: str, heading: str) -> Any:
        """The cell of an item below a heading, which may be given by its beginning in either language."""
        columns = [
            column for column in range(1, self.sheet.max_column + 1)
            if heading in str(self.sheet.cell(self.heads_row, column).value or "").split("\n")
        ]  # fmt: skip
        rows = [row for row in range(self.heads_row + 1, self.sheet.max_row + 1) if self.sheet.cell(row, 1).value == code]
        return self.sheet.cell(rows[0], columns[0])

    def fill(self, heading: str, values: dict[str, Any]) -> None:
        """One column by item code."""
        for code, value in values.items():
            self.cell(code, heading).value = value

    def head(self, **texts: Any) -> None:
        """Fields of the head by their English labels, blanks written as underscores."""
        for label, text in texts.items():
            self.field(label.replace("_", " ")).value = text

    def complete(self) -> None:
        """What the head needs."""
        self.head(Method="QRTPCR", Test_date="2026-05-04")
        self.field("no result was exchanged").value = "是 yes"

    def bytes(self) -> bytes:
        buffer = BytesIO()
        self.book.save(buffer)
        return buffer.getvalue()


def technician(world: World, lab: str = LAB) -> Actor:
    return world.labs[lab]["technician"]


def form_of(world: World, lab: str = LAB) -> FilledForm:
    return FilledForm(exchange.offline_form(technician(world, lab), world.round_id)[1])


def answered(world: World, lab: str = LAB) -> FilledForm:
    """A form without a mistake."""
    form, numbers = form_of(world, lab), world.numbers(lab)
    form.complete()
    if world.scoring.kind == "qualitative":
        form.fill("Result", {code: RIGHT[number] for code, number in numbers.items()})
        return form
    form.fill("Value", {code: f"4.{number}0" for code, number in numbers.items()})
    return form


def judged(world: World, form: FilledForm | bytes, lab: str = LAB) -> exchange.Judged:
    content = form if isinstance(form, bytes) else form.bytes()
    return exchange.judge_form(technician(world, lab), world.round_id, "form.xlsx", content)


def accepted(world: World, form: FilledForm | bytes, lab: str = LAB, base: int | None = None) -> tuple[exchange.Judged, Submission | None]:
    content, base = form if isinstance(form, bytes) else form.bytes(), world.version(lab) if base is None else base
    return exchange.accept_form(technician(world, lab), world.round_id, "form.xlsx", content, base)
