"""Full-width signs become plain; nothing else becomes a digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.width import half_width


@pytest.mark.parametrize(
    ("typed", "read"), [("１２．５", "12.5"), ("−１９", "-19"), ("ＣＴ\u3000３０", "CT 30"), ("＜５", "<5"), ("阳性", "阳性")],
)  # fmt: skip
def test_full_width_letters_digits_signs_and_blanks_become_plain(typed: str, read: str) -> None:
    assert half_width(typed) == read


@pytest.mark.parametrize("text", ["10⁵", "4.5²", "①", "½", "㎎", "Ⅳ"])
def test_a_raised_or_circled_digit_stays_what_it_is(text: str) -> None:
    assert half_width(text) == text


@given(st.text())
def test_no_character_is_lost_and_plain_text_stays(text: str) -> None:
    assert len(half_width(text)) == len(text)
    assert half_width(half_width(text)) == half_width(text)
