"""The check character, against the published example and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.samples.lifecycle.numbers import ALPHABET, check_character, clean_code, format_number, is_valid, looks_like_number

PAYLOADS = st.text(ALPHABET, min_size=2, max_size=30)


def test_the_check_character_of_the_published_example():
    # The Global Release Identifier A1-2425G-ABC1234002-M uses ISO 7064 MOD 37,36.
    assert check_character("A1-2425G-ABC1234002") == "M"


@given(PAYLOADS, st.data())
def test_any_single_wrong_character_is_found(payload: str, data: st.DataObject):
    whole = payload + check_character(payload)
    place = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.sampled_from([one for one in ALPHABET if one != whole[place]]))
    changed = whole[:place] + wrong + whole[place + 1 :]
    assert check_character(changed[:-1]) != changed[-1]


def swaps_missed(prefix: str) -> list[tuple[str, str]]:
    """The pairs whose swap after ``prefix`` the check character does not see."""
    pairs = [(a, b) for a in ALPHABET for b in ALPHABET if a < b]
    return [(a, b) for a, b in pairs if check_character(prefix + a + b) == check_character(prefix + b + a)]


def test_a_swap_of_two_neighbours_is_found_unless_they_follow_each_other_in_the_alphabet():
    # The 36 prefixes bring the calculation into each of its 36 states once: this is every swap there is.
    prefixes = {check_character(one): one for one in ALPHABET}
    assert len(prefixes) == 36
    missed = [pair for prefix in prefixes.values() for pair in swaps_missed(prefix)]
    assert len(missed) == 36
    assert {(ALPHABET.index(b) - ALPHABET.index(a)) % 36 for a, b in missed} == {1, 35}


@given(PAYLOADS, st.data())
def test_a_swap_of_characters_that_are_no_neighbours_in_the_alphabet_is_always_found(payload: str, data: st.DataObject):
    whole = payload + check_character(payload)
    place = data.draw(st.integers(0, len(whole) - 2))
    swapped = whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    if (ALPHABET.index(whole[place]) - ALPHABET.index(whole[place + 1])) % 36 not in (0, 1, 35):
        assert check_character(swapped[:-1]) != swapped[-1]


@given(st.integers(1, 2_000_000), st.integers(2000, 2099), st.sampled_from(["TRV", "FOD", "ENV"]))
def test_every_number_given_out_is_valid_and_no_neighbour_is(serial: int, year: int, kind: str):
    number = format_number("CDC1", year, kind, serial)
    assert is_valid(number)
    assert number.startswith(f"CDC1-{year % 100:02d}-{kind}-{serial:06d}-")
    assert number[:-1] != format_number("CDC1", year, kind, serial + 1)[:-1]


@pytest.mark.parametrize("code", ["0041829", "CDC1-26-TRV-000123", "cdc1-26-trv-000123-F", "CDC1-26-TRV-000123-O0", "", "H7XQ3D"])
def test_what_is_no_own_number_does_not_look_like_one(code: str):
    assert not looks_like_number(code)
    assert not is_valid(code)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("００４１８２９", "0041829"), (" 0041829\r", "0041829"), ("ＣＤＣ１－２６－ＴＲＶ－０００１２３－Ｆ", "CDC1-26-TRV-000123-F"),
        ("CDC1–26–TRV–000123–F", "CDC1-26-TRV-000123-F"), ("a B", "a B"), ("№ 5²", "№ 5²"),
    ],
)  # fmt: skip
def test_a_scanned_code_is_normalised_and_keeps_its_zeros(typed: str, clean: str):
    assert clean_code(typed) == clean
