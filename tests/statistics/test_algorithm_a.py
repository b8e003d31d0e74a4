"""Algorithm A at its borders: options, start, ends of the iteration, counts, and the running sums it is fast with."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from lims.statistics.algorithm_a import MAX_ITERATIONS, AlgorithmA, _frommiddle_of, algorithm_a, winsorised_factor
from lims.statistics.outcome import NotCalculable

TEN = [4.0, 4.5, 4.7, 4.9, 5.0, 5.0, 5.3, 5.7, 6.2, 9.9]


def run(x: list[float], **options: object) -> AlgorithmA:
    found = algorithm_a(x, **options)
    assert isinstance(found, AlgorithmA)
    return found


@pytest.mark.parametrize("k", [0.3, 1.0, 1.5, 2.5])
def test_the_factor_undoes_what_winsorising_takes_from_a_normal_spread(k: float) -> None:
    inside, _ = quad(lambda value: value * value * norm.pdf(value), -k, k)
    assert winsorised_factor(k) == pytest.approx(1.0 / math.sqrt(inside + 2 * k * k * norm.sf(k)), rel=1e-9)


@pytest.mark.parametrize("option", ["k", "s_factor", "mad_factor", "tolerance", "max_iterations"])
def test_every_option_must_be_above_zero_and_small_ones_are_taken(option: str) -> None:
    for value in (0, -1):
        with pytest.raises(ValueError, match="must be positive"):
            algorithm_a(TEN, **{option: value})
    assert isinstance(algorithm_a(TEN, **{option: 1 if option == "max_iterations" else 0.5}), AlgorithmA)


def test_the_run_keeps_its_options() -> None:
    found = run(TEN, k=1.2, s_factor=1.1, mad_factor=1.4, stopping="third_figure")
    assert (found.k, found.s_factor, found.mad_factor, found.stopping, found.p) == (1.2, 1.1, 1.4, "third_figure", 10)
    assert (run(TEN).k, run(TEN).s_factor, run(TEN).mad_factor, run(TEN).stopping) == (1.5, 1.134, 1.483, "convergence")
    assert MAX_ITERATIONS == 5000


def test_two_results_are_enough_and_one_is_not() -> None:
    assert run([1.0, 2.0]).x_star == pytest.approx(1.5)
    assert algorithm_a([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})


def by_hand(x: list[float], k: float, factor: float, start: float, steps: int) -> list[tuple[float, float, int, int]]:
    """Each step as the standard writes it: x*, s* after it, and how many results were pulled in."""
    centre, scale, found = float(np.median(x)), start, []
    for _ in range(steps):
        low, high = centre - k * scale, centre + k * scale
        pulled = np.clip(x, low, high)
        counts = int((np.array(x) < low).sum()), int((np.array(x) > high).sum())
        centre, scale = float(pulled.mean()), factor * float(pulled.std(ddof=1))
        found.append((centre, scale, *counts))
    return found


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_every_step_is_that_of_the_standard(steps: int) -> None:
    x = [*TEN, -3.0, 5.1]
    start = 1.4 * float(np.median(np.abs(np.array(x) - np.median(x))))
    found, step = run(x, k=1.2, s_factor=1.1, mad_factor=1.4, max_iterations=steps), by_hand(x, 1.2, 1.1, start, steps)[-1]
    assert (found.x_star, found.s_star) == pytest.approx(step[:2], rel=1e-12)
    assert (found.state, found.iterations, found.start) == ("not_converged", steps, "made")
    assert (found.winsorised_low, found.winsorised_high) == step[2:]


def test_the_iteration_ends_with_the_first_step_that_changes_nothing_more() -> None:
    start = 1.483 * float(np.median(np.abs(np.array(TEN) - np.median(TEN))))
    for tolerance in (0.05, 1e-3, 1e-6):
        found, steps = run(TEN, tolerance=tolerance), by_hand(TEN, 1.5, 1.134, start, 60)
        before = [(float(np.median(TEN)), start), *((centre, scale) for centre, scale, _, _ in steps)]
        ends = [max(abs(a[0] - b[0]), abs(a[1] - b[1])) <= tolerance * b[1] for a, b in zip(before, before[1:], strict=False)]
        first = ends.index(True)
        assert found.iterations == first + 1
        assert (found.x_star, found.s_star) == pytest.approx(steps[first][:2], rel=1e-12)
        assert (found.winsorised_low, found.winsorised_high) == steps[first][2:]


def test_the_third_figure_rule_ends_when_both_figures_stand() -> None:
    start = 1.483 * float(np.median(np.abs(np.array(TEN) - np.median(TEN))))
    before = [(float(np.median(TEN)), start), *((centre, scale) for centre, scale, _, _ in by_hand(TEN, 1.5, 1.134, start, 60))]
    shown = [(f"{centre:.3g}", f"{scale:.3g}") for centre, scale in before]
    first = next(step for step in range(1, 60) if shown[step] == shown[step - 1])
    found = run(TEN, stopping="third_figure")
    assert found.iterations == first
    assert (found.x_star, found.s_star) == pytest.approx(before[first], rel=1e-12)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 30, 31])
def test_results_on_the_border_are_not_pulled_in(size: int) -> None:
    x = [float(value) for value in range(size)]
    found = run(x)
    low, high = found.x_star - 1.5 * found.s_star, found.x_star + 1.5 * found.s_star
    assert found.winsorised_low == sum(value < low for value in x) and found.winsorised_high == sum(value > high for value in x)


@pytest.mark.parametrize(("ties", "state"), [(5, "converged"), (8, "collapsed"), (10, "all_equal")])
def test_ties_lead_to_a_state_and_a_collapsed_run_is_centred_on_the_ties(ties: int, state: str) -> None:
    found = run([3.0] * ties + [float(value) for value in range(4, 14 - ties)])
    assert found.state == state and found.is_degenerate == (state != "converged")
    if state != "converged":
        assert (found.x_star, found.s_star, found.winsorised) == (3.0, 0.0, 0)
    assert (found.iterations == 0) == (state == "all_equal")


def test_rounding_noise_is_no_spread() -> None:
    assert run([0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2]).state == "all_equal"
    assert run([-0.3, -(0.1 + 0.2), -0.3]).state == "all_equal"
    assert run([1e9, 1e9 + 1e-4, 1e9 - 1e-4]).state == "converged"


@pytest.mark.parametrize("far", [1e15, 1e17, -1e30, 1e200])
def test_no_outlier_is_so_distant_that_the_others_seem_equal(far: float) -> None:
    near, found = run([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, math.copysign(1e3, far)]), run([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, far])
    assert (found.state, found.start) == ("converged", "made")
    assert (found.x_star, found.s_star) == pytest.approx((near.x_star, near.s_star), rel=1e-9)


def test_ties_up_to_rounding_noise_are_ties_beside_an_outlier_too() -> None:
    noisy, exact = run([0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3, 1e6]), run([0.3] * 5 + [1e6])
    assert noisy.state == exact.state == "collapsed" and noisy.start == exact.start == "sd"
    assert (noisy.x_star, noisy.s_star) == pytest.approx((0.3, 0.0))


def test_running_sums_from_the_middle_give_the_sum_of_every_stretch() -> None:
    values = np.array([4.0, -1.0, 2.0, 8.0, 16.0])
    sums = _frommiddle_of(values)
    for first in range(6):
        for last in range(first, 6):
            assert sums[last] - sums[first] == values[first:last].sum()


def test_equal_results_near_the_end_of_the_numbers_keep_their_value() -> None:
    found = algorithm_a([1e308] * 4)
    assert isinstance(found, AlgorithmA)
    assert (found.x_star, found.s_star, found.state) == (1e308, 0.0, "all_equal")
