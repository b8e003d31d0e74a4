"""Where a method may be used: every way of leaving the scope is told, and the two ends of its validity belong to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from lims.validation.scope import Scope, Use, content_of, decide, refused, scope_of

SCOPE = Scope(("CUSA", "CDCB"), ("NPS",), date(2027, 5, 1), ("tech1",), ("L1",), "Positives are confirmed", date(2026, 5, 1))
INSIDE = Use("CUSA", "NPS", date(2026, 8, 1), "tech1", "L1")


def test_a_use_within_the_scope_is_inside_and_carries_its_conditions():
    assert decide(SCOPE, INSIDE) == decide(SCOPE, replace(INSIDE, laboratory="CDCB"))
    assert (decide(SCOPE, INSIDE).is_inside, decide(SCOPE, INSIDE).conditions) == (True, "Positives are confirmed")


@pytest.mark.parametrize(
    ("laboratory", "matrix", "analyst", "lot", "on"),
    list(product(("CUSA", "CUSX"), ("NPS", "OPS"), ("tech1", ""), ("L1", "L9"), (date(2027, 5, 1), date(2027, 5, 2), date(2026, 4, 30)))),
)
def test_each_way_out_of_the_scope_is_named_and_no_other(laboratory: str, matrix: str, analyst: str, lot: str, on: date):
    expected = {
        *(["laboratory"] if laboratory == "CUSX" else []), *(["matrix"] if matrix == "OPS" else []), *([] if analyst else ["analyst"]),
        *(["lot"] if lot == "L9" else []), *(["valid_until"] if on > SCOPE.valid_until else []),
        *(["valid_from"] if on < date(2026, 5, 1) else []),
    }  # fmt: skip
    ruling = decide(SCOPE, Use(laboratory, matrix, on, analyst, lot))
    assert ({one.code for one in ruling.outside}, ruling.is_inside) == (expected, not expected)


def test_no_analyst_or_lot_named_means_any():
    anybody = replace(SCOPE, analysts=(), lots=())
    assert decide(anybody, replace(INSIDE, analyst="", lot="L77")).is_inside


def test_a_method_that_is_not_in_use_is_outside_whatever_the_use():
    assert [one.code for one in refused("withdrawn").outside] == ["not_in_use"]


def test_a_scope_goes_to_json_and_back_unchanged():
    assert scope_of(content_of(SCOPE)) == SCOPE
    assert scope_of(content_of(replace(SCOPE, valid_from=None))).valid_from is None
