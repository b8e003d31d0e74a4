"""Kappa by category: Fleiss' patients, collapsed tables, and the reasons."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from lims.statistics.category_kappa import category_kappas, fleiss_kappa
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable

# Fleiss 1971, Table 1: 30 patients, 6 psychiatrists, 5 diagnoses
PATIENTS = [
    "00060", "03003", "01401", "00006", "03030", "20400", "00402", "20310", "20040", "00006", "10050", "11040", "03300", "10050", "02031",
    "00501", "30012", "51000", "02040", "10203", "00006", "01050", "02013", "20040", "10041", "05010", "40002", "02040", "10500", "00006",
]  # fmt: skip
COUNTS = [[int(digit) for digit in patient] for patient in PATIENTS]
UNITS = st.integers(2, 6).flatmap(lambda m: st.lists(st.lists(st.integers(0, 2), min_size=m, max_size=m), min_size=1, max_size=15))


def counted(ratings: list[list[int]]) -> list[list[int]]:
    return [[unit.count(category) for category in range(3)] for unit in ratings]


@pytest.mark.assurance("R8")
def test_the_patients_of_fleiss_agree_as_he_published() -> None:
    found = fleiss_kappa(COUNTS)
    assert (found.units, found.ratings) == (30, 6)
    assert (found.po, found.pe, found.kappa) == pytest.approx((0.5556, 0.2199, 0.430), abs=0.0006)
    assert [one.kappa for one in found.by_category] == pytest.approx([0.245, 0.245, 0.520, 0.471, 0.566], abs=0.0006)
    assert found.z == pytest.approx(17.652, abs=0.001) and found.by_category[0].z == pytest.approx(5.192, abs=0.001)


def test_kappa_is_the_mean_of_the_category_kappas_weighted_by_their_spread() -> None:
    found = fleiss_kappa(COUNTS)
    p = np.array(COUNTS).sum(axis=0) / 180
    assert float((p * (1 - p)) @ [one.kappa for one in found.by_category] / (p * (1 - p)).sum()) == pytest.approx(found.kappa)


def test_an_unused_category_has_no_kappa_of_its_own() -> None:
    found = fleiss_kappa([[2, 0, 1], [0, 0, 3], [3, 0, 0]])
    assert found.by_category[1].kappa == NotCalculable("one_category_only", {"category": 1, "n": 3})
    assert isinstance(found.kappa, float) and isinstance(found.z, float)


def test_units_rated_unequally_often_have_kappa_but_no_test() -> None:
    found = fleiss_kappa([[2, 1], [0, 2], [3, 0], [1, 0]])
    assert found.ratings is None and isinstance(found.kappa, float)
    assert found.z == found.se0 == found.by_category[0].kappa == NotCalculable("unequal_ratings", {"least": 1, "most": 3})
    assert found.unit_agreement[3] == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_what_has_no_fleiss_kappa_says_why() -> None:
    assert fleiss_kappa([]).kappa == fleiss_kappa([[1, 0], [0, 1]]).kappa == NotCalculable("no_pairs")
    assert fleiss_kappa([[0, 4], [0, 4]]).kappa == NotCalculable("one_category_only", {"category": 1, "n": 2})


@pytest.mark.parametrize("counts", [[[1, -1]], [[0.5, 1.5]], [1, 2], [[math.nan, 1.0]]])
def test_only_whole_counts_are_taken(counts: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="whole counts"):
        fleiss_kappa(counts)


@pytest.mark.assurance("R8")
@given(UNITS)
def test_fleiss_kappa_equals_that_of_statsmodels(ratings: list[list[int]]) -> None:
    counts = counted(ratings)
    found = fleiss_kappa(counts)
    if isinstance(found.kappa, float):
        assert found.kappa == pytest.approx(inter_rater.fleiss_kappa(np.array(counts)), abs=1e-9)
        assert all(isinstance(value, NotCalculable) or math.isfinite(value) for value in (found.z, found.se0, found.p_two))
        assert all(isinstance(one.z, NotCalculable) or math.isfinite(one.z) for one in found.by_category)


def test_three_diagnoses_have_three_kappas() -> None:
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]  # Fleiss, Levin and Paik, Table 18.1: overall 0.68
    assert cohen_kappa(table).kappa == pytest.approx(0.68, abs=0.005)
    assert [one.kappa for one in category_kappas(table)] == pytest.approx([0.6875, 0.5, 0.7727], abs=5e-5)


def test_a_category_that_nobody_used_is_one_category_only() -> None:
    found = category_kappas([[5, 1, 0], [2, 9, 0], [0, 0, 0]])
    assert found[2].reason is not None and found[2].reason.code == "one_category_only"
    assert found[0].kappa == pytest.approx(found[1].kappa)


@given(st.lists(st.lists(st.integers(0, 20), min_size=3, max_size=3), min_size=3, max_size=3))
def test_cohens_kappa_is_the_mean_of_the_category_kappas_weighted_by_their_chance(table: list[list[int]]) -> None:
    whole, parts = cohen_kappa(table), category_kappas(table)
    used = [part for part in parts if part.is_estimable]
    if whole.is_estimable and len(used) == 3:
        weights = [1.0 - part.pe for part in used]
        mean = math.fsum(w * part.kappa for w, part in zip(weights, used, strict=True)) / math.fsum(weights)
        assert mean == pytest.approx(whole.kappa, abs=1e-9)
