"""The trimmed Spearman-Kaerber estimate: Hamilton's sets, pooling, trimming, and the slope by small changes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lims.statistics.outcome import NotCalculable
from lims.statistics.spearman_karber import SpearmanKarber, least_trim, monotone, spearman_karber

SET_4B = ([7.8, 13, 22, 36, 60, 100], [0, 0, 7, 10, 10, 10], [10] * 6)
SET_1E = ([15.54, 20.47, 27.92, 35.98, 55.52], [0, 1, 1, 19, 20], [20, 20, 20, 19, 20])
RESPONSES = st.lists(st.integers(0, 20), min_size=2, max_size=7)


@pytest.mark.assurance("R8")
@pytest.mark.parametrize(
    ("data", "median", "interval"), [(SET_4B, 19.70, (17.00, 22.84)), (SET_1E, 30.80, (29.60, 32.04))], ids=["4B", "1E"]
)
def test_hamiltons_sets_give_the_figures_of_the_published_program(data: tuple, median: float, interval: tuple[float, float]) -> None:
    found = spearman_karber(*data, z=2.0)
    assert isinstance(found, SpearmanKarber)
    assert (found.median_dose, found.interval.lower, found.interval.upper) == pytest.approx((median, *interval), abs=0.006)
    assert found.interval.confidence == pytest.approx(0.9545, abs=5e-5)


def test_shares_that_fall_with_the_dose_are_pooled() -> None:
    assert monotone(np.array([0.0, 0.2, 0.1, 0.5, 0.3, 1.0]), np.array([10.0, 10, 10, 30, 10, 10])).tolist() == pytest.approx(
        [0.0, 0.15, 0.15, 0.45, 0.45, 1.0]
    )


def test_the_sign_of_the_printed_variance_is_kept_unless_the_exact_one_is_asked_for() -> None:
    printed, exact = spearman_karber(*SET_4B, trim=0.1), spearman_karber(*SET_4B, trim=0.1, variance="delta")
    assert printed.median_dose == exact.median_dose
    assert printed.gsd == pytest.approx(1.092282, rel=1e-6) and exact.gsd == pytest.approx(1.090160, rel=1e-6)
    assert spearman_karber(*SET_1E, trim=0.1, variance="delta").se == pytest.approx(spearman_karber(*SET_1E, trim=0.1).se)


def test_responses_that_do_not_reach_the_trim_are_refused_with_the_least_trim() -> None:
    dose, r, n = [1, 2, 4, 8], [2, 5, 8, 9], [10] * 4
    assert spearman_karber(dose, r, n) == NotCalculable("trim_too_small", {"trim": 0.0, "least": 0.2})
    assert least_trim(dose, r, n) == 0.2
    assert isinstance(spearman_karber(dose, r, n, trim=0.2), SpearmanKarber)


def test_too_few_doses_are_refused() -> None:
    assert spearman_karber([0, 5], [0, 10], [10, 10]) == NotCalculable("too_few_levels", {"n": 1, "least": 2})
    assert spearman_karber([], [], []) == NotCalculable("too_few_levels", {"n": 0, "least": 2})
    assert least_trim([], [], []) == NotCalculable("too_few_levels", {"n": 0, "least": 2})


def test_the_plain_scale_has_a_mean_and_no_geometric_deviation() -> None:
    found = spearman_karber([0, 10, 20], [0, 5, 10], [10] * 3, is_log_dose=False)
    assert found.median_dose == pytest.approx(10.0)
    assert found.se == pytest.approx(10.0 * math.sqrt(0.25 / 10))
    assert found.gsd == NotCalculable("scale_missing")


@pytest.mark.parametrize("options", [{"trim": 0.5}, {"trim": -0.1}, {"z": 0.0}])
def test_impossible_options_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        spearman_karber(*SET_4B, **options)


def test_two_levels_of_one_dose_are_one_level() -> None:
    once, twice = spearman_karber([1, 2, 4], [0, 10, 20], [20] * 3), spearman_karber([1, 2, 2, 4], [0, 4, 6, 20], [20, 10, 10, 20])
    assert once == twice


@given(st.sets(st.integers(1, 19), max_size=5), st.sampled_from([0.0, 0.03, 0.13, 0.42]))
def test_the_standard_error_is_the_delta_method_of_small_changes(responses: set[int], trim: float) -> None:
    shares = np.array([0, *sorted(responses), 20]) / 20.0
    doses, n = [2.0**i for i in range(shares.size)], [20.0] * shares.size
    found = spearman_karber(doses, shares * 20, n, trim, variance="delta")
    spread = 0.0
    for index, share in enumerate(shares):
        if share in (0.0, 1.0):
            continue  # no variance
        up, down = shares.copy(), shares.copy()
        up[index], down[index] = share + 1e-7, share - 1e-7
        higher, lower = (spearman_karber(doses, moved * 20, n, trim) for moved in (up, down))
        spread += (math.log(higher.median_dose / lower.median_dose) / 2e-7) ** 2 * share * (1 - share) / 20
    assert found.se == pytest.approx(math.sqrt(spread), rel=1e-3, abs=1e-6)


@given(RESPONSES, st.floats(0.01, 1000))
def test_the_unit_of_the_dose_is_the_unit_of_the_median(responses: list[int], unit: float) -> None:
    hits, n = [0, *responses, 20], [20] * (len(responses) + 2)
    doses = [2.0**i for i in range(len(n))]
    found, other = spearman_karber(doses, hits, n), spearman_karber([dose * unit for dose in doses], hits, n)
    assert other.median_dose == pytest.approx(found.median_dose * unit, rel=1e-9)
    assert doses[0] <= found.median_dose <= doses[-1]
    assert other.gsd == pytest.approx(found.gsd, rel=1e-9)


@given(RESPONSES)
def test_doses_in_another_order_give_the_same(responses: list[int]) -> None:
    hits, n = [0, *responses, 20], [20] * (len(responses) + 2)
    doses = [2.0**i for i in range(len(n))]
    assert spearman_karber(doses[::-1], hits[::-1], n[::-1]) == spearman_karber(doses, hits, n)
