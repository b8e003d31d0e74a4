"""The cells of one row of the form, read by the name of their column; what cannot be kept is told, never guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lims.rounds.exchange.problems import Finding
from lims.rounds.lifecycle.entering import plain
from lims.sheets.filled import has_control_characters
from lims.sheets.form import FormCell

LONGEST = {"value": 40, "expanded_u": 40, "k": 40, "internal_control": 40, "replicates": 400, "could_not_test": 400, "remark": 400}
MOST = 200
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True)
class Rules:
    """What a form is judged by besides its own identity: words that stand for codes, and the day."""

    today: date
    results: Mapping[str, str] = field(default_factory=dict)  # any word for a result -> its code
    methods: Mapping[str, str] = field(default_factory=dict)  # any name of a method -> its code


@dataclass
class RowCells:
    """One row: its cells by column name, where each column stands, and what was found about it."""

    row: int
    cells: Mapping[str, FormCell]
    places: Mapping[str, str]  # column name -> address
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def refuse(self, code: str, name: str, read: str = "", **values: str) -> None:
        """Tell a problem of one column."""
        self.problems.append(Finding(code, self.places[name], {"read": read, **values}))

    def note(self, code: str, name: str, read: str, **values: str) -> None:
        """Tell what was read otherwise than it stands there."""
        self.notes.append(Finding(code, self.places[name], {"read": read, **values}))

    def text(self, name: str, *, may_be_date: bool = False) -> str:
        """The trimmed text of a cell as it stands; empty where it cannot be read, with the reason told."""
        cell = self.cells.get(name)
        if cell is None:
            return ""
        text, limit = cell.text.strip(), LONGEST.get(name, MOST)
        if cell.is_formula:
            self.refuse("formula", name, text)
        elif cell.kind == "error":
            self.refuse("error_value", name, text)
        elif cell.kind == "date" and not may_be_date:
            self.refuse("turned_into_date", name, text)
        elif has_control_characters(text):
            self.refuse("control", name)
        elif len(text) > limit:
            self.refuse("too_long", name, str(len(text)), expected=str(limit))
        else:
            return text
        return ""

    def half(self, name: str) -> str:
        """The text of a cell for codes and numbers: full-width characters made half-width, and said so."""
        text = self.text(name)
        kept = plain(text)
        if kept != text:
            self.note("half_width", name, text, kept=kept)
        return kept

    def day(self, name: str, text: str) -> str:
        """A day as 2026-05-20 out of the usual ways to write one; the text itself where it is none."""
        found = _DAY.fullmatch(plain(text))
        try:
            kept = date(*map(int, found.groups())).isoformat() if found else text
        except ValueError:
            return text
        if kept != text:
            self.note("date_read", name, text, kept=kept)
        return kept


def is_day(text: str) -> bool:
    """Whether the text is a day as 2026-05-20."""
    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False
