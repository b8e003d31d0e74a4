"""Algorithm A over columns: the same as one list after another, to the last bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.algorithm_a import AlgorithmA, algorithm_a
from lims.statistics.algorithm_a_columns import STATES, AlgorithmAColumns, algorithm_a_columns
from lims.statistics.outcome import NotCalculable


def round_of(seed: int, p: int, m: int, share_missing: float, decimals: int) -> np.ndarray:
    draws = np.random.default_rng(seed)
    x = draws.normal(5.0, 0.4, (p, m)).round(decimals)
    x[: p // 10] += 4.0
    x[draws.random(x.shape) < share_missing] = np.nan
    return x


def assert_alike(columns: AlgorithmAColumns, x: np.ndarray, **options: float) -> None:
    for column in range(x.shape[1]):
        results = x[:, column]
        run = algorithm_a(results[~np.isnan(results)], **options)
        if isinstance(run, NotCalculable):
            assert columns.reasons[column] == run and not columns.is_calculable[column]
            continue
        assert isinstance(run, AlgorithmA) and columns.is_calculable[column]
        got = (columns.x_star[column], columns.s_star[column], columns.p[column], columns.iterations[column])
        assert got == (run.x_star, run.s_star, run.p, run.iterations)
        got = (columns.winsorised_low[column], columns.winsorised_high[column], STATES[columns.state[column]])
        assert got == (run.winsorised_low, run.winsorised_high, run.state)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 12), st.sampled_from([0.0, 0.1, 0.6]), st.integers(0, 3))
def test_every_column_is_what_algorithm_a_gives_to_the_last_bit(seed: int, p: int, m: int, missing: float, decimals: int) -> None:
    x = round_of(seed, p, m, missing, decimals)
    assert_alike(algorithm_a_columns(x), x)


@pytest.mark.parametrize("options", [{"k": 2.0}, {"s_factor": 1.13339}, {"mad_factor": 1.4826}, {"tolerance": 1e-4}, {"max_iterations": 3}])
def test_options_mean_the_same_in_both(options: dict[str, float]) -> None:
    x = round_of(7, 25, 30, 0.1, 3)
    assert_alike(algorithm_a_columns(x, **options), x, **options)


def test_difficult_columns_keep_their_states_and_reasons() -> None:
    x = np.full((10, 6), np.nan)
    x[:, 0], x[:8, 1], x[8:, 1], x[0, 2] = 3.2, 5.0, (6.0, 7.0), 1.0
    x[:, 4] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, np.inf]
    x[:, 5] = [0.0] * 6 + [1.0, -1.0, 2.0, 1e12]
    found = algorithm_a_columns(x)
    assert_alike(found, x)
    assert [STATES[state] for state in found.state[:2]] == ["all_equal", "collapsed"]
    assert found.reasons[2] == NotCalculable("too_few_values", {"n": 1, "least": 2})
    assert found.reasons[3] == NotCalculable("too_few_values", {"n": 0, "least": 2})
    assert found.reasons[4].code == "value_not_finite"
    assert not found.x_star[2:5].any() and np.isfinite(found.x_star).all() and np.isfinite(found.s_star).all()


def test_a_round_in_another_order_of_laboratories_is_the_same() -> None:
    x = round_of(3, 40, 20, 0.1, 3)
    found, turned = algorithm_a_columns(x), algorithm_a_columns(x[::-1])
    assert np.array_equal(found.x_star, turned.x_star) and np.array_equal(found.s_star, turned.s_star)


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_an_empty_round_is_no_error(shape: tuple[int, int]) -> None:
    found = algorithm_a_columns(np.empty(shape))
    assert found.x_star.size == shape[1] and len(found.reasons) == shape[1]


def test_impossible_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="laboratories by measurands"):
        algorithm_a_columns(np.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="positive"):
        algorithm_a_columns(np.ones((3, 2)), tolerance=0.0)
