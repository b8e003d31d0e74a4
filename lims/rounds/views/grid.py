"""The grid of items: drafts as rows of plain inputs and back, kept as typed after an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lims.marks import N_
from lims.rounds.lifecycle.entering import NUMBER, plain
from lims.rounds.models import PTItem
from lims.rounds.report.terms import RESULT_CODES
from lims.rounds.service import ItemDraft
from lims.web.language import _

MOST = 20
FEWEST = 6
EXPECTED = ("POS", "WPOS", "IND", "NEG", "DET", "ND")
COLUMNS = (
    ("use", N_("Use"), ""), ("expected_code", N_("Expected"), ""), ("is_strong", N_("Strong positive"), ""), ("x_pt", "x(pt)", ""),
    ("expanded_u_x_pt", "U(x(pt))", ""), ("k_x_pt", "k", ""), ("sigma_pt", "σ(pt)", N_("own")), ("weight", N_("Weight"), ""),
    ("level_zh", N_("Level (Chinese)"), ""), ("level_en", N_("Level (English)"), ""),
)  # fmt: skip
NUMBERS = ("x_pt", "expanded_u_x_pt", "k_x_pt", "sigma_pt", "weight")
DEFAULTS = {"k_x_pt": Decimal("2"), "weight": Decimal("1")}


@dataclass
class Grid:
    """What was typed, by row, with the sentence of each row that cannot be read."""

    rows: dict[int, dict[str, str]] = field(default_factory=dict)
    problems: dict[int, tuple[str, str]] = field(default_factory=dict)  # number -> column, sentence

    def drafts(self) -> tuple[ItemDraft, ...]:
        """The items of the rows in use; rows that cannot be read are told in ``problems``."""
        found = []
        for number, row in sorted(self.rows.items()):
            if any(row.values()):
                draft = self._draft(number, row)
                found += [draft] if draft else []
        return tuple(found)

    def _draft(self, number: int, row: Mapping[str, str]) -> ItemDraft | None:
        read: dict[str, Any] = {}
        for name in NUMBERS:
            text = plain(row.get(name, ""))
            read[name] = Decimal(text) if NUMBER.fullmatch(text) else DEFAULTS.get(name)
            if text and not NUMBER.fullmatch(text):
                sentence = N_("Item %(number)s, %(column)s: read %(text)s, expected a number such as 4.50.")
                sentence = _(sentence, number=number, column=label(name), text=text)
                self.problems[number] = (name, sentence)
                return None
        code = row.get("expected_code", "")
        return ItemDraft(
            number=number, is_core=row.get("use", "") != "educational", expected_code=code if code in EXPECTED else None,
            is_strong=row.get("is_strong") == "yes", level_en=row.get("level_en", ""), level_zh=row.get("level_zh", ""), **read,
        )  # fmt: skip

    def table(self, *, is_readonly: bool = False) -> list[dict[str, Any]]:
        """The rows as the macro ``entry`` draws them."""
        last = max((number for number, row in self.rows.items() if any(row.values())), default=0)
        shown = last if is_readonly else min(max(last + 2, FEWEST), MOST)
        return [self._row(number, is_readonly) for number in range(1, shown + 1)]

    def _row(self, number: int, is_readonly: bool) -> dict[str, Any]:
        typed = self.rows.get(number, {})
        column, sentence = self.problems.get(number, ("", ""))
        cells = [
            _cell(number, name, typed.get(name, ""), is_wrong=name == column, is_readonly=is_readonly) for name, _label, _unit in COLUMNS
        ]
        return {"head": str(number), "cells": cells, "message": ("error", sentence) if sentence else None}


def label(name: str) -> str:
    """The column's name in the reader's language."""
    return next(_(words) for code, words, _unit in COLUMNS if code == name)


def columns() -> list[tuple[str, str]]:
    """The heads of the grid."""
    return [(_(words), _(unit) if unit else "") for _name, words, unit in COLUMNS]


def typed_grid(form: Mapping[str, str]) -> Grid:
    """The grid out of a posted form."""
    names = [name for name, _label, _unit in COLUMNS]
    return Grid({number: {name: str(form.get(cell_name(number, name), "")).strip() for name in names} for number in range(1, MOST + 1)})


def kept_grid(items: Sequence[PTItem]) -> Grid:
    """The grid of the items as they are kept."""
    return Grid({item.number: _texts(item) for item in items})


def first_grid(count: int) -> Grid:
    """An empty grid with ``count`` core items."""
    return Grid({number: {"use": "core"} for number in range(1, count + 1)})


def design_of(items: Sequence[PTItem]) -> Grid:
    """Number, use, weight and own limit of the items; nothing that tells the truth."""
    kept = ("use", "weight", "sigma_pt")
    return Grid({item.number: {name: text for name, text in _texts(item).items() if name in kept} for item in items})


def cell_name(number: int, name: str) -> str:
    """The name of an input in the form."""
    return f"item-{number}-{name}"


def _texts(item: PTItem) -> dict[str, str]:
    texts = {name: "" if getattr(item, name) is None else format(getattr(item, name), "f") for name in NUMBERS}
    return {
        **texts, "use": "core" if item.is_core else "educational", "expected_code": item.expected_code or "",
        "is_strong": "yes" if item.is_strong else "", "level_en": item.level_en, "level_zh": item.level_zh,
    }  # fmt: skip


def _cell(number: int, name: str, value: str, *, is_wrong: bool, is_readonly: bool) -> dict[str, Any]:
    options = {
        "use": [("", "–"), ("core", _("core")), ("educational", _("educational"))],
        "expected_code": [("", "–"), *((code, _(RESULT_CODES[code])) for code in EXPECTED)],
        "is_strong": [("", "–"), ("yes", _("yes"))],
    }.get(name)
    shown = dict(options).get(value, value) if options and is_readonly else value
    return {
        "name": cell_name(number, name), "value": shown, "state": "err" if is_wrong else None, "readonly": is_readonly,
        "numeric": name in NUMBERS, "options": options,
    }  # fmt: skip
