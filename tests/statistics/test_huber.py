"""Huber's proposal 2: its equations hold, another program agrees, a fixed number of steps is no truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.robust.scale import Huber

from lims.statistics.algorithm_a import winsorised_factor
from lims.statistics.huber import HuberProposal2, huber_proposal_2
from lims.statistics.outcome import NotCalculable


@given(st.integers(0, 2**32 - 1), st.integers(8, 60), st.floats(1.0, 3.0))
def test_both_equations_hold(seed: int, p: int, k: float) -> None:
    x = np.random.default_rng(seed).standard_t(3, p)
    found = huber_proposal_2(x, k=k)
    assert isinstance(found, HuberProposal2) and found.run.state == "converged"
    pulled = np.clip((x - found.mu) / found.s, -k, k)
    assert pulled.sum() == pytest.approx(0.0, abs=1e-8)
    assert (pulled**2).sum() == pytest.approx((p - 1) / winsorised_factor(k) ** 2, rel=1e-8)


@pytest.mark.assurance("R8")
def test_another_program_agrees_when_it_runs_long_enough() -> None:
    x = np.random.default_rng(1).standard_t(2, 31)
    location, scale = Huber(c=1.5, tol=1e-13, maxiter=5000)(x)
    found = huber_proposal_2(x)
    assert isinstance(found, HuberProposal2)
    assert (found.mu, found.s) == pytest.approx((float(location), float(scale)), rel=1e-9)


def test_trap_thirty_steps_are_no_truth_below_1e_5() -> None:
    x = [*np.linspace(9.9, 10.1, 9), 11.0, 11.2, 11.4, 12.0, 12.5, 13.0]
    early, late = huber_proposal_2(x, max_iterations=5), huber_proposal_2(x)
    assert isinstance(early, HuberProposal2) and isinstance(late, HuberProposal2)
    assert early.run.state == "not_converged"
    assert abs(early.s / late.s - 1.0) > 1e-5


def test_another_factor_is_used_as_given() -> None:
    x = [1.0, 2.0, 3.0, 4.0, 9.0]
    found = huber_proposal_2(x, factor=1.134)
    assert isinstance(found, HuberProposal2) and found.run.s_factor == 1.134


def test_edge_cases_are_those_of_algorithm_a() -> None:
    assert huber_proposal_2([1.0]) == NotCalculable("too_few_values", {"n": 1, "least": 2})
    equal = huber_proposal_2([2.0, 2.0, 2.0])
    assert isinstance(equal, HuberProposal2) and (equal.s, equal.run.state) == (0.0, "all_equal")
