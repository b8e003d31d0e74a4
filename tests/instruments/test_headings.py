"""Which row is a heading: by the demanded words, wherever they stand and however they are written."""

from __future__ import annotations

import pytest

from instruments.contract import note
from instruments.headings import Headings
from instruments.tables import Cell, Row

CT = Headings({"position": ("well", "well position"), "ct": ("ct", "cq"), "task": ("task",)}, ("ct", "position"))


def row(*texts: str, kind: str = "text") -> Row:
    return Row("line 1", {column: Cell(text, kind, f"line 1, {column}") for column, text in enumerate(texts) if text}, len(texts))  # type: ignore[arg-type]


@pytest.mark.parametrize("texts", [("Well", "Task", "CT"), ("ct", "", "WELL"), ("Ｃｔ", "Well Position"), ("Сt", "well")])
def test_a_row_with_every_demanded_word_is_the_heading(texts: tuple[str, ...]) -> None:
    found = CT.columns_of(row(*texts))
    assert found is not None and {"ct", "position"} <= set(found)


def test_the_first_of_two_alike_counts_and_the_first_word_of_a_meaning_goes_before_the_others() -> None:
    assert CT.columns_of(row("Ct", "Ct", "Well Position", "Well")) == {"ct": 0, "position": 3}


@pytest.mark.parametrize("texts", [("Well", "Task"), ("CT", "Task"), ("CT",), ("A1", "UNKNOWN", "23.4"), ()])
def test_a_row_without_a_demanded_word_is_none(texts: tuple[str, ...]) -> None:
    assert CT.columns_of(row(*texts)) is None


def test_a_row_that_cannot_be_trusted_is_none() -> None:
    whole = row("Well", "Ct")
    assert CT.columns_of(Row(whole.where, whole.cells, whole.width, note("torn", "The row is torn."))) is None


def test_where_nothing_is_demanded_every_row_tells_what_it_has() -> None:
    assert Headings({"ct": ("ct",)}, ()).columns_of(row("Ct", "x")) == {"ct": 0}
    assert Headings({"ct": ("ct",)}, ()).columns_of(row("x")) == {}
