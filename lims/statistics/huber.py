"""Huber's proposal 2: location and scale estimated together; Algorithm A is the same with a rounded factor."""

from __future__ import annotations

from dataclasses import dataclass

from lims.statistics.algorithm_a import ALGORITHM_A_K, AlgorithmA, algorithm_a, winsorised_factor
from lims.statistics.outcome import NotCalculable
from lims.statistics.values import Values


@dataclass(frozen=True, slots=True)
class HuberProposal2:
    """Location mu and scale s (both in the unit of the results), and the run that found them, with its state."""

    mu: float
    s: float
    run: AlgorithmA


def huber_proposal_2(
    x: Values, *, k: float = ALGORITHM_A_K, factor: float | None = None, tolerance: float = 1e-12, max_iterations: int = 5000
) -> HuberProposal2 | NotCalculable:
    """mu and s with sum psi_k((x_i - mu) / s) = 0 and sum psi_k^2 = (p - 1) beta(k), psi_k(q) = q cut to [-k, k]; p >= 2.

    Huber, Ann. Math. Stat. 35 (1964) 73; Robust Statistics (1981) 6.4. Found by the iteration of Algorithm A with the unrounded factor
    1 / sqrt(beta(k)) (another `factor` is used as given), run to 1e-12: programs that stop at a fixed number of steps are no truth
    below 1e-5. Edge cases are those of Algorithm A. Example: Analytical Methods Committee, Analyst 114 (1989) 1693, abbey, nickel,
    n = 31, k = 1.5: 11.7315 and 5.2585.
    """
    s_factor = winsorised_factor(k) if factor is None else factor
    run = algorithm_a(x, k=k, s_factor=s_factor, tolerance=tolerance, max_iterations=max_iterations)
    return run if isinstance(run, NotCalculable) else HuberProposal2(run.x_star, run.s_star, run)
