"""Intervals of pooled agreement are drawn over items: pairs that share an item do not make it narrower."""

from __future__ import annotations

import numpy as np
import pytest

from lims.statistics.cluster_bootstrap import clustered_agreement
from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable

POSITIVE = [[[6, 0], [0, 0]], [[2, 0], [4, 0]], [[6, 0], [0, 0]], [[5, 0], [1, 0]]]
NEGATIVE = [[[0, 0], [0, 6]], [[0, 3], [0, 3]], [[0, 0], [0, 6]]]
PANEL, STRATA = [*POSITIVE, *NEGATIVE], ["positive"] * 4 + ["negative"] * 3


def test_the_same_items_in_another_order_give_the_same_intervals_and_the_seed_is_recorded() -> None:
    found = clustered_agreement(PANEL, STRATA)
    again = clustered_agreement(PANEL[::-1], STRATA[::-1])
    assert found == again and (found.items, found.replicates, found.seed) == (7, 2000, 20220613)


def test_an_example_counted_out_over_all_draws() -> None:
    """Four items of one stratum, 3, 2, 3 and 1 agreements of 3: the replicates run over the 35 ways to draw four of four."""
    tables = [[[3, 0], [0, 0]], [[2, 0], [1, 0]], [[3, 0], [0, 0]], [[1, 0], [2, 0]]]
    found = clustered_agreement(tables, ["positive"] * 4, replicates=20000).po
    shares = np.array([3, 2, 3, 1]) / 3
    draws = np.array(np.meshgrid(*[shares] * 4)).reshape(4, -1).mean(axis=0)
    expected = np.quantile(draws, [0.025, 0.975], method="inverted_cdf")
    assert isinstance(found, Interval) and [found.lower, found.upper] == pytest.approx(expected, abs=0.084)


def test_twice_as_many_laboratories_of_the_same_kind_make_no_interval_narrower() -> None:
    once, twice = (clustered_agreement([(np.array(table) * n).tolist() for table in PANEL], STRATA) for n in (1, 2))
    assert (once.po, once.ppa, once.npa, once.kappa) == (twice.po, twice.ppa, twice.npa, twice.kappa)


def test_the_strata_keep_the_composition_of_the_panel() -> None:
    found = clustered_agreement([*POSITIVE, [[0, 0], [0, 6]], [[0, 0], [0, 6]]], ["p"] * 4 + ["n"] * 2)
    assert (found.degenerate, found.constant) == (0, 0)
    assert found.npa == Interval(1.0, 1.0, 0.95)


def test_one_item_of_a_stratum_gives_no_interval_but_a_reason() -> None:
    found = clustered_agreement(PANEL[:5], STRATA[:5])
    assert found.kappa == NotCalculable("too_few_clusters", {"n": 1, "least": 2}) and found.replicates == 0


def test_three_categories_have_neither_ppa_nor_npa() -> None:
    found = clustered_agreement([np.eye(3, dtype=int).tolist()] * 3, ["a"] * 3)
    assert found.ppa == NotCalculable("not_two_by_two") and found.po == Interval(1.0, 1.0, 0.95)


def test_replicates_with_one_category_only_are_dropped_and_counted() -> None:
    tables = [[[5, 0], [0, 0]], [[5, 0], [0, 0]], [[0, 0], [0, 5]]]
    found = clustered_agreement(tables, ["one"] * 3)
    assert 400 < found.degenerate < 800 and isinstance(found.kappa, Interval)


@pytest.mark.parametrize("wrong", [{"tables": [], "strata": []}, {"tables": PANEL, "strata": ["a"]}])
def test_a_stratum_is_needed_for_each_item(wrong: dict[str, list[object]]) -> None:
    with pytest.raises(ValueError):
        clustered_agreement(**wrong)  # type: ignore[arg-type]


def test_a_third_category_has_ppa_and_npa_once_positive_and_negative_are_named() -> None:
    tables = [
        [[3, 0, 0], [0, 0, 0], [1, 0, 0]],
        [[2, 0, 0], [2, 0, 0], [0, 0, 0]],
        [[0, 0, 0], [0, 4, 0], [0, 0, 0]],
        [[0, 1, 0], [0, 3, 0], [0] * 3],
    ]
    strata = ["positive", "positive", "negative", "negative"]
    counted = clustered_agreement(tables, strata, positive=0, negative=1)
    left_out = clustered_agreement(tables, strata, positive=0, negative=1, others="left_out")
    assert counted.ppa == Interval(0.5, 0.75, 0.95)
    assert left_out.ppa == Interval(0.5, 1.0, 0.95)
    assert counted.npa == left_out.npa == Interval(0.75, 1.0, 0.95)
    assert (counted.po, counted.kappa, counted.seed) == (left_out.po, left_out.kappa, left_out.seed)
