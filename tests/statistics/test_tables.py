"""Paired tables of categories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.tables import as_counts, cross_table

CODES = ("POS", "WPOS", "NEG")
PAIRS = st.lists(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=30)


def test_rows_and_columns_follow_the_one_list_and_unused_categories_stay() -> None:
    assert cross_table(["POS", "NEG", "NEG"], ["POS", "POS", "POS"], CODES) == ((1, 0, 0), (0, 0, 0), (2, 0, 0))


def test_a_category_outside_the_list_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown: \\['IND'\\]"):
        cross_table(["POS"], ["IND"], CODES)
    with pytest.raises(ValueError, match="once"):
        cross_table(["POS"], ["POS"], ["POS", "POS"])


def test_unpaired_results_are_refused() -> None:
    with pytest.raises(ValueError, match="not 2 and 1"):
        cross_table(["POS", "NEG"], ["POS"], CODES)


@pytest.mark.parametrize("table", [[], [[1, 2]], [1, 2], [[1, -1], [0, 0]], [[0.5, 1], [1, 1]], [[float("nan"), 1], [1, 1]]])
def test_what_is_not_a_square_of_counts_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="square table|whole numbers"):
        as_counts(table)


@given(PAIRS)
def test_every_pair_is_counted_once_and_swapping_the_raters_transposes(pairs: list[tuple[str, str]]) -> None:
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    table = cross_table(first, second, CODES)
    assert sum(map(sum, table)) == len(pairs)
    assert cross_table(second, first, CODES) == tuple(zip(*table, strict=True))
