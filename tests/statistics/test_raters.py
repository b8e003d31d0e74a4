"""Coefficients of many raters: published figures, missing ratings, bounds, order, and the two-rater formulas."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics import agreement
from lims.statistics.intervals import Interval
from lims.statistics.kappa import cohen_kappa
from lims.statistics.krippendorff import krippendorff_alpha
from lims.statistics.outcome import NotCalculable
from lims.statistics.raters import Coefficient, RaterAgreement, as_codes, rater_agreement, used_categories
from lims.statistics.tables import cross_table

NAMES = ("percent_agreement", "brennan_prediger", "gwet_ac1", "fleiss", "conger", "krippendorff")
FOUR_RATERS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2],
    [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip
LABEL = st.one_of(st.none(), st.sampled_from(["negative", "positive", "indeterminate"]))
RATINGS = st.integers(2, 5).flatmap(lambda r: st.lists(st.lists(LABEL, min_size=r, max_size=r), min_size=1, max_size=12))
WEIGHTS = st.sampled_from(["unweighted", "linear", "quadratic"])


def coefficients(found: RaterAgreement) -> list[Coefficient]:
    return [getattr(found, name) for name in NAMES]


@pytest.mark.assurance("R8")
@pytest.mark.parametrize(
    ("name", "value", "se"),
    [
        ("gwet_ac1", 0.77544, 0.14295), ("fleiss", 0.76117, 0.15302), ("krippendorff", 0.74342, 0.14557), ("conger", 0.76282, 0.14917),
        ("brennan_prediger", 0.77273, 0.14472), ("percent_agreement", 0.81818, 0.12561),
    ],
)  # fmt: skip
def test_four_raters_with_missing_ratings_give_the_figures_of_gwet(name: str, value: float, se: float) -> None:
    found = getattr(rater_agreement(FOUR_RATERS), name)
    assert (found.value, found.se) == pytest.approx((value, se), abs=6e-6)


def test_units_raters_and_categories_are_counted() -> None:
    found = rater_agreement([*FOUR_RATERS, [None] * 4])
    assert (found.units, found.pairable_units, found.raters, found.categories) == (12, 11, 4, (1, 2, 3, 4, 5))


def test_the_interval_is_t_over_units_and_cut_at_one() -> None:
    interval = rater_agreement(FOUR_RATERS).gwet_ac1.interval
    assert isinstance(interval, Interval)
    assert (interval.lower, interval.upper) == (pytest.approx(0.461, abs=0.0005), 1.0)


def test_one_rating_counts_for_prevalence_but_not_for_agreement() -> None:
    single = rater_agreement(FOUR_RATERS)
    without = rater_agreement(FOUR_RATERS[:-1])
    assert single.percent_agreement.value == without.percent_agreement.value
    assert single.krippendorff == without.krippendorff
    assert single.fleiss.pe != without.fleiss.pe


def test_perfect_agreement_has_an_interval_without_information() -> None:
    found = rater_agreement([["a"] * 3, ["b"] * 3, ["a"] * 3])
    for one in coefficients(found):
        assert (one.value, one.se, one.is_interval_informative) == (1.0, 0.0, False)


def test_one_category_only_leaves_the_chance_corrected_ones_undefined() -> None:
    found = rater_agreement([["a", "a", "a"], ["a", None, "a"]], ["a", "b"])
    assert found.percent_agreement.value == found.brennan_prediger.value == found.gwet_ac1.value == 1.0
    for one in (found.fleiss, found.conger, found.krippendorff):
        assert isinstance(one.value, NotCalculable) and one.value.code == "one_category_only"
        assert one.interval == one.se == one.value
    assert rater_agreement([["a", "a"], ["a", "a"]]).gwet_ac1.value == NotCalculable("one_category_only", {"category": 0, "n": 2})


@pytest.mark.parametrize("ratings", [[], [[]], [[None, None]], [["a", None], [None, "b"]]])
def test_without_a_pair_there_is_a_reason(ratings: list[list[str | None]]) -> None:
    for one in coefficients(rater_agreement(ratings)):
        assert one.value == one.se == one.interval == NotCalculable("no_pairs")


def test_one_unit_has_a_value_but_no_standard_error() -> None:
    found = rater_agreement([["a", "b", "a"]])
    assert found.fleiss.value == pytest.approx(-0.5)
    assert found.fleiss.se == found.fleiss.interval == NotCalculable("too_few_values", {"n": 1, "least": 2})


def test_numbers_stand_before_words_in_ascending_order() -> None:
    assert used_categories([["b", 10, None], [2, "a", 2]]) == (2, 10, "a", "b")


@pytest.mark.parametrize("ratings", [[["a", "b"], ["a"]], [["a", "c"]]])
def test_ragged_units_and_unknown_labels_are_refused(ratings: list[list[str]]) -> None:
    with pytest.raises(ValueError, match=r"each unit|unknown"):
        rater_agreement(ratings, ["a", "b"])


def test_a_category_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        as_codes([["a", "a"]], ["a", "a"])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=25), WEIGHTS)
def test_two_raters_give_the_formulas_of_two_raters(pairs: list[tuple[str, str]], weights: str) -> None:
    table = cross_table([a for a, _ in pairs], [b for _, b in pairs], "abc")
    found, kappa = rater_agreement(pairs, "abc", weights), cohen_kappa(table, weights)
    assert found.percent_agreement.value == pytest.approx(kappa.po)
    if kappa.is_estimable:
        assert found.conger.value == pytest.approx(kappa.kappa)
        assert found.conger.se == pytest.approx(kappa.ase * math.sqrt(len(pairs) / (len(pairs) - 1)), abs=1e-9)
    if weights == "unweighted":
        assert found.brennan_prediger.value == pytest.approx(agreement.pabak(table))
        assert found.gwet_ac1.value == pytest.approx(agreement.gwet_ac1(table).ac1)
        scott = agreement.scott_pi(table)
        assert isinstance(scott, NotCalculable) or found.fleiss.value == pytest.approx(scott)


@given(RATINGS, WEIGHTS)
def test_every_number_is_finite_and_within_its_bounds(ratings: list[list[str | None]], weights: str) -> None:
    for one in coefficients(rater_agreement(ratings, ["negative", "positive", "indeterminate"], weights)):
        for value in (one.value, one.se, one.pe):
            assert isinstance(value, NotCalculable) or math.isfinite(value)
        if isinstance(one.value, float) and isinstance(one.interval, Interval):
            assert min(-1.0, one.value) <= one.interval.lower <= one.value <= one.interval.upper <= 1.0


@given(RATINGS, WEIGHTS, st.randoms(use_true_random=False))
def test_the_order_of_the_units_changes_no_digit(ratings: list[list[str | None]], weights: str, chance: object) -> None:
    shuffled = list(ratings)
    chance.shuffle(shuffled)
    assert rater_agreement(shuffled, weights=weights) == rater_agreement(ratings, weights=weights)


@given(RATINGS)
def test_the_order_of_the_raters_changes_nothing(ratings: list[list[str | None]]) -> None:
    for one, other in zip(coefficients(rater_agreement(ratings)), coefficients(rater_agreement([u[::-1] for u in ratings])), strict=True):
        if isinstance(one.value, float):
            assert other.value == pytest.approx(one.value, abs=1e-12)


@given(RATINGS)
def test_alpha_of_the_coincidences_and_of_the_shares_is_one_number(ratings: list[list[str | None]]) -> None:
    shares, coincidences = rater_agreement(ratings).krippendorff.value, krippendorff_alpha(ratings)
    if isinstance(shares, NotCalculable):
        assert isinstance(coincidences, NotCalculable) and coincidences.code == shares.code
    else:
        assert coincidences == pytest.approx(shares, abs=1e-9)


@settings(max_examples=4)
@given(st.integers(0, 2**32 - 1))
def test_the_standard_errors_agree_with_a_jackknife_over_units(seed: int) -> None:
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 3, 60)
    wrong = chance.random((60, 4)) < 0.25
    values = np.where(wrong, chance.integers(0, 3, (60, 4)), truth[:, None]).tolist()
    ratings = [[None if chance.random() < 0.2 else unit[0], *unit[1:]] for unit in values]
    whole = rater_agreement(ratings, [0, 1, 2])
    parts = [rater_agreement(ratings[:unit] + ratings[unit + 1 :], [0, 1, 2]) for unit in range(60)]
    for name in NAMES:
        left_out = np.array([getattr(part, name).value for part in parts])
        jackknife = math.sqrt(59 / 60 * float(((left_out - left_out.mean()) ** 2).sum()))
        assert getattr(whole, name).se == pytest.approx(jackknife, rel=0.05), name


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weights_of_words_need_the_order_of_the_categories(weights: str) -> None:
    words = [["low", "low"], ["middle", "high"], ["high", "high"], ["low", "middle"]]
    found = rater_agreement(words, weights=weights)
    assert all(one.value == NotCalculable("order_missing", {"n": 3}) for one in coefficients(found))
    assert (found.units, found.pairable_units, found.raters) == (4, 4, 2)
    ranks = [[{"low": 1, "middle": 2, "high": 3}[word] for word in unit] for unit in words]
    assert coefficients(rater_agreement(words, ["low", "middle", "high"], weights)) == coefficients(rater_agreement(ranks, weights=weights))
    pairs = [["no", "yes"], ["no", "no"], ["yes", "yes"]]
    assert coefficients(rater_agreement(pairs, weights=weights)) == coefficients(rater_agreement(pairs))
