"""Blind codes: unique, random, readable, telling nothing."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.rounds.lifecycle.codes import ALPHABET, draw_codes


@pytest.mark.assurance("C1")
@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32))
def test_codes_are_unique_and_have_no_look_alikes(n_participants: int, n_items: int, seed: int) -> None:
    names = [f"laboratory {index}" for index in range(n_participants)]
    draw = draw_codes(names, range(1, n_items + 1), source=Random(seed))
    codes = [item.code for item in draw.items]
    assert len(set(codes)) == n_participants * n_items
    assert len(set(draw.participant_codes.values())) == n_participants
    assert all(len(code) == 6 for code in codes) and all(len(code) == 3 for code in draw.participant_codes.values())
    assert not set("0O1IL") & set("".join([*codes, *draw.participant_codes.values()]))
    for name in names:
        own = [item for item in draw.items if item.participant == name]
        assert sorted(item.item_number for item in own) == list(range(1, n_items + 1))
        assert [item.position for item in own] == list(range(1, n_items + 1))
        assert [item.code for item in own] == sorted(item.code for item in own)


@pytest.mark.assurance("C1")
def test_two_draws_differ_and_the_place_in_the_list_does_not_follow_the_item() -> None:
    first, second = draw_codes(["a", "b"], [1, 2, 3]), draw_codes(["a", "b"], [1, 2, 3])
    assert {item.code for item in first.items}.isdisjoint(item.code for item in second.items)
    at_place_one = [0, 0, 0, 0, 0]
    for seed in range(2000):
        items = draw_codes(["a"], [1, 2, 3, 4, 5], source=Random(seed)).items
        at_place_one[next(item.item_number for item in items if item.position == 1) - 1] += 1
    assert all(320 < count < 480 for count in at_place_one)


def test_taken_codes_do_not_come_out_again() -> None:
    taken = {a + b + c for a in ALPHABET[:20] for b in ALPHABET for c in ALPHABET[:20]}
    draw = draw_codes([str(index) for index in range(50)], [1], taken_participant_codes=taken, source=Random(7))
    assert not taken & set(draw.participant_codes.values())


def test_a_name_twice_or_too_many_codes_are_refused() -> None:
    with pytest.raises(ValueError, match="named once"):
        draw_codes(["a", "a"], [1])
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw_codes([str(index) for index in range(15000)], [1])
