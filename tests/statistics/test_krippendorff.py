"""Krippendorff's alpha: published figures of four levels of measurement, and what has no alpha."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.krippendorff import coincidences, krippendorff_alpha
from lims.statistics.outcome import NotCalculable

UNITS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2],
    [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip
RATINGS = st.integers(2, 4).flatmap(
    lambda r: st.lists(st.lists(st.one_of(st.none(), st.integers(1, 4)), min_size=r, max_size=r), min_size=1, max_size=10)
)
LEVELS = ["nominal", "ordinal", "interval", "ratio"]


@pytest.mark.assurance("R8")
@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_the_published_example_of_four_observers(level: str, alpha: float) -> None:
    assert krippendorff_alpha(UNITS, level) == pytest.approx(alpha, abs=0.0005)


def test_complete_data_of_three_raters_divide_by_two_and_not_by_one() -> None:
    ratings = [[1, 1, 2], [2, 2, 2], [1, 2, 3]]
    assert coincidences(ratings, [1, 2, 3]).sum() == 9
    # by hand: o_12 = 3 / 2, o_13 = o_23 = 1 / 2, twice each: 5 disagreeing pairs; n_k = 3, 5, 1 of n = 9
    assert krippendorff_alpha(ratings) == pytest.approx(1 - 8 * 5 / (81 - 9 - 25 - 1))


def test_the_order_of_words_is_given_by_the_list() -> None:
    words = [["weak", "strong"], ["weak", "weak"], ["none", "weak"], ["none", "none"], ["strong", "strong"]]
    numbers = [[{"none": 0, "weak": 1, "strong": 2}[word] for word in unit] for unit in words]
    assert krippendorff_alpha(words, "ordinal", ["none", "weak", "strong"]) == krippendorff_alpha(numbers, "ordinal")
    assert krippendorff_alpha(words, "ordinal") != krippendorff_alpha(numbers, "ordinal")


def test_what_has_no_alpha_says_why() -> None:
    assert krippendorff_alpha([[1, None], [None, 2]]) == NotCalculable("no_pairs")
    assert krippendorff_alpha([[7, 7], [7, 7]], "interval") == NotCalculable("one_category_only", {"category": 0, "n": 4})
    assert krippendorff_alpha([["a", "b"], ["a", "a"]], "interval") == NotCalculable("labels_not_numeric")
    assert krippendorff_alpha([[-1, 2], [2, 2]], "ratio") == NotCalculable("negative_values")
    assert krippendorff_alpha([]) == NotCalculable("no_pairs")


def test_ranks_of_words_come_from_the_order_that_is_stated_and_never_from_the_alphabet() -> None:
    words = [["low", "low"], ["middle", "high"], ["high", "high"], ["low", "middle"]]
    ranks = [[{"low": 1, "middle": 2, "high": 3}[word] for word in unit] for unit in words]
    assert krippendorff_alpha(words, "ordinal") == NotCalculable("order_missing", {"n": 3})
    assert krippendorff_alpha(words, "ordinal", ["low", "middle", "high"]) == krippendorff_alpha(ranks, "ordinal")
    assert isinstance(krippendorff_alpha(words), float)
    assert krippendorff_alpha([["a", "b"], ["a", "a"], ["b", "b"]], "ordinal") == krippendorff_alpha([["a", "b"], ["a", "a"], ["b", "b"]])


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="ordinal"):
        krippendorff_alpha(UNITS, "log")


def test_zero_and_zero_do_not_differ_on_the_ratio_scale() -> None:
    assert krippendorff_alpha([[0, 0], [1, 1]], "ratio") == 1.0


@given(RATINGS, st.sampled_from(LEVELS))
def test_alpha_is_finite_and_never_above_one(ratings: list[list[int | None]], level: str) -> None:
    found = krippendorff_alpha(ratings, level)
    assert isinstance(found, NotCalculable) or (math.isfinite(found) and found <= 1.0)


@given(RATINGS, st.integers(-50, 50), st.integers(1, 9))
def test_the_interval_level_knows_no_origin_and_no_unit(ratings: list[list[int | None]], origin: int, unit: int) -> None:
    moved = [[None if value is None else origin + unit * value for value in row] for row in ratings]
    found, other = krippendorff_alpha(ratings, "interval"), krippendorff_alpha(moved, "interval")
    assert other == (found if isinstance(found, NotCalculable) else pytest.approx(found, rel=1e-9, abs=1e-9))
    if isinstance(found, float):
        assert krippendorff_alpha(moved, "ordinal") == pytest.approx(krippendorff_alpha(ratings, "ordinal"), abs=1e-12)
