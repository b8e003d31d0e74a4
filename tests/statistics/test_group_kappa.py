"""Kappa between two groups of laboratories: by hand, its two-laboratory case, divided groups, and the jackknife."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.group_kappa import GroupKappa, group_kappa
from lims.statistics.intervals import Interval
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.tables import cross_table

ITEM = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
GROUPS = st.lists(st.tuples(ITEM, ITEM), min_size=1, max_size=12)


def split(items: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    return [one for one, _ in items], [other for _, other in items]


def test_three_items_by_hand() -> None:
    found = group_kappa([[2, 0], [1, 1], [0, 2]], [[2, 0], [0, 2], [0, 2]])
    assert (found.po, found.pe, found.reachable) == pytest.approx((5 / 6, 1 / 2, 1.0))
    assert found.kappa.value == found.kappa_pairs.value == pytest.approx(2 / 3)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=20), st.sampled_from(["unweighted", "linear"])
)
def test_one_laboratory_on_each_side_gives_cohens_kappa(pairs: list[tuple[str, str]], weights: str) -> None:
    counts = [[[int(label == category) for category in "abc"] for label in side] for side in zip(*pairs, strict=True)]
    found, kappa = group_kappa(*counts, weights=weights), cohen_kappa(cross_table(*zip(*pairs, strict=True), "abc"), weights)
    if kappa.reason is not None and kappa.reason.code == "one_category_only":
        assert isinstance(found.kappa.value, NotCalculable)
    else:
        assert found.kappa.value == pytest.approx(kappa.kappa, abs=1e-9)
        assert found.kappa_pairs.value == pytest.approx(kappa.kappa, abs=1e-9)


def test_groups_divided_alike_agree_as_well_as_they_can() -> None:
    counts = [[4, 0], [3, 1], [1, 3], [0, 4], [4, 0]]
    found = group_kappa(counts, counts)
    assert found.kappa.value == pytest.approx(1.0)
    assert found.kappa_pairs.value < 0.8


def test_items_that_one_group_did_not_rate_are_left_out() -> None:
    whole = group_kappa([[2, 0], [1, 1], [0, 2], [0, 0]], [[2, 0], [0, 2], [0, 2], [2, 0]])
    assert (whole.items, whole.items_left_out) == (3, 1)


def test_what_has_no_group_kappa_says_why() -> None:
    assert group_kappa([], []).kappa.value == NotCalculable("no_pairs")
    assert group_kappa([[0, 0]], [[1, 1]]).po == NotCalculable("no_pairs")
    one = group_kappa([[3, 0], [2, 0]], [[2, 0], [2, 0]])
    assert one.kappa.value == one.kappa.interval == NotCalculable("one_category_only", {"category": 0, "n": 2})
    few = group_kappa([[2, 0], [0, 2]], [[2, 0], [0, 2]])
    assert few.kappa.value == 1.0 and few.kappa.interval == NotCalculable("too_few_values", {"n": 2, "least": 3})
    lone = group_kappa([[2, 0], [2, 0], [0, 2]], [[2, 0], [2, 0], [0, 2]])
    assert lone.kappa.value == 1.0 and lone.kappa.se == NotCalculable("one_category_only", {"category": 0, "n": 2})


@pytest.mark.parametrize(("first", "second"), [([[1, 1]], [[1, 1], [2, 0]]), ([[1, -1]], [[1, 1]]), ([[0.5, 1]], [[1, 1]])])
def test_impossible_counts_are_refused(first: list[list[float]], second: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="items"):
        group_kappa(first, second)


@given(GROUPS)
def test_exchanging_the_groups_and_the_items_changes_nothing(items: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
    found, turned = group_kappa(*split(items)), group_kappa(*split(items)[::-1])
    assert group_kappa(*split(items[::-1])) == found
    if isinstance(found.kappa.value, float):
        assert turned.kappa.value == pytest.approx(found.kappa.value, abs=1e-9)
        assert turned.kappa_pairs.value == pytest.approx(found.kappa_pairs.value, abs=1e-9)


@given(GROUPS)
def test_every_number_is_finite_and_kappa_is_at_most_one(items: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> None:
    found = group_kappa(*split(items))
    for one in (found.kappa, found.kappa_pairs):
        assert all(isinstance(value, NotCalculable) or math.isfinite(value) for value in (one.value, one.se))
        if isinstance(one.value, float):
            assert one.value <= 1.0 + 1e-9
        if isinstance(one.interval, Interval):
            assert one.interval.lower <= one.interval.upper <= 1.0


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_the_standard_error_is_that_of_leaving_out_one_item_at_a_time(seed: int) -> None:
    chance = np.random.default_rng(seed)
    share = chance.random(15)
    counts = [[[int(x), 4 - int(x)] for x in chance.binomial(4, share)] for _ in range(2)]
    found = group_kappa(*counts)
    if not isinstance(found.kappa.se, float):
        return
    left: list[GroupKappa] = [group_kappa(*(side[:i] + side[i + 1 :] for side in counts)) for i in range(15)]
    values = np.array([one.kappa.value for one in left])
    assert found.kappa.se == pytest.approx(math.sqrt(14 / 15 * float(((values - values.mean()) ** 2).sum())), rel=1e-6, abs=1e-9)
