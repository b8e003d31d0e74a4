"""Whole rounds scored at once: the same scores and verdicts as one call for each result."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics import assigned, scores
from lims.statistics import score_columns as columns
from lims.statistics.outcome import NotCalculable, is_number

SPECIAL = st.sampled_from([0.0, -1.0, np.nan, np.inf, 2.0, 0.3])


def assert_alike(table: columns.ScoreTable, score, verdict, shape: tuple[int, int]) -> None:
    assert np.isfinite(table.score).all()
    for row in range(shape[0]):
        for column in range(shape[1]):
            wanted = score(row, column)
            assert bool(table.is_scored[row, column]) is is_number(wanted)
            assert table.score[row, column] == pytest.approx(wanted if is_number(wanted) else 0.0, rel=1e-14, abs=0.0)
            assert columns.VERDICTS[table.verdict[row, column]] == verdict(wanted)


def given_or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.lists(SPECIAL, min_size=3, max_size=3), st.lists(SPECIAL, min_size=3, max_size=3))
def test_every_score_is_that_of_the_single_call(seed: int, sigma: list[float], u: list[float]) -> None:
    draws = np.random.default_rng(seed)
    x, u_x = draws.normal(5.0, 3.0, (4, 3)).round(1), draws.choice([0.0, 0.5, 1.0, -0.1, np.nan], (4, 3))
    x[draws.random((4, 3)) < 0.2] = np.nan
    x_pt, sigma_pt, u_x_pt = np.array([5.0, 4.0, 0.0]), np.array(sigma), np.array(u)

    def values(row: int, column: int) -> tuple[float | None, ...]:
        return tuple(given_or_none(value) for value in (x[row, column], x_pt[column], sigma_pt[column], u_x_pt[column], u_x[row, column]))

    def single(row: int, column: int, kind: str) -> float | NotCalculable:
        result, reference, scale, u_reference, u_result = values(row, column)
        return {
            "z": lambda: scores.z_score(result, reference, scale),
            "z_prime": lambda: scores.z_prime_score(result, reference, scale, u_reference),
            "zeta": lambda: scores.zeta_score(result, reference, u_result, u_reference),
            "en": lambda: scores.en_score(result, reference, u_result, u_reference),
            "pa": lambda: scores.percent_allowed(result, reference, scale),
        }[kind]()

    for kind, table, verdict in (
        ("z", columns.z_columns(x, x_pt, sigma_pt), scores.score_verdict),
        ("z_prime", columns.z_prime_columns(x, x_pt, sigma_pt, u_x_pt), scores.score_verdict),
        ("zeta", columns.zeta_columns(x, x_pt, u_x, u_x_pt), scores.score_verdict),
        ("en", columns.en_columns(x, x_pt, u_x, u_x_pt), scores.en_verdict),
        ("pa", columns.percent_allowed_columns(x, x_pt, sigma_pt), scores.percent_allowed_verdict),
    ):
        assert_alike(table, lambda row, column, kind=kind: single(row, column, kind), verdict, x.shape)


def test_limits_are_met_with_their_epsilon_in_columns_too() -> None:
    x = np.array([[0.3], [0.4], [0.1]])
    table = columns.z_columns(x, np.array([0.1]), np.array([0.1]))
    assert [columns.VERDICTS[verdict] for verdict in table.verdict[:, 0]] == ["acceptable", "action", "acceptable"]


@pytest.mark.parametrize("given_sigma", [None, 0.3, 2.0])
def test_a_scored_round_follows_the_rules_for_one_measurand(given_sigma: float | None) -> None:
    draws = np.random.default_rng(5)
    x = draws.normal(5.0, 0.4, (20, 6))
    x[:9, 3] = np.nan  # 11 results: too few
    x[:, 4] = 7.0
    found = columns.score_round(x, None if given_sigma is None else np.full(6, given_sigma))
    for column in range(6):
        results = x[~np.isnan(x[:, column]), column]
        consensus = assigned.consensus_algorithm_a(results)
        sigma = consensus.scale if given_sigma is None else given_sigma
        is_graded = results.size >= 12 and sigma > 0
        assert bool(found.is_graded[column]) is is_graded
        if not is_graded:
            assert not found.table.is_scored[:, column].any()
            assert set(found.table.verdict[:, column]) == {columns.VERDICTS.index("not_evaluated")}
            continue
        rule = assigned.negligibility(consensus.u_x_pt, sigma)
        assert bool(found.uses_z_prime[column]) is not rule.is_negligible
        z = scores.z_prime_score(x[0, column], consensus.x_pt, sigma, consensus.u_x_pt if found.uses_z_prime[column] else 0.0)
        assert found.table.score[0, column] == pytest.approx(z, rel=1e-14)


def test_a_laboratory_without_results_has_no_verdict_and_changes_nothing() -> None:
    x = np.random.default_rng(5).normal(5.0, 0.4, (15, 3))
    more = np.vstack([x, np.full((1, 3), np.nan)])
    found, without = columns.score_round(more), columns.score_round(x)
    assert not found.table.is_scored[15].any()
    assert np.array_equal(found.table.score[:15], without.table.score)
