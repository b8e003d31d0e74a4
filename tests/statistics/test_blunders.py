"""Screening for blunders: each planted one is found, clean rounds stay clean at the stated rate, nothing is ever changed."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.blunders import BlunderOptions, Reports, Screening, screen
from lims.statistics.copied_rows import at_least
from lims.statistics.slips import distances, transpositions

LEVELS = np.array([5.2, 48.0, 131.0, 7.15, 26.0, 940.0])


def rounded(value: float, figures: int = 3) -> float:
    return float(f"{value:.{figures - 1}e}")


def clean(seed: int, p: int = 10, levels: np.ndarray = LEVELS, cv: float = 0.05) -> np.ndarray:
    draws = np.random.default_rng(seed)
    bias = draws.normal(0.0, 0.8, (p, 1))
    x = levels * (1.0 + cv * (bias + 0.6 * draws.normal(0.0, 1.0, (p, levels.size))))
    return np.array([[rounded(value) for value in row] for row in x])


def reports(x: np.ndarray, **more: object) -> Reports:
    p, m = x.shape
    more = {"laboratories": tuple(f"L{row}" for row in range(p)), **more}
    return Reports(items=tuple(f"item {column}" for column in range(m)), values=x, **more)


def found(screening: Screening, code: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(flag.laboratories, flag.items) for flag in screening.flags if flag.code == code]


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(6, 20), st.integers(0, 5), st.sampled_from([-3, -2, -1, 1, 2, 3]))
def test_a_wrong_unit_is_found_with_its_power(seed: int, p: int, column: int, power: int) -> None:
    x = clean(seed, p)
    x[2, column] *= 10.0**power
    flags = [flag for flag in screen(reports(x)).flags if flag.code == "unit_factor"]
    assert [(flag.rows, flag.items, flag.evidence["power"]) for flag in flags] == [((2,), (f"item {column}",), power)]


def test_among_five_laboratories_the_spread_of_the_other_four_hides_few_wrong_units() -> None:
    missed = 0
    for seed in range(100):
        x = clean(seed, 5)
        x[2, seed % 6] *= 1000.0
        missed += not [flag for flag in screen(reports(x)).flags if flag.code == "unit_factor"]
    assert missed <= 6


@pytest.mark.parametrize("base", [10.0, math.e])
def test_a_logarithm_in_place_of_the_value_is_found(base: float) -> None:
    x = clean(1)
    x[3, 5] = round(math.log(x[3, 5], base), 4)
    flag = next(flag for flag in screen(reports(x)).flags if flag.code == "log_for_linear")
    assert (flag.laboratories, flag.items, flag.evidence["base"]) == (("L3",), ("item 5",), base)
    assert flag.evidence["mended"] == pytest.approx(940.0, rel=0.3)


def test_slips_on_a_logarithmic_item_are_found() -> None:
    draws = np.random.default_rng(4)
    x = np.round(np.array([3.1, 4.6, 5.2]) + 0.15 * draws.normal(0.0, 1.0, (20, 3)), 2)
    x[0, 0], x[1, 1], x[2, 2] = round(10 ** x[0, 0]), x[1, 1] + 3.0, round(x[2, 2] * math.log(10.0), 2)
    screening = screen(reports(x, scales=("log10",) * 3))
    assert found(screening, "linear_for_log") == [(("L0",), ("item 0",))]
    assert (("L1",), ("item 1",)) in found(screening, "unit_factor")
    assert found(screening, "natural_log") == [(("L2",), ("item 2",))]


def test_a_wrong_sign_is_found() -> None:
    x = clean(2)
    x[4, 1] = -x[4, 1]
    assert found(screen(reports(x)), "sign") == [(("L4",), ("item 1",))]


def test_transposed_digits_are_found() -> None:
    x = clean(2)
    x[4, 3], x[5, 4] = 1.75, 62.0  # 7.15 and 26.0 are usual
    assert found(screen(reports(x)), "transposed_digits") == [(("L4",), ("item 3",)), (("L5",), ("item 4",))]


def test_transpositions_cross_the_decimal_point_and_keep_the_sign() -> None:
    assert transpositions(21.5) == [12.5, 25.1]
    assert transpositions(-1.2) == [-2.1]
    assert transpositions(77.0) == transpositions(5.0) == []
    assert transpositions(1200.0) == [2100.0, 1020.0]


def test_interchanged_items_are_found_as_pairs_and_rings() -> None:
    x = clean(3, 20)
    x[1, [0, 2]] = x[1, [2, 0]]
    x[6, [1, 2, 5]] = x[6, [5, 1, 2]]
    screening = screen(reports(x))
    assert found(screening, "swapped_items") == [(("L1",), ("item 0", "item 2")), (("L6",), ("item 1", "item 2", "item 5"))]


def test_items_of_different_measurands_cannot_be_interchanged() -> None:
    x = clean(3)
    x[1, [0, 2]] = x[1, [2, 0]]
    assert found(screen(reports(x, measurands=("lead", "lead", "zinc", "zinc", "zinc", "zinc"))), "swapped_items") == []


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(3, 25))
def test_copied_results_are_found_in_small_and_large_rounds(seed: int, p: int) -> None:
    levels = np.concatenate([LEVELS, 3.1 * LEVELS])
    x = clean(seed, p, levels)
    x[2] = x[0]
    x[2, 1] = rounded(x[2, 1] * 1.03)
    screening = screen(reports(x, x_pt=levels, sigma_pt=0.05 * levels))
    assert ("L0", "L2") in [laboratories for laboratories, _ in found(screening, "identical_results")]
    flag = next(flag for flag in screening.flags if flag.laboratories == ("L0", "L2"))
    assert flag.evidence["n_common"] == 12 and flag.evidence["n_identical"] == 11 and flag.evidence["chance"] <= 1e-4


def test_equal_figures_that_everybody_reports_are_no_copying() -> None:
    x = np.tile([0.0, 1.0, 2.0, 0.0, 1.0, 3.0], (8, 1))
    x[3:, 0] = 1.0
    assert screen(reports(x)).flags == ()


def test_the_same_file_and_a_repeated_submission_are_found() -> None:
    x = clean(5, 6)
    digests = ("a", "b", "a", None, None, "b")
    screening = screen(reports(x, laboratories=("L0", "L1", "L2", "L3", "L0", "L1"), digests=digests))
    assert [laboratories for laboratories, _ in found(screening, "identical_file")] == [("L0", "L2")]
    assert [laboratories for laboratories, _ in found(screening, "duplicate_submission")] == [("L0", "L0"), ("L1", "L1")]


def test_two_laboratories_can_be_screened_against_known_values() -> None:
    x = np.array([[5.1, 47.0], [5200.0, 49.0]])
    without = screen(reports(x))
    assert without.flags == () and without.items_without_reference == ("item 0", "item 1")
    screening = screen(reports(x, x_pt=np.array([5.2, np.nan]), sigma_pt=np.array([0.3, np.nan])))
    assert found(screening, "unit_factor") == [(("L1",), ("item 0",))]
    assert screening.items_without_reference == ("item 1",)


def simulated(draws: np.random.Generator) -> np.ndarray:
    """A round without blunders: any size, spread, rounding, bias of laboratories, some results missing, sometimes heavy tails."""
    p, m, cv = int(draws.choice([2, 3, 5, 6, 8, 12, 30])), int(draws.integers(1, 11)), float(draws.choice([0.01, 0.05, 0.1, 0.3]))
    within = float(draws.choice([0.3, 0.6, 1.0]))
    noise = within * (draws.standard_t(5, (p, m)) if draws.random() < 0.3 else draws.normal(0.0, 1.0, (p, m)))
    x = 10 ** draws.uniform(-2, 4, m) * np.exp(cv * (math.sqrt(1.0 - within**2) * draws.normal(0.0, 1.0, (p, 1)) + noise))
    x[draws.random((p, m)) < 0.05] = np.nan
    figures = int(draws.choice([2, 3, 4]))
    return np.array([[rounded(value, figures) for value in row] for row in x])


def test_clean_rounds_are_flagged_less_often_than_one_in_a_hundred() -> None:
    draws = np.random.default_rng(13528)
    flagged = sum(bool(screen(reports(simulated(draws))).flags) for _ in range(400))
    assert flagged < 4


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.randoms())
def test_the_order_of_laboratories_does_not_matter_and_nothing_is_changed(seed: int, random) -> None:
    x = clean(seed)
    x[2, 3] *= 100.0
    x[7] = x[5]
    before = x.copy()
    order = random.sample(range(10), 10)
    first, second = screen(reports(x)), screen(reports(x[order], laboratories=tuple(f"L{row}" for row in order)))

    def told(screening: Screening) -> list[object]:
        return sorted((flag.code, tuple(sorted(flag.laboratories)), flag.items, sorted(flag.evidence.items())) for flag in screening.flags)

    assert told(first) == told(second)
    assert np.array_equal(x, before)


def test_thresholds_are_options_and_come_back() -> None:
    x = clean(2)
    x[4, 1] = -x[4, 1]
    options = BlunderOptions(far=1e6)
    screening = screen(reports(x), options)
    assert screening.flags == () and screening.options is options


def test_empty_rounds_and_wrong_shapes() -> None:
    assert screen(reports(np.empty((0, 0)))).flags == ()
    assert screen(reports(np.full((6, 3), np.nan))).items_without_reference == ("item 0", "item 1", "item 2")
    for wrong in ({"x_pt": np.array([1.0])}, {"digests": ("a",)}, {"laboratories": ("L0",)}):
        with pytest.raises(ValueError, match="expected"):
            reports(np.ones((3, 2)), **wrong)
    with pytest.raises(ValueError, match="infinite"):
        reports(np.array([[np.inf]]))


@given(st.lists(st.floats(0.0, 1.0), max_size=8), st.integers(0, 8))
def test_the_chance_of_k_events_is_that_of_all_their_combinations(chances: list[float], k: int) -> None:
    wanted = 0.0
    for mask in range(2 ** len(chances)):
        if mask.bit_count() >= k:
            wanted += math.prod(chance if mask >> place & 1 else 1.0 - chance for place, chance in enumerate(chances))
    assert at_least(np.array(chances), k) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("value", [1e-322, -1e-322, 1e308])
def test_the_smallest_and_the_largest_numbers_have_a_distance_by_ratio(value: float) -> None:
    _, by_ratio = distances(value, math.copysign(50.0, value), 1.0, False)
    assert by_ratio == pytest.approx(50.0 * abs(math.log(abs(value)) - math.log(50.0)))
