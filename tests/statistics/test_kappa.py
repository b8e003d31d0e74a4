"""Cohen's kappa: degenerate tables with their reasons, bounds, symmetry, and two independent programs."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from lims.statistics.intervals import Interval
from lims.statistics.kappa import CohenKappa, agreement_weights, cohen_kappa
from lims.statistics.outcome import NotCalculable

WEIGHTS = st.sampled_from(["unweighted", "linear", "quadratic"])
TABLES = st.integers(2, 5).flatmap(lambda k: st.lists(st.lists(st.integers(0, 30), min_size=k, max_size=k), min_size=k, max_size=k))
TWO_BY_TWO = st.lists(st.lists(st.integers(0, 60), min_size=2, max_size=2), min_size=2, max_size=2)


def estimable(table: list[list[int]], weights: str = "unweighted") -> CohenKappa:
    found = cohen_kappa(table, weights)
    assume(found.is_estimable)
    return found


@pytest.mark.parametrize(
    ("table", "kappa", "interval"),
    [
        ([[3, 1], [0, 1]], 0.55, (-0.16, 1.0)),  # 5 items, 1 discordance: the upper limit is cut to 1
        ([[0, 3], [2, 0]], -0.92, (-1.0, -0.29)),  # the lower limit is cut to -1
        ([[7, 1], [0, 2]], 0.74, (0.26, 1.0)),  # 10 items, 1 discordance
    ],
)
def test_few_items_leave_a_wide_interval(table: list[list[int]], kappa: float, interval: tuple[float, float]) -> None:
    found = cohen_kappa(table)
    assert isinstance(found.interval, Interval)
    assert found.kappa == pytest.approx(kappa, abs=0.005)
    assert (found.interval.lower, found.interval.upper) == pytest.approx(interval, abs=0.005)


def test_no_pairs_have_no_kappa() -> None:
    found = cohen_kappa([[0, 0], [0, 0]])
    assert found.n == 0 and not found.is_estimable
    assert found.kappa == found.po == found.interval == found.reason == NotCalculable("no_pairs")


@pytest.mark.parametrize("table", [[[0, 0], [0, 7]], [[7]], [[0, 0, 0], [0, 7, 0], [0, 0, 0]]])
@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
def test_trap_one_category_only_is_undefined(table: list[list[int]], weights: str) -> None:
    found = cohen_kappa(table, weights)
    assert found.reason == NotCalculable("one_category_only", {"category": len(table) // 2, "n": 7})
    assert found.kappa == found.ase == found.ase0 == found.z == found.p_two == found.interval == found.reason
    assert (found.po, found.pe) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("table", "rater"), [([[15, 5], [0, 0]], "row"), ([[15, 0], [5, 0]], "column"), ([[0, 9], [0, 0]], "both"), ([[9, 1], [0, 0]], "row")]
)
def test_trap_one_constant_rater_makes_kappa_zero_whatever_the_agreement(table: list[list[int]], rater: str) -> None:
    found = cohen_kappa(table)
    assert (found.kappa, found.ase, found.ase0) == (0.0, 0.0, 0.0)
    assert found.reason is not None
    assert (found.reason.code, found.reason.params["rater"]) == ("one_rater_constant", rater)
    assert found.interval == found.z == found.p_one == found.p_two == found.reason


@pytest.mark.parametrize(
    ("table", "weights"),
    [([[0, 0, 3, 4], [0, 0, 5, 6], [0] * 4, [0] * 4], "unweighted"), ([[0, 3, 4], [0, 2, 6], [0, 0, 0]], "linear")],
)
def test_margins_that_leave_no_choice_are_said_so(table: list[list[int]], weights: str) -> None:
    found = cohen_kappa(table, weights)
    assert (found.kappa, found.ase, found.ase0) == (0.0, 0.0, 0.0)
    assert found.reason is not None and found.reason.code == "margins_determine_kappa"
    assert found.z == found.interval == found.reason


def test_trap_perfect_agreement_has_an_interval_without_information() -> None:
    found = cohen_kappa([[12, 0, 0], [0, 8, 0], [0, 0, 1]], "linear")
    assert (found.kappa, found.ase, found.is_estimable, found.is_interval_informative) == (1.0, 0.0, True, False)
    assert found.interval == Interval(1.0, 1.0, 0.95)
    assert isinstance(found.z, float)


def test_the_interval_uses_the_confidence_asked_for() -> None:
    narrow, wide = cohen_kappa([[20, 5], [4, 21]], confidence=0.9), cohen_kappa([[20, 5], [4, 21]], confidence=0.99)
    assert wide.interval.lower < narrow.interval.lower < narrow.interval.upper < wide.interval.upper


def test_unknown_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="linear or quadratic"):
        agreement_weights(3, "cubic")


@given(TABLES, WEIGHTS)
def test_every_number_is_finite_and_kappa_stays_in_its_bounds(table: list[list[int]], weights: str) -> None:
    found = cohen_kappa(table, weights)
    for value in (found.po, found.pe, found.kappa, found.ase, found.ase0, found.z, found.p_one, found.p_two):
        assert isinstance(value, NotCalculable) or math.isfinite(value)
    if isinstance(found.kappa, float):
        assert -1.0 <= found.kappa <= 1.0
    if isinstance(found.interval, Interval):
        assert -1.0 <= found.interval.lower <= found.kappa <= found.interval.upper <= 1.0
    if found.is_estimable:
        assert 0.0 <= found.p_one <= 1.0 and 0.0 <= found.p_two <= 1.0


@given(TABLES, WEIGHTS)
def test_swapping_the_raters_changes_nothing(table: list[list[int]], weights: str) -> None:
    found, swapped = estimable(table, weights), cohen_kappa(np.transpose(table), weights)
    for name in ("kappa", "ase", "ase0", "z"):
        assert getattr(swapped, name) == pytest.approx(getattr(found, name), rel=1e-9, abs=1e-9)


@given(TABLES, st.sampled_from(["unweighted", "linear", "quadratic"]))
def test_reversing_the_order_of_the_categories_changes_nothing(table: list[list[int]], weights: str) -> None:
    found, turned = estimable(table, weights), cohen_kappa([row[::-1] for row in table[::-1]], weights)
    assert (turned.kappa, turned.ase) == pytest.approx((found.kappa, found.ase), rel=1e-9, abs=1e-9)


@given(TABLES, WEIGHTS, st.integers(2, 9))
def test_more_of_the_same_pairs_keep_kappa_and_narrow_its_error(table: list[list[int]], weights: str, times: int) -> None:
    found, more = estimable(table, weights), cohen_kappa(np.multiply(table, times), weights)
    assert more.kappa == pytest.approx(found.kappa, rel=1e-9, abs=1e-12)
    assert more.ase * math.sqrt(times) == pytest.approx(found.ase, rel=1e-7, abs=1e-12)


@given(TWO_BY_TWO)
def test_two_categories_have_one_kappa_under_all_weights(table: list[list[int]]) -> None:
    found = estimable(table)
    for weights in ("linear", "quadratic"):
        assert cohen_kappa(table, weights).kappa == pytest.approx(found.kappa, rel=1e-12, abs=1e-12)


@pytest.mark.assurance("R8")
@given(TABLES, WEIGHTS)
def test_kappa_and_its_errors_equal_those_of_statsmodels(table: list[list[int]], weights: str) -> None:
    found = estimable(table, weights)
    expected = cohens_kappa(np.array(table), wt=None if weights == "unweighted" else weights)
    names = ("kappa", "std_kappa", "std_kappa0")
    for value, name in zip((found.kappa, found.ase, found.ase0), names, strict=True):
        other = float(getattr(expected, name))
        assert value == pytest.approx(0.0 if math.isnan(other) else other, rel=1e-6, abs=1e-7), name


@pytest.mark.assurance("R8")
@given(TABLES, WEIGHTS)
def test_kappa_equals_that_of_scikit_learn(table: list[list[int]], weights: str) -> None:
    found = estimable(table, weights)
    pairs = [(i, j) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]
    rows, columns = zip(*pairs, strict=True)
    wanted = cohen_kappa_score(rows, columns, labels=range(len(table)), weights=None if weights == "unweighted" else weights)
    assert found.kappa == pytest.approx(float(wanted), rel=1e-9, abs=1e-9)


def test_an_ordinary_interval_carries_information() -> None:
    assert cohen_kappa([[20, 5], [4, 21]]).is_interval_informative
    assert not cohen_kappa([[5, 3], [0, 0]]).is_interval_informative


def test_the_default_weights_are_none_and_one_category_needs_none() -> None:
    assert agreement_weights(3).tolist() == np.eye(3).tolist()
    for weights in ("unweighted", "linear", "quadratic"):
        assert agreement_weights(1, weights).tolist() == [[1.0]]
    assert agreement_weights(2, "linear").tolist() == agreement_weights(2).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert agreement_weights(3, "linear").tolist() == [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    assert agreement_weights(3, "quadratic")[0].tolist() == [1.0, 0.75, 0.0]


def test_the_probabilities_are_those_of_the_normal_distribution() -> None:
    for table in ([[20, 5], [4, 21]], [[6, 5], [4, 7]], [[4, 9], [8, 5]]):
        found = cohen_kappa(table)
        assert found.p_one == pytest.approx(NormalDist().cdf(-found.z), rel=1e-9)
        assert found.p_two == pytest.approx(2.0 * NormalDist().cdf(-abs(found.z)), rel=1e-9)


def test_the_reasons_carry_the_number_of_pairs() -> None:
    assert cohen_kappa([[0, 0, 3, 4], [0, 0, 5, 6], [0] * 4, [0] * 4]).reason == NotCalculable("margins_determine_kappa", {"n": 18})
    assert cohen_kappa([[9, 1], [0, 0]]).reason == NotCalculable("one_rater_constant", {"rater": "row", "n": 10})


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
@pytest.mark.parametrize("counts", [(1, 6, 15), (11, 38, 25, 40), (3, 7, 11, 13, 17)])
def test_perfect_agreement_of_any_number_of_categories_has_a_standard_error_of_exactly_0(counts: tuple[int, ...], weights: str) -> None:
    found = cohen_kappa(np.diag(counts), weights)
    assert (found.kappa, found.ase) == (1.0, 0.0)
    assert not found.is_interval_informative


@pytest.mark.parametrize(("table", "kappa"), [([[10**14, 1], [0, 1]], 2 / 3), ([[2**52, 1], [1, 1]], 0.5)])
def test_very_large_counts_leave_kappa_its_digits(table: list[list[int]], kappa: float) -> None:
    assert cohen_kappa(table).kappa == pytest.approx(kappa, rel=1e-12)
