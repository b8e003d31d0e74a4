"""ROC areas with DeLong's variance: degenerate groups, ties, and comparison with counting all pairs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import shipped_cases
from lims.statistics.roc import PairedRoc, Roc, compare_roc, roc

PAIRED = next(case for case in shipped_cases() if case["id"] == "roc-compare-2")["input"]
GROUPS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 9)), min_size=4, max_size=25)


def computed(label: list[int], score: list[float], **options: bool) -> Roc:
    found = roc(label, score, **options)
    assert isinstance(found, Roc)
    return found


@pytest.mark.assurance("R8")
def test_s100b_of_asah_gives_the_published_area_and_interval() -> None:
    found = computed(PAIRED["label"], PAIRED["score1"])
    assert isinstance(found.interval, Interval)
    assert (found.auc, found.interval.lower, found.interval.upper) == pytest.approx((0.7314, 0.6301, 0.8326), abs=5e-5)
    assert (found.positives, found.negatives) == (41, 72)


def test_perfect_separation_has_an_interval_without_information() -> None:
    found = computed([0, 0, 1, 1], [1, 2, 3, 4])
    assert (found.auc, found.variance, found.interval) == (1.0, 0.0, Interval(1.0, 1.0, 0.95))
    assert not found.is_interval_informative and found.cut_offs == (3.0,)


def test_all_scores_equal_tell_nothing() -> None:
    found = computed([0, 1, 0, 1], [5, 5, 5, 5])
    assert (found.auc, found.variance, found.youden_best) == (0.5, 0.0, 0.0)


def test_one_group_only_is_a_reason_and_one_item_a_group_gives_the_area_alone() -> None:
    assert roc([1, 1], [1, 2]) == NotCalculable("no_reference_negatives")
    assert roc([0, 0], [1, 2]) == NotCalculable("no_reference_positives")
    assert roc([], []) == NotCalculable("too_few_values", {"n": 0, "least": 1})
    alone = computed([0, 0, 1], [1, 2, 1.5])
    assert alone.auc == 0.5 and isinstance(alone.variance, NotCalculable) and isinstance(alone.interval, NotCalculable)
    with pytest.raises(ValueError, match="label"):
        roc([0, 2], [1, 2])


def test_a_lower_ct_speaks_for_positive_when_said_so() -> None:
    label, ct = [1, 1, 1, 0, 0, 0], [20.0, 25.0, 33.0, 32.0, 38.0, 40.0]
    found = computed(label, ct, higher_is_positive=False)
    assert found.auc == pytest.approx(8 / 9) and found.cut_offs == (25.0, 33.0)
    assert computed(label, ct).auc == pytest.approx(1 / 9)


def test_the_interval_is_cut_at_one() -> None:
    found = computed([0, 0, 0, 1, 1, 1], [1, 2, 4, 3, 5, 6])
    assert isinstance(found.interval, Interval) and found.interval.upper == 1.0


def test_a_score_against_itself_has_no_test() -> None:
    found = compare_roc(PAIRED["label"], PAIRED["score1"], [2 * score for score in PAIRED["score1"]])
    assert isinstance(found, PairedRoc)
    assert (found.difference, found.standard_error, found.z) == (0.0, 0.0, NotCalculable("differences_zero"))


def test_exchanging_the_scores_turns_the_sign_of_z() -> None:
    one = compare_roc(PAIRED["label"], PAIRED["score1"], PAIRED["score2"])
    other = compare_roc(PAIRED["label"], PAIRED["score2"], PAIRED["score1"])
    assert isinstance(one, PairedRoc) and isinstance(other, PairedRoc)
    assert isinstance(one.z, float) and other.z == -one.z and one.p == other.p


@given(GROUPS)
def test_the_area_is_the_share_of_pairs_in_order_and_j_that_of_the_best_cut(items: list[tuple[int, int]]) -> None:
    label, score = [group for group, _ in items], [float(value) for _, value in items]
    positives = [value for group, value in items if group]
    negatives = [value for group, value in items if not group]
    assume(positives and negatives)
    found = computed(label, score)
    wins = sum(1.0 if p > n else 0.5 if p == n else 0.0 for p, n in itertools.product(positives, negatives))
    assert found.auc == pytest.approx(wins / (len(positives) * len(negatives)))
    j = max(np.mean(np.array(positives) >= cut) - np.mean(np.array(negatives) >= cut) for cut in score)
    assert found.youden_best == pytest.approx(j)


@given(GROUPS, st.randoms(use_true_random=False))
def test_order_and_any_rising_scale_do_not_matter(items: list[tuple[int, int]], random) -> None:
    found = roc([group for group, _ in items], [float(value) for _, value in items])
    random.shuffle(items)
    again = roc([group for group, _ in items], [float(value) for _, value in items])
    assert again == found
    stretched = roc([group for group, _ in items], [float(value) ** 3 for _, value in items])
    if isinstance(found, Roc):
        assert isinstance(stretched, Roc) and (stretched.auc, stretched.variance) == (found.auc, found.variance)
