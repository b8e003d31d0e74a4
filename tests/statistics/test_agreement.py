"""Measures that stand beside kappa, and McNemar's test."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from lims.statistics import agreement
from lims.statistics.agreement import McNemar
from lims.statistics.intervals import Interval, clopper_pearson, wilson
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable

TWO_BY_TWO = st.lists(st.lists(st.integers(0, 60), min_size=2, max_size=2), min_size=2, max_size=2)
TABLES = st.integers(2, 5).flatmap(lambda k: st.lists(st.lists(st.integers(0, 30), min_size=k, max_size=k), min_size=k, max_size=k))
PARADOX = [[118, 5], [2, 0]]
THREE = [[35, 5, 0], [15, 20, 5], [10, 5, 5]]


def test_agreement_with_the_column_rater_has_its_counts_and_intervals() -> None:
    found = agreement.reference_agreement([[59, 6], [16, 80]])
    assert (found.ppa.x, found.ppa.n, found.npa.x, found.npa.n, found.overall.x, found.overall.n) == (59, 75, 80, 86, 139, 161)
    assert found.ppa.interval == wilson(59, 75)
    assert agreement.reference_agreement([[59, 6], [16, 80]], method="clopper_pearson").npa.interval == clopper_pearson(80, 86)


def test_an_empty_denominator_is_not_estimable_and_never_zero() -> None:
    positives, negatives = agreement.reference_agreement([[0, 2], [0, 8]]), agreement.reference_agreement([[8, 0], [2, 0]])
    assert positives.ppa.value == positives.ppa.interval == NotCalculable("no_reference_positives")
    assert positives.npa.value == 0.8
    assert negatives.npa.value == negatives.npa.interval == NotCalculable("no_reference_negatives")


def test_measures_of_two_categories_refuse_three() -> None:
    refused = NotCalculable("not_two_by_two", {"categories": 3})
    for measure in (agreement.reference_agreement, agreement.prevalence_index, agreement.bias_index, agreement.mcnemar):
        assert measure(THREE) == refused


def test_an_empty_table_gives_reasons() -> None:
    lack, empty = NotCalculable("no_pairs"), [[0, 0], [0, 0]]
    for measure in (agreement.pabak, agreement.prevalence_index, agreement.bias_index, agreement.scott_pi):
        assert measure(empty) == lack
    assert agreement.gwet_ac1(empty) == agreement.GwetAC1(lack, lack)
    assert agreement.percent_agreement(empty).value == agreement.percent_agreement(empty).interval == lack


def test_one_category_leaves_nothing_to_correct_for() -> None:
    reason = NotCalculable("one_category_only", {"category": 0, "n": 7})
    assert agreement.pabak([[7]]) == reason
    assert agreement.gwet_ac1([[7]]).ac1 == reason
    assert agreement.scott_pi([[7, 0], [0, 0]]) == reason
    assert agreement.pabak([[7, 0], [0, 0]]) == 1.0


def test_the_paradox_is_seen_in_the_indices() -> None:
    assert cohen_kappa(PARADOX).kappa == pytest.approx(-0.0234, abs=5e-5)
    assert agreement.pabak(PARADOX) == pytest.approx(0.888)
    assert agreement.prevalence_index(PARADOX) == pytest.approx(118 / 125)
    assert agreement.bias_index(PARADOX) == pytest.approx(3 / 125)


@given(TWO_BY_TWO)
def test_kappa_follows_from_pabak_prevalence_and_bias(table: list[list[int]]) -> None:
    kappa = cohen_kappa(table)
    assume(kappa.is_estimable)
    adjusted, prevalence, bias = agreement.pabak(table), agreement.prevalence_index(table), agreement.bias_index(table)
    expected = (adjusted - prevalence**2 + bias**2) / (1 - prevalence**2 + bias**2)  # Byrt, Bishop and Carlin 1993
    assert kappa.kappa == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(TABLES)
def test_chance_corrected_measures_stay_in_their_bounds_and_agree_on_perfection(table: list[list[int]]) -> None:
    k, n = len(table), int(np.sum(table))
    assume(n > 0)
    for value in (agreement.pabak(table), agreement.gwet_ac1(table).ac1, agreement.scott_pi(table)):
        assert isinstance(value, NotCalculable) or -1.0 - 1e-12 <= value <= 1.0 + 1e-12
    assert agreement.pabak(np.diag([3] * k)) == pytest.approx(1.0)
    assert agreement.gwet_ac1(np.diag([3] * k)).ac1 == pytest.approx(1.0)
    assert agreement.gwet_ac1(np.diag([3] * k)).se == pytest.approx(0.0, abs=1e-7)


@given(TABLES, st.randoms())
def test_nominal_measures_do_not_depend_on_the_order_of_the_categories(table: list[list[int]], random) -> None:
    assume(np.sum(table) > 0)
    order = random.sample(range(len(table)), len(table))
    shuffled = np.array(table)[np.ix_(order, order)]
    assert agreement.pabak(shuffled) == pytest.approx(agreement.pabak(table))
    assert agreement.gwet_ac1(shuffled).ac1 == pytest.approx(agreement.gwet_ac1(table).ac1)
    before, after = cohen_kappa(table), cohen_kappa(shuffled)
    assert before.is_estimable == after.is_estimable
    if before.is_estimable:
        assert after.kappa == pytest.approx(before.kappa, rel=1e-9, abs=1e-9)


def test_no_discordant_pairs_leave_the_exact_p_at_one() -> None:
    reason = NotCalculable("no_discordant_pairs")
    assert agreement.mcnemar([[20, 0], [0, 20]]) == McNemar(0, 0, reason, reason, reason, reason, 1.0, reason)


def test_equal_discordant_pairs_clip_the_correction_at_zero() -> None:
    found = agreement.mcnemar([[5, 4], [4, 5]])
    assert (found.chi2, found.chi2_corrected, found.p_chi2, found.p_chi2_corrected, found.p_exact) == (0.0, 0.0, 1.0, 1.0, 1.0)
    assert found.p_midp == pytest.approx(1.0 - math.comb(8, 4) / 2**8 / 2)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_symmetric_and_its_probabilities_are_ordered(b: int, c: int) -> None:
    assume(b + c > 0)
    found, swapped = agreement.mcnemar([[1, b], [c, 1]]), agreement.mcnemar([[1, c], [b, 1]])
    assert found.p_exact == swapped.p_exact and found.chi2 == swapped.chi2
    assert 0.0 <= found.p_midp <= found.p_exact <= 1.0
    assert found.p_chi2 <= found.p_chi2_corrected


@given(st.integers(0, 100), st.integers(0, 100))
def test_the_exact_p_equals_the_sum_of_binomial_terms(b: int, c: int) -> None:
    assume(b + c > 0)
    tail = sum(math.comb(b + c, i) for i in range(min(b, c) + 1))
    assert agreement.mcnemar([[1, b], [c, 1]]).p_exact == pytest.approx(min(1.0, 2 * tail / 2 ** (b + c)), rel=1e-10)


@pytest.mark.assurance("R8")
@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_equals_that_of_statsmodels(b: int, c: int) -> None:
    assume(b + c > 0)
    found = agreement.mcnemar([[10, b], [c, 10]])
    exact, plain = (statsmodels_mcnemar([[10, b], [c, 10]], exact=exact, correction=False) for exact in (True, False))
    assert found.p_exact == pytest.approx(float(exact.pvalue), rel=1e-9)
    assert (found.chi2, found.p_chi2) == pytest.approx((float(plain.statistic), float(plain.pvalue)), rel=1e-9)
    if b != c:
        corrected = statsmodels_mcnemar([[10, b], [c, 10]], exact=False, correction=True)
        assert found.p_chi2_corrected == pytest.approx(float(corrected.pvalue), rel=1e-9)


@given(TWO_BY_TWO)
def test_swapping_the_words_positive_and_negative_swaps_ppa_and_npa(table: list[list[int]]) -> None:
    assume(np.sum(table) > 0)
    found, swapped = agreement.reference_agreement(table), agreement.reference_agreement([row[::-1] for row in table[::-1]])
    assert (found.ppa.x, found.ppa.n) == (swapped.npa.x, swapped.npa.n)
    assert isinstance(found.overall.interval, Interval) and found.overall == swapped.overall


def test_the_defaults_are_95_percent_and_wilson() -> None:
    found = agreement.percent_agreement([[59, 6], [16, 80]])
    assert found.method == "wilson" and found.interval == wilson(139, 161, 0.95)
    assert agreement.reference_agreement([[59, 6], [16, 80]]).npa.interval == wilson(80, 86, 0.95)


def test_the_error_of_ac1_follows_its_formula_cell_by_cell() -> None:
    p, n, k = np.array(THREE) / 100, 100, 3
    shares = (p.sum(axis=0) + p.sum(axis=1)) / 2
    po, pe = float(np.trace(p)), float((shares * (1 - shares)).sum()) / (k - 1)
    ac1 = (po - pe) / (1 - pe)
    total = sum(
        p[i, j] * (float(i == j) - 2 * (1 - ac1) * (1 - (shares[i] + shares[j]) / 2) / (k - 1)) ** 2 for i in range(k) for j in range(k)
    )
    variance = (total - (po - 2 * (1 - ac1) * pe) ** 2) / (n * (1 - pe) ** 2)
    assert agreement.gwet_ac1(THREE).ac1 == pytest.approx(ac1, rel=1e-12)
    assert agreement.gwet_ac1(THREE).se == pytest.approx(math.sqrt(variance), rel=1e-12)


@pytest.mark.parametrize("table", [np.diag([11, 38, 25, 40]), [[0, 1, 1], [1, 0, 1], [1, 1, 0]]])
def test_ac1_without_spread_has_a_standard_error_of_exactly_0(table: list[list[int]]) -> None:
    assert agreement.gwet_ac1(table).se == 0.0


UNDECIDED = [[40, 2, 1], [3, 45, 0], [7, 3, 4]]  # positive, negative, indeterminate; columns: the reference


def test_a_third_category_of_the_tested_side_is_counted_against_or_left_out_as_named() -> None:
    counted = agreement.reference_agreement(UNDECIDED, positive=0, negative=1)
    left_out = agreement.reference_agreement(UNDECIDED, positive=0, negative=1, others="left_out")
    assert not isinstance(counted, NotCalculable) and not isinstance(left_out, NotCalculable)
    assert [(one.x, one.n) for one in (counted.ppa, counted.npa)] == [(40, 50), (45, 50)] and counted.others == "counted"
    assert [(one.x, one.n) for one in (left_out.ppa, left_out.npa)] == [(40, 43), (45, 47)] and left_out.others == "left_out"
    for found in (counted, left_out):
        assert (found.undecided_positives, found.undecided_negatives, found.reference_undecided) == (7, 3, 5)
        assert (found.overall.x, found.overall.n) == (89, 105)


def test_the_named_categories_may_stand_anywhere_and_two_categories_need_no_names() -> None:
    order = [2, 1, 0]
    turned = [[UNDECIDED[i][j] for j in order] for i in order]
    assert agreement.reference_agreement(turned, positive=2, negative=1) == agreement.reference_agreement(UNDECIDED, positive=0, negative=1)
    plain = agreement.reference_agreement([[59, 6], [16, 80]])
    assert plain == agreement.reference_agreement([[80, 16], [6, 59]], positive=1, negative=0)
    assert plain == agreement.reference_agreement([[59, 6], [16, 80]], others="counted")
    assert not isinstance(plain, NotCalculable)
    assert (plain.undecided_positives, plain.undecided_negatives, plain.reference_undecided) == (0, 0, 0)


@pytest.mark.parametrize("named", [{}, {"positive": 0}, {"negative": 1}])
def test_without_both_names_a_table_of_three_categories_has_no_positive_agreement(named: dict[str, int]) -> None:
    assert agreement.reference_agreement(UNDECIDED, **named) == NotCalculable("not_two_by_two", {"categories": 3})  # type: ignore[arg-type]


@pytest.mark.parametrize(("positive", "negative"), [(0, 0), (0, 3), (-1, 1), (3, 1), (1, 1)])
def test_names_outside_the_table_or_one_name_for_both_are_refused(positive: int, negative: int) -> None:
    with pytest.raises(ValueError, match="two different places"):
        agreement.reference_agreement(UNDECIDED, positive=positive, negative=negative)


def test_a_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="counted"):
        agreement.reference_agreement(UNDECIDED, positive=0, negative=1, others="half")  # type: ignore[arg-type]


def test_nothing_but_undecided_results_leave_no_positive_agreement_when_left_out_and_none_when_counted() -> None:
    table = [[0, 0, 0], [0, 4, 0], [5, 0, 0]]
    counted = agreement.reference_agreement(table, positive=0, negative=1)
    left_out = agreement.reference_agreement(table, positive=0, negative=1, others="left_out")
    assert not isinstance(counted, NotCalculable) and not isinstance(left_out, NotCalculable)
    assert counted.ppa.value == 0.0 and left_out.ppa.value == NotCalculable("no_reference_positives")


@pytest.mark.parametrize("b", [10**3, 10**7, 10**9, 10**12])
def test_mcnemar_holds_for_very_many_discordant_pairs(b: int) -> None:
    """Of neighbouring counts the exact P is 1, and the mid-P 1 minus the probability of the split, about 1 / sqrt(pi b)."""
    found, equal = agreement.mcnemar([[1, b], [b + 1, 1]]), agreement.mcnemar([[1, b], [b, 1]])
    assert (found.p_exact, equal.p_exact) == (1.0, 1.0)
    assert 1.0 - found.p_midp == pytest.approx(1.0 / math.sqrt(math.pi * b), rel=1e-3)
    assert 1.0 - equal.p_midp == pytest.approx(0.5 / math.sqrt(math.pi * b), rel=1e-3)


def test_the_probability_of_a_split_keeps_its_digits() -> None:
    for b, c in ((0, 0 + 7), (200, 260), (5000, 5100), (64, 80)):
        found = agreement.mcnemar([[1, b], [c, 1]])
        point = math.comb(b + c, b) / 2 ** (b + c)
        assert found.p_exact - found.p_midp == pytest.approx(point, rel=1e-10)
    found = agreement.mcnemar([[1, 10**7], [10**7 + 5000, 1]])
    assert found.p_exact == pytest.approx(math.erfc(4999 / math.sqrt(2 * (2 * 10**7 + 5000))), rel=1e-6)
