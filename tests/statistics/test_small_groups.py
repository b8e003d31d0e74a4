"""Two to eleven laboratories on a few items: every figure with its interval, and what few items prove."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.agreement import ReferenceAgreement
from lims.statistics.intervals import Interval
from lims.statistics.kappa import cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.small_groups import small_group_agreement

SCHEME = ["positive", "negative"]


@pytest.mark.parametrize(("method", "lower"), [("wilson", 0.5655), ("clopper_pearson", 0.4782)])
def test_five_of_five_unanimous_items_prove_little(method: str, lower: float) -> None:
    results = [["positive"] * 3, ["negative"] * 3] * 2 + [["positive"] * 3]
    found = small_group_agreement(results, SCHEME, method=method)
    assert found.unanimous.value == 1.0
    assert (found.unanimous.interval.lower, found.unanimous.interval.upper) == (pytest.approx(lower, abs=5e-5), 1.0)
    assert found.are_few


def test_two_laboratories_against_expected_results() -> None:
    results = [["positive", "positive"], ["negative", "positive"], ["negative", "negative"], [None, "negative"]]
    expected = ["positive", "negative", "negative", "negative"]
    found = small_group_agreement(results, SCHEME, expected)
    assert [(one.correct.x, one.correct.n) for one in found.against_expected] == [(3, 3), (3, 4)]
    assert found.against_expected[1].kappa == cohen_kappa([[1, 1], [0, 2]])
    assert (found.unanimous.x, found.unanimous.n) == (2, 3)
    both = found.against_expected[1].ppa_npa
    assert isinstance(both, ReferenceAgreement)
    assert (both.ppa.x, both.ppa.n, both.npa.x, both.npa.n) == (1, 1, 2, 3)


def test_three_categories_have_no_positive_agreement() -> None:
    found = small_group_agreement([["positive", "grey"]], [*SCHEME, "grey"], ["positive"])
    assert found.against_expected[0].ppa_npa == NotCalculable("not_two_by_two", {"categories": 3})


def test_items_with_one_result_say_nothing_about_agreement() -> None:
    found = small_group_agreement([["positive", None], [None, "negative"]], SCHEME)
    assert found.unanimous.value == found.coefficients.fleiss.value == NotCalculable("no_pairs")


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="expected category"):
        small_group_agreement([["positive", "positive"]], SCHEME, [])


@given(st.integers(2, 11), st.integers(1, 12), st.randoms(use_true_random=False))
def test_two_to_eleven_laboratories_always_get_an_answer_or_a_reason(laboratories: int, items: int, chance: object) -> None:
    results = [[chance.choice([*SCHEME, None]) for _ in range(laboratories)] for _ in range(items)]
    found = small_group_agreement(results, SCHEME, ["positive"] * items)
    assert found.laboratories == laboratories == len(found.against_expected)
    for one in (found.unanimous, found.coefficients.percent_agreement):
        assert isinstance(one.value, NotCalculable) or 0.0 <= one.value <= 1.0
        if isinstance(one.interval, Interval):
            assert 0.0 <= one.interval.lower <= one.value <= one.interval.upper <= 1.0


def test_three_categories_have_positive_agreement_once_both_names_are_given() -> None:
    results = [["positive", "grey"], ["grey", "positive"], ["negative", "negative"]]
    expected = ["positive", "positive", "negative"]
    scheme = [*SCHEME, "grey"]
    counted = small_group_agreement(results, scheme, expected, positive="positive", negative="negative").against_expected[0].ppa_npa
    left_out = (
        small_group_agreement(results, scheme, expected, positive="positive", negative="negative", others="left_out")
        .against_expected[0]
        .ppa_npa
    )
    assert isinstance(counted, ReferenceAgreement) and isinstance(left_out, ReferenceAgreement)
    assert (counted.ppa.x, counted.ppa.n, counted.undecided_positives) == (1, 2, 1)
    assert (left_out.ppa.x, left_out.ppa.n) == (1, 1) and left_out.npa == counted.npa
    with pytest.raises(ValueError, match="grey"):
        small_group_agreement(results, scheme, expected, positive="white", negative="negative")
