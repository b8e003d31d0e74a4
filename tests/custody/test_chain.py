"""The check for a gap finds one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lims.custody.lifecycle.chain import Step, gaps

START = datetime(2026, 5, 22, 8, 0, tzinfo=UTC)


def way(*moves: tuple[str, str], person: str = "Technician 1", minutes: int = 5) -> list[Step]:
    return [Step(after or "note", before, after, START + timedelta(minutes=minutes * n), person) for n, (before, after) in enumerate(moves)]


GOOD = (("", "registered"), ("registered", "received"), ("", ""), ("received", "accepted"))


def test_an_unbroken_way_has_no_gap():
    assert gaps(way(*GOOD), "accepted") == []


@pytest.mark.parametrize(
    ("steps", "status", "expected"),
    [
        ([], "registered", [0]),
        (way(*GOOD[1:]), "accepted", [0]),
        (way(GOOD[0], GOOD[3]), "accepted", [1]),
        (way(GOOD[0], ("registered", "reported")), "reported", [1]),
        (way(*GOOD), "tested", [4]),
        (way(*GOOD, person=""), "accepted", [0, 1, 2, 3]),
        (way(*GOOD, minutes=-5), "accepted", [1, 2, 3]),
    ],
)
def test_a_gap_is_found_where_it_is(steps: list[Step], status: str, expected: list[int]):
    assert gaps(steps, status) == expected
