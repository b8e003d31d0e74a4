"""Kappa pooled over tables: by hand, what is left out, and the test of equal kappas."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.pooled_kappa import pooled_kappa

ONE, OTHER = [[20, 5], [10, 15]], [[40, 5], [5, 50]]
TABLE = st.lists(st.lists(st.integers(0, 12), min_size=2, max_size=2), min_size=2, max_size=2)


def test_two_tables_are_weighed_by_their_precision() -> None:
    found, parts = pooled_kappa([ONE, OTHER]), [cohen_kappa(ONE), cohen_kappa(OTHER)]
    weights = [1 / part.ase**2 for part in parts]
    kappa = sum(w * part.kappa for w, part in zip(weights, parts, strict=True)) / sum(weights)
    assert (found.kappa, found.se) == pytest.approx((kappa, 1 / math.sqrt(sum(weights))))
    assert found.chi2 == pytest.approx((parts[0].kappa - parts[1].kappa) ** 2 / (parts[0].ase ** 2 + parts[1].ase ** 2))
    assert (found.df, found.p_equal) == (1, pytest.approx(stats.chi2.sf(found.chi2, 1)))


def test_the_example_of_the_description() -> None:
    found = pooled_kappa([ONE, OTHER])
    assert [(one.kappa, one.ase) for one in found.tables] == [
        pytest.approx((0.400, 0.1270), abs=5e-4),
        pytest.approx((0.798, 0.0606), abs=5e-4),
    ]
    assert (found.kappa, found.se, found.chi2) == pytest.approx((0.724, 0.0547, 8.00), abs=5e-4)


def test_tables_with_unequal_kappas_say_so() -> None:
    assert pooled_kappa([ONE, OTHER]).p_equal < 0.01
    assert pooled_kappa([ONE, ONE]).p_equal == pytest.approx(1.0)


def test_adding_the_counts_is_another_estimate() -> None:
    found = pooled_kappa([ONE, OTHER])
    assert found.summed == cohen_kappa(np.add(ONE, OTHER))
    assert found.summed.kappa != pytest.approx(found.kappa, abs=0.01)


def test_weighing_by_pairs_keeps_a_perfect_table() -> None:
    perfect = [[10, 0], [0, 10]]
    precise, even = pooled_kappa([ONE, perfect]), pooled_kappa([ONE, perfect], pooling="pairs")
    assert precise.left_out == ((1, NotCalculable("standard_error_zero", {"n": 20})),)
    assert precise.kappa == pytest.approx(cohen_kappa(ONE).kappa)
    assert even.left_out == () and even.kappa == pytest.approx((50 * cohen_kappa(ONE).kappa + 20) / 70)
    assert even.se == pytest.approx(50 * cohen_kappa(ONE).ase / 70)


def test_a_table_without_kappa_is_left_out_with_its_reason() -> None:
    found = pooled_kappa([[[9, 0], [0, 0]], ONE])
    assert found.left_out == ((0, NotCalculable("one_category_only", {"category": 0, "n": 9})),)
    assert found.kappa == pytest.approx(cohen_kappa(ONE).kappa)
    assert found.chi2 == found.p_equal == NotCalculable("no_degrees_of_freedom")
    alone = pooled_kappa([[[9, 0], [0, 0]]])
    assert alone.kappa == alone.interval == alone.left_out[0][1]


@pytest.mark.parametrize(("tables", "pooling"), [([], "pairs"), ([ONE, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]], "pairs"), ([ONE], "sum")])
def test_impossible_calls_are_refused(tables: list[list[list[int]]], pooling: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        pooled_kappa(tables, pooling=pooling)


@given(st.lists(TABLE, min_size=1, max_size=6), st.sampled_from(["inverse_variance", "pairs"]))
def test_the_pooled_kappa_lies_between_its_tables_in_any_order(tables: list[list[list[int]]], pooling: str) -> None:
    found, turned = pooled_kappa(tables, pooling=pooling), pooled_kappa(tables[::-1], pooling=pooling)
    left = {position for position, _ in found.left_out}
    kappas = [table.kappa for position, table in enumerate(found.tables) if position not in left]
    if not kappas:
        assert isinstance(found.kappa, NotCalculable)
        return
    assert min(kappas) - 1e-12 <= found.kappa <= max(kappas) + 1e-12
    assert (turned.kappa, turned.se, turned.chi2) == (found.kappa, found.se, found.chi2)
    assert -1 <= found.interval.lower <= found.interval.upper <= 1


def test_perfect_agreement_of_three_categories_has_no_inverse_variance() -> None:
    found = pooled_kappa([[[1, 0, 0], [0, 6, 0], [0, 0, 15]], [[11, 3, 0], [2, 14, 4], [0, 3, 13]]])
    assert found.left_out == ((0, NotCalculable("standard_error_zero", {"n": 22})),)
    assert found.kappa == pytest.approx(0.6355, abs=5e-5)
