"""The grid of items: a number is read as one, or refused with its row; never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from lims.rounds.views.grid import Grid


@pytest.mark.parametrize(("typed", "read"), [("4.50", "4.50"), ("１２．５", "12.5"), ("−0.3", "-0.3"), ("1e-6", "0.000001"), ("", None)])
def test_a_number_keeps_its_digits(app: Flask, typed: str, read: str | None) -> None:
    with app.test_request_context():
        grid = Grid({1: {"x_pt": typed, "use": "core"}})
        (draft,) = grid.drafts()
    assert (draft.x_pt, grid.problems) == (None if read is None else Decimal(read), {})
    assert (draft.k_x_pt, draft.weight) == (Decimal("2"), Decimal("1"))


@pytest.mark.parametrize("typed", ["12,000", "4,5", "1_0", "10⁵", "1e999", "nan", "five"])
def test_what_could_be_two_numbers_or_none_is_refused_with_its_row(app: Flask, typed: str) -> None:
    with app.test_request_context():
        grid = Grid({2: {"x_pt": typed}})
        assert grid.drafts() == ()
    assert grid.problems[2][0] == "x_pt" and typed in grid.problems[2][1]
